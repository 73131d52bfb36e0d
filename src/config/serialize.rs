//! Serializes dashboards and profiles as TOML in the layout that a user would write; keys with their default
//! value are left out.

use std::fmt::Write as _;

use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value as TomlValue, value};

use crate::model::{
    dashboard::Dashboard,
    edit::Profiles,
    profile::Profile,
    saved_message::SavedMessages,
    schema::{DynFields as _, non_default_fields},
    template::Template,
    tile::Tile,
    unsafe_char::{escape_unsafe, is_unsafe_in_text},
    value::Value,
};

/// Serializes a dashboard.
#[must_use]
pub fn dashboard_to_toml(dashboard: &Dashboard) -> String {
    let mut document = DocumentMut::new();
    insert_entries(document.as_table_mut(), non_default_fields(dashboard));
    let mut tiles = ArrayOfTables::new();
    let mut templates = ArrayOfTables::new();
    let mut positions = 1..;
    let mut set_place = |table: &mut Table| {
        let position = positions.next();
        let is_first = document.is_empty() && position == Some(1);
        table.decor_mut().set_prefix(if is_first { "" } else { "\n" });
        table.set_position(position);
    };
    let mut remaining = dashboard.templates.iter().peekable();
    for index in 0..=dashboard.tiles.len() {
        while let Some(template) = remaining.next_if(|template| template.position <= index) {
            templates.push(template_table(template, &mut set_place));
        }
        if let Some(tile) = dashboard.tiles.get(index) {
            let mut table = tile_table(tile);
            set_place(&mut table);
            tiles.push(table);
        }
    }
    for (key, tables) in [("tile", tiles), ("for_each", templates)] {
        if !tables.is_empty() {
            document.insert(key, Item::ArrayOfTables(tables));
        }
    }
    document.to_string()
}

/// Creates a `[[for_each]]` table with its tiles. `set_place` says that a table is the next one of the file.
fn template_table(template: &Template, set_place: &mut impl FnMut(&mut Table)) -> Table {
    let mut table = Table::new();
    set_place(&mut table);
    insert_entries(&mut table, non_default_fields(template));
    let mut tiles = ArrayOfTables::new();
    for tile in &template.tiles {
        let mut tile = tile_table(tile);
        set_place(&mut tile);
        tiles.push(tile);
    }
    table.insert("tile", Item::ArrayOfTables(tiles));
    table
}

/// Serializes `profiles.toml`.
#[must_use]
pub fn profiles_to_toml(profiles: &Profiles) -> String {
    let mut document = DocumentMut::new();
    insert_entries(document.as_table_mut(), non_default_fields(profiles));
    let mut profile_tables = Table::new();
    profile_tables.set_implicit(true);
    for profile in &profiles.profiles {
        let mut table = profile_table(profile);
        table.decor_mut().set_prefix(if document.is_empty() && profile_tables.is_empty() { "" } else { "\n" });
        profile_tables.insert(&profile.name, Item::Table(table));
    }
    if !profile_tables.is_empty() {
        document.insert("profile", Item::Table(profile_tables));
    }
    document.to_string()
}

/// Serializes `messages.toml`.
#[must_use]
pub(super) fn messages_to_toml(messages: &SavedMessages) -> String {
    let mut tables = ArrayOfTables::new();
    for message in &messages.messages {
        let mut table = Table::new();
        insert_entries(&mut table, non_default_fields(message));
        table.decor_mut().set_prefix(if tables.is_empty() { "" } else { "\n" });
        tables.push(table);
    }
    let mut document = DocumentMut::new();
    document.insert("message", Item::ArrayOfTables(tables));
    document.to_string()
}

/// Creates a `[[tile]]` table: the kind first, then the other keys.
pub(super) fn tile_table(tile: &Tile) -> Table {
    let mut table = Table::new();
    table.insert("kind", value(tile.kind.name()));
    insert_entries(&mut table, non_default_fields(tile));
    table
}

/// Creates a `[profile.NAME]` table: the URL first, then the other keys.
pub(super) fn profile_table(profile: &Profile) -> Table {
    let mut table = Table::new();
    table.insert("url", to_toml_item("url", profile.get("url").unwrap_or_else(|| "".into())));
    insert_entries(&mut table, non_default_fields(profile));
    table
}

