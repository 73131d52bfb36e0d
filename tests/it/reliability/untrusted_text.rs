//! Whatever stands in a payload, a topic or a name, the frames hold nothing that acts on the terminal.

use std::time::Duration;

use fastrand::Rng;
use mqtt_dash::{
    app::{Action, Command},
    model::dashboard::Dashboard,
    store::dashboard_text,
};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::fixtures::{app::AppFixture, terminal_output::foreign_sequence};

/// What hostile strings are made of.
const PIECES: [&str; 44] = [
    "\x1b",
    "\x1b[",
    "\x1b]0;x\x07",
    "\x1b[2J",
    "\x1b[?1049l",
    "\x1bP",
    "\x1b\\",
    "\x1b[6n",
    "\x1bc",
    "\x07",
    "\x08",
    "\x7f",
    "\0",
    "\r",
    "\n",
    "\t",
    "\u{9b}",
    "\u{9d}",
    "\u{90}",
    "\u{85}",
    "\u{202e}",
    "\u{2066}",
    "\u{200f}",
    "\u{200b}",
    "\u{200d}",
    "\u{feff}",
    "\u{2028}",
    "\u{e0041}",
    "\u{301}",
    "\u{20dd}",
    "\u{fe0f}",
    "日",
    "本語",
    "ﷺ",
    "🎉",
    "👨‍👩‍👧",
    "🇫🇷",
    "e\u{301}",
    "{\"a\":\"\\u001b[31m\"}",
    "42",
    "plain ",
    "\u{fffd}",
    "\u{10fffd}",
    "a\u{ad}b",
];

fn hostile(rng: &mut Rng) -> String {
    let count = rng.usize(1..12);
    (0..count)
        .map(|_| match rng.u8(..4) {
            0 => rng.char(..).to_string(),
            1 => PIECES[rng.usize(..PIECES.len())].repeat(rng.usize(1..6)),
            _ => PIECES[rng.usize(..PIECES.len())].to_owned(),
        })
        .collect()
}

/// A dashboard of which every text is hostile, one tile of each kind that shows text.
fn board(rng: &mut Rng) -> AppFixture {
    let quoted = |text: String| toml::Value::String(text.replace('\0', "")).to_string();
    let mut file = format!("title = {}\n", quoted(hostile(rng)));
    for kind in ["text", "switch", "range", "choice", "color"] {
        let (name, before, behind) = (quoted(hostile(rng)), quoted(hostile(rng)), quoted(hostile(rng)));
        let more = match kind {
            "text" => format!("prefix = {before}\npostfix = {behind}\n"),
            "choice" => format!("options = [{{ label = {before}, payload = \"x\" }}]\n"),
            _ => String::new(),
        };
        file = format!(
            "{file}[[tile]]\nkind = \"{kind}\"\nname = {name}\ntopic = \"t/#\"\npublish_topic = \"to\"\n{more}"
        );
    }
    AppFixture::new(&file)
}

/// How many strings went in.
fn strings(count: usize, seed: u64) -> usize {
    let mut rng = Rng::with_seed(seed);
    let mut seen = 0;
    while seen < count {
        let mut fixture = board(&mut rng);
        seen += 9;
        for _ in 0..20 {
            let (topic, payload) = (format!("t/{}", hostile(&mut rng)), hostile(&mut rng));
            seen += 2;
            fixture.receive(&topic, payload.as_bytes());
            let modes = [Action::Cancel, Action::Detail, Action::Press, Action::Find, Action::Trust, Action::Palette];
            fixture.act(modes[rng.usize(..modes.len())].clone());
            fixture.act(Action::Paste(hostile(&mut rng)));
            seen += 1;
            check(&mut fixture);
            fixture.act(Action::Cancel);
        }
    }
    seen
}

/// Checks a frame: its bytes, and its cells.
fn check(fixture: &mut AppFixture) {
    let bytes = fixture.render_frame();
    if let Some(found) = foreign_sequence(&bytes) {
        panic!("{found} went to the terminal: {:?}", fixture.screen_text());
    }
    let picture = fixture.screen_buffer();
    let width = usize::from(picture.area.width);
    for (at, cell) in picture.content.iter().enumerate() {
        let symbol = cell.symbol();
        assert!(symbol.chars().filter(|c| c.width() == Some(0)).count() <= 8, "{symbol:?}");
        // What takes several cells has them for itself, on its own row.
        let taken = symbol.width().max(1);
        assert!(at % width + taken <= width, "{symbol:?} leaves the screen");
        let behind = &picture.content[at + 1..at + taken];
        assert!(behind.iter().all(|cell| cell.symbol().trim().is_empty()), "{symbol:?} is wider than its room");
    }
}

#[test]
fn untrusted_text_never_controls_terminal() {
    strings(2_000, 1);
}

#[ignore = "the long version: 100,000 strings"]
#[test]
fn much_untrusted_text_never_controls_terminal() {
    println!("{} strings, 0 foreign bytes, no cell wider than its room", strings(100_000, 2));
}

/// A dashboard that somebody else wrote does nothing but show and publish before it was agreed to.
#[test]
fn untrusted_dashboard_is_inert_until_allowed() {
    let stranger = r#"
        [[tile]]
        kind = "text"
        name = "Script"
        topic = "t"
        on_receive = "app.publish('stolen', event.payload)"
        on_display = "app.openUri('http://127.0.0.1:9/')"
        on_tap = "app.publish('stolen', 'tap')"
        blink = "true"
        [[tile]]
        kind = "image"
        name = "Tracker"
        topic = "u"
        source = "url"
        url = "http://127.0.0.1:9/pixel.png"
        [[tile]]
        kind = "image"
        name = "From the payload"
        topic = "t"
        source = "payload-url"
    "#;
    let mut fixture = AppFixture::new(stranger);
    for _ in 0..100 {
        fixture.receive("t", b"http://127.0.0.1:9/other.png");
        fixture.receive("u", b"x");
        fixture.act(Action::PressTile(0));
        fixture.act(Action::Cancel);
        fixture.skip(Duration::from_secs(1));
        fixture.render_frame();
    }
    let acts = |command: &&Command| {
        matches!(
            command,
            Command::Ask(_) | Command::Scripts(..) | Command::Fetch(..) | Command::Browse(_) | Command::Agree(_)
        )
    };
    assert_eq!(fixture.take_effects().iter().find(acts), None);
    assert!(fixture.screen_words().contains("its scripts wait: T"), "{}", fixture.screen_text());
    // The very same dashboard acts once it was agreed to: the check above can fail.
    fixture.act(Action::Trust);
    fixture.act(Action::Accept);
    let agreed = fixture.take_effects();
    assert!(agreed.iter().any(|command| acts(&command)), "{agreed:?}");
    assert!(!dashboard_text(&Dashboard::default()).contains("agreed"), "and no file can say that it was");
}
