//! Starts and stops the broker, the boards and the home of `mqtt-dash demo`.

use futures_util::future::join_all;

use super::{
    accounts::Credentials,
    board::{BoardIdentity, BoardSettings, ButtonPress, LampColor, LampMode},
    board_task::{BoardConfig, BoardTask},
    broker::{BrokerOptions, EmbeddedBroker},
    error::DemoError,
    home::{HomeOptions, task::HomeTask},
};
use crate::{
    model::profile::{BrokerUrl, PasswordSource, Profile, Secrets},
    mqtt::Login,
};

/// The client ID of the simulated home.
const HOME_CLIENT_ID: &str = "demo-home";

/// The options of the demo.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// How the broker starts. The client IDs of the boards and of the home are reserved in addition.
    pub broker: BrokerOptions,
    /// The boards.
    pub boards: BoardsOptions,
    /// The home; `None`: there are only boards.
    pub home: Option<HomeOptions>,
}

impl Default for DemoOptions {
    fn default() -> Self {
        let home = Some(HomeOptions::default());
        Self { broker: BrokerOptions::default(), boards: BoardsOptions::default(), home }
    }
}

/// The options of the simulated boards.
#[derive(Debug, Clone)]
pub struct BoardsOptions {
    /// The number of boards.
    pub count: usize,
    /// The ID of the first board; the others are `<id>-2`, `<id>-3`, …
    pub id: String,
    /// The initial settings of each board.
    pub settings: BoardSettings,
    /// Whether the boards publish camera images.
    pub camera: bool,
    /// The seed of the first board's environment; the others use the following numbers.
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
    /// Returns the default client ID of the first board, which is the same as that of the firmware.
    #[must_use]
    pub fn client_id(&self) -> String {
        format!("esp32-{}", self.id)
    }
}

/// Starts boards that connect to any broker. The first board uses the client ID of `login`, the others append
/// `-2`, `-3`, … to it.
///
/// # Errors
/// When the ID of a board is invalid.
pub fn spawn_boards(options: &BoardsOptions, profile: &Profile, login: &Login) -> Result<Vec<BoardTask>, DemoError> {
    (1..=options.count)
        .zip(options.seed..)
        .map(|(number, seed)| {
            let login = Login { client_id: numbered(&login.client_id, number), ..login.clone() };
            let identity = board_identity(numbered(&options.id, number), number);
            let config = BoardConfig { identity, settings: options.settings, seed, camera: options.camera };
            BoardTask::spawn(config, profile.clone(), login)
        })
        .collect()
}

/// Returns the name of a board: the first one has `name` itself.
fn numbered(name: &str, number: usize) -> String {
    if number == 1 { name.to_owned() } else { format!("{name}-{number}") }
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

/// A running demo. Dropping it stops it; [`Demo::stop`] also waits until its ports are free.
#[derive(Debug)]
pub struct Demo {
    boards: Vec<BoardTask>,
    home: Option<HomeTask>,
    broker: EmbeddedBroker,
    url: BrokerUrl,
}

impl Demo {
    /// Starts the broker, the boards and the home. Returns when the broker accepts connections; the others connect
    /// shortly after that.
    ///
    /// # Errors
    /// As [`EmbeddedBroker::start`] and [`spawn_boards`].
    pub async fn start(options: DemoOptions) -> Result<Self, DemoError> {
        let DemoOptions { broker: mut broker_options, boards, home } = options;
        let board_ids = (1..=boards.count).map(|number| numbered(&boards.client_id(), number));
        broker_options.reserved_client_ids.extend(board_ids.chain([HOME_CLIENT_ID.to_owned()]));
        let broker = EmbeddedBroker::start_with(broker_options).await?;
        let address = broker.connect_address();
        let url = BrokerUrl::parse(&format!("mqtt://{address}"))
            .map_err(|error| DemoError::ListenFailed { address, reason: error.message })?;
        let Credentials { user, password } = broker.credentials().clone();
        let login = Login {
            client_id: boards.client_id(),
            username: Some(user),
            secrets: Secrets::password_only(password.into()),
            ..Login::default()
        };
        let profile = Profile::from_broker_url(url.clone());
        let boards = spawn_boards(&boards, &profile, &login)?;
        let login = Login { client_id: HOME_CLIENT_ID.to_owned(), ..login };
        let home = home.map(|home| HomeTask::spawn(&home, profile, login));
        Ok(Self { boards, home, broker, url })
    }

    /// Returns the broker.
    #[must_use]
    pub const fn broker(&self) -> &EmbeddedBroker {
        &self.broker
    }

    /// Returns the URL of the broker for clients on this machine.
    #[must_use]
    pub(crate) const fn url(&self) -> &BrokerUrl {
        &self.url
    }

    /// Returns a profile named `demo` with which this program connects to the broker. Its credentials keep other
    /// clients from taking over the client ID, also if the broker requires no login.
    #[must_use]
    pub fn profile(&self) -> Profile {
        let Credentials { user, password } = self.broker.credentials().clone();
        Profile {
            name: "demo".to_owned(),
            username: Some(user),
            password: Some(PasswordSource::Plain(password.into())),
            ..Profile::from_broker_url(self.url.clone())
        }
    }

    /// Presses the button of the first board.
    pub fn press_button(&self, press: ButtonPress) {
        if let Some(board) = self.boards.first() {
            board.press_button(press);
        }
    }

    /// Stops the boards, the home and the broker, and waits until they have ended.
    pub async fn stop(self) {
        let Self { boards, home, broker, .. } = self;
        let stop_boards = join_all(boards.into_iter().map(BoardTask::stop));
        tokio::join!(stop_boards, join_all(home.map(HomeTask::stop)));
        broker.stop().await;
    }
}
