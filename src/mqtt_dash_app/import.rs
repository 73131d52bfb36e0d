//! From the bytes of an export to a dashboard.

use serde_json::Value as Json;

use super::{
    MAX_BYTES, MAX_TILES,
    fault::{Damaged, ImportFault},
    find::{self, Piece},
    fresh, read,
};
use crate::model::dashboard::Dashboard;

/// A dashboard that came from MQTT Dash.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// Its tiles, in the order of the app.
    pub dashboard: Dashboard,
    /// What could not be carried over as it was.
    pub notes: Vec<Note>,
    /// The tiles that could not be read.
    pub damaged: Vec<Damaged>,
}

/// Something that could not be carried over as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The index of the tile in the dashboard; `None` when it is about the whole file.
    pub tile: Option<usize>,
    /// What, as a sentence without its full stop.
    pub text: String,
}

/// Reads an export of MQTT Dash. With `partial`, tiles that cannot be read are left out.
///
/// # Errors
/// That there is no export in the bytes, that they are too many, or which tiles are damaged.
pub fn import(bytes: &[u8], partial: bool) -> Result<Imported, ImportFault> {
    if bytes.len() > MAX_BYTES {
        return Err(ImportFault::TooLarge(bytes.len()));
    }
    let (text, foreign) = find::text(bytes);
    if text.trim().is_empty() {
        return Err(ImportFault::Empty);
    }
    let pieces = find::pieces(&text).ok_or(ImportFault::NoTiles)?;
    if pieces.len() > MAX_TILES {
        return Err(ImportFault::TooManyTiles);
    }
    let mut imported = Imported { dashboard: Dashboard::default(), notes: Vec::new(), damaged: Vec::new() };
    if foreign {
        let text = "the file is no UTF-8 and was read as Windows-1252".to_owned();
        imported.notes.push(Note { tile: None, text });
    }
    for (piece, position) in pieces.into_iter().zip(1..) {
        imported.take(piece, position);
    }
    fresh::forget(&mut imported.dashboard.tiles);
    let good = imported.dashboard.tiles.len();
    if imported.damaged.is_empty() || partial && good > 0 {
        Ok(imported)
    } else {
        Err(ImportFault::Damaged { damaged: imported.damaged, good })
    }
}

impl Imported {
    fn take(&mut self, piece: Piece<'_>, position: usize) {
        let (name, reason) = match piece {
            Piece::Whole(Json::Object(object)) => match read::tile(&object) {
                Ok((tile, notes)) => {
                    let index = Some(self.dashboard.tiles.len());
                    self.notes.extend(notes.into_iter().map(|text| Note { tile: index, text }));
                    self.dashboard.tiles.push(tile);
                    return;
                }
                Err(reason) => (find::name_of(&object), reason),
            },
            Piece::Whole(_) => (None, "it is no list of keys and values".to_owned()),
            Piece::Broken(text, reason) => (find::name_in(text), reason),
        };
        self.damaged.push(Damaged { position, name, reason });
    }
}
