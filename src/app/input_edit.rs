//! Edits of a line of text: single keys, and text that is inserted at once.

use tui_input::{Input, InputRequest};

/// The most bytes of a paste that are inserted.
pub(super) const MAX_PASTE_BYTES: usize = 64 << 10;

/// What ends a line (Unicode Standard, section 5.8). A carriage return and a line feed together end one.
const LINE_BREAKS: [char; 7] = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

/// An edit of a line of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputEdit {
    /// What a key does.
    Key(InputRequest),
    /// Insert a text at the cursor.
    Insert(String),
}

impl From<InputRequest> for InputEdit {
    fn from(request: InputRequest) -> Self {
        Self::Key(request)
    }
}

impl InputEdit {
    /// Returns the edit that inserts pasted text, and whether it inserts all of it. In an input that does not keep
    /// line breaks, a space stands for each of them between other text, and for each tab. Other control characters are
    /// left out.
    pub(super) fn paste(text: &str, keeps_line_breaks: bool) -> (Self, bool) {
        let text = text.trim_matches(LINE_BREAKS);
        let end = text.floor_char_boundary(MAX_PASTE_BYTES);
        let (line_break, tab) = if keeps_line_breaks { ('\n', '\t') } else { (' ', ' ') };
        let mut inserted = String::with_capacity(end);
        let mut previous = None;
        for c in text[..end].chars() {
            match c {
                '\n' if previous == Some('\r') => {}
                '\t' => inserted.push(tab),
                c if LINE_BREAKS.contains(&c) => inserted.push(line_break),
                c if c.is_control() => {}
                c => inserted.push(c),
            }
            previous = Some(c);
        }
        (Self::Insert(inserted), end == text.len())
    }

    /// Returns whether it inserts text.
    pub(super) const fn is_insertion(&self) -> bool {
        matches!(self, Self::Insert(_) | Self::Key(InputRequest::InsertChar(_)))
    }

    /// Applies the edit to a line of which, if `is_selected`, everything is selected: what is typed replaces it, and what
    /// deletes a character deletes all of it.
    pub(super) fn apply_to_selected(self, input: &mut Input, is_selected: bool) {
        let deletes = matches!(self, Self::Key(InputRequest::DeletePrevChar | InputRequest::DeleteNextChar));
        if is_selected && (deletes || self.is_insertion()) {
            input.reset();
        }
        self.apply_to(input);
    }

    /// Applies the edit to a line, in a time that grows with the length of both.
    pub(super) fn apply_to(self, input: &mut Input) {
        match self {
            Self::Key(request) => drop(input.handle(request)),
            Self::Insert(inserted) => {
                let text = input.value();
                let at = text.char_indices().nth(input.cursor()).map_or(text.len(), |(at, _)| at);
                let cursor = input.cursor() + inserted.chars().count();
                *input = Input::new([&text[..at], &inserted, &text[at..]].concat()).with_cursor(cursor);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paste_becomes_one_line_whose_words_stay_apart() {
        for (pasted, line) in [
            ("lights on\nheating off\tnow", "lights on heating off now"),
            ("a\r\n\r\nb\r\n", "a  b"),
            ("a\rb\u{b}c\u{c}d\u{85}e\u{2028}f\u{2029}g", "a b c d e f g"),
            ("a\t\tb", "a  b"),
            ("\u{1b}[31mred\u{7}", "[31mred"),
            ("\n", ""),
            (" indented ", " indented "),
        ] {
            assert_eq!(InputEdit::paste(pasted, false), (InputEdit::Insert(line.to_owned()), true), "{pasted:?}");
        }
    }

    #[test]
    fn paste_keeps_lines_where_there_may_be_several() {
        for (pasted, lines) in [
            ("if (a) // b\r\n\tc()\r\n", "if (a) // b\n\tc()"),
            ("a\n\nb\rc", "a\n\nb\nc"),
            ("\u{1b}a\u{2028}b", "a\nb"),
        ] {
            assert_eq!(InputEdit::paste(pasted, true), (InputEdit::Insert(lines.to_owned()), true), "{pasted:?}");
        }
    }

    #[test]
    fn paste_is_cut_at_its_limit_between_two_characters() {
        let (edit, is_whole) = InputEdit::paste(&"é€".repeat(MAX_PASTE_BYTES), false);
        let InputEdit::Insert(line) = edit else { panic!("{edit:?}") };
        assert!(!is_whole && line.len() <= MAX_PASTE_BYTES && line.len() > MAX_PASTE_BYTES - 4);
        assert!(InputEdit::paste(&"x".repeat(MAX_PASTE_BYTES), false).1);
    }

    #[test]
    fn insertion_goes_to_the_cursor() {
        let mut input = Input::new("é€z".to_owned()).with_cursor(2);
        InputEdit::Insert("äb".to_owned()).apply_to(&mut input);
        assert_eq!((input.value(), input.cursor()), ("é€äbz", 4));
        InputEdit::from(InputRequest::DeletePrevChar).apply_to(&mut input);
        assert_eq!((input.value(), input.cursor()), ("é€äz", 3));
    }
}
