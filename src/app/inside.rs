//! Moving, typing and choosing inside of what is open over the dashboard: a prompt, a list, a text.

use tui_input::InputRequest;

use super::{App, Command, Mode, prompt};
use crate::model::{grid::Direction, time::Time};

/// The most characters that are taken out of one paste.
const MAX_PASTE: usize = 65_535;

impl App {
    /// Moves inside of what is open: a list, a text, a prompt.
    pub(super) fn go_inside(&mut self, way: Direction) {
        const NO_END: usize = 10_000;
        let found = match (&self.mode, self.board()) {
            (Mode::Find(find), Some(board)) => find.found(board).len(),
            _ => 0,
        };
        match &mut self.mode {
            Mode::Prompt(prompt) => prompt.go(way),
            Mode::Detail(top) | Mode::Help(top) | Mode::Trust(top) => *top = prompt::go_list(*top, NO_END, way),
            Mode::Find(find) => find.at = prompt::go_list(find.at, found, way),
            Mode::Connections(at) => *at = prompt::go_list(*at, self.choices.len(), way),
            Mode::Board | Mode::Enlarged | Mode::Browse(_) | Mode::Palette(_) | Mode::Import(_) | Mode::Manage(_) => {}
        }
    }

    pub(super) fn edit(&mut self, request: InputRequest) {
        match &mut self.mode {
            Mode::Prompt(prompt) => prompt.edit(request),
            Mode::Find(find) => {
                find.input.handle(request);
                find.at = 0;
            }
            Mode::Import(import) => {
                import.input.handle(request);
            }
            Mode::Palette(palette) => {
                palette.input.handle(request);
                palette.at = 0;
            }
            Mode::Manage(_) => self.edit_in_task(request),
            _ => {}
        }
    }

    pub(super) fn paste(&mut self, text: &str) {
        for c in text.chars().filter(|c| !c.is_control()).take(MAX_PASTE) {
            self.edit(InputRequest::InsertChar(c));
        }
    }

    pub(super) fn choose(&mut self, index: usize) {
        match &mut self.mode {
            Mode::Prompt(prompt) => prompt.choose(index),
            Mode::Find(find) => find.at = index,
            Mode::Palette(palette) => palette.at = index,
            Mode::Connections(at) => *at = index,
            Mode::Manage(_) => self.choose_in_task(index),
            _ => {}
        }
    }

    pub(super) fn accept(&mut self, now: Time) -> Vec<Command> {
        match std::mem::take(&mut self.mode) {
            Mode::Prompt(prompt) => return self.answer(prompt, now),
            Mode::Find(find) => {
                let found = self.board().map(|board| find.found(board)).unwrap_or_default();
                if let Some(index) = found.get(find.at) {
                    self.select(*index);
                }
            }
            Mode::Trust(_) => return self.agree(now),
            Mode::Import(import) => return self.accept_import(import),
            Mode::Browse(address) => return vec![Command::Browse(address)],
            Mode::Connections(at) => {
                return self.choices.get(at).map(|choice| Command::Open(choice.name.clone())).into_iter().collect();
            }
            Mode::Manage(task) => return self.take(*task, now),
            _ => {}
        }
        Vec::new()
    }
}
