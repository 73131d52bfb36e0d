//! Keeps the screen on while a connection with `keep_awake` is connected, with a child process:
//! `systemd-inhibit` or `caffeinate`.

use std::process::{Child, Command, Stdio};

use crate::{app::App, model::time::Time};

/// Programs that keep the screen on until their standard input closes, which also happens when this
/// process crashes.
const INHIBITOR_PROGRAMS: [(&str, &[&str]); 2] = [
    ("systemd-inhibit", &["--what=idle", "--who=mqtt-dash", "--why=a dashboard is shown", "--mode=block", "cat"]),
    ("caffeinate", &["-d", "cat"]),
];

/// Keeps the screen on while a child process runs.
#[derive(Debug, Default)]
pub(super) struct SleepInhibitor {
    inhibitor: Option<Child>,
    failure_reported: bool,
}

impl SleepInhibitor {
    /// Keeps the screen on or lets it sleep, as the app asks. Shows a notice the first time it fails.
    pub fn update(&mut self, app: &mut App, now: Time) {
        if let Some(notice) = self.set_inhibited(app.inhibits_sleep()) {
            app.notify(notice, now);
        }
    }

    fn set_inhibited(&mut self, inhibited: bool) -> Option<String> {
        if !inhibited {
            self.release();
            return None;
        }
        if self.inhibitor.is_some() || self.failure_reported {
            return None;
        }
        for (program, arguments) in INHIBITOR_PROGRAMS {
            let mut command = Command::new(program);
            command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
            // A process group of its own, so that signals from the terminal do not reach the child.
            #[cfg(unix)]
            std::os::unix::process::CommandExt::process_group(&mut command, 0);
            if let Ok(child) = command.spawn() {
                self.inhibitor = Some(child);
                return None;
            }
        }
        self.failure_reported = true;
        let names: Vec<&str> = INHIBITOR_PROGRAMS.iter().map(|(program, _)| *program).collect();
        Some(format!("The screen cannot be kept on: that needs {}", names.join(" or ")))
    }

    fn release(&mut self) {
        if let Some(mut inhibitor) = self.inhibitor.take() {
            drop(inhibitor.stdin.take());
            // The child exits now that its input is closed. The thread reaps it without blocking the loop.
            std::thread::spawn(move || inhibitor.wait());
        }
    }
}

impl Drop for SleepInhibitor {
    fn drop(&mut self) {
        self.release();
    }
}
