//! Converts TOML text to values of the model and keeps their spans, so that each problem can point at the
//! exact characters.

use std::{cell::OnceCell, collections::HashSet, ops::Range, rc::Rc, sync::Arc};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    bare_value,
    known_fields::{Expected, expected_of},
    mask_passwords::MaskedParts,
    nesting::find_too_deep,
    problem::{Problem, Problems},
    source::SourceText,
    string_span::source_range,
    toml_value::{table_entries, wipe_texts},
};
use crate::model::{
    schema::{DynFields, FieldInfo, set_fields},
    value::{ValidationError, ValuePathSegment, did_you_mean},
};

/// A TOML value with its span.
pub(super) type TomlNode<'a> = Spanned<DeValue<'a>>;

/// Returns what to write instead of a key that is unknown where it is, from its name and its value.
pub(super) type MisplacedHelp = fn(&str, &DeValue<'_>) -> Option<String>;

/// A parsed file and the problems found so far.
pub(super) struct Document<'a> {
    name: &'a str,
    text: &'a str,
    /// What problems show. Created with the first problem, because most files have none.
    source: OnceCell<Arc<SourceText>>,
    /// What problems do not quote. Created with the first problem, too.
    masked_parts: OnceCell<MaskedParts<'a>>,
    root: Rc<TomlNode<'a>>,
    broken_lines: HashSet<usize>,
    /// The content of a duplicate table, whose keys are not reported as duplicates again.
    duplicate_table: Range<usize>,
    /// The problems found so far.
    pub problems: Problems,
}

impl<'a> Document<'a> {
    /// Parses a text and recovers from errors, so that all of them are reported.
    pub fn parse(name: &'a str, text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let too_deep = find_too_deep(text);
        let (root, errors) = DeTable::parse_recoverable(if too_deep.is_some() { "" } else { text });
        let mut document = Self {
            name,
            text,
            source: OnceCell::new(),
            masked_parts: OnceCell::new(),
            root: Rc::new(Spanned::new(0..0, DeValue::Table(root.into_inner()))),
            broken_lines: HashSet::new(),
            duplicate_table: 0..0,
            problems: Problems::default(),
        };
        if let Some(at) = too_deep {
            document.broken_lines.insert(document.source().line_index(at));
            document.add_error(Some(at..at + 1), "this is nested too deeply", None);
        }
        for error in errors {
            document.add_syntax_error(error.message(), error.span());
        }
        document
    }

    fn source(&self) -> &Arc<SourceText> {
        self.source.get_or_init(|| Arc::new(SourceText::new(self.name, self.text)))
    }

