//! The list of key bindings.

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

/// The list of key bindings.
#[derive(Debug, Clone, Copy, Default)]
pub struct Help {
    /// The scroll position.
    pub(crate) scroll: Scroll,
}

impl Component for Help {
    fn key_context(&self, _app: &App) -> KeyContext {
        TEXT_VIEW
    }

    fn update(&mut self, action: Action, _app: &mut App, _now: Time) -> Flow {
        self.scroll.update(&action);
        Flow::STAY
    }

    fn scroll(&mut self) -> Option<&mut Scroll> {
        Some(&mut self.scroll)
    }
}
