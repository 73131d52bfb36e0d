//! Key events: their names in the key bindings, and what they do in a text input.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_input::InputRequest;

/// Returns the name of a key, or `None` if it has none.
#[must_use]
pub(crate) fn key_name(key: &KeyEvent) -> Option<String> {
    let base = match key.code {
        KeyCode::Char(' ') => "Space".to_owned(),
        KeyCode::Char(c) if key.modifiers.contains(KeyModifiers::CONTROL) => c.to_uppercase().to_string(),
        KeyCode::Char(c) => c.to_string(),
        KeyCode::BackTab => return Some("Shift-Tab".to_owned()),
        KeyCode::Enter => "Enter".to_owned(),
        KeyCode::Esc => "Esc".to_owned(),
        KeyCode::Tab => "Tab".to_owned(),
        KeyCode::Left if key.modifiers == KeyModifiers::SHIFT => "Shift-Left".to_owned(),
        KeyCode::Right if key.modifiers == KeyModifiers::SHIFT => "Shift-Right".to_owned(),
        KeyCode::Left => "Left".to_owned(),
        KeyCode::Right => "Right".to_owned(),
        KeyCode::Up => "Up".to_owned(),
        KeyCode::Down => "Down".to_owned(),
        KeyCode::Home => "Home".to_owned(),
        KeyCode::End => "End".to_owned(),
        KeyCode::PageUp => "PageUp".to_owned(),
        KeyCode::PageDown => "PageDown".to_owned(),
        _ => return None,
    };
    if key.modifiers.contains(KeyModifiers::ALT) {
        return None;
    }
    Some(if key.modifiers.contains(KeyModifiers::CONTROL) { format!("Ctrl-{base}") } else { base })
}

/// Returns the edit that a key makes in a text input, with the shortcuts of a shell.
#[must_use]
pub(crate) fn input_request(key: &KeyEvent) -> Option<InputRequest> {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    let alt = key.modifiers.contains(KeyModifiers::ALT);
    Some(match key.code {
        KeyCode::Char(c) if !control && !alt => InputRequest::InsertChar(c),
        KeyCode::Backspace if control || alt => InputRequest::DeletePrevWord,
        KeyCode::Backspace => InputRequest::DeletePrevChar,
        KeyCode::Delete => InputRequest::DeleteNextChar,
        KeyCode::Left if control => InputRequest::GoToPrevWord,
        KeyCode::Right if control => InputRequest::GoToNextWord,
        KeyCode::Left => InputRequest::GoToPrevChar,
        KeyCode::Right => InputRequest::GoToNextChar,
        KeyCode::Home => InputRequest::GoToStart,
        KeyCode::End => InputRequest::GoToEnd,
        KeyCode::Char('a') if control => InputRequest::GoToStart,
        KeyCode::Char('e') if control => InputRequest::GoToEnd,
        KeyCode::Char('w') if control => InputRequest::DeletePrevWord,
        KeyCode::Char('u') if control => InputRequest::DeleteFromStart,
        KeyCode::Char('k') if control => InputRequest::DeleteTillEnd,
        _ => return None,
    })
}

/// The names of keys that are not a character.
pub const KEY_NAMES: [&str; 15] = [
    "Space",
    "Enter",
    "Esc",
    "Tab",
    "Shift-Tab",
    "Left",
    "Shift-Left",
    "Right",
    "Shift-Right",
    "Up",
    "Down",
    "Home",
    "End",
    "PageUp",
    "PageDown",
];

/// Returns whether the text is a key name as [`key_name`] returns it: a character, one of [`KEY_NAMES`], or
/// `Ctrl-` and one of them.
#[must_use]
pub(crate) fn is_key_name(text: &str) -> bool {
    let is_single_char =
        |text: &str| text.chars().count() == 1 && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    match text.strip_prefix("Ctrl-") {
        Some(rest) => {
            (is_single_char(rest) && rest.to_uppercase() == rest)
                || (KEY_NAMES.contains(&rest) && !rest.starts_with("Shift-"))
        }
        None => is_single_char(text) || KEY_NAMES.contains(&text),
    }
}

/// Returns whether the key with this name enters a character in a text input.
#[must_use]
pub(crate) fn is_text_key(text: &str) -> bool {
    text == "Space" || text.chars().count() == 1
}
