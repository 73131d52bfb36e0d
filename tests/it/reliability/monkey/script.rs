//! Generates the actions of a session from a seed.

use fastrand::Rng;

use super::{
    action::{Action, BrokerAction, ConfigFile, FileEdit},
    messages,
};

/// How many actions a session has before the navigation phase ends, and in all.
const NAVIGATION: usize = 50;
const ACTIONS: usize = 350;

/// Keys that only look. They are safe on every screen that they can open.
const NAVIGATION_KEYS: [&str; 24] = [
    "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[H", "\x1b[F", "\x1b[5~", "\x1b[6~", "\t", "\x1b[Z", "h", "j", "k",
    "l", "g", "G", "1", "2", "3", "9", "i", "?", "\x0c", "T",
];
/// Special keys of other places than the navigation.
const SPECIAL_KEYS: [&str; 26] = [
    "\r", "\r", " ", "\t", "\x1b[Z", "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[H", "\x1b[F", "\x1b[5~", "\x1b[6~",
    "\x7f", "\x1b[3~", "\x15", "\x10", "\x14", "\x0c", "\x1b[15~", "\x1bOP", "\x1ba", "\x01", "\x05", "\x0b", "\x17",
];
/// Characters that are typed. Without `y` and `u`, which answer questions and undo edits: those are actions of their own.
const CHARACTERS: &str = "abcdefghijklmnoprstvwxz ABCDELMTX 0123456789 +-<>_=.,:;/?!#$*()[]{}\"'\\|~éЖ日🎉";
/// Pieces of pastes and of raw input.
const HOSTILE: [&str; 16] = [
    "\x1b[31m",
    "\x1b]0;title\x07",
    "\x1b[2J",
    "\x1b[?1049l",
    "\x1b[6n",
    "\x07\x08\x7f\0",
    "\r\n",
    "\t",
    "\u{9b}2J",
    "\u{202e}",
    "e\u{301}",
    "日本語",
    "👨‍👩‍👧",
    "plain text ",
    "xdyq\r \x03",
    "\x1b[200~",
];

/// The actions of a session.
///
/// Only with `edits_dashboards`, dashboards are changed from outside. Without it, their files always have what the
/// program uses; with it, an edit by the user may wait for the decision which of two versions to keep.
pub fn session(rng: &mut Rng, edits_dashboards: bool) -> Vec<Action> {
    let mut actions = Vec::new();
    while actions.len() < NAVIGATION {
        match rng.u8(..20) {
            0 => actions.push(paste(rng)),
            1 | 2 => actions.push(resize(rng)),
            3 => actions.push(Action::Focus(rng.bool())),
            4..8 => actions.push(messages::publication(rng)),
            8 => actions.push(edit_file(rng, edits_dashboards)),
            9 => actions.push(Action::Mouse(35, rng.u16(1..120), rng.u16(1..40), false)),
            10 => {
                // What is typed into an input is no key.
                let input = ["/te", ":conn", "/", "?"][rng.usize(..4)];
                actions.extend([Action::Keys(input.to_owned()), paste(rng), Action::Escape]);
            }
            11 | 12 => actions.push(Action::Escape),
            _ => actions.push(Action::Keys(pick_some(rng, &NAVIGATION_KEYS, 6))),
        }
    }
    actions.push(Action::EndOfNavigation);
    while actions.len() < ACTIONS {
        add_scenario(rng, edits_dashboards, &mut actions);
    }
    actions
}

fn pick_some(rng: &mut Rng, keys: &[&str], most: usize) -> String {
    (0..rng.usize(1..=most)).map(|_| keys[rng.usize(..keys.len())]).collect()
}

fn typed(rng: &mut Rng, most: usize) -> String {
    let characters: Vec<char> = CHARACTERS.chars().collect();
    (0..rng.usize(0..=most)).map(|_| characters[rng.usize(..characters.len())]).collect()
}

