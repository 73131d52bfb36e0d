//! The color tile: a color that is shown and picked.

use super::{TileKind, non_empty_text, placeholder};
use crate::model::{
    color::{Color, Rgb},
    content::{PromptSpec, TileAction, TileContent},
    error::TileError,
    field_value::string_enum,
    icon::Icon,
    mqtt_dash::{AppKey, AppKind, AppLiteral, AppValueFormat},
    schema::{FieldSpec, Schema, field},
    script_view::{ScriptValue, ScriptView},
    tile_value::TileValue,
};

string_enum! {
    /// The format in which a color is published.
    ColorFormat {
        Hex = "hex" "As `#RRGGBB`.",
        Number = "number" "As a decimal number, 0xRRGGBB.",
    }
}

/// A tile that shows a color.
#[derive(Debug, Clone, Default)]
pub(crate) struct ColorKind {
    format: ColorFormat,
    icon: Option<Icon>,
}

impl Schema for ColorKind {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(ColorFormat, format, "how the color is published: as #RRGGBB or as a decimal number"),
        field!(Option<Icon>, icon, "an icon in the color"),
    ];
}

/// Parses a color from a payload: `#RRGGBB`, `RRGGBB` with at least one letter, or a decimal number, which
/// may be negative or have an alpha value above the red one.
fn parse_rgb(text: &str) -> Result<Rgb, TileError> {
    let text = text.trim();
    if let Some(rgb) = Rgb::from_hex(text).filter(|_| text.parse::<i64>().is_err()) {
        return Ok(rgb);
    }
    let number = text.parse::<i64>().ok().filter(|number| (-0x8000_0000..=0xFFFF_FFFF).contains(number));
    number
        .and_then(|number| u32::try_from(number & 0x00FF_FFFF).ok())
        .map(Rgb::from_u32)
        .ok_or_else(|| TileError::NotAColor(text.to_owned()))
}

/// The counterpart in the app MQTT Dash.
static MQTT_DASH_KIND: AppKind = AppKind {
    type_number: 6,
    keys: &[
        AppKey::new(
            "format",
            "format",
            AppValueFormat::Enum(&[(AppLiteral::Integer(0), "hex"), (AppLiteral::Integer(1), "number")]),
        ),
        AppKey::new("icon", "icon", AppValueFormat::Icon("")),
    ],
};

impl TileKind for ColorKind {
    fn name(&self) -> &'static str {
        "color"
    }

    fn description(&self) -> &'static str {
        "shows a color; pressing opens a color picker"
    }

    fn content(&self, value: Option<&TileValue>) -> Result<TileContent, TileError> {
        non_empty_text(value).map_or_else(
            || Ok(placeholder(value)),
            |text| Ok(TileContent::Swatch { rgb: parse_rgb(text)?, icon: self.icon }),
        )
    }

    fn press_action(&self, value: Option<&TileValue>) -> TileAction {
        let current = non_empty_text(value).and_then(|text| parse_rgb(text).ok());
        TileAction::Prompt(PromptSpec::Color(current.unwrap_or(Rgb(255, 255, 255))))
    }

    fn payload_for_input(&self, input: &str) -> Result<String, TileError> {
        let rgb = Rgb::from_hex(input.trim()).ok_or_else(|| TileError::NotAColor(input.to_owned()))?;
        Ok(match self.format {
            ColorFormat::Hex => rgb.to_string(),
            ColorFormat::Number => rgb.to_u32().to_string(),
        })
    }

    fn script_view(&self, content: TileContent) -> ScriptView {
        let color = match content {
            TileContent::Swatch { rgb, .. } => Some(Color::Rgb(rgb)),
            _ => None,
        };
        ScriptView::new([("color", ScriptValue::Color(color))])
    }

    fn apply_script_view(&self, content: Option<TileContent>, view: &ScriptView) -> TileContent {
        match view.color("color") {
            Some(Color::Rgb(rgb)) => TileContent::Swatch { rgb, icon: self.icon },
            _ => content.unwrap_or(TileContent::Placeholder(String::new())),
        }
    }

    fn mqtt_dash_kind(&self) -> Option<&'static AppKind> {
        Some(&MQTT_DASH_KIND)
    }

    fn sample(&self) -> (Box<dyn TileKind>, &'static str) {
        (Box::new(Self::default()), "#00C0FF")
    }

    fn action_label(&self) -> &'static str {
        "pick"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn color_tile_parses_hex_and_numbers() {
        for (text, expected) in [
            ("#FF8000", Rgb(255, 128, 0)),
            ("ff8000", Rgb(255, 128, 0)),
            ("16744448", Rgb(255, 128, 0)),
            ("-65536", Rgb(255, 0, 0)),
            ("4294901760", Rgb(255, 0, 0)),
        ] {
            assert_eq!(parse_rgb(text), Ok(expected), "{text}");
        }
        for text in ["red", "#12345", "99999999999", "1.5"] {
            assert_eq!(parse_rgb(text), Err(TileError::NotAColor(text.into())));
        }
    }

    #[test]
    fn color_tile_publishes_in_the_configured_format() {
        assert_eq!(ColorKind::default().payload_for_input("#ff8000"), Ok("#FF8000".into()));
        assert_eq!(
            ColorKind { format: ColorFormat::Number, ..ColorKind::default() }.payload_for_input("#ff8000"),
            Ok("16744448".into())
        );
    }
}
