//! Which tiles of a new definition of a dashboard continue tiles of the old one, and keep their state.

use crate::model::tile::Tile;

/// Predicates that decide whether a new tile continues an old one, from the strictest to the loosest.
const TILE_MATCHERS: [fn(&Tile, &Tile) -> bool; 4] = [
    |old, new| old == new,
    |old, new| old.kind.name() == new.kind.name() && same_source(old, new) && old.name == new.name,
    |old, new| old.kind.name() == new.kind.name() && same_source(old, new) && old.topic.is_some(),
    |old, new| old.topic.is_some() && reads_the_same(old, new) && old.name == new.name,
];

fn same_source(old: &Tile, new: &Tile) -> bool {
    reads_the_same(old, new) && old.json_path == new.json_path
}

/// Returns whether what one tile has received is what the other would have received.
pub(super) fn reads_the_same(old: &Tile, new: &Tile) -> bool {
    old.topic == new.topic && old.decoders() == new.decoders()
}

/// Returns, for each new tile, the index of the old tile that it continues. Each old tile is used at most
/// once.
pub(super) fn match_tiles(old: &[&Tile], new: &[&Tile]) -> Vec<Option<usize>> {
    let mut previous = vec![None; new.len()];
    let mut unmatched: Vec<usize> = (0..old.len()).collect();
    for is_match in TILE_MATCHERS {
        for (new, previous) in new.iter().zip(&mut previous).filter(|(_, previous)| previous.is_none()) {
            if let Some(unmatched_index) = unmatched.iter().position(|index| is_match(old[*index], new)) {
                *previous = Some(unmatched.remove(unmatched_index));
            }
        }
    }
    previous
}
