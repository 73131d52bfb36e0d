//! What happens next: events go in, commands come out, and in between [`App`] knows all that the
//! screen shows. It asks no clock and touches nothing outside: the same events at the same times
//! give the same commands.

mod board;
mod event;
mod find;
pub mod form;
mod import;
mod incoming;
mod inside;
mod line;
pub mod manage;
mod memory;
mod open;
mod palette;
mod pictures;
mod press;
mod prompt;
mod reload;
mod scripts;
mod seen;
mod settle;
mod trust;
mod wake;

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use crate::model::{
    connection::{ConnectionId, PublishId},
    grid::Direction,
    tile::Tile,
    tile_state::TileState,
    time::Time,
    topic::TopicFilter,
};

pub use board::{BOTTOM, Board, TOP};
pub use event::{Action, Command, Event, TileAt};
pub use find::Find;
pub use import::{Import, Imported, Stage};
pub use line::Line;
pub use manage::{Desk, Task, Wish};
pub use open::{Opened, Sheet};
pub use palette::Palette;
pub use prompt::{Entry, PALETTE, PALETTE_COLUMNS, Part, Picker, Prompt, Slider, go_list};
pub use seen::Seen;
pub use wake::blink_shows;

/// How long a notice takes the place of the hints at least.
const NOTICE: Duration = Duration::from_secs(5);
/// How many bytes of a longer one are read in a second.
const READ: u64 = 25;

/// What the keys go to.
#[derive(Debug, Clone, Default)]
pub enum Mode {
    /// The dashboard, or the welcome where there is none.
    #[default]
    Board,
    /// A tile's question.
    Prompt(Prompt),
    /// The selected tile in full; how many lines are scrolled away.
    Detail(usize),
    /// The picture of the selected tile, as large as it can be.
    Enlarged,
    /// Whether to open this address outside of the terminal.
    Browse(String),
    /// Every key; how many lines are scrolled away.
    Help(usize),
    /// Finding a tile.
    Find(Find),
    /// What the dashboard reaches for, to be agreed to; how many lines are scrolled away.
    Trust(usize),
    /// Every action by name.
    Palette(Palette),
    /// Taking tiles over from MQTT Dash.
    Import(Box<Import>),
    /// The connections; which one is marked.
    Connections(usize),
    /// Tiles, dashboards or connections are managed.
    Manage(Box<Task>),
}

/// A connection that could be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The profile's name.
    pub name: String,
    /// The broker's address.
    pub address: String,
}

/// A sentence that takes the place of the hints for a while.
#[derive(Debug, Clone)]
pub struct Notice {
    /// The sentence.
    pub text: String,
    until: Time,
}

/// All that the screen shows.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each of them says something of its own")]
pub struct App {
    /// The dashboards that are open, a tab each.
    pub boards: Vec<Board>,
    /// The one that is shown.
    pub current: usize,
    /// The lines in use.
    pub lines: Vec<Line>,
    /// What the keys go to.
    pub mode: Mode,
    /// The connections that could be opened.
    pub choices: Vec<Choice>,
    /// Where dashboards and profiles are looked for, as the welcome names it.
    pub folder: String,
    /// Whether the demo can be started.
    pub has_demo: bool,
    /// Whether the demo runs.
    pub demo: bool,
    /// The fingerprints of what the person has agreed to.
    pub agreed: HashSet<String>,
    /// Whether this is a screen on a wall: no first line, nothing to edit.
    pub kiosk: bool,
    /// What is known for managing tiles, dashboards and connections.
    pub desk: Desk,
    /// The size of the screen in cells.
    pub size: (u16, u16),
    notice: Option<Notice>,
    dirty: bool,
    redraw_at: Option<Time>,
    scripts_at: Option<Time>,
    orders: HashMap<PublishId, TileAt>,
    last_order: PublishId,
    held: press::Held,
    scripted: scripts::Scripted,
    importing: Option<(ConnectionId, TopicFilter)>,
}

impl App {
    /// An app on a screen of this size, with nothing open.
    #[must_use]
    pub fn new(size: (u16, u16)) -> Self {
        Self { size, dirty: true, ..Self::default() }
    }

    /// The dashboard that is shown.
    #[must_use]
    pub fn board(&self) -> Option<&Board> {
        self.boards.get(self.current)
    }

    /// The line of the dashboard that is shown.
    #[must_use]
    pub fn line(&self) -> Option<&Line> {
        self.board().and_then(|board| self.lines.get(board.line.0))
    }

    /// The selected tile and what is known of it.
    #[must_use]
    pub fn selected(&self) -> Option<(&Tile, &TileState)> {
        self.board().and_then(|board| board.tile(board.selected))
    }

