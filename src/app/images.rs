//! The images of tiles: which ones to decode or fetch now, and the results.

use std::sync::Arc;

use crate::model::{
    access::Access,
    content::TileContent,
    error::{FetchError, ImageError, TileError},
    id::TileId,
    media::{CacheValidator, DecodedImage, FetchOptions, FetchState},
    tile::Tile,
    tile_state::TileState,
    time::Time,
};

use super::{App, Effect, MediaEffect, OpenDashboard};

impl App {
    /// Returns the image fetches that are due for the visible tiles, and marks them as in flight.
    pub(super) fn fetch_due_images(&mut self, now: Time) -> Vec<Effect> {
        let Some(dashboard) = self.current_dashboard().filter(|dashboard| dashboard.permissions.granted) else {
            return Vec::new();
        };
        let due: Vec<(TileId, Arc<str>)> = dashboard
            .visible_tiles(self.size)
            .filter_map(|index| {
                let (tile, state) = dashboard.tile(index)?;
                fetch_due_at(tile, state).filter(|due| *due <= now)?;
                Some((dashboard.tile_id(index)?, remote_url(tile, state)?.into()))
            })
            .collect();
        due.into_iter().filter_map(|(id, url)| self.fetch_image(id, url, now)).collect()
    }

    /// Marks the image of a tile as requested, and returns its fetch if the user has agreed to the host.
    fn fetch_image(&mut self, id: TileId, url: Arc<str>, now: Time) -> Option<Effect> {
        // A URL without a host is fetched, too: its error says what is wrong with it.
        let host = Access::host_of(&url);
        let blocked = host.filter(|host| !self.allows_access(id, Access::Fetch(host.clone()), now));
        let (_, state) = self.tile_mut(id)?;
        let old_fetch = state.image_fetch.take().filter(|fetch_state| fetch_state.url == url);
        let validator = old_fetch.and_then(|fetch_state| fetch_state.validator);
        let in_flight = blocked.is_none();
        let fetch_state =
            FetchState { url: Arc::clone(&url), requested_at: now, in_flight, validator: validator.clone() };
        state.image_fetch = Some(Box::new(fetch_state));
        let has_image = state.image.is_some();
        if let Some(host) = blocked {
            set_image(state, Err(ImageError::HostBlocked(host)));
        }
        self.display.dirty |= !has_image;
        let hosts = |dashboard: &OpenDashboard| dashboard.permissions.allowed_hosts(&dashboard.definition);
        let hosts = self.dashboard_of(id).map(|(dashboard, _)| hosts(dashboard)).unwrap_or_default();
        in_flight.then_some(Effect::Media(MediaEffect::Fetch(id, url, FetchOptions { validator, hosts })))
    }

    /// Returns when the next image fetch is due.
    pub(super) fn next_fetch(&self) -> Option<Time> {
        let dashboard = self.current_dashboard().filter(|dashboard| dashboard.permissions.granted)?;
        visible_tiles(dashboard, self.size).filter_map(|(tile, state)| fetch_due_at(tile, state)).min()
    }

    /// Handles the result of decoding the image in a payload.
    pub(super) fn on_image_decoded(&mut self, id: TileId, result: Result<DecodedImage, ImageError>) {
        if self.is_preview(id) {
            self.on_preview_decoded(result);
        } else {
            let result = result.map(|image| self.share_image(image));
            if let Some((_, state)) = self.tile_mut(id) {
                set_image(state, result);
                self.display.dirty |= self.is_on_screen(id);
            }
        }
    }

    /// Handles the result of fetching an image; `Ok(None)` means that the image has not changed.
    pub(super) fn on_image_fetched(
        &mut self,
        id: TileId,
        url: &str,
        result: Result<Option<(DecodedImage, CacheValidator)>, ImageError>,
        now: Time,
    ) {
        if let Err(ImageError::Fetch(FetchError::RedirectToHost(host))) = &result {
            self.allows_access(id, Access::Fetch(host.clone()), now);
        }
        let share = |(image, validator)| (self.share_image(image), validator);
        let result = result.map(|image| image.map(share));
        let Some((_, state)) = self.tile_mut(id) else {
            return;
        };
        let Some(fetch_state) = state.image_fetch.as_mut().filter(|fetch_state| &*fetch_state.url == url) else {
            return;
        };
        fetch_state.in_flight = false;
        match result {
            Ok(Some((image, validator))) => {
                fetch_state.validator = Some(validator);
                set_image(state, Ok(image));
            }
            Ok(None) => drop(state.error.take_if(|error| matches!(error, TileError::ImageUnavailable(_)))),
            Err(error) => set_image(state, Err(error)),
        }
        self.display.dirty |= self.is_on_screen(id);
    }

