//! Scripts that run endlessly or exhaust memory: each is stopped, and the next run is not affected.

use std::time::{Duration, Instant};

use mqtt_dash::model::script::{ScriptError, ScriptEvent, ScriptResult, TileScripts};

use crate::fixtures::{
    cpu_lock::CpuLock,
    scripts::{OTHER_TILE, ScriptFixture, TILE, on_receive, received},
};

/// Far above every limit: a script that runs for so long is never stopped.
const TIME_LIMIT: Duration = Duration::from_secs(5);

/// Runs a script twice, each time followed by a well-behaved script of another tile.
fn run_harmful(script: &str) {
    let mut fixture = ScriptFixture::new();
    fixture.engine.set_scripts(TILE, on_receive(script));
    let counter = "event.data = (event.data || 0) + 1; event.payload = [event.data, 2].join('-')";
    fixture.engine.set_scripts(OTHER_TILE, on_receive(counter));
    for expected in ["1-2", "2-2"] {
        let start = Instant::now();
        let _ = fixture.run(TILE, received("t", "x"));
        assert!(start.elapsed() < TIME_LIMIT, "{script}");
        let other = fixture.run(OTHER_TILE, received("t", "x")).result;
        assert_eq!(other, Ok(ScriptResult::Receive(Some(expected.to_owned()))), "{script}");
        // A changed script, because a stopped one is not run again.
        fixture.engine.set_scripts(TILE, on_receive(format!("{script} ")));
    }
}

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
fn endless_scripts_are_stopped() {
    let _lock = CpuLock::shared();
    for script in [
        "for (;;);",
        "while (true) try { null.x } catch (e) {}",
        "while (true) try { throw 1 } finally { continue }",
        "for (;;) { try { eval('for(;;);') } catch (e) {} }",
        "(function f() { try { f() } finally { f() } })()",
        "for (let x = 'x'; ; x = 'x') /(x+x+)+y/.test(x.repeat(40))",
        "/^(a|a?)+$/.test('a'.repeat(30) + 'b')",
        "/(.*)*(.*)*(.*)*(.*)*(.*)*\\d/.test('x'.repeat(1000))",
        "'x'.repeat(30000).replace(/(x+x+)+y/g, '')",
        "while (true) 'x'.repeat(1e6)",
        "while (true) 'x'.repeat(1e6).split('')",
        "var a = new Array(1e5).fill(1); while (true) a.slice().sort()",
        "var a = new Array(1e5).fill(1); while (true) { var b = [...a] }",
        "var a = new Array(1e5).fill(1); while (true) a.map(String)",
        "var a = new Array(1e5).fill(1); while (true) { b = JSON.stringify(a) }",
        "var s = 'x'.repeat(4e6); while (true) { var t = s.toUpperCase() }",
        "new Array(4294967295).indexOf(1)",
        "Array.prototype.lastIndexOf.call({length: 9007199254740991}, 1)",
        "Array.prototype.indexOf.call({length: 9007199254740991}, 1)",
        "Array.prototype.includes.call({length: 9007199254740991}, 1)",
        "Array.prototype.reverse.call({length: 9007199254740991})",
        "Array.prototype.fill.call({length: 9007199254740991}, 1)",
        "Array.prototype.copyWithin.call({length: 9007199254740991}, 5, 1)",
        "Array.prototype.forEach.call({length: 9007199254740991}, String)",
        "Array.prototype.map.call({length: 4294967295}, String)",
        "Array.prototype.filter.call({length: 9007199254740991}, String)",
        "Array.prototype.reduce.call({length: 9007199254740991}, String)",
        "Array.prototype.slice.call({length: 9007199254740991}, 0, 4294967295)",
        "Array.prototype.splice.call({length: 9007199254740991}, 0, 4294967295)",
        "Array.prototype.unshift.call({length: 9007199254740990}, 1)",
        "Array.prototype.shift.call({length: 9007199254740990})",
        "Array.prototype.findLast.call({length: 9007199254740990}, x => false)",
        "Array.prototype.join.call({length: 9007199254740990}, '')",
        "Array.prototype.flat.call({length: 9007199254740990})",
        "Array.prototype.with.call({length: 4294967290}, 1, 1)",
        "Array.prototype.toReversed.call({length: 4294967290})",
        "Array.prototype.toSorted.call({length: 4294967290})",
        "Array.prototype.toSpliced.call({length: 4294967290}, 1, 1)",
        "Array.prototype.sort.call({length: 9007199254740990})",
        "new Array(4294967295).sort()",
        "new Array(4294967295).join('')",
        "new Array(4294967295).reverse()",
        "JSON.stringify({}, new Array(4294967295))",
        "JSON.stringify(new Array(4294967295))",
        "[].concat({length: 9007199254740991, [Symbol.isConcatSpreadable]: true})",
        "String.raw({raw: {length: 9007199254740991}})",
        "Array.from({length: 9007199254740991})",
        "'a'.repeat(4e6).indexOf('a'.repeat(2e6) + 'b')",
        "'a'.repeat(4e6).lastIndexOf('a'.repeat(2e6) + 'b')",
        "'a'.repeat(4e6).includes('a'.repeat(2e6) + 'b')",
        "'a'.repeat(4e6).split('a'.repeat(2e6) + 'b')",
        "'a'.repeat(4e6).replace('a'.repeat(2e6) + 'b', '')",
        "'a'.repeat(4e6).replaceAll('a'.repeat(2e6) + 'b', '')",
        "BigInt('9'.repeat(1e6))",
        "new Uint8Array(1e7).sort().sort().sort(); for(;;) new Uint8Array(1e7)",
        "(async function f() { for (;;) await 1 })()",
        "function f() { Promise.resolve().then(f) } f()",
        "function f() { Promise.resolve().then(f); Promise.resolve().then(f) } f()",
        "Promise.resolve().then(() => { for (;;); })",
        "(function* () { for (;;) yield 1 })().toArray()",
        "for (const x of {[Symbol.iterator]() { return {next() { return {} }} }});",
        "event.payload = {toString() { for (;;); }}",
        "Object.defineProperty(event, 'payload', {get() { for (;;); }})",
        "Object.defineProperty(event, 'data', {get() { for (;;); }})",
        "event.data = {toString() { for (;;); }}; throw event.data",
        "throw {get message() { for (;;); }, toString() { return this.message }}",
        "const e = new Error; Object.defineProperty(e, 'message', {get() { for (;;); }}); throw e",
        "decodeURIComponent('%41'.repeat(1e6)); for (;;) escape('é'.repeat(1e5))",
        "new Date('x'.repeat(5e6)); for (;;) new Date('1'.repeat(5e6))",
        "for (;;) 'é'.repeat(1e6).normalize('NFD')",
        "for (;;) 'x'.repeat(1e6).localeCompare('x'.repeat(1e6) + 'y')",
        "new Function('('.repeat(1e5))",
        "eval('['.repeat(1e5))",
        "eval('a=>'.repeat(1e4))",
        "eval('1+'.repeat(1e6) + '1')",
        "parseFloat('1'.repeat(1e7)); for (;;) Number('1'.repeat(1e6))",
        "import('std').then(m => m.exit(1))",
    ] {
        run_harmful(script);
    }
}

