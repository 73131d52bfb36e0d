//! The tests of the layout: of equal tiles, and of tiles with spans, lines and hidden tiles.

use proptest::prelude::*;

use super::*;

#[test]
fn grid_row_fills_the_full_width() {
    let grid = Grid::new((80, 21), (24, 7), 0, &TileSpans::Equal(7));
    let rects: Vec<_> =
        (0..4).filter_map(|index| grid.rect(index, 0)).map(|rect| (rect.x, rect.y, rect.width)).collect();
    assert_eq!(rects, [(0, 0, 26), (26, 0, 27), (53, 0, 27), (0, 7, 26)]);
}

#[test]
fn grid_rows_fill_the_height_up_to_twice_their_own() {
    let heights = |height: u16, tiles: usize| -> Vec<u16> {
        let grid = Grid::new((80, height), (24, 7), 3, &TileSpans::Equal(tiles));
        grid.visible_tiles(0).step_by(3).filter_map(|index| grid.rect(index, 0)).map(|rect| rect.height).collect()
    };
    assert_eq!(heights(22, 30), [7, 7, 8], "no row stays empty");
    assert_eq!(heights(22, 6), [11, 11]);
    assert_eq!(heights(22, 3), [14]);
    assert_eq!(heights(5, 3), [5], "less than a tile");
    assert_eq!(heights(100, 9), [14, 14, 14]);
}

#[test]
fn few_tiles_on_a_large_screen_get_the_columns_that_fill_it() {
    let columns = |area, tiles| Grid::new(area, (24, 7), 0, &TileSpans::Equal(tiles)).packing.columns();
    assert_eq!(columns((200, 57), 8), 4);
    assert_eq!(columns((200, 57), 1), 1);
    assert_eq!(columns((80, 22), 2), 2);
    assert_eq!(columns((80, 22), 4), 2);
    assert_eq!(columns((80, 22), 9), 3);
    assert_eq!(columns((80, 22), 50), 3, "they do not all fit");
    assert_eq!(columns((200, 57), 64), 8);
    assert_eq!(columns((10, 4), 3), 1);
    assert_eq!(columns((0, 0), 0), 1);
}

#[test]
fn list_uses_more_columns_only_if_it_needs_them() {
    let shape = |area, tiles| {
        let grid = Grid::list(area, 36, &TileSpans::Equal(tiles));
        (grid.packing.columns(), grid.height(), grid.shows_all())
    };
    assert_eq!(shape((40, 10), 6), (1, 6, true));
    assert_eq!(shape((40, 10), 20), (1, 10, false));
    assert_eq!(shape((120, 10), 20), (2, 10, true));
    assert_eq!(shape((120, 10), 50), (3, 10, false));
    assert_eq!(shape((5, 0), 50), (1, 0, false));
}

#[test]
fn grid_down_from_last_full_row_selects_last_tile() {
    let grid = Grid::new((80, 21), (24, 7), 0, &TileSpans::Equal(7));
    assert_eq!(grid.neighbor(5, Direction::Down), 6);
    assert_eq!(grid.neighbor(6, Direction::Down), 6);
    assert_eq!(grid.neighbor(1, Direction::Up), 1);
}

const ONE: TileSpan = TileSpan::Block { columns: 1, rows: 1 };

const fn block(columns: u16, rows: u16) -> TileSpan {
    TileSpan::Block { columns, rows }
}

/// Returns a grid of 4×2 tiles of 20×7 cells.
fn grid_of(spans: &[TileSpan]) -> Grid {
    Grid::new((80, 14), (20, 7), 4, &TileSpans::Different(spans.to_vec()))
}

fn rect(grid: &Grid, index: usize, top: usize) -> Option<(u16, u16, u16, u16)> {
    grid.rect(index, top).map(|rect| (rect.x, rect.y, rect.width, rect.height))
}

#[test]
fn tile_takes_the_first_place_after_the_one_before_it_where_it_fits() {
    let grid = grid_of(&[ONE, block(2, 2), ONE, block(2, 1), ONE]);
    let rects: Vec<_> = (0..5).map(|index| rect(&grid, index, 0)).collect();
    let expected = [
        Some((0, 0, 20, 7)),
        Some((20, 0, 40, 14)),
        Some((60, 0, 20, 7)),
        // Neither beside the tall tile nor in front of the last one.
        None,
        None,
    ];
    assert_eq!(rects, expected);
    assert_eq!(rect(&grid, 3, 1), Some((0, 7, 40, 7)));
    assert_eq!(rect(&grid, 4, 1), Some((40, 7, 20, 7)));
    assert_eq!(rect(&grid, 1, 1), Some((20, 0, 40, 7)), "the part of the tall tile that is visible");
}

#[test]
fn span_wider_than_the_grid_is_cut() {
    let grid = grid_of(&[ONE, block(8, 1)]);
    assert_eq!(rect(&grid, 1, 0), Some((0, 7, 80, 7)));
}

#[test]
fn line_takes_a_row_of_one_cell() {
    let grid = grid_of(&[ONE, TileSpan::Line, ONE, ONE]);
    let grid = Grid { height: 17, ..grid };
    let rects: Vec<_> = (0..4).map(|index| rect(&grid, index, 0)).collect();
    let expected = [Some((0, 0, 20, 8)), Some((0, 8, 80, 1)), Some((0, 9, 20, 8)), Some((20, 9, 20, 8))];
    assert_eq!(rects, expected);
    assert_eq!(grid.height(), 17);
}

