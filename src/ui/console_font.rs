//! The Linux console, the screen of a computer without a desktop. Its fonts have 256 or 512 glyphs: boxes and arrows,
//! but no quadrants for big letters, no eighths for bars, hardly any icons. What the program draws of its own is
//! replaced by what these fonts have, wherever it stands. Letters of payloads and files stay as they are: the font
//! belongs to the language of the user.

use ratatui::buffer::Buffer;

/// Returns whether the program runs on the Linux console, according to the environment variables: directly, in GNU
/// screen, or in tmux, which does not say where it is shown.
#[must_use]
pub(super) fn detect(var: impl Fn(&str) -> Option<String>) -> bool {
    let value = |name: &str| var(name).unwrap_or_default();
    let is_set = |name: &str| !value(name).is_empty();
    let term = value("TERM");
    let is_multiplexer = term.starts_with("tmux") || term.starts_with("screen");
    let is_console_session = value("XDG_SESSION_TYPE") == "tty"
        && is_set("XDG_VTNR")
        && !["DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"].into_iter().any(is_set);
    term.split(['-', '.']).any(|part| part == "linux") || is_multiplexer && is_console_session
}

/// Replaces the glyphs that the fonts of the console lack by similar ones of the same width.
pub(super) fn replace_missing_glyphs(buf: &mut Buffer) {
    for cell in &mut buf.content {
        let symbol = cell.symbol();
        if symbol.len() > 1
            && let Some(c) = single_char(symbol).and_then(replacement)
        {
            cell.set_char(c);
        }
    }
}

fn single_char(symbol: &str) -> Option<char> {
    let mut chars = symbol.chars();
    chars.next().filter(|_| chars.next().is_none())
}

/// Returns what replaces a glyph that the program draws.
fn replacement(c: char) -> Option<char> {
    Some(match c {
        '╭' => '┌',
        '╮' => '┐',
        '╰' => '└',
        '╯' => '┘',
        '┏' => '╔',
        '━' => '═',
        '┓' => '╗',
        '┃' => '║',
        '┗' => '╚',
        '┛' => '╝',
        '▏' | '▕' => '│',
        '▐' => '[',
        '▌' => ']',
        '●' => '•',
        '○' | '◌' => 'o',
        '✕' => 'x',
        '✓' => '+',
        '⏎' | '↶' => '←',
        '↷' => '→',
        '▸' | '›' => '>',
        '‹' => '<',
        '…' => '~',
        '\u{2400}'..='\u{2426}' | char::REPLACEMENT_CHARACTER => '?',
        _ => return None,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The glyphs beyond ASCII and letters that all fonts of the Debian package `console-setup-linux` 1.221 have,
    /// except those of two of its 22 sets of characters: Ethiopian, of which some fonts have no boxes, and `CyrAsia`, which
    /// lacks `·` and `×`. Read from the Unicode tables of the font files.
    const GLYPHS_OF_ALL_FONTS: &str = "§©®°±µ¶·×÷–•←↑→↓−≤≥─│┌┐└┘├┤┬┴┼═║╔╗╚╝╠╣╦╩╬█░▒■▲▶▼◀♦";
    /// Glyphs that some of these fonts have, but not those for western Europe, which most Raspberry Pis use
    /// (`Lat15-Fixed16`, `Lat15-TerminusBold16`).
    const MISSING_IN_LAT15: &str = "▀▄▌▐○…◌◉□✓✕▓▬⠋▁▂▃▅▆▇▏▎▍▋▊▉▕▖▗▘▙▚▛▜▝▞▟";

    /// Returns the glyphs in a text that the fonts of the console may lack.
    pub(in crate::ui) fn missing_glyphs(text: &str) -> String {
        text.chars().filter(|c| !c.is_ascii() && !GLYPHS_OF_ALL_FONTS.contains(*c)).collect()
    }

    #[test]
    fn replacements_are_in_all_fonts_and_replace_only_what_is_not() {
        for c in ('\u{80}'..='\u{ffff}').chain('\u{1f000}'..='\u{1faff}') {
            if let Some(replacement) = replacement(c) {
                assert_eq!(missing_glyphs(&replacement.to_string()), "", "{c}");
                assert!(!GLYPHS_OF_ALL_FONTS.contains(c), "{c}");
            }
        }
        assert!(MISSING_IN_LAT15.chars().all(|c| !GLYPHS_OF_ALL_FONTS.contains(c)));
    }

    #[test]
    fn console_is_detected_from_environment() {
        let tmux = [("TERM", "tmux-256color"), ("XDG_SESSION_TYPE", "tty"), ("XDG_VTNR", "1")];
        for (vars, expected) in [
            (&[("TERM", "linux")][..], true),
            (&[("TERM", "linux-16color")], true),
            (&[("TERM", "screen.linux")], true),
            (&[("TERM", "xterm-256color")], false),
            (&tmux, true),
            (&[tmux[0]], false),
            (&[tmux[0], tmux[1], tmux[2], ("DISPLAY", ":0")], false),
            (&[tmux[0], tmux[1], tmux[2], ("SSH_CONNECTION", "::1 1 ::1 22")], false),
            (&[], false),
        ] {
            let var = |name: &str| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(detect(var), expected, "{vars:?}");
        }
    }
}
