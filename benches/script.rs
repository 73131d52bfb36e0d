//! How long a tile's scripts take.

use std::sync::Arc;

use divan::Bencher;
use mqtt_dash::{
    model::script::{Call, Look, Moment, Scripts, Showing, Shown, TileId},
    script::Engine,
};

fn main() {
    divan::main();
}

fn engine(scripts: &Scripts, tiles: u32) -> Option<Engine> {
    let mut engine = Engine::new(Arc::default()).ok()?;
    for tile in 0..tiles {
        engine.set(TileId(tile), scripts.clone());
    }
    Some(engine)
}

fn showing(text: &str) -> Moment {
    let look = Look::Text { text: text.to_owned(), color: None };
    let shown = Shown { look, last_activity: "1 min ago".to_owned(), name: "Hall".to_owned(), blink: false };
    Moment::Display(Box::new(Showing {
        value: text.into(),
        last_payload: Some(text.into()),
        seconds_since: Some(61.0),
        shown,
    }))
}

fn call(bencher: Bencher<'_, '_>, scripts: &Scripts, moment: Moment) {
    let Some(mut engine) = engine(scripts, 1) else {
        return;
    };
    let call = Call { tile: TileId(0), ticket: 0, moment };
    assert!(engine.run(&call).answer.is_ok());
    bencher.bench_local(|| engine.run(&call));
}

#[divan::bench]
fn receive(bencher: Bencher<'_, '_>) {
    let script = "event.payload = event.payload * 2;";
    let moment = Moment::Receive { topic: "house/hall".into(), payload: "14.1".into() };
    call(bencher, &Scripts { on_receive: Some(script.into()), ..Scripts::default() }, moment);
}

#[divan::bench]
fn display(bencher: Bencher<'_, '_>) {
    let script = "event.textColor = event.text > 13.5 ? '#ff0000' : '#00ff00';";
    call(bencher, &Scripts { on_display: Some(script.into()), ..Scripts::default() }, showing("14.1"));
}

#[divan::bench]
fn display_with_builtins(bencher: Bencher<'_, '_>) {
    let script = "event.text = Math.round(parseFloat(event.text)).toString().toUpperCase() + ' °C';";
    call(bencher, &Scripts { on_display: Some(script.into()), ..Scripts::default() }, showing("14.1"));
}

#[divan::bench]
fn tap_that_publishes(bencher: Bencher<'_, '_>) {
    let script = "app.publish('car/c5/sub', 'ref', false, 0);";
    call(bencher, &Scripts { on_tap: Some(script.into()), ..Scripts::default() }, Moment::Tap);
}

#[divan::bench]
fn blink(bencher: Bencher<'_, '_>) {
    call(bencher, &Scripts { blink: Some("val > 13.5".into()), ..Scripts::default() }, showing("14.1"));
}

/// One second of a large dashboard.
#[divan::bench]
fn display_of_1000_tiles(bencher: Bencher<'_, '_>) {
    let scripts = Scripts {
        on_display: Some("event.data = (event.data || 0) + 1; event.text += ' °C';".into()),
        blink: Some("val > 13.5".into()),
        ..Scripts::default()
    };
    let Some(mut engine) = engine(&scripts, 1_000) else {
        return;
    };
    let calls: Vec<Call> =
        (0..1_000).map(|tile| Call { tile: TileId(tile), ticket: 0, moment: showing("14.1") }).collect();
    bencher.bench_local(|| calls.iter().map(|call| engine.run(call)).filter(|outcome| outcome.answer.is_ok()).count());
}

/// What it takes to begin anew after a script has spoiled everything.
#[divan::bench]
fn build() -> bool {
    Engine::new(Arc::default()).is_ok()
}
