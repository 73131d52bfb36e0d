//! What can be wrong with a file that is to be imported.

use super::{MAX_BYTES, MAX_TILES};

/// Why nothing was imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportFault {
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
    #[error("{}{}", tell(.damaged), rest(*.good))]
    Damaged {
        /// Those that cannot be read, in their order.
        damaged: Vec<Damaged>,
        /// How many can.
        good: usize,
    },
}

/// A tile that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damaged {
    /// Which one it is, from 1.
    pub position: usize,
    /// Its name, where that much can be read.
    pub name: Option<String>,
    /// Why, as a sentence without its full stop.
    pub reason: String,
}

impl std::fmt::Display for Damaged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "tile {}", self.position)?;
        if let Some(name) = &self.name {
            write!(f, " {}", quoted(name))?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl ImportFault {
    /// The same, without what the command line can do about it.
    #[must_use]
    pub fn told(&self) -> String {
        match self {
            Self::Damaged { damaged, .. } => tell(damaged),
            other => other.to_string(),
        }
    }
}

fn tell(damaged: &[Damaged]) -> String {
    /// So many are told one by one.
    const TOLD: usize = 20;
    let mut said = match damaged.len() {
        1 => "one tile cannot be read".to_owned(),
        count => format!("{count} tiles cannot be read"),
    };
    for each in damaged.iter().take(TOLD) {
        said.push_str("\n  ");
        said.push_str(&each.to_string());
    }
    if damaged.len() > TOLD {
        said.push_str("\n  …");
    }
    said
}

fn rest(good: usize) -> String {
    match good {
        0 => String::new(),
        1 => "\nThe other tile can be imported alone: --partial".to_owned(),
        _ => format!("\nThe other {good} tiles can be imported alone: --partial"),
    }
}

/// A text in quotes as a sentence can hold it: short, on one line, nothing in it that steers a terminal.
pub(super) fn quoted(text: &str) -> String {
    const MOST: usize = 40;
    let short: String = text.chars().take(MOST).collect();
    format!("{:?}{}", short, if short.len() < text.len() { "…" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_told_by_position_name_and_reason() {
        let damaged = |position, name: Option<&str>| Damaged {
            position,
            name: name.map(ToOwned::to_owned),
            reason: "it has no `type`".to_owned(),
        };
        let fault = ImportFault::Damaged { damaged: vec![damaged(2, Some("La\u{1b}mp")), damaged(7, None)], good: 3 };
        assert_eq!(
            fault.to_string(),
            "2 tiles cannot be read\n  tile 2 \"La\\u{1b}mp\": it has no `type`\n  tile 7: it has no `type`\n\
             The other 3 tiles can be imported alone: --partial"
        );
        let many = ImportFault::Damaged { damaged: (1..50).map(|at| damaged(at, None)).collect(), good: 0 }.to_string();
        assert_eq!(many.lines().count(), 22);
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(quoted(&"é".repeat(41)), format!("\"{}\"…", "é".repeat(40)));
        assert_eq!(quoted("a\"b"), "\"a\\\"b\"");
    }
}
