//! Collects replacements of a text, and changes the keys of a table line by line.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeString, DeValue},
};

use super::{
    super::{document::TomlNode, serialize::to_toml_value},
    layout::{KeySyntax, TextLayout, node_end},
    table_lists::{Entries, entries, find},
};
use crate::model::{schema::DynFields, value::Value};

/// The replacements to make in a text.
pub(super) struct TextEdits<'a> {
    pub layout: TextLayout<'a>,
    edits: Vec<TextEdit>,
}

struct TextEdit {
    range: Range<usize>,
    replacement: String,
    /// Whether a line break is inserted before it, unless it is at the start of a line.
    on_own_line: bool,
}

/// The old and the new value of a key.
struct KeyChange<'a> {
    name: &'a str,
    old: Option<Value>,
    new: Option<Value>,
    default: Option<Value>,
}

type TableEntry<'n, 'a> = (&'n Spanned<DeString<'a>>, &'n TomlNode<'a>);

impl<'a> TextEdits<'a> {
    pub fn new(layout: TextLayout<'a>) -> Self {
        Self { layout, edits: Vec::new() }
    }

    pub fn replace(&mut self, range: Range<usize>, replacement: impl Into<String>) {
        self.edits.push(TextEdit { range, replacement: replacement.into(), on_own_line: false });
    }

    /// Inserts whole lines at an offset.
    pub fn insert_lines(&mut self, offset: usize, replacement: String) {
        self.edits.push(TextEdit { range: offset..offset, replacement, on_own_line: true });
    }

    /// Applies all replacements and returns the new text.
    pub fn finish(self) -> String {
        let all = 0..self.layout.text.len();
        self.finish_range(all)
    }

    /// Applies the replacements, which are all in this range, and returns what it becomes.
    pub fn finish_range(mut self, range: Range<usize>) -> String {
        self.edits.sort_by_key(|edit| edit.range.start);
        let mut text = String::new();
        let mut position = range.start;
        for edit in self.edits {
            text.push_str(self.layout.text.get(position..edit.range.start).unwrap_or_default());
            if edit.on_own_line && !text.is_empty() && !text.ends_with('\n') {
                text.push_str(self.layout.eol);
            }
            text.push_str(&edit.replacement);
            position = position.max(edit.range.end);
        }
        text.push_str(&self.layout.text[position..range.end]);
        text
    }

    /// Formats a value with the text's line ending. A value that contains line breaks keeps `\n`.
    pub fn toml_text(&self, value: &Value) -> String {
        let text = to_toml_value(value.clone()).to_string();
        if has_line_break(value) { text } else { text.replace('\n', self.layout.eol) }
    }

    /// Changes the keys of a table in which `new` differs from `old`. New keys go to `default_offset` if the
    /// table has no keys yet. `required_keys` are written even if they have their default value.
    pub fn update_keys(
        &mut self,
        node: &TomlNode<'_>,
        default_offset: usize,
        old: &dyn DynFields,
        new: &dyn DynFields,
        required_keys: &[&str],
    ) {
        let fields = new.fields();
        let removed = old.fields().into_iter().filter(|field| fields.iter().all(|new| new.name != field.name));
        let removed: Vec<&str> = removed.map(|field| field.name).collect();
        for field in &fields {
            let name = field.name;
            let default = field.default.clone().filter(|_| !required_keys.contains(&name));
            self.apply_change(
                node,
                default_offset,
                KeyChange { name, old: old.get(name), new: new.get(name), default },
            );
        }
        for name in removed {
            self.apply_change(node, default_offset, KeyChange { name, old: old.get(name), new: None, default: None });
        }
    }

    fn apply_change(&mut self, node: &TomlNode<'_>, default_offset: usize, change: KeyChange<'_>) {
        let table = node.get_ref().as_table();
        let present = table.and_then(|table| table.get_key_value(change.name));
        let is_default = change.new.is_none() || change.new == change.default;
        match (present, change.new) {
            (Some(_), new) if new == change.old => {}
            (Some(entry), None) => self.remove_key(entry),
            (Some(entry), Some(_)) if is_default && !self.has_comment(entry) => self.remove_key(entry),
            (Some(entry), Some(new)) => self.set_value(node, default_offset, entry, change.old, new),
            (None, Some(new)) if !is_default => self.insert_key(node, default_offset, change.name, &new),
            (None, _) => {}
        }
    }

