//! What messages that arrive change in an open form: its list, and what it proposes.

use crate::{
    app::{
        App, Effect, OpenDashboard,
        editing::Preview,
        form::{Form, FormPopup, PickRow},
        tile_matching::reads_the_same,
    },
    model::{
        connection::ConnectionId,
        json_path::parse_json,
        preset::{Preset, PresetSubject},
        subscription::{Subscription, SubscriptionOptions},
        tile::Tile,
        tile_value::payload_text,
        topic::TopicFilter,
    },
};

impl App {
    /// Returns whether a form is open that shows messages of this connection.
    pub(in crate::app) fn form_shows(&self, id: ConnectionId) -> bool {
        let connection = self.form().and_then(|form| self.form_connection(form));
        connection.is_some_and(|connection| connection.id == id)
    }

    /// Returns what the preview of a form needs besides what the tiles get: the messages of its topic, once that is
    /// typed. A filter for all of the broker waits until the tile is saved.
    pub(in crate::app) fn preview_subscription(&self, form: &Form) -> Option<(ConnectionId, Vec<Subscription>)> {
        let connection = self.form_connection(form)?.id;
        let is_typing = form.focused_field().is_some_and(|field| field.key.0 == "topic");
        let topic =
            Some(form.typed_text(("topic", None))).filter(|topic| !is_typing && !topic.starts_with(['#', '+', '$']))?;
        let filter = TopicFilter::new(topic).ok()?;
        let shown = form.draft_tile().and_then(|(draft, _)| self.shown_draft(form, &draft));
        let filter = shown.and_then(|tile| tile.topic).unwrap_or(filter);
        let mut dashboards = self.dashboards.iter().filter(|dashboard| dashboard.connection == connection);
        let is_subscribed =
            dashboards.any(|dashboard| dashboard.tiles().any(|tile| tile.topic.as_ref() == Some(&filter)));
        (!is_subscribed).then(|| (connection, vec![Subscription::new(filter, SubscriptionOptions::default())]))
    }

    /// Brings an open form up to date with the messages that have arrived: the rows of its list, the numbers that it has
    /// seen, and the image of its preview, which the effect decodes. Call it before drawing a frame.
    pub(in crate::app) fn refresh_form(&mut self) -> Option<Effect> {
        let form = self.form()?;
        let preview = self.preview(form);
        let numbers = preview.as_ref().map(|preview| self.numbers_of_topic(form, preview)).unwrap_or_default();
        let form = self.form_mut()?;
        for number in &numbers {
            form.see_number(number);
        }
        self.refresh_list(preview.as_ref());
        self.request_preview_decode(&preview?)
    }

    /// Brings the open list of a form up to date. That of topics, which may be long, is made again only for new topics.
    fn refresh_list(&mut self, preview: Option<&Preview>) {
        let Some(form) = self.form() else { return };
        let Some(FormPopup::List(open)) = &form.popup else { return };
        let cache = self.form_connection(form).map(|connection| &connection.topic_cache);
        let known_topics = cache.filter(|cache| open.topic_count == Some(cache.topic_count()));
        if let Some(cache) = known_topics {
            let new_detail = |(index, row): (usize, &PickRow)| {
                let payload = cache.payload_of(&row.value).filter(|payload| *payload != row.detail.as_bytes())?;
                Some((index, payload_text(payload)))
            };
            let details = open.rows.iter().enumerate().filter_map(new_detail).collect();
            if let Some(Form { popup: Some(FormPopup::List(open)), .. }) = self.form_mut() {
                open.set_details(details);
            }
            return;
        }
        let list = self.pick_list_with(form, preview).ok();
        let Some(form) = self.form_mut() else { return };
        if let (Some(FormPopup::List(open)), Some(list)) = (&mut form.popup, list) {
            open.topic_count = list.topic_count;
            open.set_rows(list.rows);
        }
    }

    /// Returns the value of the topic of a form and, when the form has seen none yet, those in the histories of tiles.
    fn numbers_of_topic(&self, form: &Form, preview: &Preview) -> Vec<String> {
        if !form.proposes_limits() {
            return Vec::new();
        }
        let mut numbers: Vec<String> = preview.state.value.iter().map(|value| value.text.to_string()).collect();
        let tiles =
            self.form_dashboard(form).filter(|_| !form.has_seen_numbers()).map(OpenDashboard::tiles_with_states);
        let is_same = |tile: &Tile| reads_the_same(tile, &preview.tile) && tile.json_path == preview.tile.json_path;
        for (_, state) in tiles.into_iter().flatten().filter(|(tile, _)| is_same(tile)) {
            let payloads = state.history.iter().map(|entry| entry.message.payload);
            numbers.extend(payloads.filter_map(|payload| match &preview.tile.json_path {
                Some(path) => path.find(&parse_json(payload).ok()?).ok(),
                None => Some(payload_text(payload)),
            }));
        }
        numbers
    }
}

impl Preview {
    /// Returns what the tile shows, as presets are compared with it.
    pub(super) fn preset_subject(&self) -> PresetSubject<'_> {
        PresetSubject::new(
            self.tile.topic.as_ref().map_or("", TopicFilter::as_str),
            self.tile.json_path.as_ref().map_or("", |path| path.as_str()),
            self.state.value.as_ref().map(|value| &*value.text),
        )
    }
}

impl Form {
    /// Returns the preset that fits best what the topic of the form carries, if the fields have none that fits as well.
    #[must_use]
    pub(crate) fn proposed_preset_of(&self, preview: &Preview) -> Option<&'static Preset> {
        self.proposed_preset(&preview.preset_subject())
    }
}
