//! The text of a prompt: one or several lines, of which JSON is checked before it is sent.

use serde::de::IgnoredAny;
use serde_json::error::Category;
use tui_input::{Input, InputRequest};

use super::input_edit::InputEdit;
use crate::model::grid::Direction;

/// The text of a prompt.
#[derive(Debug, Clone, Default)]
pub struct TextPrompt {
    /// The text and the cursor.
    pub(crate) input: Input,
    /// What the user has to know about it, as a sentence.
    pub(crate) hint: Option<&'static str>,
    /// Whether the text is the current value as a whole: typing replaces it, moving the cursor edits it.
    pub(crate) is_selected: bool,
    /// Why the text is probably not what was meant. It is sent all the same when it is accepted again.
    pub(crate) warning: Option<String>,
}

/// The line with the cursor, and where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CursorLine {
    /// The index of the line.
    pub index: usize,
    /// The number of characters before the line.
    pub start: usize,
    /// The number of characters of the line before the cursor.
    pub column: usize,
}

impl TextPrompt {
    /// Creates a prompt with the current value as its text.
    #[must_use]
    pub(crate) fn new(current: String, hint: Option<&'static str>) -> Self {
        let is_selected = !current.is_empty();
        Self { input: Input::new(current), hint, is_selected, warning: None }
    }

    /// Returns the lines of the text: at least one.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &str> {
        self.input.value().split('\n')
    }

    /// Returns the line with the cursor.
    #[must_use]
    pub(crate) fn cursor_line(&self) -> CursorLine {
        let (mut index, mut start) = (0, 0);
        for (position, c) in self.input.value().chars().take(self.input.cursor()).enumerate() {
            if c == '\n' {
                (index, start) = (index + 1, position + 1);
            }
        }
        CursorLine { index, start, column: self.input.cursor() - start }
    }

    /// Edits the text. The keys that go to the beginning or the end stay within the line.
    pub(super) fn edit(&mut self, edit: InputEdit) {
        self.warning = None;
        let is_selected = std::mem::take(&mut self.is_selected);
        match edit {
            InputEdit::Key(InputRequest::GoToStart) => self.set_cursor(self.cursor_line().start),
            InputEdit::Key(InputRequest::GoToEnd) => {
                let line = self.cursor_line();
                let length = self.lines().nth(line.index).map_or(0, |line| line.chars().count());
                self.set_cursor(line.start + length);
            }
            edit => edit.apply_to_selected(&mut self.input, is_selected),
        }
    }

    /// Replaces the text, as the user has edited it elsewhere.
    pub(super) fn replace(&mut self, text: String) {
        (self.input, self.is_selected, self.warning) = (Input::new(text), false, None);
    }

    /// Moves the cursor to the line above or below.
    pub(super) fn move_cursor(&mut self, direction: Direction) {
        self.is_selected = false;
        let line = self.cursor_line();
        let target = match direction {
            Direction::Up => line.index.checked_sub(1),
            Direction::Down => Some(line.index + 1),
            _ => return,
        };
        let lengths: Vec<usize> = self.lines().map(|line| line.chars().count()).collect();
        if let Some((target, length)) = target.and_then(|target| Some((target, *lengths.get(target)?))) {
            let start: usize = lengths[..target].iter().map(|length| length + 1).sum();
            self.set_cursor(start + line.column.min(length));
        }
    }

    fn set_cursor(&mut self, cursor: usize) {
        self.input.handle(InputRequest::SetCursor(cursor));
    }

    /// Returns whether the text is to be sent: it is no damaged JSON, or the user has been warned of that.
    pub(super) fn confirm(&mut self) -> bool {
        if self.warning.is_none() {
            self.warning = json_problem(self.input.value());
            return self.warning.is_none();
        }
        true
    }
}

/// Returns what is wrong with a text that begins like a JSON object or array.
fn json_problem(text: &str) -> Option<String> {
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let error = serde_json::from_str::<IgnoredAny>(text).err()?;
    Some(match error.classify() {
        Category::Eof => format!("not JSON: line {} ends too early", error.line()),
        _ => format!("not JSON at line {}, column {}", error.line(), error.column()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insert(text: &str) -> InputEdit {
        InputEdit::Insert(text.to_owned())
    }

    fn after(text: &str, edits: Vec<InputEdit>) -> String {
        let mut prompt = TextPrompt::new(text.to_owned(), None);
        for edit in edits {
            prompt.edit(edit);
        }
        prompt.input.value().to_owned()
    }

    #[test]
    fn typing_replaces_the_old_text_and_moving_edits_it() {
        let key = InputEdit::Key;
        assert_eq!(after("old", vec![]), "old", "it is sent again if nothing is typed");
        assert_eq!(after("old", vec![insert("n"), insert("ew")]), "new");
        assert_eq!(after("old", vec![key(InputRequest::GoToEnd), insert("er")]), "older");
        assert_eq!(after("old", vec![key(InputRequest::GoToPrevChar), insert("x")]), "olxd");
        assert_eq!(after("old", vec![key(InputRequest::DeletePrevChar)]), "", "it is deleted as a whole");
        assert_eq!(after("old", vec![key(InputRequest::GoToEnd), key(InputRequest::DeletePrevChar)]), "ol");
    }

    #[test]
    fn cursor_moves_between_lines_and_stays_in_its_column_where_it_can() {
        let mut prompt = TextPrompt::new("é1\n\nlonger".to_owned(), None);
        let at = |prompt: &TextPrompt| (prompt.cursor_line().index, prompt.cursor_line().column);
        assert_eq!(at(&prompt), (2, 6));
        for (direction, expected) in [
            (Direction::Up, (1, 0)),
            (Direction::Up, (0, 0)),
            (Direction::Up, (0, 0)),
            (Direction::Down, (1, 0)),
            (Direction::Down, (2, 0)),
            (Direction::Down, (2, 0)),
        ] {
            prompt.move_cursor(direction);
            assert_eq!(at(&prompt), expected, "{direction:?}");
        }
        prompt.edit(InputEdit::Key(InputRequest::GoToEnd));
        prompt.move_cursor(Direction::Up);
        prompt.move_cursor(Direction::Up);
        prompt.edit(InputEdit::Key(InputRequest::GoToEnd));
        assert_eq!(at(&prompt), (0, 2));
        prompt.edit(insert("\n"));
        assert_eq!((prompt.input.value(), at(&prompt)), ("é1\n\n\nlonger", (1, 0)));
    }

    #[test]
    fn damaged_json_is_sent_only_when_it_is_accepted_again() {
        let problem = |text: &str| {
            let mut prompt = TextPrompt::new(text.to_owned(), None);
            let is_sent = prompt.confirm();
            assert_eq!(is_sent, prompt.warning.is_none());
            assert!(prompt.confirm(), "the user has been warned");
            prompt.warning
        };
        for text in ["", "ON", "21.5", "{\"a\": [1, 2]}", " [1]\n"] {
            assert_eq!(problem(text), None, "{text}");
        }
        for (text, expected) in [
            ("{\"a\": 1", "not JSON: line 1 ends too early"),
            ("{\n  \"a\": 1,\n}", "not JSON at line 3, column 1"),
            ("[1] x", "not JSON at line 1, column 5"),
        ] {
            assert_eq!(problem(text).as_deref(), Some(expected), "{text}");
        }
        let mut prompt = TextPrompt::new("{".to_owned(), None);
        assert!(!prompt.confirm());
        prompt.edit(insert("["));
        assert!(!prompt.confirm(), "another text is checked again");
    }
}
