//! Edits TOML files in place and keeps every byte that an edit does not concern: comments, order, spacing,
//! and whether a number is written as `40` or `40.0`.
//!
//! The edits are our own. `toml_edit` formats the values, but an edit of its document tree (as of 0.25)
//! changes more than it should: assigning a value drops the comment on its line, a comment below the keys of
//! a tile is deleted with the next tile, reordered tiles are written in their old order unless each gets a
//! new position, and CRLF line endings become LF. Serializing the whole file would lose all comments.
//!
//! An edit parses the text with the span of each value, replaces only the lines concerned, and parses the
//! result. If the result is not exactly the expected definition, the edit is refused and the file stays
//! unchanged.

mod decoder_rules;
mod layout;
mod messages;
mod profiles;
mod table_lists;
mod text_edits;

use std::ops::Range;

use toml::{Spanned, de::DeValue};

use self::{
    layout::{TextLayout, node_end},
    text_edits::TextEdits,
};
use super::{
    dashboard::read_dashboard,
    document::{Document, TomlNode},
    error::ConfigError,
    serialize::{dashboard_to_toml, to_toml_value},
};
use crate::model::{
    dashboard::Dashboard,
    edit::{BlockMove, DashboardEdit},
    tile::Tile,
};

pub use decoder_rules::apply_decoder_rule_edit;
pub(crate) use messages::apply_message_edit;
pub use profiles::apply_profile_edit;

/// The reason when an edit in place would not give the expected result.
const UNSUPPORTED_LAYOUT: &str = "its TOML layout is not supported; change it in a text editor";

/// Applies an edit to the text of a dashboard file. Only the lines that the edit concerns change; an edit
/// that changes nothing returns the same text. `name` is the file name in errors.
///
/// # Errors
/// When the text is not a valid dashboard, has no such tile, or uses a layout that cannot be edited in place.
pub fn apply_dashboard_edit(name: &str, text: &str, edit: &DashboardEdit) -> Result<String, ConfigError> {
    let old = read_dashboard(name, text)
        .map_err(|problems| ConfigError::Edit { file: name.to_owned(), reason: problems.to_string() })?;
    edit_dashboard(name, text, &old, edit).map(|(edited, _)| edited)
}

/// Applies an edit like [`apply_dashboard_edit`] to the text of the dashboard `old`, which was read already. Returns
/// the new text and its dashboard.
///
/// # Errors
/// When the dashboard has no such tile, or the text uses a layout that cannot be edited in place.
pub(crate) fn edit_dashboard(
    name: &str,
    text: &str,
    old: &Dashboard,
    edit: &DashboardEdit,
) -> Result<(String, Dashboard), ConfigError> {
    let edit_error = |reason: &str| ConfigError::Edit { file: name.to_owned(), reason: reason.to_owned() };
    let expected = edit.apply_to(old).ok_or_else(|| edit_error("there is no such tile"))?;
    if expected == *old {
        return Ok((text.to_owned(), expected));
    }
    if let DashboardEdit::PlaceTile { from, to, tile } = edit {
        let replace = DashboardEdit::ReplaceTile(*from, (**tile).clone());
        let (text, replaced) = edit_dashboard(name, text, old, &replace)?;
        return edit_dashboard(name, &text, &replaced, &DashboardEdit::MoveTile(*from, *to));
    }
    let edited = edit_after_bom(text, |text| edited_text(text, old, edit));
    match edited.filter(|edited| read_dashboard(name, edited).is_ok_and(|loaded| loaded == expected)) {
        Some(edited) => Ok((edited, expected)),
        None => Err(edit_error(UNSUPPORTED_LAYOUT)),
    }
}

/// Edits a text without its byte order mark, which Windows' editors write, and puts that back.
fn edit_after_bom(text: &str, edit: impl FnOnce(&str) -> Option<String>) -> Option<String> {
    let without_bom = text.strip_prefix('\u{feff}').unwrap_or(text);
    let bom = &text[..text.len() - without_bom.len()];
    edit(without_bom).map(|edited| format!("{bom}{edited}"))
}

