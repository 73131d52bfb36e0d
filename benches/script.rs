//! How long the scripts of tiles take.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use divan::Bencher;
use mqtt_dash::{
    app::{Action, App, DashboardFile, Effect, Event, MqttEvent, OpenedDashboards, ScriptsEffect},
    model::{
        connection::ConnectionId,
        id::{DashboardId, TileId},
        profile::Profile,
        script::{ScriptEvent, ScriptRequest, TileScripts, ViewInput, ViewOverride},
        script_view::ScriptView,
        time::Time,
    },
    script::Engine,
};

use fixtures::{
    process::{ProcessUsage, children, proportional_memory, resident_memory},
    script_worker::ScriptWorkerFixture,
};

#[path = "../tests/fixtures/mod.rs"]
mod fixtures;

fn main() {
    divan::main();
    compare_with_process(1_000, 20);
    if let Some(share) = share_of_a_core(1_000, 10) {
        println!("1000 tiles with on_display, once a second, through the app and the worker: {share:.2} % of a core");
    }
}

/// Prints what a display script costs in the engine, and through the worker with an engine process.
fn compare_with_process(tiles: u32, rounds: u32) {
    let scripts = TileScripts {
        dashboard: DashboardId(1),
        on_display: Some("event.textColor = event.text > 13.5 ? '#ff0000' : '#00ff00';".into()),
        ..TileScripts::default()
    };
    let Some(mut engine) = engine(&scripts, tiles) else { return };
    let mut in_engine = || {
        for tile in (0..tiles).map(TileId) {
            let request = ScriptRequest { tile_id: tile, request_id: 0, event: display_event("14.1") };
            assert!(engine.run(&request).result.is_ok());
        }
    };
    let mut fixture = ScriptWorkerFixture::new();
    for tile in (0..tiles).map(TileId) {
        fixture.set(DashboardId(1), tile, scripts.clone());
    }
    let mut in_process = |together: usize| {
        let all: Vec<TileId> = (0..tiles).map(TileId).collect();
        for part in all.chunks(together) {
            for tile in part {
                fixture.send(*tile, display_event("14.1"));
            }
            assert!(fixture.receive(part.len()).iter().all(|response| response.result.is_ok()));
        }
    };
    let cost = |run: &mut dyn FnMut()| {
        run();
        let (start, before) = (Instant::now(), cpu());
        (0..rounds).for_each(|_| run());
        let calls = f64::from(rounds * tiles);
        (1e6 * cpu().saturating_sub(before).as_secs_f64() / calls, 1e6 * start.elapsed().as_secs_f64() / calls)
    };
    let (engine_cpu, engine_time) = cost(&mut in_engine);
    println!("on_display in the engine: {engine_cpu:.1} µs of processor time, {engine_time:.1} µs");
    for together in [tiles as usize, 1] {
        let (cpu, time) = cost(&mut || in_process(together));
        let ratio = cpu / engine_cpu;
        println!(
            "through a process, {together} at once: {cpu:.1} µs of processor time ({ratio:.1} times), {time:.1} µs"
        );
    }
    for pid in children() {
        let (resident, proportional) = (resident_memory(pid), proportional_memory(pid));
        println!("an engine process with {tiles} tiles: {resident} KiB resident, {proportional} KiB proportional");
    }
}

/// The share of a core, in percent, that is used to run the scripts of this many tiles once a second through
/// the worker. `None` where the kernel does not report the processor time.
fn share_of_a_core(tiles: u32, seconds: u32) -> Option<f64> {
    let tile = "[[tile]]\nkind = \"text\"\non_display = \"event.data = (event.data || 0) + 1; event.text = event.data + ' °C'\"\n";
    let file = format!("tile_size = \"small\"\ncolumns = 100\n{}", tile.repeat(tiles as usize));
    let definition = mqtt_dash::config::read_dashboard("bench.toml", &file).ok()?;
    let begin = Instant::now();
    let now = || Time::from_millis(u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX));
    let mut fixture = ScriptWorkerFixture::new();
    // All tiles are visible.
    let mut app = App::new((1_600, 400));
    let files = vec![DashboardFile { name: "bench".to_owned(), path: None, definition }];
    let opened = OpenedDashboards { connection: ConnectionId(0), profile: Profile::default(), files, explore: None };
    app.update(Event::Mqtt(MqttEvent::DashboardsOpened(Box::new(opened))), now());
    app.update(Event::Action(Action::ReviewPermissions), now());
    app.limit_scroll(Some(mqtt_dash::app::ScrollExtent { max: 0, rows: 1 }));
    let mut effects = app.update(Event::Action(Action::Accept), now());
    let mut before = None;
    let (mut answers, mut rounds) = (0, 0);
    while rounds <= seconds {
        let mut pending = 0;
        for effect in effects.drain(..) {
            match effect {
                Effect::Scripts(ScriptsEffect::SetScripts(tile, scripts)) => {
                    fixture.set(scripts.dashboard, tile, scripts);
                }
                Effect::Scripts(ScriptsEffect::Run(call)) => {
                    pending += 1;
                    fixture.worker.as_mut()?.run(*call).ok()?;
                }
                _ => {}
            }
        }
        for outcome in fixture.receive(pending) {
            answers += u32::from(outcome.result.is_ok());
            effects.extend(app.update(Event::Scripts(Box::new(outcome)), now()));
        }
        effects.extend(app.resolve_values(now()));
        // Scripts are compiled in the first round.
        let (at, used) = *before.get_or_insert((Instant::now(), cpu()));
        if rounds == seconds {
            assert_eq!(answers, tiles * (seconds + 1));
            return Some(100.0 * cpu().saturating_sub(used).as_secs_f64() / at.elapsed().as_secs_f64());
        }
        while effects.is_empty() {
            let wake = app.next_wakeup(now())?;
            std::thread::sleep(wake.since(now()));
            effects.extend(app.update(Event::Timer, now()));
        }
        rounds += 1;
    }
    None
}

