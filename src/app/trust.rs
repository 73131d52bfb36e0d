//! What a dashboard may do beyond showing and publishing: run scripts, fetch from addresses. Nothing
//! of it before the person has seen it and agreed, once for the same scripts and addresses.

use crate::model::{dashboard::Dashboard, time::Time};

use super::{App, Command, Mode};

impl App {
    /// Decides whether a board may reach out.
    pub(super) fn judge(&mut self, index: usize, now: Time) {
        let Some(board) = self.boards.get_mut(index) else {
            return;
        };
        board.trusted =
            board.dashboard.capabilities_fingerprint().is_none_or(|fingerprint| self.agreed.contains(&fingerprint));
        if !board.trusted {
            let title = board.title().to_owned();
            self.say(format!("{title} has scripts or addresses: T shows them and asks"), now);
        }
    }

    /// What the person has written on the screen needs no asking.
    pub(super) fn agree_to_own(&mut self, dashboard: &Dashboard) -> Option<Command> {
        let fingerprint = dashboard.capabilities_fingerprint()?;
        self.agreed.insert(fingerprint.clone()).then_some(Command::Agree(fingerprint))
    }

    /// The person agrees to what the board that is shown reaches for.
    pub(super) fn agree(&mut self, now: Time) -> Vec<Command> {
        self.mode = Mode::Board;
        let Some(fingerprint) = self.board().and_then(|board| board.dashboard.capabilities_fingerprint()) else {
            return Vec::new();
        };
        self.agreed.insert(fingerprint.clone());
        for board in &mut self.boards {
            board.trusted |= board.dashboard.capabilities_fingerprint().as_ref() == Some(&fingerprint);
        }
        let mut commands = vec![Command::Agree(fingerprint)];
        for number in 0..self.boards.len() {
            commands.extend(self.arm(number, now));
        }
        commands
    }
}
