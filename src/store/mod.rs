//! The disk: where files live, reading them with problems that point at the very characters, and
//! writing them whole or not at all.

mod agreed;
mod check;
mod client_id;
mod dashboard;
mod depth;
mod edit;
mod fault;
mod file;
mod line;
mod mask;
mod memory;
mod places;
mod problem;
mod profiles;
mod read;
mod secret;
mod settings;
mod source;
mod text;
mod within;
mod write;

pub use agreed::{agree, agreed};
pub use check::{Report, check};
pub use client_id::{client_id, fresh_client_id};
pub use dashboard::{load_dashboard, read_dashboard};
pub use edit::{apply, apply_to_profiles};
pub use fault::StoreFault;
pub use line::line_of_tile;
pub use memory::{keep, recall};
pub use places::{CONFIG_DIR_VARIABLE, Places, expand_home};
pub use problem::{Problem, Problems, Severity};
pub use profiles::{load_profiles, read_profiles};

pub use crate::model::edit::{DashboardEdit, ProfileEdit, Profiles};
pub use secret::resolve;
pub use settings::{Judge, load_settings, read_settings};
pub use text::{dashboard_text, profiles_text};
pub use write::{write_private, write_whole};
