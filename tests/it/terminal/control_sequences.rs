//! Control sequences in payloads, topics, names and files do not reach the terminal.

use crate::fixtures::{
    embedded_broker::EmbeddedBrokerFixture,
    key::Key,
    terminal::TerminalFixture,
    terminal_output::{Segment, foreign_sequence, is_own_sequence, segments},
    terminal_program::TerminalProgram,
};

/// Fails if the output, read between two frames, contains a foreign sequence.
fn assert_no_foreign_sequence(program: &TerminalFixture) {
    let mut output = Vec::new();
    program.wait_for_output("the end of a frame", |bytes| {
        let last = |mark: &[u8]| bytes.windows(mark.len()).rposition(|piece| piece == mark);
        let is_complete = last(b"\x1b[?2026h") <= last(b"\x1b[?2026l");
        if is_complete {
            output = bytes.to_vec();
        }
        is_complete
    });
    assert_eq!(foreign_sequence(&output), None);
}

#[test]
fn foreign_sequences_are_detected() {
    for foreign in [
        "\x1b]0;x",
        "\x1b]52;c;YQ==\x07",
        "\x1b]52;c;Y Q\x1b\\",
        "\x1b]52;p;YQ==\x1b\\",
        "\x07",
        "\x1b[6n",
        "\x1b[31;1H\x1b[3J",
        "\u{9b}31m",
        "\x1bc",
        "\u{202e}",
        "\r",
        "\x1b[?1047h",
    ] {
        let output = format!("before\x1b[0m{foreign}after");
        let found = segments(&output)
            .into_iter()
            .any(|part| matches!(part, Segment::Sequence(sequence) if !is_own_sequence(sequence)));
        assert!(found, "{foreign:?}");
    }
    let own = "\x1b]52;c;YQ==\x1b\\\x1b[?2026h\x1b[0m\x1b[2J\x1b[3;7Hdü日\x1b[38;2;1;2;3;48;5;7m\x1b[?2026l";
    assert!(segments(own).iter().all(|part| matches!(part, Segment::Text("dü日"))
        || matches!(part, Segment::Sequence(sequence) if is_own_sequence(sequence))));
}

const DASHBOARD: &str = r#"
title = "T\u001b]0;title\u0007\u202e"
columns = 1
tile_size = "large"
[[tile]]
kind = "text"
name = "N\u001b[31m\u0007\u009b2J\u202eame"
topic = "hostile/#"
text_size = "small"
prefix = "<\u001b[2J"
postfix = "\u001b[5m>"
publish_topic = "to/\u001b]2;x\u0007"
[[tile]]
kind = "choice"
name = "Choice"
topic = "hostile/#"
publish_topic = "to/choice"
options = [{ label = "L\u001b[1;1Hx", payload = "\u001bc" }, { label = "\u202eb", payload = "b" }]
[[tile]]
kind = "switch"
name = "Switch"
topic = "hostile/#"
publish_topic = "to/switch"
[[tile]]
kind = "range"
name = "Range"
topic = "hostile/#"
publish_topic = "to/range"
json_path = "$['\u001b[31m']"
[[tile]]
kind = "color"
name = "Color"
topic = "hostile/#"
publish_topic = "to/color"
[[tile]]
kind = "image"
name = "Image"
topic = "hostile/#"
source = "payload"
"#;

