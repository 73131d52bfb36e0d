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

use crate::fixtures::{app::AppFixture, images::crc, terminal_output::foreign_sequence};

const TEXT: &str = "[[tile]]\nkind = \"text\"\nname = \"T\"\ntopic = \"t/#\"\npublish = false\n";
const PATH: &str = "[[tile]]\nkind = \"text\"\nname = \"T\"\ntopic = \"t\"\njson_path = \"$.a\"\npublish = false\n";

/// Far more than it may take, for a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(2);

/// A tile with a JSON path after this payload.
fn extracted(payload: &[u8]) -> AppFixture {
    let mut fixture = AppFixture::new(PATH);
    fixture.receive("t", b"{\"a\":\"before\"}");
    fixture.receive("t", payload);
    fixture
}

pub fn a_refused_subscription_on_its_tile() {
    let mut fixture = AppFixture::new(TEXT);
    let filter = Filter::new("t/#").expect("a filter");
    fixture.connection_event(LineEvent::Refused(filter, "the broker does not allow this subscription".into()));
    assert!(fixture.screen_words().contains("! subscription refused: the broker"), "{}", fixture.screen_text());
}

pub fn strange_topics() {
    let deep = "t/".to_owned() + &"x/".repeat(1_000);
    for topic in ["t/\u{1b}[2J", "t/\u{202e}x", "t/\0", "t/\u{fffd}", "t/école", "t/日本", &deep, "t//", "t"] {
        let mut fixture = AppFixture::new(TEXT);
        fixture.receive(topic, b"came");
        assert_eq!(fixture.first_tile_text(), Some("came"), "{topic:?}");
        fixture.act(Action::Detail);
        assert_eq!(foreign_sequence(&fixture.render_frame()), None);
    }
    for topic in ["", "x", "$SYS/t", &"y".repeat(70_000)] {
        let mut fixture = AppFixture::new(TEXT);
        fixture.receive(topic, b"came");
        assert_eq!(fixture.first_tile_text(), None, "{topic:.20}");
    }
}

pub fn an_empty_payload() {
    for (kind, more) in
        [("text", ""), ("range", ""), ("switch", ""), ("color", ""), ("choice", OPTIONS), ("text", PATHED)]
    {
        let mut fixture = AppFixture::new(&format!("[[tile]]\nkind = \"{kind}\"\nname = \"T\"\ntopic = \"t\"\n{more}"));
        fixture.receive("t", b"");
        let text = fixture.screen_text();
        assert!(text.contains("cleared") && !text.contains(" 0 "), "{kind}: {text}");
    }
}

const OPTIONS: &str = "options = [{ label = \"A\", payload = \"a\" }]\n";
const PATHED: &str = "json_path = \"$.a\"\npublish = false\n";

pub fn a_megabyte_of_bytes() {
    let mut fixture = AppFixture::new(TEXT);
    fixture.receive("t", [0xff, 0x00, 0x1b].repeat(350_000));
    let shown = fixture.first_tile_text().expect("a text");
    assert!(shown.starts_with("FF 00 1B FF 00 1B ") && shown.ends_with("… (1.0 MiB)"), "{shown}");
    assert!(shown.len() < 100);
}

pub fn long_texts() {
    for text in ["line\n".repeat(10_000), "x".repeat(1 << 20), "日本 ".repeat(1 << 18), "word ".repeat(1 << 18)] {
        let mut fixture = AppFixture::new(TEXT);
        let begin = Instant::now();
        fixture.receive("t", text.as_bytes());
        fixture.render_frame();
        fixture.act(Action::Detail);
        fixture.render_frame();
        assert!(begin.elapsed() < PATIENCE, "{:?}", begin.elapsed());
        assert!(clean(&text).len() <= 4 * 4_096);
        assert!(fit(&text, 20).chars().count() <= 20);
        assert!(wrap(&text, 20, 5).len() <= 5);
    }
}

pub fn deep_json() {
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    let shallow = extracted(format!("{{\"a\":{}}}", nested(120)).as_bytes());
    assert_eq!(shallow.first_tile_error(), None);
    for depth in [128, 100_000] {
        let fixture = extracted(format!("{{\"a\":{}}}", nested(depth)).as_bytes());
        assert_eq!(fixture.first_tile_error(), Some(&Fault::JsonTooDeep));
        assert!(fixture.screen_text().contains("too deep"));
    }
}

