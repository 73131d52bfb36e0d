//! Runs the command that prints a password.

use std::{
    io::{self, Read},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use zeroize::Zeroizing;

use super::error::io_error_text;

/// How long a command may take to print a password.
pub(super) const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);
/// The interval for checking whether a command has exited.
const POLL_INTERVAL: Duration = Duration::from_millis(5);
/// How long to wait for the end of the output of a command that has exited: what it has started may keep the output
/// open, and adds nothing to the password.
const OUTPUT_GRACE: Duration = Duration::from_millis(250);
/// The maximum number of bytes that are kept of an output.
const MAX_OUTPUT_BYTES: usize = 64 << 10;

/// Why a command did not print a password.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommandError {
    /// No command is given.
    #[error("the command is empty")]
    Empty,
    /// The program cannot be started.
    #[error("cannot run `{program}`: {}", io_error_text(error))]
    NotStarted {
        /// The program.
        program: String,
        /// The cause.
        error: io::Error,
    },
    /// The program runs for too long.
    #[error("`{program}` did not exit within {} s", timeout.as_secs())]
    Timeout {
        /// The program.
        program: String,
        /// How long it may run.
        timeout: Duration,
    },
    /// A signal has stopped the program.
    #[error(
        "`{0}` was stopped, because it cannot ask on the terminal; use a command that does not, or {{ prompt = true }}"
    )]
    Stopped(String),
    /// The program has failed. The second text is what it has printed, after a colon, or empty.
    #[error("`{0}` failed{1}")]
    Failed(String, String),
    /// The program has printed no password.
    #[error("`{0}` printed nothing or invalid UTF-8")]
    NothingPrinted(String),
}

/// Runs a program, without a shell and in a process group of its own, and returns its output when it has exited. What
/// it has started may go on, unless it takes too long.
///
/// # Errors
/// When the program cannot be started, fails, or does not exit in time.
pub(super) fn run(
    command_line: &[String],
    folder: &Path,
    timeout: Duration,
) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    let (program, arguments) = command_line.split_first().ok_or(CommandError::Empty)?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    if folder.is_dir() {
        command.current_dir(folder);
    }
    let not_started = |error| CommandError::NotStarted { program: program.clone(), error };
    let mut child = command.spawn().map_err(not_started)?;
    let (stdout, stderr) = (read_in_background(child.stdout.take()), read_in_background(child.stderr.take()));
    let deadline = Instant::now() + timeout;
    let success = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status.success(),
            Ok(None) if is_stopped(&child) => {
                kill_group(&mut child);
                return Err(CommandError::Stopped(program.clone()));
            }
            Ok(None) if Instant::now() < deadline => thread::sleep(POLL_INTERVAL),
            _ => {
                kill_group(&mut child);
                return Err(CommandError::Timeout { program: program.clone(), timeout });
            }
        }
    };
    if success {
        return Ok(collect(&stdout));
    }
    let message = first_line(&collect(&stderr)).map(|line| format!(": {line:.200}")).unwrap_or_default();
    Err(CommandError::Failed(program.clone(), message))
}

/// Returns the first line of a text, if it is not empty.
pub(super) fn first_line(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()?.lines().next().filter(|line| !line.is_empty())
}

/// Reads a pipe to its end on a new thread, so that the command never blocks on a full pipe.
fn read_in_background(pipe: Option<impl Read + Send + 'static>) -> Receiver<Zeroizing<Vec<u8>>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let Some(mut pipe) = pipe else { return };
        let mut buffer = Zeroizing::new([0; 4_096]);
        while let Ok(length @ 1..) = pipe.read(&mut *buffer) {
            // When nobody waits for it any more, the rest is read nevertheless.
            let _ = sender.send(Zeroizing::new(buffer[..length].to_vec()));
        }
    });
    receiver
}

/// Returns what a command that has exited has printed.
fn collect(chunks: &Receiver<Zeroizing<Vec<u8>>>) -> Zeroizing<Vec<u8>> {
    // With this capacity it never moves, which would leave copies.
    let mut output = Zeroizing::new(Vec::with_capacity(MAX_OUTPUT_BYTES));
    let deadline = Instant::now() + OUTPUT_GRACE;
    loop {
        match chunks.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(chunk) => {
                let room = MAX_OUTPUT_BYTES - output.len();
                output.extend_from_slice(&chunk[..chunk.len().min(room)]);
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return output,
        }
    }
}

/// Returns whether a signal has stopped a program, such as the one for reading from the terminal in the background.
#[cfg(unix)]
fn is_stopped(child: &Child) -> bool {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
    let options = WaitIdOptions::STOPPED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    waitid(WaitId::Pid(Pid::from_child(child)), options).is_ok_and(|status| status.is_some_and(|it| it.stopped()))
}

#[cfg(not(unix))]
fn is_stopped(_child: &Child) -> bool {
    false
}

/// Ends a command and what it has started.
fn kill_group(child: &mut Child) {
    #[cfg(unix)]
    let _ = rustix::process::kill_process_group(rustix::process::Pid::from_child(child), rustix::process::Signal::KILL);
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn run_command(command_line: &[&str], timeout: Duration) -> Result<String, String> {
        let command_line: Vec<String> = command_line.iter().map(|word| (*word).to_owned()).collect();
        let output = run(&command_line, Path::new(""), timeout).map_err(|error| error.to_string())?;
        Ok(first_line(&output).unwrap_or_default().to_owned())
    }

    #[test]
    fn command_output_is_its_first_line_or_an_error() {
        let run_command = |command_line: &[&str]| run_command(command_line, COMMAND_TIMEOUT);
        assert_eq!(run_command(&["printf", "a b\\nc\\n"]), Ok("a b".into()));
        assert_eq!(run_command(&["sh", "-c", "echo no entry >&2; exit 1"]), Err("`sh` failed: no entry".into()));
        assert_eq!(run_command(&["printf", "%s", "$HOME"]), Ok("$HOME".into()), "no shell");
        assert!(run_command(&["sh", "-c", "yes | head -c 1000000; echo x >&2"]).is_ok());
        assert_eq!(run_command(&[]), Err("the command is empty".into()));
    }

    #[test]
    fn command_that_takes_too_long_is_ended() {
        let error = run_command(&["sleep", "60"], Duration::from_millis(50)).unwrap_err();
        assert!(error.contains("did not exit"), "{error}");
    }

    #[test]
    fn output_is_complete_when_the_command_exits_although_its_child_keeps_the_pipe_open() {
        let command_line = ["sh", "-c", "echo geheim; sleep 30 & exit 0"];
        assert_eq!(run_command(&command_line, COMMAND_TIMEOUT), Ok("geheim".into()));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn stopped_command_is_ended_with_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let pid_file = folder.path().join("pid");
        let script = format!("sleep 60 & echo $! > '{}'; kill -STOP $$", pid_file.display());
        let error = run_command(&["sh", "-c", &script], Duration::from_mins(1)).unwrap_err();
        assert!(error.starts_with("`sh` was stopped"), "{error}");
        let pid = std::fs::read_to_string(pid_file).unwrap();
        let is_running = || {
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
            !stat.is_empty() && !stat.contains(") Z ")
        };
        let limit = Instant::now() + Duration::from_secs(20);
        while is_running() {
            assert!(Instant::now() < limit, "the child of the command still runs");
            thread::yield_now();
        }
    }
}
