//! The keys of all files, whatever table they are in: for texts that are not valid TOML, where only the names are known.

use crate::model::{
    availability::Availability,
    dashboard::Dashboard,
    decoder_rule_entry::DecoderRuleEntry,
    edit::Profiles,
    kind,
    profile::{Profile, TlsSettings, Will},
    saved_message::SavedMessage,
    schema::{DynFields as _, FieldInfo, ValueType},
    settings::{ExplorerLimits, Settings, ThemeOverrides},
    template::Template,
    tile::Tile,
};

/// Returns the keys of `profiles.toml`.
pub(super) fn of_profiles() -> Vec<FieldInfo> {
    let tables = [
        Profiles::default().fields(),
        Profile::default().fields(),
        TlsSettings::default().fields(),
        Will::default().fields(),
    ];
    with_columns(tables.into_iter().flatten())
}

/// Returns the keys of the other files.
pub(super) fn of_other_files() -> Vec<FieldInfo> {
    let tables = [
        Dashboard::default().fields(),
        Tile::common_fields(),
        Availability::default().fields(),
        Template::default().fields(),
        DecoderRuleEntry::default().fields(),
        Settings::default().fields(),
        ThemeOverrides::default().fields(),
        ExplorerLimits::default().fields(),
        SavedMessage::default().fields(),
    ];
    with_columns(tables.into_iter().flatten().chain(kind::all().flat_map(|kind| kind.fields())))
}

/// Adds the keys of the tables that are items of lists, such as zones and options.
fn with_columns(fields: impl Iterator<Item = FieldInfo>) -> Vec<FieldInfo> {
    let columns_of = |field: &FieldInfo| match field.value_type {
        ValueType::List(list) => with_columns(list.columns().into_iter()),
        _ => Vec::new(),
    };
    fields.flat_map(|field| columns_of(&field).into_iter().chain([field])).collect()
}

/// What the value of a key may be, as far as a value without quotes could be meant to be it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// Only true or false.
    Bool,
    /// Only a number.
    Number,
    /// Only a text.
    Text,
    /// It is not known, or depends on the table.
    Any,
}

/// Returns what the value of a key with this name may be.
pub(super) fn expected_of(name: &str) -> Expected {
    if name == "prompt" {
        return Expected::Bool;
    }
    let fields = of_profiles().into_iter().chain(of_other_files());
    let mut expected = fields.filter(|field| field.name == name).map(|field| match field.value_type {
        ValueType::Bool => Expected::Bool,
        ValueType::Integer(..) | ValueType::Float => Expected::Number,
        ValueType::String | ValueType::OneOf(_) => Expected::Text,
        ValueType::Custom(_)
        | ValueType::Table(_)
        | ValueType::List(_)
        | ValueType::TextList(_)
        | ValueType::Rows(_) => Expected::Any,
    });
    let first = expected.next().unwrap_or(Expected::Any);
    if expected.all(|other| other == first) { first } else { Expected::Any }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_value_may_be_is_known_from_the_name_of_its_key() {
        for (name, expected) in [
            ("basic_auth", Expected::Bool),
            ("prompt", Expected::Bool),
            ("keep_alive", Expected::Number),
            ("protocol", Expected::Text),
            ("username", Expected::Text),
            ("url", Expected::Any),
            ("from", Expected::Number),
            ("nothing", Expected::Any),
        ] {
            assert_eq!(expected_of(name), expected, "{name}");
        }
    }
}
