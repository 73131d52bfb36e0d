//! Finds the list of tiles in a text, such as a shell command, a web page, or an incomplete copy.

use std::borrow::Cow;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Deserializer, Map, Value as Json};

use super::MAX_TILES;

/// The maximum number of candidates for the beginning of the list.
const MAX_CANDIDATES: usize = 200;
/// The maximum number of candidates that are scanned with repair, if none parses without errors.
const MAX_REPAIR_CANDIDATES: usize = 8;
/// The maximum number of bytes that are parsed in total. With damage, the same bytes are parsed repeatedly.
const MAX_PARSED_BYTES: usize = 32 << 20;

/// An item of the list.
#[derive(Debug, PartialEq)]
pub(super) enum ScannedItem<'a> {
    /// A valid JSON value.
    Parsed(Json),
    /// Text that is not valid JSON, and why.
    Malformed(&'a str, String),
}

/// Decodes bytes as UTF-8, or else as Windows-1252. Returns whether they were Windows-1252.
pub(super) fn decode_text(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    let (text, _, malformed) = encoding_rs::UTF_8.decode(bytes);
    if malformed { (encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0, true) } else { (text, false) }
}

/// Returns the items of the first list of tiles that is valid JSON, or else of the damaged list with the
/// most tiles.
pub(super) fn scan_items(text: &str) -> Option<Vec<ScannedItem<'_>>> {
    if text.trim().strip_prefix('[').is_some_and(|rest| rest.trim() == "]") {
        return Some(Vec::new());
    }
    let mut scanner = TileListScanner { text, byte_budget: MAX_PARSED_BYTES };
    let candidates: Vec<usize> = text
        .match_indices('[')
        .filter(|(offset, _)| text[offset + 1..].trim_start().starts_with('{'))
        .map(|(offset, _)| offset)
        .take(MAX_CANDIDATES)
        .collect();
    for candidate in &candidates {
        if let Some(items) = scanner.scan_list(*candidate, false).filter(|items| count_tiles(items) > 0) {
            return Some(items);
        }
    }
    let mut best: Option<Vec<ScannedItem<'_>>> = None;
    for candidate in candidates.iter().take(MAX_REPAIR_CANDIDATES) {
        let Some(items) = scanner.scan_list(*candidate, true) else { continue };
        if best.as_ref().is_none_or(|best| count_tiles(best) < count_tiles(&items)) {
            best = Some(items);
        }
    }
    best
}

fn count_tiles(items: &[ScannedItem<'_>]) -> usize {
    items.iter().filter(|item| matches!(item, ScannedItem::Parsed(json) if json.get("type").is_some())).count()
}

struct TileListScanner<'a> {
    text: &'a str,
    byte_budget: usize,
}

impl<'a> TileListScanner<'a> {
    /// Returns the items of the list that begins at `start`. With `repair`, includes malformed items;
    /// otherwise returns `None` at the first one.
    fn scan_list(&mut self, start: usize, repair: bool) -> Option<Vec<ScannedItem<'a>>> {
        let text = self.text;
        let mut items = Vec::new();
        let mut offset = start + 1;
        while items.len() <= MAX_TILES {
            // Accepts missing and duplicate commas.
            offset =
                text.len() - text[offset..].trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',').len();
            if text[offset..].starts_with(']') {
                return Some(items);
            }
            match self.parse_value(offset) {
                Ok((json, end)) => {
                    items.push(ScannedItem::Parsed(json));
                    offset = end;
                }
                Err(_) if !repair => return None,
                Err((error_offset, error)) => {
                    let next = self.find_next_tile(offset);
                    let malformed = &text[offset..next.unwrap_or(text.len())];
                    items.push(ScannedItem::Malformed(malformed, self.describe_error(offset, error_offset, &error)));
                    match next {
                        Some(next) => offset = next,
                        None => return Some(items),
                    }
                }
            }
        }
        Some(items)
    }

    /// Parses the value at `offset`. Returns it with the offset of its end, or the error with its offset.
    fn parse_value<T: DeserializeOwned>(&mut self, offset: usize) -> Result<(T, usize), (usize, serde_json::Error)> {
        let rest = &self.text[offset..];
        let mut stream = Deserializer::from_str(rest).into_iter::<T>();
        let parsed = stream.next().unwrap_or_else(|| serde_json::from_str(rest));
        let end = offset
            + match &parsed {
                Ok(_) => stream.byte_offset(),
                Err(error) => byte_at_line_column(rest, error.line(), error.column()),
            };
        self.byte_budget = self.byte_budget.saturating_sub(end - offset);
        parsed.map(|value| (value, end)).map_err(|error| (end, error))
    }

    fn describe_error(&self, offset: usize, error_offset: usize, error: &serde_json::Error) -> String {
        if offset == self.text.len() {
            return "the text ends before the list does".to_owned();
        }
        if error.is_eof() {
            return "the text ends within this tile".to_owned();
        }
        let before = &self.text[..self.text.floor_char_boundary(error_offset.saturating_sub(1))];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        format!("invalid JSON at line {line}, column {column}: {message}")
    }

    /// Returns the offset of the next valid tile after a malformed item.
    fn find_next_tile(&mut self, malformed_at: usize) -> Option<usize> {
        let text = self.text;
        let mut offset = malformed_at + text[malformed_at..].chars().next().map_or(0, char::len_utf8);
        while self.byte_budget > 0 {
            offset += text[offset..].find('{')?;
            // Most places after a malformed item are no complete value, which `IgnoredAny` tells without building
            // one in memory.
            if self.parse_value::<IgnoredAny>(offset).is_ok()
                && let Ok((Json::Object(tile), _)) = self.parse_value(offset)
                && tile.contains_key("type")
            {
                return Some(offset);
            }
            offset += 1;
        }
        None
    }
}

