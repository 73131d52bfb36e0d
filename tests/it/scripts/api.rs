//! What scripts can read and what their changes do.

use mqtt_dash::model::{
    color::{Color, Rgb},
    connection::Qos,
    script::{
        ScriptError, ScriptEvent, ScriptKind, ScriptResponse, ScriptResult, TileScripts, ViewInput, ViewOverride,
    },
    script_view::{ScriptValue, ScriptView},
};

use crate::fixtures::scripts::{
    OTHER_TILE, ScriptFixture, TICKET, TILE, on_display, on_receive, on_tap, received, text_view,
};

/// Presses a tile with this script.
fn tap(script: &str) -> ScriptResponse {
    let mut fixture = ScriptFixture::new();
    fixture.engine.set_scripts(TILE, on_tap(script));
    fixture.run(TILE, ScriptEvent::Tap)
}

/// Receives a message on a tile with this script.
fn receive(script: &str, topic: &str, payload: &str) -> ScriptResponse {
    let mut fixture = ScriptFixture::new();
    fixture.engine.set_scripts(TILE, on_receive(script));
    fixture.run(TILE, received(topic, payload))
}

fn display_input(view: ScriptView) -> ViewInput {
    ViewInput {
        value: "14.1".into(),
        last_payload: Some("{\"t\":14.1}".into()),
        seconds_since_message: Some(61.0),
        defaults: ViewOverride { view, last_activity: "1 min ago".into(), name: "Hall".into(), blink: false },
    }
}

/// Displays a tile with these scripts, of which none may fail.
fn display_with(scripts: TileScripts, input: ViewInput) -> Result<ViewOverride, ScriptError> {
    let (shown, errors) = display_with_errors(scripts, input)?;
    errors.into_iter().next().map_or(Ok(shown), Err)
}

/// Displays a tile with these scripts. Returns what it shows, and what is wrong with it.
fn display_with_errors(
    scripts: TileScripts,
    input: ViewInput,
) -> Result<(ViewOverride, Vec<ScriptError>), ScriptError> {
    let mut fixture = ScriptFixture::new();
    fixture.engine.set_scripts(TILE, scripts);
    match fixture.run(TILE, ScriptEvent::Display(Box::new(input))).result? {
        ScriptResult::Display(shown, errors) => Ok((*shown, errors)),
        other => panic!("{other:?}"),
    }
}

/// Displays a tile with this script.
fn display(script: &str, view: ScriptView) -> Result<ViewOverride, ScriptError> {
    display_with(on_display(script), display_input(view))
}

fn text() -> ScriptView {
    text_view("14.1")
}

fn payload(outcome: ScriptResponse) -> Option<String> {
    match outcome.result {
        Ok(ScriptResult::Receive(payload)) => payload,
        other => panic!("{other:?}"),
    }
}

fn error_text(outcome: ScriptResponse) -> String {
    outcome.result.expect_err("the script fails").to_string()
}

const ORANGE: Option<Color> = Some(Color::Rgb(Rgb(255, 128, 0)));

#[test]
fn app_publish_queues_messages_with_qos_and_retain() {
    let outcome = tap("app.publish('a/b', '{\"cmd\":20}', true, 2); app.publish('c', 1.50); app.publish('d', null)");
    let messages: Vec<_> = outcome
        .publish_requests
        .iter()
        .map(|message| (message.topic.as_str(), message.payload.as_str(), message.retain, message.qos))
        .collect();
    assert_eq!(
        messages,
        [
            ("a/b", "{\"cmd\":20}", true, Qos::ExactlyOnce),
            ("c", "1.5", false, Qos::AtMostOnce),
            ("d", "", false, Qos::AtMostOnce)
        ]
    );
    assert_eq!((outcome.tile_id, outcome.request_id), (TILE, TICKET));
}

#[test]
fn invalid_app_publish_is_an_error_with_line() {
    assert_eq!(
        error_text(tap("\napp.publish('a/#', '', false, 0)")),
        "on_tap, line 2: TypeError: app.publish: invalid topic: a topic to publish to must not contain wildcards"
    );
    assert_eq!(
        error_text(tap("\n\napp.publish('a', '', false, 3)")),
        "on_tap, line 3: RangeError: app.publish: qos must be 0, 1 or 2"
    );
}

#[test]
fn messages_before_an_error_are_published() {
    let outcome = tap("app.publish('a', 'x', false, 0); nothing()");
    assert_eq!(outcome.publish_requests.len(), 1);
    assert_eq!(error_text(outcome), "on_tap, line 1: ReferenceError: nothing is not defined");
}

