//! Messages with unusual topics and payloads.

use std::time::{Duration, Instant};

use mqtt_dash::{
    app::{Action, Effect, Event, MediaEffect, MediaEvent},
    media::decode,
    model::{connection::ConnectionEvent, error::TileError, time::Time, topic::TopicFilter},
    runtime::Clock,
    ui::text::{sanitize, truncate, wrap},
};
use unicode_width::UnicodeWidthChar;

use crate::fixtures::{app::AppFixture, cpu_lock::CpuLock, images::crc, terminal_output::foreign_sequence};

const TEXT: &str = "[[tile]]\nkind = \"text\"\nname = \"T\"\ntopic = \"t/#\"\npublish = false\n";
const PATH: &str = "[[tile]]\nkind = \"text\"\nname = \"T\"\ntopic = \"t\"\njson_path = \"$.a\"\npublish = false\n";

/// Far longer than the work takes, even on a busy machine.
const TIME_LIMIT: Duration = Duration::from_secs(2);

/// A tile with a JSON path that has received this payload after a valid one.
fn with_json_path(payload: &[u8]) -> AppFixture {
    let mut fixture = AppFixture::new(PATH);
    fixture.receive("t", b"{\"a\":\"before\"}");
    fixture.receive("t", payload);
    fixture
}

pub fn refused_subscription_is_shown_on_its_tile() {
    let mut fixture = AppFixture::new(TEXT);
    let filter = TopicFilter::new("t/#").expect("a filter");
    fixture.connection_event(ConnectionEvent::SubscriptionRefused(
        filter,
        "the broker does not allow this subscription".into(),
    ));
    assert!(fixture.screen_words().contains("! subscription refused: the broker"), "{}", fixture.screen_text());
}

pub fn invalid_topic_is_routed_or_ignored() {
    let long = "t/".to_owned() + &"x/".repeat(1_000);
    for topic in ["t/\u{1b}[2J", "t/\u{202e}x", "t/\0", "t/\u{fffd}", "t/école", "t/日本", &long, "t//", "t"] {
        let mut fixture = AppFixture::new(TEXT);
        fixture.receive(topic, b"received");
        assert_eq!(fixture.first_tile_text(), Some("received"), "{topic:?}");
        fixture.act(Action::ShowDetail);
        assert_eq!(foreign_sequence(&fixture.render_frame()), None);
    }
    for topic in ["", "x", "$SYS/t", &"y".repeat(70_000)] {
        let mut fixture = AppFixture::new(TEXT);
        fixture.receive(topic, b"received");
        assert_eq!(fixture.first_tile_text(), None, "{topic:.20}");
    }
}

pub fn empty_payload_clears_value() {
    for (kind, more) in
        [("text", ""), ("range", ""), ("switch", ""), ("color", ""), ("choice", OPTIONS), ("text", WITH_JSON_PATH)]
    {
        let mut fixture = AppFixture::new(&format!("[[tile]]\nkind = \"{kind}\"\nname = \"T\"\ntopic = \"t\"\n{more}"));
        fixture.receive("t", b"");
        let text = fixture.screen_text();
        assert!(text.contains("cleared") && !text.contains(" 0 "), "{kind}: {text}");
    }
}

const OPTIONS: &str = "options = [{ label = \"A\", payload = \"a\" }]\n";
const WITH_JSON_PATH: &str = "json_path = \"$.a\"\npublish = false\n";

pub fn binary_payload_is_shown_as_hexadecimal() {
    let mut fixture = AppFixture::new(TEXT);
    fixture.receive("t", [0xff, 0x00, 0x1b].repeat(350_000));
    let shown = fixture.first_tile_text().expect("the tile has a value");
    assert!(shown.starts_with("FF 00 1B FF 00 1B ") && shown.ends_with("… (1.0 MiB)"), "{shown}");
    assert!(shown.len() < 100);
}

pub fn long_text_is_clipped() {
    let _lock = CpuLock::exclusive();
    for text in ["line\n".repeat(10_000), "x".repeat(1 << 20), "日本 ".repeat(1 << 18), "word ".repeat(1 << 18)] {
        let mut fixture = AppFixture::new(TEXT);
        let begin = Instant::now();
        fixture.receive("t", text.as_bytes());
        fixture.render_frame();
        fixture.act(Action::ShowDetail);
        fixture.render_frame();
        assert!(begin.elapsed() < TIME_LIMIT, "{:?}", begin.elapsed());
        assert!(sanitize(&text).len() <= 4 * 4_096);
        assert!(truncate(&text, 20).chars().count() <= 20);
        assert!(wrap(&text, 20, 5).len() <= 5);
    }
}

pub fn json_nested_128_deep_is_rejected() {
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    let shallow = with_json_path(format!("{{\"a\":{}}}", nested(120)).as_bytes());
    assert_eq!(shallow.first_tile_error(), None);
    for depth in [128, 100_000] {
        let fixture = with_json_path(format!("{{\"a\":{}}}", nested(depth)).as_bytes());
        assert_eq!(fixture.first_tile_error(), Some(&TileError::JsonTooDeep));
        assert!(fixture.screen_text().contains("too deep"));
    }
}

