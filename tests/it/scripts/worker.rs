//! The script worker: the order of responses, waiting display requests, and scripts that cannot be interrupted.

use mqtt_dash::{
    model::{
        id::{DashboardId, TileId},
        script::{ScriptError, ScriptEvent, ScriptKind, ScriptResponse, ScriptResult, TileScripts},
    },
    script::{EngineProgram, RunError},
};

use crate::fixtures::{
    cpu_lock::CpuLock,
    script_worker::ScriptWorkerFixture,
    scripts::{OTHER_TILE, TILE, empty_display, on_display, on_receive, on_tap, received, text_view},
};

const DASHBOARD: DashboardId = DashboardId(1);
const OTHER_DASHBOARD: DashboardId = DashboardId(2);
/// A tile of the other dashboard.
const REMOTE_TILE: TileId = TileId(3);
const COUNT: &str = "event.data = (event.data || 0) + 1; event.payload = event.data";
/// All conversions are one step, which takes longer than a script may on a processor of any speed.
const HANG: &str = "var s = '1'; for (var i = 0; i < 22; i++) s += s; Math.max.apply(null, Array(500).fill(s))";

fn message() -> ScriptEvent {
    received("t", "x")
}

fn display(text: &str) -> ScriptEvent {
    empty_display(text_view(text))
}

fn payload(response: &ScriptResponse) -> Result<&str, &ScriptError> {
    match response.result.as_ref()? {
        ScriptResult::Receive(payload) => Ok(payload.as_deref().unwrap_or_default()),
        other => panic!("{other:?}"),
    }
}

fn payloads(responses: &[ScriptResponse]) -> Vec<Result<&str, &ScriptError>> {
    responses.iter().map(payload).collect()
}

#[test]
fn responses_arrive_in_order_of_requests() {
    let mut fixture = ScriptWorkerFixture::new();
    fixture.set(DASHBOARD, TILE, on_receive(COUNT));
    fixture.set(DASHBOARD, OTHER_TILE, on_receive("event.payload = 'b'"));
    let requests = [TILE, OTHER_TILE, TILE, TILE].map(|tile| fixture.send(tile, message()));
    let responses = fixture.receive(4);
    assert_eq!(responses.iter().map(|response| response.request_id).collect::<Vec<_>>(), requests);
    assert_eq!(payloads(&responses), [Ok("1"), Ok("b"), Ok("2"), Ok("3")]);
}

#[test]
fn only_last_waiting_display_request_is_answered() {
    let mut fixture = ScriptWorkerFixture::new();
    fixture.set(DASHBOARD, TILE, on_display("event.name = 'x'"));
    fixture.set(DASHBOARD, OTHER_TILE, on_display("event.name = 'x'"));
    // They wait while the process starts.
    let last = (0..100).map(|number| fixture.send(TILE, display(&number.to_string()))).last().unwrap();
    let other = fixture.send(OTHER_TILE, display("x"));
    let responses = fixture.receive(2);
    let numbers: Vec<u64> = responses.iter().map(|response| response.request_id).collect();
    // One may have been sent before the others came.
    assert!(numbers == [last, other] || numbers[0] < last && numbers[1] == last, "{numbers:?}");
}

#[test]
fn thousands_of_tiles_are_accepted_at_once() {
    const TILES: u32 = 3_000;
    let mut fixture = ScriptWorkerFixture::new();
    for tile in (0..TILES).map(TileId) {
        fixture.set(DASHBOARD, tile, on_tap("event.preventDefault = true"));
    }
    for tile in (0..TILES).map(TileId) {
        fixture.send(tile, ScriptEvent::Tap);
    }
    for (tile, response) in (0..TILES).map(TileId).zip(fixture.receive(TILES as usize)) {
        assert_eq!((response.tile_id, response.result), (tile, Ok(ScriptResult::Tap { prevent_default: true })));
    }
}

