//! The table of key bindings. Key handling, the help screen, the footer hints, the command palette, and the
//! key table in `docs/keys.md` and in `docs/` all use its rows.

use std::fmt::Write;

use crossterm::event::{KeyEvent, KeyEventKind};
use tui_input::InputRequest;

use super::{command_palette, form_bindings, import, keymap::Keymap, keystroke, manage_bindings};
use crate::{
    app::{Action, App, Focus, PromptInput},
    model::grid::Direction,
};

/// The context that decides which key bindings apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyContext {
    /// All contexts.
    Global,
    /// A dashboard.
    Dashboard,
    /// The welcome screen, shown while no dashboard is open.
    Welcome,
    /// A text prompt, the tile search, or the command palette.
    TextInput,
    /// A number prompt.
    NumberInput,
    /// A list to choose from.
    List,
    /// The color picker.
    ColorPicker,
    /// A form field with text input.
    TextField,
    /// A form field without text input, such as one with a fixed set of values.
    EnumField,
    /// The editor for the options of a choice tile.
    OptionsEditor,
    /// The list of connections.
    Connections,
    /// The list of dashboards.
    Dashboards,
    /// A tile that is being moved.
    MoveTile,
    /// A yes/no question.
    Confirm,
    /// A file that was modified outside mqtt-dash.
    EditConflict,
    /// Read-only content: help, tile details, an enlarged image.
    TextView,
    /// The permissions that a dashboard asks for.
    Permissions,
    /// The question whether to open a URL.
    ConfirmOpenUrl,
    /// An import from MQTT Dash, after its topic was entered.
    Import,
}

/// A row of the table: an action, its default keys, and its descriptions.
pub struct KeyBinding {
    /// The context in which the keys apply.
    pub context: KeyContext,
    /// The name of the action in `settings.toml`. Rows with the same name share their keys.
    pub name: &'static str,
    /// The names of the default keys.
    pub keys: &'static [&'static str],
    /// Returns the action of the key with this index in `keys`.
    pub action: fn(usize) -> Action,
    /// The description on the help screen, in the command palette and in the documentation.
    pub help: &'static str,
    /// Returns the footer hint, or `None` if the footer does not show the binding now.
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

/// Returns the hint for stepping if the selected tile can be stepped.
fn step_hint(app: &App) -> Option<&'static str> {
    app.selected_tile()?.0.is_steppable().then_some("step")
}

/// Returns the hint for closing a dialog. Read-only views have a row of their own for it.
fn back_hint(app: &App) -> Option<&'static str> {
    (!matches!(app.focus, Focus::Dashboard | Focus::Detail(_) | Focus::Help(_) | Focus::EnlargedImage))
        .then_some("back")
}

