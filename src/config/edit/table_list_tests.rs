//! Edits of rows of panels, and of other lists of tables.

use super::super::apply_dashboard_edit;
use crate::{
    config::read_dashboard,
    model::{
        dashboard::Dashboard,
        edit::DashboardEdit,
        expansion::TileOrigin,
        schema::{DynFields as _, set_fields},
        tile::Tile,
        value::Value,
    },
};

const PANEL: &str = r#"
[[tile]]
kind = "panel"
name = "Washer"
rows = [
  # the relay
  {kind="switch",  name = 'Power', topic = "p", on = "1"}, # main

  # measured
  { kind = "text", name = "Draw", topic = "tele/d", json_path = "$.P", availability = { topic = "lwt", online = "1" } },
  { name = "Door", kind = "led", topic = "l", states = [{ payload = "0", label = "Closed" }, { payload = "1" }] }
  # the end
] # rows
width = 2 # wide
"#;

fn dashboard(text: &str) -> Dashboard {
    read_dashboard("x", text).unwrap_or_else(|problems| panic!("{problems}"))
}

fn with_keys(tile: &Tile, entries: &[(&str, Value)]) -> Tile {
    let mut tile = tile.clone();
    let entries: Vec<_> = entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    set_fields(&mut tile, &entries).unwrap();
    tile
}

/// Replaces a row of the first tile of a text.
fn edit_row(text: &str, row: usize, change: impl Fn(&Tile) -> Tile) -> String {
    let dashboard = dashboard(text);
    let origin = TileOrigin::Row(Box::new(TileOrigin::Tile(0)), row);
    let edited = change(&dashboard.tile_at(&origin).unwrap());
    let edit = dashboard.replace_at(&origin, edited).unwrap();
    apply_dashboard_edit("x", text, &edit).unwrap()
}

/// Replaces the list of rows of the first tile of a text.
fn edit_rows(text: &str, change: impl Fn(&mut Vec<Value>)) -> String {
    let panel = &dashboard(text).tiles[0];
    let mut rows = panel.row_tables().to_vec();
    change(&mut rows);
    let edited = with_keys(panel, &[("rows", Value::Array(rows))]);
    apply_dashboard_edit("x", text, &DashboardEdit::ReplaceTile(0, edited)).unwrap()
}

fn row(entries: &[(&str, &str)]) -> Value {
    Value::Table(entries.iter().map(|(key, text)| ((*key).to_owned(), (*text).into())).collect())
}

#[test]
fn edit_of_a_row_changes_only_the_values_concerned() {
    let renamed = edit_row(PANEL, 0, |row| with_keys(row, &[("name", "Relay".into())]));
    assert_eq!(renamed, PANEL.replace("'Power'", "\"Relay\""));
    let more = edit_row(PANEL, 0, |row| with_keys(row, &[("off", "0!".into()), ("publish_topic", "set".into())]));
    assert_eq!(more, PANEL.replace("on = \"1\"}", "on = \"1\", publish_topic = \"set\", off = \"0!\"}"));
    let nested = edit_row(PANEL, 1, |row| {
        let device = Value::Table(vec![("topic".into(), "lwt".into()), ("online".into(), "yes".into())]);
        with_keys(row, &[("availability", device)])
    });
    assert_eq!(nested, PANEL.replace("online = \"1\"", "online = \"yes\""));
    let states = edit_row(PANEL, 2, |row| {
        let Some(Value::Array(mut states)) = row.get("states") else { panic!() };
        let Value::Table(state) = &mut states[1] else { panic!() };
        state.push(("label".into(), "Open".into()));
        with_keys(row, &[("states", Value::Array(states))])
    });
    assert_eq!(states, PANEL.replace("{ payload = \"1\" }", "{ payload = \"1\", label = \"Open\" }"));
}

#[test]
fn key_of_a_row_is_removed_with_one_comma() {
    let without = |row_index: usize, key: &str| {
        edit_row(PANEL, row_index, |row| {
            let mut other = Tile::new(row.kind.clone());
            for field in row.fields().into_iter().filter(|field| field.name != key) {
                if let Some(value) = row.get(field.name).filter(|value| field.default.as_ref() != Some(value)) {
                    other.set(field.name, &value).unwrap().unwrap();
                }
            }
            other
        })
    };
    let expected = PANEL.replace(", availability = { topic = \"lwt\", online = \"1\" }", "");
    assert_eq!(without(1, "availability"), expected);
    assert_eq!(without(1, "json_path"), PANEL.replace("json_path = \"$.P\", ", ""));
    assert_eq!(without(1, "topic"), PANEL.replace("topic = \"tele/d\", ", ""));
}

