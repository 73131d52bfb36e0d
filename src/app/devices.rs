//! The devices of templates: they appear with their first message, and are remembered.
//!
//! The messages of a batch are looked through for new devices before they are routed, so that the tiles of a device exist
//! when its first message is routed, and so that a thousand new devices are added at once.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
    time::Duration,
};

use super::{App, Effect, FilesEffect, OpenDashboard, tile_position::TemplateRoute};
use crate::model::{
    batch::{Batch, MessageRef},
    decoder_rules::DecoderRules,
    expansion::Expansion,
    json_path::find_all,
    remembered::RememberedDashboard,
    template::{Device, DeviceOrder, Template},
    tile_value::payload_text,
    time::Time,
};

/// How often silent devices are looked for, and devices are sorted by their last message.
const CHECK_INTERVAL: Duration = Duration::from_mins(1);
/// How long devices have to send something at most after the connection is established, before they are forgotten.
const MAX_GRACE: Duration = Duration::from_hours(1);
/// How often it is saved when devices have sent something last.
const SAVE_INTERVAL: Duration = Duration::from_mins(10);
/// How long after a new device has appeared the devices are saved.
const SAVE_DELAY: Duration = Duration::from_secs(2);
/// A larger payload is no name of a device, in bytes.
const MAX_NAME_PAYLOAD_BYTES: usize = 64 << 10;

/// When devices are looked through, and when they are saved.
#[derive(Debug, Default)]
pub(super) struct DeviceTimers {
    check_at: Option<Time>,
    save_at: Option<Time>,
}

impl DeviceTimers {
    /// Returns when the next of them is due.
    pub fn next_due(&self) -> Option<Time> {
        [self.check_at, self.save_at].into_iter().flatten().min()
    }

    /// Saves the devices at this time at the latest.
    fn save_by(&mut self, due: Time) {
        self.save_at = Some(self.save_at.map_or(due, |save_at| save_at.min(due)));
    }
}

/// What messages have changed of the devices of a dashboard.
#[derive(Debug, Default)]
struct DeviceChanges {
    has_new: bool,
    /// The keys of the devices with another name.
    renamed: Vec<Arc<str>>,
    /// The templates that have reached their limit.
    full: Vec<usize>,
}

impl OpenDashboard {
    /// Takes a message into account on a topic of a template.
    fn see_device(
        &mut self,
        route: TemplateRoute,
        message: MessageRef<'_>,
        rules: &DecoderRules,
        now: Time,
        changes: &mut DeviceChanges,
    ) {
        let topics = self.template_topics.get(route.template);
        let (Some(topics), Some(template)) = (topics, self.definition.templates.get(route.template)) else { return };
        let Some(devices) = self.input.devices.get_mut(route.template) else { return };
        let pattern = if route.is_name { &topics.name } else { &topics.device };
        let Some(captures) = pattern.as_ref().and_then(|pattern| pattern.captures(message.topic)) else { return };
        let key = Device::key_of(&captures);
        if route.is_name {
            if let Some(name) = name_in(message, template, rules)
                && devices.set_name(&key, &name)
            {
                changes.renamed.push(key.into());
            }
            return;
        }
        // An empty payload deletes a retained message: the device may be gone.
        if devices.see(&key, now) || message.payload.is_empty() {
            return;
        }
        let device = Device { key: key.into(), name: None, first_seen: now, last_seen: now };
        if !template.shows(&device) || !template.accepts(message, rules) {
            return;
        }
        let had_room = !devices.exceeds_limit;
        devices.add(device, template.limit());
        changes.has_new |= !devices.exceeds_limit;
        if had_room && devices.exceeds_limit {
            changes.full.push(route.template);
        }
    }

    /// Returns what is to be remembered of it.
    pub(super) fn to_remember(&self) -> RememberedDashboard {
        let mut devices = self.other_devices.clone();
        for (topics, list) in self.template_topics.iter().zip(&self.input.devices) {
            if let Some(topic) = topics.device_text() {
                devices.entry(topic.to_owned()).or_default().add_all(list);
            }
        }
        RememberedDashboard { devices, chosen: self.kept_choices.clone() }
    }

