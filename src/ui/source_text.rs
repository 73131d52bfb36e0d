//! Text that the user reviews before it acts, such as scripts: all of it is shown, and nothing in it is invisible.

use unicode_width::UnicodeWidthChar;

use super::text::MAX_COMBINING_MARKS;
use crate::model::unsafe_char::is_unsafe;

/// The longest run of spaces that is shown as it is. Longer ones would move what follows out of sight.
const MAX_SPACES: usize = 40;
/// The most empty lines in a row that are shown as they are.
const MAX_EMPTY_LINES: usize = 2;
/// How many spaces a tab is shown as.
const TAB_WIDTH: usize = 4;

/// Returns a whole text as lines of at most `width` cells. Everything in it is visible, as in [`source_lines`].
#[must_use]
pub(crate) fn visible_lines(text: &str, width: u16) -> Vec<String> {
    split_lines(text).flat_map(|line| source_lines(line, width)).collect()
}

/// Returns the whole text as lines of at most `width` cells, numbered if there are several.
///
/// Lines end where ECMA-262, section 12.3, ends them: otherwise a comment could hide the code that follows it. Invisible
/// characters are shown as escape sequences. Long runs of spaces and empty lines are shown as their number.
#[must_use]
pub(crate) fn source_lines(text: &str, width: u16) -> Vec<String> {
    let lines: Vec<&str> = split_lines(text).collect();
    let digits = if lines.len() == 1 { 0 } else { lines.len().to_string().len() };
    let number_width = if digits == 0 { 0 } else { digits + 1 };
    let text_width = usize::from(width).saturating_sub(number_width).max(1);
    let mut shown = Vec::new();
    let mut empty_lines = 0;
    for (index, line) in lines.iter().enumerate() {
        let is_empty = line.trim().is_empty();
        empty_lines = if is_empty { empty_lines + 1 } else { 0 };
        let ends_run = lines.get(index + 1).is_none_or(|next| !next.trim().is_empty());
        if empty_lines > MAX_EMPTY_LINES {
            if ends_run {
                shown.truncate(shown.len() - MAX_EMPTY_LINES);
                let count = format!("[{empty_lines} empty lines]");
                shown.extend(split_at_width(&count, text_width).map(|part| format!("{:number_width$}{part}", "")));
            }
            continue;
        }
        let number = (index + 1).to_string();
        let visible = if is_empty { String::new() } else { visible_text(line) };
        for (row, part) in split_at_width(&visible, text_width).enumerate() {
            let number = if row == 0 && digits > 0 { format!("{number:>digits$} ") } else { String::new() };
            shown.push(format!("{number:number_width$}{part}"));
        }
    }
    shown
}

/// Splits a text at the line terminators of ECMA-262.
fn split_lines(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\u{2028}', '\u{2029}']).flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

/// Returns a line in which every character can be seen.
fn visible_text(line: &str) -> String {
    let mut visible = String::with_capacity(line.len());
    let (mut spaces, mut marks) = (0, 0);
    for c in line.chars().map(Some).chain([None]) {
        if c.is_some_and(char::is_whitespace) {
            spaces += if c == Some('\t') { TAB_WIDTH } else { 1 };
            continue;
        }
        visible.push_str(&visible_spaces(std::mem::take(&mut spaces)));
        let Some(c) = c else { break };
        marks = if c.width() == Some(0) { marks + 1 } else { 0 };
        if is_unsafe(c) || is_invisible(c) || marks > MAX_COMBINING_MARKS {
            visible.extend(c.escape_unicode());
        } else {
            visible.push(c);
        }
    }
    visible
}

fn visible_spaces(count: usize) -> String {
    if count > MAX_SPACES { format!("[{count} spaces]") } else { " ".repeat(count) }
}

/// Returns whether a character is drawn as nothing, although it counts in a text: the characters that fonts ignore (the
/// property `Default_Ignorable_Code_Point`) without those of [`is_unsafe`], and the empty Braille pattern.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200c}'..='\u{200d}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
    )
}

/// Splits a line into parts of at most `width` cells. An empty line is one part.
fn split_at_width(line: &str, width: usize) -> impl Iterator<Item = &str> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut used = 0;
        let end = text.char_indices().find(|(start, c)| {
            used += c.width().unwrap_or(0);
            used > width && *start > 0
        });
        let (part, after) = end.map_or((text, None), |(end, _)| (&text[..end], Some(&text[end..])));
        rest = after;
        Some(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr as _;

    #[test]
    fn all_line_terminators_of_javascript_end_a_line() {
        let text = "a // b\u{2028}c\u{2029}d\re\r\nf\ng";
        assert_eq!(source_lines(text, 20), ["1 a // b", "2 c", "3 d", "4 e", "5 f", "6 g"]);
    }

    #[test]
    fn invisible_characters_are_shown_as_escape_sequences() {
        assert_eq!(source_lines("a\u{202e}b\u{3164}c\u{1b}\u{fe0f}", 60), ["a\\u{202e}b\\u{3164}c\\u{1b}\\u{fe0f}"]);
        let marks = format!("e{}", "\u{301}".repeat(9));
        assert!(source_lines(&marks, 60)[0].ends_with("\u{301}\\u{301}"), "what a cell cannot hold is shown, too");
    }

    #[test]
    fn spaces_and_empty_lines_do_not_move_code_out_of_sight() {
        assert_eq!(source_lines(&format!("a{}b", " ".repeat(5_000)), 30), ["a[5000 spaces]b"]);
        assert_eq!(source_lines(&format!("a{}b", "\u{3000}".repeat(500)), 30), ["a[500 spaces]b"]);
        assert_eq!(source_lines("\tb", 30), ["    b"]);
        assert_eq!(source_lines(&format!("a{}b", "\t".repeat(5_000)), 30), ["a[20000 spaces]b"]);
        assert_eq!(source_lines(&format!("a{}b", " \t".repeat(500)), 30), ["a[2500 spaces]b"]);
        let lines = source_lines(&format!("a\n{}b\n\n\nc", " \t\n".repeat(900)), 30);
        assert_eq!(lines, ["  1 a", "    [900 empty lines]", "902 b", "903 ", "904 ", "905 c"].map(str::to_owned));
        assert_eq!(source_lines("a\n\n\n\n", 30), ["1 a", "  [4 empty lines]"]);
    }

    #[test]
    fn long_lines_continue_on_rows_without_a_number() {
        assert_eq!(source_lines("abcdefgh\ni", 5), ["1 abc", "  def", "  gh", "2 i"]);
        assert_eq!(source_lines("日本語", 4), ["日本", "語"]);
        assert_eq!(source_lines("", 9), [""]);
    }

    proptest! {
        #[test]
        fn every_visible_character_is_shown(text in "[ -~\\n\u{301}\u{202e}é日]{0,200}", width in 8_u16..60) {
            let lines = source_lines(&text, width);
            for line in &lines {
                prop_assert!(line.width() <= usize::from(width), "{line:?}");
            }
            let shown: String = lines.concat();
            for c in text.chars().filter(char::is_ascii_alphabetic) {
                prop_assert!(shown.contains(c));
            }
        }

        #[test]
        fn all_code_is_shown_in_its_order(text in "[a-zA-Z;=(){}]{0,400}", width in 3_u16..60) {
            let shown: String = source_lines(&text, width).iter().map(String::as_str).collect();
            prop_assert_eq!(shown, text);
        }
    }
}
