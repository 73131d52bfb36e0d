//! Finds the list of tiles in a text, such as a shell command, a web page, or an incomplete copy.

use std::borrow::Cow;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Deserializer, Map, Value as Json};

use super::{MAX_TILES, readings::readings, value_format::type_number};
use crate::model::lenient_json;

/// The maximum number of candidates for the beginning of the list.
const MAX_CANDIDATES: usize = 200;
/// The maximum number of candidates that are scanned with repair, if none parses without errors.
const MAX_REPAIR_CANDIDATES: usize = 8;
/// The maximum number of bytes that are parsed in total. With damage, the same bytes are parsed repeatedly.
const MAX_PARSED_BYTES: usize = 32 << 20;

/// An item of the list.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ScannedItem {
    /// A JSON value.
    Parsed(Json),
    /// Text that is not JSON, and why.
    Malformed(String, String),
}

/// The list of tiles in a text.
#[derive(Debug, PartialEq)]
pub(super) struct ScannedText {
    /// Its items.
    pub items: Vec<ScannedItem>,
    /// Whether they could not be read as they are.
    pub is_restored: bool,
}

/// How many bytes may still be parsed.
struct Budgets {
    strict: usize,
    lenient: usize,
}

impl Default for Budgets {
    fn default() -> Self {
        Self { strict: MAX_PARSED_BYTES, lenient: MAX_PARSED_BYTES }
    }
}

/// How items are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// All must be strict JSON.
    Strict,
    /// All must be JSON that can be read leniently without losing anything.
    Lenient,
    /// Items may be damaged.
    Repair,
}

/// Decodes bytes as UTF-8, or else as Windows-1252. Returns whether they were Windows-1252.
pub(super) fn decode_text(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    let (text, _, malformed) = encoding_rs::UTF_8.decode(bytes);
    if malformed { (encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0, true) } else { (text, false) }
}

/// Returns the tiles in a text: those of the first list that is valid JSON, in the text as it is or in what it was
/// before it was copied; or else of a list that can be read leniently; or else of the damaged list with the most tiles.
/// Returns `None` if nothing in it looks like a tile of the app.
pub(super) fn scan_text(text: &str) -> Option<ScannedText> {
    if text.trim().strip_prefix('[').is_some_and(|rest| rest.trim() == "]") {
        return Some(ScannedText { items: Vec::new(), is_restored: false });
    }
    let readings = readings(text);
    for mode in [Mode::Strict, Mode::Lenient] {
        let mut budgets = Budgets::default();
        for (index, reading) in readings.iter().enumerate() {
            let found = TileListScanner { text: reading, budgets: &mut budgets, mode }.scan_items();
            if let Some(items) = found.filter(|items| items.iter().any(looks_like_tile)) {
                return Some(ScannedText { items, is_restored: index > 0 || mode == Mode::Lenient });
            }
        }
    }
    let mut budgets = Budgets::default();
    // Without line ends, an error would have no place.
    let has_lines = |reading: &&Cow<'_, str>| reading.contains('\n') || !text.contains('\n');
    let scan = |reading: &Cow<'_, str>| {
        TileListScanner { text: reading, budgets: &mut budgets, mode: Mode::Repair }.scan_items()
    };
    // Of readings with as many tiles, the first one is closest to the text.
    let best = readings.iter().filter(has_lines).filter_map(scan).collect::<Vec<_>>();
    let best = best.into_iter().rev().max_by_key(|items| count_tiles(items))?;
    best.iter().any(looks_like_tile).then_some(ScannedText { items: best, is_restored: false })
}

/// Returns whether an item may be a tile: with `type` 1 to 6 as a number or text, or another key of all tiles.
fn looks_like_tile(item: &ScannedItem) -> bool {
    match item {
        ScannedItem::Parsed(json) => {
            let is_known_type = json.get("type").and_then(type_number).is_some();
            is_known_type
                || json.get("enablePub").is_some()
                || json.get("topicPub").is_some()
                || json.get("label").is_some()
        }
        ScannedItem::Malformed(text, _) => text.contains("type") && text.contains("topic"),
    }
}

fn count_tiles(items: &[ScannedItem]) -> usize {
    items.iter().filter(|item| matches!(item, ScannedItem::Parsed(json) if json.get("type").is_some())).count()
}

struct TileListScanner<'a> {
    text: &'a str,
    budgets: &'a mut Budgets,
    mode: Mode,
}