#[test]
fn scripts_that_exhaust_memory_are_stopped() {
    let _lock = CpuLock::shared();
    for script in [
        "new Array(2e9).fill(0)",
        "new ArrayBuffer(2e9)",
        "new Uint8Array(2147483648)",
        "'x'.repeat(2e9)",
        "'x'.repeat(2 ** 29)",
        "'x'.padStart(2 ** 29)",
        "let s = 'x'; for (;;) s += s",
        "let s = 'x'; for (;;) { s += s; s.length; s[5] }",
        "let a = [1]; for (;;) a = a.concat(a)",
        "let a = [1]; for (;;) a.push(...a)",
        "let a = []; for (;;) a.push(a.slice())",
        "let a = []; for (;;) a = [a]",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; String(a)",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; JSON.stringify(a)",
        "JSON.parse('['.repeat(1e6))",
        "let o = {}; for (let i = 0; ; i++) o['k' + i] = i",
        "let m = new Map(); for (let i = 0; ; i++) m.set(i, {})",
        "for (let i = 0; ; i++) this['k' + i] = 'x'.repeat(1000)",
        "for (;;) try { new Array(1e6).fill(0).map(x => []) } catch (e) {}",
        "let keep = []; for (;;) try { keep.push('x'.repeat(1e5) + keep.length) } catch (e) {}",
        "event.data = event.data || []; for (;;) event.data.push('x'.repeat(100) + event.data.length)",
        "event.data = event.data || []; for (let i = 0; i < 20; i++) event.data.push('x'.repeat(1e5) + i)",
        "event.payload = 'x'.repeat(1e7)",
        "for (;;) app.publish('a', 'x'.repeat(1e5))",
        "for (;;) app.publish('a', 'x')",
        "for (;;) try { app.openUri('x') } catch (e) {}",
        "(function f() { f() })()",
        "(function f() { try { f() } catch (e) { f() } })()",
        "(function f(a) { return f.apply(null, arguments) + 1 })(1)",
        "(function f() { [1].map(f) })()",
        "(function f() { JSON.stringify({toJSON: f}) })()",
        "(function f() { return `${{toString: f}}` })()",
        "(function f() { 'x'.replace(/x/, f) })()",
        "(function f() { new f() })()",
        "(function f() { eval('f()') })()",
        "class A { constructor() { new A() } } new A()",
        "let o = {get x() { return this.x }}; o.x",
        "new RegExp('('.repeat(1e5))",
        "new RegExp('(?:a|b)*'.repeat(1e5)).test('ab')",
        "/(?:a|b)*c/.test('ab'.repeat(5e6))",
        "let f = () => 1; for (;;) f = f.bind(null, 1, 2, 3)",
        "let f = () => 1; for (let i = 0; i < 1e5; i++) f = f.bind(null); f()",
        "let p = {}; for (let i = 0; i < 1e5; i++) p = Object.create(p); p.x",
        "function f() { for (let i = 0; i < 1e6; i++) Promise.resolve().then(f) } f()",
        "throw 'x'.repeat(1e7)",
        "throw new Error('x'.repeat(1e7))",
        "for (let i = 0; ; i++) Symbol.for('k' + i)",
        "let s = Symbol('x'); for (;;) s = Symbol(String(s.description) + s.description)",
    ] {
        run_harmful(script);
    }
}

