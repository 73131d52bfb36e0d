//! A broker and its boards together: what `mqtt-dash demo` starts.

use std::net::SocketAddr;

use futures_util::future::join_all;

use super::{
    accounts::Access,
    board::{Identity, Mode, Press, Rgb, Settings},
    broker::{Broker, anywhere_here},
    client::{BoardTask, Start},
    fault::DemoFault,
};
use crate::{
    model::profile::{Address, Profile, Secret},
    mqtt::Login,
};

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
    /// How they are set.
    pub settings: Settings,
    /// Whether they send pictures too.
    pub camera: bool,
    /// The room of the first grows out of it; the others follow.
    pub seed: u64,
}

impl Default for BoardsPlan {
    fn default() -> Self {
        let settings = Settings { lamp: false, dim: 80, color: Rgb(0xFF, 0xB4, 0x54), mode: Mode::Steady, interval: 1 };
        Self { count: 1, id: "demo".to_owned(), settings, camera: true, seed: 1883 }
    }
}

impl BoardsPlan {
    /// The client id of the first board unless it is given another: as the firmware has it.
    #[must_use]
    pub fn client_id(&self) -> String {
        format!("esp32-{}", self.id)
    }
}

/// Switches boards on at any broker. The client id of the login is that of the first board, the
/// others add `-2`, `-3`, … to it.
///
/// # Errors
/// When the id of a board cannot be one.
pub fn run_boards(plan: &BoardsPlan, profile: &Profile, login: &Login) -> Result<Vec<BoardTask>, DemoFault> {
    (1..=plan.count)
        .zip(plan.seed..)
        .map(|(number, seed)| {
            let numbered = |name: &str| if number == 1 { name.to_owned() } else { format!("{name}-{number}") };
            let login = Login { client_id: numbered(&login.client_id), ..login.clone() };
            let identity = identity(numbered(&plan.id), number);
            let start = Start { identity, settings: plan.settings, seed, camera: plan.camera };
            BoardTask::spawn(start, profile.clone(), login)
        })
        .collect()
}

fn identity(id: String, number: usize) -> Identity {
    let [.., high, low] = number.to_be_bytes();
    Identity {
        id,
        chip: "esp32-simulated".to_owned(),
        sdk: concat!("mqtt-dash ", env!("CARGO_PKG_VERSION")).to_owned(),
        mac: format!("02:00:00:00:{high:02x}:{low:02x}"),
        reset_reason: "power on".to_owned(),
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
    /// As [`Broker::start`] and [`run_boards`].
    pub async fn start(plan: DemoPlan) -> Result<Self, DemoFault> {
        let DemoPlan { listen, web, access, boards } = plan;
        let broker = Broker::start_with(listen, web, access).await?;
        let address = broker.near_address();
        let url = Address::parse(&format!("mqtt://{address}"))
            .map_err(|complaint| DemoFault::Listen { address, reason: complaint.what })?;
        let pass = broker.house_pass();
        let login = Login {
            client_id: boards.client_id(),
            username: pass.map(|pass| pass.user.clone()),
            password: pass.map(|pass| pass.password.clone()),
        };
        let boards = run_boards(&boards, &Profile::of_address(url.clone()), &login)?;
        Ok(Self { boards, broker, url })
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
        join_all(boards.into_iter().map(BoardTask::stop)).await;
        broker.stop().await;
    }
}