    /// Returns whether the line of a key has a comment, which would be lost if the key were removed.
    fn has_comment(&self, (key, value): TableEntry<'_, '_>) -> bool {
        let line = value.span().end..self.layout.line_end(value.span().end);
        self.layout.key_syntax(key, value) == KeySyntax::KeyValue && self.layout.text[line].contains('#')
    }

    fn set_value(
        &mut self,
        node: &TomlNode<'_>,
        default_offset: usize,
        entry: TableEntry<'_, '_>,
        old: Option<Value>,
        new: Value,
    ) {
        let (key, value) = entry;
        match (self.layout.key_syntax(key, value), new) {
            (KeySyntax::KeyValue | KeySyntax::Sections, Value::Array(new))
                if self.update_table_list(value, old.as_ref(), &new) => {}
            (KeySyntax::KeyValue, Value::Array(new)) if same_length(value, old.as_ref(), &new) => {
                self.replace_items(value, old, &new);
            }
            (KeySyntax::KeyValue, new) => self.update_value(value, old.as_ref(), &new),
            (_, Value::Table(new_entries)) if value.get_ref().is_table() => {
                self.update_nested_table(value, old.as_ref().and_then(entries).unwrap_or(&[]), &new_entries);
            }
            (_, new) => {
                self.remove_key(entry);
                self.insert_key(node, default_offset, key.get_ref(), &new);
            }
        }
    }

    /// Replaces the items of an array that differ, and keeps the text between the items.
    fn replace_items(&mut self, node: &TomlNode<'_>, old: Option<Value>, new: &[Value]) {
        let (DeValue::Array(items), Some(Value::Array(old))) = (node.get_ref(), old) else {
            return;
        };
        for ((item, _), new) in items.iter().zip(&old).zip(new).filter(|((_, old), new)| old != new) {
            let text = self.toml_text(new);
            self.replace(item.span(), text);
        }
    }

    /// Changes the keys of a nested table.
    pub(super) fn update_nested_table(&mut self, node: &TomlNode<'_>, old: &Entries, new: &Entries) {
        let default_offset = self.layout.line_end(node.span().end);
        for (name, value) in new {
            let change = KeyChange { name, old: find(old, name).cloned(), new: Some(value.clone()), default: None };
            self.apply_change(node, default_offset, change);
        }
        for (name, value) in old.iter().filter(|(name, _)| find(new, name).is_none()) {
            self.apply_change(
                node,
                default_offset,
                KeyChange { name, old: Some(value.clone()), new: None, default: None },
            );
        }
    }

    fn insert_key(&mut self, node: &TomlNode<'_>, default_offset: usize, name: &str, value: &Value) {
        let own_keys = self.layout.own_keys(node);
        let offset = own_keys.iter().map(|(_, end)| *end).max().map_or(default_offset, |end| self.layout.line_end(end));
        let indent =
            own_keys.last().map_or("", |(key, _)| &self.layout.text[self.layout.line_start(key.start)..key.start]);
        let eol = self.layout.eol;
        let header = self.layout.text.get(node.span()).and_then(|text| text.strip_prefix('[')?.strip_suffix(']'));
        let lines = match (value, header) {
            (Value::Table(entries), Some(path)) if matches!(name, "tls" | "will") && !path.starts_with('[') => {
                let keys = entries.iter().map(|(name, value)| format!("{name} = {}{eol}", self.toml_text(value)));
                format!("{eol}[{path}.{name}]{eol}{}", keys.collect::<String>())
            }
            _ => format!("{indent}{} = {}{eol}", toml_edit::Key::new(name), self.toml_text(value)),
        };
        self.insert_lines(offset, lines);
    }

    fn remove_key(&mut self, (key, value): TableEntry<'_, '_>) {
        match (self.layout.key_syntax(key, value), value.get_ref()) {
            (KeySyntax::KeyValue, _) => self.remove_lines(self.layout.line_start(key.span().start), node_end(value)),
            (KeySyntax::Dotted, DeValue::Table(table)) => {
                for entry in table {
                    self.remove_key(entry);
                }
            }
            (KeySyntax::Sections, DeValue::Array(items)) => {
                for item in items {
                    self.remove_section(item);
                }
            }
            _ => self.remove_section(value),
        }
    }

    fn remove_section(&mut self, node: &TomlNode<'_>) {
        self.remove_lines(self.layout.line_start(node.span().start), node_end(node));
    }

    fn remove_lines(&mut self, start: usize, last: usize) {
        self.replace(start..self.layout.line_end(last), "");
    }
}

fn same_length(node: &TomlNode<'_>, old: Option<&Value>, new: &[Value]) -> bool {
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
