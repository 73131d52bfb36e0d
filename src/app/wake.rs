//! When the screen changes by itself: ages, spinners, notices, countdowns; and what ends with time.

use std::time::Duration;

use crate::model::{
    connection::ConnectionState,
    tile::Tile,
    tile_state::{CONFIRM_TIMEOUT, TileState},
    time::{Time, time_until_age_changes},
};

use super::{App, Command, Mode, pictures::seen};

/// How often the scripts of the tiles that are seen are asked what to show.
const SCRIPTS: Duration = Duration::from_secs(1);
/// How long a blinking tile is shown, and how long it is not.
const BLINK: u64 = 500;

/// Whether a blinking tile is shown at this moment.
#[must_use]
pub fn blink_shows(now: Time) -> bool {
    (now.as_millis() / BLINK).is_multiple_of(2)
}

fn blink_lasts(now: Time) -> Duration {
    Duration::from_millis(BLINK - now.as_millis() % BLINK)
}

/// How long one picture of a spinner stands.
pub const SPIN: Duration = Duration::from_millis(100);

impl App {
    /// When the next [`Tick`](super::Event::Tick) is due; `None`: nothing changes by itself.
    pub fn wake(&mut self, now: Time) -> Option<Time> {
        self.redraw_at = self.next_redraw(now);
        if self.scripts_at.is_none() && self.shows_scripts() {
            self.scripts_at = Some(now.saturating_add(SCRIPTS));
        }
        [
            self.redraw_at,
            self.scripts_at,
            self.next_end(now),
            self.next_glance(),
            self.next_keep(),
            self.held.due(),
            self.notice.as_ref().map(|notice| notice.until),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    pub(super) fn tick(&mut self, now: Time) -> Vec<Command> {
        if self.redraw_at.is_some_and(|at| at <= now) {
            self.redraw_at = None;
            self.dirty = true;
        }
        if self.notice.take_if(|notice| notice.until <= now).is_some() {
            self.dirty = true;
        }
        for board in &mut self.boards {
            for (tile, state) in board.each_mut() {
                self.dirty |= state.expire_publish(tile, now);
            }
        }
        let mut commands = self.glance(now);
        commands.extend(self.keep(now));
        commands.extend(self.held.take_due(now));
        if self.scripts_at.is_some_and(|at| at <= now) {
            self.scripts_at = None;
            commands.extend(self.ask_displays(now));
        }
        commands
    }

    /// Whether a tile that is seen has scripts for what it shows.
    fn shows_scripts(&self) -> bool {
        self.board().filter(|board| board.trusted).is_some_and(|board| {
            board.grid(self.size).visible_tiles(board.top).filter_map(|index| board.tile(index)).any(|(tile, _)| {
                let scripts = tile.to_scripts();
                scripts.on_display.is_some() || scripts.blink.is_some()
            })
        })
    }

    /// When a visible age, spinner or countdown changes.
    fn next_redraw(&self, now: Time) -> Option<Time> {
        let board = self.board()?;
        let changes = seen(board, self.size).filter_map(|(tile, state)| changes_at(tile, state, now)).min();
        let counts = self
            .lines
            .get(board.line.0)
            .is_some_and(|line| matches!(line.state, ConnectionState::WaitingToRetry { .. }));
        let second =
            (counts || matches!(self.mode, Mode::Detail(_))).then(|| now.saturating_add(Duration::from_secs(1)));
        [changes, second].into_iter().flatten().min()
    }

    /// When waiting for an echo ends, on any board.
    fn next_end(&self, now: Time) -> Option<Time> {
        self.boards
            .iter()
            .flat_map(|board| (0..board.dashboard.tiles.len()).filter_map(|index| board.tile(index)))
            .filter(|(tile, _)| tile.wait_timeout.get() > 0)
            .filter_map(|(tile, state)| {
                state.unconfirmed.as_ref().map(|sent| sent.published_at.saturating_add(tile.wait_timeout.to_duration()))
            })
            .filter(|end| *end > now)
            .min()
    }
}

/// When the look of a tile changes by itself.
fn changes_at(tile: &Tile, state: &TileState, now: Time) -> Option<Time> {
    let spins = state.is_waiting(tile).then(|| now.saturating_add(SPIN));
    let doubts =
        state.unconfirmed.as_ref().map(|sent| sent.published_at.saturating_add(CONFIRM_TIMEOUT)).filter(|at| *at > now);
    // The ages of all tiles change together: one frame a second, not one for each tile.
    let ages = state
        .value
        .as_ref()
        .map(|reading| now.saturating_add(time_until_age_changes(now.since(reading.updated_at))).ceil_to_second());
    let blinks = state.view_override.as_ref().filter(|shown| shown.blink).map(|_| now.saturating_add(blink_lasts(now)));
    let moves = state.image.as_ref().and_then(|picture| picture.next_change_at(now));
    [spins, doubts, ages, blinks, moves].into_iter().flatten().min()
}
