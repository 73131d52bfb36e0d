//! What scripts see and what comes of what they write, row by row.

use std::sync::Arc;

use mqtt_dash::{
    model::{
        color::{Color, Rgb},
        line::Qos,
        script::{Answer, Call, Fault, Look, Moment, Outcome, Script, Scripts, Showing, Shown, TileId},
    },
    script::Engine,
};

const TILE: TileId = TileId(1);

fn engine() -> Engine {
    Engine::new(Arc::default()).expect("an engine")
}

fn tap(script: &str) -> Outcome {
    let mut engine = engine();
    engine.set(TILE, Scripts { on_tap: Some(script.into()), ..Scripts::default() });
    engine.run(&Call { tile: TILE, ticket: 7, moment: Moment::Tap })
}

fn receive(script: &str, topic: &str, payload: &str) -> Outcome {
    let mut engine = engine();
    engine.set(TILE, Scripts { on_receive: Some(script.into()), ..Scripts::default() });
    let moment = Moment::Receive { topic: topic.into(), payload: payload.into() };
    engine.run(&Call { tile: TILE, ticket: 7, moment })
}

fn showing(look: Look) -> Showing {
    Showing {
        value: "14.1".into(),
        last_payload: Some("{\"t\":14.1}".into()),
        seconds_since: Some(61.0),
        shown: Shown { look, last_activity: "1 min ago".into(), name: "Hall".into(), blink: false },
    }
}

fn show(scripts: Scripts, showing: Showing) -> Result<Shown, Fault> {
    let mut engine = engine();
    engine.set(TILE, scripts);
    match engine.run(&Call { tile: TILE, ticket: 7, moment: Moment::Display(Box::new(showing)) }).answer? {
        Answer::Display(shown) => Ok(*shown),
        other => panic!("{other:?}"),
    }
}

fn display(script: &str, look: Look) -> Result<Shown, Fault> {
    show(Scripts { on_display: Some(script.into()), ..Scripts::default() }, showing(look))
}

fn text() -> Look {
    Look::Text { text: "14.1".into(), color: None }
}

fn payload(outcome: Outcome) -> Option<String> {
    match outcome.answer {
        Ok(Answer::Receive(payload)) => payload,
        other => panic!("{other:?}"),
    }
}

fn message(outcome: Outcome) -> String {
    outcome.answer.expect_err("a fault").to_string()
}

const ORANGE: Option<Color> = Some(Color::Rgb(Rgb(255, 128, 0)));

#[test]
fn app_publish_queues_messages_with_qos_and_retain() {
    let outcome = tap("app.publish('a/b', '{\"cmd\":20}', true, 2); app.publish('c', 1.50); app.publish('d', null)");
    let said: Vec<_> = outcome
        .publishes
        .iter()
        .map(|order| (order.topic.as_str(), order.payload.as_str(), order.retain, order.qos))
        .collect();
    assert_eq!(
        said,
        [
            ("a/b", "{\"cmd\":20}", true, Qos::ExactlyOnce),
            ("c", "1.5", false, Qos::AtMostOnce),
            ("d", "", false, Qos::AtMostOnce)
        ]
    );
    assert_eq!((outcome.tile, outcome.ticket), (TILE, 7));
}

#[test]
fn invalid_app_publish_is_an_error_with_line() {
    assert_eq!(
        message(tap("\napp.publish('a/#', '', false, 0)")),
        "on_tap, line 2: TypeError: app.publish: the topic is wrong: a topic to publish to holds no wildcard"
    );
    assert_eq!(
        message(tap("\n\napp.publish('a', '', false, 3)")),
        "on_tap, line 3: RangeError: app.publish: qos is 0, 1 or 2"
    );
}

#[test]
fn messages_before_an_error_are_published() {
    let outcome = tap("app.publish('a', 'x', false, 0); nothing()");
    assert_eq!(outcome.publishes.len(), 1);
    assert_eq!(message(outcome), "on_tap, line 1: ReferenceError: nothing is not defined");
}

