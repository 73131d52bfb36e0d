//! From a payload to the text that a tile shows: the JSON path, and numbers as people expect them.
//!
//! Paths give what MQTT Dash's library (Jayway) gives: a leading `$.` may be left out; a path that
//! names one place gives the value there, any other path the list of all it finds as compact JSON.
//! Filters are those of RFC 9535, by `jsonpath-rust`. A path, what it looks at and what it gives are
//! bounded: both the path and the payload may be somebody else's.

mod parse;
mod text;
mod walk;

use serde_json::Value as Json;

use self::{parse::Hop, walk::Found};
use super::{
    fault::Fault,
    field::parsed,
    key::{Field, Wants},
    value::{Complaint, Value},
};

/// The largest payload that is read as JSON: a value in memory costs about 40 times its text.
pub const MAX_JSON: usize = 4 << 20;
/// The longest path.
const MAX_PATH: usize = 1_000;
/// How deep brackets may be nested in a path.
const MAX_DEPTH: usize = 8;

/// A JSON path, as the person wrote it and ready for use.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonPath {
    text: String,
    hops: Vec<Hop>,
}

impl JsonPath {
    /// Reads a path.
    ///
    /// # Errors
    /// Points at the place in the path that is wrong.
    pub fn parse(text: &str) -> Result<Self, Complaint> {
        let path = text.trim();
        if path.is_empty() {
            return Err(Complaint::new("the JSON path is empty").help("leave the key out to show the payload as it is"));
        }
        if path.len() > MAX_PATH || depth(path) > MAX_DEPTH {
            return Err(Complaint::new(format!(
                "this JSON path is too long or nested deeper than {MAX_DEPTH} brackets"
            )));
        }
        let before = text.len() - text.trim_start().len();
        let hops = parse::hops(path).map_err(|(what, at)| {
            let here = path[at..].chars().next().map_or(0, char::len_utf8);
            Complaint::new(what)
                .help("write it like $.sensor.temperature, $.list[0] or $..name")
                .bytes(Some(before + at..before + at + here))
        })?;
        Ok(Self { text: text.to_owned(), hops })
    }

    /// What the path gives on a payload, as text.
    ///
    /// # Errors
    /// That it finds nothing there, or too much.
    pub fn find(&self, json: &Json) -> Result<String, Fault> {
        let too_much = || Fault::TooMuchAtPath(self.text.clone());
        let found = walk::walk(&self.hops, json).map_err(|walk::TooMuch| too_much())?;
        let text = match (walk::is_definite(&self.hops), found.first()) {
            (_, None) => return Err(Fault::NothingAtPath(self.text.clone())),
            (true, Some(one)) => text::single(one.json()),
            (false, Some(_)) => text::list(found.iter().map(Found::json)),
        };
        text.map_err(|text::TooLong| too_much())
    }

    /// The path as the person wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Field for JsonPath {
    const WANTS: Wants = Wants::Form("a JSON path such as \"$.sensor.temperature\"");

    fn read(value: &Value) -> Result<Self, Vec<Complaint>> {
        parsed(value, Self::WANTS, Self::parse)
    }

    fn write(&self) -> Option<Value> {
        Some(self.text.as_str().into())
    }
}

/// Reads a payload as JSON.
///
/// # Errors
/// Says why it is none.
pub fn json(payload: &[u8]) -> Result<Json, Fault> {
    if payload.len() > MAX_JSON {
        return Err(Fault::JsonTooLarge(payload.len(), MAX_JSON));
    }
    serde_json::from_slice(payload).map_err(|wrong| {
        let what = wrong.to_string();
        if what.starts_with("recursion limit") { Fault::JsonTooDeep } else { Fault::NotJson(what) }
    })
}

