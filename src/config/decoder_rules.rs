//! Reads `decoders.toml`, with the schemas that its rules name.

use std::path::{Path, PathBuf};

use toml::{Spanned, de::DeValue};

use super::{
    document::{Document, TomlNode},
    file::read_text,
    problem::Problems,
    protobuf_schema::Schemas,
    toml_value::value_at,
};
use crate::{
    decode::Decoder,
    model::{
        decoder_rule_entry::DecoderRuleEntry,
        decoder_rules::{DecoderRule, DecoderRules, LoadedDecoderRules},
        value::ValidationError,
    },
};

/// Why rules cannot be read.
#[derive(Debug)]
pub struct DecoderRulesError {
    /// What is wrong with the file and its schemas.
    pub problems: Problems,
    /// The files of schemas whose change can make it right.
    pub schemas: Vec<PathBuf>,
}

impl From<Problems> for DecoderRulesError {
    fn from(problems: Problems) -> Self {
        Self { problems, schemas: Vec::new() }
    }
}

/// The key of the list of rules.
pub(super) const RULE: &str = "rule";

/// Loads the rules from a file. A file that does not exist has none.
///
/// # Errors
/// All problems of the file and of its schemas.
pub fn load_decoder_rules(path: &Path) -> Result<LoadedDecoderRules, DecoderRulesError> {
    if matches!(path.try_exists(), Ok(false)) {
        return Ok(LoadedDecoderRules::default());
    }
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    read_decoder_rules(&path.display().to_string(), &read_text(path)?, folder)
}

/// Parses the text of a file of rules. `name` is the file name in problems; `folder` is the base of relative paths.
///
/// # Errors
/// All problems of the text and of the schemas.
pub fn read_decoder_rules(name: &str, text: &str, folder: &Path) -> Result<LoadedDecoderRules, DecoderRulesError> {
    let mut schemas = Schemas::new(folder);
    let mut rules = Vec::new();
    let entries = read_entries(name, text, |entry| {
        rules.extend(resolve(entry, &mut schemas)?);
        Ok(())
    });
    let schemas = schemas.into_files();
    match entries {
        Ok(entries) => Ok(LoadedDecoderRules { rules: DecoderRules::new(rules), entries, schemas }),
        Err(problems) => Err(DecoderRulesError { problems, schemas }),
    }
}

/// Parses the text of a file of rules, without the schemas.
///
/// # Errors
/// All problems of the text.
pub(super) fn entries_of(name: &str, text: &str) -> Result<Vec<DecoderRuleEntry>, Problems> {
    read_entries(name, text, |_| Ok(()))
}