/// Returns the offset after the byte at this line and column, both from 1; the column counts bytes.
fn byte_at_line_column(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    text.floor_char_boundary(start + column)
}

/// Returns the name of a malformed tile, if it can be found.
pub(super) fn name_in_malformed(malformed: &str) -> Option<String> {
    let after_key = &malformed[malformed.find("\"name\"")? + "\"name\"".len()..];
    let value = after_key.trim_start().strip_prefix(':')?;
    let name = Deserializer::from_str(value).into_iter::<String>().next()?;
    name.ok()
}

/// Returns the name of a tile.
pub(super) fn tile_name(tile: &Map<String, Json>) -> Option<String> {
    Some(tile.get("name")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count_parsed_and_malformed(text: &str) -> Option<(usize, usize)> {
        let items = scan_items(text)?;
        let malformed = items.iter().filter(|item| matches!(item, ScannedItem::Malformed(..))).count();
        Some((items.len() - malformed, malformed))
    }

    #[test]
    fn tile_list_is_found_in_any_surrounding_text() {
        for text in [
            r#"[{"type":1}]"#,
            r#"mosquitto_pub -t x -m '[ {"type":1} ]' # [{"type":2},{"type":2}]"#,
            "# Board [1]\n\nEach tile is [{…}]; options are [{\"label\":\"a\"}]:\n```\n[\n{\"type\":1}\n]\n```\n",
            r#"{"metrics":[{"type":1},]}"#,
        ] {
            assert_eq!(count_parsed_and_malformed(text), Some((1, 0)), "{text}");
        }
        assert_eq!(count_parsed_and_malformed(" [ ]\n"), Some((0, 0)));
        assert_eq!(count_parsed_and_malformed("no list, only [1] and {2}"), None);
    }

    #[test]
    fn scanner_resumes_at_next_tile_after_damage() {
        let text =
            r#"[{"type":1,"name":"A"},{"type":4,"items":[{"label:"x"}],"name":"B \"b\""},{"type":1,"name":"C"}]"#;
        let items = scan_items(text).unwrap();
        assert_eq!(items.len(), 3);
        let ScannedItem::Malformed(malformed, reason) = &items[1] else { panic!("{items:?}") };
        assert_eq!(reason, "invalid JSON at line 1, column 52: expected `:`");
        assert_eq!(name_in_malformed(malformed).as_deref(), Some("B \"b\""));
        assert_eq!(count_parsed_and_malformed("[{\"type\":1},\n{\"type\":1,\"na"), Some((1, 1)));
        assert_eq!(count_parsed_and_malformed("[{\"type\":1},"), Some((1, 1)));
        assert_eq!(count_parsed_and_malformed("[{'type':1}]"), Some((0, 1)));
    }

    #[test]
    fn non_utf8_bytes_decode_as_windows_1252_and_bom_is_dropped() {
        assert_eq!(decode_text(b"21 \xB0C \x80"), ("21 °C €".into(), true));
        assert_eq!(decode_text(b"\xEF\xBB\xBF\xC2\xB0"), ("°".into(), false));
    }

    #[test]
    fn early_errors_in_a_long_text_do_not_use_up_the_budget() {
        let text = format!(
            "[{{\"type\":1}},{}{{\"type\":1,\"name\":\"{}\"}}]",
            "{bad ".repeat(1_000),
            "x".repeat(MAX_PARSED_BYTES / 100)
        );
        assert_eq!(count_parsed_and_malformed(&text), Some((2, 1)));
    }

    #[test]
    fn scanner_gives_up_on_endless_damage() {
        let deep = "[{\"a\":".repeat(100_000);
        assert!(scan_items(&deep).is_some_and(|items| count_tiles(&items) == 0));
        let wide = format!("[{{\"a\":[{}", "{\"b\":[0,".repeat(100_000));
        assert!(scan_items(&wide).is_some());
    }
}
