//! From one picture of the screen to the next: only what differs goes out, composed in memory and
//! sent as one piece, so that a frame is one write and is shown at once.

use std::io::Write;

use ratatui::{
    backend::{Backend, CrosstermBackend, IntoCrossterm},
    buffer::{Buffer, CellDiffOption},
    layout::Rect,
};

/// Begins a frame that the terminal shows only when it is whole (DEC mode 2026).
const BEGIN: &[u8] = b"\x1b[?2026h";
/// Ends such a frame.
const END: &[u8] = b"\x1b[?2026l";
/// Stands for what a picture covered: a character that means nothing and is shown nowhere.
const COVERED: &str = "\u{10fffd}";
/// Clears the screen, in plain colours.
const CLEAR: &[u8] = b"\x1b[0m\x1b[2J";

/// What the terminal shows.
#[derive(Debug, Default)]
pub struct Screen {
    shown: Buffer,
    spare: Buffer,
    fresh: bool,
}

impl Screen {
    /// Draws the next frame of this size; gives the bytes that bring the terminal there, none when
    /// nothing differs.
    pub fn frame(&mut self, size: (u16, u16), draw: impl FnOnce(&mut Buffer)) -> Vec<u8> {
        let area = Rect::new(0, 0, size.0, size.1);
        let whole = !self.fresh || self.shown.area != area;
        if whole {
            self.shown = Buffer::empty(area);
            self.fresh = true;
        }
        self.spare.resize(area);
        self.spare.reset();
        draw(&mut self.spare);
        uncover(&mut self.shown, &self.spare);
        let mut bytes = Vec::new();
        let changes = self.shown.diff(&self.spare);
        if whole || !changes.is_empty() {
            bytes.extend_from_slice(BEGIN);
            if whole {
                bytes.extend_from_slice(CLEAR);
            }
            // Writing into memory does not fail.
            let _ = CrosstermBackend::new(&mut bytes).draw(changes.into_iter());
            bytes.extend_from_slice(END);
        }
        std::mem::swap(&mut self.shown, &mut self.spare);
        bytes
    }

    /// Whether it is known what a terminal of this size shows.
    #[must_use]
    pub fn knows(&self, size: (u16, u16)) -> bool {
        self.fresh && self.shown.area == Rect::new(0, 0, size.0, size.1)
    }

    /// Forgets what the terminal shows: the next frame is drawn whole.
    pub fn forget(&mut self) {
        self.fresh = false;
    }
}

/// Cells that lay under a picture and do not any more are drawn anew, whatever they showed before.
fn uncover(shown: &mut Buffer, next: &Buffer) {
    for (old, new) in shown.content.iter_mut().zip(&next.content) {
        if old.diff_option == CellDiffOption::Skip && new.diff_option != CellDiffOption::Skip {
            old.reset();
            old.set_symbol(COVERED);
        }
    }
}

/// A picture of the screen as plain lines.
#[must_use]
pub fn plain(buf: &Buffer) -> String {
    rows(buf).map(|row| row.map(|(_, symbol, _)| symbol).collect::<String>().trim_end().to_owned() + "\n").collect()
}

/// A picture of the screen as lines with colours.
#[must_use]
pub fn ansi(buf: &Buffer) -> String {
    let mut bytes = Vec::new();
    for row in rows(buf) {
        for (_, symbol, style) in row {
            let styled = style.into_crossterm().apply(symbol);
            // Writing into memory does not fail.
            let _ = write!(bytes, "{styled}");
        }
        bytes.push(b'\n');
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The rows of a picture: column, symbol and style of each cell, without the shadows of wide ones.
pub(super) fn rows(buf: &Buffer) -> impl Iterator<Item = impl Iterator<Item = (u16, &str, ratatui::style::Style)>> {
    let area = buf.area;
    (area.top()..area.bottom()).map(move |y| {
        let mut covered = 0;
        (area.left()..area.right()).filter_map(move |x| {
            if covered > 0 {
                covered -= 1;
                return None;
            }
            let cell = &buf[(x, y)];
            covered = super::text::width(cell.symbol()).saturating_sub(1);
            Some((x, cell.symbol(), cell.style()))
        })
    })
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;

    #[test]
    fn only_what_differs_goes_out() {
        let mut screen = Screen::default();
        let mut frame = |text: &str| screen.frame((20, 2), |buf| buf.set_string(0, 0, text, Style::new()));
        assert!(frame("temperature 23").starts_with(b"\x1b[?2026h\x1b[0m\x1b[2J"));
        assert_eq!(frame("temperature 23"), b"");
        let bytes = frame("temperature 24");
        assert!(bytes.len() < 60, "{}", String::from_utf8_lossy(&bytes));
        assert!(!String::from_utf8_lossy(&bytes).contains("temperature"));
    }

    #[test]
    fn what_a_picture_covered_is_drawn_anew_when_it_goes() {
        let mut screen = Screen::default();
        screen.frame((3, 1), |_| {});
        let covered = |buf: &mut Buffer| {
            buf[(0, 0)]
                .set_symbol("\x1bPpicture\x1b\\")
                .set_diff_option(CellDiffOption::ForcedWidth(std::num::NonZeroU16::MIN));
            for x in 1..3 {
                buf[(x, 0)].set_diff_option(CellDiffOption::Skip);
            }
        };
        assert!(String::from_utf8_lossy(&screen.frame((3, 1), covered)).contains("picture"));
        assert_eq!(screen.frame((3, 1), covered), b"");
        let bytes = screen.frame((3, 1), |_| {});
        let text = String::from_utf8_lossy(&bytes);
        assert_eq!(text.matches(' ').count(), 3, "{text}");
        assert!(!text.contains(COVERED), "{text}");
    }

    #[test]
    fn another_size_is_drawn_whole() {
        let mut screen = Screen::default();
        screen.frame((20, 2), |_| {});
        let bytes = screen.frame((21, 2), |buf| buf.set_string(0, 0, "x", Style::new()));
        assert!(String::from_utf8_lossy(&bytes).contains("\x1b[2J"));
    }
}
