//! The table of key bindings. Key handling, the help screen, the footer hints, the command palette, and the key
//! table in `docs/keys.md` use its rows.

use std::fmt::Write;

use crossterm::event::{KeyEvent, KeyEventKind};
use tui_input::InputRequest;

use super::{form_bindings, keymap::Keymap, keystroke, manage_bindings, screens, view_bindings};
use crate::app::{
    Action, App, ImportStage, PromptInput, Screen,
    form::{FormField, FormPopup},
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

impl KeyContext {
    /// All contexts, in the order of the help screen.
    pub const ALL: [Self; 19] = [
        Self::Dashboard,
        Self::MoveTile,
        Self::Dashboards,
        Self::Connections,
        Self::TextField,
        Self::EnumField,
        Self::OptionsEditor,
        Self::TextInput,
        Self::NumberInput,
        Self::List,
        Self::ColorPicker,
        Self::Confirm,
        Self::EditConflict,
        Self::Permissions,
        Self::ConfirmOpenUrl,
        Self::Import,
        Self::TextView,
        Self::Welcome,
        Self::Global,
    ];

    /// Returns the heading of the context on the help screen.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Global => "Everywhere",
            Self::Dashboard => "On a dashboard",
            Self::Welcome => "On the welcome screen",
            Self::TextInput => "In a text input",
            Self::NumberInput => "In a number prompt",
            Self::List => "In a list",
            Self::ColorPicker => "In the color picker",
            Self::TextField => "In a form",
            Self::EnumField => "In a form field without text input",
            Self::OptionsEditor => "In the options of a choice",
            Self::Connections => "In the list of connections",
            Self::Dashboards => "In the list of dashboards",
            Self::MoveTile => "While a tile is moved",
            Self::Confirm => "In a yes-or-no question",
            Self::EditConflict => "When a file was modified outside mqtt-dash",
            Self::TextView => "In help, tile details and images",
            Self::Permissions => "In the permissions of a dashboard",
            Self::ConfirmOpenUrl => "Before a URL is opened",
            Self::Import => "In an import from MQTT Dash",
        }
    }
}

/// A row of the table: an action, its default keys, and its descriptions.
pub struct KeyBinding {
    /// The context in which the keys apply.
    pub(crate) context: KeyContext,
    /// The name of the action in `settings.toml`. Rows with the same name share their keys.
    pub name: &'static str,
    /// The names of the default keys.
    pub keys: &'static [&'static str],
    /// Returns the action of the key with this index in `keys`.
    pub(crate) action: fn(usize) -> Action,
    /// The description on the help screen, in the command palette and in the documentation.
    pub help: &'static str,
    /// Returns the footer hint, or `None` if the footer does not show the binding now.
    pub(crate) hint: fn(&App) -> Option<&'static str>,
}

/// Builds key bindings from rows: the name of the action, its default keys, the action, its help, and a footer
/// hint. The hint is a text or an `fn(&App) -> Option<&str>`; without one, the footer does not show the row.
macro_rules! key_bindings {
    ($($context:ident { $($name:literal $keys:tt $action:expr, $help:literal $(, $hint:tt)?;)* })*) => {
        &[$($($crate::ui::key_bindings::KeyBinding {
            context: $crate::ui::key_bindings::KeyContext::$context,
            name: $name,
            keys: &$keys,
            action: $action,
            help: $help,
            hint: key_bindings!(@hint $($hint)?),
        }),*),*]
    };
    (@hint) => { |_| None };
    (@hint $hint:literal) => { |_| Some($hint) };
    (@hint ($hint:expr)) => { $hint };
}
pub(super) use key_bindings;

/// Returns the key context of the current focus.
#[must_use]
pub(crate) fn key_context(app: &App) -> KeyContext {
    match &app.focus {
        Screen::Dashboard(_) if app.dashboards.is_empty() => KeyContext::Welcome,
        Screen::Dashboard(_) => KeyContext::Dashboard,
        Screen::Prompt(prompt) => match &prompt.input {
            PromptInput::Text(_) => KeyContext::TextInput,
            PromptInput::Number(_) => KeyContext::NumberInput,
            PromptInput::Choice { .. } => KeyContext::List,
            PromptInput::Color(_) => KeyContext::ColorPicker,
        },
        Screen::Import(import) => match &import.stage {
            ImportStage::EnterTopic(_) => KeyContext::TextInput,
            _ => KeyContext::Import,
        },
        Screen::TileSearch(_) | Screen::CommandPalette(_) | Screen::NamePrompt(_) | Screen::PasswordPrompt(_) => {
            KeyContext::TextInput
        }
        Screen::Form(form) => match &form.popup {
            Some(FormPopup::List(_)) => KeyContext::TextInput,
            Some(FormPopup::Color(_)) => KeyContext::ColorPicker,
            Some(FormPopup::Options(_)) => KeyContext::OptionsEditor,
            None if form.focused_field().is_some_and(FormField::accepts_text) => KeyContext::TextField,
            None => KeyContext::EnumField,
        },
        Screen::Connections(_) => KeyContext::Connections,
        Screen::DashboardList(_) => KeyContext::Dashboards,
        Screen::KindList(_) => KeyContext::List,
        Screen::MoveTile(_) => KeyContext::MoveTile,
        Screen::Confirm(_) => KeyContext::Confirm,
        Screen::Conflict(_) => KeyContext::EditConflict,
        Screen::Detail(_) | Screen::EnlargedImage(_) | Screen::Help(_) => KeyContext::TextView,
        Screen::Permissions(_) => KeyContext::Permissions,
        Screen::ConfirmOpenUrl(_) => KeyContext::ConfirmOpenUrl,
    }
}

/// Iterates over all rows in the order of the help screen and the footer: pressing and stepping, editing and
/// forms, the rest.
pub fn all_bindings() -> impl Iterator<Item = &'static KeyBinding> {
    [
        view_bindings::PRESS_BINDINGS,
        manage_bindings::BINDINGS,
        form_bindings::BINDINGS,
        screens::IMPORT_BINDINGS,
        view_bindings::BINDINGS,
    ]
    .into_iter()
    .flatten()
}

/// Returns whether character keys are text input in this context.
#[must_use]
pub(crate) const fn accepts_text(context: KeyContext) -> bool {
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
pub(crate) fn action_for_key(app: &App, keymap: &Keymap, key: &KeyEvent) -> Option<Action> {
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
    resolve_palette_action(app, keymap, action)
}

/// Resolves an action of the command palette: the app does not know the rows of the palette.
pub(super) fn resolve_palette_action(app: &App, keymap: &Keymap, action: Action) -> Option<Action> {
    match &app.focus {
        Screen::CommandPalette(palette) => screens::resolve_action(app, palette, keymap, action),
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
pub(crate) fn display_keys<T: AsRef<str>>(keys: &[T]) -> Vec<&str> {
    let keys: Vec<&str> = keys.iter().map(AsRef::as_ref).collect();
    if keys == ["1", "2", "3", "4", "5", "6", "7", "8", "9"] { vec!["1…9"] } else { keys }
}