fn insert_entries(table: &mut Table, entries: Vec<(String, Value)>) {
    for (name, value) in entries {
        let item = to_toml_item(&name, value);
        table.insert(&name, item);
    }
}

/// Converts the value of a key. `tls` and `will` become tables with a header because they may be long; all
/// others are written on the line of the key.
pub(super) fn to_toml_item(name: &str, value: Value) -> Item {
    match value {
        Value::Table(entries) if matches!(name, "tls" | "will") => {
            let mut table = Table::new();
            table.decor_mut().set_prefix("\n");
            insert_entries(&mut table, entries);
            Item::Table(table)
        }
        other => Item::Value(to_toml_value(other)),
    }
}

/// Converts a value to TOML.
pub(super) fn to_toml_value(value: Value) -> TomlValue {
    match value {
        Value::Bool(flag) => flag.into(),
        Value::Integer(number) => number.into(),
        Value::Float(number) => number.into(),
        Value::String(text) => toml_string(text),
        Value::Array(values) => toml_array(values),
        Value::Table(entries) => {
            let table: InlineTable = entries.into_iter().map(|(name, value)| (name, to_toml_value(value))).collect();
            table.into()
        }
    }
}

/// Converts a string. One of several lines, such as a script, becomes a literal string in `'''`. What could control
/// a terminal or change the reading order is escaped, and so is a carriage return, because an editor could convert it
/// to another line ending.
fn toml_string(text: String) -> TomlValue {
    if text.contains(is_unsafe_in_text) {
        // TOML has the escapes of JSON, and `\U` for a character above U+FFFF.
        let json = serde_json::Value::from(text.as_str()).to_string();
        let escaped = escape_unsafe(&json, |c, out| match u32::from(c) {
            code @ 0x1_0000.. => _ = write!(out, "\\U{code:08x}"),
            code => _ = write!(out, "\\u{code:04x}"),
        });
        return escaped.parse().unwrap_or_else(|_| text.into());
    }
    if text.contains('\n') && !text.ends_with('\'') {
        let literal = format!("'''\n{text}'''").parse::<TomlValue>().ok();
        if let Some(literal) = literal.filter(|literal| literal.as_str() == Some(&text)) {
            return literal;
        }
    }
    text.into()
}

/// Converts an array. If it has several tables, each is written on a separate line.
fn toml_array(values: Vec<Value>) -> TomlValue {
    let multiline = values.len() > 1 && values.iter().all(|value| matches!(value, Value::Table(_)));
    let mut array = Array::new();
    for value in values {
        let mut value = to_toml_value(value);
        if multiline {
            value.decor_mut().set_prefix("\n  ");
        }
        array.push_formatted(value);
    }
    if multiline {
        array.set_trailing("\n");
        array.set_trailing_comma(true);
    } else {
        array.fmt();
    }
    array.into()
}

#[cfg(test)]
mod tests {
    use super::{super::dashboard::read_dashboard, *};
    use crate::model::unsafe_char::is_unsafe;

    #[test]
    fn unsafe_characters_are_escaped_and_come_back() {
        for text in ["a\u{1b}b\n", "a\u{9b}\u{202e}b", "'\u{7f}\"", "\u{e0041}", "line\r\n"] {
            let tile = format!("[[tile]]\nkind = \"text\"\nname = {}\n", to_toml_value(text.into()));
            assert!(!tile.contains(|c| is_unsafe(c) && c != '\n'), "{tile:?}");
            assert_eq!(read_dashboard("x", &tile).unwrap().tiles[0].name, text);
        }
    }

    #[test]
    fn dashboard_to_toml_reproduces_hand_written_text() {
        let text = "\
title = \"Bench\"

[[tile]]
kind = \"choice\"
name = \"Fan\"
options = [
  { label = \"Off\", payload = \"0\" },
  { label = \"On\", payload = \"1\" },
]

[[tile]]
kind = \"range\"
on_tap = '''
let x = \"a\\b\";
x'''
max = 40
step = 0.5
";
        assert_eq!(dashboard_to_toml(&read_dashboard("x", text).unwrap()), text);
    }
}
