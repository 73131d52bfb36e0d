//! Scripts that run endlessly or exhaust memory: each is stopped, and the next run is not affected.

use std::time::{Duration, Instant};

use mqtt_dash::model::script::{ScriptError, ScriptEvent, ScriptResult, TileScripts};

use crate::fixtures::scripts::{ScriptFixture, TILE, received};

/// Far above every limit: a script that runs for so long is never stopped.
const TIME_LIMIT: Duration = Duration::from_secs(5);

#[test]
fn stopped_script_rests_until_tap_or_change() {
    let mut fixture = ScriptFixture::new();
    let script = "if (event.topic) for (;;); event.preventDefault = true";
    let scripts =
        TileScripts { on_receive: Some(script.into()), on_tap: Some(script.into()), ..TileScripts::default() };
    fixture.engine.set_scripts(TILE, scripts);
    let error: ScriptError = fixture.run(TILE, received("t", "x")).result.unwrap_err();
    assert_eq!(error.to_string(), "on_receive was stopped: it ran for more than 50 ms");
    let start = Instant::now();
    assert_eq!((0..1_000).filter(|_| fixture.run(TILE, received("t", "x")).result.is_err()).count(), 1_000);
    assert!(start.elapsed() < TIME_LIMIT);
    assert_eq!(fixture.run(TILE, ScriptEvent::Tap).result, Ok(ScriptResult::Tap { prevent_default: true }));
}

#[test]
fn text_with_what_looks_like_a_big_int_is_allowed() {
    let mut fixture = ScriptFixture::new();
    for (script, expected) in [
        ("event.payload = '5n'", "5n"),
        ("event.payload = /^5n$/.test('5n') // 5n", "true"),
        ("event.payload = eval(\"'5n' + 1\")", "5n1"),
        ("event.payload = new Function('return `5n`')()", "5n"),
        ("var x5n = 1; event.payload = x5n", "1"),
        ("event.payload = 0x5 + 5", "10"),
        ("event.payload = '\\p{x}' + /\\p{2}/.test('pp') + new RegExp('\\\\p{2}').test('pp')", "p{x}truetrue"),
        ("event.payload = new RegExp(/A/g, 'i').test('a') + new RegExp(/A/i).flags", "truei"),
    ] {
        assert_eq!(fixture.set_and_receive(TILE, script).as_deref(), Ok(expected), "{script}");
    }
    for script in [
        "5n",
        "event.payload = 0xfn",
        "eval('5n')",
        "Array.prototype.every = () => true; new Function('5n')",
        "new Function('return 1_000n')",
        "`${5n}`",
        "/'/; 5n; /'/",
        "/\\p{L}/u",
        "eval('/\\\\p{L}/u')",
    ] {
        let error = fixture.set_and_receive(TILE, script).unwrap_err().to_string();
        assert!(error.ends_with("SyntaxError: BigInt and \\p{…} are not available"), "{script}: {error}");
    }
}

#[test]
fn eval_sees_what_the_script_was_called_with() {
    let mut fixture = ScriptFixture::new();
    for (script, expected) in [
        ("event.payload = eval('event.payload + 1')", "in1"),
        ("eval('var x = 5'); event.payload = x", "5"),
        ("event.payload = eval('(' + '{\"a\": 1}' + ')').a", "1"),
        ("event.payload = eval(7) + typeof eval('1; \"x\"')", "7string"),
    ] {
        assert_eq!(fixture.set_and_receive(TILE, script).as_deref(), Ok(expected), "{script}");
    }
}
