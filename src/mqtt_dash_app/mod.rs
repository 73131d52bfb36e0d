//! MQTT Dash's own file, both ways: a JSON list of tiles, which the app publishes on
//! `metrics/exchange` and people share.
//!
//! Import takes what real files hold: any order of keys, missing keys, either form of a number, text
//! around the list, Windows-1252, damage. What this program cannot load is mended, and a [`ImportNote`]
//! says so. What differs from that which an export of the tile would say (the app's ids, its last
//! payload, a value that was mended) is kept in the tile's `mqtt_dash`, so that an export gives the
//! file back, key by key. A tile that was edited since exports what it is now: a kept key counts
//! only while reading it changes nothing.
//!
//! White is the app's plain colour: it stands for a colour that is left out, both ways.

mod app_keys;
mod argb;
pub mod compatibility;
mod error;
mod export;
mod id_allocator;
mod import;
mod preserved;
mod scanner;
mod tile_import;
mod tile_reader;
mod toml_text;
mod value_format;

pub use error::{DamagedTile, ImportError};
pub use export::export;
pub use import::{ImportNote, ImportedDashboard, import};
pub use toml_text::import_to_toml;

/// The topic on which the app exchanges its tiles.
pub const EXCHANGE_TOPIC: &str = "metrics/exchange";

/// The most bytes that are read.
pub const MAX_BYTES: usize = 8 << 20;

/// The most tiles that are read.
pub const MAX_TILES: usize = 10_000;

/// A tile of the app: its keys and values.
type AppTile = serde_json::Map<String, serde_json::Value>;
