//! Keys that are held. A terminal reports a held key as one that is pressed again and again: it must neither press a tile
//! again, which would switch a lamp on and off, nor accept what the press has opened, nor press the tile behind a dialog
//! that it has closed.

use std::time::Duration;

use tui_input::InputRequest;

use super::{Action, App, editing::KEY_REPEAT_LIMIT, input_edit::InputEdit, screens::Screen};
use crate::model::{id::TileId, time::Time};

/// Keyboards wait this long before they repeat a key, at least and at most.
const FIRST_REPETITION: (Duration, Duration) = (Duration::from_millis(150), Duration::from_millis(750));
/// The longest time between two repetitions after the first one. Keyboards repeat every 30 to 95 ms; a slow connection may
/// delay some of them.
const NEXT_REPETITION: Duration = Duration::from_millis(250);

/// Returns the longest time until a key that is held repeats.
pub(super) const fn max_repeat_interval(has_repeated: bool) -> Duration {
    if has_repeated { NEXT_REPETITION } else { FIRST_REPETITION.1 }
}

/// The last press of `Enter` or of a key that does the same.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyPress {
    /// The tile that it has pressed; `None` if it was used in a dialog.
    pub tile: Option<TileId>,
    /// When it was pressed, or repeated.
    pub at: Time,
    /// Whether it has been repeated.
    pub is_held: bool,
}

impl KeyPress {
    /// Returns whether a key that comes now, in a dialog or on this tile, may be the same one, still held.
    fn is_repeated_by(self, pressed: Option<TileId>, now: Time) -> bool {
        let elapsed = now.since(self.at);
        let is_next = self.is_held && elapsed < NEXT_REPETITION;
        match (self.tile, pressed) {
            // The first repetition cannot be told from a second press of the same tile.
            (Some(tile), Some(pressed)) => tile == pressed && (is_next || elapsed < KEY_REPEAT_LIMIT),
            (Some(_), None) => is_next || (FIRST_REPETITION.0..FIRST_REPETITION.1).contains(&elapsed),
            // One press too many, which may follow at once, is ignored like a repetition.
            (None, Some(_)) => elapsed < max_repeat_interval(self.is_held),
            (None, None) => false,
        }
    }
}

impl App {
    /// Returns whether an action comes from a key that is still held, and must be ignored.
    pub(super) fn is_key_repetition(&mut self, action: &Action, now: Time) -> bool {
        let is_space = matches!(action, Action::EditInput(InputEdit::Key(InputRequest::InsertChar(' '))));
        let last = self.pressing.last_key.take();
        let pressed = match action {
            Action::Press => self.selected_id(),
            // A question is answered with another key.
            Action::Accept if !matches!(self.focus, Screen::Confirm(_)) => None,
            Action::EditInput(_) if is_space => None,
            // The key that centers a pad may be the one that has pressed it.
            Action::SteerToCenter => None,
            _ => {
                self.pressing.held.take_if(|held| !held.is_button());
                return false;
            }
        };
        if let Some(last) = last.filter(|last| last.is_repeated_by(pressed, now)) {
            self.pressing.last_key = Some(KeyPress { at: now, is_held: true, ..last });
            if last.tile.is_none() {
                self.notify("Not pressed: the key came right after the choice; press it again", now);
            }
            return true;
        }
        if matches!(action, Action::Accept) {
            self.pressing.last_key = Some(KeyPress { tile: None, at: now, is_held: false });
        }
        false
    }

    /// Ignores the key that the user may be about to press in a dialog that has closed by itself.
    pub(super) fn ignore_next_key(&mut self, now: Time) {
        self.pressing.last_key = Some(KeyPress { tile: None, at: now, is_held: false });
    }
}
