//! Which characters of untrusted text must not reach a terminal.

use std::borrow::Cow;

/// Returns whether a character could control a terminal, is invisible, or changes the reading order of the text around
/// it: control characters (C0 and C1), marks of the bidirectional algorithm (UAX #9), and characters without a width
/// that hide differences between two texts.
#[must_use]
pub(crate) const fn is_unsafe(c: char) -> bool {
    matches!(
        c,
        '\u{0}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Returns whether a character is unsafe in a text that may have several lines and tabs.
#[must_use]
pub(crate) const fn is_unsafe_in_text(c: char) -> bool {
    is_unsafe(c) && !matches!(c, '\t' | '\n')
}

/// Returns the text with what `escape` appends in place of each unsafe character.
#[must_use]
pub(crate) fn escape_unsafe(text: &str, escape: impl Fn(char, &mut String)) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unsafe(c) {
            escape(c, &mut escaped);
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// Returns the text with each unsafe character replaced. Tabs and line ends stay.
#[must_use]
pub(crate) fn replace_unsafe(text: &str) -> Cow<'_, str> {
    if text.contains(is_unsafe_in_text) {
        let safe = |c| if is_unsafe_in_text(c) { char::REPLACEMENT_CHARACTER } else { c };
        Cow::Owned(text.chars().map(safe).collect())
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_is_safe_stays() {
        for text in ["", "a\tb\n", "né 23 °C", "👩\u{200d}🔬", "שלום"] {
            assert!(matches!(replace_unsafe(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn what_controls_a_terminal_or_the_reading_order_is_replaced() {
        for c in ['\u{0}', '\r', '\u{1b}', '\u{7f}', '\u{9b}', '\u{202e}', '\u{2066}', '\u{feff}', '\u{e0041}'] {
            assert_eq!(replace_unsafe(&format!("a{c}b")), "a\u{fffd}b", "{c:?}");
        }
    }
}
