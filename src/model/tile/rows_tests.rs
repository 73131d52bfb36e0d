//! Tests of the rows of panels.

use super::*;
use crate::model::{
    availability::Availability, content::TileContent, dashboard::Dashboard, permission::Scope,
    schema::non_default_fields,
};

fn table(entries: &[(&str, Value)]) -> Value {
    Value::Table(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

fn panel(rows: Vec<Value>) -> Tile {
    let mut panel = Tile::new(kind::panel());
    "Washer".clone_into(&mut panel.name);
    panel.set(ROWS_KEY, &Value::Array(rows)).unwrap().unwrap();
    panel
}

fn power() -> Value {
    table(&[("kind", "switch".into()), ("name", "Power".into()), ("topic", "p".into()), ("on", "1".into())])
}

fn messages(tile: &Tile) -> Vec<(Vec<ValuePathSegment>, String)> {
    tile.validate().into_iter().map(|error| (error.path, error.message)).collect()
}

fn at(row: usize, rest: ValuePathSegment) -> Vec<ValuePathSegment> {
    vec![ValuePathSegment::Key("rows".into()), ValuePathSegment::Index(row), rest]
}

#[test]
fn errors_of_rows_point_at_the_key_in_the_row() {
    let row = |entries: &[(&str, Value)]| {
        let named = [("kind", "text".into()), ("name", "A".into())];
        table(&named.into_iter().chain(entries.iter().cloned()).collect::<Vec<_>>())
    };
    let key = |name: &str| ValuePathSegment::Key(name.into());
    let name = |name: &str| ValuePathSegment::KeyName(name.into());
    for (table, segment, message) in [
        (row(&[("topc", "a".into())]), name("topc"), "unknown key `topc`"),
        (row(&[("qos", Value::Integer(7))]), key("qos"), "7 is not a quality of service"),
        (row(&[("width", Value::Integer(1))]), name("width"), "`width` has no effect in a row of a panel"),
        (row(&[("only", "wide".into())]), name("only"), "`only` has no effect in a row of a panel"),
        (table(&[("kind", "text".into())]), key("name"), "this row has no `name`"),
        (table(&[("kind", "swich".into()), ("name", "A".into())]), key("kind"), "unknown tile kind `swich`"),
        (table(&[("kind", "panel".into())]), key("kind"), "a row of a panel cannot be of kind `panel`"),
        (table(&[("kind", "heading".into())]), key("kind"), "a row of a panel cannot be of kind `heading`"),
    ] {
        assert_eq!(messages(&panel(vec![power(), table])), [(at(1, segment), message.to_owned())]);
    }
    let no_kind = messages(&panel(vec![table(&[("name", "A".into())])]));
    assert_eq!(no_kind, [(at(0, key("x"))[..2].to_vec(), "this row has no `kind`".to_owned())]);
    assert_eq!(messages(&panel(vec![power()])), []);
}

#[test]
fn every_kind_fits_a_row_or_is_refused() {
    let fitting: Vec<_> = kind::all().filter(|kind| kind.fits_row()).collect();
    for kind in ["text", "led", "switch", "range", "choice", "color", "button", "gauge", "progress"] {
        assert!(fitting.iter().any(|fitting| fitting.name() == kind), "{kind}");
    }
    for kind in kind::all() {
        let row = table(&[("kind", kind.name().into()), ("name", "A".into())]);
        let is_read = read_row(&row).1.iter().all(|error| error.path != [ValuePathSegment::Key("kind".into())]);
        assert_eq!(is_read, kind.fits_row(), "{}", kind.name());
    }
}

#[test]
fn panel_has_no_keys_of_a_value() {
    let mut panel = panel(vec![power()]);
    for (key, value) in [("topic", "a".into()), ("confirm", "Sure?".into()), ("qos", Value::Integer(1))] {
        panel.set(key, &value).unwrap().unwrap();
    }
    let keys: Vec<_> = messages(&panel).into_iter().map(|(path, _)| path[0].clone()).collect();
    assert_eq!(keys, ["topic", "confirm", "qos"].map(|key| ValuePathSegment::Key(key.into())));
}

#[test]
fn shown_row_has_the_name_and_the_availability_of_its_panel() {
    let own = table(&[("topic", "own".into())]);
    let row = table(&[("kind", "text".into()), ("name", "A".into()), ("availability", own)]);
    let mut panel = panel(vec![power(), row]);
    panel.set("availability", &table(&[("topic", "lwt".into())])).unwrap().unwrap();
    let rows: Vec<Tile> = panel.shown_rows().collect();
    let device = |row: &Tile| row.availability().and_then(Availability::topic).map(|topic| topic.to_string());
    assert_eq!(rows[0].name, "Washer: Power");
    assert_eq!((device(&rows[0]).as_deref(), device(&rows[1]).as_deref()), (Some("lwt"), Some("own")));
    assert!(matches!(rows[0].content(None), Ok(TileContent::Placeholder(_))));
    assert_eq!((panel.row(0).unwrap().name.as_str(), panel.row(2)), ("Power", None));
}

#[test]
fn scripts_and_automatic_messages_of_rows_need_permissions() {
    let scripted = table(&[("kind", "text".into()), ("name", "A".into()), ("on_tap", "app.publish('x', 1)".into())]);
    let asking = table(&[
        ("kind", "text".into()),
        ("name", "B".into()),
        ("publish_topic", "get".into()),
        ("on_connect", "?".into()),
    ]);
    let dashboard = |rows| Dashboard { tiles: vec![panel(rows)], ..Dashboard::default() };
    let permissions = dashboard(vec![scripted.clone(), asking.clone()]).permissions();
    let named = |name: &str| permissions.iter().filter(|permission| permission.tile_name == name).count();
    assert!(named("Washer: A") > 0 && named("Washer: B") > 0, "{permissions:?}");
    let scope = Scope::new("x".as_ref(), "broker");
    let fingerprint = |rows| scope.fingerprint(&dashboard(rows));
    assert_eq!(fingerprint(vec![power()]), None);
    assert_ne!(fingerprint(vec![scripted.clone()]), fingerprint(vec![scripted, asking]));
}

#[test]
fn edited_row_keeps_what_the_file_says_besides() {
    // `off` is the default, and stays all the same.
    let written = table(&[("name", "P".into()), ("kind", "switch".into()), ("off", "0".into()), ("topic", "p".into())]);
    let panel = panel(vec![written, power()]);
    let mut row = panel.row(0).unwrap();
    "Power".clone_into(&mut row.name);
    row.set("qos", &Value::Integer(1)).unwrap().unwrap();
    let edited = panel.with_row(0, &row).unwrap();
    let expected = table(&[
        ("name", "Power".into()),
        ("kind", "switch".into()),
        ("off", "0".into()),
        ("topic", "p".into()),
        ("qos", Value::Integer(1)),
    ]);
    assert_eq!(edited.row_tables(), [expected, power()]);
    assert_eq!(non_default_fields(&edited.row(0).unwrap()), non_default_fields(&row));
    let of_other_kind = panel.with_row(1, &Tile::new(kind::from_name("led").unwrap())).unwrap();
    assert_eq!(of_other_kind.row_tables()[1], table(&[("kind", "led".into())]));
    assert_eq!(panel.with_row(2, &row).unwrap().row_tables().len(), 3);
    assert_eq!(panel.with_row(3, &row), None);
}