    /// Forgets the devices that have been silent for longer than their template says. Returns whether what is shown changes,
    /// which the order by the last message may, too.
    fn forget_silent_devices(&mut self, connected_since: Option<Time>, now: Time) -> bool {
        let mut changed = false;
        // Without a connection nothing is heard, and after it is established each device has some time to send something.
        let has_listened =
            |silence: Duration| connected_since.is_some_and(|since| now.since(since) >= silence.min(MAX_GRACE));
        for (index, (template, devices)) in self.definition.templates.iter().zip(&mut self.input.devices).enumerate() {
            let silence = template.forget_after().filter(|silence| has_listened(*silence));
            changed |= silence.is_some_and(|silence| devices.forget(silence, now));
            let is_in_order = |shown: &Expansion| shown.is_in_order_of_messages(index, devices);
            changed |= template.sort == DeviceOrder::LastSeen && !self.expansion.as_ref().is_none_or(is_in_order);
        }
        changed
    }

    /// Returns whether its devices have to be looked through regularly.
    fn needs_device_checks(&self) -> bool {
        let mut templates = self.definition.templates.iter();
        templates.any(|template| template.forget_after().is_some() || template.sort == DeviceOrder::LastSeen)
    }
}

/// Returns the name of a device in a message.
fn name_in(message: MessageRef<'_>, template: &Template, rules: &DecoderRules) -> Option<String> {
    if message.payload.is_empty() || message.payload.len() > MAX_NAME_PAYLOAD_BYTES {
        return None;
    }
    let payload = template.decoded(message, rules)?;
    let name = match template.name_path() {
        Some(path) => find_all(&payload, &[path]).pop()?.ok()?,
        None => payload_text(&payload),
    };
    // A link in a name could become that of a note.
    (!name.trim().is_empty() && !name.contains("://")).then_some(name)
}

impl App {
    /// Adds the devices whose first message is among these to their dashboards.
    pub(super) fn find_devices(&mut self, connection: usize, messages: &Batch, now: Time, effects: &mut Vec<Effect>) {
        let Some(open) = self.connections.get(connection).filter(|open| !open.template_router.is_empty()) else {
            return;
        };
        let mut changes: BTreeMap<usize, DeviceChanges> = BTreeMap::new();
        let mut see = |(route, message): (TemplateRoute, MessageRef<'_>)| {
            if let Some(dashboard) = self.dashboards.get_mut(route.dashboard) {
                let changes = changes.entry(route.dashboard).or_default();
                dashboard.see_device(route, message, &self.decoder_rules, now, changes);
            }
        };
        let mut names = Vec::new();
        for message in messages.iter() {
            open.template_router.route(message.topic, &mut |route: TemplateRoute| {
                if route.is_name {
                    names.push((route, message));
                } else {
                    see((route, message));
                }
            });
        }
        // The name of a device may come before its first message.
        names.into_iter().for_each(see);
        for (dashboard, changes) in changes {
            self.apply_device_changes(dashboard, &changes, now, effects);
        }
    }

    fn apply_device_changes(&mut self, index: usize, changes: &DeviceChanges, now: Time, effects: &mut Vec<Effect>) {
        if changes.has_new || !changes.renamed.is_empty() {
            self.show_devices(index, &changes.renamed, now, effects);
            self.device_timers.save_by(now.saturating_add(SAVE_DELAY));
        }
        for template in &changes.full {
            let Some(template) = self.dashboards[index].definition.templates.get(*template) else { continue };
            let notice = format!(
                "{}: there are more than {} devices; set `limit` to show more, or `only` to choose",
                template.display_name(),
                template.limit()
            );
            self.notify(notice, now);
        }
    }

    /// Shows the tiles of the devices that a dashboard knows now. Those of the devices with these keys get another name.
    pub(super) fn show_devices(&mut self, index: usize, renamed: &[Arc<str>], now: Time, effects: &mut Vec<Effect>) {
        let recalled = self.recall_names(index);
        let renamed: HashSet<Arc<str>> = renamed.iter().cloned().chain(recalled).collect();
        let size = self.size;
        let dashboard = &mut self.dashboards[index];
        let connection = dashboard.connection;
        let (removed, new) = dashboard.update_devices(&renamed, &mut self.ids, size);
        for tile_index in new {
            let dashboard = &self.dashboards[index];
            let Some((tile, _)) = dashboard.tile(tile_index) else { continue };
            let state = self.known_state(connection, tile);
            self.dashboards[index].set_initial_state(tile_index, state);
        }
        effects.extend(self.forget_tiles(&removed));
        self.display.dirty |= index == self.current_tab();
        self.rebuild_routes(connection);
        self.recall_devices(index);
        self.set_dashboard_subscriptions(index);
        effects.extend(self.load_scripts(index, now));
        self.report_unusable_device(index, now);
    }

