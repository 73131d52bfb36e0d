//! Converts an export of the app to a dashboard.

use serde_json::Value as Json;

use super::{
    MAX_BYTES, MAX_TILES,
    error::{DamagedTile, ImportError, TileReadError},
    foreign_file::ForeignFile,
    id_allocator,
    scanner::{self, ScannedItem, ScannedText},
    tile_reader,
};
use crate::model::dashboard::Dashboard;

/// The result of an import from MQTT Dash.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedDashboard {
    /// The dashboard, with its tiles in the order of the export.
    pub dashboard: Dashboard,
    /// What could not be imported unchanged.
    pub notes: Vec<ImportNote>,
    /// The tiles that could not be read.
    pub damaged: Vec<DamagedTile>,
}

/// Something that could not be imported unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportNote {
    /// The index of the tile in the dashboard; `None` when it is about the whole file.
    pub(crate) tile: Option<usize>,
    /// What it is, as a sentence without a period.
    pub text: String,
}

/// Imports an export of MQTT Dash. With `partial`, tiles that cannot be read are left out.
///
/// # Errors
/// When the bytes contain no export, exceed a limit, or a tile cannot be read: with `partial`, when no tile
/// can be read.
pub fn import(bytes: &[u8], partial: bool) -> Result<ImportedDashboard, ImportError> {
    if bytes.len() > MAX_BYTES {
        return Err(ImportError::TooLarge(bytes.len()));
    }
    let (text, is_windows_1252) = scanner::decode_text(bytes);
    if text.trim().is_empty() {
        return Err(ImportError::Empty);
    }
    let Some(ScannedText { items, is_restored }) = scanner::scan_text(&text) else {
        return Err(ForeignFile::identify(bytes, &text).map_or(ImportError::NoTiles, ImportError::Foreign));
    };
    if items.len() > MAX_TILES {
        return Err(ImportError::TooManyTiles);
    }
    let mut imported = ImportedDashboard { dashboard: Dashboard::default(), notes: Vec::new(), damaged: Vec::new() };
    if is_windows_1252 {
        let text = "the file is not UTF-8 and was read as Windows-1252".to_owned();
        imported.notes.push(ImportNote { tile: None, text });
    }
    if is_restored {
        let text = "the text is not the JSON that the app writes; check what was read".to_owned();
        imported.notes.push(ImportNote { tile: None, text });
    }
    for (item, position) in items.into_iter().zip(1..) {
        imported.add_item(item, position);
    }
    id_allocator::remove_allocated_ids(&mut imported.dashboard.tiles);
    let readable = imported.dashboard.tiles.len();
    if imported.damaged.is_empty() || partial && readable > 0 {
        Ok(imported)
    } else {
        Err(ImportError::DamagedTiles { damaged: imported.damaged, good: readable })
    }
}

impl ImportedDashboard {
    fn add_item(&mut self, item: ScannedItem, position: usize) {
        let (name, reason) = match item {
            ScannedItem::Parsed(Json::Object(object)) => match tile_reader::read_tile(&object) {
                Ok((tile, notes)) => {
                    let index = Some(self.dashboard.tiles.len());
                    self.notes.extend(notes.into_iter().map(|text| ImportNote { tile: index, text }));
                    self.dashboard.tiles.push(tile);
                    return;
                }
                Err(reason) => (scanner::tile_name(&object), reason),
            },
            ScannedItem::Parsed(_) => (None, TileReadError::NoObject),
            ScannedItem::Malformed(text, reason) => {
                (scanner::name_in_malformed(&text), TileReadError::Malformed(reason))
            }
        };
        self.damaged.push(DamagedTile { position, name, reason });
    }
}
