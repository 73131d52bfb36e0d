//! What a tile publishes, and what pressing it does.

use super::Tile;
use crate::model::{
    content::TileAction,
    state_topic::is_report,
    steering::Steering,
    tile_value::TileValue,
    topic::{Topic, TopicFilter},
};

/// Why a tile is read-only although the file does not say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ImpliedReadOnly<'a> {
    /// A device reports on its topic.
    Report(&'a str),
    /// It shows a part of the JSON on this topic, and what it would publish there is no such JSON.
    PartOfJson(&'a str),
}

impl<'a> ImpliedReadOnly<'a> {
    /// Returns the topic.
    pub(crate) const fn topic(self) -> &'a str {
        match self {
            Self::Report(topic) | Self::PartOfJson(topic) => topic,
        }
    }
}

impl Tile {
    /// Returns whether pressing the tile publishes.
    #[must_use]
    pub(crate) fn publishes(&self) -> bool {
        self.publish.unwrap_or_else(|| self.kind.publishes_by_default() && self.implied_read_only().is_none())
    }

    /// Lets the tile only show.
    pub(crate) const fn make_read_only(&mut self) {
        self.publish = Some(false);
    }

    /// Returns whether a device only reports on this topic, as far as its name tells.
    #[must_use]
    pub(crate) fn is_report(&self, topic: &str) -> bool {
        is_report(topic, self.kind.is_mostly_read_only())
    }

    /// Returns why the tile is read-only because of its topic, if the file does not say whether it is.
    #[must_use]
    pub(crate) fn implied_read_only(&self) -> Option<ImpliedReadOnly<'_>> {
        let decides = self.publish.is_none() && self.publish_topic.is_none() && self.kind.publishes_by_default();
        let topic = self.topic.as_ref().filter(|_| decides)?.exact()?;
        if self.is_report(topic) {
            return Some(ImpliedReadOnly::Report(topic));
        }
        self.receives_only_json().then_some(ImpliedReadOnly::PartOfJson(topic))
    }

    /// Returns whether the tile finds its value in JSON only, and would publish something else.
    pub(super) fn receives_only_json(&self) -> bool {
        self.json_path.is_some() && !self.has_payload_template()
    }

    /// Returns the topic that pressing the tile publishes to, if any.
    #[must_use]
    pub fn target_topic(&self) -> Option<Topic> {
        self.publish_topic
            .clone()
            .or_else(|| self.topic.as_ref().and_then(TopicFilter::as_topic))
            .filter(|_| self.publishes() && self.kind.steering().is_none())
    }

    /// Returns what steering the tile publishes; `None` if it cannot be steered.
    #[must_use]
    pub(crate) fn steering(&self) -> Option<Steering<'_>> {
        self.kind.steering().filter(|steering| self.publish != Some(false) && steering.is_complete())
    }

    /// Returns whether pressing or stepping the tile controls something: publishes, or runs a script that may. Each frame
    /// asks this of each tile.
    #[must_use]
    pub(crate) fn is_control(&self) -> bool {
        if self.on_tap.is_some() || self.steering().is_some() {
            return true;
        }
        let publishes = |by_default: bool| self.publish.unwrap_or(by_default && self.kind.publishes_by_default());
        match &self.topic {
            _ if self.publish == Some(false) || self.kind.steering().is_some() => false,
            _ if self.publish_topic.is_some() => publishes(true),
            Some(topic) => topic.is_plain() && publishes(!self.receives_only_json() && !self.is_report(topic.as_str())),
            None => false,
        }
    }

    /// Returns whether a spinner is shown from publishing until a message arrives.
    #[must_use]
    pub(crate) fn waits_for_echo(&self) -> bool {
        self.topic.is_some() && self.wait_for_echo.unwrap_or(!self.update_on_publish)
    }

    /// Returns what pressing the tile does.
    #[must_use]
    pub(crate) fn press_action(&self, value: Option<&TileValue>) -> TileAction {
        self.restrict_action(self.kind.press_action(value))
    }

    /// Returns what `steps` steps up (or down, if negative) do.
    #[must_use]
    pub(crate) fn step_action(&self, value: Option<&TileValue>, steps: i32) -> TileAction {
        self.restrict_action(self.kind.step_action(value, steps))
    }

    fn restrict_action(&self, action: TileAction) -> TileAction {
        let can_act = match action {
            TileAction::Steer => self.steering().is_some(),
            _ => action.is_local() || self.target_topic().is_some(),
        };
        if can_act { action } else { TileAction::Nothing }
    }

    /// Returns the verb for pressing the tile, or `None` if pressing does nothing.
    #[must_use]
    pub(crate) fn action_label(&self) -> Option<&'static str> {
        if self.on_tap.is_some() {
            return Some("tap");
        }
        (self.press_action(None) != TileAction::Nothing).then(|| self.kind.action_label())
    }

    /// Returns whether step keys change the value.
    #[must_use]
    pub(crate) fn is_steppable(&self) -> bool {
        self.kind.is_steppable() && self.target_topic().is_some()
    }
}
