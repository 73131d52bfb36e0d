//! What is recorded in the log, and where it is noticed: mostly where values are resolved, once per tile and frame.

use crate::{
    app::{App, EditSummary, UndoDirection, edit_summary::tile_name, tile_position::TilePosition},
    model::{
        availability::DeviceStatus,
        connection::{ConnectionId, ConnectionState, PublishId},
        credentials::mask_urls,
        error::TileError,
        id::TileId,
        tile::Tile,
        tile_state::{Confirmation, ConfirmationSource, TileState},
        tile_value::TileValue,
        time::Time,
    },
};

use super::{ActivityEvent, ActivityLog, ActivitySubject, PublishOutcome, cut};

/// What is known of a tile before its newest message is resolved.
#[derive(Debug)]
pub(in crate::app) struct ValueBefore {
    /// Its value, if that is a state.
    state_value: Option<TileValue>,
    confirmation: Option<Confirmation>,
    awaits_answer: bool,
}

impl ValueBefore {
    /// Returns what is known of a tile; `None` if there is no message to resolve that has arrived since.
    pub(in crate::app) fn of(tile: &Tile, state: &TileState) -> Option<Self> {
        state.has_new_message().then(|| Self {
            // The first message of a tile tells nothing about when it changed.
            state_value: state
                .value
                .as_ref()
                .filter(|value| state.message_count > 1 && tile.kind.is_state(&value.text))
                .cloned(),
            confirmation: state.confirmation,
            awaits_answer: state.awaits_answer(),
        })
    }
}

impl ActivityLog {
    /// Records what the newest message of a tile, which was resolved just now, says about it.
    pub(in crate::app) fn record_value(&mut self, id: TileId, tile: &Tile, before: &ValueBefore, state: &TileState) {
        let at = state.last_received_at();
        if let Some(index) = self.silent.iter().position(|(silent, _)| *silent == id) {
            let (_, spoke_at) = self.silent.swap_remove(index);
            let event = ActivityEvent::SpeaksAgain { after: at.since(spoke_at) };
            self.add_recurring(at, ActivitySubject::Tile(id), &tile_name(tile), event);
        }
        if before.awaits_answer {
            return self.record_answer(id, tile, before, state);
        }
        let (Some(from), Some(to)) = (&before.state_value, &state.value) else { return };
        if from.text == to.text || !tile.kind.is_state(&to.text) {
            return;
        }
        let (from, to_label) = (tile.value_label(from), tile.value_label(to));
        if from != to_label && !is_document(&from) && !is_document(&to_label) {
            self.add_change(at, id, &tile_name(tile), (&from, &to_label), to.age_unknown);
        }
    }

    fn record_answer(&mut self, id: TileId, tile: &Tile, before: &ValueBefore, state: &TileState) {
        let confirmation = state.confirmation.filter(|confirmation| before.confirmation != Some(*confirmation));
        let outcome = match (confirmation, &state.value) {
            (Some(Confirmation { source: ConfirmationSource::Broker, .. }), _) => PublishOutcome::Delivered,
            (Some(confirmation), _) => PublishOutcome::Confirmed(confirmation.after),
            (None, Some(value)) if state.unconfirmed.is_none() && state.error.is_none() => {
                PublishOutcome::Answered(cut(&tile.value_label(value)))
            }
            _ => return,
        };
        self.set_outcome(id, None, outcome);
    }

    /// Records that the user publishes the value of a tile.
    pub(in crate::app) fn record_publish(
        &mut self,
        tile_id: TileId,
        tile: &Tile,
        id: PublishId,
        payload: &str,
        at: Time,
    ) {
        let value = TileValue::published(payload.into(), at);
        self.add_publish(at, tile_id, &tile_name(tile), id, &tile.value_label(&value));
    }

    /// Records that a tile waits for no answer any more: too much time has passed, or the device has decided otherwise.
    fn set_expired(&mut self, id: TileId, tile: &Tile, state: &TileState) {
        match (&state.error, &state.value) {
            // Nothing can answer it.
            _ if tile.topic.is_none() => {}
            (Some(error @ TileError::EchoTimeout(_)), _) => {
                self.set_outcome(id, None, PublishOutcome::Failed(error.to_string().into()));
            }
            (_, Some(value)) => self.set_outcome(id, None, PublishOutcome::Answered(cut(&tile.value_label(value)))),
            (_, None) => {}
        }
    }
}

/// Returns whether a value is a JSON document and not a state: it is different in each message if only a time in it is.
fn is_document(label: &str) -> bool {
    label.trim_start().starts_with(['{', '['])
}

impl App {
    /// Records that a tile waits for no answer any more.
    pub(in crate::app) fn record_expiry(&mut self, id: TileId) {
        let Some(position) = self.position_of(id) else { return };
        if let Some((tile, state)) = self.dashboards[position.dashboard].tile(position.tile) {
            self.activity.set_expired(id, tile, state);
        }
    }

