//! What a form's fields are filled from beyond the keyboard, and the tile as it would be.

use std::sync::Arc;

use super::{Task, Wish};
use crate::{
    app::{
        App, Effect, Focus, TilePosition,
        connection::Connection,
        form::{FieldEntry, Form, Lead, Over, Pick, PickRow, Subject, tree_rows},
        pictures::{picture_bytes, set_picture},
    },
    model::{
        connection::Message, grid::Direction, json_path::parse_json, media::DecodedImage, tile::Tile,
        tile_state::TileState, tile_value::payload_text, time::Time,
    },
};

/// A tile as the form has it, and what it would show.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The tile.
    pub tile: Tile,
    /// What it would know.
    pub state: TileState,
    /// The last payload on its topic, as text.
    pub payload: Option<String>,
}

/// A picture for a preview: its bytes, and what came of reading them.
#[derive(Debug)]
pub struct Sample {
    bytes: Arc<[u8]>,
    picture: Option<Result<DecodedImage, String>>,
}

impl App {
    fn form_line(&self, form: &Form) -> Option<&Connection> {
        match form.subject {
            Subject::Tile { board, .. } => self.connections.get(self.dashboards.get(board)?.connection.0),
            _ => None,
        }
    }

    /// The last message for a tile that is being edited.
    fn last_message(&self, form: &Form, tile: &Tile) -> Option<(Message, Time)> {
        let Subject::Tile { board, at, new, .. } = form.subject else {
            return None;
        };
        let topic = tile.topic.as_ref()?;
        let own = self.dashboards.get(board).and_then(|board| board.tile(at)).filter(|_| !new);
        let own = own.filter(|(old, _)| old.topic.as_ref() == Some(topic)).and_then(|(_, state)| state.last_message());
        let own = own.map(|last| (last.message, last.received_at));
        own.or_else(|| {
            self.form_line(form)?.topic_cache.latest_message(topic).map(|(message, at)| (message.to_message(), at))
        })
    }

    /// The tile as the form has it, with its real data.
    #[must_use]
    pub fn preview(&self, form: &Form) -> Option<Preview> {
        let (tile, _) = form.draft_tile()?;
        let last = self.last_message(form, &tile);
        let payload = last.as_ref().map(|(message, _)| payload_text(&message.payload));
        let mut state = match last {
            Some((message, at)) => TileState::resolved_from(&tile, (&message).into(), at),
            None => TileState::default(),
        };
        if let (Some(bytes), Some(sample)) = (picture_bytes(&tile, &state), &self.editor_state.sample)
            && sample.bytes == bytes
            && let Some(picture) = sample.picture.clone()
        {
            set_picture(&mut state, picture);
        }
        Some(Preview { tile, state, payload })
    }

    /// Wishes the picture of the tile that a form shows to be read, unless it was.
    pub(in crate::app) fn preview_picture(&mut self) -> Option<Effect> {
        let preview = self.form().and_then(|form| self.preview(form))?;
        let bytes = picture_bytes(&preview.tile, &preview.state)?;
        if self.editor_state.sample.as_ref().is_some_and(|sample| sample.bytes == bytes) {
            return None;
        }
        self.editor_state.sample = Some(Sample { bytes: Arc::clone(&bytes), picture: None });
        Some(Effect::DecodePicture(TilePosition::PREVIEW, bytes))
    }

    /// Takes what came of reading it.
    pub(in crate::app) fn see_preview(&mut self, picture: Result<DecodedImage, String>) {
        if let Some(sample) = &mut self.editor_state.sample {
            sample.picture = Some(picture);
            self.dirty = true;
        }
    }

    /// What the topic that is being typed is completed by.
    #[must_use]
    pub fn completion(&self, form: &Form) -> Option<&str> {
        let wanted = form.completes && form.over.is_none();
        let field = form.field().filter(|field| wanted && field.lead == Lead::Topic)?;
        let FieldEntry::Line(input) = &field.entry else {
            return None;
        };
        if input.cursor() < input.value().chars().count() {
            return None;
        }
        let typed = input.value();
        self.form_line(form)?.topic_cache.complete_topic(typed).and_then(|topic| topic.get(typed.len()..))
    }

    /// Completes the topic that is being typed. Whether there was something to complete it by.
    pub(super) fn complete(&mut self) -> bool {
        let Some(rest) = self.form().and_then(|form| self.completion(form)).map(str::to_owned) else {
            return false;
        };
        if let Some(form) = self.form_mut() {
            form.append(&rest);
        }
        true
    }

