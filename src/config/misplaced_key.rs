//! Keys and tables that are in the wrong place of a file: what to write instead.

use toml::{Spanned, de::DeValue};

use crate::model::{profile::Profile, schema::DynFields, tile::Tile, value::did_you_mean};

/// Returns the help for a key at the top of `profiles.toml` that is none there.
pub(super) fn help_in_profiles(name: &str, value: &DeValue<'_>) -> Option<String> {
    let fields = Profile::default().fields();
    let is_of_profile = fields.iter().any(|field| field.name == name);
    match value {
        DeValue::Table(_) if is_of_profile => Some(format!("write [profile.NAME.{name}]")),
        _ if is_of_profile => Some("write it below [profile.NAME]".to_owned()),
        DeValue::Table(table) if is_like(name, "profile") && table.values().all(is_table) => {
            Some("write [profile.NAME]".to_owned())
        }
        DeValue::Table(_) => Some(format!("write [profile.{}]", quoted_if_needed(name))),
        DeValue::Array(items) if items.iter().any(is_table) => Some("write [profile.NAME]".to_owned()),
        _ => None,
    }
}

/// Returns the help for a key at the top of a dashboard file that is none there.
pub(super) fn help_in_dashboard(name: &str, value: &DeValue<'_>) -> Option<String> {
    let is_of_tile =
        name == "kind" || Tile::common_fields().iter().any(|field| field.name == name && field.name != "mqtt_dash");
    match value {
        _ if is_of_tile => Some("write it below [[tile]]".to_owned()),
        DeValue::Table(_) | DeValue::Array(_) if is_like(name, "for_each") => Some("write [[for_each]]".to_owned()),
        DeValue::Table(_) => Some("write [[tile]]".to_owned()),
        DeValue::Array(items) if items.iter().any(is_table) => Some("write [[tile]]".to_owned()),
        _ => None,
    }
}

fn is_table(value: &Spanned<DeValue<'_>>) -> bool {
    value.get_ref().is_table()
}

fn is_like(name: &str, known: &str) -> bool {
    did_you_mean(name, [known]).is_some()
}

/// Returns a name as it is written in the header of a table.
fn quoted_if_needed(name: &str) -> String {
    let is_bare = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '-';
    if !name.is_empty() && name.chars().all(is_bare) { name.to_owned() } else { format!("{name:?}") }
}
