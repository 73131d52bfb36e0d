//! Changes of dashboards and of profiles, in words that the core and the disk share: what is to be
//! different, not how it is written.

use super::{
    dashboard::Dashboard,
    profile::Profile,
    schema::{FieldSpec, Schema, field},
    tile::Tile,
};

/// A change of a dashboard.
#[derive(Debug, Clone, PartialEq)]
pub enum DashboardEdit {
    /// Its own keys become those of this dashboard, whose tiles do not count.
    SetFields(Dashboard),
    /// The tile at this place becomes this one.
    ReplaceTile(usize, Tile),
    /// A new tile at this place; what stood there and behind moves on.
    InsertTile(usize, Tile),
    /// The tile at this place goes.
    DeleteTile(usize),
    /// The tile at the first place goes to the second, with the comments right above it.
    MoveTile(usize, usize),
}

impl DashboardEdit {
    /// What the dashboard is after the edit; `None` when it has no such tile.
    #[must_use]
    pub fn apply_to(&self, dashboard: &Dashboard) -> Option<Dashboard> {
        let mut tiles = dashboard.tiles.clone();
        match self {
            Self::SetFields(definition) => return Some(Dashboard { tiles, ..definition.clone() }),
            Self::ReplaceTile(index, tile) => *tiles.get_mut(*index)? = tile.clone(),
            Self::InsertTile(index, tile) if *index <= tiles.len() => tiles.insert(*index, tile.clone()),
            Self::DeleteTile(index) if *index < tiles.len() => drop(tiles.remove(*index)),
            Self::MoveTile(from, to) if *from < tiles.len() && *to < tiles.len() => {
                let tile = tiles.remove(*from);
                tiles.insert(*to, tile);
            }
            _ => return None,
        }
        Some(Dashboard { tiles, ..dashboard.clone() })
    }

    /// Whether an edit that was meant for one dashboard means the same for another one, into which
    /// another hand has made it.
    #[must_use]
    pub fn still_applies(&self, expected: &Dashboard, current: &Dashboard) -> bool {
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
            Self::MoveTile(from, to) => is_unchanged(from) && *to < current.tiles.len(),
        }
    }
}

/// All profiles of a person, as `profiles.toml` holds them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Profiles {
    /// The one that is connected at start.
    pub default: Option<String>,
    /// The profiles, in the order of the file.
    pub profiles: Vec<Profile>,
}

impl Schema for Profiles {
    const FIELDS: &'static [FieldSpec<Self>] =
        &[field!(Option<String>, default, "the profile that is connected at start; the list opens when left out")];
}

impl Profiles {
    /// The profile of this name.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }
}

/// A change of the profiles.
#[derive(Debug, Clone, PartialEq)]
pub enum ProfileEdit {
    /// The profile that is connected at start.
    SetDefault(Option<String>),
    /// A new profile, behind all others.
    Add(Profile),
    /// The profile of this name becomes this one.
    Replace(String, Profile),
    /// The profile of this name goes.
    Delete(String),
}

impl ProfileEdit {
    /// What the profiles are after the edit; `None` when there is no such profile, or another one has
    /// the name.
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