#[test]
fn rows_move_and_go_with_their_comments() {
    let relay = "  # the relay\n  {kind=\"switch\",  name = 'Power', topic = \"p\", on = \"1\"}, # main\n";
    let without_first = edit_rows(PANEL, |rows| drop(rows.remove(0)));
    let door = "{ payload = \"1\" }] }";
    assert_eq!(without_first, PANEL.replace(relay, "").replace(door, &format!("{door},")));
    let moved = edit_rows(PANEL, |rows| rows.rotate_left(1));
    let (first, second, third) = (moved.find("Draw").unwrap(), moved.find("Door").unwrap(), moved.find(relay).unwrap());
    assert!(first < second && second < third, "{moved}");
    assert!(moved.contains("  # measured\n  { kind = \"text\", name = \"Draw\""), "{moved}");
    assert!(moved.ends_with("  # the end\n] # rows\nwidth = 2 # wide\n"), "{moved}");
}

#[test]
fn new_row_is_written_like_the_others() {
    let new = || row(&[("kind", "text"), ("name", "Energy")]);
    let door = "{ payload = \"1\" }] }\n";
    let added = edit_rows(PANEL, |rows| rows.push(new()));
    let line = "  { kind = \"text\", name = \"Energy\" },\n";
    assert_eq!(added, PANEL.replace(door, &format!("{},\n{line}", door.trim_end())));
    let one_line = "[[tile]]\nkind = \"panel\"\nrows = [ { kind = \"text\", name = \"A\" } ] # a\n";
    let added = edit_rows(one_line, |rows| rows.push(new()));
    assert_eq!(
        added,
        "[[tile]]\nkind = \"panel\"\nrows = [ { kind = \"text\", name = \"A\" }, { kind = \"text\", name = \"Energy\" } ] # a\n"
    );
    let first = edit_rows("[[tile]]\nkind = \"panel\"\n", |rows| rows.push(new()));
    assert_eq!(dashboard(&first).tiles[0].row_tables().len(), 1);
}

#[test]
fn rows_in_sections_are_edited_like_tiles() {
    let text = "[[tile]]\nkind = \"panel\"\nname = \"P\"\n\n# one\n[[tile.rows]]\nkind = \"text\"\nname = \"A\" # a\n\n\
                # two\n[[tile.rows]]\nkind = \"switch\"\nname = \"B\"\n\n[[tile]]\nkind = \"text\"\nname = \"T\"\n";
    let renamed = edit_row(text, 0, |row| with_keys(row, &[("name", "Z".into()), ("topic", "z".into())]));
    assert_eq!(renamed, text.replace("name = \"A\" # a\n", "name = \"Z\" # a\ntopic = \"z\"\n"));
    let deleted = edit_rows(text, |rows| drop(rows.remove(0)));
    assert!(!deleted.contains("# one") && deleted.contains("# two\n[[tile.rows]]\nkind = \"switch\""), "{deleted}");
    let added = edit_rows(text, |rows| rows.push(row(&[("kind", "led"), ("name", "C")])));
    assert_eq!(dashboard(&added).tiles[0].rows().nth(2).unwrap().name, "C");
    assert!(added.contains("# one\n") && added.contains("# two\n") && added.contains("name = \"A\" # a\n"), "{added}");
    let swapped = edit_rows(text, |rows| rows.swap(0, 1));
    assert!(swapped.find("# two").unwrap() < swapped.find("# one").unwrap(), "{swapped}");
}

#[test]
fn list_that_shares_lines_is_still_edited() {
    let text = "[[tile]]\nkind = \"panel\"\nrows = [{ kind = \"text\", name = \"A\" },\n  { kind = \"text\", name = \"B\" }]\n";
    let added = edit_rows(text, |rows| rows.insert(0, row(&[("kind", "led"), ("name", "C")])));
    let names: Vec<_> = dashboard(&added).tiles[0].rows().map(|row| row.name).collect();
    assert_eq!(names, ["C", "A", "B"]);
}
