//! Tests of identity: results that arrive late and open dialogs reach the tile that they belong to, or
//! nothing, whatever happened to the dashboards in the meantime.

use std::{collections::HashMap, path::PathBuf};

use proptest::prelude::*;

use super::{
    Action, App, DashboardFile, EditAction, Effect, Event, FilesEvent, MediaEffect, MediaEvent, MqttEffect, MqttEvent,
    OpenedDashboards, Screen, SecretPrompt, SecretPurpose,
    tests::{AppFixture, publish_requests, tile},
};
use crate::model::{
    connection::{ConnectionEvent, ConnectionId, PublishId, PublishStatus},
    dashboard::Dashboard,
    error::TileError,
    grid::Direction,
    id::TileId,
    media::DecodedImage,
    profile::{Profile, SecretKey, Secrets},
    tile::Tile,
};

fn image_tile(name: &str) -> Tile {
    tile("image", &[("name", name.into()), ("topic", name.into()), ("source", "payload".into())])
}

fn text_tile(name: &str) -> Tile {
    tile("text", &[("name", name.into()), ("topic", name.into())])
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(format!("/{name}.toml"))
}

fn open(fixture: &mut AppFixture, name: &str, tiles: Vec<Tile>) -> Vec<Effect> {
    let opened = OpenedDashboards {
        connection: ConnectionId(0),
        profile: Profile { name: "hub".into(), ..Profile::default() },
        files: vec![DashboardFile {
            name: name.into(),
            path: Some(path(name)),
            definition: Dashboard { tiles, ..Dashboard::default() },
        }],
        explore: None,
    };
    fixture.app.update(Event::Mqtt(MqttEvent::DashboardsOpened(Box::new(opened))), fixture.now)
}

fn close(fixture: &mut AppFixture, name: &str) {
    fixture.app.update(Event::Files(FilesEvent::Deleted(path(name))), fixture.now);
}

fn reload(fixture: &mut AppFixture, name: &str, tiles: Vec<Tile>) -> Vec<Effect> {
    let definition = Dashboard { tiles, ..Dashboard::default() };
    fixture.app.update(Event::Files(FilesEvent::DashboardChanged(path(name), Box::new(Ok(definition)))), fixture.now)
}

fn tile_names(app: &App, dashboard_name: &str) -> Option<Vec<String>> {
    let dashboard = app.dashboards.iter().find(|dashboard| dashboard.name == dashboard_name)?;
    Some(dashboard.tiles().map(|tile| tile.name.clone()).collect())
}

/// Returns a fixture with the dashboards `a` and `b`, each with text tiles, of which `b` is shown.
fn two_dashboards() -> AppFixture {
    let mut fixture = AppFixture::new(Vec::new());
    open(&mut fixture, "a", vec![text_tile("a1"), text_tile("a2")]);
    open(&mut fixture, "b", vec![text_tile("b1"), text_tile("b2")]);
    open(&mut fixture, "d", vec![text_tile("d1"), text_tile("d2")]);
    fixture.dispatch(Action::ShowTab(2));
    fixture
}

/// Like [`two_dashboards`], with an open form in which `!` was added to the name of the tile `b1`.
fn two_dashboards_and_form() -> AppFixture {
    let mut fixture = two_dashboards();
    fixture.dispatch(Action::Edit(EditAction::Edit));
    fixture.dispatch(Action::Paste("!".into()));
    fixture
}

fn dashboard_names(app: &App) -> Vec<&str> {
    app.dashboards.iter().map(|dashboard| dashboard.name.as_str()).collect()
}

#[test]
fn moved_tab_stays_on_the_screen_and_messages_still_reach_its_tiles() {
    let mut fixture = two_dashboards();
    assert_eq!(dashboard_names(&fixture.app), ["dashboard", "a", "b", "d"]);
    for (offset, order) in
        [(-1, ["dashboard", "b", "a", "d"]), (-2, ["dashboard", "a", "d", "b"]), (1, ["b", "dashboard", "a", "d"])]
    {
        fixture.dispatch(Action::MoveTab(offset));
        assert_eq!(dashboard_names(&fixture.app), order, "{offset}");
        assert_eq!(fixture.app.current_dashboard().unwrap().name, "b");
        let payload = offset.to_string();
        fixture.receive_message("b1", payload.as_bytes());
        let (_, state) = fixture.app.current_dashboard().unwrap().tile(0).unwrap();
        assert_eq!(*state.value.as_ref().unwrap().text, *payload);
    }
}