fn edited_text(text: &str, old: &Dashboard, edit: &DashboardEdit) -> Option<String> {
    let layout = TextLayout::new(text);
    let root = Document::parse("", text).root();
    let tiles = header_nodes(layout, &root, "tile")?;
    let templates = header_nodes(layout, &root, "for_each")?;
    let blocks = Blocks::new(layout, &root, &tiles, &templates);
    let mut edits = TextEdits::new(layout);
    match edit {
        DashboardEdit::SetFields(new) => {
            let first_block = blocks.all.first().map(|block| block.start);
            edit_top_level_keys(&mut edits, &root, first_block, |edits, default_offset| {
                edits.update_keys(&root, default_offset, old, new, &[]);
            });
        }
        DashboardEdit::ReplaceTile(index, new) => {
            change_tile(&mut edits, *tiles.get(*index)?, old.tiles.get(*index)?, new)?;
        }
        DashboardEdit::InsertTile(index, tile) => {
            let previous = index.checked_sub(1).and_then(|index| blocks.tiles.get(index));
            insert_tile(&mut edits, &blocks.all, previous, tile);
        }
        DashboardEdit::InsertTileBehind { template, tile } => {
            insert_tile(&mut edits, &blocks.all, Some(blocks.templates.get(*template)?), tile);
        }
        DashboardEdit::DeleteTile(index) => {
            delete_block(&mut edits, &blocks.all, blocks.tiles.get(*index)?.clone())?;
        }
        DashboardEdit::MoveTile(from, to) => {
            move_blocks(&mut edits, &blocks.all, BlockMove::of_tile((&old.templates, old.tiles.len()), *from, *to)?)?;
        }
        DashboardEdit::MoveSection { from, len, to } => {
            move_blocks(
                &mut edits,
                &blocks.all,
                BlockMove::of_section((&old.templates, old.tiles.len()), *from, *len, *to)?,
            )?;
        }
        DashboardEdit::ReplaceTemplateTile { template, index, tile } => {
            let nodes = header_nodes(layout, templates.get(*template)?, "tile")?;
            change_tile(&mut edits, *nodes.get(*index)?, old.templates.get(*template)?.tiles.get(*index)?, tile)?;
        }
        DashboardEdit::PlaceTile { .. } => return None,
    }
    Some(edits.finish())
}

/// Returns the tables of an array, or `None` unless each of them has a header such as `[[tile]]`.
fn header_nodes<'n, 'a>(layout: TextLayout<'_>, table: &'n TomlNode<'a>, key: &str) -> Option<Vec<&'n TomlNode<'a>>> {
    let Some(DeValue::Array(items)) = table.get_ref().get(key).map(Spanned::get_ref) else {
        return Some(Vec::new());
    };
    let has_header =
        |item: &&TomlNode<'_>| layout.text[item.span().start..].starts_with("[[") && item.get_ref().is_table();
    let with_header: Vec<_> = items.iter().filter(has_header).collect();
    (with_header.len() == items.len()).then_some(with_header)
}

/// The blocks of the tiles and templates of a file: each header with the lines that belong to it.
struct Blocks {
    /// All of them, in the order of the file.
    all: Vec<Range<usize>>,
    /// Those of the tiles.
    tiles: Vec<Range<usize>>,
    /// Those of the templates.
    templates: Vec<Range<usize>>,
}

impl Blocks {
    fn new(layout: TextLayout<'_>, root: &TomlNode<'_>, tiles: &[&TomlNode<'_>], templates: &[&TomlNode<'_>]) -> Self {
        let start_and_end = |node: &&TomlNode<'_>| (node.span().start, node_end(node));
        let mut headers: Vec<(usize, usize)> = tiles.iter().chain(templates).map(start_and_end).collect();
        headers.sort_unstable();
        let end_of_keys = layout.own_keys(root).iter().map(|(_, end)| *end).max().unwrap_or(0);
        let all = layout.blocks(&headers, end_of_keys);
        let is_tile = |(start, _): &(usize, usize)| tiles.binary_search_by_key(start, |tile| tile.span().start).is_ok();
        let (mut of_tiles, mut of_templates) = (Vec::new(), Vec::new());
        for (header, block) in headers.iter().zip(&all) {
            let blocks = if is_tile(header) { &mut of_tiles } else { &mut of_templates };
            blocks.push(block.clone());
        }
        Self { all, tiles: of_tiles, templates: of_templates }
    }
}

