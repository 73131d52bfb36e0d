//! THE key table. What a key does, the help screen, the hints at the foot of the screen and the table
//! in the README all come from these rows.

use std::fmt::Write;

use crossterm::event::{KeyEvent, KeyEventKind};
use tui_input::InputRequest;

use super::{command_palette, form_bindings, import, keymap::Keymap, keystroke, manage_bindings};
use crate::{
    app::{Action, App, Focus, PromptInput},
    model::grid::Direction,
};

/// What the keys go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyContext {
    /// Everywhere.
    Global,
    /// A dashboard.
    Dashboard,
    /// The welcome, where no dashboard is open.
    Welcome,
    /// A prompt for a line, and the search.
    TextInput,
    /// A prompt for a number.
    NumberInput,
    /// A list to choose from.
    List,
    /// The colour picker.
    ColorPicker,
    /// A field of a form that is typed.
    TextField,
    /// A field of a form that has a few values.
    EnumField,
    /// The options of a choice, in a form.
    OptionsEditor,
    /// The list of connections.
    Connections,
    /// The list of dashboards.
    Dashboards,
    /// A tile that is carried.
    MoveTile,
    /// A question that is answered by yes or no.
    Confirm,
    /// A file that another hand has changed.
    EditConflict,
    /// A text to read: help, a tile in full, a picture.
    TextView,
    /// A text to agree to.
    Permissions,
    /// An address to open.
    ConfirmOpenUrl,
    /// Waiting for an export of MQTT Dash.
    Import,
}

/// One row: an action, its keys, and how it is called.
pub struct KeyBinding {
    /// Where the keys have this meaning.
    pub context: KeyContext,
    /// The name by which `settings.toml` gives it other keys; rows of one name share them.
    pub name: &'static str,
    /// The keys, as people write them.
    pub keys: &'static [&'static str],
    /// What the key with this number in the row does.
    pub action: fn(usize) -> Action,
    /// What the help calls it.
    pub help: &'static str,
    /// What the hints at the foot call it, if it is shown there now.
    pub hint: fn(&App) -> Option<&'static str>,
}

pub(super) const fn binding(
    context: KeyContext,
    name: &'static str,
    keys: &'static [&'static str],
    action: fn(usize) -> Action,
    help: &'static str,
) -> KeyBinding {
    binding_with_hint(context, name, keys, action, help, |_| None)
}

pub(super) const fn binding_with_hint(
    context: KeyContext,
    name: &'static str,
    keys: &'static [&'static str],
    action: fn(usize) -> Action,
    help: &'static str,
    hint: fn(&App) -> Option<&'static str>,
) -> KeyBinding {
    KeyBinding { context, name, keys, action, help, hint }
}

/// Whether stepping means something to the selected tile.
fn step_hint(app: &App) -> Option<&'static str> {
    app.selected_tile()?.0.is_steppable().then_some("step")
}

/// What leaving is called where the place has no row of its own for it.
fn back_hint(app: &App) -> Option<&'static str> {
    (!matches!(app.focus, Focus::Dashboard | Focus::Detail(_) | Focus::Help(_) | Focus::EnlargedPicture))
        .then_some("back")
}

