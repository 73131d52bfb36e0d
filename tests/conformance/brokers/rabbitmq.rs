//! RabbitMQ with its plugins for MQTT and for MQTT over WebSocket, as Debian packages it.

use std::{fs, path::Path, process::Command};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest as _, Sha256};

use super::{NO_SHARED_SUBSCRIPTIONS, free_port, write};

/// Not `/usr/sbin/rabbitmq-server`, which runs this as another user.
const PROGRAM: &str = "/usr/lib/rabbitmq/bin/rabbitmq-server";

/// What it does in another way.
pub const EXCEPTIONS: &[(&str, &str)] = &[
    ("shared_subscription", NO_SHARED_SUBSCRIPTIONS),
    ("takeover", "sometimes keeps both clients connected, if they follow each other within a moment"),
    ("qos_2", "delivers with QoS 1 at most, and acknowledges a QoS 2 message as if it had QoS 1"),
];

/// The hash of a password as RabbitMQ stores it: the salt, and SHA-256 of the salt and the password.
fn password_hash(password: &str) -> String {
    let salt = [1, 2, 3, 4];
    let hash = Sha256::new().chain_update(salt).chain_update(password).finalize();
    BASE64_STANDARD.encode([&salt[..], &hash[..]].concat())
}

/// Accounts and permissions. RabbitMQ writes topics with `.` instead of `/`.
fn definitions() -> serde_json::Value {
    let users = ["ann", "bob"].map(|name| {
        serde_json::json!({ "name": name, "password_hash": password_hash("s3cret"),
            "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": "" })
    });
    let permissions = ["ann", "bob"]
        .map(|name| serde_json::json!({ "user": name, "vhost": "/", "configure": ".*", "write": ".*", "read": ".*" }));
    let topics = r"^(allowed|ready)(\.|$)";
    serde_json::json!({
        "vhosts": [{ "name": "/" }],
        "users": users,
        "permissions": permissions,
        "topic_permissions":
            [{ "user": "bob", "vhost": "/", "exchange": "amq.topic", "write": topics, "read": topics }],
    })
}

/// Writes the configuration and the accounts.
pub fn prepare(folder: &Path, [tcp, tls, ws, wss]: [u16; 4]) {
    assert!(Path::new(PROGRAM).exists(), "{PROGRAM} is missing (`apt-get install rabbitmq-server`)");
    let path = |name: &str| folder.join(name).display().to_string();
    let (ca, certificate, key) = (path("ca.pem"), path("broker.pem"), path("broker.key"));
    let configuration = format!(
        "listeners.tcp = none\n\
         load_definitions = {}\n\
         mqtt.allow_anonymous = false\n\
         mqtt.listeners.tcp.1 = 127.0.0.1:{tcp}\n\
         mqtt.listeners.ssl.1 = 127.0.0.1:{tls}\n\
         ssl_options.cacertfile = {ca}\n\
         ssl_options.certfile = {certificate}\n\
         ssl_options.keyfile = {key}\n\
         ssl_options.verify = verify_none\n\
         web_mqtt.tcp.ip = 127.0.0.1\n\
         web_mqtt.tcp.port = {ws}\n\
         web_mqtt.ssl.ip = 127.0.0.1\n\
         web_mqtt.ssl.port = {wss}\n\
         web_mqtt.ssl.cacertfile = {ca}\n\
         web_mqtt.ssl.certfile = {certificate}\n\
         web_mqtt.ssl.keyfile = {key}\n\
         log.console = true\n\
         log.file = false\n",
        path("definitions.json")
    );
    write(folder, "rabbitmq.conf", &configuration);
    write(folder, "definitions.json", &definitions().to_string());
    write(folder, "plugins", "[rabbitmq_mqtt,rabbitmq_web_mqtt].\n");
    write(folder, "distribution", &free_port().to_string());
}

/// Runs it in the foreground.
pub fn command(folder: &Path, [tcp, ..]: [u16; 4]) -> Command {
    let distribution = fs::read_to_string(folder.join("distribution")).unwrap();
    let mut command = Command::new(PROGRAM);
    command
        .env("HOME", folder)
        .env("ERL_EPMD_ADDRESS", "127.0.0.1")
        .env("RABBITMQ_NODENAME", format!("conformance{tcp}@localhost"))
        .env("RABBITMQ_DIST_PORT", distribution)
        .env("RABBITMQ_MNESIA_BASE", folder.join("data"))
        .env("RABBITMQ_LOG_BASE", folder.join("logs"))
        .env("RABBITMQ_PID_FILE", folder.join("pid"))
        .env("RABBITMQ_CONFIG_FILE", folder.join("rabbitmq.conf"))
        .env("RABBITMQ_ENABLED_PLUGINS_FILE", folder.join("plugins"));
    command
}
