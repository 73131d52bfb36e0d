//! The programs that are compared, each started against a broker: on a terminal of its own where it
//! draws, as a child otherwise.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use rumqttc::{AsyncClient, Event, Packet, QoS};

use crate::fixtures::{
    load::{SIZE, dashboard},
    process,
    terminal::TerminalFixture,
    terminal_program::TerminalProgram,
};

/// What makes this program a bare loop: its version of MQTT and the address of the broker.
const BARE: &str = "SIDE_BY_SIDE_BARE";

/// A program that is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// This program, with so many tiles, and perhaps one more for every topic.
    Ours { tiles: usize, v5: bool, all: bool },
    /// The client that is inside of it, polled and nothing else.
    Bare { v5: bool },
    /// `mosquitto_sub`, its output thrown away.
    MosquittoSub,
    /// mqttui.
    Mqttui(PathBuf),
}

/// A running one; it is killed when this is dropped.
pub enum Running {
    /// On a terminal.
    Drawing(Box<TerminalFixture>),
    /// Without one.
    Plain(Child),
}

impl Running {
    /// Its number.
    pub fn pid(&self) -> i32 {
        match self {
            Self::Drawing(pty) => pty.raw_pid(),
            Self::Plain(child) => child.id().cast_signed(),
        }
    }

    /// Its terminal.
    pub fn pty(&mut self) -> Option<&mut TerminalFixture> {
        match self {
            Self::Drawing(pty) => Some(pty),
            Self::Plain(_) => None,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Self::Plain(child) = self {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Subject {
    /// What it is called in the tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ours { v5: false, .. } => "mqtt-dash",
            Self::Ours { v5: true, .. } => "mqtt-dash, MQTT 5",
            Self::Bare { v5: false } => "bare rumqttc loop",
            Self::Bare { v5: true } => "bare rumqttc loop, MQTT 5",
            Self::MosquittoSub => "mosquitto_sub",
            Self::Mqttui(_) => "mqttui",
        }
    }

    /// How many filters it asks for.
    pub fn filters(&self) -> usize {
        match self {
            Self::Ours { tiles, .. } => *tiles + 1,
            _ => 1,
        }
    }

    /// Starts it against a broker on this port of this machine.
    pub fn start(&self, port: u16) -> Running {
        let url = format!("mqtt://127.0.0.1:{port}");
        match self {
            Self::Ours { tiles, v5, all } => {
                let profile =
                    format!("[profile.bench]\nurl = \"{url}\"\nprotocol = \"{}\"\n", if *v5 { "5" } else { "3.1.1" });
                let program = TerminalProgram::new(&["open", "bench", "--profile", "bench"])
                    .size(SIZE.0, SIZE.1)
                    .file("profiles.toml", &profile)
                    .file("dashboards/bench.toml", &dashboard(*tiles, if *all { "#" } else { "watch" }));
                Running::Drawing(Box::new(program.start()))
            }
            Self::Bare { v5 } => {
                let version = if *v5 { "5" } else { "4" };
                let mut command = Command::new(env::current_exe().expect("this program"));
                Running::Plain(quiet(command.env(BARE, format!("{version} {port}"))))
            }
            Self::MosquittoSub => {
                let mut command = Command::new("mosquitto_sub");
                Running::Plain(quiet(command.args(["-h", "127.0.0.1", "-p", &port.to_string(), "-v", "-t", "#"])))
            }
            Self::Mqttui(path) => {
                let program = TerminalProgram::with_executable(path, &["--broker", &url, "#"]);
                Running::Drawing(Box::new(program.size(SIZE.0, SIZE.1).start()))
            }
        }
    }
}

fn quiet(command: &mut Command) -> Child {
    process::spawn(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()))
}

/// The programs there are. What cannot be had is said aloud and left out.
pub fn others() -> Vec<Subject> {
    let mut subjects = vec![Subject::Bare { v5: false }, Subject::Bare { v5: true }];
    if is_there(Path::new("mosquitto_sub")) {
        subjects.push(Subject::MosquittoSub);
    } else {
        println!("mosquitto_sub is missing (`apt-get install mosquitto-clients`): it is left out");
    }
    // It is in no registry, so nobody but the person can install it.
    let mqttui = PathBuf::from(env::var_os("MQTTUI").unwrap_or_else(|| "mqttui".into()));
    if is_there(&mqttui) {
        subjects.push(Subject::Mqttui(mqttui));
    } else {
        println!("{} is missing (`MQTTUI` may say where it is): it is left out", mqttui.display());
    }
    subjects
}

/// Whether a program can be started.
pub fn is_there(program: &Path) -> bool {
    let mut look = Command::new(program);
    look.arg("--help").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// Polls and does nothing else, when this program was started for that: until it is killed.
pub fn be_bare() {
    let Ok(wanted) = env::var(BARE) else { return };
    let (version, port) = wanted.split_once(' ').expect("a version and a port");
    let port = port.parse().expect("a port");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    if version == "5" {
        runtime.block_on(bare_v5(port));
    } else {
        runtime.block_on(bare(port));
    }
    std::process::exit(0);
}

async fn bare(port: u16) {
    let mut options = rumqttc::MqttOptions::new("bare", "127.0.0.1", port);
    options.set_max_packet_size(1 << 20, 1 << 20);
    let (client, mut events) = AsyncClient::new(options, 16);
    client.try_subscribe("#", QoS::AtMostOnce).expect("there is room");
    let mut count = 0_u64;
    while let Ok(event) = events.poll().await {
        count += u64::from(matches!(event, Event::Incoming(Packet::Publish(_))));
    }
    std::hint::black_box(count);
}

async fn bare_v5(port: u16) {
    use rumqttc::v5::{AsyncClient, Event, MqttOptions, mqttbytes::QoS, mqttbytes::v5::Packet};
    let (client, mut events) = AsyncClient::new(MqttOptions::new("bare", "127.0.0.1", port), 16);
    client.try_subscribe("#", QoS::AtMostOnce).expect("there is room");
    let mut count = 0_u64;
    while let Ok(event) = events.poll().await {
        count += u64::from(matches!(event, Event::Incoming(Packet::Publish(_))));
    }
    std::hint::black_box(count);
}
