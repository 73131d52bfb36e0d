//! Reads the schemas of Protocol Buffers: `.proto` files with what they import, and descriptor sets as `protoc` writes them.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use protox::Compiler;

use crate::{
    decode::{MessageType, MessageTypeError},
    model::value::{ValidationError, did_you_mean},
    panics::contain,
};

/// The most bytes of a descriptor set.
const MAX_BYTES: u64 = 16 << 20;
/// The most types that a message lists.
const MAX_LISTED_TYPES: usize = 8;

/// The schemas in the files of a folder. Each file is read once.
pub(super) struct Schemas {
    folder: PathBuf,
    by_path: HashMap<PathBuf, Result<Vec<u8>, String>>,
}

impl Schemas {
    /// Creates the schemas of a folder, none of which has been read.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), by_path: HashMap::new() }
    }

    /// Returns a type of a schema.
    ///
    /// # Errors
    /// The key of a rule that is wrong, and why.
    pub fn message_type(&mut self, schema: &str, name: &str) -> Result<MessageType, (&'static str, ValidationError)> {
        let path = self.folder.join(super::expand_home(Path::new(schema)));
        let folder = self.folder.clone();
        let read = self.by_path.entry(path.clone()).or_insert_with(|| read(&path, &folder));
        let descriptors =
            read.as_ref().map_err(|reason| ("schema", ValidationError::new(format!("{schema} {reason}"))))?;
        // The library panics on some descriptor sets that no compiler writes.
        let damaged = |_| ("schema", ValidationError::new(format!("{schema} is no schema: it is damaged")));
        let message_type = contain(|| MessageType::from_descriptor_set(descriptors, name)).map_err(damaged)?;
        message_type.map_err(|error| match error {
            MessageTypeError::InvalidSchema(reason) => {
                ("schema", ValidationError::new(format!("{schema} is no schema: {reason}")))
            }
            MessageTypeError::Unknown(name, known) => {
                let names = || known.iter().map(String::as_str);
                let listed: Vec<&str> = names().take(MAX_LISTED_TYPES).collect();
                let more = if known.len() > listed.len() { ", …" } else { "" };
                let all = || format!("its message types are {}{more}", listed.join(", "));
                let error = ValidationError::new(format!("{schema} has no message type `{name}`"));
                ("message_type", error.with_help(did_you_mean(&name, names()).unwrap_or_else(all)))
            }
        })
    }

    /// Returns the files that were read, or that there are not.
    pub fn into_paths(self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = self.by_path.into_keys().collect();
        paths.sort();
        paths
    }
}

/// Returns the descriptor set of a schema, with what it imports: from the folder of the schema, or from that of the rules.
///
/// # Errors
/// What is wrong with the file, as the end of a sentence.
fn read(path: &Path, folder: &Path) -> Result<Vec<u8>, String> {
    let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > MAX_BYTES {
        return Err("is no schema: it is too large".to_owned());
    }
    if path.extension().is_none_or(|extension| extension != "proto") {
        return std::fs::read(path).map_err(unreadable);
    }
    let own_folder = path.parent().unwrap_or_else(|| Path::new(""));
    // A path below the folder of the rules is one that `import` names, too.
    let includes = if path.starts_with(folder) { [folder, own_folder] } else { [own_folder, folder] };
    let mut compiler = Compiler::new(includes).map_err(|error| format!("cannot be read: {error}"))?;
    let compile = || {
        let compiled = compiler.include_imports(true).open_file(path);
        compiled.map(|compiler| compiler.encode_file_descriptor_set()).map_err(|error| error.to_string())
    };
    let compiled = contain(compile).unwrap_or_else(|_| Err("the compiler has failed".to_owned()));
    compiled.map_err(|reason| format!("is no schema: {reason}"))
}
