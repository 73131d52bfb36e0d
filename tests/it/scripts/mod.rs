//! The scripts of tiles.

mod api;
mod isolation;
mod limits;
mod scope;
mod tile_limits;
mod worker;
