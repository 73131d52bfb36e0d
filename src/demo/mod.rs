//! What stands behind `mqtt-dash demo`: an embedded broker and a simulated ESP32 that speaks to it
//! over a socket like any other client. Nothing of it needs a network, a file or a server.
//!
//! ```text
//!   any client ──── broker ──── client ──┬── board ──── stand_in
//!                     │                  ├── world
//!                  accounts              └── camera
//! ```
//!
//! The board is pure: time, messages and sensors are handed in (see [`board`]).

pub mod accounts;
pub mod board;
pub mod broker;
pub mod camera;
pub mod client;
pub mod fault;
pub mod run;
pub mod world;

pub use accounts::Access;
pub use board::Press;
pub use broker::Broker;
pub use fault::DemoFault;
pub use run::{BoardsPlan, Demo, DemoPlan, run_boards};