/// The processor time of this program and its engine processes.
fn cpu() -> Duration {
    let own = i32::try_from(std::process::id()).unwrap_or_default();
    children().into_iter().chain([own]).map(|pid| ProcessUsage::of(pid).cpu).sum()
}

fn engine(scripts: &TileScripts, tiles: u32) -> Option<Engine> {
    let mut engine = Engine::new(Arc::default()).ok()?;
    for tile in 0..tiles {
        engine.set_scripts(TileId(tile), scripts.clone());
    }
    Some(engine)
}

fn display_event(text: &str) -> ScriptEvent {
    let view = ScriptView::of_text(text.to_owned(), None);
    let shown = ViewOverride { view, last_activity: "1 min ago".to_owned(), name: "Hall".to_owned(), blink: false };
    ScriptEvent::Display(Box::new(ViewInput {
        value: text.into(),
        last_payload: Some(text.into()),
        seconds_since_message: Some(61.0),
        defaults: shown,
    }))
}

fn bench_event(bencher: Bencher<'_, '_>, scripts: &TileScripts, event: ScriptEvent) {
    let Some(mut engine) = engine(scripts, 1) else {
        return;
    };
    let call = ScriptRequest { tile_id: TileId(0), request_id: 0, event };
    assert!(engine.run(&call).result.is_ok());
    bencher.bench_local(|| engine.run(&call));
}

#[divan::bench]
fn receive(bencher: Bencher<'_, '_>) {
    let script = "event.payload = event.payload * 2;";
    let moment = ScriptEvent::Receive { topic: "house/hall".into(), payload: "14.1".into() };
    bench_event(bencher, &TileScripts { on_receive: Some(script.into()), ..TileScripts::default() }, moment);
}

#[divan::bench]
fn display(bencher: Bencher<'_, '_>) {
    let script = "event.textColor = event.text > 13.5 ? '#ff0000' : '#00ff00';";
    bench_event(
        bencher,
        &TileScripts { on_display: Some(script.into()), ..TileScripts::default() },
        display_event("14.1"),
    );
}

#[divan::bench]
fn display_with_builtins(bencher: Bencher<'_, '_>) {
    let script = "event.text = Math.round(parseFloat(event.text)).toString().toUpperCase() + ' °C';";
    bench_event(
        bencher,
        &TileScripts { on_display: Some(script.into()), ..TileScripts::default() },
        display_event("14.1"),
    );
}

#[divan::bench]
fn tap_that_publishes(bencher: Bencher<'_, '_>) {
    let script = "app.publish('car/c5/sub', 'ref', false, 0);";
    bench_event(bencher, &TileScripts { on_tap: Some(script.into()), ..TileScripts::default() }, ScriptEvent::Tap);
}

#[divan::bench]
fn blink(bencher: Bencher<'_, '_>) {
    bench_event(
        bencher,
        &TileScripts { blink: Some("val > 13.5".into()), ..TileScripts::default() },
        display_event("14.1"),
    );
}

/// All display scripts of a large dashboard.
#[divan::bench]
fn display_of_1000_tiles(bencher: Bencher<'_, '_>) {
    let scripts = TileScripts {
        on_display: Some("event.data = (event.data || 0) + 1; event.text += ' °C';".into()),
        blink: Some("val > 13.5".into()),
        ..TileScripts::default()
    };
    let Some(mut engine) = engine(&scripts, 1_000) else {
        return;
    };
    let calls: Vec<ScriptRequest> = (0..1_000)
        .map(|tile| ScriptRequest { tile_id: TileId(tile), request_id: 0, event: display_event("14.1") })
        .collect();
    bencher.bench_local(|| calls.iter().map(|call| engine.run(call)).filter(|outcome| outcome.result.is_ok()).count());
}

/// Replacing the realm of a dashboard that a script has broken, and compiling a script in it.
#[divan::bench]
fn build() -> bool {
    let scripts = TileScripts { on_tap: Some("1".into()), ..TileScripts::default() };
    let call = ScriptRequest { tile_id: TileId(0), request_id: 0, event: ScriptEvent::Tap };
    engine(&scripts, 1).is_some_and(|mut engine| engine.run(&call).result.is_ok())
}