#[test]
fn closed_tab_shows_its_neighbor_but_one_without_file_stays() {
    let mut fixture = two_dashboards();
    fixture.dispatch(Action::CloseTab);
    assert_eq!(dashboard_names(&fixture.app), ["dashboard", "a", "d"]);
    assert_eq!(fixture.app.current_dashboard().unwrap().name, "d");
    assert_eq!(fixture.app.notice().unwrap().text, "Closed b: the list of dashboards opens it again");
    fixture.dispatch(Action::ShowTab(0));
    fixture.dispatch(Action::CloseTab);
    assert_eq!(dashboard_names(&fixture.app), ["dashboard", "a", "d"]);
    assert_eq!(fixture.app.notice().unwrap().text, "dashboard has no file: closed, it would be lost");
}

fn published_topics(effects: Vec<Effect>) -> Vec<String> {
    publish_requests(effects).iter().map(|request| request.topic.as_str().to_owned()).collect()
}

#[test]
fn question_to_delete_tile_deletes_that_tile_after_another_dashboard_closed() {
    let mut fixture = two_dashboards();
    fixture.dispatch(Action::Edit(EditAction::Delete));
    close(&mut fixture, "a");
    fixture.dispatch(Action::Accept);
    assert_eq!(tile_names(&fixture.app, "b").unwrap(), ["b2"]);
    assert_eq!(tile_names(&fixture.app, "d").unwrap(), ["d1", "d2"]);
}

#[test]
fn question_to_delete_tile_closes_with_its_dashboard() {
    let mut fixture = two_dashboards();
    fixture.dispatch(Action::Edit(EditAction::Delete));
    close(&mut fixture, "b");
    assert!(matches!(fixture.app.focus, Screen::Dashboard(_)));
    fixture.dispatch(Action::Accept);
    assert_eq!(tile_names(&fixture.app, "a").unwrap(), ["a1", "a2"]);
    assert_eq!(tile_names(&fixture.app, "d").unwrap(), ["d1", "d2"]);
}

#[test]
fn prompt_publishes_to_its_tile_after_another_dashboard_closed() {
    let mut fixture = two_dashboards();
    fixture.press_tile(1);
    close(&mut fixture, "a");
    fixture.dispatch(Action::Paste("x".into()));
    assert_eq!(published_topics(fixture.dispatch(Action::Accept)), ["b2"]);
}

#[test]
fn form_saves_its_tile_after_another_dashboard_closed() {
    let mut fixture = two_dashboards_and_form();
    close(&mut fixture, "a");
    fixture.dispatch(Action::Accept);
    assert_eq!(tile_names(&fixture.app, "b").unwrap(), ["b1!", "b2"]);
    assert_eq!(tile_names(&fixture.app, "d").unwrap(), ["d1", "d2"]);
}

#[test]
fn form_of_closed_dashboard_stays_open_with_its_input() {
    let mut fixture = two_dashboards_and_form();
    close(&mut fixture, "b");
    assert_eq!(fixture.dispatch(Action::Accept), []);
    assert!(fixture.app.form().is_some());
    assert!(fixture.app.notice().unwrap().text.starts_with("Not saved: the dashboard of this form was closed"));
}

#[test]
fn retained_messages_are_deleted_on_the_connection_that_was_asked_about() {
    let mut fixture = AppFixture::new(vec![text_tile("x")]);
    fixture.open_dashboard("other", vec![text_tile("y")]);
    fixture.app.dashboards[0].path = Some(path("x"));
    fixture.app.dashboards[1].path = Some(path("y"));
    fixture.dispatch(Action::Edit(EditAction::ClearRetained));
    close(&mut fixture, "x");
    let effects = fixture.dispatch(Action::Accept);
    let [Effect::Mqtt(MqttEffect::Publish(connection, request))] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((*connection, request.topic.as_str()), (ConnectionId(1), "y"));
}

#[test]
fn moved_tile_is_saved_on_its_dashboard_after_another_one_closed() {
    let mut fixture = two_dashboards();
    fixture.dispatch(Action::Edit(EditAction::MoveTile));
    fixture.dispatch(Action::MoveInDialog(Direction::Last));
    close(&mut fixture, "a");
    fixture.dispatch(Action::Accept);
    assert_eq!(tile_names(&fixture.app, "b").unwrap(), ["b2", "b1"]);
    assert_eq!(tile_names(&fixture.app, "d").unwrap(), ["d1", "d2"]);
}

