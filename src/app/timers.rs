//! Changes over time: redraws for ages, spinners and countdowns, and the expiry of notices, publish requests
//! and other deadlines.

use std::time::Duration;

use crate::model::{
    connection::ConnectionState,
    tile::Tile,
    tile_publish::CONFIRM_TIMEOUT,
    tile_state::{Confirmation, TileState},
    time::{Time, time_until_age_changes},
};

use super::{App, CLOCK_WIDTH, Connection, Effect, OpenDashboard, images::visible_tiles, screens::Screen};

/// How often the display scripts of the visible tiles run.
const SCRIPT_INTERVAL: Duration = Duration::from_secs(1);
/// How long a blinking tile is visible, and how long it is hidden, in milliseconds.
const BLINK_MILLIS: u64 = 500;

/// Returns whether a blinking tile is visible at this time.
#[must_use]
pub(crate) fn blink_is_visible(now: Time) -> bool {
    (now.as_millis() / BLINK_MILLIS).is_multiple_of(2)
}

fn until_blink_toggles(now: Time) -> Duration {
    Duration::from_millis(BLINK_MILLIS - now.as_millis() % BLINK_MILLIS)
}

/// A redraw that is overdue by this time shows that the program stood still.
const STANDSTILL: Duration = Duration::from_secs(3);

/// How long one frame of a spinner is shown.
pub(crate) const SPINNER_INTERVAL: Duration = Duration::from_millis(100);

