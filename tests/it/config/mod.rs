//! Configuration files: reading, validating, editing and writing them.

mod diagnostics;
mod edits;
mod files;
mod random_edits;
mod round_trip;
mod settings;
pub mod strategies;
