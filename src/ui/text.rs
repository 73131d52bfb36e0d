//! Safe display of untrusted text: no payload, topic or name can send control sequences to the terminal or
//! change the reading order, and every text has a defined width.

use std::borrow::Cow;

use crate::model::unsafe_char::is_unsafe;
use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The maximum number of combining marks in a row.
pub(super) const MAX_COMBINING_MARKS: usize = 8;
/// The maximum number of characters of a text that are used for one line.
const MAX_CHARS: usize = 4_096;

/// Returns one line of sanitized text: control characters become control pictures (U+2400…), invisible
/// characters and those that change the reading order become U+FFFD, and at most eight combining marks stay
/// in a row.
#[must_use]
pub fn sanitize(text: &str) -> Cow<'_, str> {
    // A text has at most as many characters as bytes.
    let cut = if text.len() > MAX_CHARS { text.char_indices().nth(MAX_CHARS) } else { None };
    let head = cut.map_or(text, |(end, _)| &text[..end]);
    if is_printable_ascii(head) {
        return Cow::Borrowed(head);
    }
    let mut marks = 0;
    let sanitized = head.chars().filter_map(|c| {
        let safe = match c {
            '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c))?,
            '\u{7f}' => '␡',
            c if is_unsafe(c) => char::REPLACEMENT_CHARACTER,
            c => c,
        };
        marks = if safe.width() == Some(0) { marks + 1 } else { 0 };
        (marks <= MAX_COMBINING_MARKS).then_some(safe)
    });
    Cow::Owned(sanitized.collect())
}

/// Returns a sanitized line of at most `width` cells. A line that was cut ends in `…`.
#[must_use]
pub fn truncate(text: &str, width: u16) -> String {
    let text = sanitize(text);
    let width = usize::from(width);
    if text.width() <= width {
        return text.into_owned();
    }
    let mut out = String::new();
    let mut used_width = 0;
    for grapheme in text.graphemes(true) {
        let grapheme_width = grapheme.width();
        if used_width + grapheme_width + 1 > width {
            break;
        }
        used_width += grapheme_width;
        out.push_str(grapheme);
    }
    if width > 0 {
        out.push('…');
    }
    out
}

/// Returns a sanitized line of at most `width` cells, whose end stays: that of a topic says most. A line that was cut
/// begins with `…`.
#[must_use]
pub(crate) fn truncate_start(text: &str, width: u16) -> String {
    let text = sanitize(text);
    let width = usize::from(width);
    if text.width() <= width {
        return text.into_owned();
    }
    let mut start = text.len();
    let mut used_width = 1;
    for (index, grapheme) in text.grapheme_indices(true).rev() {
        used_width += grapheme.width();
        if used_width > width {
            break;
        }
        start = index;
    }
    if width > 0 { format!("…{}", &text[start..]) } else { String::new() }
}

/// Returns the width of a sanitized line in cells.
#[must_use]
pub(crate) fn width(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

/// Returns a horizontal line of this width that begins with a text.
pub(crate) fn rule(text: &str, width: u16) -> String {
    text.chars().chain(std::iter::repeat('─')).take(width.into()).collect()
}

/// The alignment of a line in its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alignment {
    /// Left-aligned.
    Left,
    /// Centered.
    Center,
    /// Right-aligned.
    Right,
}

/// Draws one line into a row of an area, cut to fit. Returns the cells that it takes.
pub(crate) fn draw_line(
    buf: &mut Buffer,
    area: Rect,
    row: u16,
    text: &str,
    style: Style,
    alignment: Alignment,
) -> Rect {
    if row >= area.height || area.width == 0 {
        return Rect::new(area.x, area.y, 0, 0);
    }
    let start_x = |text_width: u16| match alignment {
        Alignment::Left => area.x,
        Alignment::Center => area.x + (area.width - text_width) / 2,
        Alignment::Right => area.x + area.width - text_width,
    };
    let y = area.y + row;
    // The fast path for most lines: each byte is one cell, so no character needs a width lookup.
    if let Some(text_width) =
        u16::try_from(text.len()).ok().filter(|text_width| *text_width <= area.width && is_printable_ascii(text))
    {
        let x = start_x(text_width);
        draw_ascii(buf, x, y, text, style);
        return Rect::new(x, y, text_width, 1);
    }
    let text = truncate(text, area.width);
    let text_width = width(&text).min(area.width);
    let x = start_x(text_width);
    buf.set_stringn(x, y, &text, usize::from(area.width), style);
    Rect::new(x, y, text_width, 1)
}

