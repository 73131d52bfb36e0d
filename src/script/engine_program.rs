//! How an engine process is started.

use std::{env, ffi::OsString, io, path::PathBuf, process::Stdio};

use tokio::process::{Child, Command};

/// The subcommand of the program that makes it an engine process.
pub const ENGINE_SUBCOMMAND: &str = "script-engine";

/// The variables that an engine process gets: scripts see the local time, and Windows starts nothing without its folder.
const ENVIRONMENT: [&str; 2] = ["TZ", "SystemRoot"];

/// The program to start as an engine process.
#[derive(Debug, Clone)]
pub struct EngineProgram {
    path: PathBuf,
    environment: Vec<(&'static str, OsString)>,
}

impl EngineProgram {
    /// This program, also if its file was replaced or deleted since it was started, where the system allows that.
    ///
    /// # Errors
    /// When the system does not tell the path of the program.
    pub fn this_program() -> io::Result<Self> {
        Ok(Self::at(if cfg!(target_os = "linux") { PathBuf::from("/proc/self/exe") } else { env::current_exe()? }))
    }

    /// The program in a file.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        let environment = ENVIRONMENT.iter().filter_map(|name| Some((*name, env::var_os(name)?))).collect();
        Self { path: path.into(), environment }
    }

    /// Starts a process, which is killed when its handle is dropped. Call it within a Tokio runtime.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub(super) fn spawn(&self) -> io::Result<Child> {
        let mut command = Command::new(&self.path);
        command.arg(ENGINE_SUBCOMMAND).env_clear().envs(self.environment.iter().cloned());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        #[cfg(unix)]
        // A group of its own: the keys that interrupt and suspend the program are not meant for it.
        command.arg0("mqtt-dash").current_dir("/").process_group(0);
        command.spawn()
    }
}