pub fn no_numbers() {
    for payload in ["NaN", "-NaN", "inf", "-inf", "1e999", "-1e999", "0x10", "１２", "1,5", "", " ", "1 2", "--1"] {
        let mut fixture = AppFixture::new("[[tile]]\nkind = \"range\"\nname = \"R\"\ntopic = \"t\"\n");
        fixture.receive("t", payload.as_bytes());
        fixture.render_frame();
        let is_told = payload.trim().is_empty() || fixture.first_tile_content().is_err();
        assert!(is_told, "{payload:?}: {:?}", fixture.first_tile_content());
        // Nor does pressing and stepping it panic, or publish rubbish.
        for action in [Action::Step(1), Action::Step(-1), Action::Press, Action::Slide(f64::NAN), Action::Accept] {
            fixture.act(action);
            for order in fixture.take_publish_requests() {
                let text = String::from_utf8_lossy(&order.payload).into_owned();
                assert!(text.parse::<f64>().is_ok_and(|number| (0.0..=100.0).contains(&number)), "{text}");
            }
            fixture.render_frame();
        }
    }
}

pub fn a_long_integer() {
    let fixture = extracted(b"{\"a\":123456789012345678901234567890}");
    assert_eq!(fixture.first_tile_text(), Some("123456789012345678901234567890"));
}

pub fn a_key_twice() {
    assert_eq!(extracted(b"{\"a\":1,\"b\":0,\"a\":2}").first_tile_text(), Some("2"));
}

pub fn rubbish_around_json() {
    for payload in ["\u{feff}{\"a\":1}", "{\"a\":1} trailing", "{\"a\":1}{\"a\":2}", "{'a':1}", "{\"a\":1"] {
        let mut fixture = extracted(payload.as_bytes());
        assert!(matches!(fixture.first_tile_error(), Some(Fault::NotJson(_))), "{payload:?}");
        assert_eq!(fixture.first_tile_text(), Some("before"), "the last good one stays");
        fixture.act(Action::Detail);
        let raw = payload.trim_start_matches('\u{feff}');
        assert!(fixture.screen_text().contains(raw), "{payload:?}: {}", fixture.screen_text());
    }
}

pub fn combining_marks() {
    let mut fixture = AppFixture::new(TEXT);
    let text = format!("a{}b{}", "\u{301}".repeat(5_000), "\u{20dd}".repeat(5_000));
    fixture.receive("t", text.as_bytes());
    for cell in &fixture.screen_buffer().content {
        let marks = cell.symbol().chars().filter(|c| c.width() == Some(0)).count();
        assert!(marks <= 8, "{marks} marks");
    }
    assert!(fixture.render_frame().len() < 20_000);
}

pub fn large_json() {
    let json = format!("{{\"a\":\"{}\"}}", "x".repeat(9_000_000));
    let begin = Instant::now();
    let fixture = extracted(json.as_bytes());
    assert!(matches!(fixture.first_tile_error(), Some(Fault::JsonTooLarge(..))));
    assert!(fixture.screen_words().contains("8.6 MiB of JSON is too much"), "{}", fixture.screen_text());
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
    let mut fixture =
        AppFixture::new("[[tile]]\nkind = \"image\"\nname = \"I\"\ntopic = \"t\"\nsource = \"payload\"\n");
    fixture.take_effects();
    fixture.receive("t", &png);
    let effects = fixture.take_effects();
    let Some(Command::Decode(at, _)) = effects.first() else { panic!("{effects:?}") };
    fixture.update(Event::Picture(*at, Err(why)));
    assert!(fixture.screen_words().contains("no picture: 30000×30000 pixels"), "{}", fixture.screen_text());
}

pub fn a_clock_that_jumps() {
    // The clock of the program goes by the time since its start, whatever is done to the time of day.
    let clock = Clock::start();
    let moments: Vec<Time> = (0..1_000).map(|_| clock.now()).collect();
    assert!(moments.is_sorted());
    let mut fixture = AppFixture::new(TEXT);
    fixture.receive("t", b"23");
    let here = fixture.now;
    for then in [Time::default(), Time::from_millis(u64::MAX / 2), here] {
        fixture.now = then;
        fixture.skip(Duration::ZERO);
        fixture.app.wake(then);
        fixture.render_frame();
        assert_eq!(fixture.first_tile_text(), Some("23"));
    }
    assert!(fixture.screen_text().contains("just now"), "{}", fixture.screen_text());
}
