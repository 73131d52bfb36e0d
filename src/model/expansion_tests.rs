//! Tests of the tiles that a dashboard shows.

use super::*;
use crate::model::{
    kind,
    schema::{DynFields as _, set_fields},
    template::variables::Variables,
    time::Time,
    value::Value,
};

fn tile(entries: &[(&str, &str)]) -> Tile {
    let mut tile = Tile::new(kind::from_name("switch").unwrap());
    let entries: Vec<_> = entries.iter().map(|(key, text)| ((*key).to_owned(), (*text).into())).collect();
    set_fields(&mut tile, &entries).unwrap();
    tile
}

fn template(entries: &[(&str, Value)], tiles: Vec<Tile>) -> Template {
    let mut template = Template::at(1);
    let entries: Vec<_> = entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    set_fields(&mut template, &entries).unwrap();
    template.tiles = tiles;
    template
}

fn dashboard(sort: &str) -> Dashboard {
    let availability = Value::Table(vec![("topic".to_owned(), "tele/{id}/LWT".into())]);
    let names = Value::Table(vec![("c".to_owned(), "Attic".into())]);
    let entries =
        [("topic", "stat/{id}/POWER".into()), ("sort", sort.into()), ("availability", availability), ("names", names)];
    let tiles = vec![
        tile(&[("topic", "stat/{id}/POWER"), ("publish_topic", "{site}/{id}/set")]),
        tile(&[("name", "{name} 2"), ("topic", "stat/{id}/2")]),
    ];
    let own = |topic: &str| tile(&[("name", "own"), ("topic", topic)]);
    Dashboard {
        vars: Variables::from_value(&Value::Table(vec![("site".to_owned(), "cmnd".into())])).unwrap(),
        templates: vec![template(&entries, tiles)],
        tiles: vec![own("{site}/a"), own("z")],
        ..Dashboard::default()
    }
}

fn input(keys: &[&str]) -> ExpansionInput {
    let mut devices = DeviceList::default();
    for (index, key) in keys.iter().enumerate() {
        let seen = Time::from_millis(index as u64);
        devices.add(Device { key: (*key).into(), name: None, first_seen: seen, last_seen: seen }, 99);
    }
    ExpansionInput { devices: vec![devices], chosen: BTreeMap::new() }
}

fn names(expansion: &Expansion) -> Vec<&str> {
    expansion.tiles.iter().map(|tile| tile.name.as_str()).collect()
}

#[test]
fn dashboard_without_templates_and_variables_shows_its_own_tiles() {
    let dashboard = Dashboard { tiles: vec![tile(&[("topic", "{a}")])], ..Dashboard::default() };
    assert!(dashboard.expand(&ExpansionInput::default(), |_| None).is_none());
}

#[test]
fn template_is_shown_for_each_device_in_its_place() {
    for (sort, expected) in [
        ("first-seen", ["own", "d", "d 2", "Attic", "Attic 2", "b", "b 2", "own"]),
        ("name", ["own", "Attic", "Attic 2", "b", "b 2", "d", "d 2", "own"]),
        ("last-seen", ["own", "b", "b 2", "Attic", "Attic 2", "d", "d 2", "own"]),
    ] {
        let expansion = dashboard(sort).expand(&input(&["d", "c", "b"]), |_| None).unwrap();
        assert_eq!(names(&expansion), expected, "{sort}");
    }
    let expansion = dashboard("first-seen").expand(&input(&["d"]), |_| None).unwrap();
    let topics = |index: usize| {
        let tile: &Tile = &expansion.tiles[index];
        (tile.topic.clone().unwrap().to_string(), tile.target_topic().map(|topic| topic.to_string()))
    };
    assert_eq!(topics(0).0, "cmnd/a");
    assert_eq!(topics(1), ("stat/d/POWER".to_owned(), Some("cmnd/d/set".to_owned())));
    let availability = expansion.tiles[1].availability().unwrap();
    assert_eq!(availability.topic().unwrap().as_str(), "tele/d/LWT");
}

