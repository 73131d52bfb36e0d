//! The program as an engine process: runs the scripts of one dashboard, and ends itself when one of them takes too long.
//!
//! One thread reads commands and runs scripts. The other one, the watcher, writes the responses, and watches the time
//! while there is work. It writes the responses before it ends the process because of the script that came next: the
//! program then knows which script was the one.

use std::{
    io::{self, BufReader, Read, Write},
    process::ExitCode,
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel},
    },
    thread::{self, Builder, Thread},
    time::Duration,
};

use super::{
    cpu_time::ProcessClock,
    engine::Engine,
    process_limits,
    progress::{RunningScript, ScriptProgress},
    protocol::{EngineCommand, EngineMessage, append_frame, read_frame},
};
use crate::model::script::ScriptError;

/// How the process ends when a script takes too long.
pub(super) const SCRIPT_TIME_EXIT_CODE: u8 = 3;

/// The processor time after which a script ends the process. The engine interrupts a script earlier, unless a single
/// step takes this long. The time is read once a [`TICK`]: a script is over after less than 100 ms.
const MAX_PROCESS_TIME: Duration = Duration::from_millis(65);
/// How often the time is checked, and responses are written, while there is work.
const TICK: Duration = Duration::from_millis(5);
/// How many responses may wait until they are written.
const MAX_WAITING_FRAMES: usize = 64;
/// The next script waits until a response of this many bytes is written.
const LARGE_FRAME_BYTES: usize = 256 << 10;
/// The stack size of the thread that runs scripts, in bytes.
const ENGINE_STACK_BYTES: usize = 2 << 20;

/// Runs scripts as `input` commands, until it ends.
#[must_use]
pub fn run_engine_process(input: impl Read + Send + 'static, output: impl Write) -> ExitCode {
    #[cfg(target_os = "linux")]
    // Started as /proc/self/exe, it would be `exe` in a list of processes. The name does not matter otherwise.
    let _ = rustix::thread::set_name(c"mqtt-dash");
    let progress = Arc::<ScriptProgress>::default();
    let (sender, frames) = sync_channel(MAX_WAITING_FRAMES);
    let shared_progress = Arc::clone(&progress);
    let responder = Responder { frames: sender, progress: shared_progress, watcher: Waker(thread::current()) };
    let run = move || run_commands(BufReader::new(input), &responder);
    match Builder::new().name("scripts".to_owned()).stack_size(ENGINE_STACK_BYTES).spawn(run) {
        Ok(_) => Watcher { output, frames, progress, clock: ProcessClock::start(), watched: None }.run(),
        Err(_) => ExitCode::FAILURE,
    }
}

/// A message to write.
struct Frame {
    bytes: Vec<u8>,
    /// Learns that the message is written.
    written: Option<SyncSender<()>>,
}

/// Writes the responses and watches the time.
struct Watcher<W> {
    output: W,
    frames: Receiver<Frame>,
    progress: Arc<ScriptProgress>,
    clock: ProcessClock,
    /// The script that ran at the last tick, and the processor time when it was first seen.
    watched: Option<(RunningScript, Duration)>,
}

impl<W: Write> Watcher<W> {
    fn run(mut self) -> ExitCode {
        loop {
            match self.write_waiting() {
                Ok(Input::Continues) => {}
                // If writing fails, the program has ended.
                Ok(Input::Ended) | Err(_) => return ExitCode::SUCCESS,
            }
            if !self.progress.is_busy() {
                thread::park();
                continue;
            }
            if self.is_script_time_over() {
                // If this fails, the program has ended.
                let _ = self.write_waiting();
                return ExitCode::from(SCRIPT_TIME_EXIT_CODE);
            }
            thread::park_timeout(TICK);
        }
    }

    /// Returns whether the running script has had its time. It goes no further then.
    fn is_script_time_over(&mut self) -> bool {
        let Some(script) = self.progress.running() else {
            self.watched = None;
            return false;
        };
        let now = self.clock.now();
        match self.watched {
            Some((watched, since)) if watched == script => {
                now.saturating_sub(since) > MAX_PROCESS_TIME && self.progress.stop(script)
            }
            _ => {
                self.watched = Some((script, now));
                false
            }
        }
    }

