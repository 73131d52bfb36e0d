//! From the text of a TOML file to values of the model, keeping where each stands, so that every
//! complaint can point at the very characters.

use std::{collections::HashSet, ops::Range, rc::Rc, sync::Arc};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    depth::too_deep,
    problem::{Problem, Problems},
    source::Source,
    within::within,
};
use crate::model::{
    schema::{DynFields, FieldInfo, set_fields},
    value::{ValidationError, Value, ValuePathSegment, did_you_mean},
};

/// A value and where it stands.
pub(super) type Node<'a> = Spanned<DeValue<'a>>;

/// A file that was taken apart, and what is wrong with it so far.
pub(super) struct Document<'a> {
    text: &'a str,
    source: Arc<Source>,
    root: Rc<Node<'a>>,
    broken: HashSet<usize>,
    /// The table that is given a second time: what it holds is not told as given twice again.
    twice: Range<usize>,
    /// What is wrong so far.
    pub problems: Problems,
}

impl<'a> Document<'a> {
    /// Takes a text apart, to the end, whatever is wrong with it.
    pub fn parse(name: &str, text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let source = Arc::new(Source::new(name, text));
        if let Some(at) = too_deep(text) {
            let mut problems = Problems::default();
            problems.push(Problem::new(&source, Some(at..at + 1), "this is nested too deep"));
            let root = Rc::new(Spanned::new(0..0, DeValue::Table(DeTable::new())));
            return Self { text, broken: HashSet::from([source.line(at)]), source, root, twice: 0..0, problems };
        }
        let (root, wrong) = DeTable::parse_recoverable(text);
        let root = Rc::new(Spanned::new(0..0, DeValue::Table(root.into_inner())));
        let mut document =
            Self { text, source, root, broken: HashSet::new(), twice: 0..0, problems: Problems::default() };
        for fault in wrong {
            document.broken_at(fault.message(), fault.span());
        }
        document
    }

    fn broken_at(&mut self, message: &str, span: Option<Range<usize>>) {
        let span = span.unwrap_or(self.text.len()..self.text.len());
        let line = self.source.line(span.start);
        if message == "duplicate key" && self.twice.contains(&span.start) {
            return;
        }
        // One slip makes the parser stumble several times over the rest of its line.
        if !self.broken.insert(line) {
            return;
        }
        let here = self.text.get(span.clone()).unwrap_or_default();
        let (what, help) = match message {
            "duplicate key" => {
                let start = self.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
                if self.text[start..].starts_with('[') {
                    self.twice =
                        span.end..self.text[span.end..].find("\n[").map_or(self.text.len(), |at| span.end + at);
                }
                let help = "a name stands for one thing: rename or remove one of them";
                (format!("`{}` is given twice", here.trim_matches(['"', '\''])), Some(help.to_owned()))
            }
            message if here.is_empty() && message.starts_with("string values must be quoted") => {
                ("a value is missing here".to_owned(), None)
            }
            message => (format!("this is no TOML: {message}"), None),
        };
        self.problems.push(Problem::new(&self.source, Some(span), &what).help(help));
    }

