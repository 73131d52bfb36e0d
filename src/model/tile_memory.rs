//! How much memory the states of tiles keep, and how they give it back.
//!
//! Tiles share the payloads that they show. A payload, text, image or list of properties is recognized by its address,
//! so that what several tiles share is counted once.

use std::sync::Arc;

use super::{
    history::MAX_HISTORY_PAYLOAD_BYTES,
    media::DecodedImage,
    message_properties::MessageProperties,
    shared_payload::SharedPayload,
    tile_state::{ReplacedValue, TileState},
    tile_value::TileValue,
    time::Time,
};

/// The mark at the end of a text that was cut off.
const CUT_MARK: &str = "…";
/// The most bytes that a payload, a text or a list of properties has after it was cut.
const MAX_CUT_BYTES: usize = MAX_HISTORY_PAYLOAD_BYTES + CUT_MARK.len();

/// A payload, a text, an image or a list of properties that tiles keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct KeptBlock {
    /// Its address, which two different blocks cannot share.
    pub address: usize,
    /// Its size in bytes.
    pub bytes: usize,
}

impl KeptBlock {
    fn of(bytes: &[u8]) -> Self {
        Self { address: bytes.as_ptr().addr(), bytes: bytes.len() }
    }

    fn of_properties(properties: &Arc<MessageProperties>) -> Self {
        Self { address: Arc::as_ptr(properties).addr(), bytes: properties.memory_bytes() }
    }
}

impl TileState {
    /// Returns the payloads, texts and properties that the tile keeps and that [`cut_payloads`](Self::cut_payloads)
    /// would shorten.
    pub(crate) fn large_payloads(&self) -> impl Iterator<Item = KeptBlock> {
        let replaced = self.unconfirmed.as_ref().and_then(|publish| publish.replaced.as_ref()?.0.as_ref());
        let values = self.value.iter().chain(replaced);
        let pending = self.pending.as_ref().and_then(|pending| pending.full_payload.as_ref());
        let blocks = values
            .flat_map(|value| [KeptBlock::of(&value.payload), KeptBlock::of(value.text.as_bytes())])
            .chain(pending.map(|payload| KeptBlock::of(payload.bytes())))
            .chain(self.newest.failed_payload.as_ref().map(|payload| KeptBlock::of(payload)))
            .chain(self.newest.properties.as_ref().map(KeptBlock::of_properties));
        blocks.filter(|block| block.bytes > MAX_CUT_BYTES)
    }

    /// Keeps only the beginning of each large payload and text, and of large properties.
    pub(crate) fn cut_payloads(&mut self) {
        if let Some(ReplacedValue(Some(value))) =
            self.unconfirmed.as_mut().and_then(|publish| publish.replaced.as_mut())
        {
            cut_value(value);
        }
        if let Some(value) = &mut self.value {
            cut_value(value);
        }
        self.newest.failed_payload = None;
        if let Some(properties) = &mut self.newest.properties
            && properties.memory_bytes() > MAX_CUT_BYTES
        {
            *properties = Arc::new(properties.cut(MAX_HISTORY_PAYLOAD_BYTES));
        }
        if let Some(payload) = self.pending.as_mut().and_then(|pending| pending.full_payload.as_mut())
            && let Some(cut) = cut_bytes(payload.bytes())
        {
            *payload = SharedPayload::new(cut);
        }
    }

    /// Returns the frames of the tile's animated image, if it has one.
    pub(crate) fn animation(&self) -> impl Iterator<Item = KeptBlock> {
        let frames = self.image.as_ref().map_or(&[][..], |image| &image.frames);
        let is_animated = frames.len() > 1;
        frames.iter().filter(move |_| is_animated).map(|frame| KeptBlock::of(&frame.pixels))
    }

    /// Keeps only the first frame of an animated image.
    pub(crate) fn stop_animation(&mut self) {
        if let Some(image) = self.image.as_mut().filter(|image| image.frames.len() > 1) {
            let pixels = Arc::clone(&image.frames[0].pixels);
            let warning = Some("not animated: the images of all tiles take too much memory".to_owned());
            *image = DecodedImage { warning, ..DecodedImage::still(image.width, image.height, pixels) };
        }
    }

    /// Returns when the newest message was received.
    pub(crate) fn last_received_at(&self) -> Time {
        let newest_in_history = self.history.last().map(|last| last.received_at);
        newest_in_history.max(self.value.as_ref().map(|value| value.updated_at)).unwrap_or_default()
    }

    /// Returns the number of bytes that the last messages take.
    pub(crate) fn history_bytes(&self) -> usize {
        self.history.allocated_bytes()
    }

