//! Which glyphs the terminal has. The fonts of the Linux console, the screen of a computer without a desktop, have 256 or
//! 512 glyphs: boxes and arrows, but no quadrants for big letters, no eighths for bars, hardly any icons. Other
//! terminals have only ASCII. What the program draws of its own is replaced by what there is, wherever it stands.
//! Letters of payloads and files stay as they are: they belong to the language of the user.

use ratatui::buffer::Buffer;

use crate::model::settings::GlyphLevel;

/// The glyphs that the program draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum GlyphSet {
    /// ASCII.
    Ascii,
    /// Those of the fonts of the Linux console.
    Basic,
    /// All.
    #[default]
    Full,
}

impl GlyphSet {
    /// Returns the glyphs that the terminal has, according to the environment variables. A terminal before ANSI colors
    /// has ASCII, and so has a locale that names another encoding than UTF-8. `C`, `POSIX` and no locale at all, as
    /// over SSH, name none: nearly all terminals decode UTF-8 there, too.
    #[must_use]
    pub fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        let has_other_encoding = locale(&var).is_some_and(|locale| locale.contains('.') && !is_utf8(&locale));
        if has_other_encoding || is_text_terminal(&var("TERM").unwrap_or_default()) {
            Self::Ascii
        } else if is_linux_console(var) {
            Self::Basic
        } else {
            Self::Full
        }
    }

    /// Returns the glyphs of a level. `detected` is what the terminal has.
    #[must_use]
    pub fn of_level(level: GlyphLevel, detected: Self) -> Self {
        match level {
            GlyphLevel::Auto => detected,
            GlyphLevel::Full => Self::Full,
            GlyphLevel::Basic => Self::Basic,
            GlyphLevel::Ascii => Self::Ascii,
        }
    }

    /// Replaces the glyphs that are missing by similar ones of the same width.
    pub fn replace_missing(self, buf: &mut Buffer) {
        if self == Self::Full {
            return;
        }
        for cell in &mut buf.content {
            let symbol = cell.symbol();
            if symbol.len() > 1
                && let Some(c) = single_char(symbol).and_then(|c| self.replacement(c))
            {
                cell.set_char(c);
            }
        }
    }

    /// Returns what replaces a glyph that the program draws.
    fn replacement(self, c: char) -> Option<char> {
        match self {
            Self::Full => None,
            Self::Basic => basic_replacement(c),
            Self::Ascii => {
                let basic = basic_replacement(c);
                ascii_replacement(basic.unwrap_or(c)).or(basic)
            }
        }
    }
}

/// Returns whether diagnostics may have characters beyond ASCII, according to the environment variables: not on the
/// Linux console, and not where the locale is not UTF-8. They are read once, so `C` is taken at its word here.
#[must_use]
pub(crate) fn has_ascii_only(var: impl Fn(&str) -> Option<String>) -> bool {
    locale(&var).is_some_and(|locale| !is_utf8(&locale)) || GlyphSet::detect(var) != GlyphSet::Full
}

/// Returns the locale that decides about the encoding, in lower case. `None` if there is none.
fn locale(var: impl Fn(&str) -> Option<String>) -> Option<String> {
    let name = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| var(name).filter(|value| !value.is_empty()));
    name.map(|name| name.to_lowercase())
}

fn is_utf8(locale: &str) -> bool {
    locale.contains("utf-8") || locale.contains("utf8")
}

/// Returns whether a terminal has neither colors nor glyphs beyond ASCII that are known to this program: `dumb`, and the
/// models of DEC up to the VT400 series.
#[must_use]
pub(super) fn is_text_terminal(term: &str) -> bool {
    let model = term.strip_prefix("vt").and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok());
    term == "dumb" || model.is_some_and(|model: u16| model < 500)
}

/// Returns whether the program runs on the Linux console, according to the environment variables: directly, in GNU
/// screen, or in tmux, which does not say where it is shown.
fn is_linux_console(var: impl Fn(&str) -> Option<String>) -> bool {
    let value = |name: &str| var(name).unwrap_or_default();
    let is_set = |name: &str| !value(name).is_empty();
    let term = value("TERM");
    let is_multiplexer = term.starts_with("tmux") || term.starts_with("screen");
    let is_console_session = value("XDG_SESSION_TYPE") == "tty"
        && is_set("XDG_VTNR")
        && !["DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"].into_iter().any(is_set);
    term.split(['-', '.']).any(|part| part == "linux") || is_multiplexer && is_console_session
}

fn single_char(symbol: &str) -> Option<char> {
    let mut chars = symbol.chars();
    chars.next().filter(|_| chars.next().is_none())
}

/// Returns what replaces a glyph that the fonts of the Linux console lack.
fn basic_replacement(c: char) -> Option<char> {
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
        '▾' => '▼',
        '‹' => '<',
        '…' => '~',
        '“' | '”' => '"',
        '\u{2400}'..='\u{2426}' | char::REPLACEMENT_CHARACTER => '?',
        _ => return None,
    })
}

