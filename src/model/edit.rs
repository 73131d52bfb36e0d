//! Changes of dashboards and of profiles, in words that the core and the disk share: what is to be
//! different, not how it is written.

use super::{
    dashboard::Dashboard,
    key::{Key, Keyed, key},
    profile::Profile,
    tile::Tile,
};

/// A change of a dashboard.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Its own keys become those of this dashboard, whose tiles do not count.
    Keys(Dashboard),
    /// The tile at this place becomes this one.
    Change(usize, Tile),
    /// A new tile at this place; what stood there and behind moves on.
    Insert(usize, Tile),
    /// The tile at this place goes.
    Delete(usize),
    /// The tile at the first place goes to the second, with the comments right above it.
    Move(usize, usize),
}

impl Edit {
    /// What the dashboard is after the edit; `None` when it has no such tile.
    #[must_use]
    pub fn of(&self, dashboard: &Dashboard) -> Option<Dashboard> {
        let mut tiles = dashboard.tiles.clone();
        match self {
            Self::Keys(keys) => return Some(Dashboard { tiles, ..keys.clone() }),
            Self::Change(at, tile) => *tiles.get_mut(*at)? = tile.clone(),
            Self::Insert(at, tile) if *at <= tiles.len() => tiles.insert(*at, tile.clone()),
            Self::Delete(at) if *at < tiles.len() => drop(tiles.remove(*at)),
            Self::Move(from, to) if *from < tiles.len() && *to < tiles.len() => {
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
    pub fn fits(&self, meant: &Dashboard, found: &Dashboard) -> bool {
        let same = |at: &usize| meant.tiles.get(*at).is_some_and(|tile| found.tiles.get(*at) == Some(tile));
        let alike = |at: &usize| match (meant.tiles.get(*at), found.tiles.get(*at)) {
            (Some(meant), Some(found)) => meant.name == found.name || meant.topic == found.topic,
            _ => false,
        };
        match self {
            Self::Keys(_) => true,
            Self::Insert(at, _) => *at <= found.tiles.len(),
            Self::Change(at, _) => alike(at),
            Self::Delete(at) => same(at),
            Self::Move(from, to) => same(from) && *to < found.tiles.len(),
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

impl Keyed for Profiles {
    const KEYS: &'static [Key<Self>] =
        &[key!(Option<String>, default, "the profile that is connected at start; the list opens when left out")];
}

impl Profiles {
    /// The profile of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }
}

/// A change of the profiles.
#[derive(Debug, Clone, PartialEq)]
pub enum ProfileEdit {
    /// The profile that is connected at start.
    Default(Option<String>),
    /// A new profile, behind all others.
    Add(Profile),
    /// The profile of this name becomes this one.
    Change(String, Profile),
    /// The profile of this name goes.
    Delete(String),
}

impl ProfileEdit {
    /// What the profiles are after the edit; `None` when there is no such profile, or another one has
    /// the name.
    #[must_use]
    pub fn of(&self, profiles: &Profiles) -> Option<Profiles> {
        let mut wanted = profiles.clone();
        let at = |name: &str| profiles.profiles.iter().position(|profile| profile.name == name);
        let follow = |default: &mut Option<String>, old: &str, new: Option<String>| {
            if default.as_deref() == Some(old) {
                *default = new;
            }
        };
        match self {
            Self::Default(name) => wanted.default.clone_from(name),
            Self::Add(profile) if at(&profile.name).is_none() => wanted.profiles.push(profile.clone()),
            Self::Change(name, profile) if at(&profile.name).is_none() || *name == profile.name => {
                wanted.profiles[at(name)?] = profile.clone();
                follow(&mut wanted.default, name, Some(profile.name.clone()));
            }
            Self::Delete(name) => {
                wanted.profiles.remove(at(name)?);
                follow(&mut wanted.default, name, None);
            }
            _ => return None,
        }
        Some(wanted)
    }
}
