//! The dashboard that is shown: selecting, pressing and stepping its tiles, switching tabs, and opening the other
//! screens.

mod bindings;

pub(crate) use bindings::{BINDINGS, DASHBOARD, WELCOME};

use super::{
    Component, Flow, activity::ActivityScreen, command_palette::CommandPalette, detail::Detail,
    enlarged_image::EnlargedImage, help::Help, permissions::PermissionReview, tile_search::TileSearch,
};
use crate::{
    app::{Action, App, Effect, ShellEffect, key_binding::KeyContext, list::wrap_index},
    model::time::Time,
};

/// The dashboard of the current tab, or the welcome screen if no dashboard is open.
#[derive(Debug, Clone, Copy, Default)]
pub struct DashboardScreen;

impl Component for DashboardScreen {
    fn key_context(&self, app: &App) -> KeyContext {
        if app.dashboards.is_empty() { WELCOME } else { DASHBOARD }
    }

    fn update(&mut self, action: Action, app: &mut App, now: Time) -> Flow {
        Flow::Stay(match action {
            Action::Press => app.press_selected(now),
            Action::Step(steps) => app.step_selected(steps, now),
            Action::PointerUp(index) => app.pointer_up(index, now),
            Action::TurnWheel(index, direction) => app.turn_wheel(index, direction, now),
            Action::Edit(edit_action) => app.handle_dashboard_action(edit_action, now),
            Action::StartDemo => vec![Effect::Shell(ShellEffect::StartDemo)],
            Action::OpenInEditor => app.open_in_editor(now),
            Action::PressDemoButton(long_press) if app.environment.demo_running => {
                vec![Effect::Shell(ShellEffect::PressDemoButton(long_press))]
            }
            Action::CopyValue => app.selected_id().map(|tile| app.copy_value(tile, now)).unwrap_or_default(),
            Action::CloseTab => app.close_tab(now),
            Action::Reconnect => app.reconnect_current(now),
            action => {
                app.change_view(&action, now);
                Vec::new()
            }
        })
    }

    /// Cancels what the selected tile has published and what waits for the connection.
    fn cancel(&mut self, app: &mut App, now: Time) -> Flow {
        Flow::Stay(app.cancel_waiting(now))
    }
}

impl App {
    /// Handles the actions that only change what is shown.
    fn change_view(&mut self, action: &Action, now: Time) {
        match action {
            Action::MoveSelection(direction) => self.move_selection(*direction),
            Action::SelectTile(index) => self.select_tile(*index),
            Action::PointerDown(index) => {
                self.pointer_down_on_tile(*index, now);
            }
            Action::PressPad(index, x, y) => self.press_pad(*index, (*x, *y), now),
            Action::DragTile(to) => self.drag_tile(*to),
            Action::GoTo(subject) => self.go_to(*subject, now),
            Action::ShowActivity => self.open(ActivityScreen::default()),
            Action::OpenTileMenu(index) => self.open_tile_menu(*index),
            Action::ShowTab(index) => self.show_tab(*index),
            Action::CycleTab(offset) => self.show_tab(wrap_index(self.current_tab(), *offset, self.dashboards.len())),
            Action::MoveTab(offset) => self.move_tab(*offset),
            Action::PressDemoButton(_) => self.notify("No simulated board is running: run `mqtt-dash demo`", now),
            Action::ShowDetail => {
                if let Some(tile) = self.selected_id() {
                    self.open(Detail::new(tile));
                }
            }
            Action::CycleTile(offset) => self.cycle_tile(*offset),
            Action::EnlargeImage if self.selected_tile().is_some() => self.open(EnlargedImage),
            Action::FindTile if self.current_dashboard().is_some() => self.open(TileSearch::default()),
            Action::ShowHelp => self.open(Help::default()),
            Action::OpenCommandPalette => self.open(CommandPalette::default()),
            Action::ListVariables => self.open_variable_list(now),
            Action::ListConnections => self.open_connection_list(None),
            Action::ImportFromMqttDash => self.open_import_dialog(now),
            Action::ReviewPermissions => match self.current_dashboard().and_then(PermissionReview::of) {
                Some(review) => self.open(review),
                None => self.notify("No scripts or web addresses here: nothing to allow", now),
            },
            _ => {}
        }
    }
}
