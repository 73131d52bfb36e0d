//! Rows with characters to which a terminal may give another width than Unicode does: flags, emoji of several code
//! points, the scripts of India and Thailand, and whatever is newer than the terminal. tmux, GNU screen and mosh
//! each measure them in their own way.
//!
//! Where a terminal makes such a character wider or narrower, what was written directly after it is in another
//! column than the frame says, and the difference to the next frame would leave parts of it on the screen. So
//! when such a row changes, all of it is written, and the cursor is placed again after each such character.

use std::collections::BTreeSet;

use ratatui::buffer::{Buffer, Cell, CellDiffOption};

use super::{super::text::width, write_cells};

/// The rows of the screen that have a character of uncertain width.
#[derive(Debug, Default)]
pub(super) struct UncertainRows(BTreeSet<u16>);

impl UncertainRows {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the rows in which one of these changed cells has such a character.
    pub(super) fn add_changes(&mut self, changes: &[(u16, u16, &Cell)]) {
        self.0.extend(changes.iter().filter(|(_, _, cell)| is_uncertain(cell)).map(|(_, y, _)| *y));
    }

    /// Writes the changes of a frame: whole rows where a character of uncertain width is, or was until now.
    /// Afterwards only those rows are known that still have one.
    pub(super) fn write_frame(&mut self, bytes: &mut Vec<u8>, next: &Buffer, changes: &[(u16, u16, &Cell)]) {
        let uncertain_row = |y: u16| self.0.contains(&y).then_some(y);
        for changes in changes.chunk_by(|(_, a, _), (_, b, _)| uncertain_row(*a) == uncertain_row(*b)) {
            match changes.first().and_then(|(_, y, _)| uncertain_row(*y)) {
                Some(y) => write_row(bytes, next, y, changes),
                None => write_cells(bytes, changes),
            }
        }
        self.0.retain(|y| (0..next.area.width).any(|x| is_uncertain(&next[(x, *y)])));
    }
}

/// Writes all cells of a row. Cells with an image are written only if they have changed.
fn write_row(bytes: &mut Vec<u8>, next: &Buffer, y: u16, changes: &[(u16, u16, &Cell)]) {
    let mut certain_cells = Vec::new();
    let mut x = 0;
    while x < next.area.width {
        let cell = &next[(x, y)];
        if has_image(cell) {
            certain_cells.extend(changes.iter().find(|(changed_x, _, _)| *changed_x == x));
            x += 1;
            continue;
        }
        let cell_width = width(cell.symbol()).max(1);
        if is_uncertain(cell) {
            write_cells(bytes, &certain_cells);
            certain_cells.clear();
            write_uncertain_cell(bytes, cell, x, y, cell_width.min(next.area.width - x));
        } else {
            certain_cells.push((x, y, cell));
        }
        x += cell_width;
    }
    write_cells(bytes, &certain_cells);
}

/// Writes a character of uncertain width, over blanks: if the terminal takes it for a narrower one, it would leave
/// the cells next to it as they were.
fn write_uncertain_cell(bytes: &mut Vec<u8>, cell: &Cell, x: u16, y: u16, cell_width: u16) {
    let mut blank = cell.clone();
    blank.set_symbol(" ");
    let blanks: Vec<_> = (x..x + cell_width).map(|x| (x, y, &blank)).collect();
    write_cells(bytes, &blanks);
    write_cells(bytes, &[(x, y, cell)]);
}

/// Returns whether a cell belongs to an image: its symbol is a control sequence, or it is covered.
fn has_image(cell: &Cell) -> bool {
    matches!(cell.diff_option, CellDiffOption::Skip | CellDiffOption::ForcedWidth(_))
}

