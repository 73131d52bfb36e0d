//! Signals that end the program: they are waited for, so that the terminal is given back first. And
//! the one that continues it.

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
    /// From now on these signals are waited for.
    ///
    /// # Errors
    /// The system does not allow it.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
        })
    }

    /// Whether a signal comes from the keyboard, where the terminal makes signals of keys.
    #[must_use]
    pub fn is_from_keyboard(number: i32) -> bool {
        [SignalKind::interrupt(), SignalKind::quit()].iter().any(|kind| kind.as_raw_value() == number)
    }

    /// The number of the next signal.
    pub async fn next(&mut self) -> i32 {
        tokio::select! {
            _ = self.terminate.recv() => SignalKind::terminate().as_raw_value(),
            _ = self.hangup.recv() => SignalKind::hangup().as_raw_value(),
            _ = self.interrupt.recv() => SignalKind::interrupt().as_raw_value(),
            _ = self.quit.recv() => SignalKind::quit().as_raw_value(),
        }
    }
}

/// The signal that this process goes on after it was stopped.
#[cfg(unix)]
#[derive(Debug)]
pub struct ContinueSignal(Signal);

#[cfg(unix)]
impl ContinueSignal {
    /// From now on this signal is waited for.
    ///
    /// # Errors
    /// The system does not allow it.
    pub fn listen() -> io::Result<Self> {
        Ok(Self(signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?))
    }

    /// Waits until this process goes on after it was stopped.
    pub async fn next(&mut self) {
        self.0.recv().await;
    }
}

/// Nothing is stopped and continued here.
#[cfg(not(unix))]
#[derive(Debug)]
pub struct Continued;

#[cfg(not(unix))]
impl ContinueSignal {
    /// There is nothing to wait for.
    ///
    /// # Errors
    /// None.
    pub fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    /// Waits for ever.
    pub async fn next(&mut self) {
        std::future::pending().await
    }
}

/// Where there are no signals but Ctrl-C.
#[cfg(not(unix))]
#[derive(Debug)]
pub struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// From now on Ctrl-C is waited for.
    ///
    /// # Errors
    /// None.
    pub fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    /// Whether a signal comes from the keyboard.
    #[must_use]
    pub fn is_typed(_: i32) -> bool {
        true
    }

    /// The number of the next signal.
    pub async fn next(&mut self) -> i32 {
        match tokio::signal::ctrl_c().await {
            Ok(()) => 2,
            Err(_) => std::future::pending().await,
        }
    }
}