#[test]
fn tile_without_scripts_is_refused() {
    let mut fixture = ScriptWorkerFixture::new();
    fixture.set(DASHBOARD, OTHER_TILE, on_receive(COUNT));
    fixture.set(DASHBOARD, TILE, on_receive(COUNT));
    fixture.set(DASHBOARD, TILE, TileScripts::default());
    let request = mqtt_dash::model::script::ScriptRequest { tile_id: TILE, request_id: 1, event: message() };
    assert_eq!(fixture.worker.as_mut().unwrap().run(request), Err(RunError::NoScripts));
}

#[test]
fn script_that_cannot_be_interrupted_costs_its_tile_only() {
    let _lock = CpuLock::shared();
    let mut fixture = ScriptWorkerFixture::new();
    fixture.set(DASHBOARD, TILE, on_receive(HANG));
    fixture.set(DASHBOARD, OTHER_TILE, on_receive(COUNT));
    fixture.set(OTHER_DASHBOARD, REMOTE_TILE, on_receive(COUNT));
    assert_eq!(payload(&fixture.run(REMOTE_TILE, message())), Ok("1"));
    let publish = TileScripts { on_tap: Some("app.publish('a', 'b')".into()), ..on_receive(COUNT) };
    fixture.set(DASHBOARD, OTHER_TILE, publish);
    let before = fixture.send(OTHER_TILE, ScriptEvent::Tap);
    for tile in [OTHER_TILE, TILE, OTHER_TILE, TILE] {
        fixture.send(tile, message());
    }
    let responses = fixture.receive(5);
    // What was done before is not repeated.
    assert_eq!((responses[0].request_id, responses[0].publish_requests.len()), (before, 1));
    let of = |tile: TileId| responses[1..].iter().filter(move |response| response.tile_id == tile).map(payload);
    // The data of the dashboard is restored in its new process.
    assert_eq!(of(OTHER_TILE).collect::<Vec<_>>(), [Ok("1"), Ok("2")]);
    assert_eq!(of(TILE).collect::<Vec<_>>(), [Err(&ScriptError::Disabled), Err(&ScriptError::Disabled)]);
    assert_eq!(payload(&fixture.run(TILE, message())), Err(&ScriptError::Disabled));
    assert_eq!(payload(&fixture.run(OTHER_TILE, message())), Ok("3"));
    assert_eq!(payload(&fixture.run(REMOTE_TILE, message())), Ok("2"));
    fixture.set(DASHBOARD, TILE, on_receive("event.payload = 'a'"));
    assert_eq!(payload(&fixture.run(TILE, message())), Ok("a"));
    assert_eq!(payload(&fixture.run(OTHER_TILE, message())), Ok("4"));
}

#[test]
fn small_plain_data_is_restored_in_another_process() {
    let _lock = CpuLock::shared();
    for (stored, restored) in [
        (
            "{a: [1, 'é', null, {b: true}], '__proto__x': -1.5}",
            "{\"a\":[1,\"é\",null,{\"b\":true}],\"__proto__x\":-1.5}",
        ),
        ("'x'", "\"x\""),
        ("0", "0"),
        ("[]", "[]"),
        ("new Array(900).fill(7).join('')", &format!("\"{}\"", "7".repeat(900))),
        // Too large, or with more than values.
        ("'x'.repeat(1e4)", "none"),
        ("new Array(1e5).fill(0)", "none"),
        ("new Map([[1, 2]])", "none"),
        ("new Date(0)", "none"),
        ("() => 1", "none"),
        ("[undefined]", "none"),
        ("[1, , 2]", "none"),
        ("Infinity", "none"),
        ("{get a() { return 1 }}", "none"),
        ("Object.create({a: 1})", "none"),
        ("(() => { var a = []; a.push(a); return a })()", "none"),
        ("(Array.prototype.toJSON = () => 'x'.repeat(1e5), [1])", "none"),
    ] {
        let mut fixture = ScriptWorkerFixture::new();
        let script = "if (event.topic === 'store') event.data = STORED;\
            else event.payload = event.data === undefined ? 'none' : JSON.stringify(event.data)";
        fixture.set(DASHBOARD, OTHER_TILE, on_receive(script.replace("STORED", stored)));
        fixture.set(DASHBOARD, TILE, on_receive(HANG));
        assert_eq!(payload(&fixture.run(OTHER_TILE, received("store", "x"))), Ok(""), "{stored}");
        assert_eq!(payload(&fixture.run(TILE, message())), Err(&ScriptError::Disabled), "{stored}");
        assert_eq!(payload(&fixture.run(OTHER_TILE, message())), Ok(restored), "{stored}");
        fixture.set(DASHBOARD, OTHER_TILE, TileScripts::default());
        fixture.set(DASHBOARD, OTHER_TILE, on_receive(script.replace("STORED", "1")));
        assert_eq!(payload(&fixture.run(OTHER_TILE, message())), Ok("none"), "{stored}");
    }
}

