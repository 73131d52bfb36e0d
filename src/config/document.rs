//! From the text of a TOML file to values of the model, keeping where each stands, so that every
//! complaint can point at the very characters.

use std::{collections::HashSet, ops::Range, rc::Rc, sync::Arc};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    nesting::find_too_deep,
    problem::{Problem, Problems},
    source::SourceText,
    string_span::source_range,
};
use crate::model::{
    schema::{DynFields, FieldInfo, set_fields},
    value::{ValidationError, Value, ValuePathSegment, did_you_mean},
};

/// A value and where it stands.
pub(super) type TomlNode<'a> = Spanned<DeValue<'a>>;

/// A file that was taken apart, and what is wrong with it so far.
pub(super) struct Document<'a> {
    text: &'a str,
    source: Arc<SourceText>,
    root: Rc<TomlNode<'a>>,
    broken_lines: HashSet<usize>,
    /// The table that is given a second time: what it holds is not told as given twice again.
    duplicate_table: Range<usize>,
    /// What is wrong so far.
    pub problems: Problems,
}

impl<'a> Document<'a> {
    /// Takes a text apart, to the end, whatever is wrong with it.
    pub fn parse(name: &str, text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let source = Arc::new(SourceText::new(name, text));
        if let Some(at) = find_too_deep(text) {
            let mut problems = Problems::default();
            problems.push(Problem::new(&source, Some(at..at + 1), "this is nested too deep"));
            let root = Rc::new(Spanned::new(0..0, DeValue::Table(DeTable::new())));
            return Self {
                text,
                broken_lines: HashSet::from([source.line_index(at)]),
                source,
                root,
                duplicate_table: 0..0,
                problems,
            };
        }
        let (root, errors) = DeTable::parse_recoverable(text);
        let root = Rc::new(Spanned::new(0..0, DeValue::Table(root.into_inner())));
        let mut document = Self {
            text,
            source,
            root,
            broken_lines: HashSet::new(),
            duplicate_table: 0..0,
            problems: Problems::default(),
        };
        for error in errors {
            document.add_syntax_error(error.message(), error.span());
        }
        document
    }

    fn add_syntax_error(&mut self, message: &str, span: Option<Range<usize>>) {
        let span = span.unwrap_or(self.text.len()..self.text.len());
        let line = self.source.line_index(span.start);
        if message == "duplicate key" && self.duplicate_table.contains(&span.start) {
            return;
        }
        // One slip makes the parser stumble several times over the rest of its line.
        if !self.broken_lines.insert(line) {
            return;
        }
        let snippet = self.text.get(span.clone()).unwrap_or_default();
        let (text, help) = match message {
            "duplicate key" => {
                let start = self.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
                if self.text[start..].starts_with('[') {
                    self.duplicate_table =
                        span.end..self.text[span.end..].find("\n[").map_or(self.text.len(), |at| span.end + at);
                }
                let help = "a name stands for one thing: rename or remove one of them";
                (format!("`{}` is given twice", snippet.trim_matches(['"', '\''])), Some(help.to_owned()))
            }
            message if snippet.is_empty() && message.starts_with("string values must be quoted") => {
                ("a value is missing here".to_owned(), None)
            }
            message => (format!("this is no TOML: {message}"), None),
        };
        self.problems.push(Problem::new(&self.source, Some(span), &text).with_help(help));
    }