/// Returns what replaces a glyph of the Linux console that is not in ASCII. Double lines, which tell what is selected, get
/// another shape than single ones.
fn ascii_replacement(c: char) -> Option<char> {
    Some(match c {
        '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼' => '+',
        '─' | '–' | '−' | '·' => '-',
        '│' => '|',
        '═' => '=',
        '║' | '╔' | '╗' | '╚' | '╝' | '╠' | '╣' | '╦' | '╩' | '╬' | '█' | '■' => '#',
        '░' => '.',
        '▒' => ':',
        '•' | '♦' => '*',
        '←' | '◀' | '≤' => '<',
        '→' | '▶' | '≥' | '»' => '>',
        '↑' | '▲' => '^',
        '↓' | '▼' => 'v',
        '×' => 'x',
        _ => return None,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use std::{fs, path::Path};

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
            if let Some(replacement) = basic_replacement(c) {
                assert_eq!(missing_glyphs(&replacement.to_string()), "", "{c}");
                assert!(!GLYPHS_OF_ALL_FONTS.contains(c), "{c}");
            }
            assert!(GlyphSet::Ascii.replacement(c).is_none_or(|replacement| replacement.is_ascii()), "{c}");
        }
        assert!(MISSING_IN_LAT15.chars().all(|c| !GLYPHS_OF_ALL_FONTS.contains(c)));
    }

    /// What other code draws in another form at the lower levels: blocks of big letters, bars and pills, sparklines, the
    /// spinner, and the mark of what the broker has.
    const DRAWN_OTHERWISE: &str = "▘▝▀▖▞▛▗▚▜▄▙▟▎▍▋▊▉▁▂▃▅▆▇⠋⠙⠸⠴⠦⠇⠏⠛»";

    #[test]
    fn every_glyph_of_the_sources_has_a_replacement() {
        let mut folders =
            ["ui", "app"].map(|name| Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(name)).to_vec();
        let mut glyphs = std::collections::BTreeSet::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if path.is_dir() && !["tests", "snapshots"].contains(&name.as_str()) {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs")
                    && !name.ends_with("tests.rs")
                    && name != "glyph_set.rs"
                {
                    let text = fs::read_to_string(&path).unwrap();
                    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
                    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
                    glyphs.extend(lines.flat_map(str::chars).filter(|c| !c.is_ascii()));
                }
            }
        }
        assert!(glyphs.len() > 50, "{glyphs:?}");
        for glyph in glyphs.into_iter().filter(|c| !DRAWN_OTHERWISE.contains(*c)) {
            let is_basic = GLYPHS_OF_ALL_FONTS.contains(glyph) || GlyphSet::Basic.replacement(glyph).is_some();
            assert!(is_basic, "{glyph} is missing on the Linux console");
            assert!(GlyphSet::Ascii.replacement(glyph).is_some(), "{glyph} has no replacement in ASCII");
        }
    }

    #[test]
    fn ascii_is_for_old_terminals_and_other_encodings() {
        for (vars, expected) in [
            (&[("TERM", "xterm-256color"), ("LANG", "de_DE.UTF-8")][..], GlyphSet::Full),
            (&[("TERM", "xterm-256color"), ("LANG", "de_DE.ISO-8859-1")], GlyphSet::Ascii),
            (&[("TERM", "xterm"), ("LC_ALL", ""), ("LC_CTYPE", "ja_JP.eucJP"), ("LANG", "C.UTF-8")], GlyphSet::Ascii),
            (&[("TERM", "xterm"), ("LC_ALL", "en_US.utf8"), ("LANG", "de_DE.ISO-8859-1")], GlyphSet::Full),
            (&[("TERM", "xterm"), ("LANG", "C")], GlyphSet::Full),
            (&[("TERM", "xterm"), ("LANG", "POSIX")], GlyphSet::Full),
            (&[("TERM", "xterm")], GlyphSet::Full),
            (&[("TERM", "linux"), ("LANG", "de_DE.ISO-8859-1")], GlyphSet::Ascii),
            (&[("TERM", "linux")], GlyphSet::Basic),
            (&[("TERM", "vt100")], GlyphSet::Ascii),
            (&[("TERM", "vt220-w"), ("LANG", "C.UTF-8")], GlyphSet::Ascii),
            (&[("TERM", "vt525")], GlyphSet::Full),
            (&[("TERM", "vte-256color")], GlyphSet::Full),
            (&[("TERM", "dumb")], GlyphSet::Ascii),
        ] {
            let var = |name: &str| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(GlyphSet::detect(var), expected, "{vars:?}");
        }
    }

    #[test]
    fn level_of_the_settings_precedes_what_is_detected() {
        for detected in [GlyphSet::Ascii, GlyphSet::Basic, GlyphSet::Full] {
            assert_eq!(GlyphSet::of_level(GlyphLevel::Auto, detected), detected);
            assert_eq!(GlyphSet::of_level(GlyphLevel::Full, detected), GlyphSet::Full);
            assert_eq!(GlyphSet::of_level(GlyphLevel::Basic, detected), GlyphSet::Basic);
            assert_eq!(GlyphSet::of_level(GlyphLevel::Ascii, detected), GlyphSet::Ascii);
        }
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
            assert_eq!(is_linux_console(var), expected, "{vars:?}");
        }
    }
}