impl App {
    /// Returns when the next [`Timer`](super::Event::Timer) is due; `None` if nothing changes without another
    /// event.
    pub fn next_wakeup(&mut self, now: Time) -> Option<Time> {
        // What is due stays due: asked again before the timer, under load, the next redraw would be put off each time.
        let next_redraw = [self.next_redraw(now), self.next_explorer_change(now)].into_iter().flatten().min();
        self.display.redraw_at =
            next_redraw.map(|next| self.display.redraw_at.map_or(next, |planned| planned.min(next)));
        if self.script_registry.run_at.is_none() && self.has_visible_scripts() {
            self.script_registry.run_at = Some(now.saturating_add(SCRIPT_INTERVAL));
        }
        [
            self.display.redraw_at,
            self.script_registry.run_at,
            self.next_echo_timeout(now),
            self.next_fetch(),
            self.next_save(),
            self.publishing.throttle.due_at(),
            self.publishing.after_press.next_due(),
            self.steering.next_due(),
            self.publishing.automatic.due_at(),
            self.display.notices.next_expiry(),
            self.device_timers.next_due(),
            self.retained.next_due(),
            self.pressing.held.map(|held| held.next_change(now)),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Counts the silence of tiles from now on if a redraw is long overdue: the program was stopped or the computer
    /// asleep, and nobody has listened.
    pub(super) fn restart_silence_after_standstill(&mut self, now: Time) {
        if self.display.redraw_at.is_some_and(|due| now.since(due) >= STANDSTILL) {
            let tiles = self.dashboards.iter_mut().flat_map(OpenDashboard::tiles_mut);
            tiles.for_each(|(_, state)| state.restart_silence(now));
        }
    }

    pub(super) fn on_tick(&mut self, now: Time) -> Vec<Effect> {
        if self.display.redraw_at.is_some_and(|due| due <= now) {
            self.display.redraw_at = None;
            self.display.dirty = true;
        }
        self.display.dirty |= self.display.notices.expire(now);
        self.expire_publishes(now);
        self.record_silence(now);
        let mut effects = self.press_held_tile(now);
        effects.extend(self.fetch_due_images(now));
        effects.extend(self.save_if_due(now));
        effects.extend(self.publishing.throttle.take_due_request(now));
        effects.extend(self.end_due_pulses(now));
        effects.extend(self.on_device_timers(now));
        effects.extend(self.publish_retained(now));
        if self.script_registry.run_at.is_some_and(|due| due <= now) {
            self.script_registry.run_at = None;
            effects.extend(self.request_display_scripts(now));
        }
        effects
    }

    /// Returns whether a visible tile has an `on_display` or `blink` script that may run.
    fn has_visible_scripts(&self) -> bool {
        self.current_dashboard().filter(|dashboard| dashboard.permissions.granted).is_some_and(|dashboard| {
            visible_tiles(dashboard, self.size).any(|(tile, _)| {
                let scripts = tile.to_scripts();
                scripts.on_display.is_some() || scripts.blink.is_some()
            })
        })
    }

    /// Returns when a visible age, spinner or countdown changes next.
    fn next_redraw(&self, now: Time) -> Option<Time> {
        let dashboard = self.current_dashboard()?;
        let connection = self.connection(dashboard.connection);
        let is_connected = connection.is_some_and(Connection::is_connected);
        let tile_change = visible_tiles(dashboard, self.size)
            .filter_map(|(tile, state)| next_tile_change(tile, state, is_connected, now))
            .min();
        let counting_down =
            connection.is_some_and(|connection| matches!(connection.state, ConnectionState::WaitingToRetry { .. }));
        let countdown_change = (counting_down || matches!(self.focus, Screen::Detail(_)))
            .then(|| now.saturating_add(Duration::from_secs(1)));
        [tile_change, countdown_change, self.next_header_change(now)].into_iter().flatten().min()
    }

    /// Returns when a rate of messages in the header changes, or its clock.
    fn next_header_change(&self, now: Time) -> Option<Time> {
        let is_shown = !self.single_frame && self.current_dashboard().is_some_and(|dashboard| !dashboard.header_hidden);
        if !is_shown {
            return None;
        }
        let connections = self.connections_by_urgency().into_iter();
        let rate_changes = connections.filter_map(|connection| connection.message_rate.next_change(now));
        let next_minute = (self.size.0 >= CLOCK_WIDTH).then(|| now.next_minute());
        rate_changes.chain(next_minute).min()
    }

    /// Returns when the next tile of any dashboard gives up waiting for an echo.
    fn next_echo_timeout(&self, now: Time) -> Option<Time> {
        self.dashboards
            .iter()
            .flat_map(OpenDashboard::tiles_with_states)
            .flat_map(|(tile, state)| state.publish_deadlines(tile))
            .filter(|end| *end > now)
            .min()
    }
}

/// Returns when a tile looks different without another event.
fn next_tile_change(tile: &Tile, state: &TileState, is_connected: bool, now: Time) -> Option<Time> {
    let spinner_change = state.is_waiting(tile).then(|| now.saturating_add(SPINNER_INTERVAL));
    let confirm_change = state
        .unconfirmed
        .as_ref()
        .map(|sent| sent.published_at.saturating_add(CONFIRM_TIMEOUT))
        .filter(|due| *due > now);
    let age = state.value.as_ref().and_then(|value| value.age(now));
    let age_change = age.map(|age| now.saturating_add(time_until_age_changes(age)));
    let offline_age = state.device().filter(|device| !device.is_online).and_then(|device| device.since.at(now));
    let offline_change = offline_age.map(|age| now.saturating_add(time_until_age_changes(age)));
    let silence_change = if is_connected { state.next_silence_change(tile, now) } else { None };
    // Round up to the second, so that all ages change in one frame per second instead of one per tile.
    let age_change = [age_change, silence_change, offline_change].into_iter().flatten().min().map(Time::ceil_to_second);
    let blink_change = state
        .view_override
        .as_ref()
        .filter(|view_override| view_override.blink)
        .map(|_| now.saturating_add(until_blink_toggles(now)));
    let confirmation_end = state.confirmation.map(Confirmation::ends_at).filter(|end| *end > now);
    let content_change = tile.kind.next_change(state.value.as_ref(), now);
    let frame_change = state.image.as_ref().and_then(|image| image.next_change_at(now));
    [spinner_change, confirm_change, confirmation_end, age_change, blink_change, frame_change, content_change]
        .into_iter()
        .flatten()
        .min()
}
