//! Which screen has the focus: opening and closing screens, and passing actions to them.

use super::{Flow, Screen};
use crate::{
    app::{Action, App, Effect, key_binding::KeyContext, list::ScrollExtent},
    model::{id::TileId, time::Time},
};

impl App {
    /// Gives a screen the focus.
    pub(crate) fn open(&mut self, screen: impl Into<Screen>) {
        self.focus = screen.into();
    }

    /// Gives the dashboard the focus.
    pub(in crate::app) fn close_screen(&mut self) {
        self.focus = Screen::default();
        self.left_screen = None;
    }

    /// Returns whether the dashboard has the focus.
    #[must_use]
    pub(crate) const fn dashboard_has_focus(&self) -> bool {
        matches!(self.focus, Screen::Dashboard(_))
    }

    /// Closes the screen that has the focus, and shows the one again from which it was opened.
    pub(in crate::app) fn leave_screen(&mut self) {
        self.focus = Screen::default();
        self.return_to_left_screen();
    }

    /// Returns which key bindings apply.
    #[must_use]
    pub(crate) fn key_context(&self) -> KeyContext {
        self.focus.component().key_context(self)
    }

    /// Passes an action to the screen that has the focus.
    pub(in crate::app) fn update_screen(&mut self, action: Action, now: Time) -> Vec<Effect> {
        let mut screen = std::mem::take(&mut self.focus);
        let component = screen.component_mut();
        let flow = match action {
            Action::Cancel => component.cancel(self, now),
            action => component.update(action, self, now),
        };
        match flow {
            Flow::Stay(effects) => {
                if self.dashboard_has_focus() {
                    self.focus = screen;
                } else if screen.component().is_returned_to(self) {
                    self.left_screen = Some(screen);
                }
                effects
            }
            Flow::Close(effects) => {
                self.return_to_left_screen();
                effects
            }
        }
    }

    /// Shows the screen again from which the one that has closed was opened.
    fn return_to_left_screen(&mut self) {
        if self.dashboard_has_focus()
            && let Some(screen) = self.left_screen.take()
            && screen.component().is_returned_to(self)
        {
            self.focus = screen;
        }
    }

    /// Returns which key bindings apply on the screen from which the one with the focus was opened.
    #[must_use]
    pub(crate) fn key_context_below(&self) -> Option<KeyContext> {
        self.left_screen.as_ref().map(|screen| screen.component().key_context(self))
    }

    /// Returns the screen over which the one with the focus was opened, if it is drawn below it.
    #[must_use]
    pub(crate) fn screen_below(&self) -> Option<&Screen> {
        self.left_screen.as_ref().filter(|screen| matches!(screen, Screen::Explorer(_)))
    }

    /// Limits the scroll position of the text that has the focus. Call it after drawing, with what
    /// [`ui::draw`](crate::ui::draw) has returned.
    pub fn limit_scroll(&mut self, extent: Option<ScrollExtent>) {
        let of_explorer = self.explorer.as_mut().filter(|_| matches!(self.focus, Screen::Explorer(_)));
        let scroll = match of_explorer {
            Some(explorer) => Some(&mut explorer.cursor.scroll),
            None => self.focus.component_mut().scroll(),
        };
        if let (Some(scroll), Some(extent)) = (scroll, extent) {
            let had_shown_all = scroll.has_shown_all();
            scroll.set_extent(extent);
            // The hints of the footer may depend on it.
            self.display.dirty |= scroll.has_shown_all() != had_shown_all;
        }
    }

    /// Closes a screen that is about a tile that is gone.
    pub(in crate::app) fn close_obsolete_screen(&mut self, removed: &[TileId]) {
        if !self.focus.component_mut().forget_tiles(removed) {
            let now = self.editor_state.now;
            self.notify("Closed: the tile was deleted meanwhile", now);
            self.ignore_next_key(now);
            self.close_screen();
        }
    }

    /// Closes a screen that is about the dashboard that was shown.
    pub(in crate::app) fn close_screen_of_dashboard(&mut self) {
        if self.focus.component().closes_with_dashboard() {
            self.close_screen();
        }
    }
}
