//! Keeping the screen on while a line that wishes so is connected: by a program of the system that does
//! that for as long as it runs, `systemd-inhibit` or `caffeinate`.

use std::process::{Child, Command, Stdio};

use crate::{app::App, model::time::Time};

/// What keeps the screen on for as long as its input stays open, which ends with this program, however
/// that ends.
const KEEPERS: [(&str, &[&str]); 2] = [
    ("systemd-inhibit", &["--what=idle", "--who=mqtt-dash", "--why=a dashboard is shown", "--mode=block", "cat"]),
    ("caffeinate", &["-d", "cat"]),
];

/// Keeps the screen on, or not.
#[derive(Debug, Default)]
pub(super) struct Awake {
    keeper: Option<Child>,
    told: bool,
}

impl Awake {
    /// Keeps the screen on while the app wishes so; what is in the way is said once.
    pub fn tend(&mut self, app: &mut App, now: Time) {
        if let Some(sentence) = self.keep(app.inhibits_sleep()) {
            app.notify(sentence, now);
        }
    }

    fn keep(&mut self, wished: bool) -> Option<String> {
        if !wished {
            self.rest();
            return None;
        }
        if self.keeper.is_some() || self.told {
            return None;
        }
        for (program, arguments) in KEEPERS {
            let mut command = Command::new(program);
            command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
            // What the terminal sends to this program is not meant for it.
            #[cfg(unix)]
            std::os::unix::process::CommandExt::process_group(&mut command, 0);
            if let Ok(child) = command.spawn() {
                self.keeper = Some(child);
                return None;
            }
        }
        self.told = true;
        let names: Vec<&str> = KEEPERS.iter().map(|(program, _)| *program).collect();
        Some(format!("The screen cannot be kept on: there is no {}", names.join(" and no ")))
    }

    fn rest(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            drop(keeper.stdin.take());
            // It ends with its input; waiting for it is for a thread that has the time.
            std::thread::spawn(move || keeper.wait());
        }
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        self.rest();
    }
}
