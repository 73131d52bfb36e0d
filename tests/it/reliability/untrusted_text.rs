//! Whatever a payload, a topic or a name contains, frames contain no foreign control sequence.

use std::time::Duration;

use fastrand::Rng;
use mqtt_dash::{
    app::{Action, Effect, FilesEffect, MediaEffect, ScriptsEffect, ShellEffect},
    config::dashboard_to_toml,
    model::dashboard::Dashboard,
};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::fixtures::{app::AppFixture, cpu_lock::CpuLock, terminal_output::foreign_sequence};

/// The pieces of hostile text.
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

fn hostile_text(rng: &mut Rng) -> String {
    let count = rng.usize(1..12);
    (0..count)
        .map(|_| match rng.u8(..4) {
            0 => rng.char(..).to_string(),
            1 => PIECES[rng.usize(..PIECES.len())].repeat(rng.usize(1..6)),
            _ => PIECES[rng.usize(..PIECES.len())].to_owned(),
        })
        .collect()
}

/// A dashboard whose texts are all hostile, with a tile of each kind that shows text.
fn hostile_dashboard(rng: &mut Rng) -> AppFixture {
    let quoted = |text: String| toml::Value::String(text.replace('\0', "")).to_string();
    let mut file = format!("title = {}\n", quoted(hostile_text(rng)));
    for kind in ["text", "switch", "range", "choice", "color"] {
        let (name, prefix, postfix) = (quoted(hostile_text(rng)), quoted(hostile_text(rng)), quoted(hostile_text(rng)));
        let more = match kind {
            "text" => format!("prefix = {prefix}\npostfix = {postfix}\n"),
            "choice" => format!("options = [{{ label = {prefix}, payload = \"x\" }}]\n"),
            _ => String::new(),
        };
        file = format!(
            "{file}[[tile]]\nkind = \"{kind}\"\nname = {name}\ntopic = \"t/#\"\npublish_topic = \"to\"\n{more}"
        );
    }
    AppFixture::new(&file)
}

/// Checks frames with at least this many hostile texts; returns how many there were.
fn check_hostile_texts(count: usize, seed: u64) -> usize {
    let mut rng = Rng::with_seed(seed);
    let mut used = 0;
    while used < count {
        let mut fixture = hostile_dashboard(&mut rng);
        used += 9;
        for _ in 0..20 {
            let (topic, payload) = (format!("t/{}", hostile_text(&mut rng)), hostile_text(&mut rng));
            used += 2;
            fixture.receive(&topic, payload.as_bytes());
            let actions = [
                Action::Cancel,
                Action::ShowDetail,
                Action::Press,
                Action::FindTile,
                Action::ReviewPermissions,
                Action::OpenCommandPalette,
            ];
            fixture.act(actions[rng.usize(..actions.len())].clone());
            fixture.act(Action::Paste(hostile_text(&mut rng)));
            used += 1;
            check_frame(&mut fixture);
            fixture.act(Action::Cancel);
        }
    }
    used
}

/// Checks a frame: its bytes, and its cells.
fn check_frame(fixture: &mut AppFixture) {
    let bytes = fixture.render_frame();
    if let Some(found) = foreign_sequence(&bytes) {
        panic!("the frame contains {found}: {:?}", fixture.screen_text());
    }
    let buffer = fixture.screen_buffer();
    let width = usize::from(buffer.area.width);
    for (at, cell) in buffer.content.iter().enumerate() {
        let symbol = cell.symbol();
        assert!(symbol.chars().filter(|c| c.width() == Some(0)).count() <= 8, "{symbol:?}");
        // A wide symbol has its cells for itself, in its own row.
        let cells = symbol.width().max(1);
        assert!(at % width + cells <= width, "{symbol:?} exceeds the screen");
        let following = &buffer.content[at + 1..at + cells];
        assert!(following.iter().all(|cell| cell.symbol().trim().is_empty()), "{symbol:?} overlaps the next cell");
    }
}

#[test]
fn untrusted_text_never_controls_terminal() {
    let _lock = CpuLock::shared();
    check_hostile_texts(2_000, 1);
}

#[ignore = "long: 100,000 texts"]
#[test]
fn much_untrusted_text_never_controls_terminal() {
    println!("{} texts, 0 foreign sequences, no overlapping cell", check_hostile_texts(100_000, 2));
}

/// Before the user allows it, a dashboard from someone else runs no script and opens no URL.
#[test]
fn untrusted_dashboard_is_inert_until_allowed() {
    let dashboard = r#"
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
    let mut fixture = AppFixture::new(dashboard);
    for _ in 0..100 {
        fixture.receive("t", b"http://127.0.0.1:9/other.png");
        fixture.receive("u", b"x");
        fixture.press_tile(0);
        fixture.act(Action::Cancel);
        fixture.skip(Duration::from_secs(1));
        fixture.render_frame();
    }
    let is_active = |effect: &&Effect| {
        matches!(
            effect,
            Effect::Scripts(ScriptsEffect::Run(_) | ScriptsEffect::SetScripts(..))
                | Effect::Media(MediaEffect::Fetch(..))
                | Effect::Shell(ShellEffect::OpenUrl(_))
                | Effect::Files(FilesEffect::SaveGrant(_))
        )
    };
    assert_eq!(fixture.take_effects().iter().find(is_active), None);
    assert!(fixture.screen_words().contains("scripts blocked:"), "{}", fixture.screen_text());
    // The same dashboard is active once it is allowed: the check above can fail.
    fixture.grant_permissions();
    let effects = fixture.take_effects();
    assert!(effects.iter().any(|effect| is_active(&effect)), "{effects:?}");
    assert!(!dashboard_to_toml(&Dashboard::default()).contains("agreed"), "a file cannot allow itself");
}
