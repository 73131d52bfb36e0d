//! A broker and its boards together: what `mqtt-dash demo` starts.

use std::{net::SocketAddr, time::Duration};

use rumqttc::MqttOptions;

use super::{
    accounts::Access,
    board::{Info, Outputs, Press, Start},
    broker::{Broker, anywhere_here},
    client::BoardTask,
    fault::DemoFault,
};
use crate::model::profile::{Address, Profile, Secret};

/// The largest message that a board of the demo takes without losing its line.
const MAX_PACKET_BYTES: usize = 16 * 1024 * 1024;
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What to start.
#[derive(Debug, Clone)]
pub struct DemoPlan {
    /// Where the broker listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where it listens for WebSocket, if it shall.
    pub web: Option<SocketAddr>,
    /// Who may come in.
    pub access: Access,
    /// The boards.
    pub boards: BoardsPlan,
}

impl Default for DemoPlan {
    fn default() -> Self {
        Self { listen: anywhere_here(), web: None, access: Access::default(), boards: BoardsPlan::default() }
    }
}

/// Which boards to switch on.
#[derive(Debug, Clone)]
pub struct BoardsPlan {
    /// How many.
    pub count: usize,
    /// The id of the first; the others are `<id>-2`, `<id>-3`, …
    pub id: String,
    /// Seconds between two telemetries, 1 to 3600.
    pub interval: u16,
    /// Whether they send pictures too.
    pub camera: bool,
    /// The room of the first grows out of it; the others follow.
    pub seed: u64,
}

impl Default for BoardsPlan {
    fn default() -> Self {
        Self { count: 1, id: "demo".to_owned(), interval: 1, camera: true, seed: 1883 }
    }
}

/// Switches boards on at any broker. `options` says how to reach it; the client id there is that of
/// the first board, the others add `-2`, `-3`, … to it.
#[must_use]
pub fn run_boards(plan: &BoardsPlan, options: &MqttOptions) -> Vec<BoardTask> {
    (1..=plan.count)
        .zip(plan.seed..)
        .map(|(number, seed)| {
            let numbered = |name: &str| if number == 1 { name.to_owned() } else { format!("{name}-{number}") };
            let mut options = options.clone();
            options.set_client_id(numbered(&options.client_id()));
            let start = Start {
                id: numbered(&plan.id),
                info: info(number),
                interval: plan.interval,
                outputs: Outputs::default(),
            };
            BoardTask::spawn(start, seed, plan.camera, options)
        })
        .collect()
}

fn info(number: usize) -> Info {
    let [.., high, low] = number.to_be_bytes();
    Info {
        chip: "ESP32 (simulated)".to_owned(),
        firmware: concat!("mqtt-dash ", env!("CARGO_PKG_VERSION")).to_owned(),
        sdk: "none".to_owned(),
        ip: "127.0.0.1".to_owned(),
        mac: format!("02:00:00:00:{high:02x}:{low:02x}"),
        reset_reason: "power-on".to_owned(),
    }
}

/// A running demo. Dropped, it stops; [`Demo::stop`] also waits until its ports are free.
#[derive(Debug)]
pub struct Demo {
    boards: Vec<BoardTask>,
    broker: Broker,
    url: Address,
}

impl Demo {
    /// Starts the broker and switches the boards on. Returns when the broker accepts connections;
    /// the boards are online a moment later.
    ///
    /// # Errors
    /// As [`Broker::start`].
    pub async fn start(plan: DemoPlan) -> Result<Self, DemoFault> {
        let DemoPlan { listen, web, access, boards } = plan;
        let broker = Broker::start_with(listen, web, access).await?;
        let address = broker.near_address();
        let url = Address::parse(&format!("mqtt://{address}"))
            .map_err(|complaint| DemoFault::Listen { address, reason: complaint.what })?;
        let mut options = MqttOptions::new(format!("esp32-{}", boards.id), url.bracketed_host(), url.port);
        options.set_keep_alive(KEEP_ALIVE).set_max_packet_size(MAX_PACKET_BYTES, MAX_PACKET_BYTES);
        if let Some(pass) = broker.house_pass() {
            options.set_credentials(&pass.user, &pass.password);
        }
        Ok(Self { boards: run_boards(&boards, &options), broker, url })
    }

    /// The broker.
    #[must_use]
    pub const fn broker(&self) -> &Broker {
        &self.broker
    }

    /// The boards.
    #[must_use]
    pub fn boards(&self) -> &[BoardTask] {
        &self.boards
    }

    /// The address by which clients on this machine reach the broker, the boards among them.
    #[must_use]
    pub const fn url(&self) -> &Address {
        &self.url
    }

    /// A profile named `demo` that reaches the broker from this very program, with a pass where one
    /// is asked for.
    #[must_use]
    pub fn profile(&self) -> Profile {
        let pass = self.broker.house_pass();
        Profile {
            name: "demo".to_owned(),
            username: pass.map(|pass| pass.user.clone()),
            password: pass.map(|pass| Secret::Plain(pass.password.clone())),
            ..Profile::of_address(self.url.clone())
        }
    }

    /// Presses the button of the first board.
    pub fn press_button(&self, press: Press) {
        if let Some(board) = self.boards.first() {
            board.press_button(press);
        }
    }

    /// Stops the boards and the broker, and waits until they are gone.
    pub async fn stop(self) {
        let Self { boards, broker, .. } = self;
        drop(boards);
        broker.stop().await;
    }
}