#[test]
fn decoded_image_is_shown_on_its_tile_after_a_swap() {
    let mut fixture = AppFixture::new(Vec::new());
    open(&mut fixture, "a", vec![image_tile("one"), image_tile("two")]);
    let effects = fixture.receive_message_effects("one", b"png");
    let [Effect::Media(MediaEffect::Decode(id, _))] = effects[..] else { panic!("{effects:?}") };
    reload(&mut fixture, "a", vec![image_tile("two"), image_tile("one")]);
    fixture
        .app
        .update(Event::Media(MediaEvent::Decoded(id, Ok(DecodedImage::still(1, 1, [1, 2, 3].into())))), fixture.now);
    let dashboard = fixture.app.current_dashboard().unwrap();
    let with_image: Vec<bool> = [0, 1].map(|index| dashboard.tile(index).unwrap().1.image.is_some()).into();
    assert_eq!(with_image, [false, true]);
}

#[test]
fn dashboard_that_opens_late_leaves_the_open_form_alone() {
    let mut fixture = two_dashboards_and_form();
    open(&mut fixture, "late", vec![text_tile("late1")]);
    assert_eq!(fixture.app.notice().unwrap().text, "late is open on tab 5");
    fixture.dispatch(Action::Paste("?".into()));
    fixture.dispatch(Action::Accept);
    assert_eq!(tile_names(&fixture.app, "b").unwrap(), ["b1!?", "b2"]);
    assert_eq!(tile_names(&fixture.app, "late").unwrap(), ["late1"]);
}

#[test]
fn dashboard_that_opens_late_does_not_get_the_next_keys() {
    let mut fixture = two_dashboards();
    fixture.dispatch(Action::MoveSelection(Direction::Right));
    open(&mut fixture, "late", vec![text_tile("late1"), text_tile("late2")]);
    fixture.dispatch(Action::Press);
    fixture.dispatch(Action::Paste("x".into()));
    assert_eq!(published_topics(fixture.dispatch(Action::Accept)), ["b2"]);
}

#[test]
fn dashboard_that_the_user_waits_for_is_shown() {
    let mut fixture = two_dashboards();
    fixture.dispatch(Action::Edit(EditAction::ListDashboards));
    fixture.app.editor_state.dashboard_files = vec!["late".into()];
    fixture.dispatch(Action::MoveInDialog(Direction::Last));
    fixture.dispatch(Action::Accept);
    open(&mut fixture, "late", vec![text_tile("late1")]);
    assert_eq!(fixture.app.current_dashboard().unwrap().name, "late");
}

#[test]
fn question_about_a_connection_does_not_replace_an_open_form() {
    let mut fixture = two_dashboards_and_form();
    let key = SecretKey::Password;
    let prompt =
        SecretPrompt { profile: "hub".into(), purpose: SecretPurpose::Open(None), key, entered: Secrets::default() };
    for result in [MqttEvent::SecretRequired(Box::new(prompt)), MqttEvent::NoDashboard("hub".into())] {
        fixture.app.update(Event::Mqtt(result), fixture.now);
        assert!(fixture.app.form().is_some());
        assert!(fixture.app.notice().unwrap().text.starts_with("hub "));
    }
}

/// What happens in the property test.
#[derive(Debug, Clone)]
enum Step {
    Open(usize),
    Close(usize),
    /// Reload a dashboard with these tiles, as far as they are its own.
    Reload(usize, Vec<usize>),
    Move(usize, Direction),
    Receive(usize),
    Press(usize),
    ShowTab(usize),
    MoveTab(isize),
    CloseTab,
    /// Deliver one of the results that have not arrived.
    Deliver(usize),
}

fn any_step() -> impl Strategy<Value = Step> {
    let direction = prop::sample::select(vec![Direction::Left, Direction::Right, Direction::First, Direction::Last]);
    prop_oneof![
        (0_usize..3).prop_map(Step::Open),
        (0_usize..3).prop_map(Step::Close),
        (0_usize..3, prop::sample::subsequence((0..6).collect::<Vec<_>>(), 0..6).prop_shuffle())
            .prop_map(|(dashboard, tiles)| Step::Reload(dashboard, tiles)),
        (0_usize..6, direction).prop_map(|(tile, direction)| Step::Move(tile, direction)),
        (0_usize..18).prop_map(Step::Receive),
        (0_usize..6).prop_map(Step::Press),
        (0_usize..4).prop_map(Step::ShowTab),
        (-3_isize..4).prop_map(Step::MoveTab),
        Just(Step::CloseTab),
        any::<usize>().prop_map(Step::Deliver),
    ]
}

/// A result that has not arrived: the name of its tile and the event.
enum Late {
    Image(String, TileId),
    Failure(String, PublishId),
}

/// Runs steps, and keeps by name what the results belong to.
#[derive(Default)]
struct SlowModel {
    late: Vec<Late>,
    names: HashMap<TileId, String>,
}