/// The rows. Neighbours with the same hint share it at the foot.
const BINDINGS: &[KeyBinding] = &[
    binding_with_hint(
        KeyContext::Dashboard,
        "press",
        &["Enter", "Space"],
        |_| Action::Press,
        "press the tile",
        |app| app.selected_tile()?.0.action_label(),
    ),
    binding_with_hint(
        KeyContext::Dashboard,
        "step-down",
        &["-", "<", "_"],
        |_| Action::Step(-1),
        "step a range down",
        step_hint,
    ),
    binding_with_hint(
        KeyContext::Dashboard,
        "step-up",
        &["+", ">", "="],
        |_| Action::Step(1),
        "step a range up",
        step_hint,
    ),
    binding(
        KeyContext::Dashboard,
        "left",
        &["Left", "h"],
        |_| Action::MoveSelection(Direction::Left),
        "select the tile to the left",
    ),
    binding(
        KeyContext::Dashboard,
        "down",
        &["Down", "j"],
        |_| Action::MoveSelection(Direction::Down),
        "select the tile below",
    ),
    binding(
        KeyContext::Dashboard,
        "up",
        &["Up", "k"],
        |_| Action::MoveSelection(Direction::Up),
        "select the tile above",
    ),
    binding(
        KeyContext::Dashboard,
        "right",
        &["Right", "l"],
        |_| Action::MoveSelection(Direction::Right),
        "select the tile to the right",
    ),
    binding(
        KeyContext::Dashboard,
        "first",
        &["Home", "g"],
        |_| Action::MoveSelection(Direction::First),
        "select the first tile",
    ),
    binding(
        KeyContext::Dashboard,
        "last",
        &["End", "G"],
        |_| Action::MoveSelection(Direction::Last),
        "select the last tile",
    ),
    binding(KeyContext::Dashboard, "page-up", &["PageUp"], |_| Action::MoveSelection(Direction::PageUp), "a screen up"),
    binding(
        KeyContext::Dashboard,
        "page-down",
        &["PageDown"],
        |_| Action::MoveSelection(Direction::PageDown),
        "a screen down",
    ),
    binding_with_hint(
        KeyContext::Dashboard,
        "next-tab",
        &["Tab"],
        |_| Action::CycleTab(1),
        "the next dashboard",
        |app| (app.dashboards.len() > 1).then_some("next"),
    ),
    binding(KeyContext::Dashboard, "previous-tab", &["Shift-Tab"], |_| Action::CycleTab(-1), "the previous dashboard"),
    binding(
        KeyContext::Dashboard,
        "tab",
        &["1", "2", "3", "4", "5", "6", "7", "8", "9"],
        Action::ShowTab,
        "the dashboard with this number",
    ),
    binding_with_hint(
        KeyContext::Dashboard,
        "detail",
        &["i"],
        |_| Action::ShowDetail,
        "the tile in full: payload, topics, times, last messages",
        |app| app.selected_tile().map(|_| "detail"),
    ),
    binding_with_hint(
        KeyContext::Dashboard,
        "find",
        &["/"],
        |_| Action::FindTile,
        "find a tile by name or topic",
        |app| app.selected_tile().map(|_| "find"),
    ),
    binding_with_hint(
        KeyContext::Dashboard,
        "reconnect",
        &["r"],
        |_| Action::Reconnect,
        "try the line again, now",
        |app| app.current_connection().is_some_and(|connection| !connection.is_connected()).then_some("reconnect"),
    ),
    binding_with_hint(
        KeyContext::Dashboard,
        "trust",
        &["T"],
        |_| Action::ReviewPermissions,
        "what the dashboard reaches for: its scripts and addresses",
        |app| app.current_dashboard().is_some_and(|dashboard| !dashboard.trusted).then_some("scripts"),
    ),
    binding(
        KeyContext::Dashboard,
        "open-file",
        &["o"],
        |_| Action::OpenInEditor,
        "open the dashboard's file in your editor",
    ),
    binding(KeyContext::Dashboard, "palette", &[":"], |_| Action::OpenCommandPalette, "every action by name"),
    binding_with_hint(
        KeyContext::Dashboard,
        "button",
        &["b"],
        |_| Action::PressDemoButton(false),
        "press the button of the demo's board",
        |app| app.demo_running.then_some("button"),
    ),
    binding_with_hint(
        KeyContext::Dashboard,
        "button-long",
        &["B"],
        |_| Action::PressDemoButton(true),
        "press the button of the demo's board for long",
        |app| app.demo_running.then_some("button"),
    ),
    binding_with_hint(
        KeyContext::Welcome,
        "demo",
        &["d"],
        |_| Action::StartDemo,
        "start the demo",
        |app| app.demo_available.then_some("demo"),
    ),
    binding(KeyContext::Welcome, "palette", &[":"], |_| Action::OpenCommandPalette, "every action by name"),
    binding_with_hint(
        KeyContext::TextInput,
        "line-accept",
        &["Enter"],
        |_| Action::Accept,
        "take it",
        |_| Some("take it"),
    ),
    binding(KeyContext::TextInput, "line-up", &["Up"], |_| Action::MoveInDialog(Direction::Up), "the one found before"),
    binding(
        KeyContext::TextInput,
        "line-down",
        &["Down"],
        |_| Action::MoveInDialog(Direction::Down),
        "the one found after",
    ),
    binding_with_hint(
        KeyContext::NumberInput,
        "number-down",
        &["Left"],
        |_| Action::MoveInDialog(Direction::Left),
        "a step down",
        |_| Some("step"),
    ),
    binding_with_hint(
        KeyContext::NumberInput,
        "number-up",
        &["Right"],
        |_| Action::MoveInDialog(Direction::Right),
        "a step up",
        |_| Some("step"),
    ),
    binding_with_hint(
        KeyContext::NumberInput,
        "number-ten-down",
        &["Down"],
        |_| Action::MoveInDialog(Direction::Down),
        "ten steps down",
        |_| Some("ten steps"),
    ),
    binding_with_hint(
        KeyContext::NumberInput,
        "number-ten-up",
        &["Up"],
        |_| Action::MoveInDialog(Direction::Up),
        "ten steps up",
        |_| Some("ten steps"),
    ),
    binding(
        KeyContext::NumberInput,
        "number-least",
        &["Home"],
        |_| Action::MoveInDialog(Direction::First),
        "the least",
    ),
    binding(KeyContext::NumberInput, "number-most", &["End"], |_| Action::MoveInDialog(Direction::Last), "the most"),
    binding_with_hint(
        KeyContext::NumberInput,
        "number-accept",
        &["Enter"],
        |_| Action::Accept,
        "take the number",
        |_| Some("take it"),
    ),
    binding_with_hint(
        KeyContext::List,
        "list-up",
        &["Up", "k"],
        |_| Action::MoveInDialog(Direction::Up),
        "the one above",
        |_| Some("mark"),
    ),
    binding_with_hint(
        KeyContext::List,
        "list-down",
        &["Down", "j"],
        |_| Action::MoveInDialog(Direction::Down),
        "the one below",
        |_| Some("mark"),
    ),
    binding(KeyContext::List, "list-first", &["Home"], |_| Action::MoveInDialog(Direction::First), "the first one"),
    binding(KeyContext::List, "list-last", &["End"], |_| Action::MoveInDialog(Direction::Last), "the last one"),
    binding(KeyContext::List, "list-page-up", &["PageUp"], |_| Action::MoveInDialog(Direction::PageUp), "a page up"),
    binding(
        KeyContext::List,
        "list-page-down",
        &["PageDown"],
        |_| Action::MoveInDialog(Direction::PageDown),
        "a page down",
    ),
    binding_with_hint(
        KeyContext::List,
        "list-accept",
        &["Enter", "Space"],
        |_| Action::Accept,
        "take the marked one",
        |_| Some("take it"),
    ),
    binding_with_hint(
        KeyContext::ColorPicker,
        "color-next",
        &["Tab"],
        |_| Action::CycleFocus(1),
        "the next part",
        |_| Some("next part"),
    ),
    binding(KeyContext::ColorPicker, "color-previous", &["Shift-Tab"], |_| Action::CycleFocus(-1), "the previous part"),
    binding_with_hint(
        KeyContext::ColorPicker,
        "color-left",
        &["Left"],
        |_| Action::MoveInDialog(Direction::Left),
        "a step to the left, or less of the marked part",
        |_| Some("change"),
    ),
    binding_with_hint(
        KeyContext::ColorPicker,
        "color-right",
        &["Right"],
        |_| Action::MoveInDialog(Direction::Right),
        "a step to the right, or more of it",
        |_| Some("change"),
    ),
    binding_with_hint(
        KeyContext::ColorPicker,
        "color-up",
        &["Up"],
        |_| Action::MoveInDialog(Direction::Up),
        "a row up, or the part above",
        |_| Some("change"),
    ),
    binding_with_hint(
        KeyContext::ColorPicker,
        "color-down",
        &["Down"],
        |_| Action::MoveInDialog(Direction::Down),
        "a row down, or the part below",
        |_| Some("change"),
    ),
    binding(
        KeyContext::ColorPicker,
        "color-first",
        &["Home"],
        |_| Action::MoveInDialog(Direction::First),
        "the first colour, or the least",
    ),
    binding(
        KeyContext::ColorPicker,
        "color-last",
        &["End"],
        |_| Action::MoveInDialog(Direction::Last),
        "the last colour, or the most",
    ),
    binding(
        KeyContext::ColorPicker,
        "color-page-up",
        &["PageUp"],
        |_| Action::MoveInDialog(Direction::PageUp),
        "ten steps more",
    ),
    binding(
        KeyContext::ColorPicker,
        "color-page-down",
        &["PageDown"],
        |_| Action::MoveInDialog(Direction::PageDown),
        "ten steps less",
    ),
    binding_with_hint(
        KeyContext::ColorPicker,
        "color-accept",
        &["Enter"],
        |_| Action::Accept,
        "take the colour",
        |_| Some("take it"),
    ),
    binding_with_hint(
        KeyContext::TextView,
        "text-up",
        &["Up", "k"],
        |_| Action::MoveInDialog(Direction::Up),
        "a line up",
        |_| Some("scroll"),
    ),
    binding_with_hint(
        KeyContext::TextView,
        "text-down",
        &["Down", "j"],
        |_| Action::MoveInDialog(Direction::Down),
        "a line down",
        |_| Some("scroll"),
    ),
    binding(
        KeyContext::TextView,
        "text-first",
        &["Home"],
        |_| Action::MoveInDialog(Direction::First),
        "to the beginning",
    ),
    binding(KeyContext::TextView, "text-last", &["End"], |_| Action::MoveInDialog(Direction::Last), "to the end"),
    binding(
        KeyContext::TextView,
        "text-page-up",
        &["PageUp"],
        |_| Action::MoveInDialog(Direction::PageUp),
        "a page up",
    ),
    binding(
        KeyContext::TextView,
        "text-page-down",
        &["PageDown"],
        |_| Action::MoveInDialog(Direction::PageDown),
        "a page down",
    ),
    binding_with_hint(
        KeyContext::TextView,
        "text-back",
        &["Esc", "q", "Enter", "i", "?"],
        |_| Action::Cancel,
        "back",
        |_| Some("back"),
    ),
    binding_with_hint(KeyContext::Global, "cancel", &["Esc"], |_| Action::Cancel, "leave what is open", back_hint),
    binding_with_hint(KeyContext::Dashboard, "help", &["?"], |_| Action::ShowHelp, "this help", |_| Some("help")),
    binding_with_hint(KeyContext::Welcome, "help", &["?"], |_| Action::ShowHelp, "this help", |_| Some("help")),
    binding_with_hint(
        KeyContext::Dashboard,
        "quit",
        &["q"],
        |_| Action::Quit,
        "quit",
        |app| (!app.kiosk).then_some("quit"),
    ),
    binding_with_hint(KeyContext::Welcome, "quit", &["q"], |_| Action::Quit, "quit", |_| Some("quit")),
    binding_with_hint(
        KeyContext::Permissions,
        "trust-up",
        &["Up", "k"],
        |_| Action::MoveInDialog(Direction::Up),
        "a line up",
        |_| Some("scroll"),
    ),
    binding_with_hint(
        KeyContext::Permissions,
        "trust-down",
        &["Down", "j"],
        |_| Action::MoveInDialog(Direction::Down),
        "a line down",
        |_| Some("scroll"),
    ),
    binding_with_hint(
        KeyContext::Permissions,
        "trust-accept",
        &["Enter"],
        |_| Action::Accept,
        "let it do so, from now on",
        |_| Some("let it"),
    ),
    binding_with_hint(
        KeyContext::ConfirmOpenUrl,
        "browse-accept",
        &["Enter"],
        |_| Action::Accept,
        "open the address",
        |_| Some("open"),
    ),
    binding_with_hint(
        KeyContext::ConfirmOpenUrl,
        "browse-enlarge",
        &["z"],
        |_| Action::EnlargePicture,
        "enlarge the picture instead",
        |app| app.selected_tile()?.1.image.as_ref().map(|_| "enlarge"),
    ),
    binding(KeyContext::Global, "end", &["Ctrl-C"], |_| Action::Quit, "quit, whatever is open"),
    binding(KeyContext::Global, "redraw", &["Ctrl-L"], |_| Action::Redraw, "draw everything anew"),
    binding(KeyContext::Global, "suspend", &["Ctrl-Z"], |_| Action::Suspend, "give the terminal back for a while"),
];

