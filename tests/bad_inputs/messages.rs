//! What may come in messages.

use std::time::{Duration, Instant};

use mqtt_dash::{
    app::{Action, Command, Event},
    model::{fault::Fault, line::LineEvent, time::Time, topic::Filter},
    picture::decode,
    run::Clock,
    ui::text::{clean, fit, wrap},
};
use unicode_width::UnicodeWidthChar;

use crate::{escapes::foreign, stage::Stage};

const TEXT: &str = "[[tile]]\nkind = \"text\"\nname = \"T\"\ntopic = \"t/#\"\npublish = false\n";
const PATH: &str = "[[tile]]\nkind = \"text\"\nname = \"T\"\ntopic = \"t\"\njson_path = \"$.a\"\npublish = false\n";

/// Far more than it may take, for a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(2);

/// A tile with a JSON path after this payload.
fn extracted(payload: &[u8]) -> Stage {
    let mut stage = Stage::new(PATH);
    stage.message("t", b"{\"a\":\"before\"}");
    stage.message("t", payload);
    stage
}

pub fn a_refused_subscription_on_its_tile() {
    let mut stage = Stage::new(TEXT);
    let filter = Filter::new("t/#").expect("a filter");
    stage.line(LineEvent::Refused(filter, "the broker does not allow this subscription".into()));
    assert!(stage.words().contains("! subscription refused: the broker"), "{}", stage.text());
}

pub fn strange_topics() {
    let deep = "t/".to_owned() + &"x/".repeat(1_000);
    for topic in ["t/\u{1b}[2J", "t/\u{202e}x", "t/\0", "t/\u{fffd}", "t/école", "t/日本", &deep, "t//", "t"] {
        let mut stage = Stage::new(TEXT);
        stage.message(topic, b"came");
        assert_eq!(stage.shown(), Some("came"), "{topic:?}");
        stage.act(Action::Detail);
        assert_eq!(foreign(&stage.frame()), None);
    }
    for topic in ["", "x", "$SYS/t", &"y".repeat(70_000)] {
        let mut stage = Stage::new(TEXT);
        stage.message(topic, b"came");
        assert_eq!(stage.shown(), None, "{topic:.20}");
    }
}

pub fn an_empty_payload() {
    for (kind, more) in
        [("text", ""), ("range", ""), ("switch", ""), ("color", ""), ("choice", OPTIONS), ("text", PATHED)]
    {
        let mut stage = Stage::new(&format!("[[tile]]\nkind = \"{kind}\"\nname = \"T\"\ntopic = \"t\"\n{more}"));
        stage.message("t", b"");
        let text = stage.text();
        assert!(text.contains("cleared") && !text.contains(" 0 "), "{kind}: {text}");
    }
}

const OPTIONS: &str = "options = [{ label = \"A\", payload = \"a\" }]\n";
const PATHED: &str = "json_path = \"$.a\"\npublish = false\n";

pub fn a_megabyte_of_bytes() {
    let mut stage = Stage::new(TEXT);
    stage.message("t", &[0xff, 0x00, 0x1b].repeat(350_000));
    let shown = stage.shown().expect("a text");
    assert!(shown.starts_with("FF 00 1B FF 00 1B ") && shown.ends_with("… (1.0 MiB)"), "{shown}");
    assert!(shown.len() < 100);
}

pub fn long_texts() {
    for text in ["line\n".repeat(10_000), "x".repeat(1 << 20), "日本 ".repeat(1 << 18), "word ".repeat(1 << 18)] {
        let mut stage = Stage::new(TEXT);
        let begin = Instant::now();
        stage.message("t", text.as_bytes());
        stage.frame();
        stage.act(Action::Detail);
        stage.frame();
        assert!(begin.elapsed() < PATIENCE, "{:?}", begin.elapsed());
        assert!(clean(&text).len() <= 4 * 4_096);
        assert!(fit(&text, 20).chars().count() <= 20);
        assert!(wrap(&text, 20, 5).len() <= 5);
    }
}

pub fn deep_json() {
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    let shallow = extracted(format!("{{\"a\":{}}}", nested(120)).as_bytes());
    assert_eq!(shallow.fault(), None);
    for depth in [128, 100_000] {
        let stage = extracted(format!("{{\"a\":{}}}", nested(depth)).as_bytes());
        assert_eq!(stage.fault(), Some(&Fault::JsonTooDeep));
        assert!(stage.text().contains("too deep"));
    }
}

