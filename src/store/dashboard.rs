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
    key::{KeyRow, Table},
    kind,
    tile::Tile,
    value::{Complaint, Value},
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
        Some(_) => document
            .complain(&root, Complaint::new("a tile begins with two brackets").help("write [[tile]]").key("tile")),
    }
    let mut problems = document.problems;
    problems.sort();
    if problems.errors() == 0 { Ok(dashboard) } else { Err(problems) }
}

fn read_tile(document: &mut Document<'_>, node: &Node<'_>) -> Option<Tile> {
    let DeValue::Table(table) = node.get_ref() else {
        document.complain(node, Complaint::new("this is no tile").help("write [[tile]] and its keys below"));
        return None;
    };
    let kind = match table.get("kind").map(toml::Spanned::get_ref) {
        Some(DeValue::String(word)) => kind::named(word).map_err(|complaint| complaint.key("kind")),
        Some(_) => Err(Complaint::new("the kind of a tile is text").help(kinds()).key("kind")),
        None => Err(Complaint::new("this tile has no `kind`").help(kinds())),
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

impl Table for Common {
    fn rows(&self) -> Vec<KeyRow> {
        Tile::common_rows()
    }

    fn get(&self, key: &str) -> Option<Value> {
        self.0.get(key)
    }

    fn set(&mut self, key: &str, value: &Value) -> Option<Result<(), Vec<Complaint>>> {
        self.0.set(key, value)
    }

    fn contradictions(&self) -> Vec<Complaint> {
        Vec::new()
    }
}

/// The kinds there are, as help.
fn kinds() -> String {
    let words: Vec<&str> = kind::all().map(|kind| kind.word()).collect();
    format!("the kinds are {}", words.join(", "))
}