    /// The file as one table.
    pub fn root(&self) -> Rc<TomlNode<'a>> {
        Rc::clone(&self.root)
    }

    /// Whether the text itself could not be read to the end.
    pub fn has_syntax_errors(&self) -> bool {
        !self.broken_lines.is_empty()
    }

    /// Reads a table of the file into a thing of the model. `skip` are keys that others read.
    pub fn read_into(&mut self, node: &TomlNode<'_>, target: &mut dyn DynFields, skip: &[&str]) {
        let (entries, mut errors) = table_entries(node, |name| !skip.contains(&name));
        errors.extend(set_fields(target, &entries).err().unwrap_or_default());
        let cross_field_errors = target.validate();
        let rows = target.fields();
        for error in self.without_follow_up_errors(errors, &cross_field_errors) {
            self.add_validation_error(node, suggest_known_keys(error, skip, &rows));
        }
    }

    /// Reads the keys of a table that a thing knows, each for itself.
    pub fn read_known_keys(&mut self, node: &TomlNode<'_>, target: &mut dyn DynFields) {
        let rows = target.fields();
        let (entries, mut errors) = table_entries(node, |name| rows.iter().any(|row| row.name == name));
        for (name, value) in &entries {
            if let Some(Err(field_errors)) = target.set(name, value) {
                errors.extend(field_errors.into_iter().map(|error| error.prepend_key(name)));
            }
        }
        for error in errors {
            self.add_validation_error(node, error);
        }
    }

    /// Leaves out contradictions that only follow from another fault: those that speak of a key
    /// whose value was refused, and all of them where the text is broken.
    fn without_follow_up_errors(
        &self,
        errors: Vec<ValidationError>,
        cross_field_errors: &[ValidationError],
    ) -> Vec<ValidationError> {
        let invalid_keys: Vec<String> = errors
            .iter()
            .filter(|error| !cross_field_errors.contains(error))
            .filter_map(|error| match error.path.first() {
                Some(ValuePathSegment::Key(name)) => Some(format!("`{name}`")),
                _ => None,
            })
            .collect();
        let is_follow_up = |error: &ValidationError| {
            let key = error.path.first().map(|step| match step {
                ValuePathSegment::Key(name) | ValuePathSegment::KeyName(name) => format!("`{name}`"),
                ValuePathSegment::Index(_) => String::new(),
            });
            invalid_keys.iter().any(|name| {
                error.message.contains(name)
                    || error.help.as_ref().is_some_and(|help| help.contains(name))
                    || key.as_ref() == Some(name)
            })
        };
        errors
            .into_iter()
            .filter(|error| !cross_field_errors.contains(error) || !(self.has_syntax_errors() || is_follow_up(error)))
            .collect()
    }

    /// Notes a complaint about a part of this value.
    pub fn add_validation_error(&mut self, node: &TomlNode<'_>, error: ValidationError) {
        let span = self.span_of(node, &error);
        let line = self.source.line_index(span.start);
        if self.has_syntax_errors() && (span.is_empty() || self.broken_lines.contains(&line)) {
            return;
        }
        self.problems.push(Problem::new(&self.source, Some(span), &error.message).with_help(error.help));
    }

    /// Notes something about this value that can be lived with.
    pub fn add_warning(&mut self, span: Range<usize>, message: &str, help: &str) {
        self.problems
            .push(Problem::new(&self.source, Some(span), message).with_help(Some(help.to_owned())).into_warning());
    }

    /// Notes an error that is not the model's to find.
    pub fn add_error(&mut self, span: Option<Range<usize>>, message: &str, help: Option<String>) {
        self.problems.push(Problem::new(&self.source, span, message).with_help(help));
    }

    /// The characters that a complaint about a part of this value is about.
    fn span_of(&self, node: &TomlNode<'_>, error: &ValidationError) -> Range<usize> {
        let mut current = node;
        for step in &error.path {
            let child = match (step, current.get_ref()) {
                (ValuePathSegment::Key(name), DeValue::Table(table)) => table.get(name.as_str()),
                (ValuePathSegment::Index(index), DeValue::Array(list)) => list.get(*index),
                (ValuePathSegment::KeyName(name), DeValue::Table(table)) => {
                    return table.get_key_value(name.as_str()).map_or_else(|| current.span(), |(key, _)| key.span());
                }
                _ => None,
            };
            match child {
                Some(child) => current = child,
                None => return span_of_named_key(&error.message, current).unwrap_or_else(|| current.span()),
            }
        }
        let span = current.span();
        let exact = error.span.as_ref().and_then(|bytes| {
            let part = source_range(self.text.get(span.clone())?, current.get_ref().as_str()?, bytes)?;
            Some(span.start + part.start..span.start + part.end)
        });
        exact.unwrap_or(span)
    }
}

/// The names and values of a table, those that are wanted, and what is wrong with the rest of them.
fn table_entries(node: &TomlNode<'_>, include: impl Fn(&str) -> bool) -> (Vec<(String, Value)>, Vec<ValidationError>) {
    let mut entries = Vec::new();
    let mut errors = Vec::new();
    for (name, value) in node.get_ref().as_table().into_iter().flatten() {
        let name: &str = name.get_ref();
        if include(name) {
            match to_model_value(value) {
                Ok(value) => entries.push((name.to_owned(), value)),
                Err(error) => errors.push(error.prepend_key(name)),
            }
        }
    }
    (entries, errors)
}

/// The value of the first key of this table that a sentence names, where the key complained of is
/// left out of the file.
fn span_of_named_key(message: &str, node: &TomlNode<'_>) -> Option<Range<usize>> {
    let table = node.get_ref().as_table()?;
    message.split('`').skip(1).step_by(2).find_map(|name| table.get(name)).map(Spanned::span)
}

/// The complaint, where it is about an unknown key with those keys offered too that others read.
fn suggest_known_keys(error: ValidationError, other_keys: &[&str], rows: &[FieldInfo]) -> ValidationError {
    let [ValuePathSegment::KeyName(name)] = error.path.as_slice() else {
        return error;
    };
    match did_you_mean(name, rows.iter().map(|row| row.name).chain(other_keys.iter().copied())) {
        Some(help) => error.with_help(help),
        None => error,
    }
}

/// A value of the model out of a value of TOML.
fn to_model_value(node: &TomlNode<'_>) -> Result<Value, ValidationError> {
    Ok(match node.get_ref() {
        DeValue::String(text) => Value::String(text.clone().into_owned()),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Integer(number),
            Err(_) => {
                return Err(ValidationError::new("this number is too large").with_help("at most 64 bits are wanted"));
            }
        },
        DeValue::Float(number) => match number.as_str().parse() {
            Ok(number) => Value::Float(number),
            Err(_) => return Err(ValidationError::new("this is no number")),
        },
        DeValue::Datetime(_) => {
            return Err(ValidationError::new("this is a date or a time, and no key holds one")
                .with_help("write it in quotes to make it text"));
        }
        DeValue::Array(list) => Value::Array(
            list.iter()
                .enumerate()
                .map(|(index, item)| {
                    to_model_value(item).map_err(|error| error.prepend_path(ValuePathSegment::Index(index)))
                })
                .collect::<Result<_, _>>()?,
        ),
        DeValue::Table(table) => Value::Table(
            table
                .iter()
                .map(|(name, value)| {
                    let name: &str = name.get_ref();
                    let value = to_model_value(value).map_err(|error| error.prepend_key(name))?;
                    Ok((name.to_owned(), value))
                })
                .collect::<Result<_, ValidationError>>()?,
        ),
    })
}
