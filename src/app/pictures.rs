//! Pictures: which ones are to be read or fetched now, and what became of it.

use std::sync::Arc;

use crate::model::{
    content::TileContent,
    error::TileError,
    media::{CacheValidator, DecodedImage, FetchState},
    tile::Tile,
    tile_state::TileState,
    time::Time,
};

use super::{App, Board, Command, TileAt};

impl App {
    /// The glances at URLs that are due now, for the tiles that are seen.
    pub(super) fn glance(&mut self, now: Time) -> Vec<Command> {
        let (number, size) = (self.current, self.size);
        let Some(board) = self.boards.get_mut(number).filter(|board| board.may_reach_out()) else {
            return Vec::new();
        };
        let mut commands = Vec::new();
        for index in board.grid(size).visible_tiles(board.top) {
            let Some((tile, state)) = board.tile_mut(index) else { continue };
            if glance_due(tile, state).is_none_or(|due| due > now) {
                continue;
            }
            if let Ok(TileContent::RemoteImage { url, .. }) =
                tile.scripted_content(state.value.as_ref(), state.view_override.as_deref())
            {
                let url: Arc<str> = url.into();
                let mark =
                    state.image_fetch.take().filter(|glance| glance.url == url).and_then(|glance| glance.validator);
                commands.push(Command::Fetch(TileAt { board: number, tile: index }, Arc::clone(&url), mark.clone()));
                state.image_fetch =
                    Some(Box::new(FetchState { url, requested_at: now, in_flight: true, validator: mark }));
                self.dirty |= state.image.is_none();
            }
        }
        commands
    }

    /// When the next glance at a URL is due.
    pub(super) fn next_glance(&self) -> Option<Time> {
        let board = self.board().filter(|board| board.may_reach_out())?;
        seen(board, self.size).filter_map(|(tile, state)| glance_due(tile, state)).min()
    }

    /// Takes what came of reading the picture in a payload.
    pub(super) fn see(&mut self, at: TileAt, picture: Result<DecodedImage, String>) {
        if at == TileAt::PREVIEW {
            return self.see_preview(picture);
        }
        let Some((_, state)) = self.boards.get_mut(at.board).and_then(|board| board.tile_mut(at.tile)) else {
            return;
        };
        show(state, picture);
        self.dirty |= at.board == self.current;
    }

    /// Takes what came from a URL; `None`: what was there before.
    pub(super) fn fetched(
        &mut self,
        at: TileAt,
        url: &str,
        fetched: Result<Option<(DecodedImage, CacheValidator)>, String>,
    ) {
        let Some((_, state)) = self.boards.get_mut(at.board).and_then(|board| board.tile_mut(at.tile)) else {
            return;
        };
        let Some(glance) = state.image_fetch.as_mut().filter(|glance| &*glance.url == url) else {
            return;
        };
        glance.in_flight = false;
        match fetched {
            Ok(Some((picture, mark))) => {
                glance.validator = Some(mark);
                show(state, Ok(picture));
            }
            Ok(None) => drop(state.error.take_if(|fault| matches!(fault, TileError::ImageUnavailable(_)))),
            Err(reason) => show(state, Err(reason)),
        }
        self.dirty |= at.board == self.current;
    }
}

/// The tiles of a board that are seen on a screen of this size.
pub(super) fn seen(board: &Board, size: (u16, u16)) -> impl Iterator<Item = (&Tile, &TileState)> {
    board.grid(size).visible_tiles(board.top).filter_map(|index| board.tile(index))
}

/// The bytes of the picture that a tile's last payload holds, if it holds one.
pub(super) fn pictured(tile: &Tile, state: &TileState) -> Option<Arc<[u8]>> {
    let reading =
        state.value.as_ref().filter(|reading| matches!(tile.content(Some(reading)), Ok(TileContent::PayloadImage)))?;
    let inside = tile.json_path.as_ref().map(|_| reading.text.as_bytes().into());
    Some(inside.unwrap_or_else(|| Arc::clone(&reading.payload)))
}

pub(super) fn show(state: &mut TileState, picture: Result<DecodedImage, String>) {
    match picture {
        Ok(picture) => {
            state.image = Some(picture);
            state.error.take_if(|fault| matches!(fault, TileError::ImageUnavailable(_)));
        }
        Err(reason) => state.error = Some(TileError::ImageUnavailable(reason)),
    }
}

/// When the next look at the URL of a tile's picture is due, if it has one: at once when there was
/// none yet, when the URL is another one, and after a message; then when its time is over. Never while
/// the answer is still to come.
fn glance_due(tile: &Tile, state: &TileState) -> Option<Time> {
    if !tile.kind.fetches_url() && state.view_override.is_none() {
        return None;
    }
    let Ok(TileContent::RemoteImage { url, reload_interval: reload }) =
        tile.scripted_content(state.value.as_ref(), state.view_override.as_deref())
    else {
        return None;
    };
    match &state.image_fetch {
        Some(glance) if *glance.url == *url => {
            let spoken = state.value.as_ref().map(|reading| reading.updated_at).filter(|at| *at > glance.requested_at);
            let over = reload.map(|reload| glance.requested_at.saturating_add(reload));
            spoken.into_iter().chain(over).min().filter(|_| !glance.in_flight)
        }
        _ => Some(Time::default()),
    }
}

#[cfg(test)]
#[path = "pictures_tests.rs"]
mod tests;
