//! Text from outside, made fit for the screen: nothing in a payload, a topic or a name can act on the
//! terminal or on the reading order, and everything has a width.

use std::borrow::Cow;

use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The most combining marks that a cell shows.
const MARKS: usize = 8;
/// The most characters of a text that are looked at for one line.
const MOST: usize = 4_096;

/// One line, clean: control characters as pictures (U+2400…), marks that turn the reading order as
/// U+FFFD, at most eight combining marks in a row.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    let head = &text[..text.char_indices().nth(MOST).map_or(text.len(), |(at, _)| at)];
    if is_plain(head) {
        return Cow::Borrowed(head);
    }
    let mut marks = 0;
    let shown = head.chars().filter_map(|c| {
        let shown = match c {
            '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c))?,
            '\u{7f}' => '␡',
            '\u{80}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}' => '\u{fffd}',
            c => c,
        };
        marks = if shown.width() == Some(0) { marks + 1 } else { 0 };
        (marks <= MARKS).then_some(shown)
    });
    Cow::Owned(shown.collect())
}

/// A clean line that is no wider than so many cells; where it was cut it ends in `…`.
#[must_use]
pub fn fit(text: &str, width: u16) -> String {
    let text = clean(text);
    let width = usize::from(width);
    if text.width() <= width {
        return text.into_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for part in text.graphemes(true) {
        let wide = part.width();
        if used + wide + 1 > width {
            break;
        }
        used += wide;
        out.push_str(part);
    }
    if width > 0 {
        out.push('…');
    }
    out
}

/// The width of a clean line in cells.
#[must_use]
pub fn width(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

/// Where a line goes in its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// From the left.
    Left,
    /// In the middle.
    Middle,
    /// To the right.
    Right,
}

/// Writes one line into a row of an area, cut to fit; gives the cells that it took.
pub fn line(buf: &mut Buffer, area: Rect, row: u16, text: &str, style: Style, side: Side) -> Rect {
    if row >= area.height || area.width == 0 {
        return Rect::new(area.x, area.y, 0, 0);
    }
    let begin = |wide: u16| match side {
        Side::Left => area.x,
        Side::Middle => area.x + (area.width - wide) / 2,
        Side::Right => area.x + area.width - wide,
    };
    let y = area.y + row;
    // Most lines: a cell a byte, and no character needs to be looked up.
    if let Some(wide) = u16::try_from(text.len()).ok().filter(|wide| *wide <= area.width && is_plain(text)) {
        let x = begin(wide);
        ascii(buf, x, y, text, style);
        return Rect::new(x, y, wide, 1);
    }
    let text = fit(text, area.width);
    let wide = width(&text).min(area.width);
    let x = begin(wide);
    buf.set_stringn(x, y, &text, usize::from(area.width), style);
    Rect::new(x, y, wide, 1)
}

/// Whether each byte is a character that takes one cell and can do nothing else.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

/// Writes such a text, as far as there are cells in its row.
fn ascii(buf: &mut Buffer, x: u16, y: u16, text: &str, style: Style) {
    let area = buf.area;
    if !area.contains((x, y).into()) {
        return;
    }
    let at = buf.index_of(x, y);
    let room = usize::from(area.right() - x);
    for (cell, index) in buf.content[at..].iter_mut().take(room).zip(0..text.len()) {
        cell.set_symbol(&text[index..=index]).set_style(style);
    }
}

/// The lines of a text, each clean and no wider than so many cells, words kept together where that is
/// possible; at most `most` of them, the last of which ends in `…` when there were more.
#[must_use]
pub fn wrap(text: &str, width: u16, most: usize) -> Vec<String> {
    if width == 0 {
        return Vec::new();
    }
    let mut lines: Vec<String> = text
        .lines()
        .take(most + 1)
        .flat_map(|paragraph| {
            let paragraph = clean(paragraph.trim_end());
            let lines = textwrap::wrap(&paragraph, usize::from(width));
            lines.into_iter().take(most + 1).map(std::borrow::Cow::into_owned).collect::<Vec<_>>()
        })
        .collect();
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            let cut = fit(last, width.saturating_sub(1));
            *last = if cut.ends_with('…') { cut } else { format!("{cut}…") };
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_could_act_on_the_terminal_is_shown_as_a_picture() {
        assert_eq!(clean("\u{1b}]0;x\u{7}"), "␛]0;x␇");
        assert_eq!(clean("a\u{202e}b\u{9b}c\u{200b}"), "a\u{fffd}b\u{fffd}c\u{fffd}");
        assert_eq!(clean(&format!("e{}", "\u{301}".repeat(5_000))).chars().count(), 9);
        assert!(matches!(clean("plain"), Cow::Borrowed("plain")));
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("the quick brown fox", 10, 9), ["the quick", "brown fox"]);
        assert_eq!(wrap("abcdefghij", 4, 9), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("a\nb\nc", 9, 2), ["a", "b…"]);
        assert_eq!(wrap("", 9, 2), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn plain_lines_are_drawn_as_all_others_are(text in "[ -~]{0,30}", width in 0_u16..30, x in 0_u16..4) {
            for side in [Side::Left, Side::Middle, Side::Right] {
                let (mut fast, mut slow) = (Buffer::empty(Rect::new(0, 0, 20, 2)), Buffer::empty(Rect::new(0, 0, 20, 2)));
                let area = Rect::new(x, 0, width.min(20 - x), 2);
                let style = Style::new().bold();
                let place = line(&mut fast, area, 1, &text, style, side);
                slow.set_stringn(place.x, 1, fit(&text, area.width), usize::from(area.width), style);
                prop_assert_eq!(&fast, &slow);
            }
        }

        #[test]
        fn nothing_is_wider_than_it_may_be(text in any::<String>(), wide in 0_u16..40) {
            prop_assert!(width(&fit(&text, wide)) <= wide);
            for line in wrap(&text, wide.max(2), 5) {
                prop_assert!(width(&line) <= wide.max(2), "{line:?}");
            }
            prop_assert!(!clean(&text).chars().any(char::is_control));
        }
    }
}
