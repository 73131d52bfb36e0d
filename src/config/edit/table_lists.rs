//! Changes lists of tables, such as the rows of a panel, and inline tables: what stays keeps its text, with the comments on its
//! line and right above it. A list is written in brackets, or as `[[tile.rows]]` for each table.

use std::ops::Range;

use toml::de::DeValue;

use super::{
    super::document::TomlNode,
    layout::{KeySyntax, node_end},
    text_edits::TextEdits,
};
use crate::model::value::Value;

/// The keys of a table and their values.
pub(super) type Entries = [(String, Value)];

/// A table of a list in the text.
struct Block {
    /// The lines that belong to it: also comments, and what separates it from the one before. In a list on one line, the
    /// table itself.
    lines: Range<usize>,
    /// The table.
    table: Range<usize>,
}

/// Returns the entries of a table.
pub(super) fn entries(value: &Value) -> Option<&Entries> {
    match value {
        Value::Table(entries) => Some(entries),
        _ => None,
    }
}

/// Returns the value of a key.
pub(super) fn find<'a>(entries: &'a Entries, name: &str) -> Option<&'a Value> {
    entries.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// Returns, for each new table, the index of the old one that it continues: an equal one, or else the one that has most in
/// common with it. Each old table is used at most once.
fn match_tables(old: &[&Entries], new: &[&Entries]) -> Vec<Option<usize>> {
    let mut previous = vec![None; new.len()];
    let mut unused: Vec<usize> = (0..old.len()).collect();
    let common = |old: &Entries, new: &Entries| old.iter().filter(|entry| new.contains(entry)).count();
    for (new, previous) in new.iter().zip(&mut previous) {
        let equal = unused.iter().position(|index| old[*index] == *new);
        *previous = equal.map(|equal| unused.remove(equal));
    }
    for (index, new) in new.iter().enumerate().filter(|(index, _)| previous[*index].is_none()).collect::<Vec<_>>() {
        let candidates =
            unused.iter().enumerate().filter(|(_, other)| common(old[**other], new) > 0 || **other == index);
        let nearest = candidates.max_by_key(|(_, other)| (common(old[**other], new), **other == index));
        previous[index] = nearest.map(|(at, _)| at).map(|at| unused.remove(at));
    }
    previous
}

