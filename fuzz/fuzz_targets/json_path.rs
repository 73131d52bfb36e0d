//! JSON paths on payloads: reading only what a path needs gives the same as reading the whole payload.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mqtt_dash::model::json_path::{JsonPath, find_all, parse_json};
use mqtt_dash_fuzz::split;

/// Paths that are resolved together with the one of the input.
const OTHERS: [&str; 3] = ["$.a", "a.b[0]", "$[-1]"];

fuzz_target!(|data: &[u8]| {
    let (path, payload) = split(data);
    let Ok(text) = str::from_utf8(path) else { return };
    let Ok(path) = JsonPath::parse(text) else { return };
    let alone = find_all(payload, &[&path]);
    match parse_json(payload) {
        Ok(json) => {
            let reference = path.find(&json);
            assert_eq!(alone, std::slice::from_ref(&reference), "{text}");
            let others: Vec<JsonPath> = OTHERS.iter().map(|other| JsonPath::parse(other).expect("valid")).collect();
            let all: Vec<&JsonPath> = std::iter::once(&path).chain(&others).collect();
            let expected: Vec<_> = all.iter().map(|path| path.find(&json)).collect();
            assert_eq!(find_all(payload, &all), expected, "{text}");
        }
        Err(error) => assert_eq!(alone, [Err(error)], "{text}"),
    }
});
