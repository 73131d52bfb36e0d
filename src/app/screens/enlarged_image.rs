//! The image of the selected tile, enlarged to the screen.

use super::{Component, Flow};
use crate::{
    app::{Action, App},
    model::time::Time,
};

/// The image of the selected tile, enlarged to the screen.
#[derive(Debug, Clone, Copy, Default)]
pub struct EnlargedImage;

impl Component for EnlargedImage {
    fn update(&mut self, action: Action, _app: &mut App, _now: Time) -> Flow {
        if action == Action::Cancel { Flow::CLOSE } else { Flow::STAY }
    }

    fn closes_with_dashboard(&self) -> bool {
        true
    }
}
