//! Every run of a script has a clean scope; only `event.data` outlives it, for its own tile.

use mqtt_dash::model::{
    id::TileId,
    script::{ScriptError, ScriptEvent, ScriptResult, TileScripts},
    script_view::ScriptView,
};

use crate::fixtures::scripts::{OTHER_TILE, ScriptFixture, TILE, empty_display, received, text_view};

#[test]
fn undeclared_variables_end_with_the_call() {
    let mut fixture = ScriptFixture::new();
    for script in [
        "x = 1",
        "this.x = 1",
        "globalThis.x = 1",
        "var f = new Function('x = 1'); f()",
        "(0, eval)('var x = 1')",
        "(0, eval)('function x() {}')",
        "(0, eval)('let x = 1')",
        "(0, eval)('const x = 1')",
        "(0, eval)('class x {}')",
        "Object.defineProperty(this, 'x', {get() { return 1 }, configurable: true})",
        "Object.defineProperty(this, 'x', {value: 1})",
        "Object.freeze(this)",
        "x = 1; Object.preventExtensions(this)",
        "Object.setPrototypeOf(this, {x: 1})",
        "Object.setPrototypeOf(Object.getPrototypeOf(this), {x: 1})",
        "Object.getPrototypeOf(this).x = 1",
        "this.constructor.constructor('x = 1')()",
        "Promise.resolve().then(() => { x = 1 })",
        "setTimeout = 1; x = 1",
    ] {
        let _ = fixture.set_and_receive(TILE, script);
        assert_eq!(
            fixture.set_and_receive(OTHER_TILE, "event.payload = typeof x; y = 1").as_deref(),
            Ok("undefined"),
            "{script}"
        );
    }
}

#[test]
fn tile_cannot_lock_data_of_other_tiles() {
    let mut fixture = ScriptFixture::new();
    fixture.set_and_receive(OTHER_TILE, "event.data = 'mine'").unwrap();
    for script in [
        "Object.freeze(this)",
        "Object.seal(this)",
        "Object.preventExtensions(Math)",
        "Reflect.preventExtensions(String.prototype)",
        "Object.setPrototypeOf(Array.prototype, {})",
        "Reflect.setPrototypeOf(this, null)",
        "this.__proto__ = {}",
        "Math.__proto__ = null",
        "Object.defineProperty(this, 'x', {value: 1})",
        "Reflect.defineProperty(this, 'x', {value: 1})",
        "Object.defineProperties(this, {x: {value: 1}})",
        "var n = 0; Object.defineProperty(this, 'x', {value: 1, get configurable() { return n++ == 0 }})",
        "function f() { Promise.resolve().then(f) } f()",
    ] {
        let _ = fixture.set_and_receive(TILE, script);
        let _ = fixture.receive(TILE);
        assert_eq!(
            fixture.set_and_receive(OTHER_TILE, "event.payload = event.data + typeof x").as_deref(),
            Ok("mineundefined"),
            "{script}"
        );
    }
}

#[test]
fn undeclared_variables_work_within_a_call() {
    let script = "comand = '{\"cmd\":7}'; function f() { other = comand; return this.other } event.payload = f()";
    let mut fixture = ScriptFixture::new();
    assert_eq!(fixture.set_and_receive(TILE, script).as_deref(), Ok("{\"cmd\":7}"));
    assert_eq!(fixture.receive(TILE).as_deref(), Ok("{\"cmd\":7}"));
}

