//! How many columns a grid has if the dashboard does not say it.

use super::{
    MAX_STRETCH,
    packing::{TileSpans, shape},
};

/// Returns the number of columns in which the tiles are largest, if all of them are visible then; otherwise as many as
/// fit. Both sizes are width and height in cells.
pub(super) fn best_columns(area: (u16, u16), tile_size: (u16, u16), spans: &TileSpans) -> u16 {
    /// Tiles that fill the area to a hundredth of it.
    const PRECISION: usize = 100;
    let fitting_columns = (area.0 / tile_size.0).max(1);
    let stretch = |length: usize, size: u16, parts: usize| {
        let limit = PRECISION * usize::from(MAX_STRETCH);
        (PRECISION * length / (usize::from(size) * parts.max(1))).min(limit)
    };
    let fill = |columns: u16| {
        let shape = shape(spans, columns);
        let height = usize::from(area.1).checked_sub(shape.lines)?;
        let scale = stretch(area.0.into(), tile_size.0, columns.into()).min(stretch(height, tile_size.1, shape.rows));
        // Places without a tile are not filled.
        (shape.rows * usize::from(tile_size.1) <= height)
            .then(|| scale * shape.cells / (shape.rows * usize::from(columns)).max(1))
    };
    let min_columns = spans.widest().min(fitting_columns);
    let filled = (min_columns..=fitting_columns).filter_map(|columns| Some((fill(columns)?, columns)));
    filled.max().map_or(fitting_columns, |(_, columns)| columns)
}
