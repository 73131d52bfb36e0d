//! THE key table. What a key does, the help screen, the hints at the foot of the screen and the table
//! in the README all come from these rows.

use std::fmt::Write;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tui_input::InputRequest;

use crate::{
    app::{Action, App, Entry, Mode, Part},
    model::grid::Way,
};

/// What the keys go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Everywhere.
    All,
    /// A dashboard.
    Board,
    /// The welcome, where no dashboard is open.
    Welcome,
    /// A prompt for a line, and the search.
    Line,
    /// A prompt for a number.
    Number,
    /// A list to choose from.
    List,
    /// The colour picker.
    Color,
    /// A text to read: help, a tile in full, a picture.
    Text,
    /// A text to agree to.
    Trust,
    /// An address to open.
    Browse,
}

/// One row: keys, what they do, and how it is called.
pub struct Binding {
    /// Where the keys have this meaning.
    pub place: Place,
    /// The keys, as people write them.
    pub keys: &'static [&'static str],
    /// What the key with this number in the row does.
    pub act: fn(usize) -> Action,
    /// What the help calls it.
    pub help: &'static str,
    /// What the hints at the foot call it, if it is shown there now.
    pub hint: fn(&App) -> Option<&'static str>,
}

const fn row(place: Place, keys: &'static [&'static str], act: fn(usize) -> Action, help: &'static str) -> Binding {
    Binding { place, keys, act, help, hint: |_| None }
}

const fn hinted(
    place: Place,
    keys: &'static [&'static str],
    act: fn(usize) -> Action,
    help: &'static str,
    hint: fn(&App) -> Option<&'static str>,
) -> Binding {
    Binding { place, keys, act, help, hint }
}

/// Arrow keys inside of what is open.
const WAYS: [Way; 8] = [Way::Left, Way::Right, Way::Up, Way::Down, Way::First, Way::Last, Way::PageUp, Way::PageDown];

