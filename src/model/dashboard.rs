//! A dashboard: a named board of tiles, as `dashboards/NAME.toml` holds it.

use super::{
    field::{Whole, words},
    key::{Key, Keyed, key},
    tile::Tile,
};

words! {
    /// How large tiles are.
    TileSize {
        Medium = "medium" "24×7 cells.",
        Small = "small" "16×5 cells.",
        Large = "large" "32×9 cells.",
    }
}

impl TileSize {
    /// Width and height in cells, with the border; the width is the least, rows are filled.
    #[must_use]
    pub const fn cells(self) -> (u16, u16) {
        match self {
            Self::Small => (16, 5),
            Self::Medium => (24, 7),
            Self::Large => (32, 9),
        }
    }
}

/// A board of tiles.
#[derive(Debug, Clone, PartialEq)]
pub struct Dashboard {
    /// What is shown for it; the file's name when left out.
    pub title: Option<String>,
    /// The profile that it belongs to.
    pub profile: Option<String>,
    /// How large its tiles are.
    pub tile_size: TileSize,
    /// How many tiles stand side by side; 0: as many as fit.
    pub columns: Whole<0, 100>,
    /// The same, for a terminal taller than it is wide.
    pub columns_narrow: Whole<0, 100>,
    /// Whether nothing can be edited from the screen.
    pub locked: bool,
    /// Its tiles, in the order in which they are shown.
    pub tiles: Vec<Tile>,
}

impl Default for Dashboard {
    fn default() -> Self {
        Self {
            title: None,
            profile: None,
            tile_size: TileSize::Medium,
            columns: Whole::new(0),
            columns_narrow: Whole::new(0),
            locked: false,
            tiles: Vec::new(),
        }
    }
}

impl Keyed for Dashboard {
    const KEYS: &'static [Key<Self>] = &[
        key!(Option<String>, title, "what is shown for it; the file's name when left out"),
        key!(Option<String>, profile, "the profile it belongs to; whatever it is opened with when left out"),
        key!(TileSize, tile_size, "how large tiles are: small 16×5 cells, medium 24×7, large 32×9"),
        key!(Whole<0, 100>, columns, "how many tiles stand side by side; 0: as many as fit"),
        key!(Whole<0, 100>, columns_narrow, "the same, for a terminal taller than it is wide"),
        key!(bool, locked, "true: nothing can be edited from the screen"),
    ];
}
