//! A pad that is steered: the arrow keys move it, and so does the mouse.

use super::{Component, Flow};
use crate::{
    app::{
        Action, App,
        key_binding::{KeyBinding, KeyContext, key_bindings},
    },
    model::{grid::Direction, id::TileId, time::Time},
};

/// A pad that is steered.
const STEER: KeyContext = KeyContext::new("While a pad is steered");

/// The key bindings.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    STEER {
        "steer-left" ["Left", "h"] |_| Action::MoveInDialog(Direction::Left), "steer to the left", "steer";
        "steer-right" ["Right", "l"] |_| Action::MoveInDialog(Direction::Right), "steer to the right", "steer";
        "steer-up" ["Up", "k"] |_| Action::MoveInDialog(Direction::Up), "steer up", "steer";
        "steer-down" ["Down", "j"] |_| Action::MoveInDialog(Direction::Down), "steer down", "steer";
        "steer-center" ["0", "Space"] |_| Action::SteerToCenter, "return to the center, and publish that", "center";
        "steer-end" ["Enter"] |_| Action::Accept, "end steering; a pad that centers does so", "end";
    }
};

/// A pad that is steered.
#[derive(Debug, Clone, Copy)]
pub struct Steer {
    /// The tile.
    pub(crate) tile: TileId,
    /// Whether the mouse button has begun it on the dashboard, and ends it when it is released.
    pub(crate) began_with_pointer: bool,
}

impl Component for Steer {
    fn key_context(&self, _app: &App) -> KeyContext {
        STEER
    }

    fn update(&mut self, action: Action, app: &mut App, now: Time) -> Flow {
        match action {
            Action::MoveInDialog(direction) => app.steer_by(direction, now),
            Action::SteerTo(x, y) => app.steer_to((x, y), now),
            Action::SteerToCenter => app.steer_to_center(),
            Action::PointerUp(_) => {
                app.release_pad();
                if self.began_with_pointer {
                    return Flow::CLOSE;
                }
            }
            Action::Accept => return Flow::CLOSE,
            _ => {}
        }
        Flow::STAY
    }

    fn tile(&self) -> Option<TileId> {
        Some(self.tile)
    }

    fn closes_with_dashboard(&self) -> bool {
        true
    }
}
