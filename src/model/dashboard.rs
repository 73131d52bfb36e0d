//! A dashboard: a named board of tiles, as `dashboards/NAME.toml` holds it.

use sha2::{Digest, Sha256};

use super::{
    field_value::{BoundedInt, string_enum},
    schema::{FieldSpec, Schema, field},
    tile::Tile,
};

string_enum! {
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
    pub columns: BoundedInt<0, 100>,
    /// The same, for a terminal taller than it is wide.
    pub columns_narrow: BoundedInt<0, 100>,
    /// Whether nothing can be edited from the screen.
    pub locked: bool,
    /// Its tiles, in the order in which they are shown.
    pub tiles: Vec<Tile>,
}

/// Something that a tile does beyond showing and publishing what is pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capability {
    /// The tile's name.
    pub tile_name: String,
    /// The key that says so.
    pub key: &'static str,
    /// The script or the address.
    pub text: String,
}

impl Dashboard {
    /// The scripts it runs and the addresses it fetches from. A dashboard from a stranger does
    /// neither before the person has agreed.
    #[must_use]
    pub fn capabilities(&self) -> Vec<Capability> {
        let capability =
            |tile: &Tile, key, text: &str| Capability { tile_name: tile.name.clone(), key, text: text.to_owned() };
        self.tiles
            .iter()
            .flat_map(|tile| {
                let scripts = tile.scripts().map(|(key, text)| capability(tile, key, text));
                let addresses = tile.kind.external_urls().into_iter().map(|(key, text)| capability(tile, key, &text));
                scripts.chain(addresses).collect::<Vec<_>>()
            })
            .collect()
    }

    /// What stands for all that it [`capabilities`](Self::capabilities); `None` when it reaches for nothing.
    /// Another script or another address is another fingerprint.
    #[must_use]
    pub fn capabilities_fingerprint(&self) -> Option<String> {
        let capabilities = self.capabilities();
        if capabilities.is_empty() {
            return None;
        }
        let mut hash = Sha256::new();
        for capability in capabilities {
            for part in [capability.key, &capability.text] {
                hash.update(part.len().to_be_bytes());
                hash.update(part);
            }
        }
        let hex: Vec<String> = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Some(hex.concat())
    }
}

impl Default for Dashboard {
    fn default() -> Self {
        Self {
            title: None,
            profile: None,
            tile_size: TileSize::Medium,
            columns: BoundedInt::clamped(0),
            columns_narrow: BoundedInt::clamped(0),
            locked: false,
            tiles: Vec::new(),
        }
    }
}

impl Schema for Dashboard {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(Option<String>, title, "what is shown for it; the file's name when left out"),
        field!(Option<String>, profile, "the profile it belongs to; whatever it is opened with when left out"),
        field!(TileSize, tile_size, "how large tiles are: small 16×5 cells, medium 24×7, large 32×9"),
        field!(BoundedInt<0, 100>, columns, "how many tiles stand side by side; 0: as many as fit"),
        field!(BoundedInt<0, 100>, columns_narrow, "the same, for a terminal taller than it is wide"),
        field!(bool, locked, "true: nothing can be edited from the screen"),
    ];
}