/// Where the keys go now.
#[must_use]
pub fn key_context(app: &App) -> KeyContext {
    match &app.focus {
        Focus::Dashboard if app.dashboards.is_empty() => KeyContext::Welcome,
        Focus::Dashboard => KeyContext::Dashboard,
        Focus::Prompt(prompt) => match &prompt.input {
            PromptInput::Text(_) => KeyContext::TextInput,
            PromptInput::Number(_) => KeyContext::NumberInput,
            PromptInput::Choice { .. } => KeyContext::List,
            PromptInput::Color(_) => KeyContext::ColorPicker,
        },
        Focus::Import(import) => import::key_context(import),
        Focus::TileSearch(_) | Focus::CommandPalette(_) => KeyContext::TextInput,
        Focus::Connections(_) => KeyContext::Connections,
        Focus::Manage(task) => manage_bindings::key_context(task),
        Focus::Detail(_) | Focus::EnlargedPicture | Focus::Help(_) => KeyContext::TextView,
        Focus::Permissions(_) => KeyContext::Permissions,
        Focus::ConfirmOpenUrl(_) => KeyContext::ConfirmOpenUrl,
    }
}

/// All rows: pressing first, then managing and its forms, then the rest.
pub fn all_bindings() -> impl Iterator<Item = &'static KeyBinding> {
    const PRESS_BINDING_COUNT: usize = 3;
    let (first, rest) = BINDINGS.split_at(PRESS_BINDING_COUNT);
    first.iter().chain(manage_bindings::BINDINGS).chain(form_bindings::BINDINGS).chain(import::BINDINGS).chain(rest)
}

