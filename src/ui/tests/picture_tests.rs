//! The pictures of the explorer in `docs/`, which `UPDATE_DOCS=1 cargo test --lib picture` draws again.

use super::{
    explorer_tests::{act, receive_at},
    *,
};
use crate::{app::ExploreAction, model::topic::TopicFilter, ui::svg::to_svg};

fn at(millis: u64) -> Time {
    NOW.saturating_add(std::time::Duration::from_millis(millis))
}

/// The explorer of a home, with a topic selected, for 20 seconds in which a camera and a meter send a lot.
fn explorer_of_home() -> App {
    let mut app = app_without_image((104, 27));
    app.connections[0].explore = vec![TopicFilter::new("#").unwrap()];
    app.update(Event::Action(Action::Explore(ExploreAction::Open)), NOW);
    for (topic, payload) in [
        ("home/hall/motion", "OFF"),
        ("home/kitchen/lamp", "ON"),
        ("home/kitchen/lamp/set", "ON"),
        ("tele/plug/LWT", "Online"),
        ("zigbee2mqtt/bridge/state", "{\"state\":\"online\"}"),
        ("zigbee2mqtt/climate", "{\"temperature\":20.0,\"humidity\":50,\"battery\":97}"),
        ("zigbee2mqtt/door", "{\"contact\":true,\"battery\":80,\"linkquality\":120}"),
    ] {
        receive_at(&mut app, NOW, Message { retain: true, ..message(topic, payload.as_bytes()) });
    }
    act(&mut app, &[Action::Filter, Action::Paste("climate".into()), Action::Accept, Action::Cancel]);
    for tick in 1..=200 {
        let now = at(tick * 100);
        receive_at(&mut app, now, message("camera/front/snapshot", &[0xff, 0xd8, 0xff, 0xe0].repeat(700)));
        if tick % 4 == 0 {
            receive_at(&mut app, now, message("tele/plug/power", (80 + tick % 9).to_string().as_bytes()));
        }
        if tick % 40 == 0 {
            let (degrees, humidity) = (format!("{}.{}", 20 + tick / 100, tick / 40), 50 - tick / 50);
            let climate = format!("{{\"temperature\":{degrees},\"humidity\":{humidity},\"battery\":97}}");
            receive_at(&mut app, now, message("zigbee2mqtt/climate", climate.as_bytes()));
        }
    }
    app
}

fn assert_picture(name: &str, app: &App) {
    let mut terminal = Terminal::new(TestBackend::new(app.size.0, app.size.1)).unwrap();
    let config = ui_config(ColorDepth::TrueColor);
    let mut layout = ScreenLayout::default();
    terminal.draw(|frame| super::super::draw(frame.buffer_mut(), app, &config, at(20_000), &mut layout)).unwrap();
    let picture = to_svg(terminal.backend().buffer());
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::io::Write::write_all(&mut std::fs::File::create(&path).unwrap(), picture.as_bytes()).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == picture, "{} is out of date: UPDATE_DOCS=1 cargo test --lib picture", path.display());
}

#[test]
fn picture_of_the_tree_is_up_to_date() {
    let mut app = explorer_of_home();
    act(
        &mut app,
        &[Action::CycleFocus(1), Action::MoveInDialog(Direction::Down), Action::MoveInDialog(Direction::Down)],
    );
    assert_picture("explorer.svg", &app);
}

#[test]
fn picture_of_the_busiest_topics_is_up_to_date() {
    let mut app = explorer_of_home();
    act(&mut app, &[Action::Explore(ExploreAction::Busiest), Action::MoveInDialog(Direction::Down)]);
    assert_picture("explorer-busiest.svg", &app);
}
