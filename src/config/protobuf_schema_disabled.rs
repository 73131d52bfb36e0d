//! Stands for the schemas of Protocol Buffers in a build without them.

use std::path::{Path, PathBuf};

use crate::{decode::MessageType, model::value::ValidationError};

/// The schemas, none of which is read.
pub(super) struct Schemas;

impl Schemas {
    /// Creates the schemas of a folder.
    pub const fn new(_folder: &Path) -> Self {
        Self
    }

    /// Returns that there is none.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_self, reason = "as in a build with them")]
    pub fn message_type(&mut self, _schema: &str, _name: &str) -> Result<MessageType, (&'static str, ValidationError)> {
        let error = ValidationError::new("this program was built without Protocol Buffers");
        Err(("schema", error.with_help("build it with the feature `protobuf`")))
    }

    /// Returns no files.
    #[expect(clippy::unused_self, reason = "as in a build with them")]
    pub fn into_files(self) -> Vec<PathBuf> {
        Vec::new()
    }
}
