//! Finding a tile by what its name or topic holds.

use tui_input::Input;

use super::Board;

/// A search that is open.
#[derive(Debug, Clone, Default)]
pub struct Find {
    /// What is looked for.
    pub input: Input,
    /// Which of the tiles found is selected.
    pub at: usize,
}

impl Find {
    /// The tiles whose name or topic holds what is looked for, whatever the case.
    #[must_use]
    pub fn found(&self, board: &Board) -> Vec<usize> {
        let wanted = self.input.value().to_lowercase();
        let holds = |text: &str| text.to_lowercase().contains(&wanted);
        board
            .tiles()
            .enumerate()
            .filter(|(_, tile)| holds(&tile.name) || tile.topic.as_ref().is_some_and(|topic| holds(topic.as_str())))
            .map(|(index, _)| index)
            .collect()
    }
}
