//! The lines of a payload in the detail view: all of its text, or all of its bytes in hexadecimal. Such a text may have a
//! megabyte, so its lines are kept for the next frame.

use std::{collections::HashMap, fmt::Write as _, sync::Arc};

use serde_json::Value as Json;

use super::{
    json_text::{indented_lines, tree_lines},
    text::wrap,
};
use crate::app::{
    json_rows::{Folds, JsonRow, MAX_ROWS, json_rows},
    payload_format::PayloadFormat,
    shown_json::{self, MAX_JSON_BYTES},
};
use crate::model::{json_path::parent_path, tile_value::decode_text};

/// The most bytes of a payload that are shown.
pub(crate) const MAX_BYTES: usize = MAX_JSON_BYTES;
/// The most lines of a payload that are shown.
const MAX_LINES: usize = MAX_ROWS;
/// The most characters that are wrapped at a time: no word is that long.
const MAX_LINE_CHARS: usize = 2_048;
/// The bytes in a row of hexadecimal digits: the first that fits, or else the last.
const ROW_BYTES: [usize; 3] = [16, 8, 4];

/// Returns the width of a row of so many bytes: the offset, and each byte as digits and as a character.
const fn row_width(bytes: usize) -> usize {
    8 + 2 + bytes * 3 + 1 + bytes
}

/// The lines of the payload that was drawn last.
#[derive(Debug)]
pub(crate) struct PayloadLines {
    payload: Arc<[u8]>,
    width: u16,
    format: PayloadFormat,
    folds: Folds,
    /// The lines, each at most as wide as the view.
    pub lines: Vec<String>,
    /// How many bytes of the payload the lines show.
    pub shown_bytes: usize,
    parts: Parts,
}

/// Which lines show which parts of the JSON.
#[derive(Debug, Default)]
struct Parts {
    /// The first line of each row of the document, with its path if it can be selected.
    rows: Vec<(usize, Option<Arc<str>>)>,
    lines: HashMap<Arc<str>, usize>,
}

impl Parts {
    fn add(&mut self, line: usize, path: Option<String>) {
        let path: Option<Arc<str>> = path.map(Arc::from);
        if let Some(path) = &path {
            self.lines.insert(Arc::clone(path), line);
        }
        self.rows.push((line, path));
    }
}

impl PayloadLines {
    /// Returns the lines of a payload, taken over from the last frame if they are the same.
    pub fn get<'a>(
        cache: &'a mut Option<Self>,
        payload: &Arc<[u8]>,
        width: u16,
        (format, folds): (PayloadFormat, &Folds),
    ) -> &'a Self {
        let is_same = |cached: &Self| {
            let is_same_view = cached.width == width && cached.format == format && cached.folds == *folds;
            is_same_view && cached.payload == *payload
        };
        if !cache.as_ref().is_some_and(is_same) {
            *cache = None;
        }
        cache.get_or_insert_with(|| {
            let mut parts = Parts::default();
            let (lines, shown_bytes) = match format {
                PayloadFormat::Auto => payload_lines(payload, width, (indented_lines, folds), &mut parts),
                PayloadFormat::Tree => payload_lines(payload, width, (tree_lines, folds), &mut parts),
                PayloadFormat::Text => plain_lines(&String::from_utf8_lossy(payload), width, payload.len()),
                PayloadFormat::Hex => hex_lines(payload, width),
            };
            let (payload, folds) = (Arc::clone(payload), folds.clone());
            Self { payload, width, format, folds, lines, shown_bytes, parts }
        })
    }

    /// Returns the line on which the JSON part with this path begins, if it is visible.
    #[must_use]
    pub fn line_of(&self, path: &str) -> Option<usize> {
        self.parts.lines.get(path).copied()
    }

    /// Returns the line of what the part with this path is in and that is folded.
    #[must_use]
    pub fn folded_line_of(&self, path: &str) -> Option<usize> {
        let mut above = std::iter::successors(parent_path(path), |path| parent_path(path));
        above.find_map(|path| self.line_of(path))
    }

    /// Returns the path of the part that a line shows.
    #[must_use]
    pub fn path_at(&self, line: usize) -> Option<&str> {
        let after = self.parts.rows.partition_point(|(first, _)| *first <= line);
        self.parts.rows.get(after.checked_sub(1)?)?.1.as_deref()
    }
}

