//! Random edits of a dashboard file that somebody has written: the result is the edited dashboard, and nothing else of
//! the text changes.
#![no_main]

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use mqtt_dash::{
    config::{DashboardEdit, apply_dashboard_edit, dashboard_to_toml, read_dashboard},
    model::{dashboard::Dashboard, kind, schema::DynFields, tile::Tile, value::Value},
};
use mqtt_dash_fuzz::{
    edits::{comments, has_one_insertion, set_some},
    with_text,
};

fn tile(input: &mut Unstructured<'_>) -> Result<Tile> {
    let kinds: Vec<&'static str> = kind::all().map(|kind| kind.name()).collect();
    let mut tile = Tile::new(kind::from_name(input.choose(&kinds)?).expect("a known kind"));
    let rows = tile.fields();
    set_some(&mut tile, &rows, input)?;
    Ok(tile)
}

fn edit(dashboard: &Dashboard, input: &mut Unstructured<'_>) -> Result<DashboardEdit> {
    let count = dashboard.tiles.len();
    let index = |input: &mut Unstructured<'_>| input.int_in_range(0..=count.saturating_sub(1));
    Ok(match input.int_in_range(0..=7)? {
        0 if count > 0 => DashboardEdit::DeleteTile(index(input)?),
        1 if count > 0 => DashboardEdit::MoveTile(index(input)?, index(input)?),
        2 if count > 0 => {
            let at = index(input)?;
            let mut changed = dashboard.tiles[at].clone();
            let rows = changed.fields();
            set_some(&mut changed, &rows, input)?;
            DashboardEdit::ReplaceTile(at, changed)
        }
        4 if count > 0 => {
            let from = index(input)?;
            let mut tile = dashboard.tiles[from].clone();
            let size = Value::Integer(input.int_in_range(1..=8)?);
            let is_set = matches!(tile.set("height", &size), Some(Ok(())));
            assert!(is_set, "the height of a tile");
            DashboardEdit::PlaceTile { from, to: index(input)?, tile: Box::new(tile) }
        }
        6 if dashboard.templates.iter().any(|template| !template.tiles.is_empty()) => {
            let template = input.int_in_range(0..=dashboard.templates.len() - 1)?;
            let tiles = &dashboard.templates[template].tiles;
            if tiles.is_empty() || input.ratio(1, 4)? {
                return Ok(DashboardEdit::InsertTileBehind { template, tile: Box::new(tile(input)?) });
            }
            let index = input.int_in_range(0..=tiles.len() - 1)?;
            let mut changed = tiles[index].clone();
            let rows = changed.fields();
            set_some(&mut changed, &rows, input)?;
            DashboardEdit::ReplaceTemplateTile { template, index, tile: Box::new(changed) }
        }
        5 if count > 0 => {
            let from = index(input)?;
            let len = input.int_in_range(1..=count - from)?;
            DashboardEdit::MoveSection { from, len, to: input.int_in_range(0..=count - len)? }
        }
        3 => {
            let mut fields = Dashboard { tiles: Vec::new(), ..dashboard.clone() };
            let rows = fields.fields();
            set_some(&mut fields, &rows, input)?;
            DashboardEdit::SetFields(fields)
        }
        _ => DashboardEdit::InsertTile(input.int_in_range(0..=count)?, tile(input)?),
    })
}

fn check(old: &str, new: &str, edit: &DashboardEdit) {
    match edit {
        DashboardEdit::InsertTile(..) | DashboardEdit::InsertTileBehind { .. } => {
            assert!(has_one_insertion(new, old), "more than an insertion")
        }
        DashboardEdit::DeleteTile(_) => assert!(has_one_insertion(old, new), "more than a deletion"),
        DashboardEdit::MoveTile(..)
        | DashboardEdit::MoveSection { .. }
        | DashboardEdit::PlaceTile { .. }
        | DashboardEdit::SetFields(_)
        | DashboardEdit::ReplaceTemplateTile { .. }
        | DashboardEdit::ReplaceTile(..) => {
            // A row of a panel goes with its comments.
            let rows = |text: &str| {
                let dashboard = read_dashboard("x", text).ok()?;
                let of_templates = dashboard.templates.iter().flat_map(|template| &template.tiles);
                Some(dashboard.tiles.iter().chain(of_templates).map(|tile| tile.get("rows")).collect::<Vec<_>>())
            };
            let is_replaced =
                matches!(edit, DashboardEdit::ReplaceTile(..) | DashboardEdit::ReplaceTemplateTile { .. });
            if is_replaced && rows(old) != rows(new) {
                return;
            }
            if let (Some(before), Some(after)) = (comments(old), comments(new)) {
                assert_eq!(before, after, "the comments have changed");
            }
        }
    }
}

fn run(text: &str, input: &mut Unstructured<'_>) -> Result<()> {
    let Ok(mut dashboard) = read_dashboard("x", text) else { return Ok(()) };
    let written = dashboard_to_toml(&dashboard);
    assert_eq!(read_dashboard("x", &written).ok().as_ref(), Some(&dashboard), "{written}");
    let mut text = text.to_owned();
    while !input.is_empty() {
        let edit = edit(&dashboard, input)?;
        let expected = edit.apply_to(&dashboard).expect("the tile exists");
        // An unusual layout is refused, and the file stays as it is.
        let Ok(edited) = apply_dashboard_edit("x", &text, &edit) else { continue };
        assert_eq!(read_dashboard("x", &edited).ok().as_ref(), Some(&expected), "{edit:?}\n{text}\n---\n{edited}");
        if expected == dashboard {
            assert_eq!(edited, text, "an edit that changes nothing has changed the text");
        } else {
            check(&text, &edited, &edit);
        }
        (text, dashboard) = (edited, expected);
    }
    Ok(())
}

fuzz_target!(|data: &[u8]| {
    with_text(data, run);
});
