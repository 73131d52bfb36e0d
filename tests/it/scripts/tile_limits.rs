//! Scripts that exceed their limits.

use crate::fixtures::{
    app::AppFixture,
    cpu_lock::CpuLock,
    process::{assert_peak_memory_below, in_own_process},
};

const TIME: &str = "was stopped: it ran for more than 50 ms";

/// Scripts that exceed a limit, and the error on their tile.
const SCRIPTS: &[(&str, &str)] = &[
    ("for (;;);", TIME),
    ("while (true) try { nothing.here } catch (e) {}", TIME),
    ("while (true) try { throw 1 } finally { continue }", TIME),
    ("/^(a+)+$/.test('a'.repeat(40) + 'b')", TIME),
    ("'x'.repeat(2e9)", "invalid string length"),
    ("new Array(2e9).fill(0)", ""),
    ("let s = 'x'; for (;;) s += s", ""),
    ("let a = []; for (;;) a.push(new Array(1000).fill(1))", "was stopped"),
    ("(function f() { f() })()", "RangeError"),
    ("(function f() { try { f() } finally { f() } })()", TIME),
    ("throw null", "threw null"),
    ("throw undefined", "threw undefined"),
    ("throw {toString() { for (;;); }}", ""),
];

#[test]
fn exhausting_script_fails_on_its_tile_and_others_go_on() {
    let _lock = CpuLock::shared();
    in_own_process(concat!(module_path!(), "::exhausting_script_fails_on_its_tile_and_others_go_on"), || {
        for (script, expected) in SCRIPTS {
            for key in ["jsOnReceive", "jsOnDisplay", "jsOnTap"] {
                let text = serde_json::Value::from(*script).to_string();
                let mut fixture = AppFixture::imported(&format!(
                    r#"[{{"type":1,"name":"Bad","topic":"t","enablePub":false,"mainTextSize":"SMALL","{key}":{text}}},
                        {{"type":1,"name":"Good","topic":"t","mainTextSize":"SMALL","jsOnDisplay":"event.text = 'fine ' + event.text"}}]"#
                ));
                fixture.resize(40, 16);
                fixture.receive("t", "1");
                fixture.press_first_tile();
                fixture.receive("t", "2");
                fixture.assert_shows(&["Bad", "Good", "fine 2"]);
                let words = fixture.screen_words();
                assert!(words.contains("! on_") && words.contains(expected), "{script}: {words}");
            }
        }
        assert_peak_memory_below(400);
    });
}

#[test]
fn exhausting_blink_expression_fails_on_its_tile() {
    for (expression, expected) in
        [("(function () { for (;;); })()", TIME), ("val >", "blink"), ("nothing > 1", "nothing")]
    {
        let mut fixture = AppFixture::imported(&format!(
            r#"{{"type":1,"name":"B","topic":"t","mainTextSize":"SMALL","jsBlinkExpression":"{expression}"}}"#
        ));
        fixture.receive("t", "still here");
        fixture.assert_shows(&["still here"]);
        let words = fixture.screen_words();
        assert!(words.contains("! blink") && words.contains(expected), "{expression}: {words}");
    }
}
