//! Checks of the running program: that it answers, and that its output, its memory and its surroundings are unharmed.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::{driver::Driver, typist::Typist};
use crate::fixtures::{
    process::{ProcessUsage, resident_memory},
    terminal_output::foreign_sequence,
};

/// How long the program may take to answer, apart from the time in which other programs have the processors.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// How much memory it may have, in KiB: the queue of messages alone may hold 64 MiB, in front of each connection.
const MEMORY_LIMIT: usize = 400 << 10;
/// How long a file may be written after the key: the program does not wait for the disk.
const WRITE_LIMIT: Duration = Duration::from_secs(10);
/// What a complete frame contains.
const CLEAR_SCREEN: &[u8] = b"\x1b[2J";
/// The beginning of a frame.
const BEGIN_OF_FRAME: &[u8] = b"\x1b[?2026h";
/// The end of a frame.
const END_OF_FRAME: &[u8] = b"\x1b[?2026l";

impl Driver<'_> {
    /// Checks that the program answers a resize and a key, and everything else. Afterwards, all input so far is
    /// processed.
    pub(super) fn check(&mut self) {
        self.unchecked_actions = 0;
        if self.stopped {
            return;
        }
        self.wait_for_reader();
        let size = self.size;
        // Large enough for every dialog, so that what the screen says can be read.
        self.expect_answer("a resize", |driver| driver.resize(if size.0 == 120 { 121 } else { 120 }, 40));
        // Each size before may have left one complete frame that is no answer to what follows it.
        for _ in 0..std::mem::take(&mut self.unanswered) {
            self.expect_answer("Ctrl-L", |driver| driver.send(b"\x0c".to_vec()));
        }
        if self.has_ended() {
            return;
        }
        self.check_output();
        self.screen = self.program.screen_text();
        assert!(!self.screen.contains("panicked"), "the screen shows a panic");
        let memory = resident_memory(self.program.raw_pid());
        assert!(memory < MEMORY_LIMIT, "the program has {memory} KiB of memory");
        self.world.statistics.memory = self.world.statistics.memory.max(memory);
        if self.may_delete {
            self.deletion_checked_at = Some(Instant::now());
        }
        let may_delete = self.deletion_checked_at.is_some_and(|time| time.elapsed() < WRITE_LIMIT);
        self.world.check(may_delete, self.navigating);
        self.resize(size.0, size.1);
        (self.may_end, self.may_delete) = (false, false);
    }

    /// Waits until the program has read all input. Otherwise, Escape and what follows it would be read together, and
    /// would be another key.
    pub(super) fn wait_for_reader(&self) {
        let pid = self.program.raw_pid();
        let unread = || self.keyboard.as_ref().map_or(0, Typist::waiting) + usize::from(!self.program.has_read_input());
        let mut progress = (unread(), ProcessUsage::of(pid).waited, Instant::now());
        while progress.0 > 0 && !self.has_ended() {
            thread::yield_now();
            let now = unread();
            if now < progress.0 {
                progress = (now, ProcessUsage::of(pid).waited, Instant::now());
            }
            if progress.2.elapsed() > ANSWER_LIMIT {
                let own_time =
                    progress.2.elapsed().saturating_sub(ProcessUsage::of(pid).waited.saturating_sub(progress.1));
                assert!(own_time < ANSWER_LIMIT, "the program has not read its input for {own_time:?}");
            }
        }
    }

    /// Does something that the program answers with a complete frame, and waits for it.
    fn expect_answer(&mut self, what: &str, ask: impl FnOnce(&mut Self)) {
        let pid = self.program.raw_pid();
        let (position, waited, begin) = (self.program.output_len(), ProcessUsage::of(pid).waited, Instant::now());
        ask(self);
        let is_answer = |output: &[u8]| {
            let frame = position_of(output, CLEAR_SCREEN).map(|at| &output[at..]);
            frame.is_some_and(|frame| position_of(frame, END_OF_FRAME).is_some())
        };
        while !self.program.is_output_met_within(Duration::from_secs(1), position, is_answer) {
            if self.has_ended() {
                return;
            }
            let own_time = begin.elapsed().saturating_sub(ProcessUsage::of(pid).waited.saturating_sub(waited));
            assert!(own_time < ANSWER_LIMIT, "the program has not answered {what} for {own_time:?}");
        }
        let probes = &mut self.world.statistics.probes;
        *probes = (probes.0 + 1, probes.1.max(begin.elapsed()));
    }

    /// Checks the complete frames that have not been checked yet.
    pub(super) fn check_output(&mut self) {
        let output = self.program.output_since(self.checked_output);
        let complete = output.windows(END_OF_FRAME.len()).rposition(|window| window == END_OF_FRAME);
        let Some(end) = complete.map(|at| at + END_OF_FRAME.len()) else { return };
        if let Some(found) = foreign_sequence(&on_own_screen(&output[..end])) {
            panic!("the output contains {found}");
        }
        self.checked_output += end;
    }
}

/// Where a part begins in these bytes.
pub(super) fn position_of(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

/// The output without what was written while an editor had the screen, or the shell: there, the terminal itself shows
/// the keys that are typed.
fn on_own_screen(output: &[u8]) -> Vec<u8> {
    const LEAVE: &[u8] = b"\x1b[?1049l";
    const ENTER: &[u8] = b"\x1b[?1049h";
    let (mut own, mut rest) = (Vec::new(), output);
    while let Some(left) = position_of(rest, LEAVE) {
        own.extend_from_slice(&rest[..left]);
        let entered = position_of(&rest[left..], ENTER).map(|entered| left + entered);
        // Until the first frame, the terminal may still echo.
        let drawn = entered.and_then(|entered| Some(entered + position_of(&rest[entered..], BEGIN_OF_FRAME)?));
        rest = drawn.map_or(&[], |drawn| &rest[drawn..]);
    }
    own.extend_from_slice(rest);
    own
}
