//! MQTT Dash's own file, both ways: a JSON list of tiles, which the app publishes on
//! `metrics/exchange` and people share.
//!
//! Import takes what real files hold: any order of keys, missing keys, either form of a number, text
//! around the list, Windows-1252, damage. What this program cannot load is mended, and a [`Note`]
//! says so. What differs from that which an export of the tile would say (the app's ids, its last
//! payload, a value that was mended) is kept in the tile's `mqtt_dash`, so that an export gives the
//! file back, key by key. A tile that was edited since exports what it is now: a kept key counts
//! only while reading it changes nothing.
//!
//! White is the app's plain colour: it stands for a colour that is left out, both ways.

mod argb;
pub mod compatibility;
mod draft;
mod export;
mod fault;
mod find;
mod form;
mod fresh;
mod import;
mod kept;
mod keys;
mod read;
mod text;

pub use export::export;
pub use fault::{Damaged, ImportFault};
pub use import::{Imported, Note, import};
pub use text::imported_text;

/// The topic on which the app exchanges its tiles.
pub const TOPIC: &str = "metrics/exchange";

/// The most bytes that are read.
pub const MAX_BYTES: usize = 8 << 20;

/// The most tiles that are read.
pub const MAX_TILES: usize = 10_000;

/// A tile of the app: its keys and values.
type Object = serde_json::Map<String, serde_json::Value>;
