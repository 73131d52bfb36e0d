//! Performs the actions on the running program.

use std::time::Instant;

use rustix::process::Signal;

use super::{action::Action, typist::Typist, world::World};
use crate::fixtures::{terminal::TerminalFixture, terminal_program::TerminalProgram};

/// How many actions there are between two checks at most.
const ACTIONS_BETWEEN_CHECKS: usize = 6;

/// A running program and its surroundings.
#[expect(clippy::struct_excessive_bools, reason = "they are independent of each other")]
pub struct Driver<'a> {
    pub(super) world: &'a mut World,
    pub(super) program: TerminalFixture,
    /// Gone once the terminal is closed.
    pub(super) keyboard: Option<Typist>,
    pub(super) size: (u16, u16),
    pub(super) screen: String,
    pub(super) checked_output: usize,
    pub(super) unchecked_actions: usize,
    /// How many complete frames may come without having been waited for.
    pub(super) unanswered: usize,
    pub(super) stopped: bool,
    pub(super) navigating: bool,
    /// Whether the last actions may have ended the program, or deleted or renamed a file.
    pub(super) may_end: bool,
    pub(super) may_delete: bool,
    /// When a check was made after actions that may have deleted something.
    pub(super) deletion_checked_at: Option<Instant>,
}

impl<'a> Driver<'a> {
    /// Starts the program with these arguments.
    pub fn start(world: &'a mut World, arguments: &[&str]) -> Self {
        let folder = |name: &str| world.files.path(name).display().to_string();
        let path = format!("{}:{}", folder("bin"), std::env::var("PATH").unwrap_or_default());
        let mut program = TerminalProgram::new(&[&["--log", "mqtt_dash=info"], arguments].concat()).size(100, 30);
        for (name, value) in [
            ("PATH", path),
            ("HOME", folder("home")),
            ("TMPDIR", folder("tmp")),
            ("XDG_CONFIG_HOME", folder("home/xdg-config")),
            ("XDG_STATE_HOME", folder("home/xdg-state")),
            ("XDG_DATA_HOME", folder("home/xdg-data")),
            ("MQTT_DASH_CONFIG_DIR", folder("config")),
            ("VISUAL", "true".to_owned()),
        ] {
            program = program.env(name, &value);
        }
        let mut program = program.start();
        let keyboard = Some(Typist::start(program.take_keyboard()));
        world.statistics.sessions += 1;
        program.wait_for_screen("the first frame", vt100::Screen::alternate_screen);
        let mut driver = Self {
            world,
            program,
            keyboard,
            size: (100, 30),
            screen: String::new(),
            checked_output: 0,
            unchecked_actions: 0,
            unanswered: 1,
            stopped: false,
            navigating: true,
            may_end: false,
            may_delete: false,
            deletion_checked_at: None,
        };
        driver.check();
        driver
    }

    /// Whether the program has ended.
    pub fn has_ended(&self) -> bool {
        self.program.exit_status().is_some()
    }

    /// The text on the screen at the last check.
    pub fn screen_text(&self) -> &str {
        &self.screen
    }

    /// Performs an action.
    pub fn perform(&mut self, action: &Action) {
        match action {
            Action::Keys(keys) => self.type_keys(keys),
            Action::Escape => self.escape(),
            Action::Yes => self.answer_yes(),
            Action::Edit(key) => {
                self.check();
                self.type_keys(key);
                self.check();
            }
            Action::Paste(bytes) => {
                self.world.statistics.pastes.0 += 1;
                self.world.statistics.pastes.1 += u64::try_from(bytes.len()).unwrap_or_default();
                self.send([b"\x1b[200~", &bytes[..], b"\x1b[201~"].concat());
            }
            Action::RawInput(bytes) => self.send_raw(bytes),
            Action::Mouse(button, column, row, released) => self.send_mouse(*button, *column, *row, *released),
            Action::Resize(columns, rows) => {
                self.world.statistics.resizes += 1;
                self.resize(*columns, *rows);
            }
            Action::Focus(true) => self.send(b"\x1b[I".to_vec()),
            Action::Focus(false) => self.send(b"\x1b[O".to_vec()),
            Action::Stop => {
                self.world.statistics.stops += 1;
                self.signal(Signal::STOP);
                self.stopped = true;
            }
            Action::Continue => {
                self.signal(Signal::CONT);
                self.unanswered += 1;
                self.stopped = false;
                self.check();
            }
            Action::EditFile(file, edit) => self.world.edit_file(*file, *edit),
            Action::Broker(action) => self.world.act_on_broker(*action),
            Action::Publish(publication) => self.world.publish(publication),
            Action::EndOfNavigation => {
                self.check();
                self.navigating = false;
                self.world.statistics.navigation_phases += 1;
            }
        }
        self.unchecked_actions += 1;
        if self.unchecked_actions > ACTIONS_BETWEEN_CHECKS {
            self.check();
        }
    }

    pub(super) fn send(&mut self, bytes: Vec<u8>) {
        if let Some(keyboard) = &self.keyboard {
            keyboard.type_bytes(bytes);
        }
    }

    fn send_raw(&mut self, bytes: &[u8]) {
        self.count_triggers(bytes);
        // Whatever it has begun ends here: a report, a mouse event, a character, a paste. The keyboard parser
        // (crossterm) takes everything else for a part of it.
        self.send([bytes, b"cmmmm\x1b[201~"].concat());
        self.escape();
    }

    fn send_mouse(&mut self, button: u8, column: u16, row: u16, released: bool) {
        self.world.statistics.mouse_events += 1;
        self.world.add_triggers(1);
        self.may_end = true;
        let end = if released { 'm' } else { 'M' };
        self.send(format!("\x1b[<{button};{column};{row}{end}").into_bytes());
    }

    fn type_keys(&mut self, keys: &str) {
        self.world.statistics.keys += u64::try_from(keys.len()).unwrap_or_default();
        self.count_triggers(keys.as_bytes());
        self.send(keys.as_bytes().to_vec());
    }

    /// Notes what these keys may cause.
    fn count_triggers(&mut self, keys: &[u8]) {
        self.world.add_triggers(keys.iter().filter(|key| b"\r\n +-<>_=".contains(key)).count());
        self.may_end |= keys.iter().any(|key| b"q\r\n\x03".contains(key));
        self.may_delete |= keys.contains(&b'\r');
    }

    /// Types Escape, alone: what follows it at once would be another key.
    fn escape(&mut self) {
        self.wait_for_reader();
        self.send(b"\x1b".to_vec());
        self.check();
    }

    /// Answers yes to the question on the screen.
    fn answer_yes(&mut self) {
        self.check();
        let screen = &self.screen;
        if screen.contains("Delete retained messages") {
            self.world.confirm_clearing();
        }
        if ["Delete", "Unlock"].iter().any(|word| screen.contains(word)) {
            self.world.statistics.confirmations += 1;
        }
        self.may_delete = true;
        self.send(b"y".to_vec());
        self.check();
    }

    pub(super) fn resize(&mut self, columns: u16, rows: u16) {
        self.unanswered += 1;
        self.size = (columns, rows);
        self.program.resize(columns, rows);
    }

    pub(super) fn signal(&self, signal: Signal) {
        if !self.has_ended() {
            self.program.send_signal(signal);
        }
    }
}
