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

/// A document for [`JAYWAY_FUNCTIONS`].
const FUNCTIONS_DOCUMENT: &str = r#"{
    "A": "home", "B": 7, "text": "h\u00e9llo", "one": [2.5], "empty": [], "n": [1, 2, 4.5, 11], "mixed": [1, "2", "x", null],
    "words": ["a", "b", 3], "rows": [[1, 2], [3, 4]], "nested": {"x": {"price": 1}, "y": {"price": 2.5}},
    "items": [
        {"n": "Hall", "tags": ["a", "b"], "t": 21.50, "e": "", "l": []},
        {"n": "hall 2", "tags": ["b", "c"], "t": "19", "e": "x", "l": [1]},
        {"n": "Cellar", "tags": [], "t": 7, "level-1": true, "o": {}},
        {"n": null, "t": -3}
    ],
    "wanted": ["Hall", "Cellar"]
}"#;

/// The results of Jayway for functions and filters on [`FUNCTIONS_DOCUMENT`].
const JAYWAY_FUNCTIONS: &[(&str, Option<&str>)] = &[
    ("$.n.length()", Some("4")),
    ("n.length()", Some("4")),
    ("$.nested.length()", Some("2")),
    ("$.length($.n)", Some("4")),
    ("$.empty.length()", Some("0")),
    ("$['n'].size()", Some("4")),
    ("$.n.min()", Some("1.0")),
    ("$.n.max()", Some("11.0")),
    ("$.n.avg()", Some("4.625")),
    ("$.n.sum()", Some("18.5")),
    ("$.one.stddev()", Some("0.0")),
    ("$.sum($.B, 3, 0.5)", Some("10.5")),
    ("$..price.sum()", Some("3.5")),
    ("$.nested.*.price.max()", Some("2.5")),
    ("$.rows[*].length()", Some("[2,2]")),
    ("$.rows[*].sum()", Some("[3.0,7.0]")),
    ("$.empty.avg()", None),
    ("$.A.avg()", None),
    ("$.nothing.length()", None),
    ("$.concat($.A,\"/\",$.B)", Some("home/7")),
    ("$.concat($.A, '-', 'x')", Some("home-x")),
    ("$.words.concat()", Some("ab")),
    ("$.words.concat('/', $.n[1])", Some("ab/2")),
    ("$.n.append(5)", Some("[1,2,4.5,11,5]")),
    ("$.empty.append('x', true)", Some(r#"["x",true]"#)),
    ("$.nested.keys()", Some(r#"["x","y"]"#)),
    ("$.n.keys()", None),
    // Filters.
    ("$.items[?(@.n =~ /hall.*/i)].t", Some(r#"[21.50,"19"]"#)),
    ("$.items[?(@.n =~ /hall/)].t", None),
    ("$.items[?(@.n =~ /Hall/)].t", Some("[21.50]")),
    ("$.items[?(@.t =~ /-.*/)].t", Some("[-3]")),
    ("$.items[?(/c.*r/i =~ @.n)].t", Some("[7]")),
    ("$.items[?(@.n contains 'all')].n", Some(r#"["Hall","hall 2"]"#)),
    ("$.items[?(@.tags contains 'b')].n", Some(r#"["Hall","hall 2"]"#)),
    ("$.items[?(@.n in ['Hall', 'Cellar'])].t", Some("[21.50,7]")),
    ("$.items[?(@.n in $.wanted)].t", Some("[21.50,7]")),
    ("$.items[?(@.n IN $.wanted)].t", Some("[21.50,7]")),
    ("$.items[?(@.n nin [\"Hall\", null])].t", Some(r#"["19",7]"#)),
    ("$.items[?(@.tags size 2)].n", Some(r#"["Hall","hall 2"]"#)),
    ("$.items[?(@.e empty true)].n", Some(r#"["Hall"]"#)),
    ("$.items[?(@.e empty false)].n", Some(r#"["hall 2"]"#)),
    ("$.items[?(@.l empty)].n", Some(r#"["Hall"]"#)),
    ("$.items[?(@.o empty && @.n)].n", Some(r#"["Cellar"]"#)),
    ("$.items[?(@.tags subsetof ['a','b','z'])].n", Some(r#"["Hall","Cellar"]"#)),
    ("$.items[?(@.tags anyof ['c','z'])].n", Some(r#"["hall 2"]"#)),
    ("$.items[?(@.tags noneof ['a'])].n", Some(r#"["hall 2","Cellar"]"#)),
    ("$.items[?(@.tags all ['b','c'])].n", Some(r#"["hall 2"]"#)),
    ("$.items[?(@.tags.length() > 1)].n", Some(r#"["Hall","hall 2"]"#)),
    ("$.items[?(@.level-1 == true)].n", Some(r#"["Cellar"]"#)),
    ("$.items[?(@['level-1'])].n", Some(r#"["Cellar"]"#)),
    ("$.items[?(@.n == null)].t", Some("[-3]")),
    ("$.items[?(@.t < 0)].t", Some("[-3]")),
    ("$.items[?(@.t >= 19)].t", Some(r#"[21.50,"19"]"#)),
    ("$.items[?(@.t == 21.5)].n", Some(r#"["Hall"]"#)),
    ("$.items[?(@.tags == ['a', 'b'])].n", Some(r#"["Hall"]"#)),
    ("$.items[?(!(@.t > 0) || @.n == 'Hall')].t", Some("[21.50,-3]")),
    ("$.items[?((@.t > 0 || @.t < -1) && @.n != 'Hall')].t", Some(r#"["19",7,-3]"#)),
    ("$.items[?(@.e)].length()", Some("[5,5]")),
    // The functions of RFC 9535.
    ("$.items[?length(@.tags) == 2].n", Some(r#"["Hall","hall 2"]"#)),
    ("$.items[?count(@.tags[*]) == 0].t", Some("[7,-3]")),
    ("$.items[?match(@.n, 'H.*')].t", Some("[21.50]")),
    ("$.items[?search(@.n, 'all')].t", Some(r#"[21.50,"19"]"#)),
    ("$.items[?value(@.t) == 7].n", Some(r#"["Cellar"]"#)),
];

#[test]
fn json_path_functions_and_filters_give_what_jayway_gives() {
    for &(path, expected) in JAYWAY_FUNCTIONS {
        let nothing = Err(TileError::NothingAtPath(path.to_owned()));
        assert_eq!(find(path, FUNCTIONS_DOCUMENT), expected.map_or(nothing, |text| Ok(text.to_owned())), "{path}");
    }
    let deviation: f64 = find("$.n.stddev()", FUNCTIONS_DOCUMENT).unwrap().parse().unwrap();
    assert!((deviation - 3.895_109_1).abs() < 1e-6, "{deviation}");
}

#[test]
fn function_counts_texts_that_are_numbers() {
    assert_eq!(find("$.mixed.sum()", FUNCTIONS_DOCUMENT).as_deref(), Ok("3.0"));
    assert_eq!(find("$.text.length()", FUNCTIONS_DOCUMENT).as_deref(), Ok("5"));
}

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
        ("$.a[?(@.b =~ /x)]", 13..14),
        ("$.a[?(@.b =~ /(/)]", 13..14),
        ("$.a[?(@.b =~ /(?=x)/)]", 13..14),
        ("$.a[?(@.b =~ /x/q)]", 13..14),
        ("$.a[?(@.b =~ 5)]", 13..14),
        ("$.a[?(@.b == /x/)]", 13..14),
        ("$.a[?(@.b = 1)]", 10..11),
        ("$.a[?(@.b like 'x')]", 10..11),
        ("$.a[?(@.b == x)]", 13..14),
        ("$.a[?(@.b in 'x')]", 13..14),
        ("$.a[?(@.b size 'x')]", 15..16),
        ("$.a[?(@.b empty 1)]", 16..17),
        ("$.a[?(@.b == 'x)]", 13..14),
        ("$.a[?(b == 1)]", 6..7),
        ("$.a[?(5)]", 7..8),
        ("$.a[?(@.b == 1 and @.c == 2)]", 15..16),
        ("$.a[?(@.b.foo() == 1)]", 10..11),
        ("$.a[?]", 5..6),
        ("$.a[(@.length-1)]", 4..5),
        ("$.a.foo()", 4..5),
        ("$.a.length().b", 12..13),
        ("$.a.length(", 10..11),
        ("$.a.keys(1)", 4..5),
        ("$.a.append()", 4..5),
        ("$.concat($.a, /x/)", 14..15),
        ("$.concat($.a $.b)", 13..14),
        ("$.concat(x)", 9..10),
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
        ("$.a[?($.a[?($.a[?(@.x)])])]", &wide),
        ("$.a[?(@ subsetof $.a[*][*])]", &wide),
        ("$.a[?(@ in $.a)]", &wide),
        ("$.a[?($.a.avg() == 1)]", &wide),
        ("$.a[?(@ == $.a)]", &wide),
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
        format!("$.{}$.a{}", "concat($.".repeat(20), ")".repeat(20)),
        format!("$[?(@.a =~ /{}x{}/)]", "(".repeat(200), ")".repeat(200)),
        "$[?(@.a =~ /(\\w{1000}){1000}/)]".to_owned(),
    ] {
        assert!(JsonPath::parse(&path).is_err(), "{path}");
    }
}

#[test]
fn operators_of_other_languages_are_named_with_what_to_write() {
    for (path, expected) in [
        ("$.a[?(@.b = 1)]", "unexpected `=`: write == to compare"),
        ("$.a[?(@.b=1)]", "write == to compare"),
        ("$.a[?(@.b => 1)]", "write >= "),
        ("$.a[?(@.b <> 1)]", "write != "),
        ("$.a[?(@.b !== 1)]", "write != "),
        ("$.a[?(@.b == 1 and @.c == 2)]", "write && for `and`"),
        ("$.a[?(@.b == 1 AND @.c == 2)]", "write && for `and`"),
        ("$.a[?((@.b == 1 or @.c == 2) && @.d)]", "write || for `or`"),
        ("$.a[?@.b or @.c]", "write || for `or`"),
        ("$.a[?(@.b == 1 & @.c == 2)]", "write && for `and`"),
        ("$.a[?(@.b like 'x%')]", "write =~ and a regular expression"),
        ("$.a[?(not @.b)]", "write ! before a condition"),
        ("$.a[?(@.b is 5)]", "write == to compare"),
        ("$.a[?(@.b == on)]", "write 'on' for a text, or @.on for a value"),
        ("$.a[?(temp > 5)]", "write 'temp' for a text, or @.temp for a value"),
    ] {
        let message = JsonPath::parse(path).unwrap_err().message;
        assert!(message.contains(expected), "{path}: {message}");
    }
    for path in ["$.a[?(@.order == 1)]", "$.a[?(@.android && @.nothing)]", "$.a[?(@.b in ['or', 'and'])]"] {
        assert!(JsonPath::parse(path).is_ok(), "{path}");
    }
}