#[test]
fn texts_that_a_tile_shows_are_limited() {
    for field in ["text", "name", "lastActivityString"] {
        assert!(display(&format!("event.{field} = 'x'.repeat(65536)"), text()).is_ok(), "{field}");
        let error = display(&format!("event.{field} = 'x'.repeat(65537)"), text()).unwrap_err().to_string();
        assert!(error.ends_with("RangeError: a text of 65537 characters is too long"), "{error}");
    }
}

#[test]
fn messages_are_returned_only_once() {
    let mut fixture = ScriptFixture::new();
    fixture.engine.set_scripts(TILE, on_tap("app.publish('a', 'x', false, 0)"));
    fixture.engine.set_scripts(OTHER_TILE, on_tap("if ("));
    let tiles = [OTHER_TILE, TILE, OTHER_TILE, TILE];
    assert_eq!(tiles.map(|tile| fixture.run(tile, ScriptEvent::Tap).publish_requests.len()), [0, 1, 0, 1]);
}

#[test]
fn app_open_uri_queues_link() {
    let outcome = receive("app.openUri('https://x.y/?q=' + event.payload)", "t", "1,2");
    assert_eq!(outcome.urls_to_open, ["https://x.y/?q=1,2"]);
    assert_eq!(payload(outcome), None);
}

#[test]
fn event_payload_is_converted_to_text_and_topic_is_read_only() {
    assert_eq!(payload(receive("event.payload = event.topic + '=' + event.payload", "a/b", "é")).unwrap(), "a/b=é");
    assert_eq!(payload(receive("event.topic = 'x'", "a/b", "1")), None);
    for (given, expected) in [
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
        assert_eq!(payload(receive(&format!("event.payload = {given}"), "t", "x")).unwrap(), expected, "{given}");
    }
}

#[test]
fn event_prevent_default_is_returned_by_tap() {
    for (script, expected) in [("", false), ("event.preventDefault = true", true), ("event.preventDefault = 1", true)] {
        assert_eq!(tap(script).result, Ok(ScriptResult::Tap { prevent_default: expected }), "{script}");
    }
}

#[test]
fn last_payload_and_seconds_since_activity_are_readable() {
    let shown = display("event.text = event.getLastPayload() + ' ' + event.getSecondsSinceLastActivity()", text());
    assert_eq!(shown.unwrap().view, text_view("{\"t\":14.1} 61"));
    let without_message = ViewInput { last_payload: None, seconds_since_message: None, ..display_input(text()) };
    let script = "event.text = event.getLastPayload() === null && event.getSecondsSinceLastActivity() > 1e9";
    let shown = display_with(on_display(script), without_message).unwrap();
    assert_eq!(shown.view, text_view("true"));
}

#[test]
fn on_display_changes_last_activity_blink_and_name() {
    let script = "event.lastActivityString += '!'; event.blink = !event.blink; event.name = event.name + ' 2'";
    let shown = display(script, text()).unwrap();
    assert_eq!((&*shown.last_activity, shown.blink, &*shown.name), ("1 min ago!", true, "Hall 2"));
    assert_eq!(shown.view, text());
}

#[test]
fn on_display_changes_text_and_text_color() {
    let shown = display("event.text = +event.text + 1; event.textColor = '#FF8000'", text()).unwrap();
    assert_eq!(shown.view, ScriptView::of_text("15.1".into(), ORANGE));
    let error = display("event.textColor = 'bleu'", text()).unwrap_err();
    assert_eq!(error.to_string(), "on_display: event.textColor: `bleu` is not a color; write it like #ff8000");
}

#[test]
fn invalid_output_of_on_display_costs_only_itself() {
    let view = |text: &str, level| {
        let level = ("level", ScriptValue::Number(level));
        ScriptView::new([("text", ScriptValue::Text(text.into())), level, ("textColor", ScriptValue::Color(ORANGE))])
    };
    let scripts = TileScripts {
        on_display: Some("event.textColor = '#f00'; event.level = 'x'; event.text = 'hot'; event.blink = true".into()),
        blink: Some("nothing > 1".into()),
        ..TileScripts::default()
    };
    let (shown, errors) = display_with_errors(scripts, display_input(view("14.1", 2.0))).unwrap();
    assert_eq!((shown.view, shown.blink), (view("hot", 2.0), true));
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        errors,
        [
            "on_display: event.level is not a number, event.textColor: `#f00` is not a color; write it like #ff8000",
            "blink, line 1: ReferenceError: nothing is not defined"
        ]
    );
}

