//! The last values of a tile: when each came, what it was, how it differs from the one before, and how its payload begins.

use super::{super::NO_MESSAGE, StyledLines, max_width};
use crate::{
    model::{
        history::{HistoryEntry, MAX_HISTORY_PAYLOAD_BYTES},
        json_path::find_all,
        number::shown_decimals,
        tile::Tile,
        tile_state::TileState,
        tile_statistics::number_in,
        tile_value::{TileValue, payload_text},
    },
    ui::{
        UiConfig,
        text::{truncate, width},
    },
};

/// The widths of the columns, without the gaps between them.
const TIME_WIDTH: u16 = 8;
const CHANGE_WIDTH: u16 = 8;
const MIN_VALUE_WIDTH: u16 = 6;
const GAP: &str = "  ";
/// A narrower column has no room for the payload.
const MIN_PAYLOAD_WIDTH: u16 = 8;

/// Returns a line for each of the last values, the newest first.
pub(super) fn lines(tile: &Tile, state: &TileState, area_width: u16, config: &UiConfig) -> StyledLines {
    let entries: Vec<HistoryEntry<'_>> = state.history.iter().collect();
    if entries.is_empty() {
        let text = match &state.value {
            Some(_) if state.restored => {
                "No message has arrived since the start: the value was saved by an earlier run."
            }
            _ => NO_MESSAGE,
        };
        return vec![(text.to_owned(), config.theme.dim())];
    }
    let texts: Vec<Option<String>> =
        (0..).zip(&entries).map(|(age, entry)| value_text(tile, state, entry, age)).collect();
    let labels: Vec<String> =
        texts.iter().zip(&entries).map(|(text, entry)| label(tile, text.as_deref(), entry)).collect();
    let fixed = TIME_WIDTH + CHANGE_WIDTH + 3 * width(GAP);
    let most = (area_width.saturating_sub(fixed) / 2).max(MIN_VALUE_WIDTH);
    let value_width = max_width(labels.iter().map(String::as_str)).clamp(MIN_VALUE_WIDTH, most);
    let payload_width = area_width.saturating_sub(fixed + value_width);
    let has_topics = tile.topic.as_ref().is_some_and(|topic| topic.exact().is_none());
    let mut lines = StyledLines::new();
    for (index, entry) in entries.iter().enumerate() {
        let before = texts.get(index + 1).and_then(Option::as_deref);
        let change = change(texts[index].as_deref(), before);
        let label = truncate(&labels[index], value_width);
        let padding = " ".repeat(usize::from(value_width.saturating_sub(width(&label))));
        let time = config.local_time(entry.received_at, "%H:%M:%S");
        let mut line = format!("{time}{GAP}{padding}{label}{GAP}{change:<8}");
        if payload_width >= MIN_PAYLOAD_WIDTH {
            let topic = if has_topics { format!("{} ", entry.message.topic) } else { String::new() };
            let retained = if entry.message.retain { "retained " } else { "" };
            // Only the beginning is shown, and a character has four bytes at most.
            let end = entry.message.payload.len().min(4 * usize::from(payload_width).max(16));
            let start = if end < entry.message.payload.len() && entry.message.payload.is_ascii() {
                payload_text(&entry.message.payload[..end])
            } else {
                payload_text(entry.message.payload)
            };
            line.push_str(GAP);
            line.push_str(&truncate(&format!("{topic}{retained}{start}"), payload_width));
        } else if entry.message.retain {
            line.push_str("retained");
        }
        lines.push((line, config.theme.text()));
    }
    lines
}

/// Returns the value in a message; `None` if it has none. `age` is the number of newer messages.
fn value_text(tile: &Tile, state: &TileState, entry: &HistoryEntry<'_>, age: usize) -> Option<String> {
    if age == 0 && state.error.is_none() && !state.is_pending() {
        return state.value.as_ref().map(|value| value.text.to_string());
    }
    // What a script made of an older message is gone.
    if tile.has_receive_script() {
        return None;
    }
    match &tile.json_path {
        Some(path) => find_all(entry.message.payload, &[path]).pop()?.ok(),
        None => Some(payload_text(entry.message.payload)),
    }
}

/// Returns a value as the tile shows it.
fn label(tile: &Tile, text: Option<&str>, entry: &HistoryEntry<'_>) -> String {
    match text {
        Some(text) => {
            let value = TileValue {
                text: text.into(),
                payload: entry.message.payload.into(),
                updated_at: entry.received_at,
                age_unknown: false,
            };
            tile.value_label(&value)
        }
        None if entry.message.payload.len() >= MAX_HISTORY_PAYLOAD_BYTES => "(cut)".to_owned(),
        None => "(none)".to_owned(),
    }
}

/// Returns whether a value is that of a message which is kept in part only.
fn is_cut(text: &str) -> bool {
    text.len() + char::MAX_LEN_UTF8 > MAX_HISTORY_PAYLOAD_BYTES
}

/// Returns how a value differs from the one before: the difference of numbers, a word for texts.
fn change(text: Option<&str>, before: Option<&str>) -> String {
    let (Some(text), Some(before)) = (text, before) else { return String::new() };
    if text == before {
        return String::new();
    }
    match (number_in(text), number_in(before)) {
        (Some(number), Some(old)) => {
            let decimals = shown_decimals(text).max(shown_decimals(before));
            let difference = format!("{:.decimals$}", (number - old).abs());
            let is_zero = difference.bytes().all(|byte| matches!(byte, b'0' | b'.'));
            match () {
                () if is_zero => String::new(),
                () if number > old => format!("+{difference}"),
                () => format!("−{difference}"),
            }
        }
        // An older message is cut: whether the rest is the same is not known.
        _ if is_cut(before) && text.starts_with(before) => String::new(),
        _ => "changed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn change_is_the_difference_of_numbers_and_a_word_for_texts() {
        for (text, before, expected) in [
            ("21.4", "21.3", "+0.1"),
            ("21.30", "21.4", "−0.10"),
            ("21.4 °C", "20 °C", "+1.4"),
            ("5", "5.0", ""),
            ("5", "5", ""),
            ("open", "closed", "changed"),
            ("open", "5", "changed"),
        ] {
            assert_eq!(change(Some(text), Some(before)), expected, "{before} to {text}");
        }
        assert_eq!((change(Some("1"), None), change(None, Some("1"))), (String::new(), String::new()));
    }
}