    fn write_waiting(&mut self) -> io::Result<Input> {
        let mut written = Vec::new();
        let input = loop {
            match self.frames.try_recv() {
                Ok(frame) => {
                    self.output.write_all(&frame.bytes)?;
                    written.push(frame.written);
                }
                Err(TryRecvError::Empty) => break Input::Continues,
                Err(TryRecvError::Disconnected) => break Input::Ended,
            }
        };
        if !written.is_empty() {
            self.output.flush()?;
        }
        for sender in written.into_iter().flatten() {
            // The other thread waits for it, or has ended.
            let _ = sender.send(());
        }
        Ok(input)
    }
}

/// Whether there are more commands to expect.
enum Input {
    Continues,
    Ended,
}

/// Passes messages to the thread that writes them.
struct Responder {
    // Before `watcher`: it wakes up to see that this is gone.
    frames: SyncSender<Frame>,
    progress: Arc<ScriptProgress>,
    watcher: Waker,
}

/// A thread that is woken up at the latest when this is dropped.
struct Waker(Thread);

impl Drop for Waker {
    fn drop(&mut self) {
        self.0.unpark();
    }
}

impl Responder {
    /// Passes on a message. Returns `None` when nobody reads it.
    fn send(&self, message: &EngineMessage) -> Option<()> {
        let mut bytes = Vec::new();
        append_frame(&mut bytes, message).ok()?;
        if bytes.len() < LARGE_FRAME_BYTES {
            return self.push(Frame { bytes, written: None });
        }
        let (written, wait) = sync_channel(1);
        self.push(Frame { bytes, written: Some(written) })?;
        self.watcher.0.unpark();
        wait.recv().ok()
    }

    fn push(&self, frame: Frame) -> Option<()> {
        match self.frames.try_send(frame) {
            Ok(()) => Some(()),
            Err(TrySendError::Disconnected(_)) => None,
            Err(TrySendError::Full(frame)) => {
                self.watcher.0.unpark();
                self.frames.send(frame).ok()
            }
        }
    }

    /// Notes whether there is work. Without work, the watcher sleeps after it has written what waits.
    fn set_busy(&self, is_busy: bool) {
        self.progress.set_busy(is_busy);
        self.watcher.0.unpark();
    }
}

/// Runs scripts until the input ends or nobody reads the responses.
fn run_commands(mut input: BufReader<impl Read>, responder: &Responder) {
    let mut engine = match limited_engine(responder) {
        Ok(engine) => engine,
        Err(error) => {
            // Nobody reads it: the process ends in any case.
            let _ = responder.send(&EngineMessage::Failed(error));
            return;
        }
    };
    let mut is_read = responder.send(&EngineMessage::Started(env!("CARGO_PKG_VERSION").to_owned()));
    while is_read.is_some() {
        if input.buffer().is_empty() {
            responder.set_busy(false);
        }
        // Invalid input is as good as none: nobody else writes it than the program.
        let Ok(Some(command)) = read_frame::<EngineCommand<'static>>(&mut input) else { return };
        if !responder.progress.is_busy() {
            responder.set_busy(true);
        }
        match command {
            EngineCommand::SetScripts(tile, scripts) => engine.set_scripts(tile, scripts.into_owned()),
            EngineCommand::RemoveTile(tile) => engine.remove_tile(tile),
            EngineCommand::RestoreData(tile, data) => engine.restore_data(tile, &data),
            EngineCommand::Run(request) => {
                let response = engine.run(&request);
                if let Some(data) = engine.changed_data(request.tile_id) {
                    is_read = responder.send(&EngineMessage::Data(request.tile_id, data));
                }
                is_read = is_read.and_then(|()| responder.send(&EngineMessage::Response(response)));
            }
        }
    }
}

/// Creates the engine, and limits this process before it reads a script.
fn limited_engine(responder: &Responder) -> Result<Engine, String> {
    let engine = Engine::new(Arc::clone(&responder.progress)).map_err(|error| match error {
        ScriptError::EngineUnavailable(reason) => reason,
        other => other.to_string(),
    })?;
    process_limits::apply().map_err(|error| format!("their process cannot be limited: {error}"))?;
    Ok(engine)
}