#[test]
fn hidden_tile_has_no_place_and_is_skipped() {
    let grid = grid_of(&[ONE, TileSpan::Hidden, ONE, TileSpan::Hidden]);
    assert_eq!(rect(&grid, 1, 0), None);
    assert_eq!(rect(&grid, 2, 0), Some((20, 0, 20, 14)));
    assert_eq!(grid.neighbor(0, Direction::Right), 2);
    assert_eq!(grid.neighbor(0, Direction::Last), 2);
    assert_eq!(grid.nearest_shown(1), 0);
    assert_eq!(grid_of(&[TileSpan::Hidden, ONE]).nearest_shown(0), 1);
    assert_eq!(grid_of(&[TileSpan::Hidden]).nearest_shown(0), 0);
}

#[test]
fn selection_moves_between_tiles_that_are_next_to_each_other() {
    // ┌───┬───────┬───┐
    // │ 0 │ 1     │ 2 │
    // ├───┤       ├───┘
    // │ 3 │       │
    // ├───┴───────┴────  4
    // │ 5 │ 6 │
    let grid = grid_of(&[ONE, block(2, 2), ONE, ONE, TileSpan::Line, ONE, ONE]);
    for (from, direction, to) in [
        (0, Direction::Down, 3),
        (2, Direction::Down, 1),
        (1, Direction::Down, 4),
        (3, Direction::Up, 0),
        (4, Direction::Down, 5),
        (6, Direction::Up, 4),
        (4, Direction::Up, 3),
        (6, Direction::Down, 6),
        (0, Direction::Up, 0),
    ] {
        assert_eq!(grid.neighbor(from, direction), to, "{direction:?} from {from}");
    }
}

#[test]
fn list_has_one_row_for_each_tile_whatever_its_span() {
    let spans = TileSpans::Different(vec![block(3, 3), TileSpan::Line, TileSpan::Hidden, block(2, 1)]);
    let grid = Grid::list((40, 10), 36, &spans);
    let rects: Vec<_> = (0..4).map(|index| rect(&grid, index, 0)).collect();
    assert_eq!(rects, [Some((0, 0, 40, 1)), Some((0, 1, 40, 1)), None, Some((0, 2, 40, 1))]);
}

#[test]
fn columns_are_chosen_for_tiles_with_spans_too() {
    let columns =
        |spans: &[TileSpan]| Grid::new((200, 57), (24, 7), 0, &TileSpans::Different(spans.to_vec())).packing.columns();
    assert_eq!(columns(&[ONE; 8]), 4);
    assert_eq!(columns(&[block(2, 2), ONE, ONE, ONE, ONE]), 4);
    assert!(columns(&[block(6, 1), ONE]) >= 6);
}

/// Generates a span.
fn any_span() -> impl Strategy<Value = TileSpan> {
    prop_oneof![
        6 => (1_u16..=8, 1_u16..=8).prop_map(|(columns, rows)| TileSpan::Block { columns, rows }),
        4 => Just(ONE),
        1 => Just(TileSpan::Line),
        1 => Just(TileSpan::Hidden),
    ]
}

fn any_spans() -> impl Strategy<Value = TileSpans> {
    prop_oneof![
        (0_usize..200).prop_map(TileSpans::Equal),
        prop::collection::vec(any_span(), 0..60).prop_map(TileSpans::Different),
    ]
}

fn any_grid() -> impl Strategy<Value = Grid> {
    let tile = prop::sample::select(vec![(16, 5), (24, 7), (32, 9)]);
    let tiles = (1_u16..400, 1_u16..200, tile, 0_u16..12, any_spans())
        .prop_map(|(width, height, tile, columns, spans)| Grid::new((width, height), tile, columns, &spans));
    let list = (1_u16..400, 1_u16..200, any_spans())
        .prop_map(|(width, height, spans)| Grid::list((width, height), 38, &spans));
    prop_oneof![3 => tiles, 1 => list]
}

const DIRECTIONS: [Direction; 8] = [
    Direction::Left,
    Direction::Right,
    Direction::Up,
    Direction::Down,
    Direction::PageUp,
    Direction::PageDown,
    Direction::First,
    Direction::Last,
];

proptest! {
    #[test]
    fn tiles_never_overlap_and_keep_their_order(grid in any_grid(), top in 0_usize..50) {
        let places: Vec<_> = (0..grid.packing.tile_count()).filter_map(|index| grid.packing.place(index)).collect();
        for pair in places.windows(2) {
            prop_assert!((pair[0].row, pair[0].column) < (pair[1].row, pair[1].column));
        }
        let top = top.min(grid.last_top());
        let rects: Vec<_> = grid.visible_tiles(top).map(|index| grid.rect(index, top).unwrap()).collect();
        let mut taken = std::collections::HashSet::new();
        for rect in rects {
            prop_assert!(rect.x + rect.width <= grid.width && rect.y + rect.height <= grid.height.max(1));
            for y in rect.y..rect.y + rect.height {
                for x in rect.x..rect.x + rect.width {
                    prop_assert!(taken.insert((x, y)));
                }
            }
        }
    }

    #[test]
    fn every_tile_with_a_place_can_be_selected_and_is_visible_then(
        grid in any_grid(), index in 0_usize..200, top in 0_usize..50,
    ) {
        let count = grid.packing.tile_count();
        prop_assume!(count > 0);
        let index = grid.nearest_shown(index % count);
        prop_assume!(grid.has_place(index));
        let top = grid.scroll_to(index, top);
        prop_assert!(grid.is_visible(index, top) && grid.visible_tiles(top).any(|visible| visible == index));
        let rect = grid.rect(index, top).unwrap();
        prop_assert!(rect.height > 0);
        for direction in DIRECTIONS {
            prop_assert!(grid.has_place(grid.neighbor(index, direction)));
        }
        let (mut at, mut steps) = (grid.neighbor(index, Direction::First), 0);
        while at != index {
            at = grid.neighbor(at, Direction::Right);
            steps += 1;
            prop_assert!(steps <= count, "not reached from the first tile");
        }
    }
}