impl TileListScanner<'_> {
    /// Returns the items of the list in the text.
    fn scan_items(&mut self) -> Option<Vec<ScannedItem>> {
        let text = self.text;
        let lists = text.match_indices('[').map(|(offset, _)| offset + 1);
        let lists = lists.filter(|start| text[*start..].trim_start().starts_with('{'));
        if self.mode == Mode::Repair {
            let lists = lists.take(MAX_REPAIR_CANDIDATES).filter_map(|start| Some(self.scan_list(start, true)?.0));
            return lists.collect::<Vec<_>>().into_iter().rev().max_by_key(|items| count_tiles(items));
        }
        for start in lists.take(MAX_CANDIDATES) {
            if let Some((items, _)) = self.scan_list(start, true).filter(|(items, _)| count_tiles(items) > 0) {
                return Some(items);
            }
        }
        // A single tile, or one on each line, and nothing else that may be one.
        let start = text.find('{').filter(|start| !text[..*start].trim_end().ends_with('['))?;
        let (items, end) = self.scan_list(start, false)?;
        let is_all = items.iter().all(looks_like_tile) && count_tiles(&items) > 0 && !text[end..].contains('{');
        is_all.then_some(items)
    }

    /// Returns the items from `start` on, and their end: up to the bracket that closes the list, or to the first text that is no object
    /// if `is_list` is not set. In [`Mode::Repair`], includes malformed items; otherwise returns `None` at the first one.
    fn scan_list(&mut self, start: usize, is_list: bool) -> Option<(Vec<ScannedItem>, usize)> {
        let text = self.text;
        let mut items = Vec::new();
        let mut offset = start;
        if self.budgets.strict == 0 {
            return None;
        }
        while items.len() <= MAX_TILES {
            offset = self.skip_separators(offset);
            if is_list && text[offset..].starts_with(']') || !is_list && !text[offset..].starts_with('{') {
                return Some((items, offset));
            }
            match self.parse_item(offset) {
                Ok((json, end)) => {
                    items.push(ScannedItem::Parsed(json));
                    offset = end;
                }
                Err(_) if self.mode != Mode::Repair => return None,
                Err((error_offset, error)) => {
                    let next = self.find_next_tile(offset);
                    let malformed = &text[offset..next.unwrap_or(text.len())];
                    let reason = self.describe_error(offset, error_offset, &error);
                    items.push(ScannedItem::Malformed(malformed.to_owned(), reason));
                    match next {
                        Some(next) => offset = next,
                        None => return Some((items, text.len())),
                    }
                }
            }
        }
        Some((items, offset))
    }

    /// Returns the offset of the next item: after commas, which may be missing or duplicate, and comments.
    fn skip_separators(&self, offset: usize) -> usize {
        let is_separator = |c: char| c.is_whitespace() || c == ',';
        let mut rest = self.text[offset..].trim_start_matches(is_separator);
        let comments: &[_] = if self.mode == Mode::Strict { &[] } else { &[("//", "\n"), ("/*", "*/")] };
        while let Some((_, end)) = comments.iter().find(|(begin, _)| rest.starts_with(begin)) {
            rest = rest.split_once(*end).map_or("", |(_, rest)| rest).trim_start_matches(is_separator);
        }
        self.text.len() - rest.len()
    }

    /// Parses the item at `offset`, leniently if that is the mode.
    fn parse_item(&mut self, offset: usize) -> Result<(Json, usize), (usize, serde_json::Error)> {
        let strict = self.parse_value(offset);
        if strict.is_ok() || self.mode == Mode::Strict || self.budgets.lenient == 0 {
            return strict;
        }
        let rest = &self.text[offset..];
        let document = lenient_json::read(rest);
        let read = document.as_ref().map_or(rest.len(), |document| document.length);
        self.budgets.lenient = self.budgets.lenient.saturating_sub(read);
        let complete = document.ok().filter(|document| document.is_complete);
        let json = complete.and_then(|document| Some((serde_json::from_str(&document.json).ok()?, document.length)));
        json.map_or(strict, |(json, length)| Ok((json, offset + length)))
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
        self.budgets.strict = self.budgets.strict.saturating_sub(end - offset);
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
        while self.budgets.strict > 0 {
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
        let items = scan_text(text)?.items;
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
        let items = scan_text(text).unwrap().items;
        assert_eq!(items.len(), 3);
        let ScannedItem::Malformed(malformed, reason) = &items[1] else { panic!("{items:?}") };
        assert_eq!(reason, "invalid JSON at line 1, column 52: expected `:`");
        assert_eq!(name_in_malformed(malformed).as_deref(), Some("B \"b\""));
        assert_eq!(count_parsed_and_malformed("[{\"type\":1},\n{\"type\":1,\"na"), Some((1, 1)));
        assert_eq!(count_parsed_and_malformed("[{\"type\":1},"), Some((1, 1)));
        assert_eq!(count_parsed_and_malformed("[{'type':1}]"), Some((1, 0)));
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
        assert_eq!(scan_text(&deep), None);
        let wide = format!("[{{\"a\":[{}", "{\"b\":[0,".repeat(100_000));
        assert_eq!(scan_text(&wide), None);
    }
}