#[test]
fn messages_are_returned_only_once() {
    let mut engine = engine();
    let scripts = |script: &str| Scripts { on_tap: Some(script.into()), ..Scripts::default() };
    engine.set(TILE, scripts("app.publish('a', 'x', false, 0)"));
    engine.set(TileId(2), scripts("if ("));
    let mut tap = |tile: TileId| engine.run(&Call { tile, ticket: 0, moment: Moment::Tap }).publishes.len();
    assert_eq!([tap(TileId(2)), tap(TILE), tap(TileId(2)), tap(TILE)], [0, 1, 0, 1]);
}

#[test]
fn app_open_uri_queues_link() {
    let outcome = receive("app.openUri('https://x.y/?q=' + event.payload)", "t", "1,2");
    assert_eq!(outcome.links, ["https://x.y/?q=1,2"]);
    assert_eq!(payload(outcome), None);
}

#[test]
fn event_payload_is_converted_to_text_and_topic_is_read_only() {
    assert_eq!(payload(receive("event.payload = event.topic + '=' + event.payload", "a/b", "é")).unwrap(), "a/b=é");
    assert_eq!(payload(receive("event.topic = 'x'", "a/b", "1")), None);
    for (given, wanted) in [
        ("5", "5"),
        ("1.50", "1.5"),
        ("true", "true"),
        ("null", ""),
        ("undefined", ""),
        ("[1,2]", "1,2"),
        ("{toString() { return 'mine' }}", "mine"),
        ("'\\ud800'", "\u{fffd}"),
        ("'a\\0b'", "a\0b"),
    ] {
        assert_eq!(payload(receive(&format!("event.payload = {given}"), "t", "x")).unwrap(), wanted, "{given}");
    }
}

#[test]
fn event_prevent_default_is_returned_by_tap() {
    for (script, wanted) in [("", false), ("event.preventDefault = true", true), ("event.preventDefault = 1", true)] {
        assert_eq!(tap(script).answer, Ok(Answer::Tap { prevent_default: wanted }), "{script}");
    }
}

#[test]
fn last_payload_and_seconds_since_activity_are_readable() {
    let shown = display("event.text = event.getLastPayload() + ' ' + event.getSecondsSinceLastActivity()", text());
    assert_eq!(shown.unwrap().look, Look::Text { text: "{\"t\":14.1} 61".into(), color: None });
    let never = Showing { last_payload: None, seconds_since: None, ..showing(text()) };
    let script = "event.text = event.getLastPayload() === null && event.getSecondsSinceLastActivity() > 1e9";
    let shown = show(Scripts { on_display: Some(script.into()), ..Scripts::default() }, never).unwrap();
    assert_eq!(shown.look, Look::Text { text: "true".into(), color: None });
}

#[test]
fn on_display_changes_last_activity_blink_and_name() {
    let script = "event.lastActivityString += '!'; event.blink = !event.blink; event.name = event.name + ' 2'";
    let shown = display(script, text()).unwrap();
    assert_eq!((&*shown.last_activity, shown.blink, &*shown.name), ("1 min ago!", true, "Hall 2"));
    assert_eq!(shown.look, text());
}

#[test]
fn on_display_changes_text_and_text_color() {
    let shown = display("event.text = +event.text + 1; event.textColor = '#FF8000'", text()).unwrap();
    assert_eq!(shown.look, Look::Text { text: "15.1".into(), color: ORANGE });
    let fault = display("event.textColor = 'bleu'", text()).unwrap_err();
    assert_eq!(fault.to_string(), "on_display: event.textColor: `bleu` is not a colour; write it like #ff8000");
}

#[test]
fn on_display_changes_switch_state_and_icon_color() {
    let named = Some(Color::Named(12));
    let shown = display("event.on = event.on === null", Look::Switch { on: None, color: named }).unwrap();
    assert_eq!(shown.look, Look::Switch { on: Some(true), color: named });
    let unknown = Look::Switch { on: None, color: ORANGE };
    assert_eq!(display("event.iconColor = ''", unknown).unwrap().look, Look::Switch { on: None, color: None });
}

