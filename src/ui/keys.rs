//! THE key table. What a key does, the help screen, the hints at the foot of the screen and the table
//! in the README all come from these rows.

use std::fmt::Write;

use crossterm::event::{KeyEvent, KeyEventKind};
use tui_input::InputRequest;

use super::{form_keys, import, keymap::Keymap, keystroke, manage_keys, palette};
use crate::{
    app::{Action, App, Focus, PromptInput},
    model::grid::Direction,
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
    /// A field of a form that is typed.
    Form,
    /// A field of a form that has a few values.
    Knob,
    /// The options of a choice, in a form.
    Options,
    /// The list of connections.
    Lines,
    /// The list of dashboards.
    Boards,
    /// A tile that is carried.
    Carry,
    /// A question that is answered by yes or no.
    Confirm,
    /// A file that another hand has changed.
    Clash,
    /// A text to read: help, a tile in full, a picture.
    Text,
    /// A text to agree to.
    Trust,
    /// An address to open.
    Browse,
    /// Waiting for an export of MQTT Dash.
    Import,
}

/// One row: an action, its keys, and how it is called.
pub struct Binding {
    /// Where the keys have this meaning.
    pub place: Place,
    /// The name by which `settings.toml` gives it other keys; rows of one name share them.
    pub name: &'static str,
    /// The keys, as people write them.
    pub keys: &'static [&'static str],
    /// What the key with this number in the row does.
    pub act: fn(usize) -> Action,
    /// What the help calls it.
    pub help: &'static str,
    /// What the hints at the foot call it, if it is shown there now.
    pub hint: fn(&App) -> Option<&'static str>,
}

pub(super) const fn row(
    place: Place,
    name: &'static str,
    keys: &'static [&'static str],
    act: fn(usize) -> Action,
    help: &'static str,
) -> Binding {
    hinted(place, name, keys, act, help, |_| None)
}

pub(super) const fn hinted(
    place: Place,
    name: &'static str,
    keys: &'static [&'static str],
    act: fn(usize) -> Action,
    help: &'static str,
    hint: fn(&App) -> Option<&'static str>,
) -> Binding {
    Binding { place, name, keys, act, help, hint }
}

/// Whether stepping means something to the selected tile.
fn steps(app: &App) -> Option<&'static str> {
    app.selected_tile()?.0.is_steppable().then_some("step")
}

/// What leaving is called where the place has no row of its own for it.
fn back(app: &App) -> Option<&'static str> {
    (!matches!(app.focus, Focus::Dashboard | Focus::Detail(_) | Focus::Help(_) | Focus::EnlargedPicture))
        .then_some("back")
}

