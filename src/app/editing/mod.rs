//! Managing on the screen: tiles, dashboards, connections. What is wished is a [`Wish`], what the
//! outside owes for it a [`Chore`], what it has done [`Done`].

mod boards;
mod chore;
mod clash;
mod confirm;
mod fill;
mod lines;
mod naming;
mod tiles;
mod turn;

use std::path::PathBuf;

use tui_input::{Input, InputRequest};

use super::{App, Effect, Focus, form::Form, prompt::move_in_list};
use crate::model::{edit::Profiles, grid::Direction, kind, time::Time};

pub use boards::BoardRow;
pub use chore::{Change, Chore, Clash, Done, Password, Trial};
pub use confirm::Confirm;
pub use fill::Preview;
pub use naming::{Naming, Purpose};

/// A wish about what is managed.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// A new tile, connection or dashboard.
    Add,
    /// Edit the selected one.
    Edit,
    /// Copy the selected one.
    Copy,
    /// Delete the selected one.
    Delete,
    /// Give the file of the selected dashboard another name.
    Rename,
    /// Lock the selected dashboard, or take its lock off.
    Lock,
    /// Take the last edit of the dashboard back.
    Undo,
    /// Make the edit again that was taken back.
    Redo,
    /// Carry the selected tile to another place.
    Carry,
    /// Carry it to this place.
    CarryTo(usize),
    /// Delete the retained messages of the selected tile.
    Clear,
    /// List the dashboards.
    Boards,
    /// A new connection.
    NewLine,
    /// Connect at start with the selected connection, or with none.
    Default,
    /// Test the selected connection, or the one in the form.
    Test,
    /// Choose what the field is filled with.
    Pick,
    /// The next value of the field.
    Turn,
    /// What the form has, without looking at what lies over it.
    Overwrite,
    /// Take the file as it is now.
    Reload,
    /// Decide about the certificate that is not trusted.
    Trust,
}

impl Wish {
    /// Whether it changes the dashboard that is shown, or what the broker keeps for it.
    #[must_use]
    pub const fn edits(&self) -> bool {
        !matches!(self, Self::Boards | Self::NewLine | Self::Trust | Self::Lock)
    }
}

/// What is open for managing.
#[derive(Debug, Clone)]
pub enum Task {
    /// A form.
    Form(Box<Form>),
    /// The list of kinds for a new tile; which one is marked.
    Kinds(usize),
    /// The list of dashboards; which one is marked.
    Boards(usize),
    /// A tile is carried; where it was.
    Carry(usize),
    /// A question that is answered by yes or no.
    Confirm(Confirm),
    /// A name is asked for.
    Naming(Naming),
    /// The password of a connection is asked for.
    Password(String, Input),
    /// The file of a dashboard was changed by another hand.
    Clash(Box<Clash>),
}

/// What is known for managing.
#[derive(Debug, Default)]
pub struct Desk {
    /// All profiles, as their file says.
    pub profiles: Profiles,
    /// The names of all files of dashboards.
    pub files: Vec<String>,
    /// Edits that can be taken back and made again, by the file of the dashboard.
    pub edits: Vec<(PathBuf, usize, usize)>,
    /// What the last test of each connection found.
    pub trials: Vec<(String, Trial)>,
    /// The connections that are being tested.
    pub trying: Vec<String>,
    /// The files that chores are on their way to, one for each.
    pub(super) owed: Vec<PathBuf>,
    /// The picture that a form shows.
    sample: Option<fill::Sample>,
    /// The time of the event that is being taken.
    pub(super) now: Time,
    /// What is done when a board has its file.
    after_naming: Option<(usize, Wish)>,
    /// Whether the next empty board that opens asks for its first tile.
    first: bool,
}

impl App {
    /// Whether the dashboard that is shown can be edited.
    #[must_use]
    pub fn editable(&self) -> bool {
        self.current_dashboard().is_some() && self.edit_refusal_reason().is_none()
    }

    /// How many edits of the dashboard that is shown can be taken back, and made again.
    #[must_use]
    pub fn edits(&self) -> (usize, usize) {
        let path = self.current_dashboard().and_then(|board| board.path.as_ref());
        let known = path.and_then(|path| self.editor_state.edits.iter().find(|(file, ..)| file == path));
        known.map_or((0, 0), |(_, past, future)| (*past, *future))
    }

    fn open_task(&mut self, task: Task) {
        self.focus = Focus::Manage(Box::new(task));
    }

    /// Does what is wished.
    pub(super) fn manage(&mut self, wish: Wish, now: Time) -> Vec<Effect> {
        match std::mem::take(&mut self.focus) {
            Focus::Connections(at) => self.wish_in_lines(&wish, at),
            Focus::Manage(task) => match *task {
                Task::Boards(at) => self.wish_in_boards(&wish, at, now),
                Task::Form(form) => self.wish_in_form(&wish, *form, now),
                Task::Carry(from) => {
                    self.open_task(Task::Carry(from));
                    if let Wish::CarryTo(to) = wish {
                        return self.carry_to(to);
                    }
                    Vec::new()
                }
                Task::Clash(clash) => self.settle_clash(&wish, *clash, now),
                other => {
                    self.open_task(other);
                    Vec::new()
                }
            },
            _ => self.wish_on_board(wish, now),
        }
    }