#[test]
fn sloppy_mode_code_works() {
    let mut fixture = ScriptFixture::new();
    for (script, expected) in [
        ("with ({a: 5}) { event.payload = a }", "5"),
        ("event.payload = 010", "8"),
        ("function f(a, a) { return a } event.payload = f(1, 2)", "2"),
        ("event.payload = (function () { return this === globalThis })()", "true"),
        ("Map = {k: 3}; event.payload = Map.k", "3"),
        ("status = 1; name = 2; event.payload = status + name", "3"),
        ("var o = {}; o.toString = function () { return 'mine' }; event.payload = o", "mine"),
        ("var e = new Error('x'); e.message = 'y'; e.name = 'Z'; event.payload = e", "Z: y"),
        ("String.prototype.twice = function () { return this + this }; event.payload = 'ab'.twice()", "abab"),
        ("Date.prototype.year = function () { return 7 }; event.payload = new Date().year()", "7"),
        ("Array.prototype.includes = function () { return 'own' }; event.payload = [].includes(1)", "own"),
        ("Math.twice = function (x) { return 2 * x }; event.payload = Math.twice(4)", "8"),
        ("if (event.payload == 'in') return; event.payload = 'no'", ""),
        ("event.payload = arguments.length", "2"),
        ("event.payload = [3, 1, 2].sort().map(x => x * 2).join()", "2,4,6"),
        ("event.payload = 'a-b'.split('-').length + 'x'.padStart(3, '.')", "2..x"),
        ("event.payload = JSON.parse('{\"a\":[1,{\"b\":2}]}').a[1].b", "2"),
        ("event.payload = 'x1y2'.replace(/\\d/g, function (d) { return d * 2 })", "x2y4"),
        ("event.payload = Object.keys({a: 1, b: 2}) + [...new Set([1, 1])]", "a,b1"),
        ("event.payload = new Date(0).toISOString()", "1970-01-01T00:00:00.000Z"),
        ("event.payload = parseFloat('1.50') + Math.max(1, 2) + Number('3')", "6.5"),
        ("async function f() { await 1; event.payload = 'later' } f()", "later"),
        ("event.payload = escape('ü') + encodeURIComponent('é') + isNaN('x')", "%FC%C3%A9true"),
        ("event.payload = 'é'.normalize('NFD').length + ' ' + 'ß'.toUpperCase()", "2 SS"),
    ] {
        assert_eq!(fixture.set_and_receive(TILE, script).as_deref(), Ok(expected), "{script}");
    }
}

#[test]
fn builtins_cannot_be_changed_for_other_tiles() {
    let mut fixture = ScriptFixture::new();
    let check = "event.payload = [].map.call([1], String) + 'ab'.trim() + Math.max(1, 2) + typeof [].x + typeof ''.x + \
                typeof ({}).x + typeof (function () {}).x + typeof Math.x + typeof JSON.x + typeof new Error().x + \
                typeof (function* () {})().x + typeof [].values().x + typeof Promise.prototype.x + typeof /a/.x + \
                typeof app.x + typeof app.publish.x + typeof event.getLastPayload + [..._()] + [3].join()";
    let check = check.replace("_()", "[1, 2]");
    let expected = fixture.set_and_receive(OTHER_TILE, &check).unwrap();
    for script in [
        "Array.prototype.x = 1",
        "Array.prototype.map = null",
        "delete Array.prototype.map; delete Object.getPrototypeOf(Array.prototype).map",
        "Object.getPrototypeOf(Array.prototype).map = null",
        "Object.setPrototypeOf(Array.prototype, null)",
        "Object.setPrototypeOf(String.prototype, {x: 1})",
        "Object.defineProperty(String.prototype, 'x', {value: 1})",
        "Object.defineProperty(Array.prototype, 0, {set() {}, configurable: true})",
        "Array.prototype.length = 5",
        "Object.freeze(Math)",
        "Object.prototype.x = 1",
        "({}).__proto__.x = 1",
        "({}).__defineGetter__.call(Object.prototype, 'x', () => 1)",
        "Object.defineProperty(Object.prototype, 'x', {value: 1})",
        "Function.prototype.x = 1",
        "Function.prototype.call = Function.prototype.apply = null",
        "Math.max = function () { return 9 }",
        "Math.x = 1",
        "JSON.x = 1; JSON.parse = null",
        "Object.getPrototypeOf(function* () {}).prototype.x = 1",
        "Object.getPrototypeOf((function* () {})()).x = 1; Object.getPrototypeOf([].values()).x = 1",
        "Object.getPrototypeOf([].values()).next = function () { return {done: true} }",
        "Array.prototype[Symbol.iterator] = function () { return {next() { return {done: true}}} }",
        "Promise.prototype.then = null; Promise.prototype.x = 1; Promise.resolve = null",
        "RegExp.prototype.x = 1; RegExp.prototype.exec = null",
        "Error.prototype.x = 1; Error.prototype.toString = null",
        "app.x = 1; app.publish = null; app.publish.x = 1",
        "Object.getPrototypeOf(app).x = 1",
        "this.constructor.constructor('return this')().Math = null",
        "(async () => {}).constructor.prototype.x = 1; (function* () {}).constructor('Math.x = 1')().next()",
        "Object = Array = String = Math = JSON = Reflect = undefined",
        "event.__proto__ = null; Object.getPrototypeOf(Object.getPrototypeOf(this)).x = 1",
        "Array.prototype.push = function () { throw 1 }",
        "Object.defineProperty(Object.prototype, 'value', {get() { throw 1 }})",
    ] {
        let _ = fixture.set_and_receive(TILE, script);
        assert_eq!(fixture.set_and_receive(OTHER_TILE, &check).as_ref(), Ok(&expected), "{script}");
    }
}

