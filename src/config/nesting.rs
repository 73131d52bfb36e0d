//! Finds deeply nested TOML before parsing, because the parser is recursive and could overflow the stack.

/// The maximum depth of nested brackets and braces.
const MAX_BRACKETS: usize = 8;
/// The maximum number of dots in a dotted key.
const MAX_DOTS: usize = 16;

/// Returns the offset of the first byte beyond one of the limits.
pub(super) fn find_too_deep(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut brackets = 0_usize;
    let mut dots = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'#' => at += bytes[at..].iter().take_while(|byte| **byte != b'\n').count(),
            b'"' | b'\'' => at = string_end(bytes, at),
            byte => {
                match byte {
                    b'[' | b'{' => brackets += 1,
                    b']' | b'}' => brackets = brackets.saturating_sub(1),
                    _ => {}
                }
                match byte {
                    b'.' => dots += 1,
                    b'[' | b'{' | b',' | b'=' | b'\n' => dots = 0,
                    _ => {}
                }
                if brackets > MAX_BRACKETS || dots > MAX_DOTS {
                    return Some(at);
                }
                at += 1;
            }
        }
    }
    None
}

/// Returns the end of the string at `start`. An unclosed single-line string ends with its line.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let triple = bytes[start..].starts_with(&[quote; 3]);
    let mut at = start + if triple { 3 } else { 1 };
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote == b'"' => at += 1,
            b'\n' if !triple => return at,
            byte if byte == quote && !triple => return at + 1,
            byte if byte == quote && bytes[at..].starts_with(&[quote; 3]) => return at + 3,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn find_too_deep_ignores_brackets_in_strings_and_comments() {
        let brackets = "[".repeat(100_000);
        assert_eq!(find_too_deep(&format!("a = {brackets}")), Some(12));
        for text in [
            format!("a = \"{brackets}\""),
            format!("a = '{brackets}' # {brackets}"),
            format!("a = '''\n{brackets}\\'''\nb = [1, [2.5]]"),
            "a = \"\\\"[[[[[[[[[[\"".to_owned(),
            "[[tile]]\n".repeat(100),
        ] {
            assert_eq!(find_too_deep(&text), None, "{text:.40}");
        }
        assert!(find_too_deep(&format!("{}a = 1", "a.".repeat(100))).is_some());
    }
}