/// The rows. Neighbours with the same hint share it at the foot.
const BINDINGS: &[Binding] = &[
    hinted(
        Place::Board,
        "press",
        &["Enter", "Space"],
        |_| Action::Press,
        "press the tile",
        |app| app.selected_tile()?.0.action_label(),
    ),
    hinted(Place::Board, "step-down", &["-", "<", "_"], |_| Action::Step(-1), "step a range down", steps),
    hinted(Place::Board, "step-up", &["+", ">", "="], |_| Action::Step(1), "step a range up", steps),
    row(
        Place::Board,
        "left",
        &["Left", "h"],
        |_| Action::MoveSelection(Direction::Left),
        "select the tile to the left",
    ),
    row(Place::Board, "down", &["Down", "j"], |_| Action::MoveSelection(Direction::Down), "select the tile below"),
    row(Place::Board, "up", &["Up", "k"], |_| Action::MoveSelection(Direction::Up), "select the tile above"),
    row(
        Place::Board,
        "right",
        &["Right", "l"],
        |_| Action::MoveSelection(Direction::Right),
        "select the tile to the right",
    ),
    row(Place::Board, "first", &["Home", "g"], |_| Action::MoveSelection(Direction::First), "select the first tile"),
    row(Place::Board, "last", &["End", "G"], |_| Action::MoveSelection(Direction::Last), "select the last tile"),
    row(Place::Board, "page-up", &["PageUp"], |_| Action::MoveSelection(Direction::PageUp), "a screen up"),
    row(Place::Board, "page-down", &["PageDown"], |_| Action::MoveSelection(Direction::PageDown), "a screen down"),
    hinted(
        Place::Board,
        "next-tab",
        &["Tab"],
        |_| Action::CycleTab(1),
        "the next dashboard",
        |app| (app.dashboards.len() > 1).then_some("next"),
    ),
    row(Place::Board, "previous-tab", &["Shift-Tab"], |_| Action::CycleTab(-1), "the previous dashboard"),
    row(
        Place::Board,
        "tab",
        &["1", "2", "3", "4", "5", "6", "7", "8", "9"],
        Action::ShowTab,
        "the dashboard with this number",
    ),
    hinted(
        Place::Board,
        "detail",
        &["i"],
        |_| Action::ShowDetail,
        "the tile in full: payload, topics, times, last messages",
        |app| app.selected_tile().map(|_| "detail"),
    ),
    hinted(
        Place::Board,
        "find",
        &["/"],
        |_| Action::FindTile,
        "find a tile by name or topic",
        |app| app.selected_tile().map(|_| "find"),
    ),
    hinted(
        Place::Board,
        "reconnect",
        &["r"],
        |_| Action::Reconnect,
        "try the line again, now",
        |app| app.current_connection().is_some_and(|line| !line.is_connected()).then_some("reconnect"),
    ),
    hinted(
        Place::Board,
        "trust",
        &["T"],
        |_| Action::ReviewPermissions,
        "what the dashboard reaches for: its scripts and addresses",
        |app| app.current_dashboard().is_some_and(|board| !board.trusted).then_some("scripts"),
    ),
    row(Place::Board, "open-file", &["o"], |_| Action::OpenInEditor, "open the dashboard's file in your editor"),
    row(Place::Board, "palette", &[":"], |_| Action::OpenCommandPalette, "every action by name"),
    hinted(
        Place::Board,
        "button",
        &["b"],
        |_| Action::PressDemoButton(false),
        "press the button of the demo's board",
        |app| app.demo_running.then_some("button"),
    ),
    hinted(
        Place::Board,
        "button-long",
        &["B"],
        |_| Action::PressDemoButton(true),
        "press the button of the demo's board for long",
        |app| app.demo_running.then_some("button"),
    ),
    hinted(
        Place::Welcome,
        "demo",
        &["d"],
        |_| Action::StartDemo,
        "start the demo",
        |app| app.demo_available.then_some("demo"),
    ),
    row(Place::Welcome, "palette", &[":"], |_| Action::OpenCommandPalette, "every action by name"),
    hinted(Place::Line, "line-accept", &["Enter"], |_| Action::Accept, "take it", |_| Some("take it")),
    row(Place::Line, "line-up", &["Up"], |_| Action::MoveInDialog(Direction::Up), "the one found before"),
    row(Place::Line, "line-down", &["Down"], |_| Action::MoveInDialog(Direction::Down), "the one found after"),
    hinted(
        Place::Number,
        "number-down",
        &["Left"],
        |_| Action::MoveInDialog(Direction::Left),
        "a step down",
        |_| Some("step"),
    ),
    hinted(
        Place::Number,
        "number-up",
        &["Right"],
        |_| Action::MoveInDialog(Direction::Right),
        "a step up",
        |_| Some("step"),
    ),
    hinted(
        Place::Number,
        "number-ten-down",
        &["Down"],
        |_| Action::MoveInDialog(Direction::Down),
        "ten steps down",
        |_| Some("ten steps"),
    ),
    hinted(
        Place::Number,
        "number-ten-up",
        &["Up"],
        |_| Action::MoveInDialog(Direction::Up),
        "ten steps up",
        |_| Some("ten steps"),
    ),
    row(Place::Number, "number-least", &["Home"], |_| Action::MoveInDialog(Direction::First), "the least"),
    row(Place::Number, "number-most", &["End"], |_| Action::MoveInDialog(Direction::Last), "the most"),
    hinted(Place::Number, "number-accept", &["Enter"], |_| Action::Accept, "take the number", |_| Some("take it")),
    hinted(
        Place::List,
        "list-up",
        &["Up", "k"],
        |_| Action::MoveInDialog(Direction::Up),
        "the one above",
        |_| Some("mark"),
    ),
    hinted(
        Place::List,
        "list-down",
        &["Down", "j"],
        |_| Action::MoveInDialog(Direction::Down),
        "the one below",
        |_| Some("mark"),
    ),
    row(Place::List, "list-first", &["Home"], |_| Action::MoveInDialog(Direction::First), "the first one"),
    row(Place::List, "list-last", &["End"], |_| Action::MoveInDialog(Direction::Last), "the last one"),
    row(Place::List, "list-page-up", &["PageUp"], |_| Action::MoveInDialog(Direction::PageUp), "a page up"),
    row(Place::List, "list-page-down", &["PageDown"], |_| Action::MoveInDialog(Direction::PageDown), "a page down"),
    hinted(
        Place::List,
        "list-accept",
        &["Enter", "Space"],
        |_| Action::Accept,
        "take the marked one",
        |_| Some("take it"),
    ),
    hinted(Place::Color, "color-next", &["Tab"], |_| Action::CycleFocus(1), "the next part", |_| Some("next part")),
    row(Place::Color, "color-previous", &["Shift-Tab"], |_| Action::CycleFocus(-1), "the previous part"),
    hinted(
        Place::Color,
        "color-left",
        &["Left"],
        |_| Action::MoveInDialog(Direction::Left),
        "a step to the left, or less of the marked part",
        |_| Some("change"),
    ),
    hinted(
        Place::Color,
        "color-right",
        &["Right"],
        |_| Action::MoveInDialog(Direction::Right),
        "a step to the right, or more of it",
        |_| Some("change"),
    ),
    hinted(
        Place::Color,
        "color-up",
        &["Up"],
        |_| Action::MoveInDialog(Direction::Up),
        "a row up, or the part above",
        |_| Some("change"),
    ),
    hinted(
        Place::Color,
        "color-down",
        &["Down"],
        |_| Action::MoveInDialog(Direction::Down),
        "a row down, or the part below",
        |_| Some("change"),
    ),
    row(
        Place::Color,
        "color-first",
        &["Home"],
        |_| Action::MoveInDialog(Direction::First),
        "the first colour, or the least",
    ),
    row(
        Place::Color,
        "color-last",
        &["End"],
        |_| Action::MoveInDialog(Direction::Last),
        "the last colour, or the most",
    ),
    row(Place::Color, "color-page-up", &["PageUp"], |_| Action::MoveInDialog(Direction::PageUp), "ten steps more"),
    row(
        Place::Color,
        "color-page-down",
        &["PageDown"],
        |_| Action::MoveInDialog(Direction::PageDown),
        "ten steps less",
    ),
    hinted(Place::Color, "color-accept", &["Enter"], |_| Action::Accept, "take the colour", |_| Some("take it")),
    hinted(
        Place::Text,
        "text-up",
        &["Up", "k"],
        |_| Action::MoveInDialog(Direction::Up),
        "a line up",
        |_| Some("scroll"),
    ),
    hinted(
        Place::Text,
        "text-down",
        &["Down", "j"],
        |_| Action::MoveInDialog(Direction::Down),
        "a line down",
        |_| Some("scroll"),
    ),
    row(Place::Text, "text-first", &["Home"], |_| Action::MoveInDialog(Direction::First), "to the beginning"),
    row(Place::Text, "text-last", &["End"], |_| Action::MoveInDialog(Direction::Last), "to the end"),
    row(Place::Text, "text-page-up", &["PageUp"], |_| Action::MoveInDialog(Direction::PageUp), "a page up"),
    row(Place::Text, "text-page-down", &["PageDown"], |_| Action::MoveInDialog(Direction::PageDown), "a page down"),
    hinted(Place::Text, "text-back", &["Esc", "q", "Enter", "i", "?"], |_| Action::Cancel, "back", |_| Some("back")),
    hinted(Place::All, "cancel", &["Esc"], |_| Action::Cancel, "leave what is open", back),
    hinted(Place::Board, "help", &["?"], |_| Action::ShowHelp, "this help", |_| Some("help")),
    hinted(Place::Welcome, "help", &["?"], |_| Action::ShowHelp, "this help", |_| Some("help")),
    hinted(Place::Board, "quit", &["q"], |_| Action::Quit, "quit", |app| (!app.kiosk).then_some("quit")),
    hinted(Place::Welcome, "quit", &["q"], |_| Action::Quit, "quit", |_| Some("quit")),
    hinted(
        Place::Trust,
        "trust-up",
        &["Up", "k"],
        |_| Action::MoveInDialog(Direction::Up),
        "a line up",
        |_| Some("scroll"),
    ),
    hinted(
        Place::Trust,
        "trust-down",
        &["Down", "j"],
        |_| Action::MoveInDialog(Direction::Down),
        "a line down",
        |_| Some("scroll"),
    ),
    hinted(
        Place::Trust,
        "trust-accept",
        &["Enter"],
        |_| Action::Accept,
        "let it do so, from now on",
        |_| Some("let it"),
    ),
    hinted(Place::Browse, "browse-accept", &["Enter"], |_| Action::Accept, "open the address", |_| Some("open")),
    hinted(
        Place::Browse,
        "browse-enlarge",
        &["z"],
        |_| Action::EnlargePicture,
        "enlarge the picture instead",
        |app| app.selected_tile()?.1.image.as_ref().map(|_| "enlarge"),
    ),
    row(Place::All, "end", &["Ctrl-C"], |_| Action::Quit, "quit, whatever is open"),
    row(Place::All, "redraw", &["Ctrl-L"], |_| Action::Redraw, "draw everything anew"),
    row(Place::All, "suspend", &["Ctrl-Z"], |_| Action::Suspend, "give the terminal back for a while"),
];