impl TextEdits<'_> {
    /// Changes a list of tables. Returns whether it could; otherwise nothing has changed.
    pub(super) fn update_table_list(&mut self, node: &TomlNode<'_>, old: Option<&Value>, new: &[Value]) -> bool {
        let (DeValue::Array(items), Some(Value::Array(old))) = (node.get_ref(), old) else { return false };
        let (Some(old), Some(new)) =
            (old.iter().map(entries).collect::<Option<Vec<_>>>(), new.iter().map(entries).collect::<Option<Vec<_>>>())
        else {
            return false;
        };
        let items: Vec<&TomlNode<'_>> = items.iter().collect();
        if items.len() != old.len() || items.is_empty() || new.is_empty() {
            return false;
        }
        let previous = match_tables(&old, &new);
        if previous.iter().copied().eq((0..items.len()).map(Some)) {
            for ((item, old), new) in items.iter().zip(old).zip(new) {
                self.update_table(item, old, new);
            }
            return true;
        }
        let Some(blocks) = self.blocks_of(&items) else { return false };
        let is_inline = self.is_inline(items[0]);
        let on_one_line = blocks[0].lines == blocks[0].table && is_inline;
        let texts: Vec<String> = previous
            .iter()
            .zip(&new)
            .map(|(previous, new)| match previous {
                Some(index) => self.text_of(&blocks[*index], items[*index], old[*index], new),
                None => self.text_of_new(&blocks, items[0], new),
            })
            .collect();
        let range = blocks[0].lines.start..blocks.last().map_or(0, |block| block.lines.end);
        self.replace(range, texts.join(if on_one_line { ", " } else { "" }));
        true
    }

    fn is_inline(&self, item: &TomlNode<'_>) -> bool {
        self.layout.text[item.span()].starts_with('{')
    }

    /// Changes the keys of a table in which `new` differs from `old`.
    fn update_table(&mut self, node: &TomlNode<'_>, old: &Entries, new: &Entries) {
        if old == new {
        } else if self.is_inline(node) {
            self.update_inline_table(node, old, new);
        } else {
            self.update_nested_table(node, old, new);
        }
    }

    /// Changes the keys of an inline table.
    pub(super) fn update_inline_table(&mut self, node: &TomlNode<'_>, old: &Entries, new: &Entries) {
        let mut present: Vec<_> = node.get_ref().as_table().into_iter().flatten().collect();
        present.sort_by_key(|(key, _)| key.span().start);
        let is_plain = present.iter().all(|(key, value)| self.layout.key_syntax(key, value) == KeySyntax::KeyValue);
        let is_removed = |name: &str| find(old, name).is_some() && find(new, name).is_none();
        let last_kept = present.iter().rev().find(|(key, _)| !is_removed(key.get_ref()));
        let (true, Some((_, last_kept))) = (is_plain, last_kept) else {
            let text = self.toml_text(&Value::Table(new.to_vec()));
            return self.replace(node.span(), text);
        };
        let last_kept = last_kept.span().end;
        for (index, (key, value)) in present.iter().enumerate() {
            let name = key.get_ref().as_ref();
            match (find(old, name), find(new, name)) {
                (Some(_), None) => match present.get(index + 1) {
                    Some((next, _)) if key.span().start < last_kept => {
                        self.replace(key.span().start..next.span().start, "");
                    }
                    _ => self.replace(last_kept..value.span().end, ""),
                },
                (before, Some(after)) if before != Some(after) => self.update_value(value, before, after),
                _ => {}
            }
        }
        for (name, value) in new.iter().filter(|(name, _)| present.iter().all(|(key, _)| key.get_ref() != name)) {
            if find(old, name) != Some(value) {
                let text = format!(", {} = {}", toml_edit::Key::new(name), self.toml_text(value));
                self.replace(last_kept..last_kept, text);
            }
        }
    }

    /// Replaces the value of a key, or what has changed in it.
    pub(super) fn update_value(&mut self, node: &TomlNode<'_>, old: Option<&Value>, new: &Value) {
        match (old, new) {
            (Some(Value::Table(old)), Value::Table(new)) if self.is_inline(node) => {
                self.update_inline_table(node, old, new);
            }
            (Some(_), Value::Array(items)) if self.update_table_list(node, old, items) => {}
            _ => {
                let text = self.toml_text(new);
                self.replace(node.span(), text);
            }
        }
    }

    /// Returns the parts of the text that belong to each of these tables; `None` if they cannot be rearranged: some share a
    /// line, and others not.
    fn blocks_of(&self, items: &[&TomlNode<'_>]) -> Option<Vec<Block>> {
        let layout = self.layout;
        if !items.iter().all(|item| self.is_inline(item) == self.is_inline(items[0])) {
            return None;
        }
        let list = items.first()?.span().start..items.last()?.span().end;
        if self.is_inline(items[0]) && !layout.text[list].contains('\n') {
            return Some(items.iter().map(|item| Block { lines: item.span(), table: item.span() }).collect());
        }
        let mut blocks: Vec<Block> = Vec::new();
        for item in items {
            let (start, end) = (item.span().start, node_end(item));
            let line = layout.line_start(start);
            if !layout.is_blank(line..start) || self.is_inline(item) && !self.ends_line(end) {
                return None;
            }
            let start = blocks.last().map_or_else(|| layout.start_of_comments(line, 0), |last| last.lines.end);
            blocks.push(Block { lines: start..layout.line_end(end), table: item.span() });
        }
        Some(blocks)
    }

    /// Returns whether only a comma and a comment follow on the line.
    fn ends_line(&self, offset: usize) -> bool {
        let rest = self.layout.text[offset..self.layout.line_end(offset)].trim();
        let rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
        rest.is_empty() || rest.starts_with('#')
    }

    /// Returns the lines of a table that may have changed, with a comma at its end.
    fn text_of(&self, block: &Block, item: &TomlNode<'_>, old: &Entries, new: &Entries) -> String {
        let mut edits = TextEdits::new(self.layout);
        edits.update_table(item, old, new);
        if !self.is_inline(item) {
            let text = edits.finish_range(block.lines.clone());
            let eol = if text.ends_with('\n') { "" } else { self.layout.eol };
            return format!("{text}{eol}");
        }
        let before = &self.layout.text[block.lines.start..block.table.start];
        let after = &self.layout.text[block.table.end..block.lines.end];
        let table = edits.finish_range(block.table.clone());
        let has_comma = after.trim_start().starts_with(',') || block.lines == block.table;
        format!("{before}{table}{}{after}", if has_comma { "" } else { "," })
    }

    /// Returns the lines of a new table, which look like those of the others.
    fn text_of_new(&self, blocks: &[Block], other: &TomlNode<'_>, new: &Entries) -> String {
        let layout = self.layout;
        let table = &blocks[0].table;
        if !self.is_inline(other) {
            let header = &layout.text[table.clone()];
            let keys = new.iter().map(|(name, value)| {
                format!("{} = {}{}", toml_edit::Key::new(name), self.toml_text(value), layout.eol)
            });
            return format!("{}{header}{}{}", layout.eol, layout.eol, keys.collect::<String>());
        }
        let text = self.toml_text(&Value::Table(new.to_vec()));
        if blocks[0].lines == *table {
            return text;
        }
        let indent = &layout.text[layout.line_start(table.start)..table.start];
        format!("{indent}{text},{}", layout.eol)
    }
}

#[cfg(test)]
#[path = "table_list_tests.rs"]
mod tests;
