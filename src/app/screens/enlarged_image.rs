//! The image or the QR code of the selected tile, enlarged to the screen.

use super::{Component, Flow};
use crate::{
    app::{
        Action, App,
        control_bindings::TEXT_VIEW,
        key_binding::{KeyBinding, KeyContext},
    },
    model::time::Time,
};

/// The screen has no key bindings of its own.
pub(crate) const BINDINGS: &[KeyBinding] = &[];

/// The image or the QR code of the selected tile, enlarged to the screen.
#[derive(Debug, Clone, Copy, Default)]
pub struct EnlargedImage;

impl Component for EnlargedImage {
    fn key_context(&self, _app: &App) -> KeyContext {
        TEXT_VIEW
    }

    fn update(&mut self, _action: Action, _app: &mut App, _now: Time) -> Flow {
        Flow::STAY
    }

    fn closes_with_dashboard(&self) -> bool {
        true
    }
}