/// Where the keys go now.
#[must_use]
pub fn place(app: &App) -> Place {
    match &app.focus {
        Focus::Dashboard if app.dashboards.is_empty() => Place::Welcome,
        Focus::Dashboard => Place::Board,
        Focus::Prompt(prompt) => match &prompt.input {
            PromptInput::Text(_) => Place::Line,
            PromptInput::Number(_) => Place::Number,
            PromptInput::Choice { .. } => Place::List,
            PromptInput::Color(_) => Place::Color,
        },
        Focus::Import(import) => import::place(import),
        Focus::TileSearch(_) | Focus::CommandPalette(_) => Place::Line,
        Focus::Connections(_) => Place::Lines,
        Focus::Manage(task) => manage_keys::place(task),
        Focus::Detail(_) | Focus::EnlargedPicture | Focus::Help(_) => Place::Text,
        Focus::Permissions(_) => Place::Trust,
        Focus::ConfirmOpenUrl(_) => Place::Browse,
    }
}

/// All rows: pressing first, then managing and its forms, then the rest.
pub fn all() -> impl Iterator<Item = &'static Binding> {
    const PRESSING: usize = 3;
    let (first, rest) = BINDINGS.split_at(PRESSING);
    first.iter().chain(manage_keys::BINDINGS).chain(form_keys::BINDINGS).chain(import::BINDINGS).chain(rest)
}

