//! What can be wrong with a file that is to be imported.

use super::{MAX_BYTES, MAX_TILES};

/// Why nothing was imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// No text at all.
    #[error("there is nothing in it")]
    Empty,
    /// More bytes than are read.
    #[error("it has {0} bytes; at most {MAX_BYTES} are read")]
    TooLarge(usize),
    /// No list of tiles.
    #[error("there is no export of MQTT Dash in it: a list that begins with [{{ is looked for")]
    NoTiles,
    /// More tiles than are read.
    #[error("it has more than {MAX_TILES} tiles; split it")]
    TooManyTiles,
    /// Some tiles cannot be read.
    #[error("{}{}", describe_damaged_tiles(.damaged), partial_import_hint(*.good))]
    DamagedTiles {
        /// Those that cannot be read, in their order.
        damaged: Vec<DamagedTile>,
        /// How many can.
        good: usize,
    },
}

/// A tile that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DamagedTile {
    /// Which one it is, from 1.
    pub position: usize,
    /// Its name, where that much can be read.
    pub name: Option<String>,
    /// Why, as a sentence without its full stop.
    pub reason: String,
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
    /// The same, without what the command line can do about it.
    #[must_use]
    pub fn message_without_hint(&self) -> String {
        match self {
            Self::DamagedTiles { damaged, .. } => describe_damaged_tiles(damaged),
            other => other.to_string(),
        }
    }
}

fn describe_damaged_tiles(damaged: &[DamagedTile]) -> String {
    /// So many are told one by one.
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
        1 => "\nThe other tile can be imported alone: --partial".to_owned(),
        _ => format!("\nThe other {good} tiles can be imported alone: --partial"),
    }
}

/// A text in quotes as a sentence can hold it: short, on one line, nothing in it that steers a terminal.
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
            reason: "it has no `type`".to_owned(),
        };
        let error = ImportError::DamagedTiles {
            damaged: vec![damaged_tile(2, Some("La\u{1b}mp")), damaged_tile(7, None)],
            good: 3,
        };
        assert_eq!(
            error.to_string(),
            "2 tiles cannot be read\n  tile 2 \"La\\u{1b}mp\": it has no `type`\n  tile 7: it has no `type`\n\
             The other 3 tiles can be imported alone: --partial"
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
