//! Finds the line of a tile in its file.

use std::path::Path;

use toml::{Spanned, de::DeValue};

use super::{document::Document, file::read_text};

/// Returns the line, from 1, on which the tile with this index begins in a file, or 1 if it cannot be found.
#[must_use]
pub(crate) fn tile_line_number(path: &Path, index: usize) -> usize {
    read_text(path).ok().and_then(|text| line_number_in(&text, index)).unwrap_or(1)
}

fn line_number_in(text: &str, index: usize) -> Option<usize> {
    let without_bom = text.strip_prefix('\u{feff}').unwrap_or(text);
    let root = Document::parse("", without_bom).root();
    let DeValue::Array(tiles) = root.get_ref().get("tile").map(Spanned::get_ref)? else {
        return None;
    };
    let start = tiles.get(index)?.span().start;
    Some(without_bom[..start].matches('\n').count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tile_line_number_points_at_the_tile_header() {
        let text = "\u{feff}title = \"x\"\n\n# one\n[[tile]]\nkind = \"text\"\n  [[tile]] # two\nkind = \"text\"\n";
        for (index, expected) in [(0, Some(4)), (1, Some(6)), (2, None)] {
            assert_eq!(line_number_in(text, index), expected, "{index}");
        }
        assert_eq!(line_number_in("tile = [\n{ kind = \"text\" },\n{ kind = \"text\" }]", 1), Some(3));
        assert_eq!(line_number_in("[[tile]]\nkind = \n[[tile]]\n", 1), Some(3), "also in a file with errors");
        assert_eq!(tile_line_number(Path::new("/there/is/none"), 1), 1);
    }
}