    /// Returns the number of bytes of the messages that the tile keeps because its kind shows them.
    pub(crate) fn kept_bytes(&self) -> usize {
        self.kept.as_ref().map_or(0, |kept| kept.bytes())
    }

    /// Keeps only the newer half of these messages.
    pub(crate) fn cut_kept(&mut self) {
        if let Some(kept) = &mut self.kept {
            kept.cut();
        }
    }

    /// Keeps only the newest of the last messages.
    pub(crate) fn cut_history(&mut self) {
        self.history.keep_newest();
    }
}

fn cut_value(value: &mut TileValue) {
    let shares_bytes = KeptBlock::of(&value.payload) == KeptBlock::of(value.text.as_bytes());
    if let Some(cut) = cut_bytes(value.text.as_bytes()) {
        let mut text = String::from_utf8_lossy(cut).into_owned();
        text.push_str(CUT_MARK);
        value.text = text.into();
    }
    if shares_bytes {
        value.payload = Arc::clone(&value.text).into();
    } else if let Some(cut) = cut_bytes(&value.payload) {
        value.payload = cut.into();
    }
}

/// Returns the beginning of a large payload; whole characters if it is text.
fn cut_bytes(bytes: &[u8]) -> Option<&[u8]> {
    let is_large = bytes.len() > MAX_CUT_BYTES;
    is_large.then(|| {
        // A character has at most three bytes that continue it.
        let is_start = |byte: u8| byte & 0b1100_0000 != 0b1000_0000;
        let end = (MAX_HISTORY_PAYLOAD_BYTES - 3..=MAX_HISTORY_PAYLOAD_BYTES).rev().find(|end| is_start(bytes[*end]));
        &bytes[..end.unwrap_or(MAX_HISTORY_PAYLOAD_BYTES)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{connection::Message, kind, media::ImageFrame, tile::Tile};

    fn state_after(payloads: &[&[u8]]) -> TileState {
        let tile = Tile::new(kind::from_name("text").unwrap());
        let mut state = TileState::default();
        for payload in payloads {
            state.receive((&Message::new("t", *payload)).into(), Time::default());
        }
        state.resolve_value(&tile, None);
        state
    }

    #[test]
    fn payload_and_its_text_are_counted_once_and_cut_at_a_character() {
        let mut state = state_after(&["é".repeat(50_000).as_bytes()]);
        let blocks: std::collections::HashSet<_> = state.large_payloads().collect();
        assert_eq!(blocks.iter().map(|block| block.bytes).sum::<usize>(), 100_000);
        state.cut_payloads();
        assert_eq!(state.large_payloads().next(), None);
        let value = state.value.unwrap();
        assert!(value.text.starts_with('é') && value.text.ends_with("é…"), "{}", value.text.len());
        assert_eq!(value.text.as_bytes(), &*value.payload);
    }

    #[test]
    fn binary_payload_is_cut_and_its_text_stays() {
        let mut state = state_after(&[&vec![0xff; 100_000]]);
        state.cut_payloads();
        let value = state.value.unwrap();
        assert!(value.text.ends_with("(97.7 KiB)"), "{}", value.text);
        assert!(value.payload.len() <= MAX_HISTORY_PAYLOAD_BYTES);
    }

    #[test]
    fn small_values_are_left_alone() {
        let mut state = state_after(&[b"23 C"]);
        let value = state.value.clone();
        assert_eq!(state.large_payloads().next(), None);
        state.cut_payloads();
        assert_eq!(state.value, value);
    }

    #[test]
    fn cut_history_keeps_the_newest_message() {
        let payload = [b'x'; 3_000];
        let mut state = state_after(&[&payload[..]; 30]);
        assert!(state.history_bytes() > 60_000);
        state.cut_history();
        assert!(state.history_bytes() < 4_000, "{}", state.history_bytes());
        assert_eq!(state.history.last().unwrap().message.payload, payload);
    }

    #[test]
    fn animation_that_takes_too_much_memory_becomes_a_still_image() {
        let frame = ImageFrame { pixels: vec![7; 12].into(), duration: std::time::Duration::from_secs(1) };
        let image = DecodedImage { width: 2, height: 2, frames: vec![frame.clone(), frame].into(), warning: None };
        let mut state = TileState { image: Some(image), ..TileState::default() };
        assert_eq!(state.animation().count(), 2);
        state.stop_animation();
        assert_eq!(state.animation().count(), 0);
        assert!(state.image.unwrap().warning.is_some());
    }
}
