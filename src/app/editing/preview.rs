//! The preview of the tile that is being edited: the tile that a form describes, with real data.

use std::sync::Arc;

use crate::{
    app::{
        App, Effect, MediaEffect,
        form::{Form, FormSubject},
        images::{image_bytes, set_image},
        tile_matching::reads_the_same,
    },
    model::{
        error::ImageError,
        expansion::TileOrigin,
        id::TileId,
        kind,
        media::DecodedImage,
        tile::Tile,
        tile_state::TileState,
        tile_value::{TimedMessage, payload_text},
    },
};

/// The tile that a form describes, with real data.
#[derive(Debug, Clone)]
pub(crate) struct Preview {
    /// The tile.
    pub tile: Tile,
    /// The state of the tile, from the last message on its topic.
    pub state: TileState,
    /// The last payload on its topic, as text.
    pub payload: Option<String>,
    /// The rows of a panel with their states, or the row that the form edits, and their panel.
    pub panel: Option<PanelPreview>,
}

/// A panel with rows.
#[derive(Debug, Clone)]
pub(crate) struct PanelPreview {
    /// The panel.
    pub tile: Tile,
    /// The rows and their states.
    pub rows: Vec<(Tile, TileState)>,
}

/// The image of a preview: its encoded bytes, and the decoded image once it is available.
#[derive(Debug)]
pub(crate) struct PreviewImage {
    /// The identifier of this preview, in place of a tile's.
    id: TileId,
    bytes: Arc<[u8]>,
    image: Option<Result<DecodedImage, ImageError>>,
}

impl App {
    /// Returns the state of the tile that is being edited with its last message, from the tile itself if that receives the
    /// same, otherwise from the topic cache.
    fn preview_state(&self, form: &Form, tile: &Tile) -> Option<TileState> {
        let FormSubject::Tile { tile: id, .. } = form.subject else {
            return None;
        };
        let topic = tile.topic.as_ref()?;
        let edited = id.and_then(|id| self.tile(id));
        let same = edited.filter(|(current, state)| reads_the_same(current, tile) && state.undecoded().is_none());
        let from_tile =
            same.and_then(|(_, state)| Some(TileState::from_message(&state.last_message()?, state.message_age())));
        from_tile.or_else(|| {
            let (message, received_at, age) = self.form_connection(form)?.topic_cache.latest_message(topic)?;
            let last = TimedMessage { message: message.to_message(), received_at };
            Some(TileState::from_sent_message(tile, &self.decoder_rules, &last, age))
        })
    }

    /// Returns the draft of a form as its dashboard would show it, for the device whose tile is edited.
    pub(super) fn shown_draft(&self, form: &Form, draft: &Tile) -> Option<Tile> {
        let FormSubject::Tile { tile, .. } = form.subject else { return None };
        let dashboard = self.form_dashboard(form)?;
        let origin = tile.and_then(|tile| dashboard.origin_of(dashboard.index_of(tile)?));
        let origin = origin.unwrap_or(TileOrigin::Tile(dashboard.definition.tiles.len()));
        dashboard.definition.shown_at(&origin, draft, &dashboard.input)
    }

    /// Returns the tile that the form describes, with the last message on its topic.
    #[must_use]
    pub(crate) fn preview(&self, form: &Form) -> Option<Preview> {
        let (tile, _) = form.draft_tile()?;
        let tile = self.shown_draft(form, &tile).unwrap_or(tile);
        let mut state = self.preview_state(form, &tile).unwrap_or_default();
        let payload = state.last_message().map(|last| payload_text(&last.message.payload));
        self.keep_messages_of_preview(form, &tile, &mut state);
        state.resolve_value(&tile, None);
        if let (Some(bytes), Some(preview_image)) = (image_bytes(&tile, &state), &self.editor_state.preview_image)
            && preview_image.bytes == bytes
            && let Some(image) = preview_image.image.clone()
        {
            set_image(&mut state, image);
        }
        let panel = self.preview_of_panel(form, &tile, &state);
        Some(Preview { tile, state, payload, panel })
    }

    /// Returns the panel that a form describes with its rows, or the row that it describes in its panel.
    fn preview_of_panel(&self, form: &Form, tile: &Tile, state: &TileState) -> Option<PanelPreview> {
        if let Some(name) = form.panel_name() {
            let mut panel = Tile::new(kind::panel());
            panel.name = name;
            return Some(PanelPreview { tile: panel, rows: vec![(tile.clone(), state.clone())] });
        }
        let with_state = |row: Tile| {
            let mut state = self.preview_state(form, &row).unwrap_or_default();
            state.resolve_value(&row, None);
            (row, state)
        };
        tile.is_panel().then(|| PanelPreview { tile: tile.clone(), rows: tile.shown_rows().map(with_state).collect() })
    }

    /// Gives the preview the messages that its kind shows: those of the edited tile, or what is known of the topics.
    fn keep_messages_of_preview(&self, form: &Form, tile: &Tile, state: &mut TileState) {
        let FormSubject::Tile { tile: id, .. } = form.subject else { return };
        let edited = id.and_then(|id| self.tile(id)).filter(|(current, _)| reads_the_same(current, tile));
        state.kept = edited.and_then(|(_, edited)| edited.kept.clone());
        state.clear_extracted();
        let connection = self.form_connection(form).map(|connection| connection.id);
        let known = || connection.map(|id| self.known_messages(id, tile)).unwrap_or_default();
        state.keep_known_messages(tile, &self.decoder_rules, known);
        state.update_kept(tile);
    }

    /// Returns the effect that decodes the image of the preview, unless that was requested already.
    pub(super) fn request_preview_decode(&mut self, preview: &Preview) -> Option<Effect> {
        let bytes = image_bytes(&preview.tile, &preview.state)?;
        if self.editor_state.preview_image.as_ref().is_some_and(|preview_image| preview_image.bytes == bytes) {
            return None;
        }
        let id = self.ids.next_tile();
        self.editor_state.preview_image = Some(PreviewImage { id, bytes: Arc::clone(&bytes), image: None });
        Some(Effect::Media(MediaEffect::Decode(id, bytes)))
    }

    /// Returns whether the identifier is that of the preview.
    pub(in crate::app) fn is_preview(&self, id: TileId) -> bool {
        self.editor_state.preview_image.as_ref().is_some_and(|preview_image| preview_image.id == id)
    }

    /// Stores the decoded image of the preview, or the error.
    pub(in crate::app) fn on_preview_decoded(&mut self, image: Result<DecodedImage, ImageError>) {
        if let Some(preview_image) = &mut self.editor_state.preview_image {
            preview_image.image = Some(image);
            self.display.dirty = true;
        }
    }
}