/// Whether what is struck at a place is typed.
#[must_use]
pub const fn accepts_text(context: KeyContext) -> bool {
    matches!(
        context,
        KeyContext::TextInput
            | KeyContext::TextField
            | KeyContext::OptionsEditor
            | KeyContext::NumberInput
            | KeyContext::ColorPicker
    )
}

/// What a key means now; `None`: nothing.
#[must_use]
pub fn action_for_key(app: &App, keymap: &Keymap, key: &KeyEvent) -> Option<Action> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let context = key_context(app);
    let edits_text = matches!(context, KeyContext::TextInput | KeyContext::TextField | KeyContext::OptionsEditor);
    if accepts_text(context)
        && let Some(request) = keystroke::input_request(key)
    {
        let moves_cursor = matches!(
            request,
            InputRequest::GoToPrevChar | InputRequest::GoToNextChar | InputRequest::GoToStart | InputRequest::GoToEnd
        );
        if edits_text || !moves_cursor || manage_bindings::edits_hex_digits(app) {
            return Some(Action::EditInput(request));
        }
    }
    let action = keymap.action(context, &keystroke::key_name(key)?)?;
    match &app.focus {
        Focus::CommandPalette(palette) => command_palette::resolve_action(app, palette, keymap, action),
        _ => Some(action),
    }
}

/// The keys of a dashboard, and those that work everywhere, in Markdown, as the README has them.
#[must_use]
pub fn markdown_table() -> String {
    let mut table = String::from("| key | does |\n|---|---|\n");
    for context in [KeyContext::Dashboard, KeyContext::Global] {
        for binding in all_bindings().filter(|binding| binding.context == context) {
            let keys: Vec<String> = display_keys(binding.keys).iter().map(|key| format!("`{key}`")).collect();
            let _ = writeln!(table, "| {} | {} |", keys.join(" "), binding.help);
        }
    }
    table
}

/// Keys as they are shown: nine figures in a row in short.
#[must_use]
pub fn display_keys<T: AsRef<str>>(keys: &[T]) -> Vec<&str> {
    let keys: Vec<&str> = keys.iter().map(AsRef::as_ref).collect();
    if keys == ["1", "2", "3", "4", "5", "6", "7", "8", "9"] { vec!["1…9"] } else { keys }
}