    /// The same in a form that is being taken.
    pub(super) fn complete_in(&self, form: &mut Form) {
        if let Some(rest) = self.completion(form).map(str::to_owned) {
            form.append(&rest);
        }
    }

    /// Shows the completion no more. Whether there was one.
    pub(super) fn dismiss(&mut self) -> bool {
        let shown = self.form().is_some_and(|form| self.completion(form).is_some());
        if let Some(form) = self.form_mut().filter(|_| shown) {
            form.completes = false;
        }
        shown
    }

    fn form_mut(&mut self) -> Option<&mut Form> {
        match &mut self.focus {
            Focus::Manage(task) => match &mut **task {
                Task::Form(form) => Some(form),
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn wish_in_form(&mut self, wish: &Wish, mut form: Form, now: Time) -> Vec<Effect> {
        let mut commands = Vec::new();
        match wish {
            Wish::Turn if form.over.is_none() && !form.open_own() => form.go(Direction::Right),
            Wish::Pick if form.over.is_none() && !form.open_own() => match self.list_for(&form) {
                Ok(list) => {
                    if form.field().is_some_and(|field| field.lead == Lead::Topic) {
                        commands = self.look_around(&form);
                    }
                    form.over = Some(Over::List(list));
                    if !commands.is_empty() {
                        self.notify("Looking around for 2 s…", now);
                    }
                }
                Err(why) => self.notify(why, now),
            },
            Wish::Test if form.is_profile() => {
                let (profile, wrong) = form.draft_profile();
                if let Some((_, complaint)) = wrong.first() {
                    self.notify(complaint.message.clone(), now);
                } else {
                    self.notify("Testing…", now);
                    commands = self.test(profile);
                }
            }
            _ => {}
        }
        self.open_task(Task::Form(Box::new(form)));
        commands
    }

    /// Looks once at what the broker carries beyond the topics of the tiles.
    fn look_around(&mut self, form: &Form) -> Vec<Effect> {
        let name = self.form_line(form).map(|line| line.name.clone());
        let known = name.and_then(|name| self.editor_state.profiles.by_name(&name)).cloned();
        match known {
            Some(profile) if self.editor_state.trials.iter().all(|(name, _)| *name != profile.name) => {
                self.test(profile)
            }
            _ => Vec::new(),
        }
    }

    fn topics(&self, form: &Form) -> Vec<PickRow> {
        let seen = self.form_line(form).map(|line| line.topic_cache.messages_by_topic()).unwrap_or_default();
        seen.into_iter().map(|message| PickRow::plain(message.topic, &payload_text(message.payload))).collect()
    }

    /// The list that the field is filled from; an error says why there is none.
    fn list_for(&self, form: &Form) -> Result<Pick, String> {
        let lead = form.field().map_or(Lead::Nothing, |field| field.lead);
        match lead {
            Lead::Topic => Ok(Pick::new("Topics seen", "nothing has come by yet", self.topics(form))),
            Lead::Profile => {
                let rows = self
                    .connection_entries
                    .iter()
                    .map(|choice| PickRow::plain(&choice.name, &choice.address))
                    .collect();
                Ok(Pick::new("Connections", "there is no connection yet", rows))
            }
            Lead::Dashboard => {
                let rows = self.editor_state.files.iter().map(|name| PickRow::plain(name, "")).collect();
                Ok(Pick::new("Dashboards", "there is no dashboard yet", rows))
            }
            Lead::Json => {
                let draft = self.preview(form);
                let payload = draft.and_then(|draft| self.last_message(form, &draft.tile));
                let (message, _) = payload.ok_or("Nothing has come on this topic yet")?;
                let json = parse_json(&message.payload).map_err(|fault| fault.to_string())?;
                Ok(Pick::new("Parts of the payload", "there is nothing inside", tree_rows(&json)))
            }
            _ => Err("There is nothing to choose from for this field".to_owned()),
        }
    }

    /// Fills a list of topics that is open again: a test has found more.
    pub(super) fn refill(&mut self) {
        let Some(form) = self.form() else { return };
        if form.field().is_none_or(|field| field.lead != Lead::Topic) {
            return;
        }
        let rows = self.topics(form);
        if let Some(Over::List(list)) = self.form_mut().and_then(|form| form.over.as_mut()) {
            list.rows = rows;
        }
    }
}
