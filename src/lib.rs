//! mqtt-dash, a dashboard for MQTT in the terminal.
//!
//! The library exists for the `mqtt-dash` binary, its tests and its benchmarks. It makes **no semver
//! promise**: any release may change any item.
//!
//! The design is [The Elm Architecture](https://guide.elm-lang.org/architecture/): an [`app::Event`] goes
//! into [`app::App::update`], which changes the state and returns [`app::Effect`]s for the runtime to
//! execute; [`ui::draw`] draws the state. [`model`] and [`app`] are the core. They know no terminal, no
//! socket, no disk and no clock.
//!
//! | module | contents |
//! |---|---|
//! | [`model`] | profiles, dashboards, tiles, topics, values |
//! | [`app`] | the state of the program and `update` |
//! | [`ui`] | draws the state; turns keys and clicks into actions |
//! | [`mqtt`] | one task per connection: TLS, subscriptions, publish requests |
//! | [`decode`] | decoders of payloads: CBOR, `MessagePack`, compressed data |
//! | [`config`] | reads and writes profiles, dashboards, settings and saved tile state |
//! | [`watch`] | reports changed files |
//! | [`script`] | runs the JavaScript of tiles in a sandbox |
//! | [`media`] | fetches and decodes images |
//! | [`mqtt_dash_app`] | imports from and exports to the Android app MQTT Dash |
//! | [`file_access`] | who else on this machine can read or write a file |
//! | [`panics`] | which panics end the program |
//! | `demo` | an embedded broker, a simulated ESP32 board and a simulated home; needs the feature `demo` |
//! | [`runtime`] | the event loop, and what executes effects |
//! | [`cli`] | the command line: one file per subcommand |
//!
//! `docs/ARCHITECTURE.md` in the repository describes how the modules work together, which of them may
//! import which, and where to start for a given change.

// The documentation is for contributors, who build it with `--document-private-items`.
#![allow(rustdoc::private_intra_doc_links)]

pub mod app;
pub mod cli;
pub mod config;
pub mod decode;
#[cfg(feature = "demo")]
pub mod demo;
mod file_access;
#[cfg(feature = "images")]
pub mod media;
pub mod model;
pub mod mqtt;
pub mod mqtt_dash_app;
pub mod panics;
pub mod runtime;
#[cfg(feature = "scripts")]
pub mod script;
pub mod ui;
pub mod watch;
