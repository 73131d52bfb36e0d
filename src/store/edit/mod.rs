//! Edits of files that keep every byte they are not about: comments, order, spacing, `40` or `40.0`.
//!
//! A text is taken apart with the place of each part, the few lines concerned are replaced, and the
//! new text is read again: unless it says exactly what was wanted, the edit is refused.

mod keys;
mod layout;
mod profiles;

use std::ops::Range;

use toml::{Spanned, de::DeValue};

use self::{
    keys::Splices,
    layout::{Layout, end_of},
};
use super::{
    dashboard::read_dashboard,
    fault::StoreFault,
    read::{Document, Node},
    text::{dashboard_text, to_toml},
};
use crate::model::{dashboard::Dashboard, edit::DashboardEdit, tile::Tile};

pub use profiles::apply_to_profiles;

/// The text of a dashboard's file after an edit. Only the lines that the edit is about differ; an
/// edit that changes nothing gives the very same text. `name` stands for the file in problems.
///
/// # Errors
/// That the text is no dashboard, has no such tile, or is written in a way that is not edited here.
pub fn apply(name: &str, text: &str, edit: &DashboardEdit) -> Result<String, StoreFault> {
    let refused = |why: String| StoreFault::Edit { file: name.to_owned(), why };
    let old = read_dashboard(name, text).map_err(|problems| refused(problems.to_string()))?;
    let wanted = edit.apply_to(&old).ok_or_else(|| refused("there is no such tile".to_owned()))?;
    if wanted == old {
        return Ok(text.to_owned());
    }
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    let edited = changed(bare, &old, edit).map(|edited| format!("{}{edited}", &text[..text.len() - bare.len()]));
    match edited.filter(|edited| read_dashboard(name, edited).is_ok_and(|loaded| loaded == wanted)) {
        Some(edited) => Ok(edited),
        None => Err(refused("it is written in a way that only an editor can change".to_owned())),
    }
}

fn changed(text: &str, old: &Dashboard, edit: &DashboardEdit) -> Option<String> {
    let layout = Layout::new(text);
    let root = Document::parse("", text).root();
    let tiles = tiles(layout, &root)?;
    let blocks = layout.blocks(
        &tiles.iter().map(|tile| (tile.span().start, end_of(tile))).collect::<Vec<_>>(),
        layout.own_keys(&root).iter().map(|(_, end)| *end).max().unwrap_or(0),
    );
    let mut splices = Splices::new(layout);
    match edit {
        DashboardEdit::SetFields(new) => {
            head(&mut splices, &root, blocks.first().map(|block| block.start), |splices, floor| {
                splices.keys(&root, floor, old, new, &[]);
            })
        }
        DashboardEdit::ReplaceTile(at, new) => change(&mut splices, *tiles.get(*at)?, old.tiles.get(*at)?, new)?,
        DashboardEdit::InsertTile(at, tile) => insert(&mut splices, &blocks, *at, tile),
        DashboardEdit::DeleteTile(at) => delete(&mut splices, &blocks, *at)?,
        DashboardEdit::MoveTile(from, to) => carry(&mut splices, &blocks, *from, *to)?,
    }
    Some(splices.finish())
}

/// The tiles of a file, where each has a header of its own.
fn tiles<'n, 'a>(layout: Layout<'_>, root: &'n Node<'a>) -> Option<Vec<&'n Node<'a>>> {
    let Some(DeValue::Array(tiles)) = root.get_ref().get("tile").map(Spanned::get_ref) else {
        return Some(Vec::new());
    };
    let has_header = |tile: &&Node<'_>| layout.text[tile.span().start..].starts_with("[[") && tile.get_ref().is_table();
    let headed: Vec<_> = tiles.iter().filter(has_header).collect();
    (headed.len() == tiles.len()).then_some(headed)
}

/// Changes the keys at the top of a file, and parts them from the first block by an empty line where
/// there was no key before.
fn head(
    splices: &mut Splices<'_>,
    root: &Node<'_>,
    first_block: Option<usize>,
    change: impl FnOnce(&mut Splices<'_>, usize),
) {
    let bare = splices.layout.own_keys(root).is_empty();
    let floor = first_block.unwrap_or(splices.layout.text.len());
    change(splices, floor);
    if bare && first_block.is_some() {
        splices.lines(floor, splices.layout.eol.to_owned());
    }
}

fn change(splices: &mut Splices<'_>, node: &Node<'_>, old: &Tile, new: &Tile) -> Option<()> {
    if old.kind.name() != new.kind.name() {
        let kind = node.get_ref().get("kind")?;
        splices.replace(kind.span(), to_toml(new.kind.name().into()).to_string());
    }
    let floor = splices.layout.line_end(node.span().end);
    splices.keys(node, floor, old, new, &[]);
    Some(())
}

fn insert(splices: &mut Splices<'_>, blocks: &[Range<usize>], at: usize, tile: &Tile) {
    let layout = splices.layout;
    let mut text = dashboard_text(&Dashboard { tiles: vec![tile.clone()], ..Dashboard::default() });
    if !text.contains("'''") && !text.contains("\"\"\"") {
        text = text.replace('\n', layout.eol);
    }
    if let Some(block) = blocks.get(at) {
        splices.lines(block.start, text + layout.eol);
    } else {
        let end = blocks.last().map_or(layout.text.len(), |block| block.end);
        let gap = if layout.is_blank(0..end) { "" } else { layout.eol };
        splices.lines(end, format!("{gap}{text}"));
    }
}

/// Takes a block out, and one of the empty lines around it.
fn delete(splices: &mut Splices<'_>, blocks: &[Range<usize>], at: usize) -> Option<()> {
    let block = blocks.get(at)?.clone();
    let behind = blocks.get(at + 1).map(|next| block.end..next.start);
    let before = at.checked_sub(1).and_then(|at| blocks.get(at)).map(|last| last.end..block.start);
    let range = match (behind, before) {
        (Some(gap), _) if splices.layout.is_blank(gap.clone()) => block.start..gap.end,
        (None, Some(gap)) if splices.layout.is_blank(gap.clone()) => gap.start..block.end,
        _ => block,
    };
    splices.replace(range, "");
    Some(())
}

/// Carries a block to another place; what lies between blocks stays where it is.
fn carry(splices: &mut Splices<'_>, blocks: &[Range<usize>], from: usize, to: usize) -> Option<()> {
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    let moved = (from < order.len()).then(|| order.remove(from))?;
    order.insert(to, moved);
    for (place, block) in order.into_iter().enumerate().filter(|(place, block)| place != block) {
        let text = &splices.layout.text[blocks[block].clone()];
        let eol = if text.ends_with('\n') { "" } else { splices.layout.eol };
        splices.replace(blocks[place].clone(), format!("{text}{eol}"));
    }
    Some(())
}
