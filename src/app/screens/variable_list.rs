//! The list of what the variables of a dashboard can stand for.

use super::{Component, Flow};
use crate::{
    app::{
        Action, App, Effect,
        control_bindings::LIST,
        key_binding::{KeyBinding, KeyContext},
        list::move_in_list,
    },
    model::{id::DashboardId, time::Time},
};

/// The screen has no key bindings of its own.
pub(crate) const BINDINGS: &[KeyBinding] = &[];

/// A text that a variable can stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VariableChoice {
    /// The name of the variable.
    pub variable: String,
    /// The text.
    pub text: String,
    /// Whether it stands for that now.
    pub is_current: bool,
}

/// The list of what the variables of a dashboard can stand for.
#[derive(Debug, Clone)]
pub struct VariableList {
    dashboard: DashboardId,
    /// The choices of all variables, one after the other.
    pub(crate) choices: Vec<VariableChoice>,
    /// The index of the selected choice.
    pub(crate) selected: usize,
}

impl Component for VariableList {
    fn key_context(&self, _app: &App) -> KeyContext {
        LIST
    }

    fn update(&mut self, action: Action, app: &mut App, now: Time) -> Flow {
        match action {
            Action::MoveInDialog(direction) => {
                self.selected = move_in_list(self.selected, self.choices.len(), direction);
            }
            Action::SelectOption(index) => self.selected = index,
            Action::Accept => {
                let choice = self.choices.get(self.selected);
                return Flow::Close(choice.map_or_else(Vec::new, |choice| app.choose(self.dashboard, choice, now)));
            }
            _ => {}
        }
        Flow::STAY
    }

    fn closes_with_dashboard(&self) -> bool {
        true
    }
}

impl App {
    /// Opens the list of what the variables of the current dashboard can stand for, or says that there is no choice.
    pub(in crate::app) fn open_variable_list(&mut self, now: Time) {
        let Some(dashboard) = self.current_dashboard() else { return };
        let mut choices = Vec::new();
        for variable in &dashboard.definition.vars.0 {
            let current = variable.text(&dashboard.input.chosen);
            choices.extend(variable.choices.iter().map(|text| VariableChoice {
                variable: variable.name.clone(),
                text: text.clone(),
                is_current: current == text,
            }));
        }
        let dashboard = dashboard.id;
        if choices.is_empty() {
            self.notify("This dashboard has no variables with choices: see [vars] in docs/files.md", now);
            return;
        }
        let selected = choices.iter().position(|choice| choice.is_current).unwrap_or_default();
        self.open(VariableList { dashboard, choices, selected });
    }

    /// Lets a variable of a dashboard stand for another text.
    fn choose(&mut self, id: DashboardId, choice: &VariableChoice, now: Time) -> Vec<Effect> {
        let Some(index) = self.index_of_dashboard(id).filter(|_| !choice.is_current) else { return Vec::new() };
        let dashboard = &mut self.dashboards[index];
        let definition = dashboard.definition.clone();
        dashboard.choose(&choice.variable, &choice.text);
        let mut effects = self.replace_definition(index, definition, now);
        effects.extend(self.remember(index));
        self.notify(format!("{} is {} now", choice.variable, choice.text), now);
        effects
    }
}
