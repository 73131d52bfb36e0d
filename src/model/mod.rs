//! What things are: profiles, dashboards, tiles and what they show. No screen, no socket, no disk,
//! no clock.

pub mod field;
pub mod key;
pub mod line;
pub mod profile;
pub mod time;
pub mod topic;
pub mod value;
