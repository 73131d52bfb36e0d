//! The details of the selected tile.

use super::{Component, Flow};
use crate::{
    app::{
        Action, App,
        control_bindings::TEXT_VIEW,
        key_binding::{KeyBinding, KeyContext},
        list::Scroll,
    },
    model::time::Time,
};

/// The screen has no key bindings of its own.
pub(crate) const BINDINGS: &[KeyBinding] = &[];

/// The details of the selected tile.
#[derive(Debug, Clone, Copy, Default)]
pub struct Detail {
    /// The scroll position.
    pub(crate) scroll: Scroll,
}

impl Component for Detail {
    fn key_context(&self, _app: &App) -> KeyContext {
        TEXT_VIEW
    }

    fn breadcrumb(&self, app: &App) -> Option<String> {
        app.selected_tile().map(|(tile, _)| tile.display_name().to_owned())
    }

    fn update(&mut self, action: Action, _app: &mut App, _now: Time) -> Flow {
        self.scroll.update(&action);
        Flow::STAY
    }

    fn scroll(&mut self) -> Option<&mut Scroll> {
        Some(&mut self.scroll)
    }

    fn closes_with_dashboard(&self) -> bool {
        true
    }
}