/// Whether what is struck at a place is typed.
#[must_use]
pub const fn types(place: Place) -> bool {
    matches!(place, Place::Line | Place::Form | Place::Options | Place::Number | Place::Color)
}

/// What a key means now; `None`: nothing.
#[must_use]
pub fn action(app: &App, keymap: &Keymap, key: &KeyEvent) -> Option<Action> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let place = place(app);
    let lines = matches!(place, Place::Line | Place::Form | Place::Options);
    if types(place)
        && let Some(request) = keystroke::typed(key)
    {
        let moves = matches!(
            request,
            InputRequest::GoToPrevChar | InputRequest::GoToNextChar | InputRequest::GoToStart | InputRequest::GoToEnd
        );
        if lines || !moves || manage_keys::in_digits(app) {
            return Some(Action::EditInput(request));
        }
    }
    let wish = keymap.action(place, &keystroke::name(key)?)?;
    match &app.focus {
        Focus::CommandPalette(open) => palette::action(app, open, keymap, wish),
        _ => Some(wish),
    }
}

/// The keys of a dashboard, and those that work everywhere, in Markdown, as the README has them.
#[must_use]
pub fn markdown() -> String {
    let mut table = String::from("| key | does |\n|---|---|\n");
    for place in [Place::Board, Place::All] {
        for row in all().filter(|row| row.place == place) {
            let keys: Vec<String> = shown(row.keys).iter().map(|key| format!("`{key}`")).collect();
            let _ = writeln!(table, "| {} | {} |", keys.join(" "), row.help);
        }
    }
    table
}

/// Keys as they are shown: nine figures in a row in short.
#[must_use]
pub fn shown<T: AsRef<str>>(keys: &[T]) -> Vec<&str> {
    let keys: Vec<&str> = keys.iter().map(AsRef::as_ref).collect();
    if keys == ["1", "2", "3", "4", "5", "6", "7", "8", "9"] { vec!["1…9"] } else { keys }
}
