//! The screens: the dashboard, and the dialogs and views above it. Each is one file here with its state and what
//! its actions do, and one file in `ui/screens` that draws it.
//!
//! To add a screen, write its file with a struct that implements [`Component`], then add `mod x;` and a line to the
//! list below. The compiler then asks for the view in `ui/screens`.
//!
//! One screen has the focus: [`App::focus`](super::App::focus). While it handles an action, it is taken out of the
//! app, so that it can change both itself and the app.

pub(crate) mod activity;
pub(crate) mod command_palette;
pub(crate) mod confirm;
pub(crate) mod conflict;
pub(crate) mod connections;
pub(crate) mod dashboard;
pub(crate) mod dashboard_list;
pub(crate) mod decoder_rule;
mod delete_retained;
pub(crate) mod detail;
pub(crate) mod enlarged_image;
pub(crate) mod explorer;
pub(crate) mod explorer_filters;
mod focus;
mod footer_hints;
pub(crate) mod form;
pub(crate) mod help;
pub(crate) mod import;
pub(crate) mod kind_list;
pub(crate) mod lock_list;
pub(crate) mod move_tile;
pub(crate) mod name_prompt;
pub(crate) mod open_url;
pub(crate) mod password_prompt;
pub(crate) mod permissions;
pub(crate) mod places;
pub(crate) mod prompt;
pub(crate) mod publish;
pub(crate) mod save_payload;
pub(crate) mod steer;
pub(crate) mod tile_menu;
pub(crate) mod tile_search;
pub(crate) mod variable_list;

use super::{
    Action, App, Effect, control_bindings,
    key_binding::{KeyBinding, KeyContext},
    list::Scroll,
};
use crate::model::{
    connection::{ConnectionId, Subscription},
    id::TileId,
    time::Time,
};

/// What becomes of a screen after an action, with the effects of the action.
#[derive(Debug)]
pub(crate) enum Flow {
    /// It keeps the focus, unless the action has opened another screen.
    Stay(Vec<Effect>),
    /// It closes. The dashboard has the focus then, unless the action has opened another screen.
    Close(Vec<Effect>),
}

impl Flow {
    /// The screen keeps the focus, and the action has no effects.
    pub(super) const STAY: Self = Self::Stay(Vec::new());
    /// The screen closes, and the action has no effects.
    pub(super) const CLOSE: Self = Self::Close(Vec::new());
}

/// The behavior of a screen.
pub(super) trait Component {
    /// Returns which key bindings apply.
    fn key_context(&self, app: &App) -> KeyContext;

    /// Handles an action that is not the same on every screen. Actions that the screen does not know have no effect.
    /// It never gets [`Action::Cancel`].
    fn update(&mut self, action: Action, app: &mut App, now: Time) -> Flow;

    /// Handles [`Action::Cancel`].
    fn cancel(&mut self, _app: &mut App, _now: Time) -> Flow {
        Flow::CLOSE
    }

    /// Returns the scroll position of the text that the screen shows, if it does.
    fn scroll(&mut self) -> Option<&mut Scroll> {
        None
    }

    /// Returns the tile that the screen is about, without which it is of no use.
    fn tile(&self) -> Option<TileId> {
        None
    }

    /// Takes into account that these tiles are gone. Returns whether the screen is still of use.
    fn forget_tiles(&mut self, removed: &[TileId]) -> bool {
        self.tile().is_none_or(|tile| !removed.contains(&tile))
    }

    /// Returns the connection that the screen needs to stay open, and what it needs to be subscribed to there.
    fn subscriptions(&self, _app: &App) -> Option<(ConnectionId, Vec<Subscription>)> {
        None
    }

    /// Returns whether the input that has the focus may have several lines, such as a script.
    fn keeps_line_breaks(&self) -> bool {
        false
    }

    /// Returns what the header calls the screen, if it takes the place of the dashboard.
    fn breadcrumb(&self, _app: &App) -> Option<String> {
        None
    }

    /// Returns whether the screen is shown again when one that was opened from it has closed.
    fn is_returned_to(&self, _app: &App) -> bool {
        false
    }

    /// Returns whether the screen is about the dashboard that is shown, and closes with it.
    fn closes_with_dashboard(&self) -> bool {
        false
    }
}

