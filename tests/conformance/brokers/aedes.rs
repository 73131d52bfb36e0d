//! aedes, a broker in JavaScript: `aedes/server.js` runs it in Node.js.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{NO_SHARED_SUBSCRIPTIONS, process};

/// What it does in another way.
pub const EXCEPTIONS: &[(&str, &str)] = &[("shared_subscription", NO_SHARED_SUBSCRIPTIONS)];

/// Where its packages are installed, once for all runs.
fn installation() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("aedes")
}

/// Installs the packages that the lock file names.
pub fn prepare() {
    let (source, target) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/aedes"), installation());
    fs::create_dir_all(&target).unwrap();
    let is_current = |name: &str| fs::read(source.join(name)).ok() == fs::read(target.join(name)).ok();
    let is_installed = is_current("package-lock.json") && target.join("node_modules/.package-lock.json").exists();
    for name in ["package.json", "server.js"] {
        fs::copy(source.join(name), target.join(name)).unwrap();
    }
    if is_installed {
        return;
    }
    fs::copy(source.join("package-lock.json"), target.join("package-lock.json")).unwrap();
    let mut command = Command::new("npm");
    let output =
        process::output(command.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(target));
    assert!(output.status.success(), "npm ci: {}", String::from_utf8_lossy(&output.stderr));
}

/// Runs it in the foreground.
pub fn command(folder: &Path, ports: [u16; 4]) -> Command {
    let mut command = Command::new("node");
    command.arg("server.js").arg(folder).args(ports.map(|port| port.to_string())).current_dir(installation());
    command
}
