//! The encoder of frames. It compares each frame with the previous one and encodes only the cells that
//! changed, in one piece of memory, so that a frame is one write and appears at once.
//!
//! It takes the place of ratatui's `Terminal`, which writes to the terminal while it draws and asks it for the
//! position of the cursor, which blocks in terminals that do not answer. Here a frame can be skipped while the
//! terminal is busy, and an unchanged frame is 0 bytes: `tests/costs.rs` counts bytes and writes.
//!
//! A terminal may give some characters another width than this program does, and then shows what follows them in
//! another column. The rows of such characters are written whole, as [`uncertain_rows`] explains.

mod uncertain_rows;

use std::io::Write;

use self::uncertain_rows::UncertainRows;
use super::layout::Cursor;
use crossterm::{cursor::MoveTo, queue};
use ratatui::{
    backend::{Backend, CrosstermBackend, IntoCrossterm},
    buffer::{Buffer, Cell, CellDiffOption},
    layout::Rect,
};

/// Begins a synchronized update: the terminal shows the frame only when it is complete (DEC mode 2026).
const BEGIN_SYNCHRONIZED_UPDATE: &[u8] = b"\x1b[?2026h";
/// Ends a synchronized update.
const END_SYNCHRONIZED_UPDATE: &[u8] = b"\x1b[?2026l";
const HIDE_CURSOR: &[u8] = b"\x1b[?25l";
const SHOW_CURSOR: &[u8] = b"\x1b[?25h";
/// Marks cells that an image covered: a private-use character that no frame contains.
const INVALID_SYMBOL: &str = "\u{10fffd}";
/// Resets the colors and clears the screen.
const CLEAR_SCREEN: &[u8] = b"\x1b[0m\x1b[2J";

/// Encodes frames as the difference to what the terminal shows.
#[derive(Debug, Default)]
pub struct FrameEncoder {
    previous: Buffer,
    next: Buffer,
    valid: bool,
    /// Where the cursor of the terminal was put; `None` if nothing has it.
    cursor: Option<Cursor>,
    /// The rows of what the terminal shows that have characters of uncertain width.
    uncertain_rows: UncertainRows,
}

impl FrameEncoder {
    /// Draws the next frame of this size. Returns the bytes that update the terminal; they are empty if
    /// nothing changed.
    pub fn encode(&mut self, size: (u16, u16), draw: impl FnOnce(&mut Buffer)) -> Vec<u8> {
        self.encode_with_cursor(size, |buf| {
            draw(buf);
            None
        })
    }

    /// Draws the next frame, and puts the cursor where it belongs. It is hidden while the frame is written.
    pub fn encode_with_cursor(
        &mut self,
        size: (u16, u16),
        draw: impl FnOnce(&mut Buffer) -> Option<Cursor>,
    ) -> Vec<u8> {
        let area = Rect::new(0, 0, size.0, size.1);
        let full_redraw = !self.valid || self.previous.area != area;
        if full_redraw {
            self.previous = Buffer::empty(area);
            self.uncertain_rows.clear();
            self.valid = true;
        }
        self.next.resize(area);
        self.next.reset();
        let cursor = draw(&mut self.next).filter(|cursor| area.contains(cursor.position));
        invalidate_uncovered_cells(&mut self.previous, &self.next);
        let mut bytes = Vec::new();
        let changes = self.previous.diff(&self.next);
        if full_redraw || !changes.is_empty() {
            bytes.extend_from_slice(BEGIN_SYNCHRONIZED_UPDATE);
            if is_visible(self.cursor) {
                bytes.extend_from_slice(HIDE_CURSOR);
            }
            if full_redraw {
                bytes.extend_from_slice(CLEAR_SCREEN);
            }
            self.uncertain_rows.add_changes(&changes);
            if self.uncertain_rows.is_empty() {
                write_cells(&mut bytes, &changes);
            } else {
                self.uncertain_rows.write_frame(&mut bytes, &self.next, &changes);
            }
            write_cursor(&mut bytes, cursor, false);
            bytes.extend_from_slice(END_SYNCHRONIZED_UPDATE);
        } else if cursor != self.cursor {
            write_cursor(&mut bytes, cursor, is_visible(self.cursor));
        }
        self.cursor = cursor;
        std::mem::swap(&mut self.previous, &mut self.next);
        bytes
    }

    /// Returns whether it is known what a terminal of this size shows.
    #[must_use]
    pub(crate) fn is_valid_for(&self, size: (u16, u16)) -> bool {
        self.valid && self.previous.area == Rect::new(0, 0, size.0, size.1)
    }

    /// Forgets what the terminal shows, so that the next frame is encoded completely.
    pub(crate) fn invalidate(&mut self) {
        self.valid = false;
    }
}

fn is_visible(cursor: Option<Cursor>) -> bool {
    cursor.is_some_and(|cursor| cursor.visible)
}

/// Puts the cursor where it belongs, and shows or hides it if it was not so before.
fn write_cursor(bytes: &mut Vec<u8>, cursor: Option<Cursor>, was_visible: bool) {
    if was_visible && !is_visible(cursor) {
        bytes.extend_from_slice(HIDE_CURSOR);
    }
    if let Some(Cursor { position, visible }) = cursor {
        // Writing to a vector does not fail.
        let _ = queue!(bytes, MoveTo(position.x, position.y));
        if visible && !was_visible {
            bytes.extend_from_slice(SHOW_CURSOR);
        }
    }
}

/// Writes cells, with a movement of the cursor in front of each that does not follow the one before.
fn write_cells(bytes: &mut Vec<u8>, cells: &[(u16, u16, &Cell)]) {
    // Writing to a vector does not fail.
    let _ = CrosstermBackend::new(bytes).draw(cells.iter().copied());
}

