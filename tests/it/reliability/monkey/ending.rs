//! The end of a session, and what has to be true afterwards.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use rustix::process::Signal;

use super::{
    action::{Action, BrokerAction},
    checks::position_of,
    driver::Driver,
};
use crate::fixtures::process::ProcessUsage;

/// How long the program may take to end, apart from the time in which other programs have the processors.
const EXIT_LIMIT: Duration = Duration::from_secs(10);

/// For how long a signal that a key can generate is meant for the editor after the editor has exited: the program
/// ignores it until then.
const EDITOR_SIGNAL_TIME: Duration = Duration::from_secs(1);

/// How a session ends.
#[derive(Debug, Clone, Copy)]
pub enum End {
    /// Ctrl-C.
    Key,
    /// This signal, with the exit code that belongs to it.
    Signal(Signal, u32),
    /// The terminal is closed.
    HangUp,
    /// SIGKILL.
    Kill,
}

impl Driver<'_> {
    /// Ends the session and checks what has to be true afterwards.
    pub fn finish(mut self, end: End) {
        if self.stopped {
            self.perform(&Action::Continue);
        }
        self.world.act_on_broker(BrokerAction::Recover);
        self.check();
        let expected = if self.has_ended() { Some(self.own_exit_code()) } else { self.request_end(end) };
        let pid = self.program.raw_pid();
        let (begin, waited) = (Instant::now(), ProcessUsage::of(pid).waited);
        let mut was_repeated = false;
        let status = loop {
            if let Some(status) = self.program.wait_exit_status(EDITOR_SIGNAL_TIME) {
                break status;
            }
            if let (End::Signal(Signal::INT | Signal::QUIT, _), false) = (end, was_repeated) {
                self.request_end(end);
                was_repeated = true;
            }
            let own_time = begin.elapsed().saturating_sub(ProcessUsage::of(pid).waited.saturating_sub(waited));
            assert!(own_time < EXIT_LIMIT, "the program has not ended {own_time:?} after {end:?}");
        };
        let was_killed = matches!(end, End::Kill) && expected.is_none();
        if let Some(expected) = expected {
            assert_eq!((status.exit_code(), status.signal()), (expected, None), "after {end:?}");
        }
        if !was_killed && !matches!(end, End::HangUp) {
            self.check_output();
            self.program.assert_restored();
        }
        assert_no_processes_in(&self.world.files.path("home").display().to_string());
        self.world.check(true, false);
        self.world.files.check_at_rest(was_killed).unwrap_or_else(|fault| panic!("{fault}"));
        let log = fs::read_to_string(self.world.files.path("config/state/mqtt-dash.log")).unwrap_or_default();
        if let Some(line) = log.lines().find(|line| line.contains("panicked")) {
            panic!("the log has a panic: {line}");
        }
    }

    /// The exit code of a program that has ended on its own: only because of the last keys, and without an error.
    fn own_exit_code(&self) -> u32 {
        assert!(self.may_end, "the program has ended without a reason: {:?}", self.program.exit_status());
        0
    }

    /// Ends the program. Returns the expected exit code.
    fn request_end(&mut self, end: End) -> Option<u32> {
        match end {
            End::Key => {
                self.send(b"\x03".to_vec());
                Some(0)
            }
            End::Signal(signal, code) => {
                self.signal(signal);
                Some(code)
            }
            End::HangUp => {
                // A terminal is closed when nobody has it open. Closing the writer types a line.
                self.world.add_triggers(1);
                if let Some(keyboard) = self.keyboard.take() {
                    keyboard.stop();
                }
                self.program.hang_up();
                None
            }
            End::Kill => {
                self.signal(Signal::KILL);
                None
            }
        }
    }
}

/// Fails if a process runs that has this folder in its environment.
fn assert_no_processes_in(folder: &str) {
    let processes = || {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        entries.filter(|entry| {
            fs::read(entry.path().join("environ")).is_ok_and(|text| position_of(&text, folder.as_bytes()).is_some())
        })
    };
    let begin = Instant::now();
    while let Some(process) = processes().next() {
        let command = fs::read(process.path().join("cmdline")).unwrap_or_default();
        let command = String::from_utf8_lossy(&command).replace('\0', " ");
        assert!(begin.elapsed() < EXIT_LIMIT, "this process is left: {command}");
        thread::yield_now();
    }
}
