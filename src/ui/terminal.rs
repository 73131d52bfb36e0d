//! The person's terminal: taken over, and given back whatever happens.

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
    event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture},
    execute,
    terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode},
};
use tokio::sync::Notify;

/// How long the last frame may take before the terminal is given back all the same.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

/// Why there is no screen.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// Standard output or input is not a terminal.
    #[error("there is no terminal to draw on; `mqtt-dash snapshot` and `mqtt-dash demo --headless` need none")]
    NotATerminal,
    /// The terminal cannot place text.
    #[error("this terminal (TERM={0}) cannot place text on the screen; `mqtt-dash snapshot` needs no such terminal")]
    Dumb(String),
    /// The terminal did not take the change.
    #[error("the terminal cannot be used: {0}")]
    Io(#[from] io::Error),
}

/// The terminal, taken over until this is dropped.
#[derive(Debug)]
pub struct Terminal {
    frame_sender: Option<SyncSender<Vec<u8>>>,
    writer_thread: Option<JoinHandle<()>>,
    writer_state: Arc<WriterState>,
}

/// What the writer and the loop know of each other.
#[derive(Debug, Default)]
struct WriterState {
    busy: AtomicBool,
    closed: AtomicBool,
    frame_written: Notify,
}

impl Terminal {
    /// Takes the terminal over: raw, on its other screen, with mouse and paste told apart.
    ///
    /// # Errors
    /// Says why there is no screen.
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

    /// Whether the terminal has taken the last frame.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.writer_state.busy.load(Ordering::Acquire)
    }

    /// Whether nobody is there any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.writer_state.closed.load(Ordering::Acquire)
    }

    /// Waits until the terminal has taken a frame.
    pub async fn frame_written(&self) {
        self.writer_state.frame_written.notified().await;
    }

    /// Sends a frame; only to be called while [`is_ready`](Self::is_ready).
    pub fn send_frame(&self, frame: Vec<u8>) {
        self.writer_state.busy.store(true, Ordering::Release);
        if let Some(Err(_)) = self.frame_sender.as_ref().map(|frames| frames.try_send(frame)) {
            self.writer_state.closed.store(true, Ordering::Release);
        }
    }

    /// Gives the terminal back, stops this job until the shell continues it, and takes the terminal
    /// again. The whole job is stopped, as by the terminal itself: a shell waits for all of it.
    ///
    /// # Errors
    /// Says why the terminal could not be taken again.
    #[cfg(unix)]
    pub fn suspend_process(&self) -> Result<(), TerminalError> {
        restore_terminal();
        let _ = rustix::process::kill_current_process_group(rustix::process::Signal::TSTP);
        setup_terminal()?;
        Ok(())
    }

    /// There is nothing to suspend to here.
    ///
    /// # Errors
    /// None.
    #[cfg(not(unix))]
    pub fn suspend(&self) -> Result<(), TerminalError> {
        Ok(())
    }
}

impl Terminal {
    /// Gives the terminal to another program, once it has taken the last frame, until
    /// [`resume`](Self::resume).
    pub async fn suspend(&self) {
        if !self.is_ready() {
            let _ = tokio::time::timeout(FLUSH_TIMEOUT, self.frame_written()).await;
        }
        restore_terminal();
    }

    /// Takes the terminal again after this process was stopped and continued from outside: the shell
    /// may have used it in between.
    ///
    /// # Errors
    /// Says why the terminal could not be taken again.
    pub fn resume(&self) -> Result<(), TerminalError> {
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

/// Gives the terminal back by these last words, from a thread of its own: a terminal that takes
/// nothing, with Ctrl-S for example, must not hold up the end of the program.
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

/// Whether the terminal is taken over now: what a panic, wherever it happens, has to undo.
static TERMINAL_ACTIVE: AtomicBool = AtomicBool::new(false);

fn setup_terminal() -> io::Result<()> {
    TERMINAL_ACTIVE.store(true, Ordering::Release);
    enable_raw_mode()
        .and_then(|()| execute!(io::stdout(), EnterAlternateScreen, Hide, EnableMouseCapture, EnableBracketedPaste))
        .inspect_err(|_| restore_terminal())
}

/// Gives the terminal back, if it is taken. What fails is passed over: there is nobody left to tell.
fn restore_terminal() {
    if TERMINAL_ACTIVE.swap(false, Ordering::AcqRel) {
        let _ = execute!(io::stdout(), DisableBracketedPaste, DisableMouseCapture, LeaveAlternateScreen, Show);
        let _ = disable_raw_mode();
    }
}

/// The exit status after a panic, as Rust has it.
const PANIC_EXIT_CODE: i32 = 101;

/// From now on a panic first gives the terminal back, if it is taken, so that its message can be read,
/// and then ends the program: also one in the background, without which the rest would go on half.
pub fn restore_on_panic() {
    let previous_hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if TERMINAL_ACTIVE.load(Ordering::Acquire) {
            run_with_timeout(restore_terminal);
        }
        previous_hook(panic);
        std::process::exit(PANIC_EXIT_CODE);
    }));
}