#[test]
fn only_event_data_outlives_a_call() {
    let mut fixture = ScriptFixture::new();
    for script in [
        "var f = arguments.callee; f.n = (f.n || 0) + 1; event.payload = typeof f.n",
        "function t(s) { return s } var s = t`a`; s.n = 1; event.payload = typeof s.n",
        "event.payload = typeof event.n; event.n = 1",
        "event.payload = typeof event.getLastPayload",
    ] {
        for _ in 0..2 {
            assert!(matches!(fixture.set_and_receive(TILE, script).as_deref(), Ok("undefined")), "{script}");
        }
    }
}

#[test]
fn scripts_have_no_access_to_the_host() {
    let mut fixture = ScriptFixture::new();
    for name in [
        "require",
        "process",
        "std",
        "os",
        "fetch",
        "XMLHttpRequest",
        "WebSocket",
        "setTimeout",
        "setInterval",
        "importScripts",
        "load",
        "print",
        "console",
        "Deno",
        "Proxy",
        "SharedArrayBuffer",
        "Atomics",
        "ArrayBuffer",
        "DataView",
        "Uint8Array",
        "BigInt",
        "DOMException",
        "Worker",
        "WeakRef",
        "FinalizationRegistry",
        "java",
        "Packages",
    ] {
        let script = format!("event.payload = typeof {name}");
        assert_eq!(fixture.set_and_receive(TILE, &script).as_deref(), Ok("undefined"), "{name}");
    }
    let script = "import('/etc/passwd').then(() => { event.payload = 'read' }, () => { event.payload = 'refused' })";
    assert_eq!(fixture.set_and_receive(TILE, script).as_deref(), Ok("refused"));
}

#[test]
fn event_data_is_shared_within_its_tile_only() {
    let mut fixture = ScriptFixture::new();
    let scripts = TileScripts {
        on_receive: Some("event.data = {got: event.payload, seen: (event.data ? event.data.seen : 0) + 1}".into()),
        on_display: Some("event.text = event.data ? event.data.got + event.data.seen : 'none'".into()),
        on_tap: Some("event.data.seen = 40; event.preventDefault = typeof event.data.got === 'string'".into()),
        ..TileScripts::default()
    };
    let mut run = |tile: TileId, event: ScriptEvent| {
        fixture.engine.set_scripts(tile, scripts.clone());
        fixture.run(tile, event).result
    };
    let display = || empty_display(text_view(""));
    let view = |answer: Result<ScriptResult, ScriptError>| -> ScriptView {
        match answer {
            Ok(ScriptResult::Display(shown, _)) => shown.view,
            other => panic!("{other:?}"),
        }
    };
    let message = || received("t", "x");
    assert_eq!(view(run(TILE, display())), text_view("none"));
    assert_eq!(run(TILE, message()), Ok(ScriptResult::Receive(None)));
    assert_eq!(run(TILE, message()), Ok(ScriptResult::Receive(None)));
    assert_eq!(view(run(TILE, display())), text_view("x2"));
    assert_eq!(run(TILE, ScriptEvent::Tap), Ok(ScriptResult::Tap { prevent_default: true }));
    assert_eq!(run(TILE, message()), Ok(ScriptResult::Receive(None)));
    assert_eq!(view(run(TILE, display())), text_view("x41"));
    assert_eq!(view(run(OTHER_TILE, display())), text_view("none"));
    assert!(run(OTHER_TILE, ScriptEvent::Tap).is_err());
}

#[test]
fn event_data_survives_errors_and_edits_until_tile_ends() {
    let mut fixture = ScriptFixture::new();
    assert!(fixture.set_and_receive(TILE, "event.data = new Date(5); throw 1").is_err());
    assert_eq!(fixture.set_and_receive(TILE, "event.payload = event.data.getTime()").as_deref(), Ok("5"));
    fixture.engine.remove_tile(TILE);
    assert_eq!(fixture.set_and_receive(TILE, "event.payload = typeof event.data").as_deref(), Ok("undefined"));
}

#[test]
fn closure_in_event_data_publishes_for_calling_script() {
    let mut fixture = ScriptFixture::new();
    let script = "if (!event.data) { var a = app; event.data = function (x) { a.publish('t', x, false, 0) } } else \
                  { event.data('later') }";
    assert!(fixture.set_and_receive(TILE, script).is_ok());
    assert_eq!(fixture.run(TILE, received("t", "in")).publish_requests.len(), 1);
}
