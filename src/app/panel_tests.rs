//! Tests of panels: which row is selected, and that a row is a tile like any other.

use crate::{
    app::{
        Action, Effect, Event, MqttEffect, ShellEvent,
        tests::{AppFixture, payloads, publish_requests, tile},
    },
    model::{connection::Message, dashboard::DashboardView, grid::Direction, tile::Tile, value::Value},
};

fn row(kind: &str, name: &str, more: &[(&str, Value)]) -> Value {
    let common = [("kind", kind.into()), ("name", name.into())];
    let entries = common.into_iter().chain(more.iter().cloned());
    Value::Table(entries.map(|(key, value)| (key.to_owned(), value)).collect())
}

fn panel(name: &str, rows: Vec<Value>) -> Tile {
    tile("panel", &[("name", name.into()), ("rows", Value::Array(rows))])
}

fn texts(name: &str, rows: &[&str]) -> Tile {
    panel(name, rows.iter().map(|row_name| row("text", row_name, &[("topic", (*row_name).into())])).collect())
}

/// Three columns of tiles: a text, a panel with three rows, one with two; below them, a text and an empty panel.
fn fixture() -> AppFixture {
    let text = |name: &str| tile("text", &[("name", name.into()), ("topic", name.into())]);
    AppFixture::new(vec![
        text("T"),
        texts("P", &["a", "b", "c"]),
        texts("Q", &["d", "e"]),
        text("U"),
        panel("R", Vec::new()),
    ])
}

fn resize(fixture: &mut AppFixture, (width, height): (u16, u16)) {
    fixture.app.update(Event::Shell(ShellEvent::Resize(width, height)), fixture.now);
}

fn selected(fixture: &AppFixture) -> &str {
    let dashboard = fixture.app.current_dashboard().unwrap();
    &dashboard.tile(dashboard.selected).unwrap().0.name
}

fn after(fixture: &mut AppFixture, directions: &[Direction]) -> String {
    for direction in directions {
        fixture.dispatch(Action::MoveSelection(*direction));
    }
    selected(fixture).to_owned()
}

#[test]
fn panel_is_one_stop_to_the_left_and_right_and_its_rows_are_stops_up_and_down() {
    use Direction::{Down, First, Last, Left, PageDown, PageUp, Right, Up};
    let mut fixture = fixture();
    resize(&mut fixture, (78, 24));
    for (direction, name) in [
        (Right, "P: a"),
        (Down, "P: b"),
        (Right, "Q: e"),
        (Down, "R"),
        (Up, "P: c"),
        (Left, "T"),
        (Down, "U"),
        (Up, "T"),
        (Right, "P: a"),
        (Up, "P: a"),
        (Down, "P: b"),
        (Down, "P: c"),
        (Down, "R"),
        (Up, "P: c"),
        (Right, "Q: e"),
        (Left, "P: b"),
        (Left, "T"),
        (Last, "R"),
        (First, "T"),
        (Right, "P: a"),
        (PageDown, "R"),
        (PageUp, "P: a"),
    ] {
        assert_eq!(after(&mut fixture, &[direction]), name, "{direction:?}");
    }
}

#[test]
fn next_tile_goes_through_the_rows() {
    let mut fixture = fixture();
    let mut names = vec![selected(&fixture).to_owned()];
    for _ in 0..8 {
        fixture.dispatch(Action::CycleTile(1));
        names.push(selected(&fixture).to_owned());
    }
    assert_eq!(names, ["T", "P: a", "P: b", "P: c", "Q: d", "Q: e", "U", "R", "T"]);
}

#[test]
fn list_has_a_line_for_each_row_below_the_name_of_its_panel() {
    let mut fixture = fixture();
    fixture.app.dashboards[0].definition.view = DashboardView::List;
    resize(&mut fixture, (40, 12));
    let down = |fixture: &mut AppFixture| after(fixture, &[Direction::Down]);
    let names: Vec<String> = (0..6).map(|_| down(&mut fixture)).collect();
    assert_eq!(names, ["P: a", "P: b", "P: c", "Q: d", "Q: e", "U"]);
    let up = |fixture: &mut AppFixture| after(fixture, &[Direction::Up]);
    let names: Vec<String> = (0..6).map(|_| up(&mut fixture)).collect();
    assert_eq!(names, ["Q: e", "Q: d", "P: c", "P: b", "P: a", "T"]);
    let dashboard = fixture.app.current_dashboard().unwrap();
    assert_eq!(dashboard.grid((40, 12)).row_count(), 10, "names of panels have lines of their own");
}

