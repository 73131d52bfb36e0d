//! Checks which lines of a dashboard's file an edit changed, from the text alone.

use std::ops::Range;

use crate::{
    config::{apply_dashboard_edit, read_dashboard},
    model::{dashboard::Dashboard, edit::DashboardEdit, schema::non_default_fields},
};

/// Returns the lines of each tile: from the comments right above it to those above the next one.
fn tile_blocks(lines: &[&str]) -> Vec<Range<usize>> {
    let is_tile_header = |index: &usize| lines[*index].starts_with("[[tile]]");
    let with_comments =
        |index: usize| index - lines[..index].iter().rev().take_while(|line| line.starts_with('#')).count();
    let starts: Vec<usize> = (0..lines.len()).filter(is_tile_header).map(with_comments).collect();
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

/// Returns the TOML key of a line.
fn line_key<'a>(line: &&'a str) -> Option<&'a str> {
    let name = line.split_once('=')?.0.trim_end();
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_').then_some(name)
}

/// Returns the lines of the first list that the second one lacks, with multiplicity.
fn lines_only_in_first<'a>(first: &[&'a str], second: &[&str]) -> Vec<&'a str> {
    let mut second = second.to_vec();
    let missing = |line: &&&str| match second.iter().position(|other| other == *line) {
        Some(index) => {
            second.swap_remove(index);
            false
        }
        None => true,
    };
    first.iter().filter(missing).copied().collect()
}

/// Returns the keys whose values differ between two tables.
fn differing_keys(
    old: &[(String, crate::model::value::Value)],
    new: &[(String, crate::model::value::Value)],
) -> Vec<String> {
    let missing_entries = |one: &[(String, _)], other: &[(String, _)]| -> Vec<String> {
        one.iter().filter(|entry| !other.contains(entry)).map(|(key, _)| key.clone()).collect()
    };
    [missing_entries(old, new), missing_entries(new, old)].concat()
}

/// Returns whether only lines with these keys differ.
fn only_keys_changed(old: &[&str], new: &[&str], keys: &[String]) -> bool {
    let has_allowed_key = |line: &&str| line_key(line).is_some_and(|key| keys.iter().any(|allowed| allowed == key));
    let other_lines = |lines: &[&'_ str]| -> Vec<String> {
        lines.iter().filter(|line| !has_allowed_key(line)).map(|line| (*line).to_owned()).collect()
    };
    other_lines(old) == other_lines(new)
}

/// Returns whether every key that both lists contain has the same trailing comment in both.
fn same_trailing_comments(old: &[&str], new: &[&str]) -> bool {
    let trailing_comment = |line: &str| line.rsplit_once(" # ").map(|(_, comment)| comment.to_owned());
    let counterpart = |name: &str| new.iter().find(|line| line_key(line) == Some(name));
    let mut pairs = old.iter().filter_map(|line| Some((line, counterpart(line_key(line)?)?)));
    pairs.all(|(line, other)| trailing_comment(line) == trailing_comment(other))
}

/// The text of a dashboard's file before and after an edit.
struct EditedText<'a> {
    old: Vec<&'a str>,
    new: Vec<&'a str>,
    old_blocks: Vec<Range<usize>>,
    new_blocks: Vec<Range<usize>>,
    removed: Vec<&'a str>,
    added: Vec<&'a str>,
}

impl<'a> EditedText<'a> {
    fn new(old: &'a str, new: &'a str) -> Self {
        let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
        let (old_blocks, new_blocks) = (tile_blocks(&old), tile_blocks(&new));
        let (removed, added) = (lines_only_in_first(&old, &new), lines_only_in_first(&new, &old));
        Self { old, new, old_blocks, new_blocks, removed, added }
    }

    fn describe(&self) -> String {
        format!("{:?} {:?}", self.removed, self.added)
    }

    fn unexpected_change_of_replaced_tile(&self, index: usize, mut keys: Vec<String>) -> Option<String> {
        let Self { old, new, .. } = self;
        let (old_block, new_block) = (self.old_blocks.get(index)?.clone(), self.new_blocks.get(index)?.clone());
        if old[..old_block.start] != new[..new_block.start] || old[old_block.end..] != new[new_block.end..] {
            return Some("a line outside the tile".to_owned());
        }
        keys.push("kind".to_owned());
        if !same_trailing_comments(&old[old_block.clone()], &new[new_block.clone()]) {
            return Some(format!("a comment: {}", self.describe()));
        }
        (!only_keys_changed(&old[old_block], &new[new_block], &keys))
            .then(|| format!("more than {keys:?}: {}", self.describe()))
    }

    fn unexpected_change_of_set_fields(&self, keys: &[String]) -> Option<String> {
        let Self { old, new, .. } = self;
        let header_len =
            |lines: &[&str], blocks: &[Range<usize>]| blocks.first().map_or(lines.len(), |first| first.start);
        let (old_header_len, new_header_len) = (header_len(old, &self.old_blocks), header_len(new, &self.new_blocks));
        if old[old_header_len..] != new[new_header_len..] {
            return Some("a tile".to_owned());
        }
        (!only_keys_changed(&old[..old_header_len], &new[..new_header_len], keys))
            .then(|| format!("more than {keys:?}: {}", self.describe()))
    }

