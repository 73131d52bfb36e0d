//! Finding a tile by what its name or topic holds.

use tui_input::Input;

use super::OpenDashboard;

/// A search that is open.
#[derive(Debug, Clone, Default)]
pub struct TileSearch {
    /// What is looked for.
    pub input: Input,
    /// Which of the tiles found is selected.
    pub selected: usize,
}

impl TileSearch {
    /// The tiles whose name or topic holds what is looked for, whatever the case.
    #[must_use]
    pub fn matching_tiles(&self, dashboard: &OpenDashboard) -> Vec<usize> {
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
