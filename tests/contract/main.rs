//! The contract between the board and its dashboard, held from both ends: the firmware's own core
//! runs behind the embedded broker, `dashboards/esp32.toml` is open in the app, and what one says the
//! other has to understand. A topic that is renamed on one side fails here.

#![cfg(feature = "demo")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod bench;
#[path = "../demo_client/mod.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod demo_client;
mod forwards;
mod reverse;
mod table;
