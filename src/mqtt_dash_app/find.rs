//! Finds the list of tiles in whatever stands around it: a shell command, a page of text, half a copy.

use std::borrow::Cow;

use serde_json::{Deserializer, Map, Value as Json};

use super::MAX_TILES;

/// How many places that may be the beginning of the list are looked at.
const MAX_STARTS: usize = 200;
/// How many of them are looked at again when each has damage.
const MAX_MENDED: usize = 8;
/// How many bytes are parsed in all: damage makes some be parsed again and again.
const MAX_WORK: usize = 32 << 20;

/// One part of the list.
#[derive(Debug, PartialEq)]
pub(super) enum Piece<'a> {
    /// A whole value.
    Whole(Json),
    /// Text that is no JSON, and why.
    Broken(&'a str, String),
}

/// The bytes as text, and whether they are no UTF-8 and were read as Windows-1252.
pub(super) fn text(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    let (text, _, malformed) = encoding_rs::UTF_8.decode(bytes);
    if malformed { (encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0, true) } else { (text, false) }
}

/// The parts of the first list of tiles that parses; where none does, of the one with the most tiles.
pub(super) fn pieces(text: &str) -> Option<Vec<Piece<'_>>> {
    if text.trim().strip_prefix('[').is_some_and(|rest| rest.trim() == "]") {
        return Some(Vec::new());
    }
    let mut scanner = Scanner { text, work: MAX_WORK };
    let starts: Vec<usize> = text
        .match_indices('[')
        .filter(|(at, _)| text[at + 1..].trim_start().starts_with('{'))
        .map(|(at, _)| at)
        .take(MAX_STARTS)
        .collect();
    for start in &starts {
        if let Some(pieces) = scanner.list(*start, false).filter(|pieces| tiles(pieces) > 0) {
            return Some(pieces);
        }
    }
    let mut best: Option<Vec<Piece<'_>>> = None;
    for start in starts.iter().take(MAX_MENDED) {
        let Some(pieces) = scanner.list(*start, true) else { continue };
        if best.as_ref().is_none_or(|best| tiles(best) < tiles(&pieces)) {
            best = Some(pieces);
        }
    }
    best
}

fn tiles(pieces: &[Piece<'_>]) -> usize {
    pieces.iter().filter(|piece| matches!(piece, Piece::Whole(json) if json.get("type").is_some())).count()
}

struct Scanner<'a> {
    text: &'a str,
    work: usize,
}

impl<'a> Scanner<'a> {
    /// The parts of the list that begins here; with damage only where that is to be mended.
    fn list(&mut self, start: usize, mend: bool) -> Option<Vec<Piece<'a>>> {
        let text = self.text;
        let mut pieces = Vec::new();
        let mut at = start + 1;
        while pieces.len() <= MAX_TILES {
            // A comma too many or too few does no harm.
            at = text.len() - text[at..].trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',').len();
            if text[at..].starts_with(']') {
                return Some(pieces);
            }
            match self.value(at) {
                Ok((json, behind)) => {
                    pieces.push(Piece::Whole(json));
                    at = behind;
                }
                Err(_) if !mend => return None,
                Err((wrong, fault)) => {
                    let next = self.next_tile(at);
                    let broken = &text[at..next.unwrap_or(text.len())];
                    pieces.push(Piece::Broken(broken, self.why(at, wrong, &fault)));
                    match next {
                        Some(next) => at = next,
                        None => return Some(pieces),
                    }
                }
            }
        }
        Some(pieces)
    }

    /// The value that stands here and the byte behind it, or where and why there is none.
    fn value(&mut self, at: usize) -> Result<(Json, usize), (usize, serde_json::Error)> {
        let rest = &self.text[at..];
        let mut stream = Deserializer::from_str(rest).into_iter::<Json>();
        let read = stream.next().unwrap_or_else(|| serde_json::from_str(rest));
        let behind = at
            + match &read {
                Ok(_) => stream.byte_offset(),
                Err(fault) => byte(rest, fault.line(), fault.column()),
            };
        self.work = self.work.saturating_sub(behind - at);
        read.map(|json| (json, behind)).map_err(|fault| (behind, fault))
    }

    fn why(&self, at: usize, wrong: usize, fault: &serde_json::Error) -> String {
        if at == self.text.len() {
            return "the text ends here, in the middle of the list".to_owned();
        }
        if fault.is_eof() {
            return "the text ends in the middle of it".to_owned();
        }
        let before = &self.text[..self.text.floor_char_boundary(wrong.saturating_sub(1))];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        let said = fault.to_string();
        let said = said.split(" at line ").next().unwrap_or_default();
        format!("it is no JSON at line {line}, column {column}: {said}")
    }

    /// Where the next whole tile begins behind a broken one.
    fn next_tile(&mut self, broken: usize) -> Option<usize> {
        let text = self.text;
        let mut at = broken + text[broken..].chars().next().map_or(0, char::len_utf8);
        while self.work > 0 {
            at += text[at..].find('{')?;
            match self.value(at) {
                Ok((Json::Object(tile), _)) if tile.contains_key("type") => return Some(at),
                _ => at += 1,
            }
        }
        None
    }
}

