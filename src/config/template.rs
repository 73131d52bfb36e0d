//! Reads the templates of dashboard files: `[[for_each]]`, and `[[for_each.tile]]` below it.

use toml::{Spanned, de::DeValue};

use super::{
    dashboard::read_tile,
    document::{Document, TomlNode},
};
use crate::model::{dashboard::Dashboard, template::Template, value::ValidationError};

/// Reads the templates of a dashboard, whose own keys and tiles are read already.
pub(super) fn read_templates(document: &mut Document<'_>, root: &TomlNode<'_>, dashboard: &mut Dashboard) {
    let items = |name: &str| match root.get_ref().get(name).map(Spanned::get_ref) {
        Some(DeValue::Array(items)) => Some(items),
        _ => None,
    };
    if let (Some(_), None) = (root.get_ref().get("for_each"), items("for_each")) {
        let error = ValidationError::new("a header of a template needs two brackets").with_help("write [[for_each]]");
        document.add_validation_error(root, error.prepend_key("for_each"));
    }
    let tiles = items("tile").into_iter().flatten();
    let starts: Vec<usize> = tiles.map(|tile| tile.span().start).collect();
    for node in items("for_each").into_iter().flatten() {
        let mut template = Template::at(starts.partition_point(|start| *start < node.span().start));
        document.read_into(node, &mut template, &["tile"]);
        for error in template.placeholder_errors(&dashboard.vars) {
            document.add_validation_error(node, error);
        }
        match node.get_ref().get("tile").map(Spanned::get_ref) {
            Some(DeValue::Array(tiles)) => read_tiles(document, tiles, &mut template, dashboard),
            Some(_) => document.add_validation_error(
                node,
                ValidationError::new("a tile header needs two brackets")
                    .with_help("write [[for_each.tile]]")
                    .prepend_key("tile"),
            ),
            None => document.add_validation_error(
                node,
                ValidationError::new("this template has no tiles")
                    .with_help("write [[for_each.tile]] and its keys below"),
            ),
        }
        dashboard.templates.push(template);
    }
}

fn read_tiles(document: &mut Document<'_>, nodes: &[TomlNode<'_>], template: &mut Template, dashboard: &Dashboard) {
    for node in nodes {
        let Some(tile) = read_tile(document, node) else { continue };
        for error in template.tile_placeholder_errors(&tile, &dashboard.vars) {
            document.add_validation_error(node, error);
        }
        template.tiles.push(tile);
    }
}

#[cfg(test)]
#[path = "template_tests.rs"]
mod tests;
