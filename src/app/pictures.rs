//! Pictures: which ones are to be read or fetched now, and what became of it.

use std::sync::Arc;

use crate::model::{
    face::Face,
    fault::Fault,
    picture::{Glance, Mark, Picture},
    state::TileState,
    tile::Tile,
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
        for index in board.grid(size).seen(board.top) {
            let Some((tile, state)) = board.tile_mut(index) else { continue };
            if glance_due(tile, state).is_none_or(|due| due > now) {
                continue;
            }
            if let Ok(Face::Remote { url, .. }) = tile.scripted_face(state.reading.as_ref(), state.shown.as_deref()) {
                let url: Arc<str> = url.into();
                let mark = state.glance.take().filter(|glance| glance.url == url).and_then(|glance| glance.mark);
                commands.push(Command::Fetch(TileAt { board: number, tile: index }, Arc::clone(&url), mark.clone()));
                state.glance = Some(Box::new(Glance { url, at: now, busy: true, mark }));
                self.dirty |= state.picture.is_none();
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
    pub(super) fn see(&mut self, at: TileAt, picture: Result<Picture, String>) {
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
    pub(super) fn fetched(&mut self, at: TileAt, url: &str, fetched: Result<Option<(Picture, Mark)>, String>) {
        let Some((_, state)) = self.boards.get_mut(at.board).and_then(|board| board.tile_mut(at.tile)) else {
            return;
        };
        let Some(glance) = state.glance.as_mut().filter(|glance| &*glance.url == url) else {
            return;
        };
        glance.busy = false;
        match fetched {
            Ok(Some((picture, mark))) => {
                glance.mark = Some(mark);
                show(state, Ok(picture));
            }
            Ok(None) => drop(state.fault.take_if(|fault| matches!(fault, Fault::NoPicture(_)))),
            Err(reason) => show(state, Err(reason)),
        }
        self.dirty |= at.board == self.current;
    }
}

/// The tiles of a board that are seen on a screen of this size.
pub(super) fn seen(board: &Board, size: (u16, u16)) -> impl Iterator<Item = (&Tile, &TileState)> {
    board.grid(size).seen(board.top).filter_map(|index| board.tile(index))
}

/// The bytes of the picture that a tile's last payload holds, if it holds one.
pub(super) fn pictured(tile: &Tile, state: &TileState) -> Option<Arc<[u8]>> {
    let reading = state.reading.as_ref().filter(|reading| matches!(tile.face(Some(reading)), Ok(Face::Picture)))?;
    let inside = tile.json_path.as_ref().map(|_| reading.text.as_bytes().into());
    Some(inside.unwrap_or_else(|| Arc::clone(&reading.payload)))
}

pub(super) fn show(state: &mut TileState, picture: Result<Picture, String>) {
    match picture {
        Ok(picture) => {
            state.picture = Some(picture);
            state.fault.take_if(|fault| matches!(fault, Fault::NoPicture(_)));
        }
        Err(reason) => state.fault = Some(Fault::NoPicture(reason)),
    }
}

/// When the next look at the URL of a tile's picture is due, if it has one: at once when there was
/// none yet, when the URL is another one, and after a message; then when its time is over. Never while
/// the answer is still to come.
fn glance_due(tile: &Tile, state: &TileState) -> Option<Time> {
    if !tile.kind.fetches() && state.shown.is_none() {
        return None;
    }
    let Ok(Face::Remote { url, reload }) = tile.scripted_face(state.reading.as_ref(), state.shown.as_deref()) else {
        return None;
    };
    match &state.glance {
        Some(glance) if *glance.url == *url => {
            let spoken = state.reading.as_ref().map(|reading| reading.at).filter(|at| *at > glance.at);
            let over = reload.map(|reload| glance.at.after(reload));
            spoken.into_iter().chain(over).min().filter(|_| !glance.busy)
        }
        _ => Some(Time::default()),
    }
}

#[cfg(test)]
#[path = "pictures_tests.rs"]
mod tests;
