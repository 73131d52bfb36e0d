//! Edits of dashboards and of profiles: what changes, independent of how the file is written.

use super::{
    dashboard::Dashboard,
    profile::Profile,
    schema::{DynFields as _, FieldSpec, Schema, field},
    template::Template,
    tile::Tile,
};

/// An edit of a dashboard.
#[derive(Debug, Clone, PartialEq)]
pub enum DashboardEdit {
    /// Replaces the dashboard's own fields by those of this dashboard, whose tiles are ignored.
    SetFields(Dashboard),
    /// Replaces the tile at this index.
    ReplaceTile(usize, Tile),
    /// Inserts a tile at this index and shifts the following ones.
    InsertTile(usize, Tile),
    /// Inserts a tile directly behind a template.
    InsertTileBehind {
        /// The index of the template.
        template: usize,
        /// The tile.
        tile: Box<Tile>,
    },
    /// Deletes the tile at this index.
    DeleteTile(usize),
    /// Moves the tile from the first index to the second, with the comments right above it.
    MoveTile(usize, usize),
    /// Replaces a tile of a template.
    ReplaceTemplateTile {
        /// The index of the template.
        template: usize,
        /// The index of the tile in the template.
        index: usize,
        /// The tile that replaces it.
        tile: Box<Tile>,
    },
    /// Moves the tiles of a section, with all comments between them.
    MoveSection {
        /// The index of its first tile, which is the heading.
        from: usize,
        /// The number of its tiles.
        len: usize,
        /// The index of the heading afterwards.
        to: usize,
    },
    /// Replaces a tile and moves it.
    PlaceTile {
        /// The index of the tile.
        from: usize,
        /// Its index afterwards.
        to: usize,
        /// The tile that replaces it.
        tile: Box<Tile>,
    },
}

impl DashboardEdit {
    /// Returns the dashboard after the edit, or `None` if it has no such tile.
    #[must_use]
    pub fn apply_to(&self, dashboard: &Dashboard) -> Option<Dashboard> {
        let mut tiles = dashboard.tiles.clone();
        let mut templates = dashboard.templates.clone();
        match self {
            Self::SetFields(definition) => return Some(Dashboard { templates, tiles, ..definition.clone() }),
            Self::ReplaceTile(index, tile) => *tiles.get_mut(*index)? = tile.clone(),
            Self::ReplaceTemplateTile { template, index, tile } => {
                (**tile).clone_into(templates.get_mut(*template)?.tiles.get_mut(*index)?);
            }
            Self::InsertTile(index, tile) if *index <= tiles.len() => {
                tiles.insert(*index, tile.clone());
                let is_after = |template: &&mut Template| template.position >= *index;
                templates.iter_mut().filter(is_after).for_each(|template| template.position += 1);
            }
            Self::InsertTileBehind { template, tile } => {
                let (before, behind) = templates.split_at_mut_checked(template + 1)?;
                tiles.insert(before.last()?.position, (**tile).clone());
                for template in behind {
                    template.position += 1;
                }
            }
            Self::DeleteTile(index) if *index < tiles.len() => {
                tiles.remove(*index);
                let is_after = |template: &&mut Template| template.position > *index;
                templates.iter_mut().filter(is_after).for_each(|template| template.position -= 1);
            }
            Self::MoveTile(from, to) => {
                let moved = BlockMove::of_tile((&templates, tiles.len()), *from, *to)?;
                move_blocks((&mut tiles, &mut templates), moved, (*from, 1), *to)?;
            }
            Self::MoveSection { from, len, to } => {
                let moved = BlockMove::of_section((&templates, tiles.len()), *from, *len, *to)?;
                move_blocks((&mut tiles, &mut templates), moved, (*from, *len), *to)?;
            }
            Self::PlaceTile { from, to, tile } => {
                (**tile).clone_into(tiles.get_mut(*from)?);
                let moved = BlockMove::of_tile((&templates, tiles.len()), *from, *to)?;
                move_blocks((&mut tiles, &mut templates), moved, (*from, 1), *to)?;
            }
            _ => return None,
        }
        Some(Dashboard { templates, tiles, ..dashboard.clone() })
    }

    /// Returns whether an edit that was made for `expected` means the same for `current`, which was modified
    /// outside mqtt-dash.
    #[must_use]
    pub(crate) fn still_applies(&self, expected: &Dashboard, current: &Dashboard) -> bool {
        let is_unchanged =
            |index: &usize| expected.tiles.get(*index).is_some_and(|tile| current.tiles.get(*index) == Some(tile));
        let is_same_tile = |index: &usize| match (expected.tiles.get(*index), current.tiles.get(*index)) {
            (Some(expected), Some(current)) => expected.name == current.name || expected.topic == current.topic,
            _ => false,
        };
        match self {
            Self::SetFields(_) => true,
            Self::InsertTile(index, _) => *index <= current.tiles.len(),
            Self::ReplaceTile(index, _) => is_same_tile(index),
            Self::ReplaceTemplateTile { template, index, .. } => {
                let tile = |dashboard: &Dashboard| dashboard.templates.get(*template)?.tiles.get(*index).cloned();
                tile(expected).is_some_and(|expected| {
                    tile(current).is_some_and(|tile| tile.name == expected.name || tile.topic == expected.topic)
                })
            }
            Self::InsertTileBehind { template, .. } => {
                let [expected, current] = [expected, current].map(|dashboard| dashboard.templates.get(*template));
                let identity = |template: &Template| (template.display_name().to_owned(), template.get("topic"));
                expected.is_some() && expected.map(identity) == current.map(identity)
            }
            Self::DeleteTile(index) => is_unchanged(index),
            Self::PlaceTile { from, to, .. } => is_same_tile(from) && *to < current.tiles.len(),
            Self::MoveTile(from, to) => is_unchanged(from) && *to < current.tiles.len(),
            Self::MoveSection { .. } => current.tiles == expected.tiles,
        }
    }
}

