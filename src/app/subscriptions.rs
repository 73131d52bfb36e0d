//! What is subscribed to on a connection, and what needs it: the connection is subscribed to the union of what its
//! owners need, and stays open for as long as it has an owner.
//!
//! An owner says what it needs where that changes, or is asked after each event. [`App::update`] then requests what has
//! changed, and closes the connections that nothing needs any more.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::{App, Effect, FilesEffect, MqttEffect, OpenDashboard};
use crate::{
    decode::birth_filters,
    model::{
        connection::{ConnectionId, Subscription, SubscriptionOptions},
        error::TileError,
        id::DashboardId,
        tile::Tile,
        tile_state::TileState,
        topic::TopicFilter,
    },
};

/// What needs subscriptions on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SubscriptionOwner {
    /// The tiles of an open dashboard.
    Dashboard(DashboardId),
    /// The screen that has the focus.
    Screen,
    /// The explorer, also while it does not have the focus.
    Explorer,
    /// The pulses of buttons that have not ended.
    Pulse,
    /// Retained messages that are being deleted or restored.
    RetainedMessages,
    /// The positions of pads that are not published yet.
    Steering,
}

/// The subscriptions of a connection by their owners.
#[derive(Debug, Clone, Default)]
pub(super) struct Subscriptions {
    by_owner: BTreeMap<SubscriptionOwner, Vec<Subscription>>,
    /// What the broker has refused in this session, with its reason.
    refused: BTreeMap<TopicFilter, String>,
    /// What the client of the connection has been asked for.
    requested: BTreeMap<TopicFilter, SubscriptionOptions>,
    owners_changed: bool,
}

/// What has to be done after the owners of a connection, or what they need, have changed.
enum Change {
    /// The connection must be subscribed to this.
    Request(Vec<Subscription>),
    /// Nothing needs the connection.
    Close,
}

impl Subscriptions {
    /// Replaces what an owner needs. An owner keeps the connection open even if it needs nothing.
    pub fn set(&mut self, owner: SubscriptionOwner, needed: Vec<Subscription>) {
        if self.by_owner.get(&owner) != Some(&needed) {
            self.by_owner.insert(owner, needed);
            self.owners_changed = true;
        }
    }

    /// Removes an owner.
    pub fn remove(&mut self, owner: SubscriptionOwner) {
        self.owners_changed |= self.by_owner.remove(&owner).is_some();
    }

    /// Returns the topic filters that the tiles of the open dashboards need.
    pub fn tile_filters(&self) -> Vec<TopicFilter> {
        let of_tiles = self.by_owner.iter().filter(|(owner, _)| matches!(owner, SubscriptionOwner::Dashboard(_)));
        let filters: BTreeSet<&TopicFilter> =
            of_tiles.flat_map(|(_, needed)| needed).map(|subscription| &subscription.filter).collect();
        filters.into_iter().cloned().collect()
    }

    /// Notes that the connection has a new client, which has been asked for nothing yet.
    pub fn begin_client(&mut self) {
        self.refused.clear();
        self.requested.clear();
        self.owners_changed = true;
    }

    /// Returns what has to be done because of the changes since the last call. What to subscribe to contains each topic
    /// filter once, with options that bring what each owner needs.
    fn take_change(&mut self) -> Option<Change> {
        if !std::mem::take(&mut self.owners_changed) {
            return None;
        }
        if self.by_owner.is_empty() {
            return Some(Change::Close);
        }
        let mut needed = BTreeMap::<TopicFilter, SubscriptionOptions>::new();
        for Subscription { filter, options } in self.by_owner.values().flatten() {
            let merged = needed.entry(filter.clone()).or_insert(*options);
            *merged = merged.merged(*options);
            // That an owner no longer wants the retained messages again is no reason to subscribe again.
            let requested_round = self.requested.get(filter).map_or(0, |requested| requested.retained_round);
            merged.retained_round = merged.retained_round.max(requested_round);
        }
        // The broker is asked again if the filter comes back, or with other options.
        let is_same = |filter: &TopicFilter| needed.get(filter) == self.requested.get(filter);
        self.refused.retain(|filter, _| needed.contains_key(filter) && is_same(filter));
        if needed == self.requested {
            return None;
        }
        self.requested.clone_from(&needed);
        let subscriptions = needed.into_iter().map(|(filter, options)| Subscription { filter, options });
        Some(Change::Request(subscriptions.collect()))
    }

    /// Notes that the broker has refused a topic filter. The same subscription is not requested again in this session, so
    /// an owner that comes later learns of the refusal from here only. What nobody needs any more is left out.
    pub fn refuse(&mut self, filter: TopicFilter, reason: String) {
        if self.requested.contains_key(&filter) {
            self.refused.insert(filter, reason);
        }
    }