pub fn range_tile_rejects_payload_that_is_no_number() {
    for payload in ["NaN", "-NaN", "inf", "-inf", "1e999", "-1e999", "0x10", "１２", "1,5,", "", " ", "1 2", "--1"] {
        let mut fixture = AppFixture::new("[[tile]]\nkind = \"range\"\nname = \"R\"\ntopic = \"t\"\n");
        fixture.receive("t", payload.as_bytes());
        fixture.render_frame();
        let is_error = payload.trim().is_empty() || fixture.first_tile_content().is_err();
        assert!(is_error, "{payload:?}: {:?}", fixture.first_tile_content());
        // Pressing and stepping the tile neither panics nor publishes anything but numbers.
        for action in [Action::Step(1), Action::Step(-1), Action::Press, Action::SetSlider(f64::NAN), Action::Accept] {
            fixture.act(action);
            for request in fixture.take_publish_requests() {
                let text = String::from_utf8_lossy(&request.payload).into_owned();
                assert!(text.parse::<f64>().is_ok_and(|number| (0.0..=100.0).contains(&number)), "{text}");
            }
            fixture.render_frame();
        }
    }
}

pub fn integer_of_30_digits_keeps_its_text() {
    let fixture = with_json_path(b"{\"a\":123456789012345678901234567890}");
    assert_eq!(fixture.first_tile_text(), Some("123456789012345678901234567890"));
}

pub fn duplicate_json_key_uses_last_value() {
    assert_eq!(with_json_path(b"{\"a\":1,\"b\":0,\"a\":2}").first_tile_text(), Some("2"));
}

pub fn bytes_around_json_are_an_error_with_raw_text() {
    for payload in ["hello", "21.5 {\"a\":1}", "{\"a\":1", "{\"a\":\"x", "{\"a\":[1}"] {
        let mut fixture = with_json_path(payload.as_bytes());
        assert!(matches!(fixture.first_tile_error(), Some(TileError::NotJson(_))), "{payload:?}");
        assert_eq!(fixture.first_tile_text(), Some("before"), "the last valid value stays");
        fixture.act(Action::ShowDetail);
        assert!(fixture.screen_text().contains(payload), "{payload:?}: {}", fixture.screen_text());
    }
}

pub fn combining_marks_are_limited_to_eight_per_cell() {
    let mut fixture = AppFixture::new(TEXT);
    let text = format!("a{}b{}", "\u{301}".repeat(5_000), "\u{20dd}".repeat(5_000));
    fixture.receive("t", text.as_bytes());
    for cell in &fixture.screen_buffer().content {
        let marks = cell.symbol().chars().filter(|c| c.width() == Some(0)).count();
        assert!(marks <= 8, "{marks} marks");
    }
    assert!(fixture.render_frame().len() < 20_000);
}

pub fn json_of_9_mb_is_not_parsed() {
    let _lock = CpuLock::exclusive();
    let json = format!("{{\"a\":\"{}\"}}", "x".repeat(9_000_000));
    let begin = Instant::now();
    let mut fixture = with_json_path(json.as_bytes());
    assert!(matches!(fixture.first_tile_error(), Some(TileError::JsonTooLarge(..))));
    // A narrow tile has only room for the short form of the error.
    fixture.resize(26, 9);
    assert!(fixture.screen_words().contains("JSON too large: 8.6 MiB"), "{}", fixture.screen_text());
    assert!(begin.elapsed() < TIME_LIMIT);
}

pub fn png_of_30000_by_30000_is_refused_before_decoding() {
    // Only the header with the size is there.
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x75\x30\0\0\x75\x30\x08\x06\0\0\0".to_vec();
    png.extend(crc(&png[12..29]).to_be_bytes());
    png.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
    let begin = Instant::now();
    let reason = decode(&png).expect_err("refused");
    assert_eq!(reason.to_string(), "30000×30000 pixels are too many (at most 32 million)");
    assert!(begin.elapsed() < TIME_LIMIT);
    let mut fixture =
        AppFixture::new("[[tile]]\nkind = \"image\"\nname = \"I\"\ntopic = \"t\"\nsource = \"payload\"\n");
    fixture.take_effects();
    fixture.receive("t", &png);
    let effects = fixture.take_effects();
    let Some(Effect::Media(MediaEffect::Decode(at, _))) = effects.first() else { panic!("{effects:?}") };
    fixture.update(Event::Media(MediaEvent::Decoded(*at, Err(reason))));
    assert!(fixture.screen_words().contains("no image: 30000×30000 pixels"), "{}", fixture.screen_text());
}

pub fn clock_jump_does_not_change_intervals() {
    // The clock of the program is monotonic, whatever happens to the system time.
    let clock = Clock::start();
    let times: Vec<Time> = (0..1_000).map(|_| clock.now()).collect();
    assert!(times.is_sorted());
    let mut fixture = AppFixture::new(TEXT);
    fixture.receive("t", b"23");
    let start = fixture.now;
    for time in [Time::default(), Time::from_millis(u64::MAX / 2), start] {
        fixture.now = time;
        fixture.skip(Duration::ZERO);
        fixture.app.next_wakeup(time);
        fixture.render_frame();
        assert_eq!(fixture.first_tile_text(), Some("23"));
    }
    assert!(fixture.screen_text().contains("just now"), "{}", fixture.screen_text());
}