/// Returns whether a terminal may give the character in a cell another width than this program does. Only single
/// characters of one column of which all terminals think the same are certain: one of two columns that is written over
/// half of another leaves the other half as the terminal likes.
fn is_uncertain(cell: &Cell) -> bool {
    let symbol = cell.symbol();
    if symbol.len() == 1 || has_image(cell) {
        return false;
    }
    let mut chars = symbol.chars();
    let is_certain = match (chars.next(), chars.next()) {
        (Some(c), None) => matches!(c,
            // Latin, Greek and Cyrillic, without combining marks and the soft hyphen.
            ' '..='~' | '\u{a0}'..='\u{ac}' | '\u{ae}'..='\u{2ff}' | '\u{370}'..='\u{482}' | '\u{48a}'..='\u{52f}'
            // Punctuation, currencies, letter-like symbols, arrows, mathematics.
            | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{2070}'..='\u{20bf}' | '\u{2100}'..='\u{2319}'
            // Control pictures, boxes, blocks, geometric shapes up to those that are emoji, Braille.
            | '\u{2400}'..='\u{2426}' | '\u{2500}'..='\u{25fc}' | '\u{2800}'..='\u{28ff}' | '\u{fffd}'),
        _ => false,
    };
    !is_certain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::style::{Color, Style};

    use super::super::FrameEncoder;

    const SIZE: (u16, u16) = (60, 4);
    /// Characters that the emulated terminal measures differently: it adds up the widths of the code points.
    const TEXTS: &[&str] = &[
        "🇫🇷",
        "🇩🇪 x",
        "👨\u{200d}👩\u{200d}👧",
        "👍🏽",
        "1\u{fe0f}\u{20e3}",
        "❤\u{fe0f}",
        "☀\u{fe0f}",
        "हिन्दी",
        "नमस्ते",
        "ก็ำ",
        "น้ำ",
        "e\u{301}",
        "が",
        "日本",
        "🔔",
        "21.5",
        " ",
        "abc",
        "°C",
        "─",
        "█",
        "\u{1100}\u{1161}",
    ];

    /// Draws rows of text, with a border at both ends. No character is so close to the right end that the
    /// emulated terminal, which cannot be told not to wrap lines, takes it for one of the next row.
    fn encode(encoder: &mut FrameEncoder, rows: &[(u16, String)]) -> Vec<u8> {
        encoder.encode(SIZE, |buf| {
            for (y, (x, text)) in (0..SIZE.1).zip(rows) {
                buf.set_string(0, y, "│", Style::new().fg(Color::Red));
                buf.set_stringn(2 + x, y, text, 30, Style::new().bg(Color::Blue));
                buf.set_string(SIZE.0 - 1, y, "│", Style::new());
            }
        })
    }

    /// Returns the text and the background of each cell of the emulated terminal.
    fn screen(frames: &[Vec<u8>]) -> Vec<String> {
        let size = |cells: u16| cells.try_into().unwrap();
        let mut parser = vt100::Parser::new(size(SIZE.1), size(SIZE.0), 0);
        for frame in frames {
            parser.process(frame);
        }
        let cell = |y, x| {
            let cell = parser.screen().cell(y, x).unwrap();
            let text = if cell.has_contents() || cell.is_wide_continuation() { cell.contents() } else { " " };
            format!("{text}{:?}", cell.bgcolor())
        };
        (0..SIZE.1).map(|y| (0..SIZE.0).map(|x| cell(y, x)).collect()).collect()
    }

    proptest! {
        #[test]
        fn frames_leave_nothing_of_characters_that_the_terminal_measures_differently(
            frames in prop::collection::vec(
                prop::collection::vec(
                    (0_u16..8, prop::collection::vec(prop::sample::select(TEXTS), 0..4).prop_map(|texts| texts.concat())),
                    usize::from(SIZE.1),
                ),
                2..5,
            ),
        ) {
            let mut encoder = FrameEncoder::default();
            let differences: Vec<_> = frames.iter().map(|rows| encode(&mut encoder, rows)).collect();
            let complete = frames.last().map(|rows| encode(&mut FrameEncoder::default(), rows));
            prop_assert_eq!(screen(&differences), screen(complete.as_slice()));
        }
    }

    #[test]
    fn only_rows_with_uncertain_characters_are_written_whole() {
        let mut encoder = FrameEncoder::default();
        let rows = |first: &str, second: &str| [(0, first.to_owned()), (0, second.to_owned())];
        encode(&mut encoder, &rows("FR 🇫🇷 x", "21.5"));
        let cheap = encode(&mut encoder, &rows("FR 🇫🇷 x", "21.6"));
        assert!(!String::from_utf8_lossy(&cheap).contains('F'), "the row of the flag has not changed");
        let whole = encode(&mut encoder, &rows("21.5", "21.6"));
        assert_eq!(String::from_utf8_lossy(&whole).matches('│').count(), 2, "one row, from border to border");
        let cheap = encode(&mut encoder, &rows("21.7", "21.6"));
        assert!(!String::from_utf8_lossy(&cheap).contains('│'), "the flag is forgotten");
    }
}