#[test]
fn on_display_changes_range_progress_color_and_text() {
    let before = Look::Range { progress: 25.0, color: None, text: "12.5".into() };
    let script = "event.progress = event.progress * 2; event.progressColor = '#ff8000'; event.text = 'half'";
    let after = Look::Range { progress: 50.0, color: ORANGE, text: "half".into() };
    assert_eq!(display(script, before.clone()).unwrap().look, after);
    for (given, wanted) in [("250", 100.0_f64), ("-3", 0.0), ("'40'", 40.0), ("Infinity", 100.0)] {
        let shown = display(&format!("event.progress = {given}"), before.clone()).unwrap();
        assert!(
            matches!(shown.look, Look::Range { progress, .. } if (progress - wanted).abs() < f64::EPSILON),
            "{given}"
        );
    }
    let fault = display("event.progress = 'warm'", before).unwrap_err();
    assert_eq!(fault.to_string(), "on_display: event.progress is not a number");
}

#[test]
fn on_display_changes_image_url_and_color() {
    let image = Look::Image { url: "http://a".into() };
    assert_eq!(display("event.url += '/b'", image).unwrap().look, Look::Image { url: "http://a/b".into() });
    let color = Look::Color { color: ORANGE };
    let script = "event.color = event.color == '#ff8000' ? '#000001' : 'x'";
    assert_eq!(display(script, color).unwrap().look, Look::Color { color: Some(Color::Rgb(Rgb(0, 0, 1))) });
}

#[test]
fn blink_evaluates_expression_over_val_and_secs() {
    for (expression, wanted) in [
        ("val > 13.5", true),
        ("val>13.5;", true),
        ("val > 13.5 // hot", true),
        ("val == 14.10", true),
        ("val === '14.1'", true),
        ("val > 100", false),
        ("secs > 60", true),
        ("secs > 60 && val < 10", false),
        ("", false),
        ("var x = val * 2; if (x > 20) { true } else { false }", true),
        ("'no'", true),
        ("0", false),
    ] {
        let scripts = Scripts { blink: Some(expression.into()), ..Scripts::default() };
        assert_eq!(show(scripts, showing(text())).map(|shown| shown.blink), Ok(wanted), "{expression}");
    }
}

#[test]
fn on_display_overrides_blink_expression() {
    let scripts = Scripts {
        blink: Some("val > 13.5".into()),
        on_display: Some("event.text = event.blink; event.blink = false".into()),
        ..Scripts::default()
    };
    let shown = show(scripts, showing(text())).unwrap();
    assert_eq!((shown.blink, shown.look), (false, Look::Text { text: "true".into(), color: None }));
}

#[test]
fn tile_without_scripts_is_unchanged() {
    assert_eq!(show(Scripts::default(), showing(text())), Ok(showing(text()).shown));
}

#[test]
fn script_errors_name_script_and_line() {
    for (script, wanted) in [
        ("var a = 1;\n\nb.c = a;", "on_tap, line 3: ReferenceError: b is not defined"),
        ("if (", "on_tap, line 2: SyntaxError: unexpected token in expression: '}'"),
        ("\nvar = 3", "on_tap, line 2: SyntaxError: variable name expected"),
        ("}), (function () {", "on_tap: SyntaxError: it closes a bracket that it does not open"),
        ("throw null", "on_tap: threw null"),
        ("throw 'so'", "on_tap: threw 'so'"),
        ("throw {toString() { throw 1 }}", "on_tap: threw something that has no text"),
        ("throw {toString() { for (;;); }}", "on_tap: threw something that has no text"),
        ("throw new RangeError('x')", "on_tap, line 1: RangeError: x"),
    ] {
        let outcome = tap(script);
        assert_eq!(outcome.publishes, []);
        assert_eq!(message(outcome), wanted, "{script}");
    }
    assert!(matches!(tap("x"), Outcome { answer: Err(Fault::Threw { script: Script::OnTap, line: Some(1), .. }), .. }));
}