    /// Says that a tile cannot be made for a device.
    fn report_unusable_device(&mut self, index: usize, now: Time) {
        let expansion = self.dashboards[index].expansion.as_mut();
        let Some((device, error)) = expansion.and_then(|expansion| expansion.failure.take()) else { return };
        self.notify(format!("There is no tile for {device}: {}", error.message), now);
    }

    /// Gives devices without a name the one that the topic cache has. Returns their keys.
    fn recall_names(&mut self, index: usize) -> Vec<Arc<str>> {
        let mut renamed = Vec::new();
        let dashboard = &mut self.dashboards[index];
        let Some(connection) = self.connections.iter().find(|connection| connection.id == dashboard.connection) else {
            return renamed;
        };
        let rules = &self.decoder_rules;
        let topics = dashboard.template_topics.iter().zip(&dashboard.definition.templates);
        for ((topics, template), devices) in topics.zip(&mut dashboard.input.devices) {
            let Some(pattern) = &topics.name else { continue };
            let name = |device: &Device| {
                let topic = pattern.topic_of(device)?;
                let (message, ..) = connection.topic_cache.latest_message(&topic)?;
                Some((Arc::clone(&device.key), name_in(message, template, rules)?))
            };
            let unnamed = devices.iter().filter(|device| device.name.is_none());
            let names: Vec<(Arc<str>, String)> = unnamed.filter_map(name).collect();
            for (key, name) in names {
                devices.set_name(&key, &name);
                renamed.push(key);
            }
        }
        renamed
    }

    /// Looks through the devices of all dashboards, or saves them, if that is due.
    pub(super) fn on_device_timers(&mut self, now: Time) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.device_timers.check_at.take_if(|due| *due <= now).is_some() {
            for index in 0..self.dashboards.len() {
                let connection = self.connection(self.dashboards[index].connection);
                let connected_since = connection.filter(|open| open.is_connected()).map(|open| open.since);
                if self.dashboards[index].forget_silent_devices(connected_since, now) {
                    self.show_devices(index, &[], now, &mut effects);
                    self.device_timers.save_by(now.saturating_add(SAVE_DELAY));
                }
            }
        }
        if self.device_timers.check_at.is_none() && self.dashboards.iter().any(OpenDashboard::needs_device_checks) {
            self.device_timers.check_at = Some(now.saturating_add(CHECK_INTERVAL));
            self.device_timers.save_by(now.saturating_add(SAVE_INTERVAL));
        }
        if self.device_timers.save_at.take_if(|due| *due <= now).is_some() {
            effects.extend(self.save_remembered());
        }
        effects
    }

    /// Returns the effects that save what is remembered of the open dashboards, as far as it has changed.
    pub(super) fn save_remembered(&mut self) -> Vec<Effect> {
        self.device_timers.save_at = None;
        let mut effects = Vec::new();
        for index in 0..self.dashboards.len() {
            effects.extend(self.remember(index));
        }
        effects
    }

    /// Returns the effect that saves what is remembered of a dashboard; `None` if that has not changed.
    pub(super) fn remember(&mut self, index: usize) -> Option<Effect> {
        let dashboard = self.dashboards.get(index)?;
        let path = dashboard.path.clone()?;
        let remembered = dashboard.to_remember();
        let before = self.remembered.0.get(&path);
        if before.map_or_else(|| remembered.is_empty(), |before| *before == remembered) {
            return None;
        }
        self.remembered.0.insert(path.clone(), remembered.clone());
        Some(Effect::Files(FilesEffect::RememberDashboard(path, Box::new(remembered))))
    }
}

#[cfg(test)]
#[path = "device_tests.rs"]
mod tests;