#[test]
fn on_display_changes_switch_state_and_icon_color() {
    let switch = |on, color| ScriptView::new([("on", ScriptValue::Bool(on)), ("iconColor", ScriptValue::Color(color))]);
    let named = Some(Color::Ansi(12));
    let shown = display("event.on = event.on === null", switch(None, named)).unwrap();
    assert_eq!(shown.view, switch(Some(true), named));
    assert_eq!(display("event.iconColor = ''", switch(None, ORANGE)).unwrap().view, switch(None, None));
}

#[test]
fn on_display_changes_range_progress_color_and_text() {
    let range = |progress, color, text: &str| {
        let (progress, color) = (ScriptValue::Number(progress), ScriptValue::Color(color));
        ScriptView::new([("progress", progress), ("progressColor", color), ("text", ScriptValue::Text(text.into()))])
    };
    let before = range(25.0, None, "12.5");
    let script = "event.progress = event.progress * 2; event.progressColor = '#ff8000'; event.text = 'half'";
    assert_eq!(display(script, before.clone()).unwrap().view, range(50.0, ORANGE, "half"));
    for (given, expected) in [("250", 250.0), ("-3", -3.0), ("'40'", 40.0), ("Infinity", f64::INFINITY)] {
        let shown = display(&format!("event.progress = {given}"), before.clone()).unwrap();
        assert_eq!(shown.view.number("progress"), Some(expected), "{given}");
    }
    let error = display("event.progress = 'warm'", before).unwrap_err();
    assert_eq!(error.to_string(), "on_display: event.progress is not a number");
}

#[test]
fn on_display_changes_image_url_and_color() {
    let image = |url: &str| ScriptView::new([("url", ScriptValue::Text(url.into()))]);
    assert_eq!(display("event.url += '/b'", image("http://a")).unwrap().view, image("http://a/b"));
    let color = |color| ScriptView::new([("color", ScriptValue::Color(color))]);
    let script = "event.color = event.color == '#ff8000' ? '#000001' : 'x'";
    assert_eq!(display(script, color(ORANGE)).unwrap().view, color(Some(Color::Rgb(Rgb(0, 0, 1)))));
}

#[test]
fn on_display_sees_every_field_under_its_name() {
    let view = |seen: &str| {
        ScriptView::new([
            ("zone", ScriptValue::Text(seen.into())),
            ("level", ScriptValue::Number(2.5)),
            ("alarm", ScriptValue::Bool(Some(false))),
            ("needle", ScriptValue::Color(None)),
        ])
    };
    let script = "event.zone = JSON.stringify([event.zone, event.level, event.alarm, event.needle])";
    assert_eq!(display(script, view("a")).unwrap().view, view("[\"a\",2.5,false,\"\"]"));
}

#[test]
fn blink_evaluates_expression_over_val_and_secs() {
    for (expression, expected) in [
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
        let scripts = TileScripts { blink: Some(expression.into()), ..TileScripts::default() };
        assert_eq!(display_with(scripts, display_input(text())).map(|shown| shown.blink), Ok(expected), "{expression}");
    }
}

#[test]
fn on_display_overrides_blink_expression() {
    let scripts = TileScripts {
        blink: Some("val > 13.5".into()),
        on_display: Some("event.text = event.blink; event.blink = false".into()),
        ..TileScripts::default()
    };
    let shown = display_with(scripts, display_input(text())).unwrap();
    assert_eq!((shown.blink, shown.view), (false, text_view("true")));
}

#[test]
fn tile_without_scripts_is_unchanged() {
    assert_eq!(display_with(TileScripts::default(), display_input(text())), Ok(display_input(text()).defaults));
}

#[test]
fn script_errors_name_script_and_line() {
    for (script, expected) in [
        ("var a = 1;\n\nb.c = a;", "on_tap, line 3: ReferenceError: b is not defined"),
        ("if (", "on_tap, line 2: SyntaxError: unexpected token in expression: '}'"),
        ("\nvar = 3", "on_tap, line 2: SyntaxError: variable name expected"),
        ("}), (function () {", "on_tap: SyntaxError: unexpected closing bracket"),
        ("throw null", "on_tap: threw null"),
        ("throw 'so'", "on_tap: threw 'so'"),
        ("throw {toString() { throw 1 }}", "on_tap: threw a value that has no text"),
        ("throw {toString() { for (;;); }}", "on_tap: threw a value that has no text"),
        ("throw new RangeError('x')", "on_tap, line 1: RangeError: x"),
    ] {
        let outcome = tap(script);
        assert_eq!(outcome.publish_requests, []);
        assert_eq!(error_text(outcome), expected, "{script}");
    }
    assert!(matches!(
        tap("x"),
        ScriptResponse { result: Err(ScriptError::Exception { script: ScriptKind::OnTap, line: Some(1), .. }), .. }
    ));
}
