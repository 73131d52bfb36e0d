//! Tests of the table tile.

use super::*;
use crate::model::{
    batch::MessageRef,
    color::Color,
    message::Message,
    message_age::MessageAge,
    schema::set_fields,
    text_table::{CellAlignment, CellText},
    time::Time,
    value::Value,
    zone::tests::zones_value,
};

fn column(entries: &[(&str, Value)]) -> Value {
    Value::Table(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

fn of_path(path: &str) -> Value {
    column(&[("path", path.into())])
}

fn set(entries: &[(&str, Value)]) -> Result<TableKind, Vec<String>> {
    let mut table = TableKind::default();
    let entries: Vec<_> = entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    match set_fields(&mut table, &entries) {
        Ok(()) => Ok(table),
        Err(errors) => Err(errors.into_iter().map(|error| error.message).collect()),
    }
}

fn table(columns: Vec<Value>, others: &[(&str, Value)]) -> TableKind {
    set(&[&[("columns", Value::Array(columns))], others].concat()).unwrap()
}

fn text(cell: &CellText) -> String {
    match cell {
        CellText::Missing => "–".to_owned(),
        CellText::Text(text) => text.trim_end().to_owned(),
        CellText::Time(_) => "<time>".to_owned(),
        CellText::Age(age) => format!("<{}>", age.since.as_millis() / 1_000),
    }
}

fn texts(content: &TileContent) -> Vec<String> {
    let row = |row: &TextTableRow| row.cells.iter().map(|cell| text(&cell.text)).collect::<Vec<_>>().join("|");
    content.text_table().unwrap().rows.iter().map(row).collect()
}

/// Returns what a table with `rows` shows for a payload.
fn shown(table: &TableKind, payload: &str) -> Result<TileContent, TileError> {
    let mut kept = KeptMessages::new(KeepRule::Value);
    kept.set_value(MessageAge::default(), table.extract(payload.as_bytes()));
    table.content_of_kept(Some(&super::super::tests::tile_value(payload)), &kept)
}

/// Returns what a table of topics shows after these messages, one a second.
fn shown_topics(table: &TableKind, messages: &[(&str, &str)]) -> TileContent {
    let mut kept = KeptMessages::new(table.keep_rule().unwrap());
    for (second, (topic, payload)) in (0..).zip(messages) {
        let message = Message::new(*topic, payload.as_bytes());
        kept.record(MessageRef::from(&message), Time::from_millis(1_000 * second));
    }
    kept.extract(|payload| table.extract(payload));
    table.content_of_kept(Some(&super::super::tests::tile_value("x")), &kept).unwrap()
}

#[test]
fn rows_are_the_elements_of_an_array_or_of_an_object() {
    let columns = || vec![of_path("key"), of_path("$.t"), of_path("$.a.b")];
    let items = table(columns(), &[("rows", "$.items".into())]);
    let payload = r#"{"items":[{"t":1.50,"a":{"b":"x"}},{"t":"é"},7]}"#;
    assert_eq!(texts(&shown(&items, payload).unwrap()), ["1|1.50|x", "2|é|–", "3|–|–"]);
    let object = table(columns(), &[("rows", "$".into())]);
    let content = shown(&object, r#"{"z":{"t":1},"a":{"t":2}}"#).unwrap();
    assert_eq!(texts(&content), ["z|1|–", "a|2|–"], "in the order of the payload");
    assert_eq!(content.line().text, "2 rows");
    for (payload, error) in
        [("rubbish", "not JSON"), (r#"{"items":7}"#, "no list and no object at $.items"), ("{}", "nothing at $.items")]
    {
        assert!(shown(&items, payload).unwrap_err().to_string().starts_with(error), "{payload}");
    }
    assert_eq!(shown(&items, ""), Ok(TileContent::Placeholder("cleared".into())));
    assert_eq!(texts(&shown(&items, r#"{"items":[]}"#).unwrap()), Vec::<String>::new());
}

#[test]
fn rows_of_a_huge_payload_are_counted() {
    let items = set(&[("rows", "$".into())]).unwrap();
    let payload = |count: usize| format!("[{}]", vec!["1"; count].join(","));
    let content = shown(&items, &payload(2_500)).unwrap();
    let table = content.text_table().unwrap();
    assert_eq!((table.rows.len(), table.left_out, content.line().text.as_str()), (1_000, 1_500, "2500 rows"));
    assert_eq!(texts(&content)[..2], ["1|1", "2|1"], "the default columns");
    assert!(matches!(shown(&items, &payload(600_000)), Err(TileError::JsonTooLarge(..))));
}

#[test]
fn each_topic_is_a_row_until_it_is_cleared() {
    let devices = table(vec![of_path("topic:2"), of_path("$.battery"), of_path("age")], &[]);
    let content = shown_topics(
        &devices,
        &[("z/b", r#"{"battery":7}"#), ("z/a", "rubbish"), ("z/c", "1"), ("z/b", r#"{"battery":6}"#), ("z/c", "")],
    );
    assert_eq!(texts(&content), ["a|–|<1>", "b|6|<3>"]);
}

#[test]
fn rows_are_sorted_by_a_column() {
    let rows = r#"[{"n":"b","v":10},{"n":"A","v":9},{"n":"d"},{"n":"c","v":"x"},{"n":"e","v":10}]"#;
    let names = |sort: &str| -> Vec<String> {
        let sorted = table(vec![of_path("$.n"), of_path("$.v")], &[("rows", "$".into()), ("sort", sort.into())]);
        let content = shown(&sorted, rows).unwrap();
        texts(&content).iter().map(|row| row.split('|').next().unwrap().to_owned()).collect()
    };
    assert_eq!(names("v"), ["A", "b", "e", "c", "d"], "numbers, then texts, then rows without");
    assert_eq!(names("-v"), ["c", "b", "e", "A", "d"], "rows of the same value keep their order");
    assert_eq!(names("n"), ["A", "b", "c", "d", "e"]);
    let by_age = table(vec![of_path("topic"), of_path("age")], &[("sort", "-age".into())]);
    assert_eq!(texts(&shown_topics(&by_age, &[("b", "1"), ("a", "2")])), ["b|<0>", "a|<1>"], "the oldest first");
}

#[test]
fn numbers_have_units_and_zones_and_stand_on_the_right() {
    let entries = [("path", "$.v".into()), ("unit", "%".into()), ("zones", zones_value(&[(0.0, "low"), (20.0, "")]))];
    let items = table(vec![of_path("$.n"), column(&entries)], &[("rows", "$".into())]);
    let content = shown(&items, r#"[{"n":"a","v":7},{"n":"b","v":"21"},{"n":"c"},{"n":"d","v":-5}]"#).unwrap();
    assert_eq!(texts(&content), ["a|7 % low", "b|21 %", "c|–", "d|-5 %"]);
    let alignments: Vec<CellAlignment> =
        content.text_table().unwrap().columns.iter().map(|head| head.alignment).collect();
    assert_eq!(alignments, [CellAlignment::Left, CellAlignment::Right]);
    let color = column(&[("from", Value::Integer(0)), ("color", "red".into())]);
    let entries = [("path", "$.v".into()), ("zones", Value::Array(vec![color])), ("align", "center".into())];
    let content = shown(&table(vec![column(&entries)], &[("rows", "$".into())]), r#"[{"v":7},{"v":"x"}]"#).unwrap();
    let table = content.text_table().unwrap();
    let colors: Vec<Option<Color>> = table.rows.iter().map(|row| row.cells[0].color).collect();
    assert_eq!((colors, table.columns[0].alignment), (vec![Some(Color::Ansi(1)), None], CellAlignment::Center));
}

#[test]
fn columns_and_order_are_checked() {
    let columns = |columns: Vec<Value>| ("columns", Value::Array(columns));
    let errors = |entries: &[(&str, Value)]| set(entries).err().unwrap_or_default();
    assert_eq!(errors(&[columns(vec![column(&[("name", "a".into())])])]), ["the column has no `path`"]);
    assert_eq!(errors(&[columns(vec![of_path("key")])]), ["only a table with `rows` has a `key`"]);
    assert_eq!(
        errors(&[columns(vec![of_path("age")]), ("rows", "$".into())]),
        ["with `rows`, all rows are of the same message"]
    );
    assert_eq!(errors(&[columns(vec![of_path("$.a"), of_path("$.b.a")])]), ["an earlier column has the same name: a"]);
    assert_eq!(errors(&[columns(vec![of_path("$.a")]), ("sort", "-b".into())]), ["no column is named `b`"]);
    assert_eq!(errors(&[("sort", "-topic".into())]), Vec::<String>::new(), "a default column");
}
