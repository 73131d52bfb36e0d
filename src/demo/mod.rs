//! What stands behind `mqtt-dash demo`: an embedded broker and a simulated ESP32 that speaks to it
//! over a socket like any other client. Nothing of it needs a network, a file or a server.
//!
//! ```text
//!   any client ──── broker ──── mqtt ──── client ──┬── board ──── device/core, in C
//!                     │                            ├── ports ──── world ──── camera
//!                  accounts                        └── finger
//! ```
//!
//! The board is the firmware's own core: time, messages, sensors and the button are handed in (see
//! [`board`]). It reaches its broker, this one or any other, by the same [`crate::mqtt::Client`] as the
//! dashboard.

pub mod accounts;
pub mod board;
pub mod board_task;
pub mod broker;
pub mod button;
pub mod camera;
pub mod device_port;
pub mod environment;
pub mod error;
mod listener;
pub mod run;

pub use accounts::Access;
pub use board::ButtonPress;
pub use broker::EmbeddedBroker;
pub use error::DemoError;
pub use run::{BoardsOptions, Demo, DemoOptions, spawn_boards};
