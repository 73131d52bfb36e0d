//! The numbers of a pad on their way to the broker. Of those that come faster than the rate of the pad, only the newest
//! one is published, as soon as the rate and the broker allow it: each axis has one message on its way at most.

use std::time::Duration;

use crate::{
    decode::Decoder,
    model::{
        connection::{ConnectionId, PublishId, PublishStatus, Qos},
        id::TileId,
        steering::{Axis, Position, Steering},
        tile::Tile,
        time::Time,
        topic::Topic,
    },
};

/// An axis of a pad.
#[derive(Debug)]
pub(super) struct AxisOutput {
    pub topic: Topic,
    /// The least time between two messages.
    interval: Duration,
    /// What was published last, if that did not fail.
    published: Option<String>,
    /// The newest payload, until it is published.
    waiting: Option<String>,
    published_at: Option<Time>,
    /// The message that the broker may not have yet.
    in_flight: Option<PublishId>,
}

impl AxisOutput {
    fn new(axis: &Axis, interval: Duration) -> Option<Self> {
        let topic = axis.topic()?.clone();
        Some(Self { topic, interval, published: None, waiting: None, published_at: None, in_flight: None })
    }

    /// Sets the payload to be published next, unless it was published last. `always` publishes it even then.
    fn set(&mut self, payload: String, always: bool) {
        let is_known = self.published.as_ref() == Some(&payload);
        self.waiting = Some(payload).filter(|_| always || !is_known);
    }

    /// Returns when the waiting payload may be published: the time itself, or nothing while the broker has to answer.
    fn due_at(&self) -> Option<Time> {
        self.waiting.as_ref().filter(|_| self.in_flight.is_none())?;
        Some(self.published_at.map_or(Time::default(), |at| at.saturating_add(self.interval)))
    }

    /// Returns the payload that is due.
    pub fn take_due(&mut self, now: Time) -> Option<String> {
        if self.due_at()? <= now { self.waiting.take() } else { None }
    }

    /// Returns the payload that waits, whether due or not.
    pub fn take_waiting(&mut self) -> Option<String> {
        self.waiting.take()
    }

    /// Takes into account that a payload is published with this request.
    pub fn record(&mut self, id: PublishId, payload: String, now: Time) {
        (self.published, self.published_at, self.in_flight) = (Some(payload), Some(now), Some(id));
    }

    /// Returns whether nothing is left to do, and the next message may be published at once.
    fn is_idle(&self, now: Time) -> bool {
        let is_rested = self.published_at.is_none_or(|at| at.saturating_add(self.interval) <= now);
        self.waiting.is_none() && self.in_flight.is_none() && is_rested
    }
}

/// What a pad publishes. It does not depend on its tile: the center is published also if the tile is deleted.
#[derive(Debug)]
pub(super) struct PadOutput {
    pub tile: TileId,
    pub connection: ConnectionId,
    /// The name of the tile.
    pub name: String,
    pub qos: Qos,
    pub retain: bool,
    /// How the positions become payloads.
    pub decoders: Vec<Decoder>,
    pub axes: [AxisOutput; 2],
    /// The position that was set last.
    pub position: Position,
    /// Whether the pad returns to its center by itself.
    centers: bool,
    /// What the position that was set last is called when it is reported that it was not published; `None` if it is not
    /// reported, or was already.
    reported_as: Option<&'static str>,
}

impl PadOutput {
    /// Creates the output of a tile that is steered.
    pub fn new(tile_id: TileId, tile: &Tile, steering: Steering<'_>, connection: ConnectionId) -> Option<Self> {
        let [x, y] = steering.axes;
        let axes = [AxisOutput::new(x, steering.interval)?, AxisOutput::new(y, steering.interval)?];
        Some(Self {
            tile: tile_id,
            connection,
            name: tile.display_name().to_owned(),
            qos: tile.qos,
            retain: tile.retain,
            decoders: tile.decoders().to_vec(),
            axes,
            position: Position { x: x.center(), y: y.center() },
            centers: steering.centers,
            reported_as: None,
        })
    }

    /// Returns whether it publishes to the same topics as another output.
    pub fn has_topics_of(&self, other: &Self) -> bool {
        self.axes.iter().zip(&other.axes).all(|(one, other)| one.topic == other.topic)
    }

    /// Continues as the output of the same tile, perhaps with other settings. What waits stays.
    pub fn continue_as(&mut self, new: Self) {
        let old = std::mem::replace(self, new);
        self.reported_as = old.reported_as;
        for (axis, old) in self.axes.iter_mut().zip(old.axes) {
            let interval = axis.interval;
            *axis = AxisOutput { interval, ..old };
        }
    }

    /// Sets the position to be published. If it is not, that is not reported of a pad that centers: whether the center was
    /// published will be known soon.
    pub fn set(&mut self, axes: [&Axis; 2], position: Position) {
        self.reported_as = (!self.centers).then_some("position");
        self.set_texts(axes, position, false);
    }

    /// Sets the center to be published, even if it was published last.
    pub fn set_center(&mut self, axes: [&Axis; 2], center: Position) {
        self.reported_as = Some("center");
        self.set_texts(axes, center, true);
    }

    fn set_texts(&mut self, axes: [&Axis; 2], position: Position, always: bool) {
        self.position = position;
        let texts = [axes[0].text(position.x), axes[1].text(position.y)];
        for (output, text) in self.axes.iter_mut().zip(texts) {
            output.set(text, always);
        }
    }

    /// Returns what to report of a failure, once for each position.
    pub fn failure(&mut self, reason: &str) -> Option<String> {
        let what = self.reported_as.take()?;
        let reason = reason.strip_prefix("not sent: ").unwrap_or(reason);
        Some(format!("{}: its {what} was not published: {reason}", self.name))
    }

    /// Returns when the next message is due.
    pub fn due_at(&self) -> Option<Time> {
        self.axes.iter().filter_map(AxisOutput::due_at).min()
    }

    /// Drops what waits. Returns whether there was anything.
    pub fn drop_waiting(&mut self) -> bool {
        let dropped = self.axes.each_mut().map(|axis| axis.waiting.take().is_some());
        dropped.contains(&true)
    }

    /// Takes into account how far a message got, if it is one of this pad. Returns why it failed, if it did.
    pub fn on_status(&mut self, id: PublishId, status: &PublishStatus) -> Option<String> {
        let axis = self.axes.iter_mut().find(|axis| axis.in_flight == Some(id))?;
        let failure = match status {
            PublishStatus::Sent if self.qos != Qos::AtMostOnce => return None,
            PublishStatus::Sent | PublishStatus::Acknowledged => None,
            PublishStatus::Failed(reason) => Some(reason.clone()),
            PublishStatus::Canceled => Some("it was canceled".to_owned()),
        };
        axis.in_flight = None;
        if failure.is_some() {
            axis.published = None;
        }
        failure
    }

    /// Returns whether nothing is left to do.
    pub fn is_idle(&self, now: Time) -> bool {
        self.axes.iter().all(|axis| axis.is_idle(now))
    }

    /// Returns when it is idle if only time passes; `None` if more has to happen.
    pub fn idle_at(&self) -> Option<Time> {
        let is_done = self.axes.iter().all(|axis| axis.waiting.is_none() && axis.in_flight.is_none());
        let rested = self.axes.iter().filter_map(|axis| Some(axis.published_at?.saturating_add(axis.interval)));
        rested.max().filter(|_| is_done)
    }
}