/// Marks the cells that an image no longer covers as changed, whatever they contained before.
fn invalidate_uncovered_cells(previous: &mut Buffer, next: &Buffer) {
    for (old, new) in previous.content.iter_mut().zip(&next.content) {
        if old.diff_option == CellDiffOption::Skip && new.diff_option != CellDiffOption::Skip {
            old.reset();
            old.set_symbol(INVALID_SYMBOL);
        }
    }
}

/// Returns a screen as lines of plain text.
#[must_use]
pub fn to_plain_text(buf: &Buffer) -> String {
    cell_rows(buf)
        .map(|row| row.map(|(_, symbol, _)| symbol).collect::<String>().trim_end().to_owned() + "\n")
        .collect()
}

/// Returns a screen as lines of text with ANSI escape sequences for the styles.
#[must_use]
pub(crate) fn to_ansi(buf: &Buffer) -> String {
    let mut bytes = Vec::new();
    for row in cell_rows(buf) {
        for (_, symbol, style) in row {
            let styled = style.into_crossterm().apply(symbol);
            // Writing to a vector does not fail.
            let _ = write!(bytes, "{styled}");
        }
        bytes.push(b'\n');
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Iterates over the rows of a screen: the column, symbol and style of each cell. Cells that a wide character
/// covers are skipped.
pub(super) fn cell_rows(
    buf: &Buffer,
) -> impl Iterator<Item = impl Iterator<Item = (u16, &str, ratatui::style::Style)>> {
    let area = buf.area;
    (area.top()..area.bottom()).map(move |y| {
        let mut cells_to_skip = 0;
        (area.left()..area.right()).filter_map(move |x| {
            if cells_to_skip > 0 {
                cells_to_skip -= 1;
                return None;
            }
            let cell = &buf[(x, y)];
            cells_to_skip = super::text::width(cell.symbol()).saturating_sub(1);
            Some((x, cell.symbol(), cell.style()))
        })
    })
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;

    #[test]
    fn encode_emits_only_changed_cells() {
        let mut encoder = FrameEncoder::default();
        let mut encode = |text: &str| encoder.encode((20, 2), |buf| buf.set_string(0, 0, text, Style::new()));
        assert!(encode("temperature 23").starts_with(b"\x1b[?2026h\x1b[0m\x1b[2J"));
        assert_eq!(encode("temperature 23"), b"");
        let bytes = encode("temperature 24");
        assert!(bytes.len() < 60, "{}", String::from_utf8_lossy(&bytes));
        assert!(!String::from_utf8_lossy(&bytes).contains("temperature"));
    }

    #[test]
    fn encode_redraws_cells_uncovered_by_image() {
        let mut encoder = FrameEncoder::default();
        encoder.encode((3, 1), |_| {});
        let draw_image = |buf: &mut Buffer| {
            buf[(0, 0)]
                .set_symbol("\x1bPimage\x1b\\")
                .set_diff_option(CellDiffOption::ForcedWidth(std::num::NonZeroU16::MIN));
            for x in 1..3 {
                buf[(x, 0)].set_diff_option(CellDiffOption::Skip);
            }
        };
        assert!(String::from_utf8_lossy(&encoder.encode((3, 1), draw_image)).contains("image"));
        assert_eq!(encoder.encode((3, 1), draw_image), b"");
        let bytes = encoder.encode((3, 1), |_| {});
        let text = String::from_utf8_lossy(&bytes);
        assert_eq!(text.matches(' ').count(), 3, "{text}");
        assert!(!text.contains(INVALID_SYMBOL), "{text}");
    }

    #[test]
    fn cursor_is_hidden_while_a_frame_is_written_and_moved_only_if_it_moves() {
        let mut encoder = FrameEncoder::default();
        let mut encode = |text: &str, cursor: Option<(u16, bool)>| {
            let cursor = cursor.map(|(x, visible)| Cursor { position: (x, 1).into(), visible });
            let bytes = encoder.encode_with_cursor((20, 2), |buf| {
                buf.set_string(0, 0, text, Style::new());
                cursor
            });
            String::from_utf8_lossy(&bytes).replace('\x1b', "^")
        };
        let (hide, show) = ("^[?25l", "^[?25h");
        let first = encode("a", Some((3, false)));
        assert!(first.ends_with("^[2;4H^[?2026l") && !first.contains(show), "{first}");
        assert_eq!(encode("a", Some((3, false))), "");
        assert_eq!(encode("a", Some((4, false))), "^[2;5H");
        assert_eq!(encode("a", Some((4, true))), "^[2;5H^[?25h");
        assert_eq!(encode("a", Some((4, true))), "");
        let changed = encode("b", Some((4, true)));
        assert!(changed.starts_with(&format!("^[?2026h{hide}")), "{changed}");
        assert!(changed.ends_with(&format!("^[2;5H{show}^[?2026l")), "{changed}");
        assert_eq!(encode("b", Some((5, true))), "^[2;6H");
        assert_eq!(encode("b", None), hide);
        let outside = encode("c", Some((20, true)));
        assert!(!outside.contains(show) && !outside.contains("^[2;21H"), "{outside}");
    }

    #[test]
    fn encode_redraws_everything_after_resize() {
        let mut encoder = FrameEncoder::default();
        encoder.encode((20, 2), |_| {});
        let bytes = encoder.encode((21, 2), |buf| buf.set_string(0, 0, "x", Style::new()));
        assert!(String::from_utf8_lossy(&bytes).contains("\x1b[2J"));
    }
}