/// Declares the enum [`Screen`] and collects the key bindings: a variant for each screen, its module and its type.
macro_rules! screens {
    ($($(#[$doc:meta])* $name:ident($module:ident::$type:ident),)*) => {
        /// The screen that has the keyboard focus.
        #[derive(Debug, Clone)]
        pub enum Screen {
            $($(#[$doc])* $name(Box<$module::$type>),)*
        }

        impl Screen {
            fn component(&self) -> &dyn Component {
                match self { $(Self::$name(screen) => &**screen,)* }
            }

            fn component_mut(&mut self) -> &mut dyn Component {
                match self { $(Self::$name(screen) => &mut **screen,)* }
            }

            /// Returns what [`Component::keeps_line_breaks`] returns.
            pub(super) fn keeps_line_breaks(&self) -> bool {
                self.component().keeps_line_breaks()
            }

            /// Returns what [`Component::breadcrumb`] returns.
            pub(crate) fn breadcrumb(&self, app: &App) -> Option<String> {
                self.component().breadcrumb(app)
            }

            /// Returns what [`Component::subscriptions`] returns.
            pub(super) fn subscriptions(&self, app: &App) -> Option<(ConnectionId, Vec<Subscription>)> {
                self.component().subscriptions(app)
            }
        }

        $(impl From<$module::$type> for Screen {
            fn from(screen: $module::$type) -> Self {
                Self::$name(Box::new(screen))
            }
        })*

        /// The key bindings of each screen, then those that several screens share.
        const BINDINGS: &[&[KeyBinding]] = &[$($module::BINDINGS,)* control_bindings::BINDINGS];
    };
}

// In the order of the help screen.
screens! {
    /// The dashboard, or the welcome screen if no dashboard is open.
    Dashboard(dashboard::DashboardScreen),
    /// A tile that is being moved.
    MoveTile(move_tile::MoveTile),
    /// A pad that is steered.
    Steer(steer::Steer),
    /// The list of dashboards.
    DashboardList(dashboard_list::DashboardList),
    /// The list of connections.
    Connections(connections::ConnectionList),
    /// A form.
    Form(form::Form),
    /// The list of kinds for a new tile.
    KindList(kind_list::KindList),
    /// The list of what can be locked of a dashboard.
    LockList(lock_list::LockList),
    /// The list of what variables can stand for.
    VariableList(variable_list::VariableList),
    /// The prompt for the name of a dashboard file.
    NamePrompt(name_prompt::NamePrompt),
    /// The prompt for the password of a connection profile.
    PasswordPrompt(password_prompt::PasswordPrompt),
    /// The prompt of a tile.
    Prompt(prompt::Prompt),
    /// The prompt for the file that a payload is saved to.
    SavePayload(save_payload::SavePayload),
    /// The prompt for a message to any topic.
    Publish(publish::PublishPrompt),
    /// The list of what can be done with a tile.
    TileMenu(tile_menu::TileMenu),
    /// The topics of a broker.
    Explorer(explorer::ExplorerScreen),
    /// The question which topics of a broker to subscribe to.
    ExplorerFilters(explorer_filters::ExplorerFilters),
    /// The rule how payloads of topics are decoded.
    DecoderRule(decoder_rule::DecoderRuleScreen),
    /// The log of what just happened.
    Activity(activity::ActivityScreen),
    /// The tile search.
    TileSearch(tile_search::TileSearch),
    /// The command palette.
    CommandPalette(command_palette::CommandPalette),
    /// A yes-or-no question.
    Confirm(confirm::Confirm),
    /// The file of a dashboard was modified outside mqtt-dash.
    Conflict(conflict::Conflict),
    /// The permissions that the dashboard asks for.
    Permissions(permissions::PermissionReview),
    /// The question whether to open a URL outside the terminal.
    ConfirmOpenUrl(open_url::ConfirmOpenUrl),
    /// The import of tiles from the Android app MQTT Dash.
    Import(import::ImportDialog),
    /// The details of the selected tile.
    Detail(detail::Detail),
    /// The image of the selected tile, enlarged to the screen.
    EnlargedImage(enlarged_image::EnlargedImage),
    /// The list of key bindings.
    Help(help::Help),
}

/// Iterates over all key bindings in the order of the help screen and of the footer.
pub fn all_bindings() -> impl Iterator<Item = &'static KeyBinding> {
    BINDINGS.iter().copied().flatten()
}

/// Returns every key context in the order of the help screen.
pub(crate) fn key_contexts() -> Vec<KeyContext> {
    let mut contexts: Vec<KeyContext> = Vec::new();
    for binding in all_bindings() {
        if !contexts.contains(&binding.context) {
            contexts.push(binding.context);
        }
    }
    contexts
}

impl Default for Screen {
    fn default() -> Self {
        dashboard::DashboardScreen.into()
    }
}
