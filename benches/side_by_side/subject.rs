//! The programs that are compared. Those with a user interface run on a pseudo-terminal.

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

/// The variable that makes this program the bare event loop: its version of MQTT and the port of the broker.
const BARE: &str = "SIDE_BY_SIDE_BARE";

/// A program that is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// mqtt-dash with this many tiles; with `all`, one tile subscribes to all topics.
    MqttDash { tiles: usize, v5: bool, all: bool },
    /// The event loop of rumqttc, which mqtt-dash uses, and nothing else.
    Bare { v5: bool },
    /// `mosquitto_sub` with its output discarded.
    MosquittoSub,
    /// mqttui.
    Mqttui(PathBuf),
}

/// A running program, which is killed when this is dropped.
pub enum RunningSubject {
    /// On a pseudo-terminal.
    OnTerminal(Box<TerminalFixture>),
    /// Without a terminal.
    WithoutTerminal(Child),
}

impl RunningSubject {
    /// Its process identifier.
    pub fn pid(&self) -> i32 {
        match self {
            Self::OnTerminal(terminal) => terminal.raw_pid(),
            Self::WithoutTerminal(child) => child.id().cast_signed(),
        }
    }

    /// Its terminal.
    pub fn terminal(&mut self) -> Option<&mut TerminalFixture> {
        match self {
            Self::OnTerminal(terminal) => Some(terminal),
            Self::WithoutTerminal(_) => None,
        }
    }
}

impl Drop for RunningSubject {
    fn drop(&mut self) {
        if let Self::WithoutTerminal(child) = self {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Subject {
    /// Its name in the table.
    pub fn name(&self) -> &'static str {
        match self {
            Self::MqttDash { v5: false, .. } => "mqtt-dash",
            Self::MqttDash { v5: true, .. } => "mqtt-dash, MQTT 5",
            Self::Bare { v5: false } => "bare rumqttc loop",
            Self::Bare { v5: true } => "bare rumqttc loop, MQTT 5",
            Self::MosquittoSub => "mosquitto_sub",
            Self::Mqttui(_) => "mqttui",
        }
    }

    /// How many topic filters it subscribes to.
    pub fn filters(&self) -> usize {
        match self {
            Self::MqttDash { tiles, .. } => *tiles + 1,
            _ => 1,
        }
    }

    /// Starts it with a broker on this port of the loopback interface.
    pub fn start(&self, port: u16) -> RunningSubject {
        let url = format!("mqtt://127.0.0.1:{port}");
        match self {
            Self::MqttDash { tiles, v5, all } => {
                let profile =
                    format!("[profile.bench]\nurl = \"{url}\"\nprotocol = \"{}\"\n", if *v5 { "5" } else { "3.1.1" });
                let program = TerminalProgram::new(&["open", "bench", "--profile", "bench"])
                    .size(SIZE.0, SIZE.1)
                    .file("profiles.toml", &profile)
                    .file("dashboards/bench.toml", &dashboard(*tiles, if *all { "#" } else { "watch" }));
                RunningSubject::OnTerminal(Box::new(program.start()))
            }
            Self::Bare { v5 } => {
                let version = if *v5 { "5" } else { "4" };
                let mut command = Command::new(env::current_exe().expect("the path of this program"));
                RunningSubject::WithoutTerminal(spawn_silent(command.env(BARE, format!("{version} {port}"))))
            }
            Self::MosquittoSub => {
                let mut command = Command::new("mosquitto_sub");
                RunningSubject::WithoutTerminal(spawn_silent(command.args([
                    "-h",
                    "127.0.0.1",
                    "-p",
                    &port.to_string(),
                    "-v",
                    "-t",
                    "#",
                ])))
            }
            Self::Mqttui(path) => {
                let program = TerminalProgram::with_executable(path, &["--broker", &url, "#"]);
                RunningSubject::OnTerminal(Box::new(program.size(SIZE.0, SIZE.1).start()))
            }
        }
    }
}

fn spawn_silent(command: &mut Command) -> Child {
    process::spawn(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()))
}

/// The installed programs other than mqtt-dash. Prints which are missing.
pub fn installed() -> Vec<Subject> {
    let mut subjects = vec![Subject::Bare { v5: false }, Subject::Bare { v5: true }];
    if is_installed(Path::new("mosquitto_sub")) {
        subjects.push(Subject::MosquittoSub);
    } else {
        println!("mosquitto_sub is missing (`apt-get install mosquitto-clients`): it is not measured");
    }
    // It is in no package registry: the user has to install it.
    let mqttui = PathBuf::from(env::var_os("MQTTUI").unwrap_or_else(|| "mqttui".into()));
    if is_installed(&mqttui) {
        subjects.push(Subject::Mqttui(mqttui));
    } else {
        println!("{} is missing (`MQTTUI` may say where it is): it is not measured", mqttui.display());
    }
    subjects
}

/// Whether a program can be started.
pub fn is_installed(program: &Path) -> bool {
    let mut command = Command::new(program);
    command.arg("--help").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// Runs the bare event loop until the process is killed, if this program was started for that.
pub fn run_bare_loop_if_requested() {
    let Ok(wanted) = env::var(BARE) else { return };
    let (version, port) = wanted.split_once(' ').expect("a version and a port");
    let port = port.parse().expect("a port");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("the runtime starts");
    if version == "5" {
        runtime.block_on(bare_loop_v5(port));
    } else {
        runtime.block_on(bare_loop(port));
    }
    std::process::exit(0);
}

async fn bare_loop(port: u16) {
    let mut options = rumqttc::MqttOptions::new("bare", "127.0.0.1", port);
    options.set_max_packet_size(1 << 20, 1 << 20);
    let (client, mut events) = AsyncClient::new(options, 16);
    client.try_subscribe("#", QoS::AtMostOnce).expect("the request can be queued");
    let mut count = 0_u64;
    while let Ok(event) = events.poll().await {
        count += u64::from(matches!(event, Event::Incoming(Packet::Publish(_))));
    }
    std::hint::black_box(count);
}

async fn bare_loop_v5(port: u16) {
    use rumqttc::v5::{AsyncClient, Event, MqttOptions, mqttbytes::QoS, mqttbytes::v5::Packet};
    let (client, mut events) = AsyncClient::new(MqttOptions::new("bare", "127.0.0.1", port), 16);
    client.try_subscribe("#", QoS::AtMostOnce).expect("the request can be queued");
    let mut count = 0_u64;
    while let Ok(event) = events.poll().await {
        count += u64::from(matches!(event, Event::Incoming(Packet::Publish(_))));
    }
    std::hint::black_box(count);
}