#[test]
fn variable_stands_for_what_the_user_has_chosen() {
    let dashboard = dashboard("name");
    let mut input = input(&["d"]);
    input.chosen.insert("site".to_owned(), "a/b".to_owned());
    let expansion = dashboard.expand(&input, |_| None).unwrap();
    assert_eq!(expansion.tiles[0].topic.as_ref().unwrap().as_str(), "a/b/a");
    input.chosen.insert("site".to_owned(), "+".to_owned());
    let expansion = dashboard.expand(&input, |_| None).unwrap();
    assert_eq!(expansion.tiles[0].topic.as_ref().unwrap().as_str(), "cmnd/a", "not a wildcard");
}

#[test]
fn device_for_which_a_tile_cannot_be_made_is_left_out_and_told() {
    let mut dashboard = dashboard("name");
    dashboard.templates[0].tiles[1].set("json_path", &"$['{id}']".into()).unwrap().unwrap();
    dashboard.templates[0].tiles[1].set("publish", &Value::Bool(false)).unwrap().unwrap();
    let expansion = dashboard.expand(&input(&["a'b", "d"]), |_| None).unwrap();
    assert_eq!(names(&expansion), ["own", "a'b", "d", "d 2", "own"]);
    assert_eq!(expansion.failure.map(|(device, _)| device.to_string()).as_deref(), Some("a'b"));
}

#[test]
fn tile_that_was_made_before_is_used_again() {
    let expansion = dashboard("name").expand(&input(&["d"]), |origin| {
        matches!(origin, TileOrigin::Template { tile: 0, .. }).then(|| tile(&[("name", "made"), ("topic", "x")]))
    });
    assert_eq!(names(&expansion.unwrap()), ["own", "made", "d 2", "own"]);
}

#[test]
fn panel_of_a_template_has_rows_for_each_device() {
    let mut panel = Tile::new(kind::from_name("panel").unwrap());
    let row = |name: &str, topic: &str| {
        let entries = [("kind", "switch"), ("name", name), ("topic", topic), ("publish_topic", "{site}/{id}/set")];
        Value::Table(entries.iter().map(|(key, text)| ((*key).to_owned(), (*text).into())).collect())
    };
    let rows = Value::Array(vec![row("Power", "stat/{id}/POWER"), row("Light", "stat/{id}/LIGHT")]);
    set_fields(&mut panel, &[("rows".to_owned(), rows)]).unwrap();
    let mut dashboard = dashboard("first-seen");
    dashboard.templates[0].tiles = vec![panel];
    let expansion = dashboard.expand(&input(&["d", "c"]), |_| None).unwrap();
    assert_eq!(names(&expansion), ["own", "d", "d: Power", "d: Light", "Attic", "Attic: Power", "Attic: Light", "own"]);
    let light = &expansion.tiles[3];
    assert_eq!(light.topic.as_ref().unwrap().as_str(), "stat/d/LIGHT");
    assert_eq!(light.target_topic().unwrap().as_str(), "cmnd/d/set");
    assert_eq!(light.availability().unwrap().topic().unwrap().as_str(), "tele/d/LWT");
    let origin = &expansion.origins[3];
    assert_eq!((origin.row(), origin.template().map(|(_, device)| &**device)), (Some(1), Some("d")));
    let mut edited = dashboard.tile_at(origin).unwrap().into_owned();
    edited.name = "Lamp".to_owned();
    let edit = dashboard.replace_at(origin, edited).unwrap();
    let changed = edit.apply_to(&dashboard).unwrap();
    assert_eq!(changed.tile_at(origin).unwrap().name, "Lamp");
    let subscriptions = dashboard.topic_filters(&BTreeMap::new());
    let subscribed = |topic: &str| subscriptions.iter().any(|filter| filter.as_str() == topic);
    assert!(subscribed("stat/+/POWER") && subscribed("stat/+/LIGHT"), "{subscriptions:?}");
}
