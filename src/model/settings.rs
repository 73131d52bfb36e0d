//! The settings in `settings.toml`: theme, image protocol, glyphs, key bindings, and the limits of the explorer.

use super::{
    color::Color,
    field_value::{BoundedInt, Nested, string_enum},
    schema::{FieldSpec, FieldValue, Schema, ValueType, field},
    type_mismatch::type_mismatch,
    value::{ValidationError, Value, ValuePathSegment},
};

string_enum! {
    /// A color theme.
    ThemeName {
        Terminal = "terminal" "The terminal's 16 colors on its own background.",
        Dark = "dark" "Light text on a dark blue-gray.",
        Light = "light" "Dark text on a warm white.",
        HighContrast = "high-contrast" "Bright text on black.",
    }
}

string_enum! {
    /// The protocol to draw images with.
    ImageProtocol {
        HalfBlocks = "half-blocks" "Half blocks, which every terminal supports.",
        Auto = "auto" "The protocol of the terminal, detected from environment variables.",
        Kitty = "kitty" "The kitty graphics protocol.",
        Sixel = "sixel" "Sixel graphics.",
        Iterm2 = "iterm2" "The iTerm2 inline images protocol.",
    }
}

string_enum! {
    /// Which glyphs the program draws with.
    GlyphLevel {
        Auto = "auto" "Those that the terminal has, according to environment variables.",
        Full = "full" "All.",
        Basic = "basic" "Those of the fonts of the Linux console.",
        Ascii = "ascii" "ASCII.",
    }
}

/// A theme, and the colors that replace some of its own.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ThemeOverrides {
    /// The theme.
    pub name: ThemeName,
    /// Plain text.
    pub(crate) text: Option<Color>,
    /// The background.
    pub(crate) background: Option<Color>,
    /// Secondary text: ages, key hints.
    pub(crate) dim: Option<Color>,
    /// Selected and pressable elements.
    pub(crate) accent: Option<Color>,
    /// The borders of tiles.
    pub(crate) border: Option<Color>,
    /// Success.
    pub(crate) good: Option<Color>,
    /// Warnings.
    pub warn: Option<Color>,
    /// Errors.
    pub(crate) fault: Option<Color>,
}

impl Schema for ThemeOverrides {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(ThemeName, name, "the theme; `terminal` uses the terminal's own 16 colors"),
        field!(Option<Color>, text, "plain text; this color and those below: if not set, the color of the theme"),
        field!(Option<Color>, background, "the background"),
        field!(Option<Color>, dim, "secondary text: ages, empty states"),
        field!(Option<Color>, accent, "selected and pressable elements"),
        field!(Option<Color>, border, "the borders of tiles"),
        field!(Option<Color>, good, "success"),
        field!(Option<Color>, warn, "warnings"),
        field!(Option<Color>, fault, "errors"),
    ];
}

/// Key bindings that replace the default ones: names of actions and their keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeymapOverrides(pub Vec<(String, Vec<String>)>);

impl FieldValue for KeymapOverrides {
    const VALUE_TYPE: ValueType = ValueType::Custom("action names and their keys, such as find = [\"f\", \"/\"]");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        let Value::Table(entries) = value else {
            return Err(type_mismatch(value, Self::VALUE_TYPE));
        };
        let (mut overrides, mut errors) = (Vec::new(), Vec::new());
        for (name, value) in entries {
            let keys = match value {
                Value::String(key) => vec![key.clone()],
                Value::Array(keys) => keys
                    .iter()
                    .enumerate()
                    .filter_map(|(index, key)| match key {
                        Value::String(key) => Some(key.clone()),
                        other => {
                            let in_path = |error: ValidationError| {
                                error.prepend_path(ValuePathSegment::Index(index)).prepend_key(name)
                            };
                            errors.extend(type_mismatch(other, ValueType::String).into_iter().map(in_path));
                            None
                        }
                    })
                    .collect(),
                other => {
                    let expected = ValueType::Custom("a key or a list of keys, such as [\"f\", \"/\"]");
                    errors.extend(type_mismatch(other, expected).into_iter().map(|error| error.prepend_key(name)));
                    continue;
                }
            };
            overrides.push((name.clone(), keys));
        }
        if errors.is_empty() { Ok(Self(overrides)) } else { Err(errors) }
    }

    fn to_value(&self) -> Option<Value> {
        let to_array = |keys: &[String]| Value::Array(keys.iter().map(|key| key.as_str().into()).collect());
        let entries: Vec<_> = self.0.iter().map(|(name, keys)| (name.clone(), to_array(keys))).collect();
        (!entries.is_empty()).then_some(Value::Table(entries))
    }
}

/// How much the explorer remembers of a broker.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplorerLimits {
    /// The most topics.
    pub(crate) topics: BoundedInt<1_000, 1_000_000>,
    /// The most memory in MiB, about.
    pub(crate) memory: BoundedInt<8, 1_024>,
}

impl Default for ExplorerLimits {
    fn default() -> Self {
        Self { topics: BoundedInt::clamped(1_000_000), memory: BoundedInt::clamped(256) }
    }
}

impl Schema for ExplorerLimits {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(BoundedInt<1_000, 1_000_000>, topics, "the most topics; messages of further ones are only counted"),
        field!(BoundedInt<8, 1_024>, memory, "the most memory in MiB, about; beyond it, messages of new topics are only counted"),
    ];
}

/// The settings in `settings.toml`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// The protocol to draw images with.
    pub(crate) images: ImageProtocol,
    /// Which glyphs the program draws with.
    pub(crate) glyphs: GlyphLevel,
    /// The theme and its colors.
    pub theme: Nested<ThemeOverrides>,
    /// The key bindings.
    pub keys: KeymapOverrides,
    /// How much the explorer remembers.
    pub explorer: Nested<ExplorerLimits>,
}

impl Schema for Settings {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(ImageProtocol, images, "how images are drawn; `auto` detects the terminal from environment variables"),
        field!(
            GlyphLevel,
            glyphs,
            "what borders, bars, marks and icons are drawn with: all glyphs, those of the Linux console, or ASCII; `auto` \
             knows the terminal from environment variables"
        ),
        field!(Nested<ThemeOverrides>, theme, "the colors"),
        field!(KeymapOverrides, keys, "key bindings that replace the default ones"),
        field!(Nested<ExplorerLimits>, explorer, "how much the explorer remembers; changes apply when it is opened"),
    ];
}
