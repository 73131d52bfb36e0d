//! The user's terminal: set up at start, and restored at exit, also after an error or a panic.

use std::{
    io::{self, IsTerminal, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use crossterm::{
    cursor::{Hide, Show},
    event::{
        DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste, EnableFocusChange,
        EnableMouseCapture,
    },
    execute,
    terminal::{
        DisableLineWrap, EnableLineWrap, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
    },
};
use tokio::sync::Notify;

use crate::{
    model::{credentials::mask_urls, unsafe_char::replace_unsafe},
    panics,
};

/// How long to wait for the last frame to be written before the terminal is restored anyway.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

/// An error that prevents drawing on the terminal.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// Standard output or input is not a terminal.
    #[error("this is not a terminal; use `mqtt-dash snapshot` or `mqtt-dash demo --headless` without one")]
    NotATerminal,
    /// The terminal cannot position the cursor.
    #[error("this terminal (TERM={0}) cannot position the cursor; use `mqtt-dash snapshot` instead")]
    Dumb(String),
    /// The terminal could not be set up.
    #[error("cannot set up the terminal: {0}")]
    Io(#[from] io::Error),
}

/// The terminal, set up for drawing. It is restored on drop.
#[derive(Debug)]
pub struct Terminal {
    frame_sender: Option<SyncSender<Vec<u8>>>,
    writer_thread: Option<JoinHandle<()>>,
    writer_state: Arc<WriterState>,
}

/// The state that the writer thread and the event loop share.
#[derive(Debug, Default)]
struct WriterState {
    busy: AtomicBool,
    closed: AtomicBool,
    frame_written: Notify,
}

impl Terminal {
    /// Sets the terminal up: raw mode, alternate screen, mouse capture and bracketed paste.
    ///
    /// # Errors
    /// Returns an error if standard input or output is not a terminal, if `TERM` is `dumb`, or if setting up
    /// the terminal fails.
    pub fn open() -> Result<Self, TerminalError> {
        if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
            return Err(TerminalError::NotATerminal);
        }
        if let Some(term) = std::env::var("TERM").ok().filter(|term| term == "dumb") {
            return Err(TerminalError::Dumb(term));
        }
        setup_terminal()?;
        let (frame_sender, frame_receiver) = sync_channel(1);
        let writer_state = Arc::new(WriterState::default());
        let thread_state = Arc::clone(&writer_state);
        let writer_thread = thread::Builder::new()
            .name("screen".to_owned())
            .spawn(move || write_frames(&frame_receiver, &thread_state))?;
        Ok(Self { frame_sender: Some(frame_sender), writer_thread: Some(writer_thread), writer_state })
    }

    /// Returns whether the last frame was written.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.writer_state.busy.load(Ordering::Acquire)
    }

    /// Returns whether writing to the terminal failed.
    #[must_use]
    pub(crate) fn is_closed(&self) -> bool {
        self.writer_state.closed.load(Ordering::Acquire)
    }

    /// Waits until a frame was written.
    pub(crate) async fn frame_written(&self) {
        self.writer_state.frame_written.notified().await;
    }

    /// Sends a frame to the writer thread. Call it only while [`is_ready`](Self::is_ready) returns true.
    pub fn send_frame(&self, frame: Vec<u8>) {
        self.writer_state.busy.store(true, Ordering::Release);
        if let Some(Err(_)) = self.frame_sender.as_ref().map(|frames| frames.try_send(frame)) {
            self.writer_state.closed.store(true, Ordering::Release);
        }
    }

    /// Restores the terminal, stops the process group until the shell continues it, and sets the terminal up
    /// again. The signal goes to the whole process group, as when the terminal sends it: a shell waits for
    /// all processes of the job.
    ///
    /// # Errors
    /// Returns an error if the terminal cannot be set up again.
    #[cfg(unix)]
    pub(crate) fn suspend_process() -> Result<(), TerminalError> {
        restore_terminal();
        let _ = rustix::process::kill_current_process_group(rustix::process::Signal::TSTP);
        setup_terminal()?;
        Ok(())
    }

    /// Does nothing, because this platform has no job control.
    ///
    /// # Errors
    /// Never.
    #[cfg(not(unix))]
    pub(crate) fn suspend_process() -> Result<(), TerminalError> {
        Ok(())
    }
}

impl Terminal {
    /// Restores the terminal for another program, after the last frame was written. [`resume`](Self::resume)
    /// sets it up again.
    pub(crate) async fn suspend(&self) {
        if !self.is_ready() {
            let _ = tokio::time::timeout(FLUSH_TIMEOUT, self.frame_written()).await;
        }
        restore_terminal();
    }

