//! The promises of `docs/reliability.md`, measured. Each promise has a quick test that always runs; those
//! that take minutes run on request:
//! `cargo test --release --test it reliability -- --ignored --nocapture --test-threads=1`.

mod backoff;
mod blocked_terminal;
mod broker_services;
mod certificates;
#[cfg(all(unix, feature = "mosquitto-tests"))]
mod client_keys;
mod closed_clients;
mod connection_errors;
mod disruptions;
mod fuzzing;
mod keep_alive;
#[cfg(feature = "mosquitto-tests")]
mod monkey;
mod packets;
mod printed_text;
mod saves;
mod secrets;
mod security_banners;
mod soak;
mod subcommands;
mod untrusted_text;
