//! The text tile: any value as text.

use super::{TileKind, non_empty_text, placeholder};
use crate::model::{
    color::Color,
    content::{PrefixSuffix, PromptSpec, TextSize, TileAction, TileContent},
    error::TileError,
    mqtt_dash::{AppKey, AppKind, AppValueFormat},
    schema::{FieldSpec, Schema, field},
    tile_value::TileValue,
};

/// A tile that shows its value as text.
#[derive(Debug, Clone, Default)]
pub(crate) struct TextKind {
    text_size: TextSize,
    text_color: Option<Color>,
}

impl Schema for TextKind {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(TextSize, text_size, "the size of the value; large uses big letters where they fit"),
        field!(Option<Color>, text_color, "the color of the value"),
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
            |text| TileContent::Text {
                prefix_suffix: PrefixSuffix::default(),
                text: text.to_owned(),
                size: self.text_size,
                color: self.text_color,
                known: true,
            },
        ))
    }

    fn press_action(&self, value: Option<&TileValue>) -> TileAction {
        // A text that is shown only in part must not be published in part.
        let whole = non_empty_text(value).filter(|text| value.is_some_and(|value| value.text.len() == text.len()));
        TileAction::Prompt(PromptSpec::Text(whole.unwrap_or_default().to_owned()))
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

    fn action_label(&self) -> &'static str {
        "write"
    }

    fn supports_prefix_suffix(&self) -> bool {
        true
    }
}
