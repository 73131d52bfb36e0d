//! JSON paths on payloads: reading only what a path needs gives the same as reading the whole payload.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mqtt_dash::model::{
    error::TileError,
    json_path::{JsonPath, find_all, parse_json},
    lenient_json::{self, decode},
};
use mqtt_dash_fuzz::split;

/// Paths that are resolved together with the one of the input.
const OTHERS: [&str; 3] = ["$.a", "a.b[0]", "$[-1]"];

/// A number as `serde_json` spells it: in a document in memory, the spelling of an exponent is lost.
fn without_spelling(found: Result<String, TileError>) -> Result<String, TileError> {
    found.map(|text| serde_json::from_str::<serde_json::Number>(&text).map_or(text, |number| number.to_string()))
}

fuzz_target!(|data: &[u8]| {
    let (path, payload) = split(data);
    let Ok(text) = str::from_utf8(path) else { return };
    let Ok(path) = JsonPath::parse(text) else { return };
    let alone: Vec<_> = find_all(payload, &[&path]).into_iter().map(without_spelling).collect();
    let text_of_payload = decode(payload);
    if let Ok(document) = lenient_json::read(&text_of_payload) {
        assert!(document.length <= text_of_payload.len());
        let strict = serde_json::from_str::<serde_json::Value>(&document.json);
        assert!(strict.is_ok(), "{} from {text_of_payload}", document.json);
    }
    match parse_json(payload) {
        Ok(json) => {
            let reference = without_spelling(path.find(&json));
            assert_eq!(alone, std::slice::from_ref(&reference), "{text}");
            let others: Vec<JsonPath> = OTHERS.iter().map(|other| JsonPath::parse(other).expect("valid")).collect();
            let all: Vec<&JsonPath> = std::iter::once(&path).chain(&others).collect();
            let expected: Vec<_> = all.iter().map(|path| without_spelling(path.find(&json))).collect();
            let found: Vec<_> = find_all(payload, &all).into_iter().map(without_spelling).collect();
            assert_eq!(found, expected, "{text}");
        }
        Err(error) => assert_eq!(alone, [Err(error)], "{text}"),
    }
});
