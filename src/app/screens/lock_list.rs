//! The list of what can be locked of a dashboard.

use super::{Component, Flow};
use crate::{
    app::{
        Action, App, Effect,
        control_bindings::LIST,
        key_binding::{KeyBinding, KeyContext},
        list::move_in_list,
    },
    model::{
        dashboard::Dashboard,
        edit::DashboardEdit,
        id::DashboardId,
        press::{Lock, LockLevel},
        time::Time,
    },
};

/// The screen has no key bindings of its own.
pub(crate) const BINDINGS: &[KeyBinding] = &[];

/// The levels, in the order of the list, and what each means.
pub(crate) const LOCK_LEVELS: [(LockLevel, &str); 3] = [
    (LockLevel::None, "not locked"),
    (LockLevel::Layout, "layout: nothing can be edited"),
    (LockLevel::Presses, "presses: nothing is published, too"),
];

/// The list of what can be locked of a dashboard.
#[derive(Debug, Clone, Copy)]
pub struct LockList {
    dashboard: DashboardId,
    /// The index of the selected level.
    pub(crate) selected: usize,
}

impl Component for LockList {
    fn key_context(&self, _app: &App) -> KeyContext {
        LIST
    }

    fn update(&mut self, action: Action, app: &mut App, now: Time) -> Flow {
        match action {
            Action::MoveInDialog(direction) => {
                self.selected = move_in_list(self.selected, LOCK_LEVELS.len(), direction);
            }
            Action::SelectOption(index) => self.selected = index,
            Action::Accept => return Flow::Close(app.set_lock(self.dashboard, self.selected, now)),
            _ => {}
        }
        Flow::STAY
    }

    fn closes_with_dashboard(&self) -> bool {
        true
    }
}

impl App {
    /// Opens the list of what to lock of a dashboard. The next level is selected, so that `Enter` locks and never unlocks.
    pub(in crate::app) fn open_lock_list(&mut self, dashboard_index: usize, now: Time) {
        let Some(dashboard) = self.dashboards.get(dashboard_index) else {
            return;
        };
        if dashboard.path.is_none() {
            self.notify("This dashboard cannot be locked: it has no file to save the lock in", now);
            return;
        }
        let current = LOCK_LEVELS.iter().position(|(level, _)| *level == dashboard.definition.locked.0);
        let selected = current.map_or(0, |current| (current + 1).min(LOCK_LEVELS.len() - 1));
        let dashboard = dashboard.id;
        self.open(LockList { dashboard, selected });
    }

    /// Saves the lock of a dashboard.
    fn set_lock(&mut self, id: DashboardId, level_index: usize, now: Time) -> Vec<Effect> {
        let (Some(index), Some((level, _))) = (self.index_of_dashboard(id), LOCK_LEVELS.get(level_index)) else {
            return Vec::new();
        };
        let notice = match level {
            LockLevel::None => "Unlocked: this dashboard can be edited",
            LockLevel::Layout => "Layout locked: this dashboard cannot be edited until it is unlocked",
            LockLevel::Presses => "Locked: nothing is edited or published from here until it is unlocked",
        };
        self.notify(notice, now);
        let definition =
            Dashboard { locked: Lock(*level), tiles: Vec::new(), ..self.dashboards[index].definition.clone() };
        self.edit_dashboard(index, DashboardEdit::SetFields(definition))
    }
}