    fn unexpected_change_of_inserted_tile(&self, index: usize) -> Option<String> {
        let Self { old, new, removed, added, .. } = self;
        let block = self.new_blocks.get(index)?.clone();
        let other_lines: Vec<&str> = [&new[..block.start], &new[block.end..]].concat();
        let non_empty_count = |lines: &[&str]| lines.iter().filter(|line| !line.is_empty()).count();
        // Loose comments above the position of the new tile may end up on either side of it.
        let is_unexpected =
            !removed.is_empty() || non_empty_count(new) != non_empty_count(old) + non_empty_count(added);
        (is_unexpected
            || non_empty_count(&new[block]) == 0
            || lines_only_in_first(&other_lines, old).iter().any(|line| !line.is_empty()))
        .then(|| self.describe())
    }

    fn unexpected_change_of_deleted_tile(&self, index: usize) -> Option<String> {
        let deleted_lines = &self.old[self.old_blocks.get(index)?.clone()];
        let unexpected: Vec<&str> =
            lines_only_in_first(&self.removed, deleted_lines).into_iter().filter(|line| !line.is_empty()).collect();
        (!unexpected.is_empty() || !self.added.is_empty()).then(|| format!("{unexpected:?} {:?}", self.added))
    }

    fn unexpected_change_of_moved_tile(&self, from: usize, to: usize) -> Option<String> {
        let has_non_empty = |lines: &[&str]| lines.iter().any(|line| !line.is_empty());
        let tile_lines = |lines: &[&str], block: Range<usize>| -> Vec<String> {
            let tile = lines[block].iter().take_while(|line| !line.starts_with("# loose"));
            tile.filter(|line| !line.is_empty()).map(|line| (*line).to_owned()).collect()
        };
        let is_tile_intact = tile_lines(&self.old, self.old_blocks.get(from)?.clone())
            == tile_lines(&self.new, self.new_blocks.get(to)?.clone());
        (has_non_empty(&self.removed) || has_non_empty(&self.added) || !is_tile_intact).then(|| self.describe())
    }
}

/// Describes a line that an edit changed but should not have; `None` when there is none.
pub(crate) fn unexpected_change(old: &str, new: &str, edit: &DashboardEdit) -> Option<String> {
    let (before, after): (Dashboard, Dashboard) = (read_dashboard("x", old).ok()?, read_dashboard("x", new).ok()?);
    let text = EditedText::new(old, new);
    match edit {
        DashboardEdit::ReplaceTile(index, _) => {
            let fields = |dashboard: &Dashboard| dashboard.tiles.get(*index).map(non_default_fields);
            text.unexpected_change_of_replaced_tile(*index, differing_keys(&fields(&before)?, &fields(&after)?))
        }
        DashboardEdit::SetFields(_) => {
            let keys = differing_keys(&non_default_fields(&before), &non_default_fields(&after));
            text.unexpected_change_of_set_fields(&keys)
        }
        DashboardEdit::InsertTile(index, _) => text.unexpected_change_of_inserted_tile(*index),
        DashboardEdit::DeleteTile(index) => text.unexpected_change_of_deleted_tile(*index),
        DashboardEdit::MoveTile(from, to) | DashboardEdit::MoveSection { from, to, .. } => {
            text.unexpected_change_of_moved_tile(*from, *to)
        }
        DashboardEdit::ReplaceTemplateTile { .. } | DashboardEdit::InsertTileBehind { .. } => {
            panic!("no random edit is one of a template")
        }
        DashboardEdit::PlaceTile { from, to, tile } => {
            let moved_back = apply_dashboard_edit("x", new, &DashboardEdit::MoveTile(*to, *from)).ok()?;
            unexpected_change(old, &moved_back, &DashboardEdit::ReplaceTile(*from, (**tile).clone()))
        }
    }
}

#[test]
fn unexpected_change_reports_lines_outside_edit() {
    let old = "title = \"T\"\n\n# a\n[[tile]]\nkind = \"text\"\nname = \"A\" # x\n\n# b\n[[tile]]\nkind = \"text\"\nname = \"B\"\n";
    let tiles = read_dashboard("x", old).unwrap().tiles;
    let mut renamed = tiles[0].clone();
    renamed.name = "C".into();
    let change = DashboardEdit::ReplaceTile(0, renamed);
    let expected = old.replace("\"A\"", "\"C\"");
    assert_eq!(unexpected_change(old, &expected, &change), None);
    for unexpected in [expected.replace(" # x", ""), expected.replace("# b\n", ""), expected.replace("\"T\"", "'T'")] {
        assert!(unexpected_change(old, &unexpected, &change).is_some(), "{unexpected}");
    }
    let delete = DashboardEdit::DeleteTile(1);
    let expected = old.split_once("\n# b").unwrap().0;
    assert_eq!(unexpected_change(old, expected, &delete), None);
    assert!(unexpected_change(old, &expected.replace("# a\n", ""), &delete).is_some());
    assert!(unexpected_change(old, &format!("{expected}# new\n"), &delete).is_some());
    let move_tile = DashboardEdit::MoveTile(0, 1);
    assert!(unexpected_change(old, &old.replace("# a", "# c"), &move_tile).is_some());
}
