//! Handles the signals that end the program, so that the terminal is restored first, and the signal that
//! continues it after a stop.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that end the program.
#[cfg(unix)]
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    hangup: Signal,
    interrupt: Signal,
    quit: Signal,
}

#[cfg(unix)]
impl Signals {
    /// Installs the signal handlers.
    ///
    /// # Errors
    /// When the system refuses a handler.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
        })
    }

    /// Returns whether the terminal generates this signal from a key (Ctrl-C, Ctrl-\).
    #[must_use]
    pub(crate) fn is_from_keyboard(number: i32) -> bool {
        [SignalKind::interrupt(), SignalKind::quit()].iter().any(|kind| kind.as_raw_value() == number)
    }

    /// Waits for the next signal and returns its number.
    pub(crate) async fn next(&mut self) -> i32 {
        tokio::select! {
            _ = self.terminate.recv() => SignalKind::terminate().as_raw_value(),
            _ = self.hangup.recv() => SignalKind::hangup().as_raw_value(),
            _ = self.interrupt.recv() => SignalKind::interrupt().as_raw_value(),
            _ = self.quit.recv() => SignalKind::quit().as_raw_value(),
        }
    }
}

/// The signal that continues this process after a stop (`SIGCONT`).
#[cfg(unix)]
#[derive(Debug)]
pub struct ContinueSignal(Signal);

#[cfg(unix)]
impl ContinueSignal {
    /// Installs the signal handler.
    ///
    /// # Errors
    /// When the system refuses the handler.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self(signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?))
    }

    /// Waits until this process is continued after a stop.
    pub(crate) async fn next(&mut self) {
        self.0.recv().await;
    }
}

/// A signal that never arrives: this platform does not stop and continue processes.
#[cfg(not(unix))]
#[derive(Debug)]
pub struct ContinueSignal;

#[cfg(not(unix))]
impl ContinueSignal {
    /// Does nothing.
    ///
    /// # Errors
    /// Never.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    /// Waits forever.
    pub(crate) async fn next(&mut self) {
        std::future::pending().await
    }
}

/// The signals that end the program: Ctrl-C only.
#[cfg(not(unix))]
#[derive(Debug)]
pub struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// Does nothing: [`next`](Self::next) installs the handler.
    ///
    /// # Errors
    /// Never.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    /// Returns whether the terminal generates this signal from a key, which is always the case here.
    #[must_use]
    pub(crate) fn is_from_keyboard(_: i32) -> bool {
        true
    }

    /// Waits for the next signal and returns its number.
    pub(crate) async fn next(&mut self) -> i32 {
        match tokio::signal::ctrl_c().await {
            Ok(()) => 2,
            Err(_) => std::future::pending().await,
        }
    }
}