/// Parses the text of a file of rules. `check` returns the key of a rule that is wrong, and why.
fn read_entries(
    name: &str,
    text: &str,
    mut check: impl FnMut(&DecoderRuleEntry) -> Result<(), (&'static str, ValidationError)>,
) -> Result<Vec<DecoderRuleEntry>, Problems> {
    let mut document = Document::parse(name, text);
    let root = document.root();
    let mut entries = Vec::new();
    for (key, node) in root.get_ref().as_table().into_iter().flatten() {
        match node.get_ref() {
            DeValue::Array(items) if key.get_ref() == RULE => {
                for item in items {
                    let Some(entry) = read_entry(&mut document, item) else { continue };
                    if let Err((key, error)) = check(&entry) {
                        document.add_validation_error(item, error.prepend_key(key));
                    }
                    entries.push(entry);
                }
            }
            _ => {
                let error = ValidationError::new(format!("unknown key `{}`", key.get_ref()));
                let error = error.with_help("write [[rule]] and below it topic and decode");
                document.add_validation_error(&root, error.prepend_key(key.get_ref()));
            }
        }
    }
    let mut problems = document.problems;
    problems.sort();
    if problems.error_count() == 0 { Ok(entries) } else { Err(problems) }
}

/// Returns the rule of a table, if it has no errors.
fn read_entry(document: &mut Document<'_>, node: &TomlNode<'_>) -> Option<DecoderRuleEntry> {
    let errors = document.problems.error_count();
    let mut entry = DecoderRuleEntry::default();
    document.read_into(node, &mut entry, &[]);
    let has_decoders = value_at(node, &["decode"]).map(Spanned::span).is_some();
    if !has_decoders && document.problems.error_count() == errors {
        let error = ValidationError::new("this rule has no `decode`").with_help("write decode = \"protobuf\"");
        document.add_validation_error(node, error.prepend_key("decode"));
    }
    (document.problems.error_count() == errors).then_some(entry)
}

/// Returns a rule with its schema; the key of what is wrong with that otherwise.
fn resolve(
    entry: &DecoderRuleEntry,
    schemas: &mut Schemas,
) -> Result<Option<DecoderRule>, (&'static str, ValidationError)> {
    let Some(filter) = entry.topic.clone() else { return Ok(None) };
    let mut decoders = entry.decode.decoders.clone();
    if let (Some(schema), Some(name)) = (&entry.schema, &entry.message_type) {
        decoders.push(Decoder::of_message_type(schemas.message_type(schema, name)?));
    }
    Ok(Some(DecoderRule { filter, decoders: decoders.into() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::write_atomic;

    const PROTO: &str = "syntax = \"proto3\";\npackage fleet.v1;\nimport \"proto/common.proto\";\n\
                         message Telemetry { float speed = 1; common.Position at = 2; }\n";
    const COMMON: &str = "syntax = \"proto3\";\npackage common;\nmessage Position { double lat = 1; }\n";

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("proto")).unwrap();
        write_atomic(&folder.path().join("proto/fleet.proto"), PROTO.as_bytes()).unwrap();
        write_atomic(&folder.path().join("proto/common.proto"), COMMON.as_bytes()).unwrap();
        write_atomic(&folder.path().join("broken.proto"), b"syntax = \"proto3\";\nmessage {").unwrap();
        folder
    }

    fn errors(text: &str) -> Vec<String> {
        let folder = folder();
        let problems = read_decoder_rules("decoders.toml", text, folder.path()).unwrap_err().problems;
        let describe = |problem: &super::super::Problem| {
            let line = problem.position().map_or(0, |(line, _)| line);
            format!("{line}: {}; {}", problem.message(), problem.help_text().unwrap_or_default())
        };
        problems.list().iter().map(describe).collect()
    }

    #[test]
    #[cfg(feature = "protobuf")]
    fn rules_are_read_with_the_schemas_that_they_name() {
        let folder = folder();
        let path = folder.path().join("decoders.toml");
        assert_eq!(load_decoder_rules(&path).unwrap(), LoadedDecoderRules::default(), "there is no file");
        let text = "[[rule]]\ntopic = \"fleet/+/telemetry\"\ndecode = \"protobuf\"\nschema = \"proto/fleet.proto\"\n\
                    message_type = \"fleet.v1.Telemetry\"\n\n[[rule]]\ntopic = \"logs/#\"\ndecode = [\"gzip\", \"cbor\"]\n";
        write_atomic(&path, text.as_bytes()).unwrap();
        let loaded = load_decoder_rules(&path).unwrap();
        assert_eq!(loaded.entries.len(), 2);
        let files = ["proto/common.proto", "proto/fleet.proto"].map(|file| folder.path().join(file));
        assert_eq!(loaded.schemas, files);
        write_atomic(&files[0], b"syntax = \"proto3\";\nmessage").unwrap();
        let error = load_decoder_rules(&path).unwrap_err();
        assert!(files.iter().all(|file| error.schemas.contains(file)), "each of them may have the mistake: {error:?}");
        write_atomic(&files[0], COMMON.as_bytes()).unwrap();
        assert_eq!(load_decoder_rules(&path).unwrap(), loaded, "the same schemas have the same types");
        let payload = [0x0d, 0, 0, 0x20, 0x42, 0x12, 9, 9, 0, 0, 0, 0, 0, 0, 0x49, 0x40];
        let decoded = loaded.rules.decoded("fleet/7/telemetry", &[], &payload).unwrap();
        assert_eq!(std::str::from_utf8(&decoded), Ok("{\"speed\":40.0,\"at\":{\"lat\":50.0}}"));
        assert!(loaded.rules.has_decoders("logs/a") && !loaded.rules.has_decoders("fleet/7"));
    }

    #[test]
    #[cfg(feature = "protobuf")]
    fn mistakes_in_schemas_are_told_at_the_key() {
        let rule = |schema: &str, message_type: &str| {
            format!(
                "[[rule]]\ntopic = \"a\"\ndecode = \"protobuf\"\nschema = \"{schema}\"\nmessage_type = \"{message_type}\"\n"
            )
        };
        let found = errors(&rule("proto/fleet.proto", "fleet.v1.Telemetri"));
        assert_eq!(
            found,
            ["5: proto/fleet.proto has no message type `fleet.v1.Telemetri`; did you mean `fleet.v1.Telemetry`?"]
        );
        let found = errors(&rule("proto/fleet.proto", "X"));
        assert!(found[0].ends_with("; its message types are common.Position, fleet.v1.Telemetry"), "{found:?}");
        let found = errors(&rule("flet.proto", "X"));
        assert!(found[0].starts_with("4: flet.proto cannot be read: "), "{found:?}");
        let found = errors(&rule("broken.proto", "X"));
        assert!(found[0].starts_with("4: broken.proto is no schema: "), "{found:?}");
    }

    #[test]
    #[cfg(feature = "protobuf")]
    fn damaged_descriptor_set_is_a_mistake_like_others() {
        let folder = folder();
        let mut compiler = protox::Compiler::new([folder.path()]).unwrap();
        let compiler = compiler.include_imports(true).open_file("proto/fleet.proto").unwrap();
        let whole = compiler.encode_file_descriptor_set();
        let text = "[[rule]]\ntopic = \"a\"\ndecode = \"protobuf\"\nschema = \"fleet.bin\"\n\
                    message_type = \"fleet.v1.Telemetry\"\n";
        let read = |descriptors: &[u8]| {
            write_atomic(&folder.path().join("fleet.bin"), descriptors).unwrap();
            read_decoder_rules("decoders.toml", text, folder.path())
        };
        assert!(read(&whole).is_ok());
        let damaged = (0..whole.len()).map(|at| {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            read(&damaged)
        });
        assert!(damaged.filter(Result::is_err).count() > whole.len() / 4);
    }

    #[test]
    fn mistakes_in_rules_are_told_with_their_lines() {
        for (text, expected) in [
            ("[[rule]]\ntopic = \"a\"\n", "1: this rule has no `decode`"),
            ("[[rule]]\ndecode = \"cbor\"\n", "this rule has no `topic`"),
            ("[[rule]]\ntopic = \"a\"\ndecode = \"cbr\"\n", "3: there is no decoder `cbr`; did you mean `cbor`?"),
            ("[[rul]]\ntopic = \"a\"\n", "unknown key `rul`"),
            ("[rule]\ntopic = \"a\"\n", "unknown key `rule`; write [[rule]]"),
            ("rule = 5\n", "unknown key `rule`"),
            ("[[rule]\n", "1: "),
        ] {
            let found = errors(text);
            assert!(found[0].contains(expected), "{text}: {found:?}");
        }
    }
}
