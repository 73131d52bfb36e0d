//! Turns core dumps off: they would contain passwords.

/// Turns core dumps of this process off, and on Linux also the access of other processes of the user to its memory. The
/// programs that it starts have no core dumps either, unless they ask for them.
#[cfg(unix)]
pub(super) fn disable() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let limit = rustix::process::Rlimit { current: Some(0), ..getrlimit(Resource::Core) };
    if let Err(error) = setrlimit(Resource::Core, limit) {
        tracing::warn!("core dumps are not turned off: {error}");
    }
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable) {
        tracing::warn!("other processes of this user can read the memory of this one: {error}");
    }
}

/// Does nothing: this system has no core dumps of this kind.
#[cfg(not(unix))]
pub(super) fn disable() {}