    /// Returns the pixels of a tile that shows the same image already, if there is one, to keep them once.
    fn share_image(&mut self, image: DecodedImage) -> DecodedImage {
        let tiles = self.dashboards.iter().flat_map(OpenDashboard::tiles_with_states);
        let same = tiles.filter_map(|(_, state)| state.image.as_ref()).find(|other| **other == image).cloned();
        let bytes = image.frames.iter().map(|frame| frame.pixels.len()).sum();
        same.unwrap_or_else(|| {
            self.count_kept_bytes(bytes);
            image
        })
    }

    fn is_on_screen(&self, id: TileId) -> bool {
        self.position_of(id).is_some_and(|position| position.dashboard == self.current_tab())
    }
}

/// Returns what a tile shows, unless that is an error.
fn shown_content(tile: &Tile, state: &TileState) -> Option<TileContent> {
    state.content(tile).ok()
}

/// Returns the URL of the image that a tile shows, if it is not in the payload.
fn remote_url(tile: &Tile, state: &TileState) -> Option<String> {
    match shown_content(tile, state)? {
        TileContent::RemoteImage { url, .. } => Some(url),
        _ => None,
    }
}

/// Returns the tiles of a dashboard that are visible on a screen of this size.
pub(super) fn visible_tiles(dashboard: &OpenDashboard, size: (u16, u16)) -> impl Iterator<Item = (&Tile, &TileState)> {
    dashboard.visible_tiles(size).filter_map(|index| dashboard.tile(index))
}

/// Returns the encoded image in a tile's last payload, if the tile shows images from payloads.
pub(super) fn image_bytes(tile: &Tile, state: &TileState) -> Option<Arc<[u8]>> {
    let value =
        state.value.as_ref().filter(|value| matches!(tile.content(Some(value)), Ok(TileContent::PayloadImage)))?;
    let embedded = tile.json_path.as_ref().map(|_| value.text.as_bytes().into());
    Some(embedded.unwrap_or_else(|| Arc::clone(&value.payload)))
}

pub(super) fn set_image(state: &mut TileState, result: Result<DecodedImage, ImageError>) {
    match result {
        Ok(image) => {
            state.image = Some(image);
            state.error.take_if(|error| matches!(error, TileError::ImageUnavailable(_)));
        }
        Err(error) => state.error = Some(TileError::ImageUnavailable(error)),
    }
}

/// Returns when the next fetch of a tile's image is due, if the tile shows an image from a URL.
///
/// It is due at once if the image was never fetched, if its URL has changed, or if a message has arrived
/// since the last fetch; otherwise after the reload interval. No fetch is due while one of the same URL is
/// in flight.
fn fetch_due_at(tile: &Tile, state: &TileState) -> Option<Time> {
    if !tile.kind.fetches_url() && state.view_override.is_none() {
        return None;
    }
    let TileContent::RemoteImage { url, reload_interval: reload } = shown_content(tile, state)? else {
        return None;
    };
    match &state.image_fetch {
        Some(fetch_state) if *fetch_state.url == *url => {
            let new_message_at = state
                .value
                .as_ref()
                .map(|value| value.updated_at)
                .filter(|received_at| *received_at > fetch_state.requested_at);
            let reload_due_at = reload.map(|reload| fetch_state.requested_at.saturating_add(reload));
            new_message_at.into_iter().chain(reload_due_at).min().filter(|_| !fetch_state.in_flight)
        }
        _ => Some(Time::default()),
    }
}

#[cfg(test)]
#[path = "image_tests.rs"]
mod tests;
