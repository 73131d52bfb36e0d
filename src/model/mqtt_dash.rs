//! How a tile kind corresponds to a kind of the Android app MQTT Dash, as data. `mqtt_dash_app` applies it to imports
//! and exports.

/// A tile kind of the app.
#[derive(Debug)]
pub struct AppKind {
    /// The value of `type` in the app's format.
    pub type_number: i64,
    /// The keys in addition to those of every kind, in the app's order.
    pub keys: &'static [AppKey],
}

/// The kind as which tiles are exported whose kind the app does not have.
#[derive(Debug, Clone, Copy)]
pub struct StandIn {
    /// The name of the kind.
    pub kind: &'static str,
    /// Keys of the tile, and the keys of that kind that say the same.
    pub keys: &'static [(&'static str, &'static str)],
}

/// A key of a tile in the app's format.
#[derive(Debug)]
pub struct AppKey {
    /// The name in the app's format.
    pub name: &'static str,
    /// The corresponding key of a tile in a dashboard file, if there is one.
    pub key: Option<&'static str>,
    /// The format of its values.
    pub format: AppValueFormat,
}

impl AppKey {
    /// Creates a key that corresponds to a key of a dashboard file.
    pub(crate) const fn new(name: &'static str, key: &'static str, format: AppValueFormat) -> Self {
        Self { name, key: Some(key), format }
    }
}

/// The format of a value of the app.
#[derive(Debug)]
pub enum AppValueFormat {
    /// Text, which may be empty.
    Text,
    /// Text; an empty one means that there is no value.
    NonEmptyText,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// A color as a signed number; white, the app's default color, means that no color is set.
    Color,
    /// The name of an icon; the argument is the app's default icon.
    Icon(&'static str),
    /// The app's literals and the corresponding values of a dashboard file. The first one is the default.
    Enum(&'static [(AppLiteral, &'static str)]),
    /// The options of a choice.
    Options,
}

/// A literal of an enumeration of the app.
#[derive(Debug)]
pub enum AppLiteral {
    /// A string.
    Text(&'static str),
    /// An integer.
    Integer(i64),
    /// A boolean.
    Bool(bool),
}

impl AppValueFormat {
    /// The sizes of a text.
    pub(crate) const TEXT_SIZE: Self = Self::Enum(&[
        (AppLiteral::Text("LARGE"), "large"),
        (AppLiteral::Text("MEDIUM"), "medium"),
        (AppLiteral::Text("SMALL"), "small"),
    ]);
}
