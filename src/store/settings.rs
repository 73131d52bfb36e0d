//! Loads the settings.

use std::path::Path;

use super::{file::read_text, problem::Problems, read::Document};
use crate::model::{
    settings::{KeymapOverrides, Settings},
    value::ValidationError,
};

/// Says what is wrong with other keys for actions: which actions and keys there are is not known here.
pub type Judge<'a> = &'a dyn Fn(&KeymapOverrides) -> Vec<ValidationError>;

/// Loads the settings of this file. A file that is not there says nothing.
///
/// # Errors
/// Everything that is wrong with the file.
pub fn load_settings(path: &Path, judge: Judge) -> Result<Settings, Problems> {
    if matches!(path.try_exists(), Ok(false)) {
        return Ok(Settings::default());
    }
    read_settings(&path.display().to_string(), &read_text(path)?, judge)
}

/// Reads settings out of a text; `name` stands for it in problems.
///
/// # Errors
/// Everything that is wrong with the text.
pub fn read_settings(name: &str, text: &str, judge: Judge) -> Result<Settings, Problems> {
    let mut document = Document::parse(name, text);
    let root = document.root();
    let mut settings = Settings::default();
    document.read(&root, &mut settings, &[]);
    for complaint in judge(&settings.keys) {
        document.complain(&root, complaint.prepend_key("keys"));
    }
    let mut problems = document.problems;
    problems.sort();
    if problems.errors() == 0 { Ok(settings) } else { Err(problems) }
}