/// Each took seconds, or never ended, when its natives were not limited: the time is checked between two steps of a
/// script only, and a native is one step.
#[test]
fn natives_that_work_on_much_are_stopped() {
    const NESTED: &str = "var a = [1]; for (var i = 0; i < 25; i++) a = [a, a]; ";
    const TEXTS: &str = "var s = '1'; for (var i = 0; i < 18; i++) s += s; var a = s + 'a', b = s + 'b'; ";
    const LIST: &str = "var a = [1]; for (var i = 0; i < 17; i++) a = a.concat(a); ";
    let _lock = CpuLock::shared();
    for (setup, attacks) in [
        (
            NESTED,
            &[
                "JSON.stringify(a)",
                "JSON.stringify({toJSON() { return a }})",
                "JSON.stringify({get x() { return a }})",
                "JSON.stringify(a, ['a'])",
                "a.flat(Infinity)",
                "String(a)",
            ][..],
        ),
        (
            TEXTS,
            &[
                "new Array(1e5).fill(a).sort()",
                "new Array(1e4).fill(a).concat(new Array(1e4).fill(b)).sort()",
                "new Array(1e5).fill(a).toSorted()",
                "new Array(1e5).fill(a).indexOf(b)",
                "new Array(1e5).fill(a).lastIndexOf(b)",
                "new Array(1e5).fill(a).includes(b)",
                "('a' + '\\u0301\\u0323'.repeat(1e5)).normalize('NFC')",
                "('a' + '\\u0301\\u0323'.repeat(1e5)).normalize('NFKD')",
                "for (;;) s.slice(1)",
                "for (;;) s.substring(1)",
                "for (;;) s.substr(1)",
                "for (;;) s.anchor('x')",
                "for (;;) s.fontsize('x')",
                "for (;;) s.startsWith(s)",
                "for (;;) s.isWellFormed()",
                "for (;;) isNaN(s)",
                "for (;;) isFinite(s)",
                "for (;;) Number.parseFloat(s)",
                "for (;;) Number.parseInt(s)",
                "for (;;) [s, s].join()",
                "for (;;) JSON.stringify([s, s])",
                "for (;;) s.match({toString() { return '2' }})",
                "RegExp.escape(s)",
            ],
        ),
        (
            LIST,
            &[
                "for (;;) Object.keys(a)",
                "for (;;) Object.entries(a)",
                "for (;;) Object.isFrozen(a)",
                "for (;;) Object.assign({}, a)",
                "for (;;) Object.getOwnPropertyDescriptors(a)",
                "for (;;) Object.fromEntries(a.map(() => [1, 2]))",
                "for (;;) Reflect.ownKeys(a)",
                "for (;;) a.toSorted()",
            ],
        ),
        (
            "",
            &[
                "3n ** 400000n",
                "var b = 3n ** 300000n; for (;;) String(b)",
                "var b = eval('3n ** 300000n'); for (;;) b * b",
                "new Function('return 3n ** 300000n')() / 7n",
                "(async () => {}).constructor('return 3n ** 300000n')()",
                "(function* () {}).constructor('yield 3n ** 300000n')().next()",
                "Object.getPrototypeOf((async () => {}).constructor)('return 3n ** 300000n')()",
                "BigInt('9'.repeat(300000))",
                "Array.prototype.map = Array.prototype.every = () => [true]; String(new Function('return 3n ** 300000n')())",
                "Array.prototype[Symbol.iterator] = function* () {}; new RegExp('\\\\p{L}'.repeat(800), 'iu')",
                "new Uint8Array(15e6).sort()",
                "var a = new Uint8Array(15e6); for (;;) a.fill(1)",
                "var a = new Uint8Array(15e6); for (;;) a.copyWithin(1, 0)",
                "var a = new Float64Array(1e6); for (;;) a.indexOf(1)",
                "var a = new ArrayBuffer(15e6); for (;;) a.slice(0)",
                "new RegExp('\\\\p{L}'.repeat(3e4), 'iu')",
                "new RegExp('[\\\\p{L}--\\\\p{Lu}]'.repeat(1e4), 'iv')",
                "/a/.constructor('[^\\\\p{L}]'.repeat(1e4), 'iu')",
                "/a/.compile('[^\\\\p{L}]'.repeat(1e4), 'iu')",
                "'x'.match('[^a]'.repeat(1e5))",
                "new RegExp('\\\\p{L}'.repeat(800), 'iu')",
                "new RegExp({[Symbol.match]: true, source: '\\\\p{L}'.repeat(800), flags: 'iu'})",
                "new RegExp(Object('\\\\p{L}'.repeat(800)), 'iu')",
                "eval('/[\\\\p{L}--\\\\p{Lu}]/iv;'.repeat(700))",
                "new Function('let ' + Array.from({length: 9000}, (_, i) => 'v' + i).join())",
                "for (;;) 1e300.toFixed(100)",
                "for (;;) 1e300.toString(3)",
            ],
        ),
    ] {
        for attack in attacks {
            run_harmful(&format!("{setup}{attack}"));
        }
    }
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
