//! Navigation, typing and selection in prompts, lists and other dialogs.

use tui_input::InputRequest;

use super::{Action, App, Effect, Focus, ManageDialog, MqttEffect, ShellEffect, prompt};
use crate::model::{grid::Direction, time::Time};

/// The maximum number of characters accepted from one paste.
const MAX_PASTE_CHARS: usize = 65_535;

impl App {
    /// Handles the actions of the open dialog.
    pub(super) fn handle_dialog_action(&mut self, action: Action, now: Time) -> Vec<Effect> {
        match action {
            Action::Accept => return self.accept(now),
            Action::Cancel => {
                if let Focus::Manage(dialog) = std::mem::take(&mut self.focus) {
                    return self.cancel_manage_dialog(*dialog, now);
                }
            }
            Action::MoveInDialog(direction) if matches!(self.focus, Focus::Manage(_)) => {
                return self.navigate_manage_dialog(direction);
            }
            Action::MoveInDialog(direction) => self.move_in_dialog(direction),
            Action::CycleFocus(offset) => {
                if let Focus::Prompt(prompt) = &mut self.focus {
                    prompt.cycle_focus(offset);
                }
                self.move_manage_dialog_focus(offset);
            }
            Action::EditInput(request) => self.edit_input(request),
            Action::Paste(text) => self.paste_text(&text),
            Action::SelectOption(index) => self.select_option(index),
            Action::AcceptOption(index) => {
                self.select_option(index);
                return self.accept(now);
            }
            Action::SetSlider(ratio) => {
                if let Focus::Prompt(prompt) = &mut self.focus {
                    prompt.set_slider(ratio);
                }
            }
            // Listed, so that the compiler asks where a new action is handled: these are in `update`.
            Action::MoveSelection(_)
            | Action::Press
            | Action::PressTile(_)
            | Action::Step(_)
            | Action::StepTile(..)
            | Action::ShowTab(_)
            | Action::CycleTab(_)
            | Action::ShowDetail
            | Action::EnlargeImage
            | Action::ShowHelp
            | Action::OpenCommandPalette
            | Action::RunFromPalette(_)
            | Action::FindTile
            | Action::ReviewPermissions
            | Action::ListConnections
            | Action::ImportFromMqttDash
            | Action::Edit(_)
            | Action::StartDemo
            | Action::OpenInEditor
            | Action::PressDemoButton(_)
            | Action::Reconnect
            | Action::Redraw
            | Action::Suspend
            | Action::Quit => {}
        }
        Vec::new()
    }

    /// Moves in the open list, text or prompt.
    pub(super) fn move_in_dialog(&mut self, direction: Direction) {
        let position_count = self.scroll_position_count();
        let match_count = match (&self.focus, self.current_dashboard()) {
            (Focus::TileSearch(search), Some(dashboard)) => search.matching_tiles(dashboard).len(),
            _ => 0,
        };
        match &mut self.focus {
            Focus::Prompt(prompt) => prompt.handle_direction(direction),
            Focus::Detail(scroll) | Focus::Help(scroll) | Focus::Permissions(scroll) => {
                *scroll = prompt::move_in_list(*scroll, position_count, direction);
            }
            Focus::TileSearch(search) => {
                search.selected = prompt::move_in_list(search.selected, match_count, direction);
            }
            Focus::Connections(selected) => {
                *selected = prompt::move_in_list(*selected, self.connection_entries.len(), direction);
            }
            Focus::Dashboard
            | Focus::EnlargedImage
            | Focus::ConfirmOpenUrl(_)
            | Focus::CommandPalette(_)
            | Focus::Import(_)
            | Focus::Manage(_) => {}
        }
    }

    /// Returns how many scroll positions the text that has the focus has. Until the first frame shows how long
    /// it is, there is no limit: [`limit_scroll`](Self::limit_scroll) applies it then.
    pub(super) fn scroll_position_count(&self) -> usize {
        self.max_scroll.map_or(usize::MAX, |max_scroll| max_scroll.saturating_add(1))
    }

    /// Limits the scroll position of the text that has the focus. Call it after drawing, with what
    /// `ui::draw` has returned.
    pub fn limit_scroll(&mut self, max_scroll: Option<usize>) {
        self.max_scroll = max_scroll;
        let Some(max_scroll) = max_scroll else {
            return;
        };
        match &mut self.focus {
            Focus::Detail(scroll) | Focus::Help(scroll) | Focus::Permissions(scroll) => {
                *scroll = max_scroll.min(*scroll);
            }
            Focus::Manage(dialog) => {
                if let ManageDialog::Conflict(conflict) = &mut **dialog {
                    conflict.scroll = max_scroll.min(conflict.scroll);
                }
            }
            _ => {}
        }
    }

    pub(super) fn edit_input(&mut self, request: InputRequest) {
        match &mut self.focus {
            Focus::Prompt(prompt) => prompt.handle_input(request),
            Focus::TileSearch(search) => {
                search.input.handle(request);
                search.selected = 0;
            }
            Focus::Import(import) => {
                import.input.handle(request);
            }
            Focus::CommandPalette(palette) => {
                palette.input.handle(request);
                palette.selected = 0;
            }
            Focus::Manage(_) => self.handle_manage_dialog_input(request),
            _ => {}
        }
    }

    pub(super) fn paste_text(&mut self, text: &str) {
        for c in text.chars().filter(|c| !c.is_control()).take(MAX_PASTE_CHARS) {
            self.edit_input(InputRequest::InsertChar(c));
        }
    }

    pub(super) fn select_option(&mut self, index: usize) {
        match &mut self.focus {
            Focus::Prompt(prompt) => prompt.select_option(index),
            Focus::TileSearch(search) => search.selected = index,
            Focus::CommandPalette(palette) => palette.selected = index,
            Focus::Connections(selected) => *selected = index,
            Focus::Manage(_) => self.select_in_manage_dialog(index),
            _ => {}
        }
    }

    pub(super) fn accept(&mut self, now: Time) -> Vec<Effect> {
        match std::mem::take(&mut self.focus) {
            Focus::Prompt(prompt) => return self.submit_prompt(prompt, now),
            Focus::TileSearch(search) => {
                let matches =
                    self.current_dashboard().map(|dashboard| search.matching_tiles(dashboard)).unwrap_or_default();
                if let Some(index) = matches.get(search.selected) {
                    self.select_tile(*index);
                }
            }
            Focus::Permissions(_) => return self.grant_permissions(now),
            Focus::Import(import) => return self.accept_import(import),
            Focus::ConfirmOpenUrl(url) => return vec![Effect::Shell(ShellEffect::OpenUrl(url))],
            Focus::Connections(selected) => {
                return self
                    .connection_entries
                    .get(selected)
                    .map(|entry| Effect::Mqtt(MqttEffect::OpenProfile(entry.name.clone())))
                    .into_iter()
                    .collect();
            }
            Focus::Manage(dialog) => return self.accept_manage_dialog(*dialog, now),
            _ => {}
        }
        Vec::new()
    }
}
