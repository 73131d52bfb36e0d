//! The brokers under test: one process of each, which all cases share, with two accounts and all transports.
//!
//! `ann` may use all topics, `bob` only `allowed/#` and `ready/#`; both have the password `s3cret`. A broker starts
//! with the first case that needs it, and ends with the test program.

mod aedes;
mod mosquitto;
mod rabbitmq;

use std::{
    fs,
    io::Write as _,
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command},
    sync::{Mutex, OnceLock, PoisonError},
    thread,
    time::{Duration, Instant},
};

use mqtt_dash::model::profile::MqttVersion;
use tempfile::TempDir;
use tokio::sync::RwLock;

use crate::{
    context::Transport,
    fixtures::{
        broker::{free_port, free_ports},
        broker_certificates::{self, Certificate},
        process,
    },
};

/// How long a broker may take to start. RabbitMQ takes 20 seconds.
const START_TIMEOUT: Duration = Duration::from_mins(3);

/// Why there is no case for shared subscriptions.
const NO_SHARED_SUBSCRIPTIONS: &str = "has no shared subscriptions";

/// A kind of broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrokerKind {
    /// Eclipse mosquitto.
    Mosquitto,
    /// RabbitMQ with its MQTT plugin.
    RabbitMq,
    /// aedes, a broker in JavaScript.
    Aedes,
}

impl BrokerKind {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Mosquitto, Self::RabbitMq, Self::Aedes];

    /// The name, as in the names of the tests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mosquitto => "mosquitto",
            Self::RabbitMq => "rabbitmq",
            Self::Aedes => "aedes",
        }
    }

    /// The name and the version that was tested, for the documentation.
    pub fn title(self) -> &'static str {
        match self {
            Self::Mosquitto => "mosquitto 2.0",
            Self::RabbitMq => "RabbitMQ 3.10",
            Self::Aedes => "aedes 0.51",
        }
    }

    /// The versions of MQTT that it speaks.
    pub fn versions(self) -> &'static [MqttVersion] {
        match self {
            Self::Mosquitto => &[MqttVersion::V311, MqttVersion::V5],
            Self::RabbitMq | Self::Aedes => &[MqttVersion::V311],
        }
    }

    /// Why a case does not apply to it.
    pub fn exception(self, case: &str, version: MqttVersion) -> Option<&'static str> {
        let exceptions = match self {
            Self::Mosquitto => mosquitto::exceptions(version),
            Self::RabbitMq => rabbitmq::EXCEPTIONS,
            Self::Aedes => aedes::EXCEPTIONS,
        };
        exceptions.iter().find(|(name, _)| *name == case).map(|(_, reason)| *reason)
    }

    /// What it logs once it accepts logins; `None`: it does as soon as it listens.
    fn ready_line(self) -> Option<&'static str> {
        match self {
            // It listens before its accounts are known.
            Self::RabbitMq => Some("Server startup complete"),
            Self::Mosquitto | Self::Aedes => None,
        }
    }

    /// Writes its files, once.
    fn prepare(self, folder: &Path, ports: [u16; 4]) {
        match self {
            Self::Mosquitto => mosquitto::prepare(folder, ports),
            Self::RabbitMq => rabbitmq::prepare(folder, ports),
            Self::Aedes => aedes::prepare(),
        }
    }

    /// The command that runs it in the foreground.
    fn command(self, folder: &Path, ports: [u16; 4]) -> Command {
        match self {
            Self::Mosquitto => mosquitto::command(folder),
            Self::RabbitMq => rabbitmq::command(folder, ports),
            Self::Aedes => aedes::command(folder, ports),
        }
    }
}

/// The brokers that have been started.
#[derive(Default)]
pub struct Brokers([OnceLock<Broker>; 3]);

impl Brokers {
    /// The broker of this kind, which is started if it is not running yet.
    pub fn get(&self, kind: BrokerKind) -> &Broker {
        self.0[kind as usize].get_or_init(|| Broker::start(kind))
    }
}

/// A running broker.
pub struct Broker {
    /// What it is.
    pub kind: BrokerKind,
    /// Held by each case; alone by one that restarts the broker.
    pub usage: RwLock<()>,
    folder: TempDir,
    ports: [u16; 4],
    child: Mutex<Child>,
}

impl Broker {
    fn start(kind: BrokerKind) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        broker_certificates::create(folder.path(), Certificate::SignedByCa);
        let ports = free_ports();
        kind.prepare(folder.path(), ports);
        let child = Mutex::new(start(kind, folder.path(), ports));
        Self { kind, usage: RwLock::default(), folder, ports, child }
    }

    /// The port of a transport.
    pub fn port(&self, transport: Transport) -> u16 {
        self.ports[transport as usize]
    }

    /// The URL for a profile.
    pub fn url(&self, transport: Transport) -> String {
        let port = self.port(transport);
        // RabbitMQ's path; the others accept any.
        match transport {
            Transport::Tcp => format!("mqtt://localhost:{port}"),
            Transport::Tls => format!("mqtts://localhost:{port}"),
            Transport::WebSocket => format!("ws://localhost:{port}/ws"),
            Transport::SecureWebSocket => format!("wss://localhost:{port}/ws"),
        }
    }

    /// The certificate of the authority that signed the broker's.
    pub fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Ends the broker with SIGTERM, as a service manager does.
    pub fn stop(&self) {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        terminate(&mut child);
    }

    /// Starts it again after [`Self::stop`], on the same ports.
    pub fn start_again(&self) {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        *child = start(self.kind, self.folder.path(), self.ports);
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        terminate(self.child.get_mut().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Starts a broker and waits until it accepts logins on all ports.
fn start(kind: BrokerKind, folder: &Path, ports: [u16; 4]) -> Child {
    let output = fs::File::create(folder.join("log")).expect("the log can be written");
    let errors = output.try_clone().expect("the file can be opened twice");
    let mut child = process::spawn(kind.command(folder, ports).stdout(output).stderr(errors));
    let end = Instant::now() + START_TIMEOUT;
    let log = || fs::read_to_string(folder.join("log")).unwrap_or_default();
    let is_ready = || {
        ports.iter().all(|&port| TcpStream::connect(("127.0.0.1", port)).is_ok())
            && kind.ready_line().is_none_or(|line| log().contains(line))
    };
    while !is_ready() {
        let ended = child.try_wait().expect("the broker can be waited for");
        if ended.is_some() || Instant::now() > end {
            let log = log();
            panic!("{} does not start ({ended:?}):\n{log}", kind.name());
        }
        thread::yield_now();
    }
    child
}

fn terminate(child: &mut Child) {
    let mut kill = Command::new("kill");
    // The process has already ended if this fails.
    let _ = process::output(kill.arg(child.id().to_string()));
    let _ = child.wait();
}

/// Writes a file of a broker.
fn write(folder: &Path, name: &str, text: &str) {
    let file = fs::File::create(folder.join(name));
    file.and_then(|mut file| file.write_all(text.as_bytes())).expect("the file can be written");
}
