//! Tests of reading and editing templates.

use crate::{
    config::{apply_dashboard_edit, dashboard_to_toml, read_dashboard},
    model::{edit::DashboardEdit, kind, schema::DynFields as _, tile::Tile},
};

const TEXT: &str = "\
title = \"Plugs\"
vars = { site = { default = \"berlin\", choices = [\"berlin\", \"oslo\"] } }

[[tile]]
kind = \"text\"
topic = \"{site}/one\"

# The plugs.
[[for_each]]
topic = \"{site}/{id}/POWER\" # where they appear
names = { plug-7 = \"Washer\" }
sort = \"name\"

[[for_each.tile]]
kind = \"switch\"
topic = \"{site}/{id}/POWER\" # the state
publish_topic = \"{site}/{id}/set\"

[[for_each.tile]]
kind = \"text\"
topic = \"{site}/{id}/W\"

[[tile]]
kind = \"text\"
topic = \"two\"
";

fn problems(text: &str) -> String {
    read_dashboard("x", text).map_or_else(|problems| problems.render_report(false, 120), |_| String::new())
}

fn edited(edit: &DashboardEdit) -> String {
    apply_dashboard_edit("x", TEXT, edit).unwrap()
}

fn new_tile() -> Tile {
    Tile::new(kind::from_name("clock").unwrap())
}

#[test]
fn template_is_read_with_its_tiles_and_its_place() {
    let dashboard = read_dashboard("x", TEXT).unwrap();
    let template = &dashboard.templates[0];
    assert_eq!((dashboard.tiles.len(), template.position, template.tiles.len()), (2, 1, 2));
    assert_eq!(read_dashboard("x", &dashboard_to_toml(&dashboard)).unwrap(), dashboard);
    let written = dashboard_to_toml(&dashboard);
    let header = |text: &str| written.find(text).unwrap();
    assert!(header("{site}/one") < header("[[for_each]]") && header("{site}/{id}/W") < header("\"two\""), "{written}");
}

#[test]
fn edit_of_a_tile_of_a_template_changes_only_its_lines() {
    let mut tile = read_dashboard("x", TEXT).unwrap().templates[0].tiles[0].clone();
    tile.set("name", &"{name} power".into()).unwrap().unwrap();
    let edit = DashboardEdit::ReplaceTemplateTile { template: 0, index: 0, tile: Box::new(tile) };
    let publish_topic = "publish_topic = \"{site}/{id}/set\"\n";
    let expected = TEXT.replace(publish_topic, &format!("{publish_topic}name = \"{{name}} power\"\n"));
    let edited = edited(&edit);
    assert!(edited.contains("# the state") && edited.contains("name = \"{name} power\""), "{edited}");
    assert_eq!(edited.lines().count(), expected.lines().count());
}

/// Returns the order of the tiles and of the template after an edit.
fn order(edit: &DashboardEdit) -> Vec<&'static str> {
    let edited = edited(edit);
    let marks = ["{site}/one\"", "# The plugs.\n[[for_each]]", "\"two\"", "\"clock\""];
    let mut found: Vec<_> = marks.iter().filter_map(|mark| Some((edited.find(mark)?, *mark))).collect();
    found.sort_unstable();
    found.into_iter().map(|(_, mark)| mark.trim_matches(['"', '[', ']'])).collect()
}

#[test]
fn tiles_around_a_template_are_inserted_deleted_and_moved() {
    let (one, template, two, clock) = ("{site}/one", "# The plugs.\n[[for_each", "two", "clock");
    for (edit, expected) in [
        (DashboardEdit::InsertTile(0, new_tile()), vec![clock, one, template, two]),
        (DashboardEdit::InsertTile(1, new_tile()), vec![one, clock, template, two]),
        (DashboardEdit::InsertTile(2, new_tile()), vec![one, template, two, clock]),
        (DashboardEdit::InsertTileBehind { template: 0, tile: new_tile().into() }, vec![one, template, clock, two]),
        (DashboardEdit::DeleteTile(0), vec![template, two]),
        (DashboardEdit::DeleteTile(1), vec![one, template]),
        (DashboardEdit::MoveTile(1, 0), vec![two, one, template]),
        (DashboardEdit::MoveTile(0, 1), vec![template, two, one]),
    ] {
        assert_eq!(order(&edit), expected, "{edit:?}");
    }
}

#[test]
fn section_moves_with_its_templates() {
    let section = |name: &str| format!("[[tile]]\nkind = \"heading\"\nname = \"{name}\"\n\n");
    let tile = |topic: &str| format!("[[tile]]\nkind = \"text\"\ntopic = \"{topic}\"\n\n");
    let template = "[[for_each]]\ntopic = \"a/{id}\"\n\n[[for_each.tile]]\nkind = \"text\"\ntopic = \"a/{id}\"\n\n";
    let first = [section("One"), tile("x"), template.to_owned()].concat();
    let second = [section("Two"), tile("y")].concat();
    let text = [&*first, &*second].concat();
    let moved = |text: &str, from, to| {
        apply_dashboard_edit("x", text, &DashboardEdit::MoveSection { from, len: 2, to }).unwrap()
    };
    assert_eq!(moved(&text, 0, 2).trim_end(), [&*second, &*first].concat().trim_end());
    assert_eq!(moved(&text, 2, 0).trim_end(), [&*second, &*first].concat().trim_end());
    assert_eq!(moved(&moved(&text, 0, 2), 2, 0), text);
}

#[test]
fn problems_of_a_template_are_reported_at_their_place() {
    let tile = "[[for_each.tile]]\nkind = \"text\"\ntopic = \"a/{id}/x\"\n";
    for (text, expected) in [
        ("[[for_each]]\ntopic = \"a/{id}\"\n".to_owned(), ["this template has no tiles", "[[for_each.tile]]"]),
        (format!("[[for_each]]\n{tile}"), ["this template has no `topic`", "stat/{id}/POWER"]),
        (format!("[[for_each]]\ntopci = \"a/{{id}}\"\n{tile}"), ["did you mean `topic`?", "x:2:1"]),
        (format!("[for_each]\ntopic = \"a/{{id}}\"\n{tile}"), ["needs two brackets", "[[for_each]]"]),
        (
            format!("[[for_each]]\ntopic = \"a/{{id}}\"\n{}", tile.replace("{id}", "{ids}")),
            ["nothing stands for `{ids}`", "did you mean `id`?"],
        ),
        (
            format!("[[for_each]]\ntopic = \"a/{{id}}\"\navailability = {{ topic = \"b/{{x}}\" }}\n{tile}"),
            ["nothing stands for `{x}`", "x:3"],
        ),
        (
            format!("[vars]\nsite = 3\n[[for_each]]\ntopic = \"a/{{id}}\"\n{tile}"),
            ["expected text or a table", "x:2:8"],
        ),
    ] {
        let report = problems(&text);
        assert!(expected.iter().all(|part| report.contains(part)), "{text}\n{report}");
    }
}