/// The byte behind the one at this line and column of a text, both from 1, the column in bytes.
fn byte(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    text.floor_char_boundary(start + column)
}

/// The name of a tile that cannot be read as a whole.
pub(super) fn name_in(broken: &str) -> Option<String> {
    let behind = &broken[broken.find("\"name\"")? + "\"name\"".len()..];
    let value = behind.trim_start().strip_prefix(':')?;
    let name = Deserializer::from_str(value).into_iter::<String>().next()?;
    name.ok()
}

/// The name of a tile.
pub(super) fn name_of(tile: &Map<String, Json>) -> Option<String> {
    Some(tile.get("name")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(text: &str) -> Option<(usize, usize)> {
        let pieces = pieces(text)?;
        let broken = pieces.iter().filter(|piece| matches!(piece, Piece::Broken(..))).count();
        Some((pieces.len() - broken, broken))
    }

    #[test]
    fn the_list_is_found_in_any_surroundings() {
        for text in [
            r#"[{"type":1}]"#,
            r#"mosquitto_pub -t x -m '[ {"type":1} ]' # [{"type":2},{"type":2}]"#,
            "# Board [1]\n\nEach tile is [{…}]; options are [{\"label\":\"a\"}]:\n```\n[\n{\"type\":1}\n]\n```\n",
            r#"{"metrics":[{"type":1},]}"#,
        ] {
            assert_eq!(counts(text), Some((1, 0)), "{text}");
        }
        assert_eq!(counts(" [ ]\n"), Some((0, 0)));
        assert_eq!(counts("no list, only [1] and {2}"), None);
    }

    #[test]
    fn behind_damage_the_next_tile_is_found() {
        let text =
            r#"[{"type":1,"name":"A"},{"type":4,"items":[{"label:"x"}],"name":"B \"b\""},{"type":1,"name":"C"}]"#;
        let pieces = pieces(text).unwrap();
        assert_eq!(pieces.len(), 3);
        let Piece::Broken(broken, reason) = &pieces[1] else { panic!("{pieces:?}") };
        assert_eq!(reason, "it is no JSON at line 1, column 52: expected `:`");
        assert_eq!(name_in(broken).as_deref(), Some("B \"b\""));
        assert_eq!(counts("[{\"type\":1},\n{\"type\":1,\"na"), Some((1, 1)));
        assert_eq!(counts("[{\"type\":1},"), Some((1, 1)));
        assert_eq!(counts("[{'type':1}]"), Some((0, 1)));
    }

    #[test]
    fn bytes_that_are_no_utf8_are_windows_1252_and_a_mark_is_dropped() {
        assert_eq!(text(b"21 \xB0C \x80"), ("21 °C €".into(), true));
        assert_eq!(text(b"\xEF\xBB\xBF\xC2\xB0"), ("°".into(), false));
    }

    #[test]
    fn damage_without_end_is_given_up() {
        let deep = "[{\"a\":".repeat(100_000);
        assert!(pieces(&deep).is_some_and(|pieces| tiles(&pieces) == 0));
        let wide = format!("[{{\"a\":[{}", "{\"b\":[0,".repeat(100_000));
        assert!(pieces(&wide).is_some());
    }
}
