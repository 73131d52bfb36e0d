//! Gets passwords from where a profile says they are. No message of this file holds one.

use std::{
    io::{self, Read},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use super::{
    app_paths::expand_home,
    error::{ConfigError, io_error_text},
    file::permissions_fix_command,
};
use crate::model::profile::{PasswordSource, Profile};

/// How long a command may take to print a password.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);
/// How often it is looked whether a command that has printed all has also ended.
const POLL_INTERVAL: Duration = Duration::from_millis(5);
/// The most that is read of a file or of what a command prints.
const MAX_SECRET_BYTES: u64 = 64 << 10;

/// The password of a profile, if it has one; `ask` is called where the person is to be asked, with
/// what to ask. May take as long as the command of the profile, at most 10 s.
///
/// # Errors
/// Why there is none, without anything of the password.
pub fn resolve_password(
    profile: &Profile,
    prompt: &mut dyn FnMut(&str) -> io::Result<String>,
) -> Result<Option<String>, ConfigError> {
    let Some(secret) = &profile.password else {
        return Ok(None);
    };
    let password = match secret {
        PasswordSource::Plain(text) => Ok(text.clone()),
        PasswordSource::Env(name) => read_environment(name),
        PasswordSource::Command(command_line) => read_command_output(command_line, &profile.base_dir, COMMAND_TIMEOUT),
        PasswordSource::File(path) => read_file(&profile.resolve_path(&expand_home(path))),
        PasswordSource::Prompt => {
            prompt(&prompt_text(profile)).map_err(|error| format!("it was not given: {}", io_error_text(&error)))
        }
    };
    password.map(Some).map_err(|reason| ConfigError::Password { profile: profile.name.clone(), reason })
}

fn prompt_text(profile: &Profile) -> String {
    match &profile.username {
        Some(user) => format!("Password of {user} at {}: ", profile.name),
        None => format!("Password at {}: ", profile.name),
    }
}

fn read_environment(name: &str) -> Result<String, String> {
    match std::env::var(name) {
        Ok(text) => Ok(text),
        Err(std::env::VarError::NotPresent) => Err(format!("the environment variable {name} is not set")),
        Err(std::env::VarError::NotUnicode(_)) => Err(format!("the environment variable {name} is no UTF-8 text")),
    }
}

fn read_file(path: &Path) -> Result<String, String> {
    let name = path.display();
    let unreadable = |error: io::Error| format!("{name} cannot be read: {}", io_error_text(&error));
    let file = std::fs::File::open(path).map_err(unreadable)?;
    if let Some(command) = permissions_fix_command(path) {
        return Err(format!("others can read {name}; run: {command}"));
    }
    let mut bytes = Vec::new();
    file.take(MAX_SECRET_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
    first_line(&bytes).ok_or_else(|| format!("the first line of {name} is empty or no UTF-8 text"))
}

/// The first line that a program prints. It is run as it is named, without a shell.
fn read_command_output(command_line: &[String], folder: &Path, timeout: Duration) -> Result<String, String> {
    let Some((program, arguments)) = command_line.split_first() else {
        return Err("no command is named".to_owned());
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if folder.is_dir() {
        command.current_dir(folder);
    }
    let mut child = command.spawn().map_err(|error| format!("`{program}` cannot be run: {}", io_error_text(&error)))?;
    let deadline = Instant::now() + timeout;
    let (stdout, stderr) = (read_in_background(child.stdout.take()), read_in_background(child.stderr.take()));
    let Some((stdout, success)) = wait_for_exit(&mut child, &stdout, deadline) else {
        let _ = child.kill();
        let _ = child.wait();
        return Err(format!("`{program}` did not end within {} s", timeout.as_secs()));
    };
    if !success {
        let stderr = stderr.recv_timeout(deadline.saturating_duration_since(Instant::now())).unwrap_or_default();
        let stderr = first_line(&stderr).map(|line| format!(": {line:.200}")).unwrap_or_default();
        return Err(format!("`{program}` failed{stderr}"));
    }
    first_line(&stdout).ok_or_else(|| format!("`{program}` printed nothing, or no UTF-8 text"))
}

/// What the program printed and whether it succeeded; `None` when time is up.
fn wait_for_exit(child: &mut Child, stdout: &Receiver<Vec<u8>>, deadline: Instant) -> Option<(Vec<u8>, bool)> {
    let bytes = stdout.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()?;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some((bytes, status.success())),
            Ok(None) if Instant::now() < deadline => thread::sleep(POLL_INTERVAL),
            _ => return None,
        }
    }
}

/// Reads a pipe to its end, on a thread of its own.
fn read_in_background(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.by_ref().take(MAX_SECRET_BYTES).read_to_end(&mut bytes);
            let _ = io::copy(&mut pipe, &mut io::sink());
        }
        let _ = sender.send(bytes);
    });
    receiver
}

fn first_line(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let line = text.lines().next().filter(|line| !line.is_empty())?;
    Some(line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve_secret(secret: PasswordSource) -> Result<Option<String>, String> {
        let profile = Profile { name: "hub".into(), password: Some(secret), ..Profile::default() };
        resolve_password(&profile, &mut |question| Ok(format!("told at <{question}>")))
            .map_err(|error| error.to_string())
    }

    #[cfg(unix)]
    fn run_command(command_line: &[&str], timeout: Duration) -> Result<String, String> {
        let command_line: Vec<String> = command_line.iter().map(|word| (*word).to_owned()).collect();
        read_command_output(&command_line, Path::new(""), timeout)
    }

    #[test]
    fn resolve_password_returns_none_plain_or_prompted() {
        assert_eq!(resolve_password(&Profile::default(), &mut |_| Ok(String::new())), Ok(None));
        assert_eq!(resolve_secret(PasswordSource::Plain("x".into())), Ok(Some("x".into())));
        assert_eq!(resolve_secret(PasswordSource::Prompt), Ok(Some("told at <Password at hub: >".into())));
    }

    #[test]
    fn resolve_password_error_names_the_missing_source() {
        assert_eq!(
            resolve_secret(PasswordSource::Env("MQTT_DASH_NO_SUCH".into())),
            Err("no password for `hub`: the environment variable MQTT_DASH_NO_SUCH is not set".into())
        );
        assert!(
            resolve_secret(PasswordSource::Command(vec!["/no/such".into()]))
                .unwrap_err()
                .contains("`/no/such` cannot be run")
        );
        assert!(
            resolve_secret(PasswordSource::File("/no/such".into())).unwrap_err().contains("/no/such cannot be read")
        );
    }

    #[cfg(unix)]
    #[test]
    fn command_output_is_its_first_line_or_an_error() {
        assert_eq!(run_command(&["printf", "a b\\nc\\n"], COMMAND_TIMEOUT), Ok("a b".into()));
        assert_eq!(
            run_command(&["sh", "-c", "echo no entry >&2; exit 1"], COMMAND_TIMEOUT),
            Err("`sh` failed: no entry".into())
        );
        assert!(run_command(&["true"], COMMAND_TIMEOUT).unwrap_err().contains("printed nothing"));
        assert_eq!(run_command(&["printf", "%s", "$HOME"], COMMAND_TIMEOUT), Ok("$HOME".into()), "no shell");
        assert!(run_command(&["sleep", "60"], Duration::from_millis(50)).unwrap_err().contains("did not end"));
        assert!(run_command(&["sh", "-c", "yes | head -c 1000000; echo x >&2"], COMMAND_TIMEOUT).is_ok());
    }
}
