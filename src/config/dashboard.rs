//! Reads dashboard files.

use std::path::Path;

use toml::de::DeValue;

use super::{
    document::{Document, TomlNode},
    file::read_text,
    misplaced_key::help_in_dashboard,
    problem::Problems,
    template::read_templates,
};
use crate::model::{
    dashboard::Dashboard,
    kind,
    schema::{DynFields, FieldInfo},
    tile::Tile,
    value::{ValidationError, Value},
};

/// Loads a dashboard from a file.
///
/// # Errors
/// All problems of the file.
pub fn load_dashboard(path: &Path) -> Result<Dashboard, Problems> {
    read_dashboard(&path.display().to_string(), &read_text(path)?)
}

/// Parses the text of a dashboard file. `name` is the file name in problems.
///
/// # Errors
/// All problems of the text.
pub fn read_dashboard(name: &str, text: &str) -> Result<Dashboard, Problems> {
    read_tile_by_tile(name, text).map_or_else(|| read_whole(name, text), Ok)
}

/// Reads a dashboard chunk by chunk to save memory: the TOML tree of a whole file takes about thirty times
/// the size of the file. Returns `None` if there is any error, or if a chunk holds more than tiles;
/// [`read_whole`] then reads the file or reports the errors.
fn read_tile_by_tile(name: &str, text: &str) -> Option<Dashboard> {
    let mut chunks = split_at_tiles(text);
    let mut document = Document::parse(name, chunks.next()?);
    let root = document.root();
    let mut dashboard = Dashboard::default();
    document.read_into(&root, &mut dashboard, &[]);
    if document.problems.error_count() > 0 {
        return None;
    }
    for chunk in chunks {
        let mut document = Document::parse(name, chunk);
        let root = document.root();
        let root = root.get_ref().as_table()?;
        let tiles = root.get("tile").filter(|_| root.len() == 1)?.get_ref().as_array()?;
        for tile in tiles {
            dashboard.tiles.push(read_tile(&mut document, tile)?);
        }
        if document.problems.error_count() > 0 {
            return None;
        }
    }
    Some(dashboard)
}

/// Splits a text before each line that begins with `[[tile]]`. If such a line is inside a multi-line string,
/// the chunk before it is invalid TOML, because its string is not closed.
fn split_at_tiles(text: &str) -> impl Iterator<Item = &str> {
    const TILE: &str = "[[tile]]";
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let chunk = rest?;
        let end = chunk.match_indices(TILE).map(|(at, _)| at).find(|at| chunk[..*at].ends_with('\n'));
        rest = end.map(|at| &chunk[at..]);
        Some(end.map_or(chunk, |at| &chunk[..at]))
    })
}

fn read_whole(name: &str, text: &str) -> Result<Dashboard, Problems> {
    let mut document = Document::parse(name, text);
    let root = document.root();
    let mut dashboard = Dashboard::default();
    document.read_with_help(&root, &mut dashboard, &["tile", "for_each"], help_in_dashboard);
    match root.get_ref().get("tile").map(toml::Spanned::get_ref) {
        None => {}
        Some(DeValue::Array(tiles)) => {
            for tile in tiles {
                dashboard.tiles.extend(read_tile(&mut document, tile));
            }
        }
        Some(_) => document.add_validation_error(
            &root,
            ValidationError::new("a tile header needs two brackets").with_help("write [[tile]]").prepend_key("tile"),
        ),
    }
    read_templates(&mut document, &root, &mut dashboard);
    let mut problems = document.problems;
    problems.sort();
    if problems.error_count() == 0 { Ok(dashboard) } else { Err(problems) }
}

pub(super) fn read_tile(document: &mut Document<'_>, node: &TomlNode<'_>) -> Option<Tile> {
    let DeValue::Table(table) = node.get_ref() else {
        document.add_validation_error(
            node,
            ValidationError::new("this is not a tile").with_help("write [[tile]] and its keys below"),
        );
        return None;
    };
    let kind = match table.get("kind").map(toml::Spanned::get_ref) {
        Some(DeValue::String(name)) => kind::from_name(name).map_err(|error| error.prepend_key("kind")),
        Some(_) => {
            Err(ValidationError::new("expected the name of a tile kind").with_help(kinds_help()).prepend_key("kind"))
        }
        None => Err(ValidationError::new("this tile has no `kind`").with_help(kinds_help())),
    };
    match kind {
        Ok(kind) => {
            let mut tile = Tile::new(kind);
            document.read_into(node, &mut tile, &["kind"]);
            Some(tile)
        }
        Err(error) => {
            document.add_validation_error(node, error);
            if let Some(any_kind) = kind::all().next() {
                document.read_known_keys(node, &mut CommonTileFields(Tile::new(any_kind)));
            }
            None
        }
    }
}

/// A tile of unknown kind, with the keys that all kinds have in common.
struct CommonTileFields(Tile);

impl DynFields for CommonTileFields {
    fn fields(&self) -> Vec<FieldInfo> {
        Tile::common_fields()
    }

    fn get(&self, key: &str) -> Option<Value> {
        self.0.get(key)
    }

    fn set(&mut self, key: &str, value: &Value) -> Option<Result<(), Vec<ValidationError>>> {
        self.0.set(key, value)
    }

    fn validate(&self) -> Vec<ValidationError> {
        Vec::new()
    }
}

/// Returns a help text that lists the tile kinds.
fn kinds_help() -> String {
    let names: Vec<&str> = kind::all().map(|kind| kind.name()).collect();
    format!("the kinds are {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TWO_TILES: &str =
        "title = \"a\"\n[[tile]]\nkind = \"text\"\n[tile.mqtt_dash]\nx = 1\n[[tile]]\nkind = \"switch\"\n";

    #[test]
    fn split_at_tiles_starts_a_chunk_at_each_tile_header() {
        assert_eq!(split_at_tiles(TWO_TILES).count(), 3);
        assert_eq!(split_at_tiles("[[tile]]\nname = \"\"\"\n[[tile]]\n\"\"\"\n").count(), 2);
        assert_eq!(split_at_tiles("").collect::<Vec<_>>(), [""]);
        assert_eq!(read_tile_by_tile("x", TWO_TILES).map(|dashboard| dashboard.tiles.len()), Some(2));
        assert_eq!(read_tile_by_tile("x", &format!("{TWO_TILES}[theme]\n")), None);
        assert_eq!(read_tile_by_tile("x", "tile = []\n[[tile]]\nkind = \"text\"\n"), None);
    }

    proptest! {
        #[test]
        fn dashboard_read_tile_by_tile_equals_dashboard_read_whole(
            lines in prop::collection::vec(prop::sample::select(vec![
                "[[tile]]", "kind = \"text\"", "kind = \"switch\"", "name = \"\"\"", "\"\"\"", "title = \"a\"", "[tile.mqtt_dash]",
                "x = 1", "[[tile.options]]", "topic = \"a\"", "name = '''", "'''", "[tile]", " [[tile]]", "# [[tile]]", "[a]",
            ]), 0..12),
        ) {
            let text = lines.join("\n");
            if let Some(dashboard) = read_tile_by_tile("x", &text) {
                let expected = read_whole("x", &text).map_err(|problems| TestCaseError::fail(problems.render_report(false, 80)))?;
                prop_assert_eq!(dashboard, expected, "{}", text);
            }
        }
    }
}