    fn add_syntax_error(&mut self, message: &str, span: Option<Range<usize>>) {
        let mut span = span.unwrap_or(self.text.len()..self.text.len());
        let line = self.source().line_index(span.start);
        if message == "duplicate key" && self.duplicate_table.contains(&span.start) {
            return;
        }
        // One mistake often causes several errors on the same line: only the first is reported.
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
                let key = snippet.trim_matches(['"', '\'']);
                (format!("duplicate key `{key}`"), Some("rename or remove one of them".to_owned()))
            }
            message if snippet.is_empty() && message.starts_with("string values must be quoted") => {
                ("missing value".to_owned(), None)
            }
            message => match bare_value::range_at(self.text, &span) {
                Some(range) => {
                    let shown = self.text.get(range.clone()).filter(|_| self.source().shows(self.text, &range));
                    let expected = bare_value::key_of(self.text, &range).map_or(Expected::Any, expected_of);
                    let (reason, help) = bare_value::describe(shown, expected);
                    span = range;
                    (format!("invalid TOML: {reason}"), Some(help))
                }
                None => (format!("invalid TOML: {message}"), None),
            },
        };
        self.add_error(Some(span), &text, help);
    }

    /// Returns the root table.
    pub fn root(&self) -> Rc<TomlNode<'a>> {
        Rc::clone(&self.root)
    }

    /// Returns whether the text is not valid TOML.
    pub fn has_syntax_errors(&self) -> bool {
        !self.broken_lines.is_empty()
    }

    /// Reads a table into a value of the model. The caller reads the keys in `skip`.
    pub fn read_into(&mut self, node: &TomlNode<'_>, target: &mut dyn DynFields, skip: &[&str]) {
        self.read_with_help(node, target, skip, |_, _| None);
    }

    /// Does the same. `misplaced` returns what to write instead of a key that is unknown here.
    pub fn read_with_help(
        &mut self,
        node: &TomlNode<'_>,
        target: &mut dyn DynFields,
        skip: &[&str],
        misplaced: MisplacedHelp,
    ) {
        let (entries, mut errors) = table_entries(node, |name| !skip.contains(&name));
        errors.extend(set_fields(target, &entries).err().unwrap_or_default());
        wipe_texts(entries);
        let cross_field_errors = target.validate();
        let fields = target.fields();
        for error in self.without_follow_up_errors(errors, &cross_field_errors) {
            self.add_validation_error(node, suggest_known_keys(error, (node, misplaced), skip, &fields));
        }
    }

    /// Reads only the keys that `target` has, each independently of the others.
    pub fn read_known_keys(&mut self, node: &TomlNode<'_>, target: &mut dyn DynFields) {
        let fields = target.fields();
        let (entries, mut errors) = table_entries(node, |name| fields.iter().any(|field| field.name == name));
        for (name, value) in &entries {
            if let Some(Err(field_errors)) = target.set(name, value) {
                errors.extend(field_errors.into_iter().map(|error| error.prepend_key(name)));
            }
        }
        for error in errors {
            self.add_validation_error(node, error);
        }
    }

    /// Removes cross-field errors that may only be consequences of other errors: those that mention a key
    /// with an invalid value, and all of them if the text has syntax errors.
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
            let key = error.path.first().map(|segment| match segment {
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

    /// Adds a validation error about a value or a part of it. Lines with a syntax error get no further
    /// errors.
    pub fn add_validation_error(&mut self, node: &TomlNode<'_>, error: ValidationError) {
        let span = self.span_of(node, &error);
        let line = self.source().line_index(span.start);
        if self.has_syntax_errors() && (span.is_empty() || self.broken_lines.contains(&line)) {
            return;
        }
        self.add_error(Some(span), &error.message, error.help);
    }

    /// Adds what the model says about a value or a part of it as a warning.
    pub fn add_validation_warning(&mut self, node: &TomlNode<'_>, error: ValidationError) {
        let problem = self.problem(Some(self.span_of(node, &error)), &error.message, error.help).into_warning();
        self.problems.push(problem);
    }

    /// Adds a warning.
    pub fn add_warning(&mut self, span: Range<usize>, message: &str, help: &str) {
        let problem = self.problem(Some(span), message, Some(help.to_owned())).into_warning();
        self.problems.push(problem);
    }

    /// Adds a warning about the whole file.
    pub fn add_file_warning(&mut self, message: &str, help: &str) {
        let problem = self.problem(None, message, Some(help.to_owned())).into_warning();
        self.problems.push(problem);
    }

    /// Adds an error that does not come from the model.
    pub fn add_error(&mut self, span: Option<Range<usize>>, message: &str, help: Option<String>) {
        let problem = self.problem(span, message, help);
        self.problems.push(problem);
    }

    /// Creates an error, which quotes nothing of a password.
    fn problem(&self, span: Option<Range<usize>>, message: &str, help: Option<String>) -> Problem {
        let source = self.source();
        let masked_parts = self.masked_parts.get_or_init(|| source.masked_parts(self.text));
        let marked = span.clone().filter(|span| source.shows(self.text, span)).and_then(|span| self.text.get(span));
        let marked = marked.map(|text| text.trim_matches(['"', '\'']));
        let help = help.map(|help| masked_parts.mask_quotes(&help, marked));
        let message = masked_parts.mask_quotes(message, marked);
        Problem::new(source, span, &message).with_help(help)
    }

    /// Returns the span that a validation error about a value points at.
    fn span_of(&self, node: &TomlNode<'_>, error: &ValidationError) -> Range<usize> {
        let mut current = node;
        for segment in &error.path {
            let child = match (segment, current.get_ref()) {
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

/// Returns the span of the first key that an error message mentions. It is used when the key that the error
/// is about is not in the file.
fn span_of_named_key(message: &str, node: &TomlNode<'_>) -> Option<Range<usize>> {
    let table = node.get_ref().as_table()?;
    message.split('`').skip(1).step_by(2).find_map(|name| table.get(name)).map(Spanned::span)
}

/// Suggests what to write instead, or a similar key, if the error is about an unknown key. `other_keys` are the keys read
/// elsewhere.
fn suggest_known_keys(
    error: ValidationError,
    (node, misplaced): (&TomlNode<'_>, MisplacedHelp),
    other_keys: &[&str],
    fields: &[FieldInfo],
) -> ValidationError {
    let [ValuePathSegment::KeyName(name)] = error.path.as_slice() else {
        return error;
    };
    let is_known = fields.iter().any(|field| field.name == name);
    let value = node.get_ref().get(name.as_str()).filter(|_| !is_known);
    if let Some(help) = value.and_then(|value| misplaced(name, value.get_ref())) {
        return error.with_help(help);
    }
    match did_you_mean(name, fields.iter().map(|field| field.name).chain(other_keys.iter().copied())) {
        Some(help) => error.with_help(help),
        None => error,
    }
}
