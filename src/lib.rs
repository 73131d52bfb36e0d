//! mqtt-dash: a dashboard for MQTT in the terminal. This page is the map.
//!
//! ```text
//!    broker            keyboard, mouse             files
//!      │                     │                       │
//!   ┌──▼───┐            ┌────▼───┐              ┌────▼───┐
//!   │ mqtt │            │   ui   │              │ store  │     outside: socket, screen, disk
//!   └──┬───┘            └────┬───┘              └────┬───┘
//!      │ Event        Action │ ▲ reads &App          │ what files say
//!      └───────────┐         │ │           ┌─────────┘
//!                ┌─▼─────────▼─┴───────────▼─┐
//!                │   run   (the only loop)   │  events in → app.update → commands out → a frame
//!                └────────────┬──────────────┘
//!                       ┌─────▼─────┐
//!                       │    app    │   what happens next     Event → App → Vec<Command>
//!                       └─────┬─────┘
//!                       ┌─────▼─────┐
//!                       │   model   │   what things are       Profile Dashboard Tile Kind Face
//!                       └───────────┘
//! ```
//!
//! The rule in one sentence: **the core (`model`, `app`) knows no screen, no socket, no disk and no
//! clock.** Imports point down only, and the outside rooms never import each other; a test
//! (`tests/house.rs`) reads the sources and keeps it so. Only `run`, `demo`, `cli` and `main` see all.
//!
//! Three words for three directions: an *Event* happened, an *Action* is wished, a *Command* is owed.
//!
//! | I want to… | go to |
//! |---|---|
//! | add a kind of tile | a new `model/kind/x.rs` and its two lines in `model/kind/mod.rs` |
//! | add a look | a new `ui/face/x.rs`, a variant in `model/face.rs`, the arm the compiler asks for |
//! | change how a switch reads its payload | `model/kind/switch.rs` |
//! | change how a switch looks | `ui/face/toggle.rs` |
//! | add a key of the files | one row in the `KEYS` of the struct of that name in `model` |
//! | change a key or its help | one row in `ui/keys.rs` |
//! | change a colour | `ui/theme.rs` |
//! | change how tiles wrap | `model/grid.rs` |
//! | reconnecting, TLS, quality of service | `mqtt` |
//! | where files live, what is said of a bad one | `store` |
//! | a save in an editor that is not seen | `watch` |
//! | what happens on an event | `app` |
//! | managing tiles, dashboards, connections | `app/manage`; its keys are in `ui/manage_keys.rs` |
//! | a form, its fields, what fills them | `app/form`, `ui/form.rs` |
//! | saving, undo | `run/keep.rs`, `store/edit` |
//! | frame rate, batching | `run` |
//! | the embedded broker and the simulated board | `demo` |
//! | what the board does, simulated or real | `device/core`, in C |
//! | a subcommand | its file in `cli` |
//!
//! **Packet → tile → screen.** `mqtt` polls and forwards in batches through a bounded channel, a batch
//! being one piece of memory; `run` gives them to `App::update`: the router finds the tiles, each keeps
//! its last messages. Before a frame `App::settle` works out what only the last message decides (JSON
//! path, faults), so a flood costs one look for each message and one extraction for each tile and
//! frame; tiles that share a payload have it read once. `ui::frame_bytes` is a pure function of the app and the
//! time; what differs from the last frame is sent as one piece by a writer of its own, and while that
//! is busy frames are skipped, messages are not. What this costs is counted in `tests/costs.rs`.
//!
//! **Key → publish → echo.** A key becomes an Action by the table in `ui/keys.rs`; the tile's kind
//! answers with a Reply; a Command goes to the line's outbox; receipts tell how far it has come, and
//! only a message on the tile's topic confirms it. Nothing that is pressed waits for the network.

pub mod app;
pub mod cli;
pub mod config;
#[cfg(feature = "demo")]
pub mod demo;
pub mod media;
pub mod model;
pub mod mqtt;
pub mod mqtt_dash_app;
pub mod runtime;
pub mod script;
pub mod ui;
pub mod watch;
