//! The contract between the firmware and its dashboard, tested from both sides: the firmware's own core
//! runs behind the embedded broker, and `dashboards/esp32.toml` is open in the program. A topic that is
//! renamed on one side fails here.

mod contract;
mod publishing;
mod subscribing;