/// The blocks of a file that a move concerns: those of tiles and of the templates between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BlockMove {
    /// The index of the first block that moves.
    pub from: usize,
    /// How many blocks move.
    pub len: usize,
    /// The index of the first of them afterwards.
    pub to: usize,
}

impl BlockMove {
    /// Returns the blocks that move with this many tiles, so that the first of these gets another index among the tiles. A
    /// section takes its templates with it. Returns `None` if there are no such tiles or no such place.
    pub fn of_section((templates, count): (&[Template], usize), from: usize, len: usize, to: usize) -> Option<Self> {
        Self::new((templates, count), (from, len), to, true)
    }

    /// Returns the block that moves with a tile.
    pub fn of_tile((templates, count): (&[Template], usize), from: usize, to: usize) -> Option<Self> {
        Self::new((templates, count), (from, 1), to, false)
    }

    fn new(
        (templates, count): (&[Template], usize),
        (from, len): (usize, usize),
        to: usize,
        is_section: bool,
    ) -> Option<Self> {
        if len == 0 || from.max(to).checked_add(len)? > count {
            return None;
        }
        let block_of = |tile: usize| tile + templates.partition_point(|template| template.position <= tile);
        let end_before = |tile: usize| if tile < count { block_of(tile) } else { count + templates.len() };
        let first = block_of(from);
        let block_count = if is_section { end_before(from + len) - first } else { 1 };
        let to = match to {
            to if to <= from => block_of(to),
            to if is_section => end_before(to + len) - block_count,
            to => block_of(to),
        };
        Some(Self { from: first, len: block_count, to })
    }
}

/// Moves tiles with the templates among them, and updates where the templates are. `moved` are the blocks that move with
/// these tiles.
fn move_blocks(
    (tiles, templates): (&mut [Tile], &mut Vec<Template>),
    moved: BlockMove,
    (from, len): (usize, usize),
    to: usize,
) -> Option<()> {
    // A block without a template is a tile.
    let mut blocks = Vec::new();
    let mut remaining = std::mem::take(templates).into_iter().peekable();
    for index in 0..=tiles.len() {
        while let Some(template) = remaining.next_if(|template| template.position <= index) {
            blocks.push(Some(template));
        }
        blocks.extend((index < tiles.len()).then_some(None));
    }
    let result =
        move_elements(&mut blocks, moved.from, moved.len, moved.to).and_then(|()| move_elements(tiles, from, len, to));
    let mut position = 0;
    for block in blocks {
        match block {
            Some(mut template) => {
                template.position = position;
                templates.push(template);
            }
            None => position += 1,
        }
    }
    result
}

/// Moves this many elements of a list so that the first of them gets another index. Returns `None` if the list has no such
/// elements or no such place.
pub(crate) fn move_elements<T>(list: &mut [T], from: usize, len: usize, to: usize) -> Option<()> {
    if len == 0 || from.max(to).checked_add(len)? > list.len() {
        return None;
    }
    if from < to {
        list[from..to + len].rotate_left(len);
    } else {
        list[to..from + len].rotate_right(len);
    }
    Some(())
}

/// All profiles of `profiles.toml`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Profiles {
    /// The name of the profile to connect with at start.
    pub default: Option<String>,
    /// The profiles, in the order of the file.
    pub profiles: Vec<Profile>,
}

impl Schema for Profiles {
    const FIELDS: &'static [FieldSpec<Self>] =
        &[field!(Option<String>, default, "the profile to connect with at start; if not set, a list opens")];
}

impl Profiles {
    /// Returns the profile with this name.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }
}

/// An edit of the profiles.
#[derive(Debug, Clone, PartialEq)]
pub enum ProfileEdit {
    /// Sets the profile to connect with at start.
    SetDefault(Option<String>),
    /// Appends a profile.
    Add(Profile),
    /// Replaces the profile with this name.
    Replace(String, Profile),
    /// Deletes the profile with this name.
    Delete(String),
}

impl ProfileEdit {
    /// Returns the profiles after the edit, or `None` if there is no such profile or another one already has
    /// the new name.
    #[must_use]
    pub fn apply_to(&self, profiles: &Profiles) -> Option<Profiles> {
        let mut edited = profiles.clone();
        let index_of = |name: &str| profiles.profiles.iter().position(|profile| profile.name == name);
        let update_default = |default: &mut Option<String>, old: &str, new: Option<String>| {
            if default.as_deref() == Some(old) {
                *default = new;
            }
        };
        match self {
            Self::SetDefault(name) => edited.default.clone_from(name),
            Self::Add(profile) if index_of(&profile.name).is_none() => edited.profiles.push(profile.clone()),
            Self::Replace(name, profile) if index_of(&profile.name).is_none() || *name == profile.name => {
                edited.profiles[index_of(name)?] = profile.clone();
                update_default(&mut edited.default, name, Some(profile.name.clone()));
            }
            Self::Delete(name) => {
                edited.profiles.remove(index_of(name)?);
                update_default(&mut edited.default, name, None);
            }
            _ => return None,
        }
        Some(edited)
    }
}
