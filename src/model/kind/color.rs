//! The color tile: a color that is shown and picked.

use super::{TileKind, non_empty_text, placeholder};
use crate::model::{
    color::{Color, Rgb},
    content::{PromptSpec, TileAction, TileContent},
    error::TileError,
    field_value::string_enum,
    icon::Icon,
    mqtt_dash::{AppKey, AppKind, AppLiteral, AppValueFormat},
    payload_color::{DigitBase, parse_color},
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
        field!(
            ColorFormat,
            format,
            "how the color is published: as #RRGGBB or as a decimal number; digits such as 123456 are read likewise"
        ),
        field!(Option<Icon>, icon, "an icon in the color"),
    ];
}

impl ColorKind {
    /// Parses a color from a payload. Digits that could be both are read in the format in which the tile publishes.
    fn parse(&self, text: &str) -> Result<Rgb, TileError> {
        let base = match self.format {
            ColorFormat::Hex => DigitBase::Hexadecimal,
            ColorFormat::Number => DigitBase::Decimal,
        };
        parse_color(text, base).ok_or_else(|| TileError::NotAColor(text.trim().to_owned()))
    }

    /// Returns the payload that publishes a color.
    fn format(&self, rgb: Rgb) -> String {
        match self.format {
            ColorFormat::Hex => rgb.to_string(),
            ColorFormat::Number => rgb.to_u32().to_string(),
        }
    }
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
            |text| Ok(TileContent::Swatch { rgb: self.parse(text)?, icon: self.icon }),
        )
    }

    fn press_action(&self, value: Option<&TileValue>) -> TileAction {
        let current = non_empty_text(value).and_then(|text| self.parse(text).ok());
        TileAction::Prompt(PromptSpec::Color(current))
    }

    fn payload_for_input(&self, input: &str) -> Result<String, TileError> {
        Rgb::from_hex(input.trim()).map(|rgb| self.format(rgb)).ok_or_else(|| TileError::NotAColor(input.to_owned()))
    }

    fn fixed_payloads(&self) -> Vec<String> {
        vec![self.format(Rgb(255, 255, 255))]
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
    fn color_tile_reads_digits_in_its_format() {
        let number = ColorKind { format: ColorFormat::Number, ..ColorKind::default() };
        assert_eq!(ColorKind::default().parse("123456"), Ok(Rgb(0x12, 0x34, 0x56)));
        assert_eq!(number.parse("123456"), Ok(Rgb(0x01, 0xe2, 0x40)));
        for (text, expected) in
            [("#FF8000", Rgb(255, 128, 0)), ("255,128,0", Rgb(255, 128, 0)), ("-65536", Rgb(255, 0, 0))]
        {
            assert_eq!((ColorKind::default().parse(text), number.parse(text)), (Ok(expected), Ok(expected)), "{text}");
        }
        assert_eq!(number.parse(" red "), Err(TileError::NotAColor("red".into())));
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