    /// Sets the terminal up again after another program used it, or after this process was stopped and
    /// continued: the shell may have changed the terminal in between.
    ///
    /// # Errors
    /// Returns an error if the terminal cannot be set up again.
    pub(crate) fn resume() -> Result<(), TerminalError> {
        restore_terminal();
        setup_terminal()?;
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.frame_sender.take();
        let writer_thread = self.writer_thread.take();
        run_with_timeout(move || {
            if let Some(writer_thread) = writer_thread {
                let _ = writer_thread.join();
            }
            restore_terminal();
        });
    }
}

/// Runs the cleanup in a separate thread and waits for it for at most [`FLUSH_TIMEOUT`]: a terminal that
/// accepts no output, for example after Ctrl-S, must not block the exit of the program.
fn run_with_timeout(cleanup: impl FnOnce() + Send + 'static) {
    let (done_sender, done_receiver) = sync_channel(0);
    let cleanup_thread = thread::Builder::new().spawn(move || {
        cleanup();
        let _ = done_sender.send(());
    });
    if cleanup_thread.is_err() || done_receiver.recv_timeout(FLUSH_TIMEOUT).is_err() {
        let _ = disable_raw_mode();
    }
}

fn write_frames(frames: &Receiver<Vec<u8>>, state: &WriterState) {
    let mut out = io::stdout();
    for frame in frames {
        if out.write_all(&frame).and_then(|()| out.flush()).is_err() {
            state.closed.store(true, Ordering::Release);
        }
        state.busy.store(false, Ordering::Release);
        state.frame_written.notify_one();
    }
}

/// Whether the terminal is set up now, so that a panic in any thread must restore it.
static TERMINAL_ACTIVE: AtomicBool = AtomicBool::new(false);

fn setup_terminal() -> io::Result<()> {
    TERMINAL_ACTIVE.store(true, Ordering::Release);
    let mut out = io::stdout();
    // A character at the right border that the terminal takes for a wider one must not get into the next line.
    enable_raw_mode()
        .and_then(|()| {
            execute!(
                out,
                EnterAlternateScreen,
                Hide,
                DisableLineWrap,
                EnableMouseCapture,
                EnableBracketedPaste,
                EnableFocusChange
            )
        })
        .inspect_err(|_| restore_terminal())
}

/// Restores the terminal if it is set up. Errors are ignored, because there is nothing left to report them
/// on.
fn restore_terminal() {
    if TERMINAL_ACTIVE.swap(false, Ordering::AcqRel) {
        let mut out = io::stdout();
        let _ = execute!(
            out,
            DisableFocusChange,
            DisableBracketedPaste,
            DisableMouseCapture,
            EnableLineWrap,
            LeaveAlternateScreen,
            Show
        );
        let _ = disable_raw_mode();
    }
}

/// The exit status after a panic, the same as that of the Rust runtime.
const PANIC_EXIT_CODE: i32 = 101;

/// Installs a panic hook that restores the terminal if it is set up, so that the panic message is readable,
/// and then exits. A panic in a background thread exits, too, because the rest of the program would not work
/// without it; only a [contained](crate::panics::contain) panic goes to the log and stays there.
pub fn restore_on_panic() {
    std::panic::set_hook(Box::new(move |panic| {
        if panics::are_contained() {
            tracing::error!("{panic}");
            return;
        }
        if TERMINAL_ACTIVE.load(Ordering::Acquire) {
            run_with_timeout(restore_terminal);
        }
        // If standard error cannot be written, there is no place left to say so.
        io::stderr().lock().write_all(panic_text(panic).as_bytes()).ok();
        std::process::exit(PANIC_EXIT_CODE);
    }));
}

/// Returns what is printed of a panic: as the Rust runtime does, but without what could control the terminal.
fn panic_text(panic: &std::panic::PanicHookInfo<'_>) -> String {
    let thread = thread::current();
    let mut text = format!("\nthread '{}' {panic}\n", thread.name().unwrap_or("<unnamed>"));
    let backtrace = std::backtrace::Backtrace::capture();
    if backtrace.status() == std::backtrace::BacktraceStatus::Captured {
        text += "stack backtrace:\n";
        text += &backtrace.to_string();
    } else {
        text += "note: run with `RUST_BACKTRACE=1` to display a backtrace\n";
    }
    replace_unsafe(&mask_urls(&text)).into_owned()
}
