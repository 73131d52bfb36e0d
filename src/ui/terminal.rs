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
const PATIENCE: Duration = Duration::from_secs(1);

/// Why there is no screen.
#[derive(Debug, thiserror::Error)]
pub enum NoScreen {
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
    frames: Option<SyncSender<Vec<u8>>>,
    writer: Option<JoinHandle<()>>,
    state: Arc<State>,
}

/// What the writer and the loop know of each other.
#[derive(Debug, Default)]
struct State {
    busy: AtomicBool,
    gone: AtomicBool,
    done: Notify,
}

impl Terminal {
    /// Takes the terminal over: raw, on its other screen, with mouse and paste told apart.
    ///
    /// # Errors
    /// Says why there is no screen.
    pub fn take() -> Result<Self, NoScreen> {
        if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
            return Err(NoScreen::NotATerminal);
        }
        if let Some(term) = std::env::var("TERM").ok().filter(|term| term == "dumb") {
            return Err(NoScreen::Dumb(term));
        }
        enter()?;
        let (frames, inbox) = sync_channel(1);
        let state = Arc::new(State::default());
        let theirs = Arc::clone(&state);
        let writer = thread::Builder::new().name("screen".to_owned()).spawn(move || write(&inbox, &theirs))?;
        Ok(Self { frames: Some(frames), writer: Some(writer), state })
    }

    /// Whether the terminal has taken the last frame.
    #[must_use]
    pub fn ready(&self) -> bool {
        !self.state.busy.load(Ordering::Acquire)
    }

    /// Whether nobody is there any more.
    #[must_use]
    pub fn gone(&self) -> bool {
        self.state.gone.load(Ordering::Acquire)
    }

    /// Waits until the terminal has taken a frame.
    pub async fn taken(&self) {
        self.state.done.notified().await;
    }

    /// Sends a frame; only to be called while [`ready`](Self::ready).
    pub fn send(&self, frame: Vec<u8>) {
        self.state.busy.store(true, Ordering::Release);
        if let Some(Err(_)) = self.frames.as_ref().map(|frames| frames.try_send(frame)) {
            self.state.gone.store(true, Ordering::Release);
        }
    }

    /// Gives the terminal back, stops this process until the shell continues it, and takes the
    /// terminal again.
    ///
    /// # Errors
    /// Says why the terminal could not be taken again.
    #[cfg(unix)]
    pub fn suspend(&self) -> Result<(), NoScreen> {
        leave();
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TSTP);
        enter()?;
        Ok(())
    }

    /// There is nothing to suspend to here.
    ///
    /// # Errors
    /// None.
    #[cfg(not(unix))]
    pub fn suspend(&self) -> Result<(), NoScreen> {
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.frames.take();
        if let Some(writer) = self.writer.take() {
            let (told, finished) = sync_channel(0);
            // Joined from a thread of its own, so that a terminal that takes nothing holds nobody up.
            thread::spawn(move || {
                let _ = writer.join();
                let _ = told.send(());
            });
            let _ = finished.recv_timeout(PATIENCE);
        }
        leave();
    }
}

fn write(frames: &Receiver<Vec<u8>>, state: &State) {
    let mut out = io::stdout();
    for frame in frames {
        if out.write_all(&frame).and_then(|()| out.flush()).is_err() {
            state.gone.store(true, Ordering::Release);
        }
        state.busy.store(false, Ordering::Release);
        state.done.notify_one();
    }
}

fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, Hide, EnableMouseCapture, EnableBracketedPaste)
}

/// Gives the terminal back. What fails is passed over: there is nobody left to tell.
pub fn leave() {
    let _ = execute!(io::stdout(), DisableBracketedPaste, DisableMouseCapture, LeaveAlternateScreen, Show);
    let _ = disable_raw_mode();
}

/// From now on a panic first gives the terminal back, so that its message can be read.
pub fn restore_on_panic() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        leave();
        before(panic);
    }));
}