/// Payloads, and the text that the screen shows for them; ▯ stands for U+FFFD.
fn payloads() -> Vec<(Vec<u8>, &'static str)> {
    vec![
        (b"\x1b[2J\x1b[31mred".to_vec(), "␛[2J␛[31mred"),
        (b"\x07\x07bell".to_vec(), "␇␇bell"),
        (b"\x1b]0;owned\x07title".to_vec(), "␛]0;owned␇title"),
        (b"\x1bP1$tx\x1b\\dcs".to_vec(), "␛P1$tx␛\\dcs"),
        ("\u{9b}31m\u{9d}0;c1".as_bytes().to_vec(), "▯31m▯0;c1"),
        ("a\u{202e}bidi\u{2066}x".as_bytes().to_vec(), "a▯bidi▯x"),
        (b"nul\0\x08\x7fx".to_vec(), "nul␀␈␡x"),
        (b"one\rtwo\tthree".to_vec(), "one␍two␉three"),
        ("e\u{301}\u{301}zalgo\u{200b}y".as_bytes().to_vec(), "zalgo▯y"),
        ("日本語 и 🎉 wide".as_bytes().to_vec(), "日本語 и 🎉 wide"),
        (br#"{"a":"\u001b[31m"}"#.to_vec(), r#"{"a":"\u001b[31m"}"#),
        (vec![0xff, 0xfe, 0x1b, b'[', b'm', 0x9b, 0x00], "FF FE 1B 5B 6D 9B 00"),
        ((0..=255).cycle().take(100_000).collect(), "00 01 02 03"),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_characters_in_payloads_are_shown_as_symbols() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    let mut program = broker.program(DASHBOARD).size(120, 60).start();
    program.wait_connected("");
    for (payload, shown) in payloads() {
        broker.publish_retained("hostile/payload", &payload).await;
        program.wait_text(shown);
        // What is copied reaches the terminal as Base64.
        program.type_text("y");
    }
    program.wait_text("The value is binary");
    assert!(program.output_text().contains("\x1b]52;c;"));
    // The details show the last messages the same way.
    program.type_text("i");
    program.wait_text("[Values]");
    program.wait_text("␛]0;owned␇title");
    program.press(Key::Tab);
    program.wait_text("[Payload]");
    program.press(Key::Escape);
    program.wait_no_text("[Payload]");
    assert_no_foreign_sequence(&program);
    program.quit();
    assert_no_foreign_sequence(&program);
    program.assert_restored();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_characters_in_names_and_topics_are_shown_as_symbols() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    let mut program = broker.program(DASHBOARD).size(120, 60).start();
    program.wait_connected("");
    program.wait_text("N␛[31m␇▯2J▯ame");
    program.wait_text("T␛]0;title␇▯");
    broker.publish_retained("hostile/\u{202e}école/日本", "a topic").await;
    program.wait_text("a topic");
    program.type_text("i");
    program.wait_text("hostile/▯école/日本");
    broker.publish("hostile/\u{1b}[2J\u{7}\u{9b}5m", "another topic").await;
    program.wait_text("hostile/␛[2J␇▯5m");
    program.press(Key::Escape);
    program.wait_no_text("[Values]");
    program.press_after_dialog(Key::Enter);
    program.wait_text("→ to/␛]2;x␇");
    program.press(Key::Escape);
    program.wait_no_text("→ to/");
    program.type_text("/");
    program.wait_text("Find a tile");
    program.type_text("\x1b[200~\x1b[31m\x07\u{202e}x\x1b[201~");
    program.press(Key::Escape);
    program.wait_no_text("Find a tile");
    program.press(Key::Down);
    program.press(Key::Enter);
    program.wait_text("L␛[1;1Hx");
    program.press(Key::Escape);
    program.wait_no_text("L␛[1;1Hx");
    program.quit();
    assert_no_foreign_sequence(&program);
    program.assert_restored();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_payload_is_shown_truncated() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    let mut program = broker.program(DASHBOARD).size(120, 60).start();
    program.wait_connected("");
    let mut text = b"the beginning ".to_vec();
    text.resize(5_000_000, b'x');
    broker.publish_retained("hostile/large", &text).await;
    program.wait_text("the beginning xxx");
    program.type_text("i");
    program.wait_text("4.8 MiB");
    program.press(Key::Escape);
    program.wait_no_text("[Values]");
    let lines = "\x1b[31mline\n".repeat(10_000);
    broker.publish("hostile/lines", &lines).await;
    program.wait_text("␛[31mline");
    broker.publish("hostile/after", "after them").await;
    program.wait_text("after them");
    assert_no_foreign_sequence(&program);
    program.quit();
}

#[test]
fn diagnostics_of_file_contain_no_control_characters() {
    let dashboard = "title = \"a\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}b\"\n[[tile]]\nkind = \"te\u{202e}xt\"\n";
    for arguments in [&["open", "bench", "--url", "mqtt://localhost"][..], &["check"], &["open", "b\u{1b}[2Jx"]] {
        let mut program =
            TerminalProgram::new(arguments).file("dashboards/bench.toml", dashboard).env("NO_COLOR", "1").start();
        assert_eq!(program.wait_exit(), 1);
        let bytes = program.output();
        let output = str::from_utf8(&bytes).expect("the output is UTF-8");
        let foreign: Vec<Segment> =
            segments(output).into_iter().filter(|part| matches!(part, Segment::Sequence(_))).collect();
        let only_line_breaks = foreign.iter().all(|part| matches!(part, Segment::Sequence("\r" | "\n")));
        assert!(only_line_breaks, "{arguments:?}: {foreign:?}");
    }
}