    fn wish_on_board(&mut self, wish: Wish, now: Time) -> Vec<Effect> {
        match wish {
            Wish::NewLine => self.new_profile(),
            Wish::Boards => self.open_task(Task::Boards(self.current_tab)),
            Wish::Trust => return self.ask_trust(),
            Wish::Lock => return self.turn_lock(self.current_tab, now),
            Wish::Undo | Wish::Redo | Wish::Add | Wish::Edit | Wish::Copy | Wish::Delete | Wish::Carry => {
                return self.wish_of_tile(wish, now);
            }
            Wish::Clear => return self.ask_clear(now),
            _ => {}
        }
        Vec::new()
    }

    /// Leaves what is open; a form that was changed asks first.
    pub(super) fn leave_task(&mut self, task: Task, now: Time) -> Vec<Effect> {
        match task {
            Task::Form(mut form) => {
                if form.over.take().is_some() {
                    self.open_task(Task::Form(form));
                } else if form.changed() && !form.leaving {
                    form.leaving = true;
                    self.open_task(Task::Form(form));
                } else if form.is_profile() && !self.editor_state.profiles.profiles.is_empty() {
                    let name = form.profile_name().map(str::to_owned);
                    self.list_lines(name.as_deref());
                }
            }
            Task::Carry(from) => return self.carry_to(from),
            Task::Clash(clash) => return self.leave_clash(*clash, now),
            Task::Confirm(confirm) if confirm.of_profile().is_some() => self.list_lines(confirm.of_profile()),
            Task::Naming(_) => self.editor_state.after_naming = None,
            _ => {}
        }
        Vec::new()
    }

    /// Takes what is entered or marked.
    pub(super) fn take(&mut self, task: Task, now: Time) -> Vec<Effect> {
        match task {
            Task::Form(form) => self.take_form(*form, now),
            Task::Kinds(at) => {
                self.new_tile(at);
                Vec::new()
            }
            Task::Boards(at) => self.take_board(at),
            Task::Carry(from) => self.drop_tile(from),
            Task::Confirm(confirm) => self.confirmed(confirm, now),
            Task::Naming(naming) => self.named(naming, now),
            Task::Password(name, input) => {
                vec![Effect::Edit(Chore::OpenWith(name, Password(input.value().to_owned())))]
            }
            Task::Clash(clash) => {
                self.open_task(Task::Clash(clash));
                Vec::new()
            }
        }
    }

    pub(super) fn go_in_task(&mut self, way: Direction) -> Vec<Effect> {
        self.complete();
        let (kinds, boards) = (kind::all().count(), self.board_rows().len());
        let Focus::Manage(task) = &mut self.focus else {
            return Vec::new();
        };
        match &mut **task {
            Task::Form(form) => form.go(way),
            Task::Kinds(at) => *at = move_in_list(*at, kinds, way),
            Task::Boards(at) => *at = move_in_list(*at, boards, way),
            Task::Clash(clash) => clash.top = move_in_list(clash.top, clash.diff.len(), way),
            Task::Carry(_) => return self.carry(way),
            Task::Confirm(_) | Task::Naming(_) | Task::Password(..) => {}
        }
        Vec::new()
    }

    pub(super) fn edit_in_task(&mut self, request: InputRequest) {
        let settled = match request {
            InputRequest::GoToNextChar | InputRequest::GoToEnd => self.complete(),
            InputRequest::DeletePrevChar | InputRequest::DeleteNextChar => self.dismiss(),
            _ => false,
        };
        if settled {
            return;
        }
        let Focus::Manage(task) = &mut self.focus else {
            return;
        };
        match &mut **task {
            Task::Form(form) => form.edit(request),
            Task::Naming(naming) => naming.edit(request),
            Task::Password(_, input) => drop(input.handle(request)),
            _ => {}
        }
    }

    pub(super) fn choose_in_task(&mut self, index: usize) {
        self.complete();
        let Focus::Manage(task) = &mut self.focus else {
            return;
        };
        match &mut **task {
            Task::Form(form) => form.choose(index),
            Task::Kinds(at) | Task::Boards(at) => *at = index,
            _ => {}
        }
    }

    /// Goes to the next part. What is shown as completed is taken with it: what is seen is what is got.
    pub(super) fn next_in_task(&mut self, by: isize) {
        self.complete();
        if let Focus::Manage(task) = &mut self.focus
            && let Task::Form(form) = &mut **task
        {
            form.next_part(by);
        }
    }

    /// The form that is open.
    #[must_use]
    pub fn form(&self) -> Option<&Form> {
        match &self.focus {
            Focus::Manage(task) => match &**task {
                Task::Form(form) => Some(form),
                _ => None,
            },
            _ => None,
        }
    }
}

#[cfg(test)]
mod clash_tests;
#[cfg(test)]
mod tests;
