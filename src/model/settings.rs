//! How the program looks, how it draws pictures and which keys it has, as `settings.toml` holds it.

use super::{
    color::Color,
    field_value::{Nested, string_enum, type_mismatch},
    schema::{FieldSpec, FieldValue, Schema, ValueType, field},
    value::{ValidationError, Value, ValuePathSegment},
};

string_enum! {
    /// A set of colours that go together.
    ThemeName {
        Terminal = "terminal" "The terminal's own sixteen, on its own background.",
        Dark = "dark" "Light on a dark blue-grey.",
        Light = "light" "Dark on a warm white.",
        HighContrast = "high-contrast" "Bright on black.",
    }
}

string_enum! {
    /// How pictures are drawn.
    ImageProtocol {
        HalfBlocks = "half-blocks" "In half blocks, which every terminal has.",
        Auto = "auto" "As the terminal says of itself in the environment.",
        Kitty = "kitty" "In kitty's protocol.",
        Sixel = "sixel" "As sixels.",
        Iterm2 = "iterm2" "In iTerm2's protocol.",
    }
}

/// A theme, and the colours that a person has instead.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ThemeOverrides {
    /// The theme that is begun with.
    pub name: ThemeName,
    /// Plain text.
    pub text: Option<Color>,
    /// What everything stands on.
    pub background: Option<Color>,
    /// What stands back: ages, hints.
    pub dim: Option<Color>,
    /// What is selected, what can be pressed.
    pub accent: Option<Color>,
    /// The borders of tiles.
    pub border: Option<Color>,
    /// All is well.
    pub good: Option<Color>,
    /// Something wants attention.
    pub warn: Option<Color>,
    /// Something is wrong.
    pub fault: Option<Color>,
}

impl Schema for ThemeOverrides {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(ThemeName, name, "the theme: the terminal's own sixteen colours, or one of its own"),
        field!(Option<Color>, text, "plain text; this and all below: the theme's own when left out"),
        field!(Option<Color>, background, "what everything stands on"),
        field!(Option<Color>, dim, "what stands back: ages, empty states"),
        field!(Option<Color>, accent, "what is selected, what can be pressed"),
        field!(Option<Color>, border, "the borders of tiles"),
        field!(Option<Color>, good, "all is well"),
        field!(Option<Color>, warn, "something wants attention"),
        field!(Option<Color>, fault, "something is wrong"),
    ];
}

/// Names of actions and the keys that they have instead of their own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeymapOverrides(pub Vec<(String, Vec<String>)>);

impl FieldValue for KeymapOverrides {
    const VALUE_TYPE: ValueType = ValueType::Custom("names of actions and their keys, such as find = [\"f\", \"/\"]");

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

/// All of `settings.toml`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// How pictures are drawn.
    pub images: ImageProtocol,
    /// The colours.
    pub theme: Nested<ThemeOverrides>,
    /// The keys.
    pub keys: KeymapOverrides,
}

impl Schema for Settings {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(ImageProtocol, images, "how pictures are drawn; `auto` goes by what the terminal says of itself"),
        field!(Nested<ThemeOverrides>, theme, "the colours"),
        field!(KeymapOverrides, keys, "other keys for actions"),
    ];
}
