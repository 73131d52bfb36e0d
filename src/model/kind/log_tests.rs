//! Tests of the log tile.

use super::{super::tests::tile_value, *};
use crate::model::{batch::MessageRef, message::Message, schema::set_fields, time::Time, value::Value};

fn log(entries: &[(&str, Value)]) -> LogKind {
    let mut log = LogKind::default();
    let entries: Vec<_> = entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    set_fields(&mut log, &entries).unwrap();
    log
}

fn columns(texts: &[&str]) -> (&'static str, Value) {
    ("columns", Value::Array(texts.iter().map(|text| (*text).into()).collect()))
}

/// Returns the lines after these messages: the cells, with a mark in front of highlighted lines.
fn lines(log: &LogKind, messages: &[(&str, &[u8])]) -> Vec<String> {
    let mut kept = KeptMessages::new(log.keep_rule().unwrap());
    for (topic, payload) in messages {
        let message = Message::new(*topic, *payload);
        kept.record(MessageRef::from(&message), Time::from_millis(1_000));
    }
    kept.extract(|payload| log.extract(payload));
    let content = log.content_of_kept(None, &kept).unwrap();
    let line = |row: &TextTableRow| {
        let cells: Vec<&str> = row
            .cells
            .iter()
            .map(|cell| match &cell.text {
                CellText::Text(text) => &**text,
                CellText::Missing => "",
                CellText::Time(_) => "<time>",
                CellText::Age(_) => "<age>",
            })
            .collect();
        format!("{}{}", if row.is_highlighted { "!" } else { "" }, cells.join("|"))
    };
    content.text_table().map(|table| table.rows.iter().map(line).collect()).unwrap_or_default()
}

#[test]
fn line_has_the_parts_that_its_columns_name() {
    let log = log(&[columns(&["time", "topic:2", "$.level", "$.msg"])]);
    let messages: [(&str, &[u8]); 4] = [
        ("log/hub", br#"{"level":"info","msg":"up"}"#),
        ("log", br#"{"msg":"no level"}"#),
        ("log/esp", b"plain text"),
        ("log/esp", br#"{"other":1}"#),
    ];
    assert_eq!(
        lines(&log, &messages),
        ["<time>|hub|info|up", "<time>|||no level", "<time>|esp||plain text", r#"<time>|esp||{"other":1}"#]
    );
}

#[test]
fn message_of_several_lines_has_several_lines() {
    let log = LogKind::default();
    assert_eq!(
        lines(&log, &[("l", b"Traceback:\r\n\tline 1\n\nend\n"), ("l", b"")]),
        ["<time>|Traceback:", "|    line 1", "|", "|end", "<time>|"]
    );
    assert_eq!(lines(&log, &[("l", "x\n".repeat(500).as_bytes())]).len(), MAX_LINES_OF_MESSAGE);
}

#[test]
fn colors_of_a_terminal_are_removed_and_binary_payloads_are_hexadecimal() {
    let lines = lines(&LogKind::default(), &[("l", b"\x1b[0;32mI (41) wifi: up\x1b[0m"), ("l", &[0xff, 0, 0x1b])]);
    assert_eq!(lines, ["<time>|I (41) wifi: up", "<time>|FF 00 1B (3 B)"]);
}

#[test]
fn first_highlight_that_matches_the_payload_counts() {
    let entry = |pattern: &str, color: &str| {
        Value::Table(vec![("matches".into(), pattern.into()), ("color".into(), color.into())])
    };
    let log = log(&[
        ("highlight", Value::Array(vec![entry("ERR", "red"), entry("(?i)warn|err", "yellow")])),
        columns(&["$.msg"]),
    ]);
    let messages: [(&str, &[u8]); 3] =
        [("l", br#"{"level":"ERR","msg":"a"}"#), ("l", br#"{"level":"Warning","msg":"b"}"#), ("l", br#"{"msg":"c"}"#)];
    assert_eq!(lines(&log, &messages), ["!a", "!b", "c"]);
    let colors: Vec<Option<Color>> = messages
        .iter()
        .map(|(_, payload)| {
            let extracted = log.extract(payload).unwrap();
            log.rows(&"l".into(), MessageAge::default(), &extracted.records[0])[0].color
        })
        .collect();
    assert_eq!(colors, [Some(Color::Ansi(1)), Some(Color::Ansi(3)), None]);
}

#[test]
fn newest_line_stands_for_the_log_in_a_row_of_a_list() {
    let log = log(&[columns(&["time", "topic", "payload"])]);
    let content = log.content(Some(&tile_value("one\ntwo"))).unwrap();
    assert_eq!(content.line().text, "two");
    assert_eq!(log.content(Some(&tile_value(""))), Ok(TileContent::Placeholder("cleared".into())));
}

#[test]
fn columns_and_highlights_are_checked() {
    let errors = |entries: &[(&str, Value)]| -> Vec<String> {
        let entries: Vec<_> = entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        let errors = set_fields(&mut LogKind::default(), &entries).err().unwrap_or_default();
        errors.into_iter().map(|error| error.message).collect()
    };
    assert_eq!(errors(&[columns(&[])]), ["the log has no columns"]);
    assert_eq!(errors(&[columns(&["time", "key"])]), ["only the rows of a `table` have a `key`"]);
    assert_eq!(errors(&[columns(&["time", "msg", "tpic"])]).len(), 2);
    let no_pattern = Value::Array(vec![Value::Table(vec![("color".into(), "red".into())])]);
    assert_eq!(errors(&[("highlight", no_pattern)]), ["the highlight has no `matches`"]);
    assert_eq!(errors(&[("lines", Value::Integer(0))]).len(), 1);
}
