//! Tests of JSON paths, by examples and in comparison with other implementations.

use proptest::prelude::*;
use serde_json::json as document;

use jsonpath_rust::{parser::parse_json_path, query::js_path_process};

use super::*;

fn find(path: &str, payload: &str) -> Result<String, TileError> {
    let path = JsonPath::parse(path).unwrap();
    let reference = path.find(&parse_json(payload.as_bytes()).unwrap());
    let found = find_all(payload.as_bytes(), &[&path]).remove(0);
    assert_eq!(found.clone().map(without_spelling), reference.map(without_spelling));
    found
}

/// Returns a number as `serde_json` spells it: in a document in memory, the spelling of an exponent is lost.
fn without_spelling(text: String) -> String {
    serde_json::from_str::<serde_json::Number>(&text).map_or(text, |number| number.to_string())
}

#[test]
fn json_path_gives_what_mqtt_dash_gives_with_all_digits() {
    let payload = r#"{"a":{"b-c":[10,{"d":"x"},-127.00]},"n":null,"t":true,"big":123456789012345678901234567890,"e":1e3,"k":1E-08,"z":-0,
        "pi":3.14159265358979323846,"meter":12345678.90,"epoch":1700000000.123,"current":0.0000120,"rows":[1.50,-0,1e-7]}"#;
    for (path, expected) in [
        ("$.a.b-c[0]", "10"),
        ("a.b-c[1].d", "x"),
        ("$['a']['b-c'][2]", "-127.00"),
        ("$.a.b-c[-1]", "-127.00"),
        ("$.n", "(null)"),
        ("t", "true"),
        ("$.big", "123456789012345678901234567890"),
        ("$.e", "1e3"),
        ("$.k", "1E-08"),
        ("$.z", "0"),
        ("$.pi", "3.14159265358979323846"),
        ("$.meter", "12345678.90"),
        ("$.epoch", "1700000000.123"),
        ("$.current", "0.0000120"),
        ("$.rows", "[1.50,0,1e-7]"),
        ("$..d", r#"["x"]"#),
        ("$.a['b-c'][0,1]", r#"[10,{"d":"x"}]"#),
        ("$.a['b-c'][:1]", "[10]"),
        ("$.a['b-c'][?(@.d == 'x')]", r#"[{"d":"x"}]"#),
        ("$.a.b-c[1]", r#"{"d":"x"}"#),
    ] {
        assert_eq!(find(path, payload).as_deref(), Ok(expected), "{path}");
    }
}

#[test]
fn json_path_without_match_is_an_error() {
    assert_eq!(find("$.x.y", "{}"), Err(TileError::NothingAtPath("$.x.y".into())));
    assert_eq!(find("$..x", "{}"), Err(TileError::NothingAtPath("$..x".into())));
}

#[test]
fn invalid_json_payload_reports_the_reason() {
    assert!(matches!(parse_json(b"hello"), Err(TileError::NotJson(_))));
    assert_eq!(parse_json("[".repeat(200).as_bytes()), Err(TileError::JsonTooDeep));
    assert!(matches!(parse_json(&vec![b'1'; MAX_JSON_BYTES + 1]), Err(TileError::JsonTooLarge(..))));
    assert!(matches!(parse_json(b"{\"a\":1"), Err(TileError::NotJson(_))));
    assert!(matches!(parse_json(b"21.5 \xb0C"), Err(TileError::NotJson(_))));
}

#[test]
fn json_path_uses_the_last_of_duplicate_keys() {
    assert_eq!(find("a", r#"{"a":1,"a":2}"#).as_deref(), Ok("2"));
}

#[test]
fn find_all_resolves_several_paths_in_one_pass() {
    let payload = br#"{"a":{"b":[1,{"c":"x"}],"b":[2,{"c":"y"}]},"d":null,"a\u0031":true}"#;
    let paths =
        ["$.a.b[1].c", "$.d", "a.b[0]", "a.b", "$", "$.a1", "$.a.b[1].c"].map(|path| JsonPath::parse(path).unwrap());
    let found = find_all(payload, &paths.each_ref());
    let document = r#"{"a":{"b":[2,{"c":"y"}]},"d":null,"a1":true}"#;
    let expected = ["y", "(null)", "2", r#"[2,{"c":"y"}]"#, document, "true", "y"];
    assert_eq!(found, expected.map(|text| Ok(text.to_owned())));
    let json = str::from_utf8(payload).unwrap();
    let streamed: Option<Vec<_>> = find_singular(json, &paths.each_ref()).into_iter().collect();
    assert_eq!(streamed.as_ref(), Some(&found), "without the payload in memory");
}

#[test]
fn unclean_payload_is_read_leniently() {
    let paths = ["$.t", "$.list[*]", "$.list[-1]"].map(|path| JsonPath::parse(path).unwrap());
    for payload in [
        &b"{t:21.50, list:[1,2]}"[..],
        b"\xef\xbb\xbf{\"t\":21.50,\"list\":[1,2]}",
        b"{\"code\":\"\xf0H\",\"t\":21.50,\"list\":[1,2]}\0",
        b"{\"h\":nan,\"t\":21.50,\"list\":[1,2],}",
    ] {
        let found = find_all(payload, &paths.each_ref());
        assert_eq!(found, ["21.50", "[1,2]", "2"].map(|text| Ok(text.to_owned())), "{payload:?}");
    }
    let deep = format!("{{t:{}1{}}}", "[".repeat(127), "]".repeat(127));
    assert_eq!(find_all(deep.as_bytes(), &[&paths[0]]), [Err(TileError::JsonTooDeep)]);
    let large = format!("{{t:'{}'}}", "x".repeat(MAX_JSON_BYTES));
    assert!(matches!(find_all(large.as_bytes(), &[&paths[0]])[..], [Err(TileError::JsonTooLarge(..))]));
}

#[test]
fn find_all_reports_the_same_error_as_a_full_parse() {
    let path = JsonPath::parse("$.a.b").unwrap();
    for payload in ["", "{", "{\"a\":{\"b\":1}", "[1]", "{\"a\":5}", "{\"a\":{\"b\":1},\"a\":5}", "\"a\""] {
        let reference = parse_json(payload.as_bytes()).and_then(|json| path.find(&json));
        assert!(reference.is_err(), "{payload}");
        assert_eq!(find_all(payload.as_bytes(), &[&path]), [reference], "{payload}");
    }
    let raw = b"{\"a\":{\"b\":1},\"c\":\"\xff\"";
    assert!(matches!(find_all(raw, &[&path])[..], [Err(TileError::NotJson(_))]));
    let deep = format!("{{\"a\":{{\"b\":{}1{}}}}}", "[".repeat(200), "]".repeat(200));
    assert_eq!(find_all(deep.as_bytes(), &[&path]), [Err(TileError::JsonTooDeep)]);
}

/// Documents with few different names, so that paths match.
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
    let segment = prop_oneof![
        3 => "[abc\u{e9}]{1,2}".prop_map(|name| format!("['{name}']")),
        2 => (-3..4).prop_map(|index| format!("[{index}]")),
    ];
    prop::collection::vec(segment, 0..5).prop_map(|segments| format!("${}", segments.concat()))
}

proptest! {
    #[test]
    fn json_path_finds_what_jsonpath_rust_finds(document in any_document(), paths in prop::collection::vec(any_path(), 1..5)) {
        let payload = document.to_string();
        let document = parse_json(payload.as_bytes()).unwrap();
        let parsed: Vec<JsonPath> = paths.iter().map(|path| JsonPath::parse(path).unwrap()).collect();
        prop_assert!(parsed.iter().all(|path| matches!(path.query, Query::Singular(_))));
        let found = find_all(payload.as_bytes(), &parsed.iter().collect::<Vec<_>>());
        for (path, found) in paths.iter().zip(found) {
            let query = parse_json_path(path).unwrap();
            let expected = js_path_process(&query, &document).unwrap();
            let expected = expected.first().map(|first| text::from_value(first.clone().val()).unwrap()).ok_or(TileError::NothingAtPath(path.clone()));
            prop_assert_eq!(found, expected, "{} in {}", path, payload);
        }
    }

    #[test]
    fn broken_payload_reports_the_same_error_as_a_full_parse(document in any_document(), path in any_path(), position in any::<prop::sample::Index>(), inserted in "[{}\\[\\],:\"0a]") {
        let mut payload = document.to_string();
        let offsets: Vec<usize> = payload.char_indices().map(|(offset, _)| offset).collect();
        payload.insert_str(*position.get(&offsets), &inserted);
        let path = JsonPath::parse(&path).unwrap();
        let reference = parse_json(payload.as_bytes()).and_then(|json| path.find(&json));
        let found = find_all(payload.as_bytes(), &[&path]).remove(0);
        prop_assert_eq!(found.map(without_spelling), reference.map(without_spelling), "{}", payload);
    }
}

/// A document for [`JAYWAY_RESULTS`].
const JAYWAY_DOCUMENT: &str = r#"{
    "level": {"value": 42, "max-1": {"b": 7}},
    "temp": 1.50,
    "in": {"temp": -127.00, "deep": {"temp": null}},
    "list": [{"b": 1, "n": "one"}, {"b": 2, "n": "two", "on": true}, {"n": "three"}, 4],
    "rows": [[1, 2], [3, 4]],
    "a b": {"c.d": "x", "it's": 5},
    "t\u00fcr": 1e3, "ns:k": 8, "@id": 9, "big": 12345678901234567890123,
    "empty": [], "no": null, "limit": 1
}"#;

/// The results of Jayway for each form of path on [`JAYWAY_DOCUMENT`], with numbers as they are in it; `None` for no match, and for `$`, which gives
/// the whole document.
const JAYWAY_RESULTS: &[(&str, Option<&str>)] = &[
    // A single value: the value itself.
    ("$", None),
    ("$.level.value", Some("42")),
    ("level.value", Some("42")),
    ("$['level']['value']", Some("42")),
    ("$[\"level\"].value", Some("42")),
    ("['level']['value']", Some("42")),
    ("$.['level'].value", Some("42")),
    ("$.level['max-1'].b", Some("7")),
    ("$.level.max-1.b", Some("7")),
    ("$['a b']['c.d']", Some("x")),
    ("$['a b']['it\\'s']", Some("5")),
    ("$.t\u{fc}r", Some("1e3")),
    ("$.ns:k", Some("8")),
    ("$.@id", Some("9")),
    ("$.big", Some("12345678901234567890123")),
    ("$.temp", Some("1.50")),
    ("$.no", Some("(null)")),
    ("$.list[0].n", Some("one")),
    ("list[0].n", Some("one")),
    ("$.list[-1]", Some("4")),
    ("$.rows[1][0]", Some("3")),
    ("$.rows", Some("[[1,2],[3,4]]")),
    ("$.empty", Some("[]")),
    ("$.in", Some(r#"{"temp":-127.00,"deep":{"temp":null}}"#)),
    ("$['temp','no']", Some(r#"{"temp":1.50,"no":null}"#)),
    // Any other path: a list of the matches, a value before its descendants.
    ("$..temp", Some("[1.50,-127.00,null]")),
    ("..temp", None),
    ("$..max-1", Some(r#"[{"b":7}]"#)),
    ("$.in..temp", Some("[-127.00,null]")),
    ("$..['temp']", Some("[1.50,-127.00,null]")),
    ("$..rows[0]", Some("[[1,2]]")),
    ("$..[1]", Some(r#"[{"b":2,"n":"two","on":true},[3,4],2,4]"#)),
    ("$.list[*].b", Some("[1,2]")),
    ("list[*].n", Some(r#"["one","two","three"]"#)),
    ("$.list.*.b", Some("[1,2]")),
    ("$.level.*", Some(r#"[42,{"b":7}]"#)),
    ("$.rows[*][*]", Some("[1,2,3,4]")),
    ("$.list[0,1].b", Some("[1,2]")),
    ("$.rows[0, 1]", Some("[[1,2],[3,4]]")),
    ("$.rows[0,7]", Some("[[1,2]]")),
    ("$.rows[0,-1]", Some("[[1,2],[3,4]]")),
    ("$.list[:2].b", Some("[1,2]")),
    ("$.list[1:].n", Some(r#"["two","three"]"#)),
    ("$.list[1:3].n", Some(r#"["two","three"]"#)),
    ("$.list[-2:]", Some(r#"[{"n":"three"},4]"#)),
    ("$.list[:-3].b", Some("[1]")),
    ("$.list[?(@.b > 1)]", Some(r#"[{"b":2,"n":"two","on":true}]"#)),
    ("$.list[?(@.b > 1)].n", Some(r#"["two"]"#)),
    ("list[?(@.b>=1)].n", Some(r#"["one","two"]"#)),
    ("$.list[?(@.n == 'three')].n", Some(r#"["three"]"#)),
    ("$.list[?(@['n'] != 'one')].n", Some(r#"["two","three"]"#)),
    ("$.list[?(@.on)].b", Some("[2]")),
    ("$.list[?(!@.b)].n", Some(r#"["three"]"#)),
    ("$.list[?(@.b == 1 || @.n == 'three')].n", Some(r#"["one","three"]"#)),
    ("$.list[?(@.b == 2 && @.on == true)].n", Some(r#"["two"]"#)),
    ("$.list[?(@.b > $.limit)].b", Some("[2]")),
    ("$.list[?@.b == 1].b", Some("[1]")),
    ("$.level[?(@.value == 42)].value", Some("[42]")),
    ("$.level[?(@.max-1)].value", Some("[42]")),
    ("$..[?(@.b == 1)].n", Some(r#"["one"]"#)),
    // No match.
    ("$.nothing", None),
    ("$.level.value.x", None),
    ("$.list[9]", None),
    ("$.list[-9]", None),
    ("$.level[0]", None),
    ("$.list.b", None),
    ("$..nothing", None),
    ("$.empty[*]", None),
    ("$.list[?(@.b > 9)]", None),
    ("$.list[3:1]", None),
];

#[test]
fn json_path_shapes_give_what_jayway_gives() {
    for &(path, expected) in JAYWAY_RESULTS {
        match (try_find(path, JAYWAY_DOCUMENT), expected) {
            (Ok(_), Some(expected)) => assert_eq!(find(path, JAYWAY_DOCUMENT).as_deref(), Ok(expected), "{path}"),
            (Ok(found), None) if path == "$" => assert!(found.starts_with("{\"level\":"), "{found}"),
            (Ok(found), None) => panic!("{path} finds {found}"),
            (Err(error), Some(_)) => panic!("{path}: {error}"),
            (Err(error), None) => assert!(error == format!("nothing at {path}") || path == "..temp", "{error}"),
        }
    }
}

fn try_find(path: &str, payload: &str) -> Result<String, String> {
    let path = JsonPath::parse(path).map_err(|error| error.message)?;
    path.find(&parse_json(payload.as_bytes()).unwrap()).map_err(|error| error.to_string())
}

#[test]
fn invalid_json_path_is_rejected_with_its_byte_span() {
    for (path, span) in [
        ("$.", 1..2),
        ("$..", 2..3),
        ("$a", 1..2),
        ("$.a b", 3..4),
        ("$.a[", 3..4),
        ("$.a[1", 4..5),
        ("$.a['b", 4..5),
        ("$.a[?(@.b > 1)", 4..5),
        ("$.a[?(@.b =~ /x/)]", 10..11),
        ("$.a[?]", 5..6),
        ("$.a[(@.length-1)]", 4..5),
        ("$.a[?(@.b-c =~ /x/)]", 4..5),
        ("$.a.length()", 10..11),
        ("$.a[::0]", 6..7),
        ("$.a]", 3..4),
        ("$.é)", 4..5),
    ] {
        let error = JsonPath::parse(path).expect_err(path);
        assert_eq!(error.span, Some(span), "{path}: {}", error.message);
    }
}

proptest::proptest! {
    #[test]
    fn json_path_parses_any_text_or_reports_a_valid_span(text in "[$@.\\[\\]()?*'\"\\\\é a0:,-]{0,12}") {
        match JsonPath::parse(&text) {
            Ok(path) => drop(path.find(&parse_json(br#"{"a":[0,{"a":{"\u00e9":1}}]}"#).unwrap())),
            Err(error) => assert!(error.span.is_none_or(|bytes| text.get(bytes).is_some())),
        }
    }
}

#[test]
fn json_path_evaluation_and_result_are_bounded() {
    let wide = format!("{{\"a\":[{}]}}", vec!["[0,1,2,3,4,5,6,7,8,9]"; 10_000].join(","));
    let deep = format!("{}1{}", "{\"a\":".repeat(120), "}".repeat(120));
    let long = format!("{}\"{}\"{}", "[".repeat(120), "x".repeat(1 << 20), "]".repeat(120));
    for (path, payload) in [
        ("$..*..*..*..*..*", &deep),
        ("$..[?(@..*..*..*)]", &deep),
        ("$.a[?(@..*..*..*..*..*..*)]", &wide),
        ("$.a[?($.a[?($.a[?(@.x)])])]", &wide),
        ("$..*", &long),
        ("$..*..*", &long),
    ] {
        let found = find(path, payload).map(|text| text.len());
        assert_eq!(found, Err(TileError::TooMuchAtPath(path.to_owned())));
    }
    assert_eq!(find("$..a[0]", &deep), Err(TileError::NothingAtPath("$..a[0]".into())));
    assert!(find("$.a[*][9]", &wide).is_ok());
}

#[test]
fn json_path_rejects_too_long_or_too_deep_paths() {
    for path in [
        "[".repeat(500),
        format!("$.{}", "a".repeat(1_001)),
        format!("$[?({}@.a{})]", "(".repeat(20), ")".repeat(20)),
        format!("$[?(@{}.a{})]", "[?(@".repeat(20), ")]".repeat(20)),
        format!("$[?{}@.a{}]", "count(".repeat(20), ")".repeat(20)),
    ] {
        assert!(JsonPath::parse(&path).is_err(), "{path}");
    }
}