pub fn no_numbers() {
    for payload in ["NaN", "-NaN", "inf", "-inf", "1e999", "-1e999", "0x10", "１２", "1,5", "", " ", "1 2", "--1"] {
        let mut stage = Stage::new("[[tile]]\nkind = \"range\"\nname = \"R\"\ntopic = \"t\"\n");
        stage.message("t", payload.as_bytes());
        stage.frame();
        let is_told = payload.trim().is_empty() || stage.face().is_err();
        assert!(is_told, "{payload:?}: {:?}", stage.face());
        // Nor does pressing and stepping it panic, or publish rubbish.
        for action in [Action::Step(1), Action::Step(-1), Action::Press, Action::Slide(f64::NAN), Action::Accept] {
            for order in crate::stage::orders(stage.act(action)) {
                let text = String::from_utf8_lossy(&order.payload).into_owned();
                assert!(text.parse::<f64>().is_ok_and(|number| (0.0..=100.0).contains(&number)), "{text}");
            }
            stage.frame();
        }
    }
}

pub fn a_long_integer() {
    let stage = extracted(b"{\"a\":123456789012345678901234567890}");
    assert_eq!(stage.shown(), Some("123456789012345678901234567890"));
}

pub fn a_key_twice() {
    assert_eq!(extracted(b"{\"a\":1,\"b\":0,\"a\":2}").shown(), Some("2"));
}

pub fn rubbish_around_json() {
    for payload in ["\u{feff}{\"a\":1}", "{\"a\":1} trailing", "{\"a\":1}{\"a\":2}", "{'a':1}", "{\"a\":1"] {
        let mut stage = extracted(payload.as_bytes());
        assert!(matches!(stage.fault(), Some(Fault::NotJson(_))), "{payload:?}");
        assert_eq!(stage.shown(), Some("before"), "the last good one stays");
        stage.act(Action::Detail);
        let raw = payload.trim_start_matches('\u{feff}');
        assert!(stage.text().contains(raw), "{payload:?}: {}", stage.text());
    }
}

pub fn combining_marks() {
    let mut stage = Stage::new(TEXT);
    let text = format!("a{}b{}", "\u{301}".repeat(5_000), "\u{20dd}".repeat(5_000));
    stage.message("t", text.as_bytes());
    for cell in &stage.picture().content {
        let marks = cell.symbol().chars().filter(|c| c.width() == Some(0)).count();
        assert!(marks <= 8, "{marks} marks");
    }
    assert!(stage.frame().len() < 20_000);
}

pub fn large_json() {
    let json = format!("{{\"a\":\"{}\"}}", "x".repeat(9_000_000));
    let begin = Instant::now();
    let stage = extracted(json.as_bytes());
    assert!(matches!(stage.fault(), Some(Fault::JsonTooLarge(..))));
    assert!(stage.words().contains("8.6 MiB of JSON is too much"), "{}", stage.text());
    assert!(begin.elapsed() < PATIENCE);
}

pub fn a_huge_picture() {
    // Its head says how large it is; nothing else of it is there.
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x75\x30\0\0\x75\x30\x08\x06\0\0\0".to_vec();
    png.extend(crc(&png[12..29]).to_be_bytes());
    png.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
    let begin = Instant::now();
    let why = decode(&png).expect_err("it is refused");
    assert_eq!(why, "30000×30000 pixels are too many (at most 32 million)");
    assert!(begin.elapsed() < PATIENCE);
    let mut stage = Stage::new("[[tile]]\nkind = \"image\"\nname = \"I\"\ntopic = \"t\"\nsource = \"payload\"\n");
    let commands = stage.message("t", &png);
    let Some(Command::Decode(at, _)) = commands.first() else { panic!("{commands:?}") };
    stage.app.update(Event::Picture(*at, Err(why)), stage.now);
    assert!(stage.words().contains("no picture: 30000×30000 pixels"), "{}", stage.text());
}

/// The checksum of a part of a PNG.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

pub fn a_clock_that_jumps() {
    // The clock of the program goes by the time since its start, whatever is done to the time of day.
    let clock = Clock::start();
    let moments: Vec<Time> = (0..1_000).map(|_| clock.now()).collect();
    assert!(moments.is_sorted());
    let mut stage = Stage::new(TEXT);
    stage.message("t", b"23");
    let here = stage.now;
    for then in [Time::default(), Time::from_millis(u64::MAX / 2), here] {
        stage.now = then;
        stage.wait(0);
        stage.app.wake(then);
        stage.frame();
        assert_eq!(stage.shown(), Some("23"));
    }
    assert!(stage.text().contains("just now"), "{}", stage.text());
}
