//! Scripts of tiles: values survive the way into JavaScript and back, and whatever a script does, the next one of
//! another dashboard works.
#![no_main]

use std::sync::Arc;

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use mqtt_dash::{
    model::{
        color::{Color, Rgb},
        id::{DashboardId, TileId},
        script::{ScriptEvent, ScriptRequest, ScriptResponse, ScriptResult, TileScripts, ViewInput, ViewOverride},
        script_view::{ScriptValue, ScriptView},
    },
    script::Engine,
};

/// The tile with the script of the input, and a tile of another dashboard.
const TILE: TileId = TileId(1);
const OTHER: TileId = TileId(2);
/// The names of the fields of a view: a script sees them as `event.…`.
const NAMES: [&str; 4] = ["text", "progress", "isOn", "textColor"];
/// Scripts that use what scripts are given; the input adds its own text.
const SCRIPTS: [&str; 8] = [
    "",
    "event.payload = event.payload",
    "event.text = event.text + ",
    "app.publish(event.topic, ",
    "event.data = ",
    "for (const key in event) event[key] = ",
    "event.textColor = ",
    "throw ",
];

fn text(input: &mut Unstructured<'_>) -> Result<Arc<str>> {
    Ok(input.arbitrary::<&str>()?.into())
}

fn view(input: &mut Unstructured<'_>) -> Result<ScriptView> {
    let number: f64 = input.arbitrary()?;
    let [r, g, b] = input.arbitrary()?;
    let color = input.arbitrary::<bool>()?.then_some(Color::Rgb(Rgb(r, g, b)));
    Ok(ScriptView::new([
        (NAMES[0], ScriptValue::Text(text(input)?.to_string())),
        (NAMES[1], ScriptValue::Number(if number.is_nan() { 0.0 } else { number })),
        (NAMES[2], ScriptValue::Bool(input.arbitrary()?)),
        (NAMES[3], ScriptValue::Color(color)),
    ]))
}

fn display(input: &mut Unstructured<'_>) -> Result<ViewInput> {
    let defaults = ViewOverride {
        view: view(input)?,
        last_activity: "now".to_owned(),
        name: text(input)?.to_string(),
        blink: false,
    };
    Ok(ViewInput {
        value: text(input)?,
        last_payload: Some(text(input)?),
        seconds_since_message: input.arbitrary::<u16>().ok().map(f64::from),
        defaults,
    })
}

fn run_on(engine: &mut Engine, tile_id: TileId, event: ScriptEvent) -> ScriptResponse {
    engine.run(&ScriptRequest { tile_id, request_id: 7, event })
}

fn check(response: &ScriptResponse, tile: TileId) {
    assert_eq!((response.tile_id, response.request_id), (tile, 7));
    if let Ok(ScriptResult::Display(shown, _)) = &response.result {
        let names: Vec<&str> = shown.view.fields().map(|(name, _)| &**name).collect();
        assert_eq!(names, NAMES);
        for (_, value) in shown.view.fields() {
            assert!(!matches!(value, ScriptValue::Number(number) if number.is_nan()));
        }
    }
}

fn run(input: &mut Unstructured<'_>) -> Result<()> {
    let mut engine = Engine::new(Arc::default()).expect("the engine starts");
    let (payload, shown) = (text(input)?, display(input)?);
    let given = shown.defaults.clone();
    // Without a change, everything comes back as it was.
    let identity = TileScripts {
        dashboard: DashboardId(2),
        on_receive: Some("event.payload = event.payload + '!'".into()),
        on_display: Some("event.text = event.text".into()),
        ..TileScripts::default()
    };
    engine.set_scripts(OTHER, identity);
    let source: Arc<str> = format!("{}{}", input.choose(&SCRIPTS)?, input.arbitrary::<&str>()?).into();
    let hostile = TileScripts {
        dashboard: DashboardId(1),
        on_receive: Some(source.clone()),
        on_display: Some(source.clone()),
        on_tap: Some(source.clone()),
        blink: input.arbitrary::<bool>()?.then_some(source),
    };
    engine.set_scripts(TILE, hostile);
    let received = |payload: &Arc<str>| ScriptEvent::Receive { topic: "a/b".into(), payload: payload.clone() };
    for event in [received(&payload), ScriptEvent::Tap, ScriptEvent::Display(Box::new(shown.clone()))] {
        check(&run_on(&mut engine, TILE, event), TILE);
        let response = run_on(&mut engine, OTHER, received(&payload));
        assert_eq!(response.result, Ok(ScriptResult::Receive(Some(format!("{payload}!")))));
    }
    let response = run_on(&mut engine, OTHER, ScriptEvent::Display(Box::new(shown)));
    assert_eq!(response.result, Ok(ScriptResult::Display(Box::new(given), Vec::new())));
    assert!(response.publish_requests.is_empty() && response.urls_to_open.is_empty());
    Ok(())
}

fuzz_target!(|data: &[u8]| {
    // The end of the input is no failure.
    let _ = run(&mut Unstructured::new(data));
});