fn depth(path: &str) -> usize {
    let mut now = 0_usize;
    let mut most = 0;
    for c in path.chars() {
        match c {
            '[' | '(' => now += 1,
            ']' | ')' => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(path: &str, payload: &str) -> Result<String, Fault> {
        JsonPath::parse(path).unwrap().find(&json(payload.as_bytes()).unwrap())
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

    /// What Jayway gives: each shape of a path, on one document.
    #[test]
    fn every_shape_of_a_path_gives_what_jayway_gives() {
        let payload = r#"{
            "level": {"value": 42, "max-1": {"b": 7}},
            "temp": 1.50,
            "in": {"temp": -127.00, "deep": {"temp": null}},
            "list": [{"b": 1, "n": "one"}, {"b": 2, "n": "two", "on": true}, {"n": "three"}, 4],
            "rows": [[1, 2], [3, 4]],
            "a b": {"c.d": "x", "it's": 5},
            "t\u00fcr": 1e3, "ns:k": 8, "@id": 9, "big": 12345678901234567890123,
            "empty": [], "no": null, "limit": 1
        }"#;
        for (path, wanted) in [
            // One place: the value.
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
            ("$.t\u{fc}r", Some("1000.0")),
            ("$.ns:k", Some("8")),
            ("$.@id", Some("9")),
            ("$.big", Some("12345678901234567890123")),
            ("$.temp", Some("1.5")),
            ("$.no", Some("(null)")),
            ("$.list[0].n", Some("one")),
            ("list[0].n", Some("one")),
            ("$.list[-1]", Some("4")),
            ("$.rows[1][0]", Some("3")),
            ("$.rows", Some("[[1,2],[3,4]]")),
            ("$.empty", Some("[]")),
            ("$.in", Some(r#"{"temp":-127.0,"deep":{"temp":null}}"#)),
            ("$['temp','no']", Some(r#"{"temp":1.5,"no":null}"#)),
            // Any other: the list of what is found, a value before what is inside it.
            ("$..temp", Some("[1.5,-127.0,null]")),
            ("..temp", None),
            ("$..max-1", Some(r#"[{"b":7}]"#)),
            ("$.in..temp", Some("[-127.0,null]")),
            ("$..['temp']", Some("[1.5,-127.0,null]")),
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
            // Nothing there.
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
        ] {
            match (find_any(path, payload), wanted) {
                (Ok(found), Some(wanted)) => assert_eq!(found, wanted, "{path}"),
                (Ok(found), None) if path == "$" => assert!(found.starts_with("{\"level\":"), "{found}"),
                (Ok(found), None) => panic!("{path} finds {found}"),
                (Err(said), Some(_)) => panic!("{path}: {said}"),
                (Err(said), None) => assert!(said == format!("nothing at {path}") || path == "..temp", "{said}"),
            }
        }
    }

    fn find_any(path: &str, payload: &str) -> Result<String, String> {
        let path = JsonPath::parse(path).map_err(|complaint| complaint.what)?;
        path.find(&json(payload.as_bytes()).unwrap()).map_err(|fault| fault.to_string())
    }

    #[test]
    fn what_is_no_path_is_refused_with_its_place() {
        for (path, at) in [
            ("$.", 1..2),
            ("$..", 2..3),
            ("$a", 1..2),
            ("$.a b", 3..4),
            ("$.a[", 3..4),
            ("$.a[1", 4..5),
            ("$.a['b", 4..5),
            ("$.a[?(@.b > 1)", 4..5),
            ("$.a[?(@.b =~ /x/)]", 4..5),
            ("$.a[?]", 4..5),
            ("$.a[(@.length-1)]", 4..5),
            ("$.a.length()", 10..11),
            ("$.a[::0]", 6..7),
            ("$.a]", 3..4),
            ("$.é)", 4..5),
        ] {
            let wrong = JsonPath::parse(path).expect_err(path);
            assert_eq!(wrong.bytes, Some(at), "{path}: {}", wrong.what);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused_with_a_place_in_it(text in "[$@.\\[\\]()?*'\"\\\\é a0:,-]{0,12}") {
            match JsonPath::parse(&text) {
                Ok(path) => drop(path.find(&json(br#"{"a":[0,{"a":{"\u00e9":1}}]}"#).unwrap())),
                Err(wrong) => assert!(wrong.bytes.is_none_or(|bytes| text.get(bytes).is_some())),
            }
        }
    }

    #[test]
    fn what_a_path_looks_at_and_gives_is_bounded() {
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
            assert_eq!(found, Err(Fault::TooMuchAtPath(path.to_owned())));
        }
        assert_eq!(find("$..a[0]", &deep), Err(Fault::NothingAtPath("$..a[0]".into())));
        assert!(find("$.a[*][9]", &wide).is_ok());
    }

    #[test]
    fn paths_that_are_too_long_or_nested_too_deep_are_refused() {
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

    #[test]
    fn a_path_that_finds_nothing_says_so() {
        assert_eq!(find("$.x.y", "{}"), Err(Fault::NothingAtPath("$.x.y".into())));
        assert_eq!(find("$..x", "{}"), Err(Fault::NothingAtPath("$..x".into())));
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
}
