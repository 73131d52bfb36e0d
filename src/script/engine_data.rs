//! The `event.data` of tiles as JSON, so that another process of the engine can go on with it.

use super::{
    Engine,
    realm::{JsFunction, JsScope},
};
use crate::model::id::TileId;

/// The maximum length of data that is saved, in UTF-16 code units of JSON.
pub(super) const MAX_SAVED_LENGTH: usize = 4 << 10;
/// The number of calls without another attempt after data that cannot be saved.
const CALLS_WITHOUT_SAVING: u32 = 64;

/// What is known about the data of a tile.
#[derive(Default)]
pub(super) struct SavedData {
    /// The JSON that was returned last; empty if there was none.
    last: String,
    /// For how many calls nothing is saved.
    pause: u32,
}

impl Engine {
    /// Returns the data of a tile as JSON if that has changed since the last call of this; an empty text if there is none
    /// any more, or if it is large or not plain. Call it after the scripts of the tile have run.
    pub fn changed_data(&mut self, id: TileId) -> Option<String> {
        let tile = self.tiles.get_mut(&id).filter(|tile| tile.uses_data)?;
        if let Some(pause) = tile.saved_data.pause.checked_sub(1) {
            tile.saved_data.pause = pause;
            return None;
        }
        self.runtime.begin_script();
        let call = |scope: &JsScope<'_, '_>| {
            // Of a value that is not undefined, null means that it cannot be saved.
            let text: Option<Option<String>> =
                scope.call::<rquickjs::Value<'_>>(JsFunction::PlainData, |args| args.push_arg(id.0)).and_then(
                    |value| {
                        if value.is_undefined() { Ok(None) } else { value.get::<Option<String>>().map(Some) }
                    },
                )?;
            Ok(text)
        };
        let data = self.runtime.clean_up(call).unwrap_or(Some(None));
        if self.runtime.drop_jobs().is_err() {
            // If this fails, the next call reports it.
            let _ = self.rebuild();
        }
        self.runtime.end_script();
        let saved_data = &mut self.tiles.get_mut(&id)?.saved_data;
        if data == Some(None) {
            saved_data.pause = CALLS_WITHOUT_SAVING;
        }
        let data = data.flatten().unwrap_or_default();
        if data == saved_data.last {
            return None;
        }
        saved_data.last.clone_from(&data);
        Some(data)
    }

    /// Restores what [`changed_data`](Self::changed_data) has returned for a tile.
    pub fn restore_data(&mut self, id: TileId, data: &str) {
        let Some(tile) = self.tiles.get_mut(&id) else { return };
        data.clone_into(&mut tile.saved_data.last);
        let call = |scope: &JsScope<'_, '_>| {
            scope.call::<()>(JsFunction::SetData, |args| {
                args.push_arg(id.0)?;
                args.push_arg(data)
            })
        };
        // It is JSON, and small. Without it, the scripts find no data.
        let _ = self.runtime.clean_up(call);
    }
}
