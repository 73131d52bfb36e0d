//! On which line of its file a tile stands.

use std::path::Path;

use toml::{Spanned, de::DeValue};

use super::{file::read_text, read::Document};

/// The line, from 1, on which the tile with this number (from 0) begins in a file; 1 where that cannot
/// be told.
#[must_use]
pub fn line_of_tile(path: &Path, index: usize) -> usize {
    read_text(path).ok().and_then(|text| line_in(&text, index)).unwrap_or(1)
}

fn line_in(text: &str, index: usize) -> Option<usize> {
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    let root = Document::parse("", bare).root();
    let DeValue::Array(tiles) = root.get_ref().get("tile").map(Spanned::get_ref)? else {
        return None;
    };
    let start = tiles.get(index)?.span().start;
    Some(bare[..start].matches('\n').count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tile_begins_at_its_header() {
        let text = "\u{feff}title = \"x\"\n\n# one\n[[tile]]\nkind = \"text\"\n  [[tile]] # two\nkind = \"text\"\n";
        for (index, wanted) in [(0, Some(4)), (1, Some(6)), (2, None)] {
            assert_eq!(line_in(text, index), wanted, "{index}");
        }
        assert_eq!(line_in("tile = [\n{ kind = \"text\" },\n{ kind = \"text\" }]", 1), Some(3));
        assert_eq!(line_in("[[tile]]\nkind = \n[[tile]]\n", 1), Some(3), "also while there are mistakes");
        assert_eq!(line_of_tile(Path::new("/there/is/none"), 1), 1);
    }
}