fn keys(rng: &mut Rng) -> Action {
    let mut text = String::new();
    for _ in 0..rng.usize(1..10) {
        match rng.u8(..10) {
            0..5 => text += &typed(rng, 3),
            5..8 => text += SPECIAL_KEYS[rng.usize(..SPECIAL_KEYS.len())],
            8 => text += NAVIGATION_KEYS[rng.usize(..NAVIGATION_KEYS.len())],
            _ => text += if rng.u8(..8) == 0 { "q" } else { "\r" },
        }
    }
    Action::Keys(text)
}

fn paste(rng: &mut Rng) -> Action {
    let size = match rng.u8(..20) {
        0 => 1 << 20,
        1 | 2 => 64 << 10,
        _ => rng.usize(0..200),
    };
    let mut bytes = Vec::new();
    while bytes.len() < size {
        match rng.u8(..4) {
            0 => bytes.extend_from_slice(HOSTILE[rng.usize(..HOSTILE.len())].as_bytes()),
            1 => bytes.push(rng.u8(..)),
            _ => bytes.extend((0..rng.usize(1..40)).map(|_| rng.alphanumeric() as u8)),
        }
    }
    // The end of the paste is the terminal's alone: real ones remove it from what they paste.
    while let Some(at) = bytes.windows(6).position(|window| window == b"\x1b[201~") {
        bytes.drain(at..at + 6);
    }
    Action::Paste(bytes)
}

fn raw_input(rng: &mut Rng) -> Action {
    let mut bytes = Vec::new();
    for _ in 0..rng.usize(1..6) {
        if rng.bool() {
            bytes.extend_from_slice(HOSTILE[rng.usize(..12)].as_bytes());
        } else {
            bytes.extend((0..rng.usize(1..8)).map(|_| rng.u8(..)).filter(|byte| !b"yq\x03".contains(byte)));
        }
    }
    Action::RawInput(bytes)
}

fn resize(rng: &mut Rng) -> Action {
    let (columns, rows) = match rng.u8(..6) {
        0 => (rng.u16(0..4), rng.u16(0..4)),
        1 => (rng.u16(1..40), rng.u16(1..12)),
        2 => (rng.u16(200..=300), rng.u16(60..=100)),
        _ => (rng.u16(60..160), rng.u16(16..50)),
    };
    Action::Resize(columns, rows)
}

fn mouse(rng: &mut Rng) -> [Action; 2] {
    let (column, row) = (rng.u16(1..160), rng.u16(1..50));
    let button = [0, 0, 0, 0, 1, 2, 32, 35, 64, 65, 4, 16][rng.usize(..12)];
    [Action::Mouse(button, column, row, false), Action::Mouse(button, column, row, true)]
}

fn edit_file(rng: &mut Rng, edits_dashboards: bool) -> Action {
    let file = match rng.u8(..8) {
        2.. if edits_dashboards => ConfigFile::Dashboard(rng.usize(..4)),
        0 | 2 | 4 | 6 => ConfigFile::Profiles,
        _ => ConfigFile::Settings,
    };
    Action::EditFile(file, file_edit(rng))
}

fn file_edit(rng: &mut Rng) -> FileEdit {
    use FileEdit::{
        Binary, Comment, DanglingLink, Deleted, Empty, Folder, Half, Huge, Link, Original, Renamed, Replaced, Syntax,
        WrongValue,
    };
    match rng.u8(..20) {
        0..4 => Original,
        4..7 => Renamed,
        7 => Replaced,
        8 | 9 => Comment,
        10 => Syntax,
        11 => WrongValue,
        12 | 13 => Half(rng.u8(1..100)),
        14 => Empty,
        15 => Binary,
        16 => [Huge, DanglingLink, Folder][rng.usize(..3)],
        17 => Deleted,
        _ => Link,
    }
}

/// Something that happens outside of the program.
fn outside(rng: &mut Rng, edits_dashboards: bool) -> Action {
    match rng.u8(..4) {
        0 => edit_file(rng, edits_dashboards),
        1 => resize(rng),
        _ => messages::publication(rng),
    }
}

