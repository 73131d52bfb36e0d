//! What things are: profiles, dashboards, tiles and what they show. No screen, no socket, no disk,
//! no clock.

pub mod color;
pub mod dashboard;
pub mod edit;
pub mod extract;
pub mod face;
pub mod fault;
pub mod field;
pub mod grid;
pub mod history;
pub mod icon;
pub mod kept;
pub mod key;
pub mod kind;
pub mod line;
pub mod memory;
pub mod picture;
pub mod profile;
pub mod reading;
pub mod router;
pub mod script;
pub mod settings;
pub mod state;
pub mod tile;
pub mod time;
pub mod topic;
pub mod value;
mod walk;
