//! Changes the keys of one table in a text, each on its own line.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeString, DeValue},
};

use super::{
    super::{read::Node, text::to_toml},
    layout::{Form, Layout, end_of},
};
use crate::model::{schema::DynFields, value::Value};

/// Pieces of a text to be replaced.
pub(super) struct Splices<'a> {
    pub layout: Layout<'a>,
    list: Vec<Splice>,
}

struct Splice {
    range: Range<usize>,
    with: String,
    /// Whether it has to begin on a line of its own.
    line: bool,
}

/// A change of one key: what the model said and what it shall say.
struct Change<'a> {
    name: &'a str,
    old: Option<Value>,
    new: Option<Value>,
    default: Option<Value>,
}

type Entry<'n, 'a> = (&'n Spanned<DeString<'a>>, &'n Node<'a>);

impl<'a> Splices<'a> {
    pub fn new(layout: Layout<'a>) -> Self {
        Self { layout, list: Vec::new() }
    }

    pub fn replace(&mut self, range: Range<usize>, with: impl Into<String>) {
        self.list.push(Splice { range, with: with.into(), line: false });
    }

    /// Puts whole lines in, before this byte.
    pub fn lines(&mut self, at: usize, with: String) {
        self.list.push(Splice { range: at..at, with, line: true });
    }

    /// The text with all pieces replaced.
    pub fn finish(mut self) -> String {
        self.list.sort_by_key(|splice| splice.range.start);
        let mut text = String::new();
        let mut at = 0;
        for splice in self.list {
            text.push_str(self.layout.text.get(at..splice.range.start).unwrap_or_default());
            if splice.line && !text.is_empty() && !text.ends_with('\n') {
                text.push_str(self.layout.eol);
            }
            text.push_str(&splice.with);
            at = at.max(splice.range.end);
        }
        text.push_str(&self.layout.text[at..]);
        text
    }

    /// A value as it is written. Line breaks inside texts stay as they are.
    pub fn written(&self, value: &Value) -> String {
        let text = to_toml(value.clone()).to_string();
        if has_line_break(value) { text } else { text.replace('\n', self.layout.eol) }
    }

    /// Makes a table say what `new` says where it differs from `old`. `floor` is where keys go when
    /// the table has none; `needed` are written even when they say their default.
    pub fn keys(&mut self, node: &Node<'_>, floor: usize, old: &dyn DynFields, new: &dyn DynFields, needed: &[&str]) {
        let rows = new.fields();
        let gone = old.fields().into_iter().filter(|row| rows.iter().all(|new| new.name != row.name));
        let gone: Vec<&str> = gone.map(|row| row.name).collect();
        for row in &rows {
            let name = row.name;
            let default = row.default.clone().filter(|_| !needed.contains(&name));
            self.change(node, floor, Change { name, old: old.get(name), new: new.get(name), default });
        }
        for name in gone {
            self.change(node, floor, Change { name, old: old.get(name), new: None, default: None });
        }
    }

    fn change(&mut self, node: &Node<'_>, floor: usize, change: Change<'_>) {
        let table = node.get_ref().as_table();
        let present = table.and_then(|table| table.get_key_value(change.name));
        let plain = change.new.is_none() || change.new == change.default;
        match (present, change.new) {
            (Some(_), new) if new == change.old => {}
            (Some(entry), None) => self.remove(entry),
            (Some(entry), Some(_)) if plain && !self.has_comment(entry) => self.remove(entry),
            (Some(entry), Some(new)) => self.set(node, floor, entry, change.old, new),
            (None, Some(new)) if !plain => self.insert(node, floor, change.name, &new),
            (None, _) => {}
        }
    }

    /// Whether a comment stands on the line of a key, which would go with it.
    fn has_comment(&self, (key, value): Entry<'_, '_>) -> bool {
        let line = value.span().end..self.layout.line_end(value.span().end);
        self.layout.form(key, value) == Form::Line && self.layout.text[line].contains('#')
    }