/// Changes the top-level keys of a file. If there were none before, separates them from the first block by an
/// empty line.
fn edit_top_level_keys(
    edits: &mut TextEdits<'_>,
    root: &TomlNode<'_>,
    first_block: Option<usize>,
    change: impl FnOnce(&mut TextEdits<'_>, usize),
) {
    let had_no_keys = edits.layout.own_keys(root).is_empty();
    let default_offset = first_block.unwrap_or(edits.layout.text.len());
    change(edits, default_offset);
    if had_no_keys && first_block.is_some() {
        edits.insert_lines(default_offset, edits.layout.eol.to_owned());
    }
}

fn change_tile(edits: &mut TextEdits<'_>, node: &TomlNode<'_>, old: &Tile, new: &Tile) -> Option<()> {
    if old.kind.name() != new.kind.name() {
        let kind = node.get_ref().get("kind")?;
        edits.replace(kind.span(), to_toml_value(new.kind.name().into()).to_string());
    }
    let default_offset = edits.layout.line_end(node.span().end);
    edits.update_keys(node, default_offset, old, new, &[]);
    Some(())
}

/// Inserts the block of a tile behind another one, or else before all of them.
fn insert_tile(edits: &mut TextEdits<'_>, blocks: &[Range<usize>], previous: Option<&Range<usize>>, tile: &Tile) {
    let layout = edits.layout;
    let mut text = dashboard_to_toml(&Dashboard { tiles: vec![tile.clone()], ..Dashboard::default() });
    if !text.contains("'''") && !text.contains("\"\"\"") {
        text = text.replace('\n', layout.eol);
    }
    let next = previous.map_or(blocks.first(), |previous| blocks.iter().find(|block| block.start >= previous.end));
    match (previous, next) {
        (None, Some(next)) => edits.insert_lines(next.start, text + layout.eol),
        // What is written between the tiles stays above the next one: it may be a title.
        (Some(previous), next) => {
            let gap = if next.is_some_and(|next| next.start == previous.end) { layout.eol } else { "" };
            edits.insert_lines(previous.end, format!("{}{text}{gap}", layout.eol));
        }
        (None, None) => {
            let gap = if layout.is_blank(0..layout.text.len()) { "" } else { layout.eol };
            edits.insert_lines(layout.text.len(), format!("{gap}{text}"));
        }
    }
}

/// Deletes one of these blocks and the empty lines on one side of it.
fn delete_block(edits: &mut TextEdits<'_>, blocks: &[Range<usize>], block: Range<usize>) -> Option<()> {
    let index = blocks.iter().position(|other| *other == block)?;
    let gap_after = blocks.get(index + 1).map(|next| block.end..next.start);
    let gap_before = index.checked_sub(1).and_then(|index| blocks.get(index)).map(|last| last.end..block.start);
    let range = match (gap_after, gap_before) {
        (Some(gap), _) if edits.layout.is_blank(gap.clone()) => block.start..gap.end,
        (None, Some(gap)) if edits.layout.is_blank(gap.clone()) => gap.start..block.end,
        _ => block,
    };
    edits.replace(range, "");
    Some(())
}

/// Moves the blocks of tiles to another position: they change places with those between the old and the new position. What
/// is written between blocks stays between the same ones.
fn move_blocks(
    edits: &mut TextEdits<'_>,
    blocks: &[Range<usize>],
    BlockMove { from, len, to }: BlockMove,
) -> Option<()> {
    let (first, middle, end) = if from < to { (from, from + len, to + len) } else { (to, from, from + len) };
    let range = |blocks: &[Range<usize>]| Some(blocks.first()?.start..blocks.last()?.end);
    let upper = range(blocks.get(first..middle)?)?;
    let lower = range(blocks.get(middle..end)?)?;
    let layout = edits.layout;
    let eol = if layout.text[lower.clone()].ends_with('\n') { "" } else { layout.eol };
    let (upper_text, lower_text) = (&layout.text[upper.clone()], &layout.text[lower.clone()]);
    edits.replace(upper, format!("{lower_text}{eol}"));
    edits.replace(lower, upper_text);
    Some(())
}