#[test]
fn first_row_is_selected_in_a_panel_at_the_beginning_and_its_name_stays_on_the_screen() {
    let mut fixture = AppFixture::new(vec![texts("P", &["a", "b", "c"]), texts("Q", &["d", "e"])]);
    assert_eq!(after(&mut fixture, &[Direction::Down]), "P: b");
    fixture.app.dashboards[0].definition.view = DashboardView::List;
    resize(&mut fixture, (40, 6));
    assert_eq!(after(&mut fixture, &[Direction::Last]), "Q: e");
    assert_eq!(after(&mut fixture, &[Direction::First]), "P: a");
    assert_eq!(fixture.app.dashboards[0].scroll_row, 0);
    assert_eq!(after(&mut fixture, &[Direction::Up]), "P: a");
}

#[test]
fn row_is_pressed_and_waits_for_its_echo_like_a_tile() {
    let power = [("topic", "stat".into()), ("publish_topic", "cmnd".into()), ("update_on_publish", Value::Bool(false))];
    let limit = [("topic", "limit".into())];
    let rows = vec![row("switch", "Power", &power), row("range", "Limit", &limit)];
    let mut fixture = AppFixture::new(vec![panel("Washer", rows)]);
    fixture.receive_message("stat", b"0");
    fixture.receive_message("limit", b"30");
    let requests = fixture.dispatch_for_publishes(Action::Press);
    assert_eq!((requests[0].topic.as_str(), payloads(&requests)), ("cmnd", vec!["1"]));
    let waits = |fixture: &AppFixture| {
        let (tile, state) = fixture.app.dashboards[0].tile(1).unwrap();
        state.is_waiting(tile)
    };
    assert!(waits(&fixture));
    fixture.receive_message("stat", b"1");
    assert!(!waits(&fixture));
    fixture.dispatch(Action::MoveSelection(Direction::Down));
    fixture.advance(1_000);
    assert_eq!(payloads(&publish_requests(fixture.dispatch(Action::Step(1)))), ["31"]);
    fixture.dispatch(Action::ShowDetail);
    assert_eq!(fixture.app.selected_tile().unwrap().0.name, "Washer: Limit");
}

#[test]
fn panel_takes_the_availability_of_its_device_to_its_rows() {
    let device = Value::Table(vec![("topic".to_owned(), "lwt".into()), ("offline".to_owned(), "off".into())]);
    let mut washer = texts("P", &["a", "b"]);
    crate::model::schema::DynFields::set(&mut washer, "availability", &device).unwrap().unwrap();
    let mut fixture = AppFixture::new(vec![washer]);
    fixture.receive_message("lwt", b"off");
    let is_offline = |index: usize| fixture.app.dashboards[0].tile(index).unwrap().1.is_offline();
    assert!(is_offline(1) && is_offline(2));
}

#[test]
fn topics_of_rows_are_subscribed_to() {
    let mut fixture = AppFixture { app: crate::app::App::new((80, 24)), ..AppFixture::new(Vec::new()) };
    let effects = fixture.open_dashboard("hub", vec![texts("P", &["a", "b"])]);
    let filters = effects.iter().find_map(|effect| match effect {
        Effect::Mqtt(MqttEffect::SetSubscriptions(_, subscriptions)) => Some(format!("{subscriptions:?}")),
        _ => None,
    });
    let filters = filters.unwrap_or_else(|| format!("{effects:?}"));
    assert!(filters.contains("\"a\"") && filters.contains("\"b\""), "{filters}");
}

#[test]
fn click_selects_a_row_and_the_next_one_presses_it() {
    let mut fixture = AppFixture::new(vec![panel(
        "Washer",
        vec![row("text", "A", &[("topic", "tele/a".into())]), row("switch", "B", &[("topic", "b".into())])],
    )]);
    fixture.receive_unresolved(Message::new("b", b"0".as_slice()));
    let click = |fixture: &mut AppFixture, index: usize| {
        fixture.advance(1_000);
        let mut effects = fixture.dispatch(Action::PointerDown(index));
        effects.extend(fixture.dispatch(Action::PointerUp(Some(index))));
        publish_requests(effects).len()
    };
    assert_eq!((click(&mut fixture, 2), selected(&fixture)), (0, "Washer: B"));
    assert_eq!((click(&mut fixture, 0), selected(&fixture)), (0, "Washer: B"), "the name of the panel keeps the row");
    assert_eq!(click(&mut fixture, 2), 1);
}