    /// A sentence that takes the place of the hints.
    #[must_use]
    pub fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }

    /// Whether the screen is to stay on: a line that wishes so is up.
    #[must_use]
    pub fn stays_awake(&self) -> bool {
        self.lines.iter().any(|line| line.keep_awake && line.is_up())
    }

    /// Whether something visible has changed since this was last asked.
    pub fn take_dirty(&mut self) -> bool {
        std::mem::take(&mut self.dirty)
    }

    /// Whether a line without a session has an order that still may be sent.
    #[must_use]
    pub fn unsent(&self) -> usize {
        self.orders.len()
    }

    /// Says a sentence where the hints are, for a few seconds.
    pub fn say(&mut self, text: impl Into<String>, now: Time) {
        let text = text.into();
        let reading = Duration::from_secs(u64::try_from(text.len()).unwrap_or_default() / READ);
        self.notice = Some(Notice { text, until: now.saturating_add(NOTICE.max(reading)) });
        self.dirty = true;
    }

    /// Takes an event; gives what the outside owes now.
    pub fn update(&mut self, event: Event, now: Time) -> Vec<Command> {
        self.desk.now = now;
        let mut commands = self.follow(event, now);
        self.tend_import(&mut commands);
        commands
    }

    fn follow(&mut self, event: Event, now: Time) -> Vec<Command> {
        match event {
            Event::Action(action) => {
                self.dirty = true;
                self.notice = None;
                self.act(action, now)
            }
            Event::Line(line, said) => self.hear(line, said, now),
            Event::Picture(at, picture) => {
                self.see(at, picture);
                Vec::new()
            }
            Event::Scripted(outcome) => self.take_outcome(*outcome, now),
            Event::Fetched(at, url, fetched) => {
                self.fetched(at, &url, fetched);
                Vec::new()
            }
            Event::Remembered(line, memory) => {
                self.remember(line, memory, now);
                Vec::new()
            }
            Event::Opened(opened) => self.open(*opened, now),
            Event::Imported(imported) => self.imported(imported, now),
            Event::Reloaded(path, said) => self.reload(&path, &said, now),
            Event::Profiles(profiles, sentence) => {
                self.set_profiles(profiles);
                if let Some(sentence) = sentence {
                    self.say(sentence, now);
                }
                Vec::new()
            }
            Event::Renewed(line, profile) => self.renew(line, &profile, now),
            Event::Done(done) => self.done(*done, now),
            Event::Failed(sentence) => {
                self.say(sentence, now);
                Vec::new()
            }
            Event::Resize(width, height) => {
                self.size = (width, height);
                self.dirty = true;
                for board in &mut self.boards {
                    board.select(board.selected, (width, height));
                }
                Vec::new()
            }
            Event::Tick => self.tick(now),
        }
    }

    fn act(&mut self, action: Action, now: Time) -> Vec<Command> {
        if let Some(sentence) = self.refuses(&action) {
            self.say(sentence, now);
            return Vec::new();
        }
        match action {
            Action::Do(action) => {
                self.mode = Mode::Board;
                return self.act(*action, now);
            }
            Action::Quit => return vec![Command::Quit],
            Action::Suspend => return vec![Command::Suspend],
            Action::Redraw => return vec![Command::Redraw],
            Action::Demo => return vec![Command::Demo],
            Action::OpenFile => return self.open_file(now),
            Action::Button(long) if self.demo => return vec![Command::Button(long)],
            Action::Button(_) => self.say("There is no simulated board: mqtt-dash demo brings one", now),
            Action::Manage(wish) => return self.manage(wish, now),
            Action::Reconnect => {
                return self.board().map(|board| Command::Reconnect(board.line)).into_iter().collect();
            }
            Action::Press => return self.press(now),
            Action::PressTile(index) => {
                self.select(index);
                return self.press(now);
            }
            Action::Step(steps) => return self.step(steps, now),
            Action::StepTile(index, steps) => {
                self.select(index);
                return self.step(steps, now);
            }
            Action::Accept => return self.accept(now),
            Action::Go(way) => self.go(way),
            Action::Tab(index) => self.show(index),
            Action::NextTab(by) => {
                let count = self.boards.len().max(1);
                let count_signed = isize::try_from(count).unwrap_or(1);
                self.show((self.current + count).saturating_add_signed(by % count_signed) % count);
            }
            Action::Detail if self.selected().is_some() => self.mode = Mode::Detail(0),
            Action::Find if self.board().is_some() => self.mode = Mode::Find(Find::default()),
            Action::Enlarge if self.selected().is_some() => self.mode = Mode::Enlarged,
            Action::Detail | Action::Find | Action::Enlarge => {}
            Action::Help => self.mode = Mode::Help(0),
            Action::Trust if self.board().is_some_and(|board| !board.trusted) => self.mode = Mode::Trust(0),
            Action::Trust => self.say("This dashboard may do all that it has", now),
            Action::Import => self.begin_import(now),
            Action::Palette => self.mode = Mode::Palette(Palette::default()),
            Action::Connections => self.list_lines(None),
            Action::Cancel => {
                if let Mode::Manage(task) = std::mem::take(&mut self.mode) {
                    return self.leave_task(*task, now);
                }
            }
            Action::Move(way) if matches!(self.mode, Mode::Manage(_)) => return self.go_in_task(way),
            Action::Move(way) => self.go_inside(way),
            Action::NextPart(by) => {
                if let Mode::Prompt(prompt) = &mut self.mode {
                    prompt.next_part(by);
                }
                self.next_in_task(by);
            }
            Action::Type(request) => self.edit(request),
            Action::Paste(text) => self.paste(&text),
            Action::Choose(index) => self.choose(index),
            Action::Take(index) => {
                self.choose(index);
                return self.accept(now);
            }
            Action::Slide(ratio) => {
                if let Mode::Prompt(prompt) = &mut self.mode {
                    prompt.slide(ratio);
                }
            }
        }
        Vec::new()
    }

    fn show(&mut self, index: usize) {
        if index < self.boards.len() {
            self.current = index;
            self.mode = Mode::Board;
        }
    }

    fn go(&mut self, way: Direction) {
        let size = self.size;
        if let Some(board) = self.boards.get_mut(self.current) {
            board.go(way, size);
        }
    }

    fn select(&mut self, index: usize) {
        let size = self.size;
        if let Some(board) = self.boards.get_mut(self.current) {
            board.select(index, size);
        }
    }
}

#[cfg(test)]
mod reload_tests;
#[cfg(test)]
mod tests;
