//! Scripts of one dashboard cannot change what a script of another dashboard, or another tile, sees or does.

use mqtt_dash::model::{
    id::{DashboardId, TileId},
    script::{ScriptError, ScriptResponse, ScriptResult, TileScripts},
};

use crate::fixtures::{
    script_worker::ScriptWorkerFixture,
    scripts::{TILE, on_receive, received},
};

const ATTACKER: DashboardId = DashboardId(1);
const VICTIM: DashboardId = DashboardId(2);
const VICTIM_TILE: TileId = TileId(20);

/// Attacks on what scripts of other dashboards see.
const ATTACKS: &[&str] = &[
    "Error.prepareStackTrace = function (e, s) { app.publish('stolen', String(e), false, 0); return 'x' }",
    "Object.defineProperty(Error, 'prepareStackTrace', {value: function () { app.publish('stolen', 'x') }})",
    "Error.stackTraceLimit = Infinity",
    "Error.stackTraceLimit = 0",
    "Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace').set(function () { return 'x' })",
    "Object.getOwnPropertyDescriptor(Error.prototype, 'stack').set.call(Error.prototype, 'x')",
    "Object.getOwnPropertyDescriptor(Iterator.prototype, 'constructor').set.call(Array.prototype, 1)",
    "Error.prepareStackTrace = (e, s) => s; new Error().stack.map(s => s.getFunction()).forEach(f => { f.x = 1 })",
    "Object.prototype.x = 1",
    "Object.prototype.__proto__ = {x: 1}",
    "Object.defineProperty(Object.prototype, 'x', {value: 1, configurable: true})",
    "Object.prototype.__defineGetter__('x', () => 1)",
    "Object.prototype.toString = function () { return 'x' }",
    "Array.prototype.x = 1",
    "Array.prototype.push = Array.prototype.join = function () { return 'x' }",
    "Array.prototype[Symbol.iterator] = function* () { yield 'x' }",
    "Object.defineProperty(Array.prototype, '0', {set() { throw 1 }, configurable: true})",
    "Function.prototype.x = 1",
    "Function.prototype.call = Function.prototype.apply = function () { return 'x' }",
    "Promise.prototype.then = function () {}; Promise.x = 1",
    "RegExp.prototype.exec = function () { return null }; RegExp.prototype.x = 1",
    "String.prototype.split = function () { return ['x'] }; String.prototype.x = 1",
    "Number.prototype.toString = function () { return 'x' }",
    "Date.prototype.toISOString = function () { return 'x' }",
    "Map.prototype.get = Set.prototype.has = null",
    "JSON.parse = JSON.stringify = function () { return 'x' }",
    "Math.max = function () { return 'x' }; Math.x = 1",
    "Symbol.prototype.x = 1; Symbol.iterator.x = 1",
    "Object.getPrototypeOf([].values()).next = function () { return {done: true} }",
    "event.x = 1; Object.getPrototypeOf(event).x = 1",
    "Object.defineProperty(Object.getPrototypeOf(event), 'data', {set(v) { app.publish('stolen', v) }})",
    "app.x = 1; app.publish = function () {}; app.publish.x = 1",
    "Object.getPrototypeOf(app).x = 1; app.__proto__ = {x: 1}",
    "app.publish.constructor.prototype.x = 1",
    "app.constructor.constructor('return this')().x = 1",
    "''.constructor.constructor('Object.prototype.x = 1; Math.max = null')()",
    "(async () => {}).constructor('Object.prototype.x = 1; Math.max = null')()",
    "(function* () {}).constructor('Object.prototype.x = 1; Math.max = null')().next()",
    "(async function* () {}).constructor('Object.prototype.x = 1; Math.max = null')().next()",
    "Object.getPrototypeOf(async () => {}).x = 1; Object.getPrototypeOf(function* () {}).prototype.x = 1",
    "x = 1; globalThis.event = globalThis.app = {x: 1}",
    "undefined = NaN = Infinity = 1",
    "Object.freeze(globalThis)",
    "Symbol.for('x').x = 1",
    "Promise.resolve().then(function () { Object.prototype.x = 1; x = 1 })",
    "function f() { Promise.resolve().then(f) } f()",
    "import('x').catch(function (e) { e.constructor.prototype.x = 1 })",
];

fn payload(response: ScriptResponse) -> Result<String, ScriptError> {
    match response.result? {
        ScriptResult::Receive(payload) => Ok(payload.unwrap_or_default()),
        other => panic!("{other:?}"),
    }
}

/// Sets the script for received messages of a tile and runs it; returns the payload that it leaves.
fn set_and_receive(
    fixture: &mut ScriptWorkerFixture,
    dashboard: DashboardId,
    tile: TileId,
    script: &str,
) -> Result<String, ScriptError> {
    fixture.set(dashboard, tile, on_receive(script));
    payload(fixture.run(tile, received("t", "in")))
}

