//! Keeping the screen on while a line that wishes so is connected: by a program of the system that does
//! that for as long as it runs, `systemd-inhibit` or `caffeinate`.

use std::process::{Child, Command, Stdio};

use crate::{app::App, model::time::Time};

/// What keeps the screen on for as long as its input stays open, which ends with this program, however
/// that ends.
const INHIBITOR_PROGRAMS: [(&str, &[&str]); 2] = [
    ("systemd-inhibit", &["--what=idle", "--who=mqtt-dash", "--why=a dashboard is shown", "--mode=block", "cat"]),
    ("caffeinate", &["-d", "cat"]),
];

/// Keeps the screen on, or not.
#[derive(Debug, Default)]
pub(super) struct SleepInhibitor {
    inhibitor: Option<Child>,
    failure_reported: bool,
}

impl SleepInhibitor {
    /// Keeps the screen on while the app wishes so; what is in the way is said once.
    pub fn update(&mut self, app: &mut App, now: Time) {
        if let Some(notice) = self.set_inhibited(app.inhibits_sleep()) {
            app.notify(notice, now);
        }
    }

    fn set_inhibited(&mut self, wanted: bool) -> Option<String> {
        if !wanted {
            self.release();
            return None;
        }
        if self.inhibitor.is_some() || self.failure_reported {
            return None;
        }
        for (program, arguments) in INHIBITOR_PROGRAMS {
            let mut command = Command::new(program);
            command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
            // What the terminal sends to this program is not meant for it.
            #[cfg(unix)]
            std::os::unix::process::CommandExt::process_group(&mut command, 0);
            if let Ok(child) = command.spawn() {
                self.inhibitor = Some(child);
                return None;
            }
        }
        self.failure_reported = true;
        let names: Vec<&str> = INHIBITOR_PROGRAMS.iter().map(|(program, _)| *program).collect();
        Some(format!("The screen cannot be kept on: there is no {}", names.join(" and no ")))
    }

    fn release(&mut self) {
        if let Some(mut inhibitor) = self.inhibitor.take() {
            drop(inhibitor.stdin.take());
            // It ends with its input; waiting for it is for a thread that has the time.
            std::thread::spawn(move || inhibitor.wait());
        }
    }
}

impl Drop for SleepInhibitor {
    fn drop(&mut self) {
        self.release();
    }
}