#[test]
fn process_that_ends_again_and_again_is_not_started_without_end() {
    let _lock = CpuLock::shared();
    let mut fixture = ScriptWorkerFixture::new();
    fixture.set(OTHER_DASHBOARD, REMOTE_TILE, on_receive(COUNT));
    let hanging = (10..25).map(TileId);
    for tile in hanging.clone() {
        fixture.set(DASHBOARD, tile, on_receive(HANG));
    }
    for tile in hanging.clone() {
        fixture.send(tile, message());
    }
    let responses = fixture.receive(hanging.len());
    let results: Vec<_> = responses.iter().map(|response| payload(response).unwrap_err().to_string()).collect();
    let (disabled, refused) = results.split_at(10);
    assert!(disabled.iter().all(|error| *error == ScriptError::Disabled.to_string()), "{results:#?}");
    let expected = "scripts cannot run: a script could not be interrupted; 10 starts within 60 s";
    assert!(refused.iter().all(|error| error.starts_with(expected)), "{results:#?}");
    assert_eq!(payload(&fixture.run(REMOTE_TILE, message())), Ok("1"));
}

#[test]
fn engine_that_cannot_be_started_is_reported_with_the_reason() {
    for (program, reason) in [
        ("/does/not/exist", "their process cannot be started: No such file or directory"),
        ("/bin/false", "their process has ended (exit status: 1)"),
        ("/bin/echo", "their process sent what is not valid"),
    ] {
        let mut fixture = ScriptWorkerFixture::with_program(EngineProgram::at(program));
        fixture.set(DASHBOARD, TILE, on_receive(COUNT));
        let error = fixture.run(TILE, message()).result.unwrap_err().to_string();
        assert!(error.starts_with(&format!("scripts cannot run: {reason}")), "{error}");
    }
}

#[test]
fn payload_that_exceeds_the_memory_of_a_call_is_refused() {
    let mut fixture = ScriptWorkerFixture::new();
    fixture.set(DASHBOARD, TILE, on_receive(COUNT));
    let large = received("t", &"x".repeat(100 << 20));
    assert_eq!(fixture.run(TILE, large).result, Err(ScriptError::MemoryLimitExceeded(ScriptKind::OnReceive, 16)));
    let script = format!("/*{}*/", "é".repeat(40 << 20));
    fixture.set(DASHBOARD, TILE, on_receive(script));
    let error = fixture.run(TILE, message()).result.unwrap_err().to_string();
    assert_eq!(error, "on_receive: the script is longer than 64 KiB");
    fixture.set(DASHBOARD, TILE, on_receive(COUNT));
    assert_eq!(payload(&fixture.run(TILE, message())), Ok("1"));
}

#[test]
fn worker_ends_when_dropped() {
    let mut fixture = ScriptWorkerFixture::new();
    fixture.set(DASHBOARD, TILE, on_receive(COUNT));
    assert_eq!(payload(&fixture.run(TILE, message())), Ok("1"));
    fixture.end();
}
