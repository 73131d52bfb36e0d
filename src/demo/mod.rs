//! The demo (`mqtt-dash demo`): an embedded broker, simulated ESP32 boards and a simulated home, which connect to it over
//! TCP like any other client. It needs no network, no files and no server.
//!
//! ```text
//!   any client ──── broker ──── mqtt::Client ──── board_task ──┬── board ──── device/core, in C
//!                     │                                        ├── device_port ──── environment ──── camera
//!                     ├── accounts                             └── button
//!                     └────── mqtt::Client ──── home
//! ```
//!
//! A board runs the firmware's core and passes it the time, messages, sensor readings and the button (see
//! [`board`]). It connects to its broker, this one or any other, with the same [`crate::mqtt::Client`] as the
//! dashboard, and so does the [`home`].

pub mod accounts;
pub(crate) mod board;
pub mod board_task;
pub mod broker;
pub(crate) mod button;
pub(crate) mod camera;
pub(crate) mod device_port;
pub(crate) mod environment;
pub(crate) mod error;
pub(crate) mod home;
pub(crate) mod run;

pub use accounts::Access;
pub use board::ButtonPress;
pub use broker::{BrokerOptions, EmbeddedBroker, WebOrigin};
pub use error::DemoError;
pub use home::HomeOptions;
pub use run::{BoardsOptions, Demo, DemoOptions, spawn_boards};
