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
    fault::{StoreFault, plainly},
    file::exposed,
    places::expand_home,
};
use crate::model::profile::{PasswordSource, Profile};

/// How long a command may take to print a password.
const LIMIT: Duration = Duration::from_secs(10);
/// How often it is looked whether a command that has printed all has also ended.
const LOOK: Duration = Duration::from_millis(5);
/// The most that is read of a file or of what a command prints.
const MAX_BYTES: u64 = 64 << 10;

/// The password of a profile, if it has one; `ask` is called where the person is to be asked, with
/// what to ask. May take as long as the command of the profile, at most 10 s.
///
/// # Errors
/// Why there is none, without anything of the password.
pub fn resolve(
    profile: &Profile,
    ask: &mut dyn FnMut(&str) -> io::Result<String>,
) -> Result<Option<String>, StoreFault> {
    let Some(secret) = &profile.password else {
        return Ok(None);
    };
    let found = match secret {
        PasswordSource::Plain(text) => Ok(text.clone()),
        PasswordSource::Env(name) => variable(name),
        PasswordSource::Command(words) => printed(words, &profile.base_dir, LIMIT),
        PasswordSource::File(path) => in_file(&profile.resolve_path(&expand_home(path))),
        PasswordSource::Prompt => {
            ask(&question(profile)).map_err(|fault| format!("it was not given: {}", plainly(&fault)))
        }
    };
    found.map(Some).map_err(|why| StoreFault::Password { profile: profile.name.clone(), why })
}

fn question(profile: &Profile) -> String {
    match &profile.username {
        Some(user) => format!("Password of {user} at {}: ", profile.name),
        None => format!("Password at {}: ", profile.name),
    }
}

fn variable(name: &str) -> Result<String, String> {
    match std::env::var(name) {
        Ok(text) => Ok(text),
        Err(std::env::VarError::NotPresent) => Err(format!("the environment variable {name} is not set")),
        Err(std::env::VarError::NotUnicode(_)) => Err(format!("the environment variable {name} is no UTF-8 text")),
    }
}

fn in_file(path: &Path) -> Result<String, String> {
    let name = path.display();
    let unreadable = |fault: io::Error| format!("{name} cannot be read: {}", plainly(&fault));
    let file = std::fs::File::open(path).map_err(unreadable)?;
    if let Some(command) = exposed(path) {
        return Err(format!("others can read {name}; run: {command}"));
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
    first_line(&bytes).ok_or_else(|| format!("the first line of {name} is empty or no UTF-8 text"))
}

/// The first line that a program prints. It is run as it is named, without a shell.
fn printed(words: &[String], folder: &Path, limit: Duration) -> Result<String, String> {
    let Some((program, arguments)) = words.split_first() else {
        return Err("no command is named".to_owned());
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if folder.is_dir() {
        command.current_dir(folder);
    }
    let mut child = command.spawn().map_err(|fault| format!("`{program}` cannot be run: {}", plainly(&fault)))?;
    let end = Instant::now() + limit;
    let (output, complaint) = (drain(child.stdout.take()), drain(child.stderr.take()));
    let Some((output, success)) = finish(&mut child, &output, end) else {
        let _ = child.kill();
        let _ = child.wait();
        return Err(format!("`{program}` did not end within {} s", limit.as_secs()));
    };
    if !success {
        let complaint = complaint.recv_timeout(end.saturating_duration_since(Instant::now())).unwrap_or_default();
        let complaint = first_line(&complaint).map(|line| format!(": {line:.200}")).unwrap_or_default();
        return Err(format!("`{program}` failed{complaint}"));
    }
    first_line(&output).ok_or_else(|| format!("`{program}` printed nothing, or no UTF-8 text"))
}

/// What the program printed and whether it succeeded; `None` when time is up.
fn finish(child: &mut Child, output: &Receiver<Vec<u8>>, end: Instant) -> Option<(Vec<u8>, bool)> {
    let printed = output.recv_timeout(end.saturating_duration_since(Instant::now())).ok()?;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some((printed, status.success())),
            Ok(None) if Instant::now() < end => thread::sleep(LOOK),
            _ => return None,
        }
    }
}

/// Reads a pipe to its end, on a thread of its own.
fn drain(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.by_ref().take(MAX_BYTES).read_to_end(&mut bytes);
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

    fn of(secret: PasswordSource) -> Result<Option<String>, String> {
        let profile = Profile { name: "hub".into(), password: Some(secret), ..Profile::default() };
        resolve(&profile, &mut |asked| Ok(format!("told at <{asked}>"))).map_err(|fault| fault.to_string())
    }

    #[cfg(unix)]
    fn run(words: &[&str], limit: Duration) -> Result<String, String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        printed(&words, Path::new(""), limit)
    }

    #[test]
    fn no_password_is_none_and_a_plain_one_is_itself() {
        assert_eq!(resolve(&Profile::default(), &mut |_| Ok(String::new())), Ok(None));
        assert_eq!(of(PasswordSource::Plain("x".into())), Ok(Some("x".into())));
        assert_eq!(of(PasswordSource::Prompt), Ok(Some("told at <Password at hub: >".into())));
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(
            of(PasswordSource::Env("MQTT_DASH_NO_SUCH".into())),
            Err("no password for `hub`: the environment variable MQTT_DASH_NO_SUCH is not set".into())
        );
        assert!(of(PasswordSource::Command(vec!["/no/such".into()])).unwrap_err().contains("`/no/such` cannot be run"));
        assert!(of(PasswordSource::File("/no/such".into())).unwrap_err().contains("/no/such cannot be read"));
    }

    #[cfg(unix)]
    #[test]
    fn a_command_gives_its_first_line_or_says_why_not() {
        assert_eq!(run(&["printf", "a b\\nc\\n"], LIMIT), Ok("a b".into()));
        assert_eq!(run(&["sh", "-c", "echo no entry >&2; exit 1"], LIMIT), Err("`sh` failed: no entry".into()));
        assert!(run(&["true"], LIMIT).unwrap_err().contains("printed nothing"));
        assert_eq!(run(&["printf", "%s", "$HOME"], LIMIT), Ok("$HOME".into()), "no shell");
        assert!(run(&["sleep", "60"], Duration::from_millis(50)).unwrap_err().contains("did not end"));
        assert!(run(&["sh", "-c", "yes | head -c 1000000; echo x >&2"], LIMIT).is_ok());
    }
}
