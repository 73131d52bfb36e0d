//! What just happened, as a screen and below the tiles, and the list of what can be done with a tile.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::*;
use crate::{
    app::{ActivitySubject, Effect, MqttEffect},
    model::connection::PublishStatus,
    ui::{key_bindings, keymap::Keymap, mouse},
};

/// Receives a message some seconds after the other ones.
fn receive(app: &mut App, seconds: u64, topic: &str, payload: &str) {
    let now = NOW.saturating_add(Duration::from_secs(seconds));
    let messages = ConnectionEvent::messages([message(topic, payload.as_bytes())]);
    app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), messages)), now);
    app.resolve_values(now);
}

/// Makes some things happen: changes, a press that the broker has delivered, one that is not sent, a lost connection.
fn let_things_happen(app: &mut App) {
    receive(app, 10, "mode", "s");
    let press = |app: &mut App, seconds: u64| {
        let now = NOW.saturating_add(Duration::from_secs(seconds));
        app.update(Event::Action(Action::SelectTile(0)), now);
        let effects = app.update(Event::Action(Action::Press), now);
        let id = effects.iter().find_map(|effect| match effect {
            Effect::Mqtt(MqttEffect::Publish(_, request)) => Some(request.id),
            _ => None,
        });
        (id.unwrap(), now)
    };
    press(app, 20);
    receive(app, 21, "lamp", "0");
    let (id, now) = press(app, 40);
    let failed = PublishStatus::Failed("not sent: not connected".into());
    app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), ConnectionEvent::PublishStatus(id, failed))), now);
    lose_connection(app, "nothing listens on localhost:1883");
    set_connection_state(app, ConnectionState::Connected);
    app.update(Event::Action(Action::Cancel), now);
}

#[test]
fn log_of_what_just_happened_renders() {
    assert_snapshots_at_all_sizes("activity", |app| {
        let_things_happen(app);
        apply_actions(app, &[Action::ShowActivity, Action::MoveInDialog(Direction::Down)]);
    });
    assert_snapshots_at_all_sizes("activity-filter", |app| {
        let_things_happen(app);
        apply_actions(app, &[Action::ShowActivity, Action::Filter, Action::Paste("you".into())]);
    });
}

#[test]
fn border_of_a_tile_confirms_only_what_came_on_another_topic() {
    let tile = "[[tile]]\nkind = \"switch\"\ntopic = \"lamp\"\n";
    for (publish_topic, shown, hidden) in [("lamp", "» at broker", "✓ 1.0 s"), ("lamp/set", "✓ 1.0 s", "at broker")]
    {
        let mut app = app_with_dashboard((80, 24), &format!("{tile}publish_topic = \"{publish_topic}\"\n"));
        apply_actions(&mut app, &[Action::SelectTile(0), Action::Press]);
        receive(&mut app, 1, "lamp", "1");
        let screen = render_with(&app, &ui_config(ColorDepth::None), NOW.saturating_add(Duration::from_secs(3)));
        assert!(screen.contains(shown) && !screen.contains(hidden), "{screen}");
    }
}

#[test]
fn log_shows_dates_of_old_entries_and_what_will_appear_while_it_is_empty() {
    let mut app = App::new((40, 12));
    apply_actions(&mut app, &[Action::ShowActivity]);
    let screen = render(&app, ColorDepth::None);
    assert!(screen.contains("will appear here"), "{screen}");
    let mut app = app_with_values((80, 24));
    apply_actions(&mut app, &[Action::ShowActivity]);
    let later = NOW.saturating_add(Duration::from_hours(24));
    for (size, row) in [((80, 24), "Nov 14, 22:13  hub "), ((40, 12), "Nov 14 hub ")] {
        app.update(Event::Shell(ShellEvent::Resize(size.0, size.1)), NOW);
        let screen = render_with(&app, &ui_config(ColorDepth::None), later);
        assert!(screen.contains(row), "{screen}");
    }
}

#[test]
fn log_is_below_the_tiles_only_where_they_leave_six_rows() {
    let has_log = |size: (u16, u16), prepare: &dyn Fn(&mut App)| {
        let mut app = app_with_values(size);
        prepare(&mut app);
        let screen = render(&app, ColorDepth::None);
        screen.contains("─ Just happened ──") && screen.contains("22:13:20  hub")
    };
    assert!(has_log((200, 60), &|_| {}));
    assert!(!has_log((80, 24), &|_| {}) && !has_log((40, 12), &|_| {}));
    assert!(!has_log((200, 60), &|app| app.environment.kiosk = true));
    assert!(!has_log((200, 60), &|app| app.single_frame = true));
    assert!(!has_log((200, 60), &|app| app.dashboards[0].definition.view = DashboardView::List));
    let mut app = app_with_values((200, 60));
    app.dashboards[0].definition.tiles.clear();
    assert!(!render(&app, ColorDepth::None).contains("Just happened"));
    for height in 8..80 {
        let app = app_with_values((200, height));
        let free = app.dashboards[0].free_rows(app.size);
        assert_eq!(render(&app, ColorDepth::None).contains("Just happened"), free >= 6, "{height}: {free}");
    }
}