/// The rows.
pub const BINDINGS: &[Binding] = &[
    hinted(Place::Board, &["Enter", "Space"], |_| Action::Press, "press the tile", |app| app.selected()?.0.verb()),
    hinted(
        Place::Board,
        &["-", "+", "<", ">", "_", "="],
        |key| Action::Step(if key % 2 == 0 { -1 } else { 1 }),
        "step a range down, up",
        |app| app.selected()?.0.steps().then_some("step"),
    ),
    row(Place::Board, &["Left", "h"], |_| Action::Go(Way::Left), "select the tile to the left"),
    row(Place::Board, &["Down", "j"], |_| Action::Go(Way::Down), "select the tile below"),
    row(Place::Board, &["Up", "k"], |_| Action::Go(Way::Up), "select the tile above"),
    row(Place::Board, &["Right", "l"], |_| Action::Go(Way::Right), "select the tile to the right"),
    row(Place::Board, &["Home", "g"], |_| Action::Go(Way::First), "select the first tile"),
    row(Place::Board, &["End", "G"], |_| Action::Go(Way::Last), "select the last tile"),
    row(Place::Board, &["PageUp"], |_| Action::Go(Way::PageUp), "a screen up"),
    row(Place::Board, &["PageDown"], |_| Action::Go(Way::PageDown), "a screen down"),
    hinted(
        Place::Board,
        &["Tab", "Shift-Tab"],
        |key| Action::NextTab(if key == 0 { 1 } else { -1 }),
        "the next, the previous dashboard",
        |app| (app.boards.len() > 1).then_some("next"),
    ),
    row(Place::Board, &["1", "2", "3", "4", "5", "6", "7", "8", "9"], Action::Tab, "the dashboard with this number"),
    hinted(
        Place::Board,
        &["i"],
        |_| Action::Detail,
        "the tile in full: payload, topics, times, last messages",
        |app| app.selected().map(|_| "detail"),
    ),
    hinted(
        Place::Board,
        &["/"],
        |_| Action::Find,
        "find a tile by name or topic",
        |app| app.selected().map(|_| "find"),
    ),
    hinted(
        Place::Board,
        &["r"],
        |_| Action::Reconnect,
        "try the line again, now",
        |app| app.line().is_some_and(|line| !line.is_up()).then_some("reconnect"),
    ),
    hinted(
        Place::Board,
        &["T"],
        |_| Action::Trust,
        "what the dashboard reaches for: its scripts and addresses",
        |app| app.board().is_some_and(|board| !board.trusted).then_some("scripts"),
    ),
    hinted(Place::Board, &["C"], |_| Action::Connections, "connections", |_| None),
    hinted(
        Place::Board,
        &["b", "B"],
        |key| Action::Button(key == 1),
        "press the button of the demo's board, short or long",
        |app| app.demo.then_some("button"),
    ),
    hinted(Place::Welcome, &["d"], |_| Action::Demo, "start the demo", |app| app.has_demo.then_some("demo")),
    hinted(
        Place::Welcome,
        &["C", "Enter"],
        |_| Action::Connections,
        "connections",
        |app| (!app.choices.is_empty()).then_some("connections"),
    ),
    hinted(Place::Line, &["Enter"], |_| Action::Accept, "take it", |_| Some("take it")),
    row(
        Place::Line,
        &["Up", "Down"],
        |key| Action::Move(if key == 0 { Way::Up } else { Way::Down }),
        "the tile found before, after",
    ),
    hinted(Place::Number, &["Left", "Right"], |key| Action::Move(WAYS[key]), "a step down, up", |_| Some("step")),
    hinted(
        Place::Number,
        &["Down", "Up"],
        |key| Action::Move(if key == 0 { Way::Down } else { Way::Up }),
        "ten steps down, up",
        |_| Some("ten steps"),
    ),
    row(Place::Number, &["Home", "End"], |key| Action::Move(WAYS[key + 4]), "the least, the most"),
    hinted(Place::Number, &["Enter"], |_| Action::Accept, "take the number", |_| Some("take it")),
    hinted(
        Place::List,
        &["Up", "Down", "k", "j"],
        |key| Action::Move(if key % 2 == 0 { Way::Up } else { Way::Down }),
        "the one above, below",
        |_| Some("mark"),
    ),
    row(
        Place::List,
        &["Home", "End", "PageUp", "PageDown"],
        |key| Action::Move(WAYS[key + 4]),
        "to the ends, by pages",
    ),
    hinted(Place::List, &["Enter", "Space"], |_| Action::Accept, "take the marked one", |_| Some("take it")),
    hinted(
        Place::Color,
        &["Tab", "Shift-Tab"],
        |key| Action::NextPart(if key == 0 { 1 } else { -1 }),
        "the next, the previous part",
        |_| Some("next part"),
    ),
    hinted(
        Place::Color,
        &["Left", "Right", "Up", "Down"],
        |key| Action::Move(WAYS[key]),
        "change the marked part",
        |_| Some("change"),
    ),
    row(Place::Color, &["Home", "End", "PageUp", "PageDown"], |key| Action::Move(WAYS[key + 4]), "to the ends, by ten"),
    hinted(Place::Color, &["Enter"], |_| Action::Accept, "take the colour", |_| Some("take it")),
    hinted(
        Place::Text,
        &["Up", "Down", "k", "j"],
        |key| Action::Move(if key % 2 == 0 { Way::Up } else { Way::Down }),
        "a line up, down",
        |_| Some("scroll"),
    ),
    row(
        Place::Text,
        &["Home", "End", "PageUp", "PageDown"],
        |key| Action::Move(WAYS[key + 4]),
        "to the ends, by pages",
    ),
    hinted(Place::Text, &["Esc", "q", "Enter", "i", "?"], |_| Action::Cancel, "back", |_| Some("back")),
    hinted(
        Place::All,
        &["Esc"],
        |_| Action::Cancel,
        "leave what is open",
        |app| (!matches!(app.mode, Mode::Board | Mode::Detail(_) | Mode::Help(_) | Mode::Enlarged)).then_some("back"),
    ),
    hinted(Place::Board, &["?"], |_| Action::Help, "this help", |_| Some("help")),
    hinted(Place::Welcome, &["?"], |_| Action::Help, "this help", |_| Some("help")),
    hinted(Place::Board, &["q"], |_| Action::Quit, "quit", |_| Some("quit")),
    hinted(Place::Welcome, &["q"], |_| Action::Quit, "quit", |_| Some("quit")),
    hinted(
        Place::Trust,
        &["Up", "Down", "k", "j"],
        |key| Action::Move(if key % 2 == 0 { Way::Up } else { Way::Down }),
        "a line up, down",
        |_| Some("scroll"),
    ),
    hinted(Place::Trust, &["Enter"], |_| Action::Accept, "let it do so, from now on", |_| Some("let it")),
    hinted(Place::Browse, &["Enter"], |_| Action::Accept, "open the address", |_| Some("open")),
    hinted(
        Place::Browse,
        &["z"],
        |_| Action::Enlarge,
        "enlarge the picture instead",
        |app| app.selected()?.1.picture.as_ref().map(|_| "enlarge"),
    ),
    row(Place::All, &["Ctrl-C"], |_| Action::Quit, "quit"),
    row(Place::All, &["Ctrl-L"], |_| Action::Redraw, "draw everything anew"),
    row(Place::All, &["Ctrl-Z"], |_| Action::Suspend, "give the terminal back for a while"),
];

/// Where the keys go now.
#[must_use]
pub fn place(app: &App) -> Place {
    match &app.mode {
        Mode::Board if app.boards.is_empty() => Place::Welcome,
        Mode::Board => Place::Board,
        Mode::Prompt(prompt) => match &prompt.entry {
            Entry::Line(_) => Place::Line,
            Entry::Number(_) => Place::Number,
            Entry::Choice { .. } => Place::List,
            Entry::Color(_) => Place::Color,
        },
        Mode::Find(_) => Place::Line,
        Mode::Connections(_) => Place::List,
        Mode::Detail(_) | Mode::Enlarged | Mode::Help(_) => Place::Text,
        Mode::Trust(_) => Place::Trust,
        Mode::Browse(_) => Place::Browse,
    }
}

