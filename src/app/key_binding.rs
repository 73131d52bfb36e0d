//! Key bindings: which keys are bound to which action, and where. Key handling, the help screen, the footer hints,
//! the command palette, and the key table in `docs/keys.md` use the tables of the screens.

use super::{Action, App};

/// How character keys act in a context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextInput {
    /// They are keys like all others.
    None,
    /// They are text. The keys that move the cursor in a text are keys like all others.
    Characters,
    /// They are text, and the keys that move the cursor do so.
    Line,
}

/// A context that decides which key bindings apply. Contexts with the same title are the same.
#[derive(Debug, Clone, Copy)]
pub struct KeyContext {
    /// The heading of the context on the help screen.
    pub title: &'static str,
    /// How character keys act.
    pub(crate) text_input: TextInput,
    /// Whether the keys of lists apply, too.
    pub(crate) is_list: bool,
    /// Whether the keys that walk through the screens beside the dashboards apply, too.
    pub(crate) is_place: bool,
}

impl KeyContext {
    /// Creates a context without text input.
    #[must_use]
    pub(crate) const fn new(title: &'static str) -> Self {
        Self { title, text_input: TextInput::None, is_list: false, is_place: false }
    }

    /// Returns the context with text input.
    #[must_use]
    pub(crate) const fn with_text_input(self, text_input: TextInput) -> Self {
        Self { text_input, ..self }
    }

    /// Returns the context with the keys of lists in addition to its own.
    #[must_use]
    pub(crate) const fn with_list_keys(self) -> Self {
        Self { is_list: true, ..self }
    }

    /// Returns the context with the keys that walk through the screens beside the dashboards.
    #[must_use]
    pub(crate) const fn with_place_keys(self) -> Self {
        Self { is_place: true, ..self }
    }

    /// Returns whether character keys are text.
    #[must_use]
    pub(crate) fn accepts_text(self) -> bool {
        self.text_input != TextInput::None
    }
}

impl PartialEq for KeyContext {
    fn eq(&self, other: &Self) -> bool {
        self.title == other.title
    }
}

impl Eq for KeyContext {}

/// What the key bindings of a dashboard act on. The help and the documentation are grouped by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyGroup {
    /// The selected tile.
    Tile,
    /// The dashboard.
    Dashboard,
    /// What the screen shows: another tile, another dashboard, a list.
    GoTo,
    /// The connection, or the program itself.
    Program,
}

impl KeyGroup {
    /// All groups, in the order of the help.
    pub(crate) const ALL: [Self; 4] = [Self::Tile, Self::Dashboard, Self::GoTo, Self::Program];

    /// Returns the heading of the group.
    #[must_use]
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Tile => "This tile",
            Self::Dashboard => "This dashboard",
            Self::GoTo => "Go to",
            Self::Program => "The program",
        }
    }
}

/// An action, its default keys, and its descriptions.
pub struct KeyBinding {
    /// The context in which the keys apply.
    pub(crate) context: KeyContext,
    /// What the binding acts on, if its context is grouped: that of dashboards, and that of all screens.
    pub(crate) group: Option<KeyGroup>,
    /// The name of the action in `settings.toml`. Bindings with the same name share their keys.
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

/// Builds key bindings from rows: the group if the context has groups, the name of the action, its default keys, the
/// action, its help, and a footer hint. The hint is a text or an `fn(&App) -> Option<&str>`; without one, the footer
/// does not show the row.
macro_rules! key_bindings {
    ($($context:ident { $($($group:ident)? $name:literal $keys:tt $action:expr, $help:literal $(, $hint:tt)?;)* })*) => {
        &[$($($crate::app::key_binding::KeyBinding {
            context: $context,
            group: key_bindings!(@group $($group)?),
            name: $name,
            keys: &$keys,
            action: $action,
            help: $help,
            hint: key_bindings!(@hint $($hint)?),
        }),*),*]
    };
    (@group) => { None };
    (@group $group:ident) => { Some($crate::app::key_binding::KeyGroup::$group) };
    (@hint) => { |_| None };
    (@hint $hint:literal) => { |_| Some($hint) };
    (@hint ($hint:expr)) => { $hint };
}
pub(super) use key_bindings;