#[test]
fn click_on_an_entry_below_the_tiles_selects_its_tile_and_publishes_nothing() {
    let mut app = app_with_values((200, 60));
    let_things_happen(&mut app);
    let screen = render(&app, ColorDepth::None);
    let row = screen.lines().position(|line| line.contains("Fast → Slow")).unwrap();
    let position = (20, u16::try_from(row).unwrap());
    let id = app.dashboards[0].tile_id(3).unwrap();
    for kind in [MouseEventKind::Down(MouseButton::Left), MouseEventKind::Up(MouseButton::Left)] {
        let action = mouse_action(&app, kind, position);
        if matches!(kind, MouseEventKind::Down(_)) {
            assert_eq!(action, Some(Action::Click(Box::new(Action::GoTo(ActivitySubject::Tile(id))))));
        }
        // Not right after the list of entries was closed.
        let now = NOW.saturating_add(Duration::from_secs(1));
        let effects = action.map(|action| app.update(Event::Action(action), now)).unwrap_or_default();
        assert!(effects.is_empty(), "{effects:?}");
    }
    assert_eq!(app.dashboards[0].selected, 3);
    assert_eq!(mouse_action(&app, MouseEventKind::Down(MouseButton::Right), position), None);
}

fn mouse_action(app: &App, kind: MouseEventKind, (column, row): (u16, u16)) -> Option<Action> {
    let mut buf = Buffer::empty(Rect::new(0, 0, app.size.0, app.size.1));
    let mut layout = ScreenLayout::default();
    super::super::draw(&mut buf, app, &ui_config(ColorDepth::None), NOW, &mut layout);
    mouse::action_for_mouse(
        app,
        &layout,
        &Keymap::default(),
        MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE },
    )
}

#[test]
fn tile_menu_renders() {
    assert_snapshots_at_all_sizes("tile-menu", |app| apply_actions(app, &[Action::OpenTileMenu(Some(1))]));
}

/// Returns the names of what the menu of a tile lists.
fn menu_of(app: &mut App, index: usize) -> Vec<&'static str> {
    apply_actions(app, &[Action::OpenTileMenu(Some(index))]);
    let Screen::TileMenu(menu) = &app.focus else { panic!("{:?}", app.focus) };
    menu.items.iter().map(|item| item.name).collect()
}

#[test]
fn right_click_selects_the_tile_and_lists_what_is_available() {
    let mut app = app_with_values((80, 24));
    let action = mouse_action(&app, MouseEventKind::Down(MouseButton::Right), (30, 3));
    assert_eq!(action, Some(Action::OpenTileMenu(Some(1))));
    let all =
        ["press", "step-down", "step-up", "edit", "clone", "delete", "move", "clear-retained", "detail", "copy-value"];
    assert_eq!(menu_of(&mut app, 1), all);
    assert_eq!(app.dashboards[0].selected, 1);
    apply_actions(&mut app, &[Action::Cancel]);
    let read_only = menu_of(&mut app, 2);
    assert_eq!(
        read_only,
        all.iter().copied().filter(|name| !["press", "step-down", "step-up"].contains(name)).collect::<Vec<_>>()
    );
    apply_actions(&mut app, &[Action::Cancel]);
    app.environment.kiosk = true;
    assert_eq!(menu_of(&mut app, 0), ["press", "detail", "copy-value"]);
}

fn press_key(app: &mut App, code: KeyCode) -> Vec<Effect> {
    let action = key_bindings::action_for_key(app, &Keymap::default(), &KeyEvent::new(code, KeyModifiers::NONE));
    action.map(|action| app.update(Event::Action(action), NOW)).unwrap_or_default()
}

#[test]
fn tile_menu_runs_the_selected_item_or_that_of_a_key() {
    let mut app = app_with_values((80, 24));
    press_key(&mut app, KeyCode::Char('.'));
    let effects = press_key(&mut app, KeyCode::Enter);
    assert!(matches!(effects[..], [Effect::Mqtt(MqttEffect::Publish(..))]), "{effects:?}");
    assert!(app.dashboard_has_focus());
    press_key(&mut app, KeyCode::Char('.'));
    press_key(&mut app, KeyCode::Char('i'));
    assert!(matches!(app.focus, Screen::Detail(_)), "{:?}", app.focus);
    press_key(&mut app, KeyCode::Esc);
    app.environment.kiosk = true;
    press_key(&mut app, KeyCode::Char('.'));
    press_key(&mut app, KeyCode::Char('d'));
    assert!(matches!(app.focus, Screen::TileMenu(_)), "it is not listed: {:?}", app.focus);
}

#[test]
fn tile_menu_refuses_what_was_locked_meanwhile_and_does_not_press_what_must_be_held() {
    let text = "[[tile]]\nkind = \"switch\"\ntopic = \"gate\"\npublish_topic = \"gate/set\"\nconfirm = \"hold\"\n";
    let mut app = app_with_dashboard((80, 24), text);
    for _ in 0..100 {
        assert_eq!(menu_of(&mut app, 0)[0], "press");
        assert_eq!(press_key(&mut app, KeyCode::Enter), []);
    }
    assert!(app.notice().unwrap().text.contains("holding"), "{:?}", app.notice());
    menu_of(&mut app, 0);
    app.environment.kiosk = true;
    apply_actions(&mut app, &[Action::AcceptOption(1)]);
    assert_eq!(app.notice().unwrap().text, "Kiosk mode: editing is disabled");
}

#[test]
fn tile_menu_ends_what_the_left_button_has_begun() {
    let mut app = app_with_values((80, 24));
    apply_actions(&mut app, &[Action::PointerDown(0), Action::PointerUp(Some(0)), Action::PointerDown(0)]);
    apply_actions(&mut app, &[Action::OpenTileMenu(Some(0)), Action::Cancel]);
    assert_eq!(app.update(Event::Action(Action::PointerUp(Some(0))), NOW), []);
}
