//! The scripts of tiles.

mod api;
mod limits;
mod scope;
mod tile_limits;
mod worker;
