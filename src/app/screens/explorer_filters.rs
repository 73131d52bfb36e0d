//! The question what the explorer subscribes to. Nobody gets all topics of a broker without having asked for them.

use tui_input::Input;

use super::{Component, Flow};
use crate::{
    app::{
        Action, App,
        control_bindings::TEXT_INPUT,
        key_binding::{KeyBinding, KeyContext, key_bindings},
        list::move_in_list,
    },
    model::{
        connection::{ConnectionId, Subscription},
        time::Time,
        topic::TopicFilter,
    },
};

/// The list of answers.
const EXPLORER_FILTERS: KeyContext =
    KeyContext::new("Before the explorer subscribes").with_list_keys().with_place_keys();
/// Separates the filters that are typed.
const SEPARATOR: char = ',';

/// The key bindings.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    EXPLORER_FILTERS {
        "explorer-filters-close" ["q"] |_| Action::Cancel, "close";
    }
};

/// What the explorer can subscribe to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FilterChoice {
    /// The topics of the tiles.
    Tiles,
    /// All topics.
    All,
    /// The filters that are typed.
    Typed,
}

/// The question what to subscribe to.
#[derive(Debug, Clone)]
pub struct ExplorerFilters {
    connection: ConnectionId,
    /// The filters of the tiles of the connection.
    pub(crate) tile_filters: Vec<TopicFilter>,
    /// The index of the selected choice.
    pub(crate) selected: usize,
    /// The filters as typed, separated by commas.
    pub(crate) input: Input,
    /// What is wrong with what is typed, as a sentence.
    pub(crate) error: Option<String>,
}

impl ExplorerFilters {
    /// Creates the question for a connection. `current` is what the explorer has subscribed to before.
    pub(in crate::app) fn new(
        connection: ConnectionId,
        tile_filters: Vec<TopicFilter>,
        current: &[TopicFilter],
    ) -> Self {
        let typed: Vec<&str> = current.iter().map(TopicFilter::as_str).collect();
        let input = Input::new(typed.join(", "));
        let mut screen = Self { connection, tile_filters, selected: 0, input, error: None };
        let of_current = match typed.as_slice() {
            [] => None,
            ["#"] => Some(FilterChoice::All),
            _ if current == screen.tile_filters => Some(FilterChoice::Tiles),
            _ => Some(FilterChoice::Typed),
        };
        let choices = screen.choices();
        screen.selected = choices.iter().position(|choice| Some(*choice) == of_current).unwrap_or_default();
        screen
    }

    /// Returns what can be chosen, in order.
    pub(crate) fn choices(&self) -> Vec<FilterChoice> {
        let tiles = Some(FilterChoice::Tiles).filter(|_| !self.tile_filters.is_empty());
        tiles.into_iter().chain([FilterChoice::All, FilterChoice::Typed]).collect()
    }

    /// Returns whether the input has the keys.
    pub(crate) fn is_typing(&self) -> bool {
        self.choices().get(self.selected) == Some(&FilterChoice::Typed)
    }

    /// Returns what is chosen.
    ///
    /// # Errors
    /// A sentence, if what is typed is wrong.
    fn filters(&self) -> Result<Vec<TopicFilter>, String> {
        match self.choices().get(self.selected) {
            Some(FilterChoice::Tiles) => Ok(self.tile_filters.clone()),
            Some(FilterChoice::Typed) => parse_filters(self.input.value()),
            _ => parse_filters("#"),
        }
    }

    fn accept(&mut self, app: &mut App, now: Time) -> Flow {
        match self.filters() {
            Ok(filters) => {
                let effects = app.keep_explorer_filters(self.connection, &filters);
                app.start_explorer(self.connection, filters, now);
                Flow::Stay(effects)
            }
            Err(error) => {
                self.error = Some(error);
                Flow::STAY
            }
        }
    }
}

/// Returns the filters in a text, separated by commas.
///
/// # Errors
/// A sentence about the first one that is wrong.
fn parse_filters(text: &str) -> Result<Vec<TopicFilter>, String> {
    let parts = text.split(SEPARATOR).map(str::trim).filter(|part| !part.is_empty());
    let filters: Vec<TopicFilter> = parts
        .map(|part| TopicFilter::new(part).map_err(|error| format!("{part}: {error}")))
        .collect::<Result<_, _>>()?;
    if filters.is_empty() { Err("type a topic filter such as home/#".to_owned()) } else { Ok(filters) }
}

impl Component for ExplorerFilters {
    fn key_context(&self, _app: &App) -> KeyContext {
        if self.is_typing() { TEXT_INPUT } else { EXPLORER_FILTERS }
    }

    fn breadcrumb(&self, _app: &App) -> Option<String> {
        Some("Explorer".to_owned())
    }

    fn update(&mut self, action: Action, app: &mut App, now: Time) -> Flow {
        match action {
            Action::MoveInDialog(direction) => {
                self.selected = move_in_list(self.selected, self.choices().len(), direction);
            }
            Action::SelectOption(index) => self.selected = index,
            Action::EditInput(edit) if self.is_typing() => {
                self.error = None;
                edit.apply_to(&mut self.input);
            }
            Action::Accept => return self.accept(app, now),
            _ => {}
        }
        Flow::STAY
    }

    /// Keeps the connection open.
    fn subscriptions(&self, _app: &App) -> Option<(ConnectionId, Vec<Subscription>)> {
        Some((self.connection, Vec::new()))
    }
}