/// Adds actions that belong together.
fn add_scenario(rng: &mut Rng, edits_dashboards: bool, actions: &mut Vec<Action>) {
    match rng.u8(..30) {
        0..5 => actions.push(keys(rng)),
        5 => actions.push(paste(rng)),
        6 => actions.push(raw_input(rng)),
        7 | 8 => actions.extend(mouse(rng)),
        9 => actions.push(resize(rng)),
        10..13 => actions.push(outside(rng, edits_dashboards)),
        13 => actions.push(Action::Focus(rng.bool())),
        14 => {
            actions.push(Action::Stop);
            actions.extend((0..rng.usize(0..4)).map(|_| outside(rng, edits_dashboards)));
            actions.push(Action::Continue);
        }
        15 if rng.bool() => {
            let how = [BrokerAction::Kill, BrokerAction::Terminate, BrokerAction::Freeze][rng.usize(..3)];
            actions.push(Action::Broker(how));
            actions.extend(
                (0..rng.usize(0..6)).map(|_| if rng.bool() { keys(rng) } else { outside(rng, edits_dashboards) }),
            );
            actions.push(Action::Broker(BrokerAction::Recover));
        }
        15 => actions.push(Action::Escape),
        16 => actions.push(Action::Edit(if rng.bool() { "u" } else { "\x12" })),
        _ => {
            actions.push(Action::Escape);
            add_dialog(rng, actions);
        }
    }
}

/// Adds the keys that open a dialog and do something in it.
fn add_dialog(rng: &mut Rng, actions: &mut Vec<Action>) {
    let moves = pick_some(rng, &NAVIGATION_KEYS[..16], 5);
    let text = typed(rng, 8);
    let down = "\x1b[B".repeat(rng.usize(..8));
    let typed_keys = match rng.u8(..30) {
        0 => format!("{moves} "),
        // Presses and steps: what is published is the least seldom.
        24..28 => format!("{moves}\r{text}\r"),
        28 => format!("1{moves}\r\x1b[B\r"),
        29 => format!("1\x1b[Hll{}", ["+++--", "\r90\r", ">"][rng.usize(..3)]),
        1..6 => format!("{moves}+++--"),
        6 => format!("{moves}e{down}{text}\t{text}\r"),
        7 => format!("{moves}e{down} {text}\r"),
        8 => format!("a{down}\r{text}\t{text}\r"),
        9 => format!("{moves}c{text}\r"),
        10 => format!("{moves}m{}\r", pick_some(rng, &NAVIGATION_KEYS[..8], 4)),
        11 => format!("D{down}{}{text}\r", ["n", "e", "r", "c", "l", "\r"][rng.usize(..6)]),
        12 => format!("C{down}{}{text}\r", ["n", "e", "t", "s", "c", "\r", "p"][rng.usize(..7)]),
        13 => format!(":{}\r", ["re", "he", "con", "dash", "und", "lock", &text][rng.usize(..7)]),
        14 => {
            // The permissions can be granted once their end was on the screen.
            actions.extend([Action::Keys("T\x1b[F".to_owned()), Action::Edit("\r")]);
            return;
        }
        15 => format!("/{text}\r"),
        16 => "o".to_owned(),
        17 => format!("{}{moves}", ["?", "i", "r", "t", "b", "\x1a"][rng.usize(..6)]),
        18 => {
            actions.push(Action::Keys("M\r".to_owned()));
            actions.push(messages::export(rng));
            return;
        }
        19 => format!("C{down}d"),
        20 => format!("D{down}d"),
        21 => "L".to_owned(),
        22 => format!("{moves}d"),
        _ => format!("{moves}x"),
    };
    let asks = typed_keys.ends_with(['d', 'x', 'L']);
    actions.push(Action::Keys(typed_keys));
    if asks && rng.u8(..4) > 0 {
        actions.push(Action::Yes);
    }
}
