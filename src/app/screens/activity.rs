//! What just happened, as a list: the newest entry first. It can be filtered, and an entry leads to its tile.

use tui_input::Input;

use super::{Component, Flow};
use crate::{
    app::{
        Action, App,
        activity::ActivityEntry,
        control_bindings::TEXT_INPUT,
        key_binding::{KeyBinding, KeyContext, key_bindings},
        list::move_in_list,
    },
    model::time::Time,
};

/// The log of what just happened.
const ACTIVITY: KeyContext = KeyContext::new("In what just happened").with_list_keys().with_place_keys();

/// The key bindings.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    ACTIVITY {
        "activity-find" ["/"] |_| Action::Filter, "show only what matches", "find";
        "activity-close" ["N"] |_| Action::Cancel, "close";
    }
};

/// The log of what just happened.
#[derive(Debug, Clone, Default)]
pub struct ActivityScreen {
    /// What the shown entries must contain, while they are filtered.
    pub(crate) filter: Option<Input>,
    /// The number of the selected entry; `None` while the newest one is selected.
    selected: Option<u64>,
}

impl ActivityScreen {
    /// Returns the entries that match the filter with their numbers, the newest first.
    pub(crate) fn matching_entries<'a>(&self, app: &'a App) -> Vec<(u64, &'a ActivityEntry)> {
        let query = self.filter.as_ref().map_or_else(String::new, |filter| filter.value().trim().to_lowercase());
        let matches_query = |entry: &ActivityEntry| {
            let (text, addition) = entry.words();
            let line = format!("{} {text} {}", entry.name, addition.unwrap_or_default()).to_lowercase();
            query.split_whitespace().all(|word| line.contains(word))
        };
        app.activity.newest_first().filter(|(_, entry)| query.is_empty() || matches_query(entry)).collect()
    }

    /// Returns the position of the selected entry among those that match. One that was dropped was the oldest.
    pub(crate) fn selected_index(&self, matches: &[(u64, &ActivityEntry)]) -> usize {
        let Some(selected) = self.selected else { return 0 };
        let is_selected_or_older = |(number, _): &(u64, &ActivityEntry)| *number <= selected;
        matches.iter().position(is_selected_or_older).unwrap_or(matches.len().saturating_sub(1))
    }
}

impl Component for ActivityScreen {
    fn key_context(&self, _app: &App) -> KeyContext {
        if self.filter.is_some() { TEXT_INPUT } else { ACTIVITY }
    }

    fn breadcrumb(&self, _app: &App) -> Option<String> {
        Some("Just happened".to_owned())
    }

    fn update(&mut self, action: Action, app: &mut App, now: Time) -> Flow {
        match (action, &mut self.filter) {
            (Action::Filter, _) => *self = Self { filter: Some(Input::default()), selected: None },
            (Action::EditInput(edit), Some(filter)) => {
                edit.apply_to(filter);
                self.selected = None;
            }
            (Action::MoveInDialog(direction), _) => {
                let matches = self.matching_entries(app);
                let index = move_in_list(self.selected_index(&matches), matches.len(), direction);
                // The newest one stays selected when another one comes.
                self.selected = matches.get(index).map(|(number, _)| *number).filter(|_| index > 0);
            }
            (Action::Accept, _) => {
                let matches = self.matching_entries(app);
                let selected = matches.get(self.selected_index(&matches)).map(|(_, entry)| entry.subject);
                if let Some(subject) = selected {
                    app.go_to(subject, now);
                }
                return Flow::CLOSE;
            }
            (Action::GoTo(subject), _) => {
                app.go_to(subject, now);
                return Flow::CLOSE;
            }
            _ => {}
        }
        Flow::STAY
    }

    /// Shows all entries again, or closes the log.
    fn cancel(&mut self, _app: &mut App, _now: Time) -> Flow {
        if self.filter.is_none() {
            return Flow::CLOSE;
        }
        *self = Self::default();
        Flow::STAY
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::{
            Event, Screen,
            input_edit::InputEdit,
            tests::{AppFixture, tile},
        },
        model::{grid::Direction, tile::Tile, value::Value},
    };

    fn text(name: &str) -> Tile {
        tile("text", &[("name", name.into()), ("topic", name.into()), ("publish", Value::Bool(false))])
    }

    fn fixture() -> AppFixture {
        let mut fixture = AppFixture::new(vec![text("door"), text("gate"), text("lock")]);
        for state in ["closed", "open"] {
            for topic in ["door", "gate", "lock"] {
                fixture.now = fixture.now.saturating_add(std::time::Duration::from_secs(2));
                fixture.receive_message(topic, state.as_bytes());
            }
        }
        fixture
    }

    /// Returns the names of the entries that are shown, and the selected one.
    fn shown(fixture: &AppFixture) -> (Vec<&str>, &str) {
        let Screen::Activity(screen) = &fixture.app.focus else { panic!("{:?}", fixture.app.focus) };
        let matches = screen.matching_entries(&fixture.app);
        let selected = screen.selected_index(&matches);
        let names: Vec<&str> = matches.iter().map(|(_, entry)| &*entry.name).collect();
        let selected = names.get(selected).copied().unwrap_or_default();
        (names, selected)
    }

    #[test]
    fn selection_stays_on_its_entry_when_another_one_comes() {
        let mut fixture = fixture();
        fixture.dispatch(Action::ShowActivity);
        assert_eq!(shown(&fixture), (vec!["lock", "gate", "door", "hub"], "lock"));
        fixture.receive_message("door", b"closed");
        assert_eq!(shown(&fixture).1, "door", "the newest one");
        fixture.dispatch(Action::MoveInDialog(Direction::Down));
        assert_eq!(shown(&fixture).1, "lock");
        fixture.receive_message("gate", b"ajar");
        assert_eq!(shown(&fixture).1, "lock");
        fixture.dispatch(Action::Accept);
        assert!(fixture.app.dashboard_has_focus());
        assert_eq!(fixture.app.dashboards[0].selected, 2);
    }

    #[test]
    fn log_is_filtered_by_words_until_escape() {
        let mut fixture = fixture();
        fixture.dispatch(Action::ShowActivity);
        fixture.dispatch(Action::Filter);
        fixture.app.update(Event::Action(Action::EditInput(InputEdit::Insert("OPEN gat".into()))), fixture.now);
        assert_eq!(shown(&fixture), (vec!["gate"], "gate"));
        fixture.dispatch(Action::EditInput(InputEdit::Insert("x".into())));
        assert_eq!(shown(&fixture), (vec![], ""));
        fixture.dispatch(Action::Cancel);
        assert_eq!(shown(&fixture).0.len(), 4);
        fixture.dispatch(Action::Cancel);
        assert!(fixture.app.dashboard_has_focus());
    }
}