    /// Forgets that a topic filter was refused: the broker has granted it after all.
    pub fn grant(&mut self, filter: &TopicFilter) {
        self.refused.remove(filter);
    }

    /// Forgets what was refused: a new session begins, in which everything is requested again.
    pub fn begin_session(&mut self) {
        self.refused.clear();
    }
}

/// Returns what the tiles of a dashboard need.
fn needed_by(dashboard: &OpenDashboard) -> Vec<Subscription> {
    let of_values = |tile: &Tile| {
        let options = SubscriptionOptions { retain_handling: tile.retain_handling, ..tile.qos.into() };
        Some(Subscription::new(tile.topic.clone()?, options))
    };
    let of_device = |tile: &Tile| {
        let topic = dashboard.availability_of(tile)?.topic()?;
        Some(Subscription::new(topic, SubscriptionOptions::default()))
    };
    let variables = dashboard.definition.variable_bindings(&dashboard.input.chosen);
    let of_templates = dashboard.definition.templates.iter().flat_map(|template| template.subscriptions(&variables));
    let of_tiles = dashboard.own_tiles().flat_map(|tile| [of_values(tile), of_device(tile)]).flatten();
    let mut needed: Vec<Subscription> = of_tiles.chain(of_templates).collect();
    let births = needed.iter().flat_map(|subscription| birth_filters(subscription.filter.as_str()));
    let births = births.filter_map(|filter| TopicFilter::new(&filter).ok());
    let births: Vec<_> = births.map(|filter| Subscription::new(filter, SubscriptionOptions::default())).collect();
    needed.extend(births);
    needed
}

impl App {
    /// Updates what the tiles of a dashboard need.
    pub(super) fn set_dashboard_subscriptions(&mut self, index: usize) {
        let Some(dashboard) = self.dashboards.get(index) else { return };
        let (owner, needed) = (SubscriptionOwner::Dashboard(dashboard.id), needed_by(dashboard));
        let id = dashboard.connection;
        if let Some(connection) = self.connection_mut(id) {
            connection.subscriptions.set(owner, needed);
        }
    }

    /// Returns why the broker has refused a topic filter in the session of a connection; `None` if it has not.
    pub(crate) fn subscription_refusal(&self, connection: ConnectionId, filter: &TopicFilter) -> Option<TileError> {
        let reason = self.connection(connection)?.subscriptions.refused.get(filter)?;
        Some(TileError::SubscriptionRefused(reason.clone()))
    }

    /// Returns the error that a tile of this dashboard shows: its own, or why the broker has refused its topic.
    pub(crate) fn tile_error<'a>(
        &self,
        dashboard: &OpenDashboard,
        tile: &Tile,
        state: &'a TileState,
    ) -> Option<Cow<'a, TileError>> {
        let refusal = || self.subscription_refusal(dashboard.connection, tile.topic.as_ref()?);
        state.error.as_ref().map(Cow::Borrowed).or_else(|| refusal().map(Cow::Owned))
    }

    /// Requests the subscriptions that have changed, and closes the connections that nothing needs any more.
    pub(super) fn update_subscriptions(&mut self, effects: &mut Vec<Effect>) {
        let needed_by = [
            (SubscriptionOwner::Screen, self.focus.subscriptions(self)),
            (SubscriptionOwner::Explorer, self.explorer_subscriptions()),
        ];
        for (owner, mut needed) in needed_by {
            for connection in &mut self.connections {
                match needed.take_if(|(id, _)| *id == connection.id) {
                    Some((_, needed)) => connection.subscriptions.set(owner, needed),
                    None => connection.subscriptions.remove(owner),
                }
            }
        }
        let mut unused = Vec::new();
        for connection in &mut self.connections {
            match connection.subscriptions.take_change() {
                Some(Change::Request(subscriptions)) => {
                    connection.topic_cache.expect_retained();
                    let dashboards = self.dashboards.iter_mut().filter(|open| open.connection == connection.id);
                    dashboards.flat_map(OpenDashboard::tiles_mut).for_each(|(_, state)| state.expect_retained());
                    effects.push(Effect::Mqtt(MqttEffect::SetSubscriptions(connection.id, subscriptions)));
                }
                Some(Change::Close) => unused.push(connection.id),
                None => {}
            }
        }
        for connection in unused {
            self.close_connection(connection, effects);
        }
    }

    fn close_connection(&mut self, id: ConnectionId, effects: &mut Vec<Effect>) {
        if let Some(state_cache) = self.take_scheduled_save(id) {
            effects.push(Effect::Files(FilesEffect::SaveStateCache(id, state_cache)));
        }
        self.connections.retain(|connection| connection.id != id);
        effects.push(Effect::Mqtt(MqttEffect::CloseConnection(id)));
    }
}

#[cfg(test)]
#[path = "subscription_tests.rs"]
mod tests;
