//! Edits of dashboards and of profiles: what changes, independent of how the file is written.

use super::{
    dashboard::Dashboard,
    profile::Profile,
    schema::{FieldSpec, Schema, field},
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
    /// Deletes the tile at this index.
    DeleteTile(usize),
    /// Moves the tile from the first index to the second, with the comments right above it.
    MoveTile(usize, usize),
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
        match self {
            Self::SetFields(definition) => return Some(Dashboard { tiles, ..definition.clone() }),
            Self::ReplaceTile(index, tile) => *tiles.get_mut(*index)? = tile.clone(),
            Self::InsertTile(index, tile) if *index <= tiles.len() => tiles.insert(*index, tile.clone()),
            Self::DeleteTile(index) if *index < tiles.len() => drop(tiles.remove(*index)),
            Self::MoveTile(from, to) => move_elements(&mut tiles, *from, 1, *to)?,
            Self::MoveSection { from, len, to } => move_elements(&mut tiles, *from, *len, *to)?,
            Self::PlaceTile { from, to, tile } if *from < tiles.len() && *to < tiles.len() => {
                tiles.remove(*from);
                tiles.insert(*to, (**tile).clone());
            }
            _ => return None,
        }
        Some(Dashboard { tiles, ..dashboard.clone() })
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
            Self::DeleteTile(index) => is_unchanged(index),
            Self::PlaceTile { from, to, .. } => is_same_tile(from) && *to < current.tiles.len(),
            Self::MoveTile(from, to) => is_unchanged(from) && *to < current.tiles.len(),
            Self::MoveSection { .. } => current.tiles == expected.tiles,
        }
    }
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