/// The rows that have a meaning at a place, its own first.
pub fn rows(place: Place) -> impl Iterator<Item = &'static Binding> {
    let at = move |wanted: Place| BINDINGS.iter().filter(move |binding| binding.place == wanted);
    at(place).chain(at(Place::All))
}

/// What a key means now; `None`: nothing.
#[must_use]
pub fn action(app: &App, key: &KeyEvent) -> Option<Action> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let place = place(app);
    let types = matches!(place, Place::Line | Place::Number | Place::Color);
    if types && let Some(request) = typed(key) {
        let moves = matches!(
            request,
            InputRequest::GoToPrevChar | InputRequest::GoToNextChar | InputRequest::GoToStart | InputRequest::GoToEnd
        );
        let in_digits = matches!(&app.mode, Mode::Prompt(prompt) if matches!(&prompt.entry, Entry::Color(picker) if picker.part == Part::Hex));
        if place == Place::Line || !moves || in_digits {
            return Some(Action::Type(request));
        }
    }
    let name = name(key)?;
    rows(place).find_map(|row| row.keys.iter().position(|known| *known == name).map(row.act))
}

/// How people write a key.
fn name(key: &KeyEvent) -> Option<String> {
    let plain = match key.code {
        KeyCode::Char(' ') => "Space".to_owned(),
        KeyCode::Char(c) if key.modifiers.contains(KeyModifiers::CONTROL) => c.to_uppercase().to_string(),
        KeyCode::Char(c) => c.to_string(),
        KeyCode::BackTab => return Some("Shift-Tab".to_owned()),
        KeyCode::Enter => "Enter".to_owned(),
        KeyCode::Esc => "Esc".to_owned(),
        KeyCode::Tab => "Tab".to_owned(),
        KeyCode::Left => "Left".to_owned(),
        KeyCode::Right => "Right".to_owned(),
        KeyCode::Up => "Up".to_owned(),
        KeyCode::Down => "Down".to_owned(),
        KeyCode::Home => "Home".to_owned(),
        KeyCode::End => "End".to_owned(),
        KeyCode::PageUp => "PageUp".to_owned(),
        KeyCode::PageDown => "PageDown".to_owned(),
        _ => return None,
    };
    if key.modifiers.contains(KeyModifiers::ALT) {
        return None;
    }
    Some(if key.modifiers.contains(KeyModifiers::CONTROL) { format!("Ctrl-{plain}") } else { plain })
}

/// What a key does to a line that is being edited, as in a shell.
fn typed(key: &KeyEvent) -> Option<InputRequest> {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    let alt = key.modifiers.contains(KeyModifiers::ALT);
    Some(match key.code {
        KeyCode::Char(c) if !control && !alt => InputRequest::InsertChar(c),
        KeyCode::Backspace if control || alt => InputRequest::DeletePrevWord,
        KeyCode::Backspace => InputRequest::DeletePrevChar,
        KeyCode::Delete => InputRequest::DeleteNextChar,
        KeyCode::Left if control => InputRequest::GoToPrevWord,
        KeyCode::Right if control => InputRequest::GoToNextWord,
        KeyCode::Left => InputRequest::GoToPrevChar,
        KeyCode::Right => InputRequest::GoToNextChar,
        KeyCode::Home => InputRequest::GoToStart,
        KeyCode::End => InputRequest::GoToEnd,
        KeyCode::Char('a') if control => InputRequest::GoToStart,
        KeyCode::Char('e') if control => InputRequest::GoToEnd,
        KeyCode::Char('w') if control => InputRequest::DeletePrevWord,
        KeyCode::Char('u') if control => InputRequest::DeleteFromStart,
        KeyCode::Char('k') if control => InputRequest::DeleteTillEnd,
        _ => return None,
    })
}

/// The table of keys in Markdown, as the README has it.
#[must_use]
pub fn markdown() -> String {
    let mut table = String::from("| key | does |\n|---|---|\n");
    for place in [Place::Board, Place::Number, Place::Color, Place::All] {
        for row in BINDINGS.iter().filter(|row| row.place == place) {
            let keys: Vec<String> = shown_keys(row.keys).iter().map(|key| format!("`{key}`")).collect();
            let wherever = match place {
                Place::Number => ", in a prompt for a number",
                Place::Color => ", in the colour picker",
                _ => "",
            };
            let _ = writeln!(table, "| {} | {}{wherever} |", keys.join(" "), row.help);
        }
    }
    table
}

/// The keys of a row as they are shown: `1` … `9` in short.
#[must_use]
pub fn shown_keys(keys: &'static [&'static str]) -> Vec<&'static str> {
    match keys {
        ["1", .., "9"] => vec!["1…9"],
        ["-", "+", rest @ ..] => [&["-", "+"], &rest[..rest.len().min(2)]].concat(),
        _ => keys.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_has_two_meanings_at_one_place() {
        for place in [Place::Board, Place::Welcome, Place::Line, Place::Number, Place::List, Place::Color] {
            let mut keys: Vec<&str> = rows(place).flat_map(|row| row.keys).copied().collect();
            let all = keys.len();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), all, "{place:?}");
        }
    }
}
