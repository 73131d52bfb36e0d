//! The disk: where files live, reading them with problems that point at the very characters, and
//! writing them whole or not at all.

mod dashboard;
mod depth;
mod file;
mod mask;
mod problem;
mod profiles;
mod read;
mod source;
mod within;

pub use dashboard::{load_dashboard, read_dashboard};
pub use problem::{Problem, Problems, Severity};
pub use profiles::{Profiles, load_profiles, read_profiles};
pub use source::Source;
