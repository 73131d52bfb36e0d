//! Every call starts in a clean scope; only `event.data` lives on, for its own tile.

use std::sync::Arc;

use mqtt_dash::{
    model::script::{Answer, Call, Fault, Look, Moment, Scripts, Showing, Shown, TileId},
    script::Engine,
};

const A: TileId = TileId(1);
const B: TileId = TileId(2);

struct Board(Engine);

impl Board {
    fn new() -> Self {
        Self(Engine::new(Arc::default()).expect("an engine"))
    }

    /// What a script makes of the payload of a message.
    fn receive(&mut self, tile: TileId, script: &str) -> Result<String, Fault> {
        self.0.set(tile, Scripts { on_receive: Some(script.into()), ..Scripts::default() });
        self.again(tile)
    }

    fn again(&mut self, tile: TileId) -> Result<String, Fault> {
        let moment = Moment::Receive { topic: "t".into(), payload: "in".into() };
        match self.0.run(&Call { tile, ticket: 0, moment }).answer? {
            Answer::Receive(payload) => Ok(payload.unwrap_or_default()),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn undeclared_variables_end_with_the_call() {
    let mut board = Board::new();
    for leave in [
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
        let _ = board.receive(A, leave);
        assert_eq!(board.receive(B, "event.payload = typeof x; y = 1").as_deref(), Ok("undefined"), "{leave}");
    }
}

#[test]
fn tile_cannot_lock_data_of_other_tiles() {
    let mut board = Board::new();
    board.receive(B, "event.data = 'mine'").unwrap();
    for lock in [
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
        let _ = board.receive(A, lock);
        let _ = board.again(A);
        assert_eq!(board.receive(B, "event.payload = event.data + typeof x").as_deref(), Ok("mineundefined"), "{lock}");
    }
}

#[test]
fn undeclared_variables_work_within_a_call() {
    let script = "comand = '{\"cmd\":7}'; function f() { other = comand; return this.other } event.payload = f()";
    let mut board = Board::new();
    assert_eq!(board.receive(A, script).as_deref(), Ok("{\"cmd\":7}"));
    assert_eq!(board.again(A).as_deref(), Ok("{\"cmd\":7}"));
}

#[test]
fn sloppy_mode_code_works() {
    let mut board = Board::new();
    for (script, wanted) in [
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
        assert_eq!(board.receive(A, script).as_deref(), Ok(wanted), "{script}");
    }
}

#[test]
fn builtins_cannot_be_changed_for_other_tiles() {
    let mut board = Board::new();
    let look = "event.payload = [].map.call([1], String) + 'ab'.trim() + Math.max(1, 2) + typeof [].x + typeof ''.x + \
                typeof ({}).x + typeof (function () {}).x + typeof Math.x + typeof JSON.x + typeof new Error().x + \
                typeof (function* () {})().x + typeof [].values().x + typeof Promise.prototype.x + typeof /a/.x + \
                typeof app.x + typeof app.publish.x + typeof event.getLastPayload + [..._()] + [3].join()";
    let look = look.replace("_()", "[1, 2]");
    let wanted = board.receive(B, &look).unwrap();
    for spoil in [
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
        let _ = board.receive(A, spoil);
        assert_eq!(board.receive(B, &look).as_ref(), Ok(&wanted), "{spoil}");
    }
}

#[test]
fn only_event_data_outlives_a_call() {
    let mut board = Board::new();
    for script in [
        "var f = arguments.callee; f.n = (f.n || 0) + 1; event.payload = typeof f.n",
        "function t(s) { return s } var s = t`a`; s.n = 1; event.payload = typeof s.n",
        "event.payload = typeof event.n; event.n = 1",
        "event.payload = typeof event.getLastPayload",
    ] {
        for _ in 0..2 {
            assert!(matches!(board.receive(A, script).as_deref(), Ok("undefined")), "{script}");
        }
    }
}

#[test]
fn scripts_have_no_access_to_the_host() {
    let mut board = Board::new();
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
        "Worker",
        "WeakRef",
        "FinalizationRegistry",
        "java",
        "Packages",
    ] {
        let script = format!("event.payload = typeof {name}");
        assert_eq!(board.receive(A, &script).as_deref(), Ok("undefined"), "{name}");
    }
    let script = "import('/etc/passwd').then(() => { event.payload = 'read' }, () => { event.payload = 'refused' })";
    assert_eq!(board.receive(A, script).as_deref(), Ok("refused"));
}

#[test]
fn event_data_is_shared_within_its_tile_only() {
    let mut engine = Engine::new(Arc::default()).unwrap();
    let scripts = Scripts {
        on_receive: Some("event.data = {got: event.payload, seen: (event.data ? event.data.seen : 0) + 1}".into()),
        on_display: Some("event.text = event.data ? event.data.got + event.data.seen : 'none'".into()),
        on_tap: Some("event.data.seen = 40; event.preventDefault = typeof event.data.got === 'string'".into()),
        blink: None,
    };
    let mut run = |tile: TileId, moment: Moment| {
        engine.set(tile, scripts.clone());
        engine.run(&Call { tile, ticket: 0, moment }).answer
    };
    let show = || {
        let shown = Shown {
            look: Look::Text { text: String::new(), color: None },
            last_activity: String::new(),
            name: String::new(),
            blink: false,
        };
        Moment::Display(Box::new(Showing { value: "".into(), last_payload: None, seconds_since: None, shown }))
    };
    let text = |answer: Result<Answer, Fault>| match answer {
        Ok(Answer::Display(shown)) => shown.look,
        other => panic!("{other:?}"),
    };
    let is = |wanted: &str| Look::Text { text: wanted.into(), color: None };
    let message = || Moment::Receive { topic: "t".into(), payload: "x".into() };
    assert_eq!(text(run(A, show())), is("none"));
    assert_eq!(run(A, message()), Ok(Answer::Receive(None)));
    assert_eq!(run(A, message()), Ok(Answer::Receive(None)));
    assert_eq!(text(run(A, show())), is("x2"));
    assert_eq!(run(A, Moment::Tap), Ok(Answer::Tap { prevent_default: true }));
    assert_eq!(run(A, message()), Ok(Answer::Receive(None)));
    assert_eq!(text(run(A, show())), is("x41"));
    assert_eq!(text(run(B, show())), is("none"));
    assert!(run(B, Moment::Tap).is_err());
}

#[test]
fn event_data_survives_errors_and_edits_until_tile_ends() {
    let mut board = Board::new();
    assert!(board.receive(A, "event.data = new Date(5); throw 1").is_err());
    assert_eq!(board.receive(A, "event.payload = event.data.getTime()").as_deref(), Ok("5"));
    board.0.forget(A);
    assert_eq!(board.receive(A, "event.payload = typeof event.data").as_deref(), Ok("undefined"));
}

#[test]
fn closure_in_event_data_publishes_for_calling_script() {
    let mut board = Board::new();
    let script = "if (!event.data) { var a = app; event.data = function (x) { a.publish('t', x, false, 0) } } else \
                  { event.data('later') }";
    assert!(board.receive(A, script).is_ok());
    let moment = Moment::Receive { topic: "t".into(), payload: "in".into() };
    let outcome = board.0.run(&Call { tile: A, ticket: 0, moment });
    assert_eq!(outcome.publishes.len(), 1);
}