impl SlowModel {
    fn record(&mut self, app: &App, effects: Vec<Effect>) {
        for dashboard in &app.dashboards {
            for (id, tile) in dashboard.tile_ids().iter().zip(dashboard.tiles()) {
                let name = self.names.entry(*id).or_insert_with(|| tile.name.clone());
                assert_eq!(*name, tile.name, "an identifier belongs to one tile");
            }
        }
        for effect in effects {
            match effect {
                Effect::Media(MediaEffect::Decode(id, bytes)) => {
                    let name = String::from_utf8(bytes.to_vec()).unwrap();
                    assert_eq!(self.names[&id], name, "the payload is that of the tile");
                    self.late.push(Late::Image(name, id));
                }
                Effect::Mqtt(MqttEffect::Publish(_, request)) => {
                    self.late.push(Late::Failure(request.topic.as_str().to_owned(), request.id));
                }
                _ => {}
            }
        }
    }

    fn check(app: &App) {
        for dashboard in &app.dashboards {
            for (tile, state) in (0..).map_while(|index| dashboard.tile(index)) {
                if let Some(image) = &state.image {
                    assert_eq!(*image, image_named(&tile.name), "{}", tile.name);
                }
                if let Some(TileError::NotSent(reason)) = &state.error {
                    assert_eq!(*reason, tile.name);
                }
            }
        }
    }
}

/// Returns an image that only results for this tile contain.
fn image_named(name: &str) -> DecodedImage {
    let bytes = name.as_bytes();
    DecodedImage::still(1, 1, [bytes[0], bytes[1], bytes.len().try_into().unwrap()].into())
}

/// Returns a tile of a dashboard: even ones show images, odd ones publish text.
fn numbered_tile(dashboard: usize, number: usize) -> Tile {
    let name = format!("{}{}", ["a", "b", "c"][dashboard], number);
    if number.is_multiple_of(2) { image_tile(&name) } else { text_tile(&name) }
}

fn run_step(fixture: &mut AppFixture, model: &mut SlowModel, step: &Step) -> Vec<Effect> {
    let names = ["a", "b", "c"];
    let tiles = |dashboard: usize, numbers: &[usize]| -> Vec<Tile> {
        numbers.iter().map(|number| numbered_tile(dashboard, *number)).collect()
    };
    match step {
        Step::Open(dashboard) => open(fixture, names[*dashboard], tiles(*dashboard, &[0, 1, 2, 3, 4, 5])),
        Step::Close(dashboard) => {
            close(fixture, names[*dashboard]);
            Vec::new()
        }
        Step::Reload(dashboard, numbers) => reload(fixture, names[*dashboard], tiles(*dashboard, numbers)),
        Step::Move(tile, direction) => {
            fixture.dispatch(Action::MoveSelection(Direction::First));
            for _ in 0..*tile {
                fixture.dispatch(Action::MoveSelection(Direction::Right));
            }
            fixture.dispatch(Action::Edit(EditAction::MoveTile));
            fixture.dispatch(Action::MoveInDialog(*direction));
            fixture.dispatch(Action::Accept)
        }
        Step::Receive(number) => {
            let name = numbered_tile(number / 6, number % 6).name;
            fixture.receive_message_effects(&name, name.as_bytes())
        }
        Step::Press(tile) => {
            fixture.press_tile(*tile);
            fixture.dispatch(Action::Paste("x".into()));
            let effects = fixture.dispatch(Action::Accept);
            fixture.dispatch(Action::Cancel);
            effects
        }
        Step::ShowTab(index) => fixture.dispatch(Action::ShowTab(*index)),
        Step::MoveTab(offset) => fixture.dispatch(Action::MoveTab(*offset)),
        Step::CloseTab => fixture.dispatch(Action::CloseTab),
        Step::Deliver(_) if model.late.is_empty() => Vec::new(),
        Step::Deliver(index) => {
            let index = index % model.late.len();
            let event = match model.late.swap_remove(index) {
                Late::Image(name, id) => Event::Media(MediaEvent::Decoded(id, Ok(image_named(&name)))),
                Late::Failure(name, id) => Event::Mqtt(MqttEvent::Connection(
                    ConnectionId(0),
                    ConnectionEvent::PublishStatus(id, PublishStatus::Failed(name)),
                )),
            };
            fixture.app.update(event, fixture.now)
        }
    }
}

proptest! {
    #[test]
    fn late_results_never_reach_another_tile(steps in prop::collection::vec(any_step(), 0..80)) {
        let (mut fixture, mut model) = (AppFixture::new(Vec::new()), SlowModel::default());
        for step in steps {
            let mut effects = run_step(&mut fixture, &mut model, &step);
            effects.extend(fixture.advance(150));
            effects.extend(fixture.app.resolve_values(fixture.now));
            model.record(&fixture.app, effects);
            SlowModel::check(&fixture.app);
        }
    }
}
