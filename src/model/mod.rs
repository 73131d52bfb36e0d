//! Definitions and state of profiles, dashboards and tiles, and the content that tiles display. This
//! module uses no terminal, no socket, no disk and no clock.

pub mod access;
pub mod batch;
pub mod color;
pub mod connection;
pub mod content;
pub mod dashboard;
pub mod edit;
pub mod error;
pub mod field_value;
pub mod grid;
pub(crate) mod history;
pub(crate) mod icon;
pub mod id;
pub mod json_path;
pub mod kind;
pub(crate) mod media;
pub mod message;
pub mod mqtt_dash;
pub mod permission;
pub(crate) mod plural;
pub(crate) mod preserved_fields;
pub mod profile;
pub mod router;
pub mod schema;
pub mod script;
pub mod script_view;
pub mod settings;
pub(crate) mod state_cache;
pub mod tile;
pub mod tile_state;
pub mod tile_value;
pub mod time;
pub mod topic;
pub(crate) mod unsafe_char;
pub mod value;