    fn set(&mut self, node: &Node<'_>, floor: usize, entry: Entry<'_, '_>, old: Option<Value>, new: Value) {
        let (key, value) = entry;
        match (self.layout.form(key, value), new) {
            (Form::Line, Value::Array(new)) if same_length(value, old.as_ref(), &new) => self.items(value, old, &new),
            (Form::Line, new) => {
                let written = self.written(&new);
                self.replace(value.span(), written);
            }
            (_, Value::Table(wanted)) if value.get_ref().is_table() => self.inside(value, old, &wanted),
            (_, new) => {
                self.remove(entry);
                self.insert(node, floor, key.get_ref(), &new);
            }
        }
    }

    /// Replaces the items of a list that differ, and keeps what is written around them.
    fn items(&mut self, node: &Node<'_>, old: Option<Value>, new: &[Value]) {
        let (DeValue::Array(items), Some(Value::Array(old))) = (node.get_ref(), old) else {
            return;
        };
        for ((item, _), new) in items.iter().zip(&old).zip(new).filter(|((_, old), new)| old != new) {
            let written = self.written(new);
            self.replace(item.span(), written);
        }
    }

    /// Changes the keys of a table inside the table.
    fn inside(&mut self, node: &Node<'_>, old: Option<Value>, wanted: &[(String, Value)]) {
        let old = match old {
            Some(Value::Table(entries)) => entries,
            _ => Vec::new(),
        };
        let find = |entries: &[(String, Value)], name: &str| {
            entries.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone())
        };
        let floor = self.layout.line_end(node.span().end);
        for (name, value) in wanted {
            let change = Change { name, old: find(&old, name), new: Some(value.clone()), default: None };
            self.change(node, floor, change);
        }
        for (name, value) in old.iter().filter(|(name, _)| find(wanted, name).is_none()) {
            self.change(node, floor, Change { name, old: Some(value.clone()), new: None, default: None });
        }
    }

    fn insert(&mut self, node: &Node<'_>, floor: usize, name: &str, value: &Value) {
        let own = self.layout.own_keys(node);
        let at = own.iter().map(|(_, end)| *end).max().map_or(floor, |end| self.layout.line_end(end));
        let indent = own.last().map_or("", |(key, _)| &self.layout.text[self.layout.line_start(key.start)..key.start]);
        let eol = self.layout.eol;
        let header = self.layout.text.get(node.span()).and_then(|text| text.strip_prefix('[')?.strip_suffix(']'));
        let lines = match (value, header) {
            (Value::Table(entries), Some(path)) if matches!(name, "tls" | "will") && !path.starts_with('[') => {
                let keys = entries.iter().map(|(name, value)| format!("{name} = {}{eol}", self.written(value)));
                format!("{eol}[{path}.{name}]{eol}{}", keys.collect::<String>())
            }
            _ => format!("{indent}{name} = {}{eol}", self.written(value)),
        };
        self.lines(at, lines);
    }

    fn remove(&mut self, (key, value): Entry<'_, '_>) {
        match (self.layout.form(key, value), value.get_ref()) {
            (Form::Line, _) => self.remove_lines(self.layout.line_start(key.span().start), end_of(value)),
            (Form::Dotted, DeValue::Table(table)) => {
                for entry in table {
                    self.remove(entry);
                }
            }
            (Form::Sections, DeValue::Array(items)) => {
                for item in items {
                    self.remove_section(item);
                }
            }
            _ => self.remove_section(value),
        }
    }

    fn remove_section(&mut self, node: &Node<'_>) {
        self.remove_lines(self.layout.line_start(node.span().start), end_of(node));
    }

    fn remove_lines(&mut self, start: usize, last: usize) {
        self.replace(start..self.layout.line_end(last), "");
    }
}

fn same_length(node: &Node<'_>, old: Option<&Value>, new: &[Value]) -> bool {
    match (node.get_ref(), old) {
        (DeValue::Array(items), Some(Value::Array(old))) => items.len() == new.len() && old.len() == new.len(),
        _ => false,
    }
}

fn has_line_break(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\n'),
        Value::Array(values) => values.iter().any(has_line_break),
        Value::Table(entries) => entries.iter().any(|(_, value)| has_line_break(value)),
        Value::Bool(_) | Value::Integer(_) | Value::Float(_) => false,
    }
}
