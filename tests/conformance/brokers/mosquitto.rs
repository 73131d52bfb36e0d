//! Eclipse mosquitto.

use std::{path::Path, process::Command};

use mqtt_dash::model::profile::MqttVersion;

use super::write;
use crate::fixtures::{broker::program, process};

/// What it does in another way.
pub fn exceptions(version: MqttVersion) -> &'static [(&'static str, &'static str)] {
    const SUBSCRIPTION: (&str, &str) = ("refused_subscription_is_named", "grants it, and delivers no message");
    match version {
        MqttVersion::V311 => &[
            ("refused_publish_is_reported", "acknowledges it, MQTT 3.1.1 has no reason code for it (section 3.3.5)"),
            SUBSCRIPTION,
        ],
        MqttVersion::V5 => &[SUBSCRIPTION],
    }
}

/// Writes the configuration, the passwords and the access rules.
pub fn prepare(folder: &Path, ports: [u16; 4]) {
    for (user, options) in [("ann", &["-b", "-c"][..]), ("bob", &["-b"])] {
        let mut command = Command::new(program("mosquitto_passwd"));
        command.args(options).arg(folder.join("passwords"));
        let output = process::output(command.args([user, "s3cret"]));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let rules = "user ann\ntopic readwrite #\n\nuser bob\ntopic readwrite allowed/#\ntopic readwrite ready/#\n";
    write(folder, "rules", rules);
    let path = |name: &str| folder.join(name).display().to_string();
    let mut lines = vec![
        "user root".to_owned(),
        "per_listener_settings false".to_owned(),
        format!("password_file {}", path("passwords")),
        format!("acl_file {}", path("rules")),
    ];
    for (index, port) in ports.into_iter().enumerate() {
        lines.push(format!("listener {port} 127.0.0.1"));
        if index > 1 {
            lines.push("protocol websockets".to_owned());
        }
        if index % 2 == 1 {
            lines.push(format!("certfile {}\nkeyfile {}", path("broker.pem"), path("broker.key")));
        }
    }
    write(folder, "mosquitto.conf", &(lines.join("\n") + "\n"));
}

/// Runs it in the foreground.
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(program("mosquitto"));
    command.arg("-c").arg(folder.join("mosquitto.conf"));
    command
}
