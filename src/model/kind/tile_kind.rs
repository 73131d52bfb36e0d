//! What a tile kind has to say: its behavior, as a trait.

use std::{fmt::Debug, time::Duration};

use dyn_clone::DynClone;

use super::common::{self, ExternalUrl, Section, missing_topic};
use crate::model::{
    content::{TextSize, TileAction, TileContent},
    error::TileError,
    extracted::Extracted,
    kept_messages::{KeepRule, KeptMessages},
    mqtt_dash::{AppKind, StandIn},
    preset::Preset,
    schema::DynFields,
    script_view::ScriptView,
    steering::Steering,
    tile_value::TileValue,
    time::Time,
    value::{ValidationError, Value},
};

/// The behavior of a tile kind. `value` is the last known value of the tile, if any.
pub trait TileKind: DynFields + DynClone + Debug + Send + Sync {
    /// Returns the name of the kind, as used in files.
    fn name(&self) -> &'static str;

    /// Returns a one-sentence description of the kind, without a final period.
    fn description(&self) -> &'static str;

    /// Returns the content to display.
    ///
    /// # Errors
    /// If the value cannot be shown.
    fn content(&self, value: Option<&TileValue>) -> Result<TileContent, TileError>;

    /// Returns which messages a tile keeps, if its kind shows more than the newest one.
    fn keep_rule(&self) -> Option<KeepRule> {
        None
    }

    /// Reads out of a payload what is shown of it: once for each message that is kept, before the next frame. The
    /// payload of a large message is cut off, unless the rule is [`KeepRule::Value`].
    ///
    /// # Errors
    /// If it cannot be read.
    fn extract(&self, _payload: &[u8]) -> Result<Extracted, TileError> {
        Ok(Extracted::default())
    }

    /// Returns the content to display out of the messages that the tile keeps.
    ///
    /// # Errors
    /// If they cannot be shown.
    fn content_of_kept(&self, value: Option<&TileValue>, _kept: &KeptMessages) -> Result<TileContent, TileError> {
        self.content(value)
    }

    /// Returns what pressing the tile does.
    fn press_action(&self, _value: Option<&TileValue>) -> TileAction {
        TileAction::Nothing
    }

    /// Returns whether pressing publishes one of several payloads without knowing the state, which the user is told.
    fn guesses_press(&self, _value: Option<&TileValue>) -> bool {
        false
    }

    /// Returns what `steps` steps up (or down, if negative) do.
    fn step_action(&self, _value: Option<&TileValue>, _steps: i32) -> TileAction {
        TileAction::Nothing
    }

    /// Returns the part of the content that scripts may change. The content may have no value.
    fn script_view(&self, content: TileContent) -> ScriptView {
        common::script_view_of_text(content)
    }

    /// Returns `content` with the changes that scripts made to it.
    fn apply_script_view(&self, content: Option<TileContent>, view: &ScriptView) -> TileContent {
        common::text_of_script_view(content, view, self.text_size())
    }

    /// Returns the size of the text that scripts set.
    fn text_size(&self) -> TextSize {
        TextSize::Medium
    }

    /// Returns the payload to publish for the user's input in the prompt.
    ///
    /// # Errors
    /// If the input is not valid.
    fn payload_for_input(&self, input: &str) -> Result<String, TileError> {
        Ok(input.to_owned())
    }

    /// Returns payloads that the tile publishes and that its settings alone decide, or an example of them. A number needs
    /// none: it stands in JSON as it is.
    fn fixed_payloads(&self) -> Vec<String> {
        Vec::new()
    }

    /// Returns settings for common devices, which a form offers.
    fn presets(&self) -> &'static [Preset] {
        &[]
    }

    /// Returns the corresponding kind of the Android app MQTT Dash. Tiles of a kind without one are left out of
    /// exports.
    fn mqtt_dash_kind(&self) -> Option<&'static AppKind> {
        None
    }

    /// Returns the nearest kind that MQTT Dash has, if it has no corresponding one: tiles are exported as that.
    fn mqtt_dash_stand_in(&self) -> Option<StandIn> {
        None
    }

    /// Returns a tile of this kind for the list of kinds, with settings that show it well, and its payload.
    fn sample(&self) -> (Box<dyn TileKind>, &'static str);

    /// Returns the verb for pressing the tile, for key hints: `set`, `switch`.
    fn action_label(&self) -> &'static str {
        "press"
    }

    /// Returns whether a value is a state, whose changes are worth knowing: not a measurement, and no image.
    fn is_state(&self, _text: &str) -> bool {
        true
    }

    /// Returns whether step keys change the value.
    fn is_steppable(&self) -> bool {
        false
    }

    /// Returns whether `prefix` and `postfix` have an effect.
    fn supports_prefix_suffix(&self) -> bool {
        false
    }

    /// Returns the unit of the number; empty if it has none.
    fn unit(&self) -> &str {
        Default::default()
    }

    /// Returns whether the tile shows the recent past of its number.
    fn has_sparkline(&self) -> bool {
        false
    }

    /// Returns after which time without a message the value is stale, if the file says so.
    fn stale_after(&self) -> Option<Duration> {
        None
    }

    /// Returns the number at which something is done, if the tile says how long that takes.
    fn estimated_max(&self) -> Option<f64> {
        None
    }

    /// Returns when the content changes by itself.
    fn next_change(&self, _value: Option<&TileValue>, _now: Time) -> Option<Time> {
        None
    }

    /// Returns the name of the time zone that the file names.
    fn time_zone(&self) -> Option<&str> {
        None
    }

    /// Returns how long presses are refused after one.
    fn cooldown(&self) -> Option<Duration> {
        None
    }

    /// Returns the payload that a press publishes later, and how much later.
    fn pulse(&self) -> Option<(String, Duration)> {
        None
    }

    /// Returns what steering the tile publishes: to topics that the kind names, instead of `publish_topic`.
    fn steering(&self) -> Option<Steering<'_>> {
        None
    }

    /// Returns the heading and the keys of the table that is the value of this key, if a form shows them one by one.
    fn nested_fields(&self, _key: &str) -> Option<(&'static str, Box<dyn DynFields>)> {
        None
    }

    /// Returns what is missing if the tile has no topic and no script: `None` if it shows or does something even so.
    fn missing_purpose(&self) -> Option<ValidationError> {
        Some(missing_topic())
    }

    /// Returns the default of `publish`: whether pressing the tile publishes.
    fn publishes_by_default(&self) -> bool {
        self.can_publish()
    }

    /// Returns whether a tile of this kind can publish at all.
    fn can_publish(&self) -> bool {
        true
    }

    /// Returns whether most tiles of this kind only show, so that a new one publishes only if the user wants it.
    fn is_mostly_read_only(&self) -> bool {
        false
    }

    /// Returns the URLs in the file that the tile fetches or opens.
    fn external_urls(&self) -> Vec<ExternalUrl> {
        Vec::new()
    }

    /// Returns the section that the tile starts, if it is the line above one.
    fn section(&self) -> Option<Section> {
        None
    }

    /// Returns the rows of a panel: tables with the keys of a tile; `None` for every other kind.
    fn rows(&self) -> Option<&[Value]> {
        None
    }

    /// Returns whether a row of a panel may be of this kind: a line says what it shows.
    fn fits_row(&self) -> bool {
        true
    }

    /// Returns whether the content may be fetched from a URL.
    fn fetches_url(&self) -> bool {
        false
    }
}

dyn_clone::clone_trait_object!(TileKind);