/// Returns whether the text is printable ASCII: each byte is a character of one cell.
fn is_printable_ascii(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

/// Draws printable ASCII, clipped to the row.
fn draw_ascii(buf: &mut Buffer, x: u16, y: u16, text: &str, style: Style) {
    let area = buf.area;
    if !area.contains((x, y).into()) {
        return;
    }
    let start = buf.index_of(x, y);
    let max_cells = usize::from(area.right() - x);
    for (cell, index) in buf.content[start..].iter_mut().take(max_cells).zip(0..text.len()) {
        cell.set_symbol(&text[index..=index]).set_style(style);
    }
}

/// Returns the text as sanitized lines of at most `width` cells. Words are kept together where possible.
/// There are at most `max_lines` lines; the last one ends in `…` if there were more.
#[must_use]
pub fn wrap(text: &str, width: u16, max_lines: usize) -> Vec<String> {
    if width == 0 {
        return Vec::new();
    }
    let mut lines: Vec<String> = text
        .lines()
        .take(max_lines + 1)
        .flat_map(|paragraph| {
            let paragraph = sanitize(paragraph.trim_end());
            let lines = textwrap::wrap(&paragraph, usize::from(width));
            lines.into_iter().take(max_lines + 1).map(std::borrow::Cow::into_owned).collect::<Vec<_>>()
        })
        .collect();
    if lines.len() > max_lines {
        lines.truncate(max_lines);
        if let Some(last) = lines.last_mut() {
            *last = cut_between_words(last, width);
        }
    }
    lines
}

/// Returns the beginning of a line with `…` at its end, in at most `max_width` cells. Words are kept whole where possible.
fn cut_between_words(line: &str, max_width: u16) -> String {
    if width(line) < max_width {
        return format!("{line}…");
    }
    match line.trim_end().rsplit_once(' ') {
        Some((words, _)) if !words.trim().is_empty() => format!("{}…", words.trim_end()),
        _ => {
            let truncated = truncate(line, max_width.saturating_sub(1));
            if truncated.ends_with('…') { truncated } else { format!("{truncated}…") }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sanitize_replaces_control_and_bidi_characters() {
        assert_eq!(sanitize("\u{1b}]0;x\u{7}"), "␛]0;x␇");
        assert_eq!(sanitize("a\u{202e}b\u{9b}c\u{200b}"), "a\u{fffd}b\u{fffd}c\u{fffd}");
        assert_eq!(sanitize(&format!("e{}", "\u{301}".repeat(5_000))).chars().count(), 9);
        assert!(matches!(sanitize("plain"), Cow::Borrowed("plain")));
    }

    #[test]
    fn end_of_a_cut_topic_stays() {
        assert_eq!(truncate_start("home/lamp/set", 13), "home/lamp/set");
        assert_eq!(truncate_start("home/lamp/set", 9), "…lamp/set");
        assert_eq!(truncate_start("home/日本", 4), "…本");
        assert_eq!(truncate_start("home", 0), "");
    }

    #[test]
    fn wrap_breaks_between_words() {
        assert_eq!(wrap("the quick brown fox", 10, 9), ["the quick", "brown fox"]);
        assert_eq!(wrap("abcdefghij", 4, 9), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("a\nb\nc", 9, 2), ["a", "b…"]);
        assert_eq!(wrap("", 9, 2), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn draw_line_ascii_fast_path_matches_slow_path(text in "[ -~]{0,30}", width in 0_u16..30, x in 0_u16..4) {
            for alignment in [Alignment::Left, Alignment::Center, Alignment::Right] {
                let (mut fast, mut slow) = (Buffer::empty(Rect::new(0, 0, 20, 2)), Buffer::empty(Rect::new(0, 0, 20, 2)));
                let area = Rect::new(x, 0, width.min(20 - x), 2);
                let style = Style::new().bold();
                let drawn = draw_line(&mut fast, area, 1, &text, style, alignment);
                slow.set_stringn(drawn.x, 1, truncate(&text, area.width), usize::from(area.width), style);
                prop_assert_eq!(&fast, &slow);
            }
        }

        #[test]
        fn truncate_and_wrap_never_exceed_width(text in any::<String>(), max_width in 0_u16..40) {
            prop_assert!(width(&truncate(&text, max_width)) <= max_width);
            prop_assert!(width(&truncate_start(&text, max_width)) <= max_width);
            for line in wrap(&text, max_width.max(2), 5) {
                prop_assert!(width(&line) <= max_width.max(2), "{line:?}");
            }
            prop_assert!(!sanitize(&text).chars().any(char::is_control));
        }
    }
}
