//! The tile kinds: one file each.
//!
//! To add a kind, write `model/kind/x.rs` with a struct that implements [`Schema`](super::schema::Schema) (its keys
//! in a file and their defaults) and [`TileKind`] (what it shows, what pressing it does), then add `mod x;`
//! and `x::X` to the list below. Nothing else knows the kinds by name: files load it, `check` and the forms know its
//! keys, the list of kinds shows its sample, scripts see the fields that it names, exports use the counterpart in
//! MQTT Dash that it names, the generated reference `docs/files.md` lists it, and the screen draws the
//! [`TileContent`] that it returns. Only content of a new type needs more: a variant of [`TileContent`], a widget in
//! `ui/widgets`, and the two match arms that the compiler asks for: how it looks in one line (`model/content_line.rs`),
//! and which widget draws it.

mod button;
mod choice;
mod clock;
mod color;
mod common;
mod gauge;
mod heading;
mod image;
mod led;
mod note;
mod panel;
mod progress;
mod qr;
mod range;
mod range_presets;
mod switch;
mod switch_presets;
mod text;

use std::{fmt::Debug, time::Duration};

use dyn_clone::DynClone;

pub use common::{ExternalUrl, Section};
use common::{StaleAfter, Unit, limits_error, missing_topic, non_empty_text, number_of, placeholder};
pub(crate) use panel::MAX_ROWS;
pub(crate) use text::TextKind;

use super::{
    content::{PrefixSuffix, TextSize, TileAction, TileContent},
    error::TileError,
    mqtt_dash::{AppKind, StandIn},
    preset::Preset,
    schema::DynFields,
    script_view::ScriptView,
    tile_value::TileValue,
    time::Time,
    value::{ValidationError, Value, did_you_mean},
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
        match content {
            TileContent::Text { prefix_suffix, text, color, .. } => {
                ScriptView::of_text(prefix_suffix.around(&text), color)
            }
            _ => ScriptView::of_text(String::new(), None),
        }
    }

    /// Returns `content` with the changes that scripts made to it.
    fn apply_script_view(&self, content: Option<TileContent>, view: &ScriptView) -> TileContent {
        let size = match content {
            Some(TileContent::Text { size, .. }) => size,
            _ => self.text_size(),
        };
        match view.text("text") {
            Some(text) => TileContent::Text {
                prefix_suffix: PrefixSuffix::default(),
                text: text.to_owned(),
                size,
                color: view.color("textColor"),
                known: true,
            },
            None => content.unwrap_or(TileContent::Placeholder(String::new())),
        }
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

macro_rules! tile_kinds {
    ($($kind:ty),* $(,)?) => {
        const KINDS: &[fn() -> Box<dyn TileKind>] = &[$(|| Box::new(<$kind>::default())),*];
    };
}

// Every kind, in the order in which users see them.
tile_kinds![
    text::TextKind,
    switch::SwitchKind,
    range::RangeKind,
    choice::ChoiceKind,
    image::ImageKind,
    color::ColorKind,
    heading::HeadingKind,
    led::LedKind,
    gauge::GaugeKind,
    progress::ProgressKind,
    button::ButtonKind,
    panel::PanelKind,
    note::NoteKind,
    clock::ClockKind,
    qr::QrKind,
];

/// Creates a tile kind with default settings for each kind.
pub fn all() -> impl Iterator<Item = Box<dyn TileKind>> {
    KINDS.iter().map(|new| new())
}

/// Creates the tile kind with this name, with default settings.
///
/// # Errors
/// If there is no such kind; the help suggests a similar one.
pub fn from_name(name: &str) -> Result<Box<dyn TileKind>, ValidationError> {
    all().find(|kind| kind.name() == name).ok_or_else(|| {
        let names: Vec<&str> = all().map(|kind| kind.name()).collect();
        ValidationError::new(format!("unknown tile kind `{name}`")).with_help(
            did_you_mean(name, names.iter().copied()).unwrap_or_else(|| format!("the kinds are {}", names.join(", "))),
        )
    })
}

/// Creates a panel without rows.
pub(crate) fn panel() -> Box<dyn TileKind> {
    Box::<panel::PanelKind>::default()
}

dyn_clone::clone_trait_object!(TileKind);

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a value with this text, for the tests of the kinds.
    pub fn tile_value(text: &str) -> TileValue {
        TileValue {
            text: text.into(),
            payload: text.as_bytes().into(),
            updated_at: super::super::time::Time::default(),
            age_unknown: false,
        }
    }

    #[test]
    fn kind_is_found_by_its_name() {
        for kind in all() {
            assert_eq!(from_name(kind.name()).unwrap().name(), kind.name());
        }
        assert_eq!(from_name("swich").unwrap_err().help.as_deref(), Some("did you mean `switch`?"));
    }

    #[test]
    fn tile_placeholder_tells_no_value_from_empty_payload() {
        // Others show something that does not come from a message, such as an image from a fixed URL.
        let kinds: Vec<_> = all().filter(|kind| kind.content(None) == Ok(placeholder(None))).collect();
        assert!(kinds.len() >= 5, "{kinds:?}");
        for kind in kinds {
            assert_eq!(
                kind.content(Some(&tile_value(""))),
                Ok(TileContent::Placeholder("cleared".into())),
                "{}",
                kind.name()
            );
        }
    }
}
