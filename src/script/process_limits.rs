//! What an engine process may use of the system. It needs nothing but its two pipes. The limits keep mistakes and
//! exhausted memory within the process. They are no sandbox: code that escaped from the engine could still call the
//! system as the user, because there is no filter of system calls.

use std::io;

/// How much memory an engine process may map, in bytes: several times the memory of scripts, with the program itself
/// and the stacks and heaps of its threads.
#[cfg(target_os = "linux")]
const MAX_ADDRESS_SPACE: u64 = 1 << 30;

/// Closes what this process has inherited, except for standard input, output and error, and limits it for good. Where the
/// system has no such limits, nothing happens.
///
/// # Errors
/// When the system refuses a limit.
#[cfg(unix)]
pub(super) fn apply() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};

    close_inherited_files()?;
    let limits = [
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        // Standard input, output and error.
        (Resource::Nofile, 3),
        // Neither a process nor a thread in addition to those that run.
        (Resource::Nproc, 0),
        #[cfg(target_os = "linux")]
        (Resource::As, MAX_ADDRESS_SPACE),
    ];
    for (resource, limit) in limits {
        setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) })?;
    }
    Ok(())
}

/// Does nothing: the system has no such limits.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub(super) fn apply() -> io::Result<()> {
    Ok(())
}

/// Closes the descriptors that the program was started with and that it has passed on. Its own are closed already.
#[cfg(unix)]
fn close_inherited_files() -> io::Result<()> {
    let mut numbers: Vec<i32> = Vec::new();
    for entry in std::fs::read_dir("/dev/fd")? {
        numbers.extend(entry?.file_name().to_str().and_then(|name| name.parse::<i32>().ok()));
    }
    for number in numbers.into_iter().filter(|number| *number > 2) {
        // That of the listing is closed already.
        let _ = nix::unistd::close(number);
    }
    Ok(())
}
