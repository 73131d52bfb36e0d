//! How the program looks, how it draws pictures and which keys it has, as `settings.toml` holds it.

use super::{
    color::Color,
    field::{Inner, words, wrong_type},
    key::{Field, Key, Keyed, Wants, key},
    value::{Complaint, Step, Value},
};

words! {
    /// A set of colours that go together.
    ThemeName {
        Terminal = "terminal" "The terminal's own sixteen, on its own background.",
        Dark = "dark" "Light on a dark blue-grey.",
        Light = "light" "Dark on a warm white.",
        HighContrast = "high-contrast" "Bright on black.",
    }
}

words! {
    /// How pictures are drawn.
    Drawing {
        HalfBlocks = "half-blocks" "In half blocks, which every terminal has.",
        Auto = "auto" "As the terminal says of itself in the environment.",
        Kitty = "kitty" "In kitty's protocol.",
        Sixel = "sixel" "As sixels.",
        Iterm2 = "iterm2" "In iTerm2's protocol.",
    }
}

/// A theme, and the colours that a person has instead.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Shades {
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

impl Keyed for Shades {
    const KEYS: &'static [Key<Self>] = &[
        key!(ThemeName, name, "the theme: the terminal's own sixteen colours, or one of its own"),
        key!(Option<Color>, text, "plain text; this and all below: the theme's own when left out"),
        key!(Option<Color>, background, "what everything stands on"),
        key!(Option<Color>, dim, "what stands back: ages, empty states"),
        key!(Option<Color>, accent, "what is selected, what can be pressed"),
        key!(Option<Color>, border, "the borders of tiles"),
        key!(Option<Color>, good, "all is well"),
        key!(Option<Color>, warn, "something wants attention"),
        key!(Option<Color>, fault, "something is wrong"),
    ];
}

/// Names of actions and the keys that they have instead of their own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyPatch(pub Vec<(String, Vec<String>)>);

impl Field for KeyPatch {
    const WANTS: Wants = Wants::Form("names of actions and their keys, such as find = [\"f\", \"/\"]");

    fn read(value: &Value) -> Result<Self, Vec<Complaint>> {
        let Value::Table(entries) = value else {
            return Err(wrong_type(value, Self::WANTS));
        };
        let (mut patch, mut wrong) = (Vec::new(), Vec::new());
        for (name, value) in entries {
            let keys = match value {
                Value::Text(key) => vec![key.clone()],
                Value::List(keys) => keys
                    .iter()
                    .enumerate()
                    .filter_map(|(index, key)| match key {
                        Value::Text(key) => Some(key.clone()),
                        other => {
                            let at = |complaint: Complaint| complaint.at(Step::Index(index)).key(name);
                            wrong.extend(wrong_type(other, Wants::Text).into_iter().map(at));
                            None
                        }
                    })
                    .collect(),
                other => {
                    let wants = Wants::Form("a key or a list of keys, such as [\"f\", \"/\"]");
                    wrong.extend(wrong_type(other, wants).into_iter().map(|complaint| complaint.key(name)));
                    continue;
                }
            };
            patch.push((name.clone(), keys));
        }
        if wrong.is_empty() { Ok(Self(patch)) } else { Err(wrong) }
    }

    fn write(&self) -> Option<Value> {
        let list = |keys: &[String]| Value::List(keys.iter().map(|key| key.as_str().into()).collect());
        let entries: Vec<_> = self.0.iter().map(|(name, keys)| (name.clone(), list(keys))).collect();
        (!entries.is_empty()).then_some(Value::Table(entries))
    }
}

/// All of `settings.toml`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// How pictures are drawn.
    pub images: Drawing,
    /// The colours.
    pub theme: Inner<Shades>,
    /// The keys.
    pub keys: KeyPatch,
}

impl Keyed for Settings {
    const KEYS: &'static [Key<Self>] = &[
        key!(Drawing, images, "how pictures are drawn; `auto` goes by what the terminal says of itself"),
        key!(Inner<Shades>, theme, "the colours"),
        key!(KeyPatch, keys, "other keys for actions"),
    ];
}
