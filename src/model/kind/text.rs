//! The text tile: any value as text.

use std::time::Duration;

use super::{StaleAfter, TileKind, Unit, non_empty_text, placeholder};
use crate::model::{
    color::Color,
    content::{PrefixSuffix, PromptSpec, TextSize, TileAction, TileContent},
    error::TileError,
    mqtt_dash::{AppKey, AppKind, AppValueFormat},
    schema::{FieldSpec, Schema, field},
    tile_statistics::number_in,
    tile_value::TileValue,
    zone::Zones,
};

/// A tile that shows its value as text.
#[derive(Debug, Clone, Default)]
pub(crate) struct TextKind {
    text_size: TextSize,
    text_color: Option<Color>,
    unit: Unit,
    zones: Zones,
    stale: Option<StaleAfter>,
    spark: bool,
}

impl Schema for TextKind {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(TextSize, text_size as "Size", "the size of the value; large uses big letters where they fit"),
        field!(Option<Color>, text_color as "Color", "the color of the value"),
        field!(Unit, unit, "the unit of a number, shown after it; instead of `postfix`"),
        field!(Zones, zones, "the parts of the range of a number, with their colors and words"),
        field!(Option<StaleAfter>, stale as "Stale after", "after which time without a message the tile says that the value is stale"),
        field!(bool, spark as "Sparkline", "whether to show the recent past of the number below it, if there is room"),
    ];
}

/// The counterpart in the app MQTT Dash.
static MQTT_DASH_KIND: AppKind = AppKind {
    type_number: 1,
    keys: &[
        AppKey::new("mainTextSize", "text_size", AppValueFormat::TEXT_SIZE),
        AppKey::new("postfix", "postfix", AppValueFormat::Text),
        AppKey::new("prefix", "prefix", AppValueFormat::Text),
        AppKey::new("textColor", "text_color", AppValueFormat::Color),
    ],
};

impl TileKind for TextKind {
    fn name(&self) -> &'static str {
        "text"
    }

    fn description(&self) -> &'static str {
        "shows its value as text; pressing asks for a text and publishes it"
    }

    fn content(&self, value: Option<&TileValue>) -> Result<TileContent, TileError> {
        Ok(non_empty_text(value).map_or_else(
            || placeholder(value),
            |text| {
                let zone = if self.zones.is_empty() { None } else { number_in(text) };
                let label = zone.map(|number| self.zones.label_of(number)).unwrap_or_default();
                TileContent::Text {
                    prefix_suffix: PrefixSuffix::of_zone(label),
                    text: text.to_owned(),
                    size: self.text_size,
                    color: zone.and_then(|number| self.zones.color_of(number)).or(self.text_color),
                    known: true,
                }
            },
        ))
    }

    fn press_action(&self, value: Option<&TileValue>) -> TileAction {
        let shown = non_empty_text(value).unwrap_or_default();
        let (current, hint) = match value {
            // What is shown of it is not what was sent.
            Some(value) if value.is_binary() => ("", Some("The current value is binary: type a new one.")),
            // A text that is shown only in part must not be published in part.
            Some(value) if value.text.len() > shown.len() => {
                ("", Some("The current value is too long for this input."))
            }
            _ => (shown, None),
        };
        TileAction::Prompt(PromptSpec::Text { current: current.to_owned(), hint })
    }

    fn text_size(&self) -> TextSize {
        self.text_size
    }

    fn mqtt_dash_kind(&self) -> Option<&'static AppKind> {
        Some(&MQTT_DASH_KIND)
    }

    fn sample(&self) -> (Box<dyn TileKind>, &'static str) {
        (Box::new(Self { text_size: TextSize::Medium, ..Self::default() }), "23.4")
    }

    fn is_state(&self, text: &str) -> bool {
        !is_measurement(text)
    }

    fn action_label(&self) -> &'static str {
        "write"
    }

    fn is_mostly_read_only(&self) -> bool {
        true
    }

    fn supports_prefix_suffix(&self) -> bool {
        true
    }

    fn unit(&self) -> &str {
        self.unit.as_str()
    }

    fn has_sparkline(&self) -> bool {
        self.spark
    }

    fn stale_after(&self) -> Option<Duration> {
        self.stale.map(StaleAfter::get)
    }
}

/// Returns whether a text begins as a number, a time or a date does, or as the JSON of several values: it changes all the
/// time, and says little.
fn is_measurement(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '-' | '+' | '.' | '\u{2212}'));
    text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '{' | '['))
        || ["nan", "inf"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_times_and_json_are_no_states() {
        for text in
            ["21", "-63 dBm", " +1.5", ".5", "\u{2212}4 °C", "14:03:22", "2026-11-30", "{\"a\":1}", "[1]", "NaN"]
        {
            assert!(is_measurement(text), "{text}");
        }
        for text in ["open", "", "armed_home", "°C", "info", "—"] {
            assert!(!is_measurement(text), "{text}");
        }
    }
}
