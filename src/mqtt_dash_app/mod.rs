//! Import from and export to the Android app MQTT Dash. Its format is a JSON list of tiles, which the app
//! publishes on `metrics/exchange` and which users share as files.
//!
//! The import accepts what real files contain: any order of keys, missing keys, integers and floats, text
//! around the list, Windows-1252, numbers and booleans as text and the other way round, copies out of chats and mails,
//! JSON that is not strict, damaged tiles. It names files that are no exports. It corrects values that a dashboard file cannot hold and
//! reports each with an [`ImportNote`].
//!
//! Fields that an export of the imported tile would not reproduce (the app's IDs, its last payload, the
//! original of a corrected value) are preserved in the tile's `mqtt_dash`, so that an export returns the
//! file key by key. A preserved field is exported only as long as importing it again gives the same tile,
//! so an edited tile exports its edited values.
//!
//! White is the app's default color: it stands for a color that is not set, in both directions.
//!
//! | module | what it does |
//! |---|---|
//! | `readings` | undoes what copying has done to a text |
//! | `scanner` | finds the list of tiles in a text and its damaged parts |
//! | `foreign_file` | what a file without tiles seems to be |
//! | `import`, `tile_reader`, `tile_import` | convert and correct the tiles |
//! | `preserved`, `id_allocator` | the preserved fields and the app's IDs |
//! | `export`, `toml_text` | write the app's format, and an imported dashboard as TOML |
//! | `app_keys`, `value_format`, `argb` | the keys of the app and the formats of their values; each tile kind has its own |
//! | `compatibility` | the tables behind `docs/compatibility.md` |

mod app_keys;
mod argb;
pub mod compatibility;
mod error;
mod export;
mod foreign_file;
mod id_allocator;
mod import;
mod preserved;
mod readings;
mod scanner;
mod tile_import;
mod tile_reader;
mod toml_text;
mod value_format;

pub(crate) use error::ImportError;
pub use export::{export, omitted_settings, omitted_tiles};
pub use import::{ImportNote, ImportedDashboard, import};
pub use toml_text::import_to_toml;

/// The maximum size of an import in bytes.
pub const MAX_BYTES: usize = 8 << 20;

/// The maximum number of tiles in an import.
pub const MAX_TILES: usize = 10_000;

/// A tile in the app's format: its keys and values.
type AppTile = serde_json::Map<String, serde_json::Value>;
