//! The scripts of tiles.

mod api;
#[cfg(target_os = "linux")]
mod attacks;
mod isolation;
mod limits;
#[cfg(target_os = "linux")]
mod processes;
#[cfg(all(target_os = "linux", feature = "demo"))]
mod program;
mod scope;
#[cfg(target_os = "linux")]
mod stopped;
mod tile_limits;
mod worker;
