//! What paths find, told by examples and held to another implementation.

use proptest::prelude::*;
use serde_json::json as document;

use super::*;

fn find(path: &str, payload: &str) -> Result<String, Fault> {
    let path = JsonPath::parse(path).unwrap();
    let slow = path.find(&json(payload.as_bytes()).unwrap());
    assert_eq!(find_all(payload.as_bytes(), &[&path]), std::slice::from_ref(&slow));
    slow
}

#[test]
fn paths_give_what_mqtt_dash_gives() {
    let payload = r#"{"a":{"b-c":[10,{"d":"x"},-127.00]},"n":null,"t":true,"big":123456789012345678901234567890,"e":1e3,"k":1e8}"#;
    for (path, wanted) in [
        ("$.a.b-c[0]", "10"),
        ("a.b-c[1].d", "x"),
        ("$['a']['b-c'][2]", "-127.0"),
        ("$.a.b-c[-1]", "-127.0"),
        ("$.n", "(null)"),
        ("t", "true"),
        ("$.big", "123456789012345678901234567890"),
        ("$.e", "1000.0"),
        ("$.k", "1.0E8"),
        ("$..d", r#"["x"]"#),
        ("$.a['b-c'][0,1]", r#"[10,{"d":"x"}]"#),
        ("$.a['b-c'][:1]", "[10]"),
        ("$.a['b-c'][?(@.d == 'x')]", r#"[{"d":"x"}]"#),
        ("$.a.b-c[1]", r#"{"d":"x"}"#),
    ] {
        assert_eq!(find(path, payload).as_deref(), Ok(wanted), "{path}");
    }
}

#[test]
fn a_path_that_finds_nothing_says_so() {
    assert_eq!(find("$.x.y", "{}"), Err(Fault::NothingAtPath("$.x.y".into())));
    assert_eq!(find("$..x", "{}"), Err(Fault::NothingAtPath("$..x".into())));
}

#[test]
fn a_bad_path_points_at_its_fault() {
    let wrong = JsonPath::parse("$.a[?(@.b >]").unwrap_err();
    assert_eq!(wrong.bytes, Some(11..12), "{wrong:?}");
    let wrong = JsonPath::parse("$.é[").unwrap_err();
    assert!(wrong.bytes.is_some(), "{wrong:?}");
    assert!(JsonPath::parse(&"[".repeat(500)).is_err());
    assert!(JsonPath::parse("").is_err());
}

#[test]
fn payloads_that_are_no_json_say_why() {
    assert!(matches!(json(b"hello"), Err(Fault::NotJson(_))));
    assert_eq!(json("[".repeat(200).as_bytes()), Err(Fault::JsonTooDeep));
    assert!(matches!(json(&vec![b'1'; MAX_JSON + 1]), Err(Fault::JsonTooLarge(..))));
    assert!(matches!(json(b"{} trailing"), Err(Fault::NotJson(_))));
}

#[test]
fn the_last_of_two_equal_keys_counts() {
    assert_eq!(find("a", r#"{"a":1,"a":2}"#).as_deref(), Ok("2"));
}

#[test]
fn paths_that_share_a_payload_are_found_together() {
    let payload = br#"{"a":{"b":[1,{"c":"x"}],"b":[2,{"c":"y"}]},"d":null,"a\u0031":true}"#;
    let paths =
        ["$.a.b[1].c", "$.d", "a.b[0]", "a.b", "$", "$.a1", "$.a.b[1].c"].map(|path| JsonPath::parse(path).unwrap());
    let found = find_all(payload, &paths.each_ref());
    let whole = r#"{"a":{"b":[2,{"c":"y"}]},"d":null,"a1":true}"#;
    let wanted = ["y", "(null)", "2", r#"[2,{"c":"y"}]"#, whole, "true", "y"];
    assert_eq!(found, wanted.map(|text| Ok(text.to_owned())));
    assert_eq!(places(payload, &paths.each_ref()).as_ref(), Some(&found), "without the payload in memory");
}

#[test]
fn what_cannot_be_walked_says_the_same_as_ever() {
    let path = JsonPath::parse("$.a.b").unwrap();
    for payload in [
        "",
        "{",
        "{\"a\":{\"b\":1}} x",
        "{\"a\":{\"b\":1}",
        "[1]",
        "{\"a\":5}",
        "{\"a\":{\"b\":1},\"a\":5}",
        "\"a\"",
        "{\"a\":{\"b\":\"\\ud800\"}}",
    ] {
        let slow = json(payload.as_bytes()).and_then(|json| path.find(&json));
        assert!(slow.is_err(), "{payload}");
        assert_eq!(find_all(payload.as_bytes(), &[&path]), [slow], "{payload}");
    }
    let raw = b"{\"a\":{\"b\":1},\"c\":\"\xff\"}";
    assert!(matches!(find_all(raw, &[&path])[..], [Err(Fault::NotJson(_))]));
    let deep = format!("{{\"a\":{{\"b\":{}1{}}}}}", "[".repeat(200), "]".repeat(200));
    assert_eq!(find_all(deep.as_bytes(), &[&path]), [Err(Fault::JsonTooDeep)]);
}

/// Documents with few names, so that paths find something.
fn any_document() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(document!(null)),
        any::<bool>().prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        (-1e9..1e9).prop_map(|number: f64| document!(number)),
        "[a-z\\\\\"\u{e9}\u{1f600}]{0,4}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec(("[abc\u{e9}]{1,2}", inner), 0..5)
                .prop_map(|entries| Json::Object(entries.into_iter().collect())),
        ]
    })
}

fn any_path() -> impl Strategy<Value = String> {
    let hop = prop_oneof![
        3 => "[abc\u{e9}]{1,2}".prop_map(|name| format!("['{name}']")),
        2 => (-3..4).prop_map(|at| format!("[{at}]")),
    ];
    prop::collection::vec(hop, 0..5).prop_map(|hops| format!("${}", hops.concat()))
}

proptest! {
    #[test]
    fn walking_finds_what_jsonpath_rust_finds(document in any_document(), paths in prop::collection::vec(any_path(), 1..5)) {
        let payload = document.to_string();
        let document = json(payload.as_bytes()).unwrap();
        let parsed: Vec<JsonPath> = paths.iter().map(|path| JsonPath::parse(path).unwrap()).collect();
        prop_assert!(parsed.iter().all(|path| matches!(path.query, Query::Place(_))));
        let found = find_all(payload.as_bytes(), &parsed.iter().collect::<Vec<_>>());
        for (path, found) in paths.iter().zip(found) {
            let query = parse_json_path(path).unwrap();
            let wanted = js_path_process(&query, &document).unwrap();
            let wanted = wanted.first().map(|each| shown(each.clone().val())).ok_or(Fault::NothingAtPath(path.clone()));
            prop_assert_eq!(found, wanted, "{} in {}", path, payload);
        }
    }

    #[test]
    fn a_broken_payload_is_told_as_ever(document in any_document(), path in any_path(), at in any::<prop::sample::Index>(), put in "[{}\\[\\],:\"0a]") {
        let mut payload = document.to_string();
        let places: Vec<usize> = payload.char_indices().map(|(at, _)| at).collect();
        payload.insert_str(*at.get(&places), &put);
        let path = JsonPath::parse(&path).unwrap();
        let slow = json(payload.as_bytes()).and_then(|json| path.find(&json));
        prop_assert_eq!(find_all(payload.as_bytes(), &[&path]), [slow], "{}", payload);
    }
}
