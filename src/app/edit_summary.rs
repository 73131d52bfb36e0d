//! What an edit of a dashboard did, in words: the notices of undo and redo say it.

use std::fmt;

use crate::model::{dashboard::Dashboard, edit::DashboardEdit, tile::Tile};

/// The maximum number of characters of a tile's name in a notice.
const MAX_NAME_CHARS: usize = 40;

/// What an edit of a dashboard did. The texts are the names of tiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditSummary {
    /// Added a tile.
    AddedTile(String),
    /// Edited a tile.
    EditedTile(String),
    /// Deleted a tile.
    DeletedTile(String),
    /// Moved a tile.
    MovedTile(String),
    /// Moved the section of this heading.
    MovedSection(String),
    /// Changed how many rows and columns a tile takes, and perhaps moved it.
    ResizedTile(String),
    /// Cloned a tile.
    ClonedTile(String),
    /// Changed the dashboard's own settings.
    ChangedSettings,
    /// Locked the dashboard.
    Locked,
    /// Unlocked the dashboard.
    Unlocked,
}

impl EditSummary {
    /// Returns what an edit of this dashboard does.
    #[must_use]
    pub(crate) fn of(edit: &DashboardEdit, before: &Dashboard) -> Self {
        let name_at = |index: &usize| before.tiles.get(*index).map(tile_name).unwrap_or_default();
        match edit {
            DashboardEdit::InsertTile(_, tile) => Self::AddedTile(tile_name(tile)),
            DashboardEdit::InsertTileBehind { tile, .. } => Self::AddedTile(tile_name(tile)),
            DashboardEdit::ReplaceTile(_, tile) => Self::EditedTile(tile_name(tile)),
            DashboardEdit::DeleteTile(index) => Self::DeletedTile(name_at(index)),
            DashboardEdit::MoveTile(from, _) => Self::MovedTile(name_at(from)),
            DashboardEdit::ReplaceTemplateTile { tile, .. } => Self::EditedTile(tile_name(tile)),
            DashboardEdit::MoveSection { from, .. } => Self::MovedSection(name_at(from)),
            DashboardEdit::PlaceTile { tile, .. } => Self::ResizedTile(tile_name(tile)),
            DashboardEdit::SetFields(after) => {
                let only_lock = Dashboard {
                    locked: before.locked,
                    templates: before.templates.clone(),
                    tiles: before.tiles.clone(),
                    ..after.clone()
                };
                match after.locked.locks_layout() {
                    _ if after.locked == before.locked || only_lock != *before => Self::ChangedSettings,
                    true => Self::Locked,
                    false => Self::Unlocked,
                }
            }
        }
    }

    /// Returns the number of bytes of its text.
    pub(in crate::app) const fn text_bytes(&self) -> usize {
        match self {
            Self::AddedTile(name)
            | Self::EditedTile(name)
            | Self::DeletedTile(name)
            | Self::MovedTile(name)
            | Self::MovedSection(name)
            | Self::ResizedTile(name)
            | Self::ClonedTile(name) => name.len(),
            Self::ChangedSettings | Self::Locked | Self::Unlocked => 0,
        }
    }

    /// Returns that a row of a panel was edited, or added.
    #[must_use]
    pub(crate) fn of_row(panel: &str, row: &Tile, is_new: bool) -> Self {
        let name = cut_name(&format!("{panel}: {}", tile_name(row)));
        if is_new { Self::AddedTile(name) } else { Self::EditedTile(name) }
    }

    /// Returns that this tile was cloned.
    #[must_use]
    pub(crate) fn of_clone(tile: &Tile) -> Self {
        Self::ClonedTile(tile_name(tile))
    }
}

/// Returns the name of a tile for a message, or its kind if it has none. A long name is shortened.
#[must_use]
pub(in crate::app) fn tile_name(tile: &Tile) -> String {
    cut_name(tile.display_name())
}

fn cut_name(name: &str) -> String {
    match name.char_indices().nth(MAX_NAME_CHARS) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

impl fmt::Display for EditSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AddedTile(name) => write!(f, "added {name}"),
            Self::EditedTile(name) => write!(f, "edited {name}"),
            Self::DeletedTile(name) => write!(f, "deleted {name}"),
            Self::MovedTile(name) => write!(f, "moved {name}"),
            Self::MovedSection(name) => write!(f, "moved the section {name}"),
            Self::ResizedTile(name) => write!(f, "resized {name}"),
            Self::ClonedTile(name) => write!(f, "cloned {name}"),
            Self::ChangedSettings => write!(f, "changed the dashboard's settings"),
            Self::Locked => write!(f, "locked the dashboard"),
            Self::Unlocked => write!(f, "unlocked the dashboard"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::kind;
    use crate::model::press::{Lock, LockLevel};

    fn tile(name: &str) -> Tile {
        let mut tile = Tile::new(kind::from_name("text").unwrap());
        name.clone_into(&mut tile.name);
        tile
    }

    #[test]
    fn summary_names_the_edit_and_the_tile() {
        let before = Dashboard { tiles: vec![tile("Lamp"), tile("")], ..Dashboard::default() };
        let settings = |level, title: &str| {
            DashboardEdit::SetFields(Dashboard {
                locked: Lock(level),
                title: (!title.is_empty()).then(|| title.to_owned()),
                ..Dashboard::default()
            })
        };
        for (edit, expected) in [
            (DashboardEdit::InsertTile(2, tile("Door")), "added Door"),
            (DashboardEdit::ReplaceTile(0, tile("Lamp 2")), "edited Lamp 2"),
            (DashboardEdit::DeleteTile(1), "deleted text"),
            (DashboardEdit::MoveTile(0, 1), "moved Lamp"),
            (DashboardEdit::MoveSection { from: 0, len: 2, to: 0 }, "moved the section Lamp"),
            (DashboardEdit::PlaceTile { from: 0, to: 1, tile: Box::new(tile("Lamp")) }, "resized Lamp"),
            (settings(LockLevel::Layout, ""), "locked the dashboard"),
            (settings(LockLevel::Layout, "x"), "changed the dashboard's settings"),
            (settings(LockLevel::None, "x"), "changed the dashboard's settings"),
            (DashboardEdit::DeleteTile(7), "deleted "),
        ] {
            assert_eq!(EditSummary::of(&edit, &before).to_string(), expected);
        }
        let locked = Dashboard { locked: Lock(LockLevel::Layout), ..before };
        assert_eq!(EditSummary::of(&settings(LockLevel::None, ""), &locked), EditSummary::Unlocked);
        let name = EditSummary::of_clone(&tile(&"ä".repeat(1_000))).to_string();
        assert_eq!(name.chars().count(), "cloned ".len() + MAX_NAME_CHARS + 1);
    }
}
