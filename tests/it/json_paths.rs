//! JSON paths and payloads that exceed the limits.

use crate::fixtures::{
    app::AppFixture,
    process::{assert_peak_memory_below, in_own_process},
};

#[test]
fn expensive_json_paths_are_reported_on_their_tile() {
    let deep = format!("{}1{}", "{\"a\":".repeat(120), "}".repeat(120));
    let very_deep = "[".repeat(100_000);
    let wide = format!("[{}0]", "0,".repeat(2 << 20));
    in_own_process(concat!(module_path!(), "::expensive_json_paths_are_reported_on_their_tile"), || {
        for (path, payload, expected) in [
            ("$..*..*..*..*..*", &deep, "too much data at $..*"),
            ("$.a", &very_deep, "nested too deep"),
            ("$..*", &wide, "payload too large"),
        ] {
            let mut fixture = AppFixture::new(&format!(
                "tile_size = \"small\"
columns = 1
[[tile]]
kind = \"text\"
name = \"P\"
topic = \"t\"
\
                 publish = false
json_path = \"{path}\"
"
            ));
            fixture.receive("t", payload);
            let words = fixture.screen_words();
            assert!(words.contains(expected), "{path}: {words}");
        }
        assert_peak_memory_below(600);
    });
}
