//! Reads `settings.toml`.

use std::path::Path;

use super::{document::Document, file::read_text, problem::Problems};
use crate::model::{
    settings::{KeymapOverrides, Settings},
    value::ValidationError,
};

/// A function that validates key bindings. The caller provides it, because this module does not know the
/// actions and keys.
pub type KeymapOverridesValidator<'a> = &'a dyn Fn(&KeymapOverrides) -> Vec<ValidationError>;

/// Loads the settings from a file. If the file does not exist, returns the defaults.
///
/// # Errors
/// All problems of the file.
pub fn load_settings(path: &Path, validate_keys: KeymapOverridesValidator) -> Result<Settings, Problems> {
    if matches!(path.try_exists(), Ok(false)) {
        return Ok(Settings::default());
    }
    read_settings(&path.display().to_string(), &read_text(path)?, validate_keys)
}

/// Parses the text of a settings file. `name` is the file name in problems.
///
/// # Errors
/// All problems of the text.
pub fn read_settings(name: &str, text: &str, validate_keys: KeymapOverridesValidator) -> Result<Settings, Problems> {
    let mut document = Document::parse(name, text);
    let root = document.root();
    let mut settings = Settings::default();
    document.read_into(&root, &mut settings, &[]);
    for error in validate_keys(&settings.keys) {
        document.add_validation_error(&root, error.prepend_key("keys"));
    }
    let mut problems = document.problems;
    problems.sort();
    if problems.error_count() == 0 { Ok(settings) } else { Err(problems) }
}
