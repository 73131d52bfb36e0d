//! Loads the settings.

use std::path::Path;

use super::{document::Document, file::read_text, problem::Problems};
use crate::model::{
    settings::{KeymapOverrides, Settings},
    value::ValidationError,
};

/// Says what is wrong with other keys for actions: which actions and keys there are is not known here.
pub type KeyPatchValidator<'a> = &'a dyn Fn(&KeymapOverrides) -> Vec<ValidationError>;

/// Loads the settings of this file. A file that is not there says nothing.
///
/// # Errors
/// Everything that is wrong with the file.
pub fn load_settings(path: &Path, validate_keys: KeyPatchValidator) -> Result<Settings, Problems> {
    if matches!(path.try_exists(), Ok(false)) {
        return Ok(Settings::default());
    }
    read_settings(&path.display().to_string(), &read_text(path)?, validate_keys)
}

/// Reads settings out of a text; `name` stands for it in problems.
///
/// # Errors
/// Everything that is wrong with the text.
pub fn read_settings(name: &str, text: &str, validate_keys: KeyPatchValidator) -> Result<Settings, Problems> {
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
