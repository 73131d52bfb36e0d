//! The tabs that were open when the program ended, for its next start.

use std::path::PathBuf;

use super::state_cache::TileKey;

/// A tab: a dashboard on a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedTab {
    /// The file of the dashboard.
    pub(crate) path: PathBuf,
    /// The name of the profile of its connection.
    pub(crate) profile: String,
    /// The selected tile; `None` if there was none.
    pub(crate) selected: Option<TileKey>,
}

/// The tabs of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenTabs {
    /// The open tabs, in their order.
    pub(crate) tabs: Vec<SavedTab>,
    /// The index of the tab that was shown.
    pub(crate) current: usize,
    /// The files of the dashboards whose tabs the user has closed.
    pub(crate) closed: Vec<PathBuf>,
}

impl OpenTabs {
    /// Returns whether the same tabs are open, in the same order and with the same one shown. The selected tiles may be
    /// others.
    #[must_use]
    pub(crate) fn has_same_tabs(&self, other: &Self) -> bool {
        let is_same = |(one, other): (&SavedTab, &SavedTab)| (&one.path, &one.profile) == (&other.path, &other.profile);
        (self.current, &self.closed) == (other.current, &other.closed)
            && self.tabs.len() == other.tabs.len()
            && self.tabs.iter().zip(&other.tabs).all(is_same)
    }
}
