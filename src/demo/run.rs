//! A broker and its boards together: what `mqtt-dash demo` starts.

use std::net::SocketAddr;

use futures_util::future::join_all;

use super::{
    accounts::Access,
    board::{BoardIdentity, BoardSettings, ButtonPress, LampColor, LampMode},
    board_task::{BoardConfig, BoardTask},
    broker::{EmbeddedBroker, loopback_any_port},
    error::DemoError,
};
use crate::{
    model::profile::{BrokerUrl, PasswordSource, Profile},
    mqtt::Login,
};

/// What to start.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// Where the broker listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where it listens for WebSocket, if it shall.
    pub websocket: Option<SocketAddr>,
    /// Who may come in.
    pub access: Access,
    /// The boards.
    pub boards: BoardsOptions,
}

impl Default for DemoOptions {
    fn default() -> Self {
        Self {
            listen: loopback_any_port(),
            websocket: None,
            access: Access::default(),
            boards: BoardsOptions::default(),
        }
    }
}

/// Which boards to switch on.
#[derive(Debug, Clone)]
pub struct BoardsOptions {
    /// How many.
    pub count: usize,
    /// The id of the first; the others are `<id>-2`, `<id>-3`, …
    pub id: String,
    /// How they are set.
    pub settings: BoardSettings,
    /// Whether they send pictures too.
    pub camera: bool,
    /// The room of the first grows out of it; the others follow.
    pub seed: u64,
}

impl Default for BoardsOptions {
    fn default() -> Self {
        let settings = BoardSettings {
            lamp: false,
            dim: 80,
            color: LampColor(0xFF, 0xB4, 0x54),
            mode: LampMode::Steady,
            interval: 1,
        };
        Self { count: 1, id: "demo".to_owned(), settings, camera: true, seed: 1883 }
    }
}

impl BoardsOptions {
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
pub fn spawn_boards(options: &BoardsOptions, profile: &Profile, login: &Login) -> Result<Vec<BoardTask>, DemoError> {
    (1..=options.count)
        .zip(options.seed..)
        .map(|(number, seed)| {
            let add_number = |name: &str| if number == 1 { name.to_owned() } else { format!("{name}-{number}") };
            let login = Login { client_id: add_number(&login.client_id), ..login.clone() };
            let identity = board_identity(add_number(&options.id), number);
            let config = BoardConfig { identity, settings: options.settings, seed, camera: options.camera };
            BoardTask::spawn(config, profile.clone(), login)
        })
        .collect()
}

fn board_identity(id: String, number: usize) -> BoardIdentity {
    let [.., high, low] = number.to_be_bytes();
    BoardIdentity {
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
    broker: EmbeddedBroker,
    url: BrokerUrl,
}

impl Demo {
    /// Starts the broker and switches the boards on. Returns when the broker accepts connections;
    /// the boards are online a moment later.
    ///
    /// # Errors
    /// As [`Broker::start`] and [`spawn_boards`].
    pub async fn start(options: DemoOptions) -> Result<Self, DemoError> {
        let DemoOptions { listen, websocket, access, boards } = options;
        let broker = EmbeddedBroker::start_with_websocket(listen, websocket, access).await?;
        let address = broker.connect_address();
        let url = BrokerUrl::parse(&format!("mqtt://{address}"))
            .map_err(|error| DemoError::ListenFailed { address, reason: error.message })?;
        let credentials = broker.internal_credentials();
        let login = Login {
            client_id: boards.client_id(),
            username: credentials.map(|credentials| credentials.user.clone()),
            password: credentials.map(|credentials| credentials.password.clone()),
        };
        let boards = spawn_boards(&boards, &Profile::from_broker_url(url.clone()), &login)?;
        Ok(Self { boards, broker, url })
    }

    /// The broker.
    #[must_use]
    pub const fn broker(&self) -> &EmbeddedBroker {
        &self.broker
    }

    /// The boards.
    #[must_use]
    pub fn boards(&self) -> &[BoardTask] {
        &self.boards
    }

    /// The address by which clients on this machine reach the broker, the boards among them.
    #[must_use]
    pub const fn url(&self) -> &BrokerUrl {
        &self.url
    }

    /// A profile named `demo` that reaches the broker from this very program, with a pass where one
    /// is asked for.
    #[must_use]
    pub fn profile(&self) -> Profile {
        let credentials = self.broker.internal_credentials();
        Profile {
            name: "demo".to_owned(),
            username: credentials.map(|credentials| credentials.user.clone()),
            password: credentials.map(|credentials| PasswordSource::Plain(credentials.password.clone())),
            ..Profile::from_broker_url(self.url.clone())
        }
    }

    /// Presses the button of the first board.
    pub fn press_button(&self, press: ButtonPress) {
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
