//! Reads the schemas of Protocol Buffers: `.proto` files with what they import, and descriptor sets as `protoc` writes them.

use std::{
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
};

use protox::Compiler;

use crate::{
    decode::{MessageType, MessageTypeError, Schema},
    model::value::{ValidationError, did_you_mean},
    panics::contain,
};

/// The most bytes of a descriptor set.
const MAX_BYTES: u64 = 16 << 20;
/// The most types that a message lists.
const MAX_LISTED_TYPES: usize = 8;
/// The most files of a folder that a schema with a mistake may import.
const MAX_FILES_OF_FOLDER: usize = 64;

/// The schemas in the files of a folder. Each file is read once.
pub(super) struct Schemas {
    folder: PathBuf,
    by_path: HashMap<PathBuf, Result<Schema, String>>,
    /// The files that were read, or that there are not.
    files: BTreeSet<PathBuf>,
}

impl Schemas {
    /// Creates the schemas of a folder, none of which has been read.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), by_path: HashMap::new(), files: BTreeSet::new() }
    }

    /// Returns a type of a schema.
    ///
    /// # Errors
    /// The key of a rule that is wrong, and why.
    pub fn message_type(&mut self, schema: &str, name: &str) -> Result<MessageType, (&'static str, ValidationError)> {
        let path = self.folder.join(super::expand_home(Path::new(schema)));
        let (folder, files) = (&self.folder, &mut self.files);
        let schema_of = || read(&path, folder, files).and_then(|descriptors| decode(&descriptors));
        let read = self.by_path.entry(path.clone()).or_insert_with(schema_of);
        let read = read.as_ref().map_err(|reason| ("schema", ValidationError::new(format!("{schema} {reason}"))))?;
        read.message_type(name).map_err(|error| match error {
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

    /// Returns the files that were read, or that there are not, in order.
    pub fn into_files(self) -> Vec<PathBuf> {
        self.files.into_iter().collect()
    }
}

/// Reads a descriptor set.
///
/// # Errors
/// What is wrong with it, as the end of a sentence.
fn decode(descriptors: &[u8]) -> Result<Schema, String> {
    // The library panics on some descriptor sets that no compiler writes.
    let schema = contain(|| Schema::from_descriptor_set(descriptors)).map_err(|_| "is no schema: it is damaged")?;
    schema.map_err(|error| match error {
        MessageTypeError::InvalidSchema(reason) => format!("is no schema: {reason}"),
        error @ MessageTypeError::Unknown(..) => error.to_string(),
    })
}

/// Returns the descriptor set of a schema, with what it imports: from the folder of the schema, or from that of the rules. Adds
/// the files that were read; if there is a mistake, also those that may be imported.
///
/// # Errors
/// What is wrong with the file, as the end of a sentence.
fn read(path: &Path, folder: &Path, files: &mut BTreeSet<PathBuf>) -> Result<Vec<u8>, String> {
    files.insert(path.to_owned());
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
        compiler.include_imports(true).open_file(path).map_err(|error| error.to_string())?;
        let imported: Vec<PathBuf> = compiler.files().filter_map(|file| Some(file.path()?.to_owned())).collect();
        Ok((compiler.encode_file_descriptor_set(), imported))
    };
    let compiled = contain(compile).unwrap_or_else(|_| Err("the compiler has failed".to_owned()));
    match compiled {
        Ok((descriptors, imported)) => {
            files.extend(imported);
            Ok(descriptors)
        }
        Err(reason) => {
            files.extend(includes.into_iter().flat_map(proto_files));
            Err(format!("is no schema: {reason}"))
        }
    }
}

/// Returns the `.proto` files of a folder.
fn proto_files(folder: &Path) -> Vec<PathBuf> {
    let paths = std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let is_proto = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "proto");
    paths.filter(is_proto).take(MAX_FILES_OF_FOLDER).collect()
}
