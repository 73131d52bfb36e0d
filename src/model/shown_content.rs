//! What a tile shows in its state: the content of its kind, out of its value and of the messages that it keeps, with the
//! changes of scripts.

use super::{
    batch::MessageRef,
    content::TileContent,
    decoder_rules::DecoderRules,
    error::TileError,
    history::HistoryEntry,
    kept_messages::{KeepRule, KeptMessages},
    message_age::MessageAge,
    tile::Tile,
    tile_state::TileState,
    time::Time,
};

impl TileState {
    /// Returns the state of a tile after receiving only this message.
    #[must_use]
    pub(crate) fn resolved_from(tile: &Tile, message: MessageRef<'_>, received_at: Time) -> Self {
        let mut state = Self::default();
        state.update_kept(tile);
        state.receive(message, received_at);
        state.resolve_value(tile, None);
        state
    }

    /// Returns the content to display, with the changes that scripts made.
    ///
    /// # Errors
    /// If the value cannot be shown and no script replaces it.
    pub fn content(&self, tile: &Tile) -> Result<TileContent, TileError> {
        let content = tile.content_of(self.value.as_ref(), self.kept.as_deref());
        match (&self.view_override, content) {
            (Some(changed), Ok(content)) if tile.kind.script_view(content.clone()) == changed.view => Ok(content),
            (Some(changed), content) => Ok(tile.kind.apply_script_view(content.ok(), &changed.view)),
            (None, content) => content,
        }
    }

    /// Makes the tile keep the messages that its kind needs, after its definition has been set or changed. Those that
    /// are known stay.
    pub(crate) fn update_kept(&mut self, tile: &Tile) {
        let rule = tile.kind.keep_rule();
        self.kept = match (rule, self.kept.take()) {
            (None, _) => None,
            (Some(rule), Some(kept)) if kept.rule() == rule => Some(kept),
            (Some(rule), Some(kept)) if kept.rule() != KeepRule::Value => Some(Box::new(kept.with_rule(rule))),
            (Some(rule), _) => {
                let mut kept = Box::new(KeptMessages::new(rule));
                let messages: Vec<HistoryEntry<'_>> = self.history.iter().collect();
                messages.iter().rev().for_each(|entry| kept.record(entry.message, entry.received_at));
                Some(kept)
            }
        };
    }

    /// Forgets what was extracted from the messages that are kept, after the definition of the tile has changed.
    pub(crate) fn clear_extracted(&mut self) {
        if let Some(kept) = &mut self.kept {
            kept.clear_extracted();
        }
    }

    /// Keeps these messages, the oldest first, if the kind needs more than the newest one and the tile has no such yet.
    pub(crate) fn keep_known_messages<'a>(
        &mut self,
        tile: &Tile,
        rules: &DecoderRules,
        messages: impl FnOnce() -> Vec<(MessageRef<'a>, Time)>,
    ) {
        if let Some(rule) = tile.kind.keep_rule()
            && self.kept.as_ref().is_none_or(|kept| !kept.is_like(rule))
        {
            let mut kept = Box::new(KeptMessages::new(rule));
            for (message, received_at) in messages() {
                if let Ok(payload) = rules.decoded(message.topic, tile.decoders(), message.payload) {
                    kept.record(MessageRef { payload: &payload, ..message }, received_at);
                }
            }
            self.kept = Some(kept);
        }
    }

    /// Extracts from the messages that are kept what the kind shows. `payload` is that of the value.
    pub(super) fn extract_kept(&mut self, tile: &Tile, payload: &[u8], age: MessageAge) {
        if let Some(kept) = &mut self.kept {
            match kept.rule() {
                KeepRule::Value => kept.set_value(age, tile.kind.extract(payload)),
                _ => kept.extract(|payload| tile.kind.extract(payload)),
            }
        }
    }
}