/// Returns the rows of a document that a format shows, with their texts.
type RowTexts = for<'a> fn(Vec<JsonRow<'a>>) -> (Vec<JsonRow<'a>>, Vec<String>);

/// Returns the lines of a payload, and how many of its bytes they show. Adds the rows of its JSON.
fn payload_lines(
    payload: &[u8],
    width: u16,
    (texts, folds): (RowTexts, &Folds),
    parts: &mut Parts,
) -> (Vec<String>, usize) {
    let Some(text) = decode_text(payload) else {
        return hex_lines(payload, width);
    };
    let lines = shown_json::parse(payload).and_then(|json| json_lines(&json, width, (texts, folds), parts));
    lines.map_or_else(|| plain_lines(&text, width, payload.len()), |lines| (lines, payload.len()))
}

/// Returns the lines of a document; `None` if there are too many.
fn json_lines(json: &Json, width: u16, (texts, folds): (RowTexts, &Folds), parts: &mut Parts) -> Option<Vec<String>> {
    let (rows, texts) = texts(json_rows(json, folds)?);
    let text = texts.join("\n");
    let mut starts = Vec::new();
    let (lines, is_complete) = text_lines_with_starts(&text, width, &mut starts);
    if is_complete {
        starts.into_iter().zip(rows).for_each(|(line, row)| parts.add(line, row.path));
    }
    is_complete.then_some(lines)
}

/// Returns the lines of a payload of this many bytes as text, and how many of its bytes they show.
fn plain_lines(text: &str, width: u16, payload_bytes: usize) -> (Vec<String>, usize) {
    let end = text.floor_char_boundary(MAX_BYTES);
    let (lines, is_complete) = text_lines(&text[..end], width);
    // What is left out of very many lines is not counted: that it is so says enough.
    (lines, if is_complete && end == text.len() { payload_bytes } else { end.min(payload_bytes.saturating_sub(1)) })
}

/// Returns the lines of a text, and whether they are all.
pub(super) fn text_lines(text: &str, width: u16) -> (Vec<String>, bool) {
    text_lines_with_starts(text, width, &mut Vec::new())
}

/// Returns what [`text_lines`] returns, and adds for each line of the text the index of its first wrapped line.
fn text_lines_with_starts(text: &str, width: u16, starts: &mut Vec<usize>) -> (Vec<String>, bool) {
    let mut lines = Vec::new();
    for line in text.lines() {
        starts.push(lines.len());
        let mut rest = line;
        loop {
            let (part, after) =
                rest.split_at(rest.char_indices().nth(MAX_LINE_CHARS).map_or(rest.len(), |(end, _)| end));
            let wrapped = wrap(part, width, usize::MAX - 1);
            if lines.len() + wrapped.len().max(1) > MAX_LINES {
                return (lines, false);
            }
            if wrapped.is_empty() {
                lines.push(String::new());
            }
            lines.extend(wrapped);
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
    }
    (lines, true)
}

/// Returns rows of bytes in hexadecimal, with their offset and the ASCII characters among them.
fn hex_lines(payload: &[u8], width: u16) -> (Vec<String>, usize) {
    let fits = |bytes: &&usize| row_width(**bytes) <= usize::from(width);
    let row_bytes = *ROW_BYTES.iter().find(fits).unwrap_or(&ROW_BYTES[ROW_BYTES.len() - 1]);
    let shown = &payload[..payload.len().min(MAX_BYTES)];
    let row = |(index, bytes): (usize, &[u8])| {
        let mut line = format!("{:08X}  ", index * row_bytes);
        for byte in bytes {
            // Writing to a text does not fail.
            let _ = write!(line, "{byte:02X} ");
        }
        line.push_str(&"   ".repeat(row_bytes - bytes.len()));
        line.push(' ');
        line.extend(bytes.iter().map(|byte| if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '.' }));
        line
    };
    let lines: Vec<String> = shown.chunks(row_bytes).enumerate().map(row).take(MAX_LINES).collect();
    let shown_bytes = shown.len().min(lines.len() * row_bytes);
    (lines, shown_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(payload: &[u8], width: u16) -> (Vec<String>, usize) {
        payload_lines(payload, width, (indented_lines, &Folds::default()), &mut Parts::default())
    }

    #[test]
    fn all_of_a_text_is_shown() {
        let long_line = "x".repeat(5_000);
        let text = format!("a\n\n{long_line}\nend");
        let (wrapped, shown) = lines(text.as_bytes(), 100);
        assert_eq!(shown, text.len());
        assert_eq!(wrapped.concat().len(), text.len() - 3);
        assert_eq!((wrapped[1].as_str(), wrapped.last().unwrap().as_str()), ("", "end"));
        let megabyte = "word is ".repeat(MAX_BYTES / 8);
        let (lines, shown) = lines(megabyte.as_bytes(), 60);
        assert_eq!(shown, megabyte.len());
        assert_eq!(lines.iter().map(|line| line.matches("word").count()).sum::<usize>(), MAX_BYTES / 8);
    }

    #[test]
    fn what_is_beyond_a_megabyte_is_cut() {
        for unit in ["word ", "\n", "é"] {
            let text = unit.repeat(2 * MAX_BYTES / unit.len());
            let (lines, shown) = lines(text.as_bytes(), 60);
            assert!(shown <= MAX_BYTES && lines.len() <= MAX_LINES, "{unit:?}: {shown}");
        }
        assert_eq!(lines(&vec![0xff; 2 * MAX_BYTES], 80).1, MAX_BYTES);
    }

    #[test]
    fn bytes_are_shown_in_hexadecimal_with_their_offset() {
        let payload: Vec<u8> = (0..=255).collect();
        let (wide, shown) = lines(&payload, 80);
        assert_eq!((wide.len(), shown), (16, 256));
        assert_eq!(wide[4], "00000040  40 41 42 43 44 45 46 47 48 49 4A 4B 4C 4D 4E 4F  @ABCDEFGHIJKLMNO");
        assert!(wide.iter().all(|line| line.len() == row_width(16)));
        assert_eq!(lines(&payload, 51).0.len(), 32);
        assert_eq!(lines(&payload[..130], 30).0.last().unwrap(), "00000080  80 81        ..");
    }

    #[test]
    fn json_is_indented() {
        assert_eq!(
            lines(b"{\"a\":[1]}", 60),
            (vec!["{", "  \"a\": [", "    1", "  ]", "}"].into_iter().map(str::to_owned).collect(), 9)
        );
    }

    #[test]
    fn json_parts_have_the_lines_on_which_they_begin() {
        let long = "word ".repeat(20);
        let payload: Arc<[u8]> = format!("{{\"text\":\"{long}\",\"list\":[1,2]}}").as_bytes().into();
        let mut cache = None;
        let mut folds = Folds::default();
        let lines = PayloadLines::get(&mut cache, &payload, 40, (PayloadFormat::Auto, &folds));
        let line_of = |path: &str| lines.line_of(path).map(|line| lines.lines[line].trim());
        assert_eq!(line_of("$.list"), Some("\"list\": ["));
        assert_eq!(line_of("$.list[1]"), Some("2"));
        assert_eq!(line_of("$.other"), None);
        assert!(lines.line_of("$.list").unwrap() > 3, "the text takes several lines");
        assert_eq!((lines.path_at(0), lines.path_at(2)), (None, Some("$.text")));
        let last = lines.lines.len() - 1;
        assert_eq!(
            [last - 3, last - 2, last - 1].map(|line| lines.path_at(line)),
            [Some("$.list[0]"), Some("$.list[1]"), None]
        );
        folds.set("$.list", true);
        let lines = PayloadLines::get(&mut cache, &payload, 40, (PayloadFormat::Auto, &folds));
        assert_eq!(lines.lines[lines.line_of("$.list").unwrap()].trim(), "\"list\": […] 2 items");
        assert_eq!((lines.line_of("$.list[1]"), lines.folded_line_of("$.list[1]")), (None, lines.line_of("$.list")));
    }
}