/// Throws, catches, and uses what the attacks change.
const CHECK: &str = "\
    event.data = (event.data || 0) + 1;\
    var stack = '';\
    try { null.secret } catch (e) { stack = typeof e.stack + e.stack.includes('on_receive') }\
    var seen = [typeof x, typeof ({}).x, typeof [].x, typeof ''.x, typeof (function () {}).x, typeof /a/.x, typeof app.x,\
        typeof app.publish.x, typeof Math.x, typeof event.x, typeof Promise.x, typeof Symbol.iterator.x,\
        typeof (async () => {}).x, typeof (function* () {})().x, String({}), [3, 4].join(), Math.max(1, 2), 5..toString(),\
        String([...[1, 2]]), 'a-b'.split('-'), JSON.stringify(JSON.parse('[1]')), /a/.test('a'), new Map([[1, 2]]).get(1),\
        String.call(null, 7), new Date(0).toISOString(), typeof undefined, stack];\
    event.payload = event.data + ': ' + seen.join(' ');";

#[test]
fn attack_changes_nothing_for_another_dashboard_and_another_tile() {
    let mut fixture = ScriptWorkerFixture::new();
    let expected = set_and_receive(&mut fixture, VICTIM, VICTIM_TILE, CHECK).unwrap();
    let seen = expected.strip_prefix("1: ").expect("the check counts its calls");
    assert!(seen.ends_with("undefined stringtrue"), "{expected}");
    for (number, attack) in (100..).zip(ATTACKS) {
        let (attacker, tile, neighbor) = (DashboardId(number), TileId(2 * number), TileId(2 * number + 1));
        let _ = set_and_receive(&mut fixture, attacker, tile, attack);
        let _ = set_and_receive(&mut fixture, attacker, tile, &format!("{attack} "));
        let neighbor_sees = set_and_receive(&mut fixture, attacker, neighbor, CHECK).unwrap();
        assert_eq!(neighbor_sees, format!("1: {seen}"), "{attack}");
        let victim = fixture.run(VICTIM_TILE, received("t", "in"));
        assert_eq!(victim.publish_requests, [], "{attack}");
        assert_eq!(payload(victim), Ok(format!("{}: {seen}", number - 98)), "{attack}");
        for tile in [tile, neighbor] {
            fixture.set(attacker, tile, TileScripts::default());
        }
    }
}

#[test]
fn stack_of_an_error_reaches_no_script_of_another_tile() {
    let mut fixture = ScriptWorkerFixture::new();
    let steal = "Error.prepareStackTrace = function (error, sites) {\
        app.publish('stolen', error.message + sites.map(function (s) { return s.getFunction() }), false, 0) };";
    let _ = set_and_receive(&mut fixture, ATTACKER, TILE, steal);
    for dashboard in [ATTACKER, VICTIM] {
        fixture.set(dashboard, VICTIM_TILE, on_receive("throw new Error('secret ' + event.payload)"));
        let response = fixture.run(VICTIM_TILE, received("t", "in"));
        assert_eq!(response.publish_requests, []);
        assert_eq!(response.result.unwrap_err().to_string(), "on_receive, line 1: Error: secret in");
    }
}

#[test]
fn script_that_breaks_its_scope_keeps_data_of_other_dashboards() {
    let mut fixture = ScriptWorkerFixture::new();
    let count = "event.data = (event.data || 0) + 1; event.payload = event.data";
    assert_eq!(set_and_receive(&mut fixture, VICTIM, VICTIM_TILE, count).as_deref(), Ok("1"));
    // The property of a name that was declared with `var` in the global scope cannot be deleted.
    for script in ["Object.freeze(this)", "new Function('return this')().constructor.freeze(this)"] {
        let _ = set_and_receive(&mut fixture, ATTACKER, TILE, script);
    }
    assert_eq!(set_and_receive(&mut fixture, VICTIM, VICTIM_TILE, count).as_deref(), Ok("2"));
}

#[test]
fn tile_leaves_its_data_behind_when_it_changes_its_dashboard_or_loses_its_scripts() {
    let mut fixture = ScriptWorkerFixture::new();
    let store = "event.payload = typeof event.data; event.data = [1]";
    let other = TileId(30);
    for dashboard in [ATTACKER, VICTIM] {
        // Keeps the process.
        assert_eq!(set_and_receive(&mut fixture, dashboard, other, store).as_deref(), Ok("undefined"));
        assert_eq!(set_and_receive(&mut fixture, dashboard, TILE, store).as_deref(), Ok("undefined"));
        assert_eq!(set_and_receive(&mut fixture, dashboard, TILE, store).as_deref(), Ok("object"));
        assert_eq!(set_and_receive(&mut fixture, dashboard, other, store).as_deref(), Ok("object"));
        fixture.set(dashboard, other, TileScripts::default());
    }
    assert_eq!(set_and_receive(&mut fixture, VICTIM, TILE, store).as_deref(), Ok("object"));
    assert_eq!(set_and_receive(&mut fixture, VICTIM, other, store).as_deref(), Ok("undefined"));
    fixture.set(VICTIM, TILE, TileScripts::default());
    assert_eq!(set_and_receive(&mut fixture, VICTIM, TILE, store).as_deref(), Ok("undefined"));
    assert_eq!(set_and_receive(&mut fixture, VICTIM, other, store).as_deref(), Ok("object"));
}
