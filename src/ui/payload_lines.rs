//! The lines of a payload in the detail view: all of its text, or all of its bytes in hexadecimal. Such a text may have a
//! megabyte, so its lines are kept for the next frame.

use std::{fmt::Write as _, sync::Arc};

use super::text::wrap;
use crate::app::{
    payload_format::PayloadFormat,
    shown_json::{self, MAX_JSON_BYTES},
};
use crate::model::tile_value::decode_text;

/// The most bytes of a payload that are shown.
pub(crate) const MAX_BYTES: usize = MAX_JSON_BYTES;
/// The most lines of a payload that are shown.
const MAX_LINES: usize = 100_000;
/// The most characters that are wrapped at a time: no word is that long.
const MAX_LINE_CHARS: usize = 2_048;
/// The bytes in a row of hexadecimal digits, if the row is wide enough, and if it is not.
const ROW_BYTES: [usize; 2] = [16, 4];
/// The width of a row with all of its bytes: the offset, and each byte as digits and as a character.
const ROW_WIDTH: u16 = 8 + 2 + 16 * 3 + 1 + 16;

/// The lines of the payload that was drawn last.
#[derive(Debug)]
pub(crate) struct PayloadLines {
    payload: Arc<[u8]>,
    width: u16,
    format: PayloadFormat,
    /// The lines, each at most as wide as the view.
    pub lines: Vec<String>,
    /// How many bytes of the payload the lines show.
    pub shown_bytes: usize,
    /// The paths of the JSON parts with the lines on which they begin, in this order.
    parts: Vec<(String, usize)>,
}

impl PayloadLines {
    /// Returns the lines of a payload, taken over from the last frame if they are the same.
    pub fn get<'a>(cache: &'a mut Option<Self>, payload: &Arc<[u8]>, width: u16, format: PayloadFormat) -> &'a Self {
        let is_same = |cached: &Self| cached.payload == *payload && cached.width == width && cached.format == format;
        if !cache.as_ref().is_some_and(is_same) {
            *cache = None;
        }
        cache.get_or_insert_with(|| {
            let mut parts = Vec::new();
            let (lines, shown_bytes) = match format {
                PayloadFormat::Auto => payload_lines(payload, width, &mut parts),
                PayloadFormat::Text => plain_lines(&String::from_utf8_lossy(payload), width, payload.len()),
                PayloadFormat::Hex => hex_lines(payload, width),
            };
            Self { payload: Arc::clone(payload), width, format, lines, shown_bytes, parts }
        })
    }

    /// Returns the line on which the JSON part with this path begins.
    #[must_use]
    pub fn line_of(&self, path: &str) -> Option<usize> {
        self.parts.iter().find(|(part, _)| part == path).map(|(_, line)| *line)
    }
}

/// Returns the lines of a payload, and how many of its bytes they show. Adds the JSON parts and their lines.
fn payload_lines(payload: &[u8], width: u16, parts: &mut Vec<(String, usize)>) -> (Vec<String>, usize) {
    let Some(text) = decode_text(payload) else {
        return hex_lines(payload, width);
    };
    if let Some(json) = shown_json::parse(payload)
        && let Ok(pretty) = serde_json::to_string_pretty(&json)
    {
        let mut starts = Vec::new();
        let (lines, is_complete) = text_lines_with_starts(&pretty, width, &mut starts);
        if is_complete {
            let shown = shown_json::parts(&json).into_iter();
            parts.extend(shown.filter_map(|part| Some((part.path, *starts.get(part.line)?))));
            return (lines, payload.len());
        }
    }
    plain_lines(&text, width, payload.len())
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
    let row_bytes = if width >= ROW_WIDTH { ROW_BYTES[0] } else { ROW_BYTES[1] };
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
        payload_lines(payload, width, &mut Vec::new())
    }

    #[test]
    fn all_of_a_text_is_shown() {
        let long_line = "x".repeat(5_000);
        let text = format!("a\n\n{long_line}\nend");
        let (lines, shown) = lines(text.as_bytes(), 100);
        assert_eq!(shown, text.len());
        assert_eq!(lines.concat().len(), text.len() - 3);
        assert_eq!((lines[1].as_str(), lines.last().unwrap().as_str()), ("", "end"));
        let megabyte = "word is ".repeat(MAX_BYTES / 8);
        let (lines, shown) = payload_lines(megabyte.as_bytes(), 60, &mut Vec::new());
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
        assert!(wide.iter().all(|line| line.len() == usize::from(ROW_WIDTH)));
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
        let lines = PayloadLines::get(&mut cache, &payload, 40, PayloadFormat::Auto);
        let line_of = |path: &str| lines.line_of(path).map(|line| lines.lines[line].trim());
        assert_eq!(line_of("$.list"), Some("\"list\": ["));
        assert_eq!(line_of("$.list[1]"), Some("2"));
        assert_eq!(line_of("$.other"), None);
        assert!(lines.line_of("$.list").unwrap() > 3, "the text takes several lines");
    }
}
