//! Finds the line of a tile in its file.

use std::path::Path;

use super::{document::Document, file::read_text, toml_value::items};
use crate::model::expansion::TileOrigin;

/// Returns the line, from 1, on which the tile begins in a file that is defined there, or 1 if it cannot be found.
#[must_use]
pub(crate) fn tile_line_number(path: &Path, origin: &TileOrigin) -> usize {
    read_text(path).ok().and_then(|text| line_number_in(&text, origin)).unwrap_or(1)
}

fn line_number_in(text: &str, origin: &TileOrigin) -> Option<usize> {
    let without_bom = text.strip_prefix('\u{feff}').unwrap_or(text);
    let root = Document::parse("", without_bom).root();
    let node = match origin {
        TileOrigin::Tile(index) => items(&root, "tile").nth(*index)?,
        TileOrigin::Template { template, tile, .. } => {
            items(items(&root, "for_each").nth(*template)?, "tile").nth(*tile)?
        }
        TileOrigin::Row(panel, _) => return line_number_in(text, panel),
    };
    Some(without_bom[..node.span().start].matches('\n').count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tile_line_number_points_at_the_tile_header() {
        let second = TileOrigin::Tile(1);
        let text = "\u{feff}title = \"x\"\n\n# one\n[[tile]]\nkind = \"text\"\n  [[tile]] # two\nkind = \"text\"\n";
        for (index, expected) in [(0, Some(4)), (1, Some(6)), (2, None)] {
            assert_eq!(line_number_in(text, &TileOrigin::Tile(index)), expected, "{index}");
        }
        assert_eq!(line_number_in("tile = [\n{ kind = \"text\" },\n{ kind = \"text\" }]", &second), Some(3));
        assert_eq!(line_number_in("[[tile]]\nkind = \n[[tile]]\n", &second), Some(3), "also in a file with errors");
        assert_eq!(tile_line_number(Path::new("/there/is/none"), &second), 1);
        let template = "[[for_each]]\ntopic = \"{id}\"\n[[for_each.tile]]\nkind = \"text\"\n[[for_each.tile]]\n";
        let of_device = TileOrigin::Template { template: 0, tile: 1, device: "a".into() };
        assert_eq!(line_number_in(template, &of_device), Some(5));
    }
}
