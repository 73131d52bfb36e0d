//! Reads and writes the files: profiles, dashboards, settings and saved tile state.
//!
//! Problems in a file point at the exact characters. Files are written atomically, and edits of the program
//! keep the comments and the layout of a file.

mod app_paths;
mod bare_value;
mod check;
mod client_id;
mod dashboard;
mod decoder_rules;
mod document;
mod edit;
mod error;
mod file;
mod kept_deletion;
mod known_fields;
mod mask_passwords;
mod messages;
mod misplaced_key;
mod nesting;
mod open_tabs;
mod password_command;
mod problem;
mod profiles;
#[cfg(feature = "protobuf")]
mod protobuf_schema;
#[cfg(not(feature = "protobuf"))]
#[path = "protobuf_schema_disabled.rs"]
mod protobuf_schema;
mod proxy_variables;
mod remembered;
mod secret;
mod sent_messages;
mod serialize;
mod settings;
mod source;
mod state_cache;
mod state_file;
mod string_span;
mod template;
mod tile_line;
mod toml_value;
mod trust_store;
mod write;

pub use app_paths::{AppPaths, CONFIG_DIR_VARIABLE, expand_home};
pub use check::{CheckReport, check_files};
pub use client_id::{ClientId, ClientIdClaim, ClientIdConflict, claim_client_id, generate_client_id};
pub use dashboard::{load_dashboard, read_dashboard};
pub use decoder_rules::{DecoderRulesError, load_decoder_rules, read_decoder_rules};
pub use edit::{apply_dashboard_edit, apply_decoder_rule_edit, apply_profile_edit};
pub(crate) use edit::{apply_message_edit, edit_dashboard};
pub use error::ConfigError;
pub(crate) use kept_deletion::KeptDeletions;
pub(crate) use messages::load_messages;
pub use messages::read_messages;
pub(crate) use open_tabs::{load_open_tabs, save_open_tabs};
pub use problem::{Problem, Problems};
pub use profiles::{load_profiles, read_profiles};
pub(crate) use remembered::{load_remembered, save_remembered};
pub(crate) use state_cache::{load_state_cache, save_state_cache};
pub(crate) use tile_line::tile_line_number;
pub(crate) use trust_store::{load_grants, revoke_grants, save_grant, trust_store_problem};

pub use crate::model::edit::{DashboardEdit, ProfileEdit, Profiles};
pub(crate) use proxy_variables::proxy_from_environment;
pub(crate) use secret::ask_for_secrets;
pub use secret::{SecretRequest, resolve_secrets};
pub(crate) use sent_messages::{load_sent_messages, save_sent_message};
pub use serialize::{dashboard_to_toml, profiles_to_toml};
pub use settings::{KeymapOverridesValidator, load_settings, read_settings};
pub(crate) use write::open_state_log;
pub use write::{write_atomic, write_private};
