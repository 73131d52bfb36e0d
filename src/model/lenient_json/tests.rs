//! Tests of the lenient reader.

use proptest::prelude::*;
use serde_json::Value as Json;

use super::*;

fn strict(text: &str) -> Result<String, LenientError> {
    read(text).map(|document| document.json)
}

/// What boards, brokers, shells and other languages make of JSON, and how it is read.
const SHAPES: &[(&str, &str)] = &[
    // Words without quotes.
    ("{temp:21.5}", r#"{"temp":21.5}"#),
    ("{ temp : 21.5 , hum : 40 }", r#"{"temp":21.5,"hum":40}"#),
    (r#"{"s":ON,"t":1}"#, r#"{"s":"ON","t":1}"#),
    (r#"{"s":not ready,"t":1}"#, r#"{"s":"not ready","t":1}"#),
    ("{a-b.c/d: x y}", r#"{"a-b.c/d":"x y"}"#),
    (r#"{"up":12:30:05,"t":1}"#, r#"{"up":"12:30:05","t":1}"#),
    (r#"{"time":[0,13:17:48],"t":1}"#, r#"{"time":[0,"13:17:48"],"t":1}"#),
    (r#"{"url":http://host/a?b=1,"t":1}"#, r#"{"url":"http://host/a?b=1","t":1}"#),
    ("{color:#ff0000, t:1}", r##"{"color":"#ff0000","t":1}"##),
    ("{ip:192.168.1.7,rssi:-71dBm}", r#"{"ip":"192.168.1.7","rssi":"-71dBm"}"#),
    // Numbers of other languages.
    (r#"{"t":nan,"h":NaN,"x":inf,"y":-Infinity,"z":1}"#, r#"{"t":"nan","h":"NaN","x":"inf","y":"-Infinity","z":1}"#),
    (r#"{"h":021,"d":+3,"p":.5,"q":5.,"z":1}"#, r#"{"h":"021","d":"+3","p":".5","q":"5.","z":1}"#),
    (r#"{"t":0x1F,"f":21.5f,"n":-,"z":1}"#, r#"{"t":"0x1F","f":"21.5f","n":"-","z":1}"#),
    (r#"{"t":21,5,"h":40}"#, r#"{"t":"21,5","h":40}"#),
    (r#"{"t":21.5 °C,"h":40%}"#, r#"{"t":"21.5 °C","h":"40%"}"#),
    (r#"{"e":1.5E-5,"x":'y'}"#, r#"{"e":1.5E-5,"x":"y"}"#),
    // Python, Java, Ruby.
    (r#"{"on": True, "x": None, "t": 21.5}"#, r#"{"on":"True","x":"None","t":21.5}"#),
    ("{'t': 1, 'ok': true, 'n': null}", r#"{"t":1,"ok":true,"n":null}"#),
    ("{'say': 'it\\'s', 'q': 'a\"b'}", r#"{"say":"it's","q":"a\"b"}"#),
    ("{temp=21.5, hum=40}", r#"{"temp":21.5,"hum":40}"#),
    (r#"{"temp"=>21.5, "hum"=>40}"#, r#"{"temp":21.5,"hum":40}"#),
    // Commas.
    (r#"{"temp": 21.5, "hum": 40,}"#, r#"{"temp":21.5,"hum":40}"#),
    ("[1,2,]", "[1,2]"),
    (r#"{,"a":1,,"b":[,1,,2]}"#, r#"{"a":1,"b":[1,2]}"#),
    ("{\"a\":1\n\"b\":\"x\"\n\"c\":[1]\n\"d\":2}", r#"{"a":1,"b":"x","c":[1],"d":2}"#),
    (r#"{"a":1 "b":2}"#, r#"{"a":1,"b":2}"#),
    (r#"{"a":1; "b":2}"#, r#"{"a":1,"b":2}"#),
    // Values, keys and colons that are missing.
    (r#"{"t":,"h":40}"#, r#"{"t":"","h":40}"#),
    (r#"{"h":40,"t":}"#, r#"{"h":40,"t":""}"#),
    (r#"{"a","t":1}"#, r#"{"t":1}"#),
    (r#"{"a" 5,"t":1}"#, r#"{"t":1}"#),
    (r#"{"a":"x" y,"t":1}"#, r#"{"a":"x","t":1}"#),
    (r#"{"a":{"b":1} y,"t":1}"#, r#"{"a":{"b":1},"t":1}"#),
    // What is around the document.
    ("{\"t\":21.5}\0", r#"{"t":21.5}"#),
    ("{\"t\":21.5}\0\0\u{1b}garbage", r#"{"t":21.5}"#),
    (r#"{"t":1} OK"#, r#"{"t":1}"#),
    (r#"{"a":1}{"b":2}"#, r#"{"a":1}"#),
    ("\u{feff} \0{\"t\":1}", r#"{"t":1}"#),
    ("/* device 7 */ {\"t\":1}", r#"{"t":1}"#),
    ("{// outside\n\"t\":1 /* °C */, \"h\": 2 // %\n}", r#"{"t":1,"h":2}"#),
    // Strings.
    ("{\"msg\":\"a\tb\nc\u{1}\",\"t\":1}", r#"{"msg":"a\tb\nc\u0001","t":1}"#),
    (
        r#"{"type":"\253740_A","x":"\x41","u":"\u12g4","t":1}"#,
        r#"{"type":"\\253740_A","x":"\\x41","u":"\\u12g4","t":1}"#,
    ),
    (r#"{"s":"\ud800","u":"\u00e9\ud83d\ude00","t":1}"#, "{\"s\":\"\u{fffd}\",\"u\":\"é\u{1f600}\",\"t\":1}"),
    (r#"{"ssid":"Anna"s net","t":1}"#, r#"{"ssid":"Anna\"s net","t":1}"#),
    (r#"{"msg":"say "hi", ok","t":1}"#, r#"{"msg":"say \"hi\", ok","t":1}"#),
    (r#"{"path":"C:\","t":1}"#, r#"{"path":"C:\\","t":1}"#),
    ("{'ssid':'Anna's net','t':1}", r#"{"ssid":"Anna's net","t":1}"#),
    ("{\u{201c}t\u{201d}:\u{201c}x\u{201d},\u{2018}h\u{2019}:1}", r#"{"t":"x","h":1}"#),
    ("{\u{a0}\"t\":\u{a0}1}", r#"{"t":1}"#),
];

#[test]
fn unclean_field_costs_only_itself() {
    for (text, expected) in SHAPES {
        assert_eq!(strict(text).as_deref(), Ok(*expected), "{text}");
        assert!(serde_json::from_str::<Json>(text).is_err() || text.contains('\u{a0}'), "strict JSON: {text}");
    }
}

#[test]
fn text_without_clear_structure_is_refused() {
    for text in [
        "",
        "hello",
        "21.5",
        "\"a\"",
        "{",
        "[1",
        r#"{"t":21.5"#,
        r#"{"t":21"#,
        r#"{"t":"x"#,
        r#"{"a":[1,2},"t":1}"#,
        "{{",
        "}",
        "{\"a\"",
        "{\"a\":",
        "{]",
    ] {
        assert_eq!(strict(text), Err(LenientError::NotJson), "{text}");
    }
    for text in ["[".repeat(100_000), "{a:".repeat(100_000), format!("[nan,{}1{}]", "[".repeat(127), "]".repeat(127))] {
        assert_eq!(strict(&text), Err(LenientError::TooDeep));
    }
    assert!(strict(&format!("[nan,{}1{}]", "[".repeat(126), "]".repeat(126))).is_ok());
}

#[test]
fn document_is_complete_if_nothing_was_left_out() {
    for text in ["{a:1}", "{'a':'x',}", "[True, nan, 021]", "{\"a\" /* b */ : 1 // c\n}", "{“a”:“b”}"] {
        assert_eq!(read(text).map(|document| document.is_complete), Ok(true), "{text}");
    }
    for text in
        [r#"{"a",}"#, r#"{"a":}"#, r#"{"a":"b"c","d":1}"#, "{'a':'b\nc'}", r#"{"a" 5}"#, r#"{"a:"x"}"#, "{a:b:c}"]
    {
        assert_eq!(read(text).map(|document| document.is_complete), Ok(false), "{text}");
    }
}

#[test]
fn length_is_that_of_the_document() {
    assert_eq!(read(" {a:1} x").map(|document| document.length), Ok(6));
}

/// Each of these would take minutes if the reader looked ahead without a limit. The test has no time limit of its own.
#[test]
fn reader_takes_linear_time() {
    for unit in [
        "\"a\"",
        "\"a\":\"",
        "\n",
        ",\n",
        "a,",
        "a \"",
        "\"\\\"",
        "'a',",
        "/*",
        "\"a\" b,",
        "\"a\" \n",
        "x:\"y\"z,",
        "{\"",
        "“",
    ] {
        for prefix in ["{", "[", "{\"a\":", "{a:x", "[\"", "{\"a\":\""] {
            let length = 1 << 17;
            let text = format!("{prefix}{}", unit.repeat(length / unit.len()));
            drop(read(&text));
        }
    }
}

#[test]
fn bytes_that_are_not_utf8_damage_no_other_character() {
    for (bytes, expected) in [
        (&b"21.5 \xb0C"[..], "21.5 °C"),
        ("é".as_bytes(), "é"),
        (b"\xc3\xa9 \xf0H \x80", "é ðH €"),
        (b"\xef\xbb\xbf{}", "{}"),
        (b"\xff\xfe{\0}\0", "{}"),
        (b"\xfe\xff\0{\0}", "{}"),
    ] {
        assert_eq!(decode(bytes), expected, "{bytes:?}");
    }
}

/// Any document.
fn any_document() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        any::<String>().prop_map(Json::from),
        "[\\\\\"',:{}\\[\\]a\u{e9} \n/*]{0,8}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec(("[abc\u{e9}\"': ,]{0,3}", inner), 0..5)
                .prop_map(|entries| Json::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn strict_document_is_read_as_it_is(document in any_document()) {
        let text = serde_json::json!([document]).to_string();
        let read = read(&text).unwrap();
        prop_assert_eq!(read.json, text.clone());
        prop_assert_eq!(read.length, text.len());
    }

    #[test]
    fn result_is_always_strict_json(text in "[{}\\[\\],:\"'a0. \\\\=/*\n\u{e9}\u{201c}+-]{0,40}", is_object in any::<bool>()) {
        let text = format!("{}{text}{}", if is_object { "{" } else { "[" }, if is_object { "}" } else { "]" });
        if let Ok(document) = read(&text) {
            prop_assert!(serde_json::from_str::<Json>(&document.json).is_ok(), "{} from {}", document.json, text);
            prop_assert!(document.length <= text.len());
        }
    }
}