/// The bindings of dashboards, prompts, pickers and read-only views. The footer merges adjacent rows with the
/// same hint.
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
        "decrease a range by one step",
        step_hint,
    ),
    binding_with_hint(
        KeyContext::Dashboard,
        "step-up",
        &["+", ">", "="],
        |_| Action::Step(1),
        "increase a range by one step",
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
    binding(
        KeyContext::Dashboard,
        "page-up",
        &["PageUp"],
        |_| Action::MoveSelection(Direction::PageUp),
        "move one screen up",
    ),
    binding(
        KeyContext::Dashboard,
        "page-down",
        &["PageDown"],
        |_| Action::MoveSelection(Direction::PageDown),
        "move one screen down",
    ),
    binding_with_hint(
        KeyContext::Dashboard,
        "next-tab",
        &["Tab"],
        |_| Action::CycleTab(1),
        "show the next dashboard",
        |app| (app.dashboards.len() > 1).then_some("next"),
    ),
    binding(
        KeyContext::Dashboard,
        "previous-tab",
        &["Shift-Tab"],
        |_| Action::CycleTab(-1),
        "show the previous dashboard",
    ),
    binding(
        KeyContext::Dashboard,
        "tab",
        &["1", "2", "3", "4", "5", "6", "7", "8", "9"],
        Action::ShowTab,
        "show the dashboard with this number",
    ),
    binding_with_hint(
        KeyContext::Dashboard,
        "detail",
        &["i"],
        |_| Action::ShowDetail,
        "show tile details: payload, topics, messages",
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
        "reconnect now",
        |app| app.current_connection().is_some_and(|connection| !connection.is_connected()).then_some("reconnect"),
    ),
    binding_with_hint(
        KeyContext::Dashboard,
        "trust",
        &["T"],
        |_| Action::ReviewPermissions,
        "review the permissions the dashboard asks for",
        |app| app.current_dashboard().is_some_and(|dashboard| !dashboard.permissions_granted).then_some("permissions"),
    ),
    binding(
        KeyContext::Dashboard,
        "open-file",
        &["o"],
        |_| Action::OpenInEditor,
        "open the dashboard file in your editor",
    ),
    binding(KeyContext::Dashboard, "palette", &[":"], |_| Action::OpenCommandPalette, "open the command palette"),
    binding_with_hint(
        KeyContext::Dashboard,
        "button",
        &["b"],
        |_| Action::PressDemoButton(false),
        "press the button of the demo board",
        |app| app.demo_running.then_some("button"),
    ),
    binding_with_hint(
        KeyContext::Dashboard,
        "button-long",
        &["B"],
        |_| Action::PressDemoButton(true),
        "hold the button of the demo board",
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
    binding(KeyContext::Welcome, "palette", &[":"], |_| Action::OpenCommandPalette, "open the command palette"),
    binding_with_hint(
        KeyContext::TextInput,
        "line-accept",
        &["Enter"],
        |_| Action::Accept,
        "accept the input",
        |_| Some("accept"),
    ),
    binding(
        KeyContext::TextInput,
        "line-up",
        &["Up"],
        |_| Action::MoveInDialog(Direction::Up),
        "select the previous match",
    ),
    binding(
        KeyContext::TextInput,
        "line-down",
        &["Down"],
        |_| Action::MoveInDialog(Direction::Down),
        "select the next match",
    ),
    binding_with_hint(
        KeyContext::NumberInput,
        "number-down",
        &["Left"],
        |_| Action::MoveInDialog(Direction::Left),
        "decrease by one step",
        |_| Some("step"),
    ),
    binding_with_hint(
        KeyContext::NumberInput,
        "number-up",
        &["Right"],
        |_| Action::MoveInDialog(Direction::Right),
        "increase by one step",
        |_| Some("step"),
    ),
    binding_with_hint(
        KeyContext::NumberInput,
        "number-ten-down",
        &["Down"],
        |_| Action::MoveInDialog(Direction::Down),
        "decrease by ten steps",
        |_| Some("ten steps"),
    ),
    binding_with_hint(
        KeyContext::NumberInput,
        "number-ten-up",
        &["Up"],
        |_| Action::MoveInDialog(Direction::Up),
        "increase by ten steps",
        |_| Some("ten steps"),
    ),
    binding(
        KeyContext::NumberInput,
        "number-least",
        &["Home"],
        |_| Action::MoveInDialog(Direction::First),
        "set the minimum",
    ),
    binding(
        KeyContext::NumberInput,
        "number-most",
        &["End"],
        |_| Action::MoveInDialog(Direction::Last),
        "set the maximum",
    ),
    binding_with_hint(
        KeyContext::NumberInput,
        "number-accept",
        &["Enter"],
        |_| Action::Accept,
        "accept the number",
        |_| Some("accept"),
    ),
    binding_with_hint(
        KeyContext::List,
        "list-up",
        &["Up", "k"],
        |_| Action::MoveInDialog(Direction::Up),
        "select the previous entry",
        |_| Some("select"),
    ),
    binding_with_hint(
        KeyContext::List,
        "list-down",
        &["Down", "j"],
        |_| Action::MoveInDialog(Direction::Down),
        "select the next entry",
        |_| Some("select"),
    ),
    binding(
        KeyContext::List,
        "list-first",
        &["Home"],
        |_| Action::MoveInDialog(Direction::First),
        "select the first entry",
    ),
    binding(
        KeyContext::List,
        "list-last",
        &["End"],
        |_| Action::MoveInDialog(Direction::Last),
        "select the last entry",
    ),
    binding(
        KeyContext::List,
        "list-page-up",
        &["PageUp"],
        |_| Action::MoveInDialog(Direction::PageUp),
        "move one page up",
    ),
    binding(
        KeyContext::List,
        "list-page-down",
        &["PageDown"],
        |_| Action::MoveInDialog(Direction::PageDown),
        "move one page down",
    ),
    binding_with_hint(
        KeyContext::List,
        "list-accept",
        &["Enter", "Space"],
        |_| Action::Accept,
        "accept the selected entry",
        |_| Some("accept"),
    ),
    binding_with_hint(
        KeyContext::ColorPicker,
        "color-next",
        &["Tab"],
        |_| Action::CycleFocus(1),
        "go to the next control",
        |_| Some("next"),
    ),
    binding(
        KeyContext::ColorPicker,
        "color-previous",
        &["Shift-Tab"],
        |_| Action::CycleFocus(-1),
        "go to the previous control",
    ),
    binding_with_hint(
        KeyContext::ColorPicker,
        "color-left",
        &["Left"],
        |_| Action::MoveInDialog(Direction::Left),
        "move left, or decrease the slider",
        |_| Some("change"),
    ),
    binding_with_hint(
        KeyContext::ColorPicker,
        "color-right",
        &["Right"],
        |_| Action::MoveInDialog(Direction::Right),
        "move right, or increase the slider",
        |_| Some("change"),
    ),
    binding_with_hint(
        KeyContext::ColorPicker,
        "color-up",
        &["Up"],
        |_| Action::MoveInDialog(Direction::Up),
        "move up, or to the control above",
        |_| Some("change"),
    ),
    binding_with_hint(
        KeyContext::ColorPicker,
        "color-down",
        &["Down"],
        |_| Action::MoveInDialog(Direction::Down),
        "move down, or to the control below",
        |_| Some("change"),
    ),
    binding(
        KeyContext::ColorPicker,
        "color-first",
        &["Home"],
        |_| Action::MoveInDialog(Direction::First),
        "select the first color, or the minimum",
    ),
    binding(
        KeyContext::ColorPicker,
        "color-last",
        &["End"],
        |_| Action::MoveInDialog(Direction::Last),
        "select the last color, or the maximum",
    ),
    binding(
        KeyContext::ColorPicker,
        "color-page-up",
        &["PageUp"],
        |_| Action::MoveInDialog(Direction::PageUp),
        "increase by ten steps",
    ),
    binding(
        KeyContext::ColorPicker,
        "color-page-down",
        &["PageDown"],
        |_| Action::MoveInDialog(Direction::PageDown),
        "decrease by ten steps",
    ),
    binding_with_hint(
        KeyContext::ColorPicker,
        "color-accept",
        &["Enter"],
        |_| Action::Accept,
        "accept the color",
        |_| Some("accept"),
    ),
    binding_with_hint(
        KeyContext::TextView,
        "text-up",
        &["Up", "k"],
        |_| Action::MoveInDialog(Direction::Up),
        "scroll one line up",
        |_| Some("scroll"),
    ),
    binding_with_hint(
        KeyContext::TextView,
        "text-down",
        &["Down", "j"],
        |_| Action::MoveInDialog(Direction::Down),
        "scroll one line down",
        |_| Some("scroll"),
    ),
    binding(
        KeyContext::TextView,
        "text-first",
        &["Home"],
        |_| Action::MoveInDialog(Direction::First),
        "scroll to the beginning",
    ),
    binding(
        KeyContext::TextView,
        "text-last",
        &["End"],
        |_| Action::MoveInDialog(Direction::Last),
        "scroll to the end",
    ),
    binding(
        KeyContext::TextView,
        "text-page-up",
        &["PageUp"],
        |_| Action::MoveInDialog(Direction::PageUp),
        "scroll one page up",
    ),
    binding(
        KeyContext::TextView,
        "text-page-down",
        &["PageDown"],
        |_| Action::MoveInDialog(Direction::PageDown),
        "scroll one page down",
    ),
    binding_with_hint(
        KeyContext::TextView,
        "text-back",
        &["Esc", "q", "Enter", "i", "?"],
        |_| Action::Cancel,
        "close",
        |_| Some("back"),
    ),
    binding_with_hint(KeyContext::Global, "cancel", &["Esc"], |_| Action::Cancel, "close the dialog", back_hint),
    binding_with_hint(KeyContext::Dashboard, "help", &["?"], |_| Action::ShowHelp, "show this help", |_| Some("help")),
    binding_with_hint(KeyContext::Welcome, "help", &["?"], |_| Action::ShowHelp, "show this help", |_| Some("help")),
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
        "scroll one line up",
        |_| Some("scroll"),
    ),
    binding_with_hint(
        KeyContext::Permissions,
        "trust-down",
        &["Down", "j"],
        |_| Action::MoveInDialog(Direction::Down),
        "scroll one line down",
        |_| Some("scroll"),
    ),
    binding_with_hint(
        KeyContext::Permissions,
        "trust-accept",
        &["Enter"],
        |_| Action::Accept,
        "allow the scripts and addresses permanently",
        |_| Some("allow"),
    ),
    binding_with_hint(
        KeyContext::ConfirmOpenUrl,
        "browse-accept",
        &["Enter"],
        |_| Action::Accept,
        "open the URL in the browser",
        |_| Some("open"),
    ),
    binding_with_hint(
        KeyContext::ConfirmOpenUrl,
        "browse-enlarge",
        &["z"],
        |_| Action::EnlargeImage,
        "enlarge the image instead",
        |app| app.selected_tile()?.1.image.as_ref().map(|_| "enlarge"),
    ),
    binding(KeyContext::Global, "end", &["Ctrl-C"], |_| Action::Quit, "quit from any screen"),
    binding(KeyContext::Global, "redraw", &["Ctrl-L"], |_| Action::Redraw, "redraw the screen"),
    binding(KeyContext::Global, "suspend", &["Ctrl-Z"], |_| Action::Suspend, "suspend to the shell"),
];

