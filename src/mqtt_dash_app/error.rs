//! The errors of an import.

use super::{MAX_BYTES, MAX_TILES, foreign_file::ForeignFile};

/// The reason why nothing was imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// The export contains no text.
    #[error("the export is empty")]
    Empty,
    /// The export has more bytes than [`MAX_BYTES`].
    #[error("the export has {0} bytes; the maximum is {MAX_BYTES}")]
    TooLarge(usize),
    /// The export contains no list of tiles.
    #[error("no MQTT Dash export found: expected a list that begins with [{{")]
    NoTiles,
    /// The file is something else.
    #[error("no MQTT Dash export found: this seems to be {0}")]
    Foreign(ForeignFile),
    /// The export has more tiles than [`MAX_TILES`].
    #[error("the export has more than {MAX_TILES} tiles: split it")]
    TooManyTiles,
    /// Some tiles cannot be read.
    #[error("{}{}", describe_damaged_tiles(.damaged), partial_import_hint(*.good))]
    DamagedTiles {
        /// The tiles that cannot be read, in order.
        damaged: Vec<DamagedTile>,
        /// The number of tiles that can be read.
        good: usize,
    },
}

/// Why a tile cannot be read, as a sentence without a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TileReadError {
    /// The text of the tile is not JSON; what the scanner says.
    #[error("{0}")]
    Malformed(String),
    /// The JSON of the tile is not an object.
    #[error("it is not a JSON object")]
    NoObject,
    /// The tile does not say what it is.
    #[error("`type` is missing")]
    MissingType,
    /// A key has a value of another type.
    #[error("`{key}`: expected {expected}, found {found}")]
    UnexpectedValue {
        /// The key of the app.
        key: &'static str,
        /// The values that the key can have.
        expected: &'static str,
        /// The value that it has.
        found: String,
    },
}

/// A tile that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DamagedTile {
    /// Its position in the list, from 1.
    pub(crate) position: usize,
    /// Its name, if it can be read.
    pub(crate) name: Option<String>,
    /// Why it cannot be read.
    pub(crate) reason: TileReadError,
}

impl std::fmt::Display for DamagedTile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "tile {}", self.position)?;
        if let Some(name) = &self.name {
            write!(f, " {}", quoted(name))?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl ImportError {
    /// Returns the message without the hint at the command-line option `--partial`.
    #[must_use]
    pub(crate) fn message_without_hint(&self) -> String {
        match self {
            Self::DamagedTiles { damaged, .. } => describe_damaged_tiles(damaged),
            other => other.to_string(),
        }
    }
}

fn describe_damaged_tiles(damaged: &[DamagedTile]) -> String {
    /// The maximum number of tiles that are listed.
    const MAX_LISTED: usize = 20;
    let mut message = match damaged.len() {
        1 => "one tile cannot be read".to_owned(),
        count => format!("{count} tiles cannot be read"),
    };
    for tile in damaged.iter().take(MAX_LISTED) {
        message.push_str("\n  ");
        message.push_str(&tile.to_string());
    }
    if damaged.len() > MAX_LISTED {
        message.push_str("\n  …");
    }
    message
}

fn partial_import_hint(good: usize) -> String {
    match good {
        0 => String::new(),
        1 => "\nuse --partial to import the other tile".to_owned(),
        _ => format!("\nuse --partial to import the other {good} tiles"),
    }
}

/// Quotes a text for a message: shortened, on one line, with control characters escaped.
pub(super) fn quoted(text: &str) -> String {
    const MAX_CHARS: usize = 40;
    let short: String = text.chars().take(MAX_CHARS).collect();
    format!("{:?}{}", short, if short.len() < text.len() { "…" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn import_error_lists_tiles_by_position_name_and_reason() {
        let damaged_tile = |position, name: Option<&str>| DamagedTile {
            position,
            name: name.map(ToOwned::to_owned),
            reason: TileReadError::MissingType,
        };
        let error = ImportError::DamagedTiles {
            damaged: vec![damaged_tile(2, Some("La\u{1b}mp")), damaged_tile(7, None)],
            good: 3,
        };
        assert_eq!(
            error.to_string(),
            "2 tiles cannot be read\n  tile 2 \"La\\u{1b}mp\": `type` is missing\n  tile 7: `type` is missing\n\
             use --partial to import the other 3 tiles"
        );
        let many = ImportError::DamagedTiles {
            damaged: (1..50).map(|position| damaged_tile(position, None)).collect(),
            good: 0,
        }
        .to_string();
        assert_eq!(many.lines().count(), 22);
    }

    #[test]
    fn quoted_truncates_long_text_and_escapes_quotes() {
        assert_eq!(quoted(&"é".repeat(41)), format!("\"{}\"…", "é".repeat(40)));
        assert_eq!(quoted("a\"b"), "\"a\\\"b\"");
    }
}
