//! Tests of the rows of panels among the tiles that are shown.

use super::*;
use crate::model::{expansion::ExpansionInput, kind, schema::DynFields as _, value::Value};

fn tile(kind: &str, name: &str) -> Tile {
    let mut tile = Tile::new(kind::from_name(kind).unwrap());
    name.clone_into(&mut tile.name);
    tile
}

fn panel(name: &str, rows: &[&str]) -> Tile {
    let row = |name: &&str| Value::Table(vec![("kind".into(), "text".into()), ("name".into(), (*name).into())]);
    let mut panel = tile("panel", name);
    panel.set("rows", &Value::Array(rows.iter().map(row).collect())).unwrap().unwrap();
    panel
}

fn dashboard() -> Dashboard {
    Dashboard { tiles: vec![tile("text", "T"), panel("P", &["a", "b"]), panel("Q", &[])], ..Dashboard::default() }
}

fn row(panel: usize, row: usize) -> TileOrigin {
    TileOrigin::Row(Box::new(TileOrigin::Tile(panel)), row)
}

#[test]
fn rows_are_tiles_directly_behind_their_panel() {
    let expansion = dashboard().expand(&ExpansionInput::default(), |_| None).unwrap();
    let names: Vec<&str> = expansion.tiles.iter().map(|tile| tile.name.as_str()).collect();
    assert_eq!(names, ["T", "P", "P: a", "P: b", "Q"]);
    let tile = TileOrigin::Tile;
    assert_eq!(expansion.origins, [tile(0), tile(1), row(1, 0), row(1, 1), tile(2)]);
    assert_eq!(row(1, 1).whole(), &tile(1));
    assert_eq!((row(1, 1).row(), row(1, 1).tile_index(), tile(1).row()), (Some(1), None, None));
    let without_panels = Dashboard { tiles: vec![Tile::new(kind::from_name("text").unwrap())], ..dashboard() };
    assert!(without_panels.expand(&ExpansionInput::default(), |_| None).is_none(), "each tile is kept once");
}

#[test]
fn rows_that_were_made_before_are_not_read_again() {
    let mut missing = Vec::new();
    let made = |origin: &TileOrigin| {
        let is_known = origin.row() == Some(0);
        if !is_known {
            missing.push(origin.clone());
        }
        is_known.then(|| tile("text", "made before"))
    };
    let expansion = dashboard().expand(&ExpansionInput::default(), made).unwrap();
    let names: Vec<&str> = expansion.tiles.iter().map(|tile| tile.name.as_str()).collect();
    assert_eq!(names, ["T", "P", "made before", "P: b", "Q"]);
    assert_eq!(missing, [TileOrigin::Tile(0), TileOrigin::Tile(1), row(1, 1), TileOrigin::Tile(2)]);
}

#[test]
fn row_is_read_and_replaced_in_its_panel() {
    let dashboard = dashboard();
    assert_eq!(dashboard.tile_at(&row(1, 1)).unwrap().name, "b");
    assert_eq!((dashboard.tile_at(&row(1, 2)), dashboard.tile_at(&row(0, 0))), (None, None));
    let edited = dashboard.replace_at(&row(1, 1), tile("led", "c")).unwrap().apply_to(&dashboard).unwrap();
    let names = |index: usize| edited.tiles[index].rows().map(|row| row.name).collect::<Vec<_>>();
    assert_eq!(names(1), ["a", "c"]);
    let added = dashboard.replace_at(&row(2, 0), tile("led", "c")).unwrap().apply_to(&dashboard).unwrap();
    assert_eq!(added.tiles[2].rows().count(), 1);
    assert_eq!(dashboard.replace_at(&row(2, 1), tile("led", "c")), None);
    assert_eq!(dashboard.replace_at(&row(0, 0), tile("led", "c")), None, "it is no panel");
}

#[test]
fn rows_move_with_their_panel() {
    let swapped = |index: usize| 2 - index;
    assert_eq!(row(2, 1).moved(&swapped), row(0, 1));
}
