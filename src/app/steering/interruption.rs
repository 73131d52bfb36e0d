//! Steering that something else than the user ends: the connection is lost, the dashboard is locked. The key or the mouse
//! button that is still held then must neither move the selection nor dismiss the notice that says so.

use super::HeldKey;
use crate::{
    app::{Action, App},
    model::{connection::ConnectionId, time::Time},
};

/// What still steers although steering has ended.
#[derive(Debug, Clone, Copy)]
pub(super) enum Interrupted {
    Key(HeldKey),
    Pointer,
}

impl App {
    /// Ends steering although the user has not released the pad.
    pub(super) fn interrupt_steering(&mut self) {
        self.steering.interrupted = self.steering.pad.as_ref().and_then(|pad| match pad.key {
            _ if pad.is_dragged => Some(Interrupted::Pointer),
            key => key.map(Interrupted::Key),
        });
        self.end_steering();
    }

    /// Returns whether an action comes from a key or a mouse button that has steered a pad until that was interrupted, and
    /// must be ignored.
    pub(in crate::app) fn is_interrupted_steering(&mut self, action: &Action, now: Time) -> bool {
        match (self.steering.interrupted.take(), action) {
            (Some(Interrupted::Pointer), Action::SteerTo(..) | Action::DragTile(_)) => {
                self.steering.interrupted = Some(Interrupted::Pointer);
                true
            }
            (Some(Interrupted::Pointer), Action::PointerUp(_)) => true,
            (Some(Interrupted::Key(held)), Action::MoveSelection(direction) | Action::MoveInDialog(direction)) => {
                let is_held = held.direction == *direction && now <= held.released_at();
                let next = Interrupted::Key(HeldKey::followed_by(Some(held), *direction, now));
                self.steering.interrupted = Some(next).filter(|_| is_held);
                is_held
            }
            _ => false,
        }
    }

    /// Ends steering if this connection, which is down, is that of the pad: nothing that is set would be sent.
    pub(in crate::app) fn end_steering_on(&mut self, connection: ConnectionId, now: Time) {
        let Some(pad) = &self.steering.pad else { return };
        let is_affected = self.dashboard_of(pad.tile).is_some_and(|(dashboard, _)| dashboard.connection == connection);
        if is_affected {
            self.interrupt_steering();
            let name = self.connection(connection).map_or("The broker", |connection| &connection.name);
            self.notify(format!("Steering has ended: {name} is not connected"), now);
        }
    }

    /// Returns whether an action would keep the program from publishing the center, and has to be repeated.
    pub(in crate::app) fn must_center_before(&mut self, action: &Action, now: Time) -> bool {
        let is_busy =
            self.steering.pad.is_some() || self.steering.outputs.iter().any(|output| output.due_at().is_some());
        if *action != Action::Suspend || !is_busy {
            return false;
        }
        self.end_steering();
        self.notify("Steering has ended: press the key again to suspend the program", now);
        true
    }
}
