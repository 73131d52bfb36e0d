//! The search for tiles by name or topic.

use tui_input::Input;

use super::OpenDashboard;

/// The open tile search.
#[derive(Debug, Clone, Default)]
pub struct TileSearch {
    /// The search text.
    pub(crate) input: Input,
    /// The index of the selected tile among those that match.
    pub(crate) selected: usize,
}

impl TileSearch {
    /// Returns the indices of the tiles whose name or topic contains the search text, ignoring case.
    #[must_use]
    pub(crate) fn matching_tiles(&self, dashboard: &OpenDashboard) -> Vec<usize> {
        let query = self.input.value().to_lowercase();
        let matches_query = |text: &str| text.to_lowercase().contains(&query);
        dashboard
            .tiles()
            .enumerate()
            .filter(|(_, tile)| {
                matches_query(&tile.name) || tile.topic.as_ref().is_some_and(|topic| matches_query(topic.as_str()))
            })
            .map(|(index, _)| index)
            .collect()
    }
}
