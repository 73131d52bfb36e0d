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

    /// Gives the terminal back, stops this job until the shell continues it, and takes the terminal
    /// again. The whole job is stopped, as by the terminal itself: a shell waits for all of it.
    ///
    /// # Errors
    /// Says why the terminal could not be taken again.
    #[cfg(unix)]
    pub fn suspend(&self) -> Result<(), NoScreen> {
        leave();
        let _ = rustix::process::kill_current_process_group(rustix::process::Signal::TSTP);
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

impl Terminal {
    /// Gives the terminal to another program, once it has taken the last frame, until
    /// [`retake`](Self::retake).
    pub async fn lend(&self) {
        if !self.ready() {
            let _ = tokio::time::timeout(PATIENCE, self.taken()).await;
        }
        leave();
    }

    /// Takes the terminal again after this process was stopped and continued from outside: the shell
    /// may have used it in between.
    ///
    /// # Errors
    /// Says why the terminal could not be taken again.
    pub fn retake(&self) -> Result<(), NoScreen> {
        leave();
        enter()?;
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.frames.take();
        let writer = self.writer.take();
        in_time(move || {
            if let Some(writer) = writer {
                let _ = writer.join();
            }
            leave();
        });
    }
}

/// Gives the terminal back by these last words, from a thread of its own: a terminal that takes
/// nothing, with Ctrl-S for example, must not hold up the end of the program.
fn in_time(last_words: impl FnOnce() + Send + 'static) {
    let (told, said) = sync_channel(0);
    let speaker = thread::Builder::new().spawn(move || {
        last_words();
        let _ = told.send(());
    });
    if speaker.is_err() || said.recv_timeout(PATIENCE).is_err() {
        let _ = disable_raw_mode();
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

/// Whether the terminal is taken over now: what a panic, wherever it happens, has to undo.
static TAKEN: AtomicBool = AtomicBool::new(false);

fn enter() -> io::Result<()> {
    TAKEN.store(true, Ordering::Release);
    enable_raw_mode()
        .and_then(|()| execute!(io::stdout(), EnterAlternateScreen, Hide, EnableMouseCapture, EnableBracketedPaste))
        .inspect_err(|_| leave())
}

/// Gives the terminal back, if it is taken. What fails is passed over: there is nobody left to tell.
fn leave() {
    if TAKEN.swap(false, Ordering::AcqRel) {
        let _ = execute!(io::stdout(), DisableBracketedPaste, DisableMouseCapture, LeaveAlternateScreen, Show);
        let _ = disable_raw_mode();
    }
}

/// The exit status after a panic, as Rust has it.
const PANICKED: i32 = 101;

/// From now on a panic first gives the terminal back, if it is taken, so that its message can be read,
/// and then ends the program: also one in the background, without which the rest would go on half.
pub fn restore_on_panic() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if TAKEN.load(Ordering::Acquire) {
            in_time(leave);
        }
        before(panic);
        std::process::exit(PANICKED);
    }));
}