    /// Records the tiles that have become silent.
    pub(in crate::app) fn record_silence(&mut self, now: Time) {
        let (log, connections) = (&mut self.activity, &self.connections);
        let is_connected =
            |id: ConnectionId| connections.iter().any(|connection| connection.id == id && connection.is_connected());
        for dashboard in self.dashboards.iter().filter(|dashboard| is_connected(dashboard.connection)) {
            for (id, (tile, state)) in dashboard.tile_ids().iter().zip(dashboard.tiles_with_states()) {
                let Some(silence) = state.silence(tile, now) else { continue };
                if log.silent.iter().any(|(silent, _)| silent == id) {
                    continue;
                }
                log.silent.push((*id, state.last_received_at()));
                let event = ActivityEvent::Silent { elapsed: silence.elapsed, usual: silence.usual };
                log.add_recurring(now, ActivitySubject::Tile(*id), &tile_name(tile), event);
            }
        }
    }

    /// Records that the device of a tile is offline or online, after something else was known of it.
    pub(in crate::app) fn record_device(&mut self, position: TilePosition, before: DeviceStatus, now: Time) {
        let Some(dashboard) = self.dashboards.get(position.dashboard) else { return };
        if let (Some(id), Some((tile, _))) = (dashboard.tile_id(position.tile), dashboard.tile(position.tile)) {
            let event = if before.is_online {
                ActivityEvent::Offline
            } else {
                ActivityEvent::OnlineAgain { after: before.since.at(now) }
            };
            self.activity.add(now, ActivitySubject::Tile(id), &tile_name(tile), event);
        }
    }

    /// Records that the state of a connection changes to this one.
    pub(in crate::app) fn record_connection_state(&mut self, id: ConnectionId, new: &ConnectionState, now: Time) {
        let Some(connection) = self.connections.iter().find(|connection| connection.id == id) else { return };
        let reason = match new {
            ConnectionState::WaitingToRetry { reason, .. } | ConnectionState::Stopped { reason, .. } => reason,
            ConnectionState::Connecting { .. } | ConnectionState::Connected => "",
        };
        let reason = cut(&mask_urls(reason));
        let event = match (connection.is_connected(), new) {
            (true, ConnectionState::Connected) | (false, ConnectionState::Connecting { .. }) => return,
            (false, ConnectionState::Connected) => match connection.down_since.filter(|_| connection.had_session) {
                Some(down_since) => ActivityEvent::Reconnected { after: now.since(down_since) },
                None => ActivityEvent::Connected,
            },
            (true, _) => ActivityEvent::Lost(reason),
            // The next attempts usually fail for the same reason.
            (false, _) if connection.last_failure.is_some() => return,
            (false, _) => ActivityEvent::NotConnected(reason),
        };
        self.activity.add_recurring(now, ActivitySubject::Connection(id), &connection.name, event);
    }

    /// Records what has happened to a dashboard or its file.
    pub(in crate::app) fn record_dashboard(&mut self, dashboard_index: usize, event: ActivityEvent, now: Time) {
        if let Some(dashboard) = self.dashboards.get(dashboard_index) {
            self.activity.add(now, ActivitySubject::Dashboard(dashboard.id), dashboard.title(), event);
        }
    }

    /// Records that an edit of a dashboard was undone or redone.
    pub(in crate::app) fn record_undone(&mut self, index: Option<usize>, direction: UndoDirection, edit: &EditSummary) {
        if let Some(index) = index {
            self.record_dashboard(index, ActivityEvent::Undone(direction, edit.clone()), self.editor_state.now);
        }
    }

    /// Shows what an entry is about: selects the tile, or shows the dashboard or one of the connection.
    pub(in crate::app) fn go_to(&mut self, subject: ActivitySubject, now: Time) {
        let tab = match subject {
            ActivitySubject::Tile(id) => self.position_of(id).map(|position| (position.dashboard, Some(position.tile))),
            ActivitySubject::Dashboard(id) => self.index_of_dashboard(id).map(|index| (index, None)),
            ActivitySubject::Connection(id) => {
                let is_shown = self.current_connection().is_some_and(|connection| connection.id == id);
                let uses_it = self.dashboards.iter().position(|dashboard| dashboard.connection == id);
                uses_it.map(|index| (if is_shown { self.current_tab() } else { index }, None))
            }
        };
        match tab {
            Some((dashboard, tile)) => {
                self.set_current_tab(dashboard);
                if let Some(tile) = tile {
                    self.select_tile(tile);
                }
            }
            None => self.notify("That is gone: it was deleted or closed", now),
        }
    }
}
