//! Loads a dashboard.

use std::path::Path;

use toml::de::DeValue;

use super::{
    file::read_text,
    problem::Problems,
    read::{Document, Node},
};
use crate::model::{
    dashboard::Dashboard,
    kind,
    schema::{DynFields, FieldInfo},
    tile::Tile,
    value::{ValidationError, Value},
};

/// Loads the dashboard of this file.
///
/// # Errors
/// Everything that is wrong with the file.
pub fn load_dashboard(path: &Path) -> Result<Dashboard, Problems> {
    read_dashboard(&path.display().to_string(), &read_text(path)?)
}

/// Reads a dashboard out of a text; `name` stands for it in problems.
///
/// # Errors
/// Everything that is wrong with the text.
pub fn read_dashboard(name: &str, text: &str) -> Result<Dashboard, Problems> {
    tile_by_tile(name, text).map_or_else(|| whole(name, text), Ok)
}

/// Reads a dashboard whose tiles stand one behind the other, as almost all do, one piece of the text at
/// a time: the tree of a file takes some thirty times its size. Gives up, for [`whole`] to say why, where
/// anything is wrong or a piece holds more than tiles.
fn tile_by_tile(name: &str, text: &str) -> Option<Dashboard> {
    let mut pieces = pieces(text);
    let mut document = Document::parse(name, pieces.next()?);
    let root = document.root();
    let mut dashboard = Dashboard::default();
    document.read(&root, &mut dashboard, &[]);
    if document.problems.errors() > 0 {
        return None;
    }
    for piece in pieces {
        let mut document = Document::parse(name, piece);
        let root = document.root();
        let root = root.get_ref().as_table()?;
        let tiles = root.get("tile").filter(|_| root.len() == 1)?.get_ref().as_array()?;
        for tile in tiles {
            dashboard.tiles.push(read_tile(&mut document, tile)?);
        }
        if document.problems.errors() > 0 {
            return None;
        }
    }
    Some(dashboard)
}

/// The text up to the first line that begins a tile, then from each such line to the next. Where such a
/// line stands within a text of several lines, the piece before it has no end and is no TOML.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    const TILE: &str = "[[tile]]";
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let piece = rest?;
        let end = piece.match_indices(TILE).map(|(at, _)| at).find(|at| piece[..*at].ends_with('\n'));
        rest = end.map(|at| &piece[at..]);
        Some(end.map_or(piece, |at| &piece[..at]))
    })
}

fn whole(name: &str, text: &str) -> Result<Dashboard, Problems> {
    let mut document = Document::parse(name, text);
    let root = document.root();
    let mut dashboard = Dashboard::default();
    document.read(&root, &mut dashboard, &["tile"]);
    match root.get_ref().get("tile").map(toml::Spanned::get_ref) {
        None => {}
        Some(DeValue::Array(tiles)) => {
            for tile in tiles {
                dashboard.tiles.extend(read_tile(&mut document, tile));
            }
        }
        Some(_) => document.complain(
            &root,
            ValidationError::new("a tile begins with two brackets").with_help("write [[tile]]").prepend_key("tile"),
        ),
    }
    let mut problems = document.problems;
    problems.sort();
    if problems.errors() == 0 { Ok(dashboard) } else { Err(problems) }
}

fn read_tile(document: &mut Document<'_>, node: &Node<'_>) -> Option<Tile> {
    let DeValue::Table(table) = node.get_ref() else {
        document.complain(node, ValidationError::new("this is no tile").with_help("write [[tile]] and its keys below"));
        return None;
    };
    let kind = match table.get("kind").map(toml::Spanned::get_ref) {
        Some(DeValue::String(word)) => kind::from_name(word).map_err(|complaint| complaint.prepend_key("kind")),
        Some(_) => Err(ValidationError::new("the kind of a tile is text").with_help(kinds()).prepend_key("kind")),
        None => Err(ValidationError::new("this tile has no `kind`").with_help(kinds())),
    };
    match kind {
        Ok(kind) => {
            let mut tile = Tile::new(kind);
            document.read(node, &mut tile, &["kind"]);
            Some(tile)
        }
        Err(complaint) => {
            document.complain(node, complaint);
            if let Some(plain) = kind::all().next() {
                document.read_known(node, &mut Common(Tile::new(plain)));
            }
            None
        }
    }
}

/// A tile of which only the keys are known that every kind has.
struct Common(Tile);

impl DynFields for Common {
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

/// The kinds there are, as help.
fn kinds() -> String {
    let words: Vec<&str> = kind::all().map(|kind| kind.name()).collect();
    format!("the kinds are {}", words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TWO: &str =
        "title = \"a\"\n[[tile]]\nkind = \"text\"\n[tile.mqtt_dash]\nx = 1\n[[tile]]\nkind = \"switch\"\n";

    #[test]
    fn a_text_is_taken_apart_where_tiles_begin() {
        assert_eq!(pieces(TWO).count(), 3);
        assert_eq!(pieces("[[tile]]\nname = \"\"\"\n[[tile]]\n\"\"\"\n").count(), 2);
        assert_eq!(pieces("").collect::<Vec<_>>(), [""]);
        assert_eq!(tile_by_tile("x", TWO).map(|dashboard| dashboard.tiles.len()), Some(2));
        assert_eq!(tile_by_tile("x", &format!("{TWO}[theme]\n")), None);
        assert_eq!(tile_by_tile("x", "tile = []\n[[tile]]\nkind = \"text\"\n"), None);
    }

    proptest! {
        #[test]
        fn piece_by_piece_it_says_what_it_says_as_a_whole(
            lines in prop::collection::vec(prop::sample::select(vec![
                "[[tile]]", "kind = \"text\"", "kind = \"switch\"", "name = \"\"\"", "\"\"\"", "title = \"a\"", "[tile.mqtt_dash]",
                "x = 1", "[[tile.options]]", "topic = \"a\"", "name = '''", "'''", "[tile]", " [[tile]]", "# [[tile]]", "[a]",
            ]), 0..12),
        ) {
            let text = lines.join("\n");
            if let Some(dashboard) = tile_by_tile("x", &text) {
                let whole = whole("x", &text).map_err(|problems| TestCaseError::fail(problems.report(false, 80)))?;
                prop_assert_eq!(dashboard, whole, "{}", text);
            }
        }
    }
}
