//! A dashboard: a named board of tiles, as `dashboards/NAME.toml` holds it.

use sha2::{Digest, Sha256};

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

/// Something that a tile does beyond showing and publishing what is pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The tile's name.
    pub tile: String,
    /// The key that says so.
    pub key: &'static str,
    /// The script or the address.
    pub text: String,
}

impl Dashboard {
    /// The scripts it runs and the addresses it fetches from. A dashboard from a stranger does
    /// neither before the person has agreed.
    #[must_use]
    pub fn reaches(&self) -> Vec<Reach> {
        let of = |tile: &Tile, key, text: &str| Reach { tile: tile.name.clone(), key, text: text.to_owned() };
        self.tiles
            .iter()
            .flat_map(|tile| {
                let scripts = tile.scripts().map(|(key, text)| of(tile, key, text));
                let addresses = tile.kind.addresses().into_iter().map(|(key, text)| of(tile, key, &text));
                scripts.chain(addresses).collect::<Vec<_>>()
            })
            .collect()
    }

    /// What stands for all that it [`reaches`](Self::reaches); `None` when it reaches for nothing.
    /// Another script or another address is another fingerprint.
    #[must_use]
    pub fn fingerprint(&self) -> Option<String> {
        let reaches = self.reaches();
        if reaches.is_empty() {
            return None;
        }
        let mut hash = Sha256::new();
        for reach in reaches {
            for part in [reach.key, &reach.text] {
                hash.update(part.len().to_be_bytes());
                hash.update(part);
            }
        }
        let digits: Vec<String> = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Some(digits.concat())
    }
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