/// Returns the key context of the current focus.
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
        Focus::Manage(dialog) => manage_bindings::key_context(dialog),
        Focus::Detail(_) | Focus::EnlargedImage | Focus::Help(_) => KeyContext::TextView,
        Focus::Permissions(_) => KeyContext::Permissions,
        Focus::ConfirmOpenUrl(_) => KeyContext::ConfirmOpenUrl,
    }
}

/// Iterates over all rows in the order of the help screen and the footer: pressing and stepping, editing and
/// forms, the rest.
pub fn all_bindings() -> impl Iterator<Item = &'static KeyBinding> {
    const PRESS_BINDING_COUNT: usize = 3;
    let (first, rest) = BINDINGS.split_at(PRESS_BINDING_COUNT);
    first.iter().chain(manage_bindings::BINDINGS).chain(form_bindings::BINDINGS).chain(import::BINDINGS).chain(rest)
}

/// Returns whether character keys are text input in this context.
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

/// Returns the action for a key event, or `None` if the key has no effect in the current context.
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

/// Returns the bindings of dashboards and the global bindings as the Markdown table in `docs/keys.md`.
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

/// Returns keys for display: the nine digits are abbreviated to `1…9`.
#[must_use]
pub fn display_keys<T: AsRef<str>>(keys: &[T]) -> Vec<&str> {
    let keys: Vec<&str> = keys.iter().map(AsRef::as_ref).collect();
    if keys == ["1", "2", "3", "4", "5", "6", "7", "8", "9"] { vec!["1…9"] } else { keys }
}