    /// The file as one table.
    pub fn root(&self) -> Rc<Node<'a>> {
        Rc::clone(&self.root)
    }

    /// Whether the text itself could not be read to the end.
    pub fn is_broken(&self) -> bool {
        !self.broken.is_empty()
    }

    /// Reads a table of the file into a thing of the model. `skip` are keys that others read.
    pub fn read(&mut self, node: &Node<'_>, thing: &mut dyn DynFields, skip: &[&str]) {
        let (entries, mut wrong) = entries(node, |name| !skip.contains(&name));
        wrong.extend(set_fields(thing, &entries).err().unwrap_or_default());
        let between = thing.validate();
        let rows = thing.fields();
        for complaint in self.without_echoes(wrong, &between) {
            self.complain(node, offer(complaint, skip, &rows));
        }
    }

    /// Reads the keys of a table that a thing knows, each for itself.
    pub fn read_known(&mut self, node: &Node<'_>, thing: &mut dyn DynFields) {
        let rows = thing.fields();
        let (entries, mut wrong) = entries(node, |name| rows.iter().any(|row| row.name == name));
        for (name, value) in &entries {
            if let Some(Err(inside)) = thing.set(name, value) {
                wrong.extend(inside.into_iter().map(|complaint| complaint.prepend_key(name)));
            }
        }
        for complaint in wrong {
            self.complain(node, complaint);
        }
    }

    /// Leaves out contradictions that only follow from another fault: those that speak of a key
    /// whose value was refused, and all of them where the text is broken.
    fn without_echoes(&self, wrong: Vec<ValidationError>, between: &[ValidationError]) -> Vec<ValidationError> {
        let refused: Vec<String> = wrong
            .iter()
            .filter(|complaint| !between.contains(complaint))
            .filter_map(|complaint| match complaint.path.first() {
                Some(ValuePathSegment::Key(name)) => Some(format!("`{name}`")),
                _ => None,
            })
            .collect();
        let follows = |complaint: &ValidationError| {
            let key = complaint.path.first().map(|step| match step {
                ValuePathSegment::Key(name) | ValuePathSegment::KeyName(name) => format!("`{name}`"),
                ValuePathSegment::Index(_) => String::new(),
            });
            refused.iter().any(|name| {
                complaint.message.contains(name)
                    || complaint.help.as_ref().is_some_and(|help| help.contains(name))
                    || key.as_ref() == Some(name)
            })
        };
        wrong
            .into_iter()
            .filter(|complaint| !between.contains(complaint) || !(self.is_broken() || follows(complaint)))
            .collect()
    }

    /// Notes a complaint about a part of this value.
    pub fn complain(&mut self, node: &Node<'_>, complaint: ValidationError) {
        let span = self.locate(node, &complaint);
        let line = self.source.line(span.start);
        if self.is_broken() && (span.is_empty() || self.broken.contains(&line)) {
            return;
        }
        self.problems.push(Problem::new(&self.source, Some(span), &complaint.message).help(complaint.help));
    }

    /// Notes something about this value that can be lived with.
    pub fn warn(&mut self, span: Range<usize>, what: &str, help: &str) {
        self.problems.push(Problem::new(&self.source, Some(span), what).help(Some(help.to_owned())).warning());
    }

    /// Notes an error that is not the model's to find.
    pub fn fault(&mut self, span: Option<Range<usize>>, what: &str, help: Option<String>) {
        self.problems.push(Problem::new(&self.source, span, what).help(help));
    }

    /// The characters that a complaint about a part of this value is about.
    fn locate(&self, node: &Node<'_>, complaint: &ValidationError) -> Range<usize> {
        let mut here = node;
        for step in &complaint.path {
            let inside = match (step, here.get_ref()) {
                (ValuePathSegment::Key(name), DeValue::Table(table)) => table.get(name.as_str()),
                (ValuePathSegment::Index(index), DeValue::Array(list)) => list.get(*index),
                (ValuePathSegment::KeyName(name), DeValue::Table(table)) => {
                    return table.get_key_value(name.as_str()).map_or_else(|| here.span(), |(key, _)| key.span());
                }
                _ => None,
            };
            match inside {
                Some(inside) => here = inside,
                None => return named_in(&complaint.message, here).unwrap_or_else(|| here.span()),
            }
        }
        let span = here.span();
        let exact = complaint.span.as_ref().and_then(|bytes| {
            let part = within(self.text.get(span.clone())?, here.get_ref().as_str()?, bytes)?;
            Some(span.start + part.start..span.start + part.end)
        });
        exact.unwrap_or(span)
    }
}

/// The names and values of a table, those that are wanted, and what is wrong with the rest of them.
fn entries(node: &Node<'_>, wanted: impl Fn(&str) -> bool) -> (Vec<(String, Value)>, Vec<ValidationError>) {
    let mut entries = Vec::new();
    let mut wrong = Vec::new();
    for (name, value) in node.get_ref().as_table().into_iter().flatten() {
        let name: &str = name.get_ref();
        if wanted(name) {
            match value_of(value) {
                Ok(value) => entries.push((name.to_owned(), value)),
                Err(complaint) => wrong.push(complaint.prepend_key(name)),
            }
        }
    }
    (entries, wrong)
}

/// The value of the first key of this table that a sentence names, where the key complained of is
/// left out of the file.
fn named_in(what: &str, node: &Node<'_>) -> Option<Range<usize>> {
    let table = node.get_ref().as_table()?;
    what.split('`').skip(1).step_by(2).find_map(|name| table.get(name)).map(Spanned::span)
}

/// The complaint, where it is about an unknown key with those keys offered too that others read.
fn offer(complaint: ValidationError, others: &[&str], rows: &[FieldInfo]) -> ValidationError {
    let [ValuePathSegment::KeyName(name)] = complaint.path.as_slice() else {
        return complaint;
    };
    match did_you_mean(name, rows.iter().map(|row| row.name).chain(others.iter().copied())) {
        Some(help) => complaint.with_help(help),
        None => complaint,
    }
}

/// A value of the model out of a value of TOML.
fn value_of(node: &Node<'_>) -> Result<Value, ValidationError> {
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
                    value_of(item).map_err(|complaint| complaint.prepend_path(ValuePathSegment::Index(index)))
                })
                .collect::<Result<_, _>>()?,
        ),
        DeValue::Table(table) => Value::Table(
            table
                .iter()
                .map(|(name, value)| {
                    let name: &str = name.get_ref();
                    let value = value_of(value).map_err(|complaint| complaint.prepend_key(name))?;
                    Ok((name.to_owned(), value))
                })
                .collect::<Result<_, ValidationError>>()?,
        ),
    })
}
