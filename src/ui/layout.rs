//! Where a frame has put things. Mouse input acts on what was on the screen, and texts scroll as far as they were
//! drawn.

use std::mem::{Discriminant, discriminant};

use ratatui::layout::{Position, Rect};

use super::payload_lines::PayloadLines;
use crate::{
    app::ScrollExtent,
    app::{Action, App, Screen},
    model::id::{DashboardId, TileId},
};

/// What is at a place of the screen.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum MouseTarget {
    /// A tile.
    Tile(TileId),
    /// The field of the pad in a tile.
    Pad(TileId),
    /// The tab of a dashboard.
    Tab(DashboardId),
    /// A click does this.
    Click(Action),
    /// A click does this, and so does the pointer when it is dragged over it.
    Drag(Action),
    /// Something that a click does nothing to, although it covers other targets.
    Nothing,
    /// A slider from the left edge of the area to the right one.
    Slider,
}

/// Where the cursor of the terminal belongs, for screen readers and magnifiers, which follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The cell.
    pub(crate) position: Position,
    /// Whether it is shown: where text is typed. On a selected tile or row it is in place without being seen.
    pub(crate) visible: bool,
}

/// The places of what a frame shows. Reused for the next frame, so that it allocates nothing.
#[derive(Debug, Default)]
pub struct ScreenLayout {
    targets: Vec<(Rect, MouseTarget)>,
    /// The screen that had the focus, and whether it was a form with an open popup.
    screen: Option<(Discriminant<Screen>, bool)>,
    /// What a click anywhere does, except on a target.
    pub(crate) click_anywhere: Option<Action>,
    /// How far the text that has the focus can be scrolled; `None` if no text has it.
    pub scroll_extent: Option<ScrollExtent>,
    /// Where the cursor belongs; `None` if nothing has it.
    pub cursor: Option<Cursor>,
    /// The lines of the payload in the detail view, while that is shown.
    pub(crate) payload_lines: Option<PayloadLines>,
}

impl ScreenLayout {
    /// Forgets everything that was drawn so far: something else covers it.
    pub(crate) fn clear(&mut self) {
        self.targets.clear();
        self.click_anywhere = None;
        self.scroll_extent = None;
        self.cursor = None;
    }

    /// Puts the cursor into a text input that has one.
    pub(crate) fn show_cursor(&mut self, position: Option<Position>) {
        self.cursor = position.map(|position| Cursor { position, visible: true }).or(self.cursor);
    }

    /// Puts the cursor on what is selected, without showing it, unless a text input has it.
    pub(crate) fn place_cursor(&mut self, position: Position) {
        self.cursor.get_or_insert(Cursor { position, visible: false });
    }

    /// Sets that the layout is the one of the screen that has the focus.
    pub(crate) fn set_screen(&mut self, app: &App) {
        self.screen = Some(screen_of(app));
        if !matches!(app.focus, Screen::Detail(_) | Screen::Explorer(_)) {
            self.payload_lines = None;
        }
    }

    /// Returns whether the screen that was drawn still has the focus.
    #[must_use]
    pub(crate) fn is_of(&self, app: &App) -> bool {
        self.screen == Some(screen_of(app))
    }

    /// Adds a target.
    pub(crate) fn add(&mut self, area: Rect, target: MouseTarget) {
        self.targets.push((area, target));
    }

    /// Returns the field of the pad in a tile, if it was drawn.
    #[must_use]
    pub(crate) fn pad_field(&self, tile: TileId) -> Option<Rect> {
        self.targets.iter().find(|(_, target)| *target == MouseTarget::Pad(tile)).map(|(area, _)| *area)
    }

    /// Returns the target at a position, and its area.
    #[must_use]
    pub(crate) fn target_at(&self, position: Position) -> Option<&(Rect, MouseTarget)> {
        self.targets.iter().rev().find(|(area, _)| area.contains(position))
    }
}

fn screen_of(app: &App) -> (Discriminant<Screen>, bool) {
    (discriminant(&app.focus), app.form().is_some_and(|form| form.popup.is_some()))
}
