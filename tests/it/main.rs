//! The integration tests, one module per area. The fixtures are in `tests/fixtures`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../fixtures/mod.rs"]
mod fixtures;

mod architecture;
#[cfg(all(unix, feature = "demo", feature = "images", feature = "scripts"))]
mod bad_inputs;
mod config;
#[cfg(feature = "demo")]
mod demo;
mod documentation;
mod file_watcher;
#[cfg(feature = "demo")]
mod firmware_contract;
mod frames;
mod json_paths;
#[cfg(all(feature = "images", feature = "scripts"))]
mod media;
#[cfg(feature = "mosquitto-tests")]
mod mosquitto;
mod mqtt_dash_app;
#[cfg(feature = "scripts")]
mod mqtt_dash_behavior;
#[cfg(all(unix, feature = "demo", feature = "images", feature = "scripts"))]
mod reliability;
#[cfg(feature = "scripts")]
mod scripts;
mod supply_chain;
#[cfg(all(unix, feature = "demo", feature = "images", feature = "scripts"))]
mod terminal;
