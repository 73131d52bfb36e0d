//! The fields of forms, in sections, from the keys of what they edit.

use super::{
    CompletionSource,
    field::{FieldEntry, FormField},
    nested_entries, password,
    presets::PRESET_KEY,
};
use crate::model::{
    availability::Availability,
    kind,
    profile::{PasswordSource, Profile, TlsSettings, Will},
    schema::{DynFields, FieldInfo, FieldValue as _, ValueType},
    tile::{Tile, is_only_of_panel, is_only_of_rows},
};

/// Returns the section heading for a key that tiles of every kind have.
fn tile_key_section(name: &str) -> &'static str {
    match name {
        "name" | "topic" | "json_path" => "",
        "prefix" | "postfix" => "Value",
        "publish" | "publish_topic" | "payload" | "confirm" => "Publishing",
        "width" | "height" | "only" => "Layout",
        "availability" => "Availability",
        "blink" | "on_receive" | "on_display" | "on_tap" => "Scripts",
        _ => "Advanced",
    }
}

/// Creates a field for something that is not a key in the schema, such as the tile kind.
fn extra_field(key: &'static str, label: &'static str, description: &'static str, entry: FieldEntry) -> FormField {
    FormField {
        section: "",
        label: label.into(),
        key: (key, None),
        part: None,
        description,
        value_type: ValueType::String,
        default: None,
        entry,
        completion_source: CompletionSource::Nothing,
    }
}

fn preset_field() -> FormField {
    let description =
        "fills the fields below for a common device; what it sets is listed, and the file has no key for it";
    FormField {
        section: "Value",
        completion_source: CompletionSource::Preset,
        ..extra_field(PRESET_KEY.0, "Preset", description, FieldEntry::Preset)
    }
}

/// Returns the names of the kinds of tiles, or of rows of panels.
fn kind_names(of_rows: bool) -> &'static [&'static str] {
    static NAMES: [std::sync::OnceLock<Vec<&'static str>>; 2] = [const { std::sync::OnceLock::new() }; 2];
    let kinds = || kind::all().filter(|kind| !of_rows || kind.fits_row());
    NAMES[usize::from(of_rows)].get_or_init(|| kinds().map(|kind| kind.name()).collect())
}

/// Returns the fields of a tile, or of a row of a panel: the kind and the general keys, then the keys of its kind, then the
/// other keys.
pub(super) fn tile_fields(tile: &Tile, is_row: bool) -> Vec<FormField> {
    let kind_names = kind_names(is_row);
    let index = kind_names.iter().position(|name| *name == tile.kind.name()).unwrap_or_default();
    let mut fields =
        vec![extra_field("kind", "Kind", "what the tile does with its value", FieldEntry::Choice(kind_names, index))];
    let field = |section, info: FieldInfo| {
        let current = tile.get(info.name);
        let description =
            if is_row && info.name == "name" { "the name, at the left of the row" } else { info.description };
        FormField { description, ..FormField::new(section, info, current.as_ref()) }
    };
    let applies = |info: &FieldInfo| {
        let has_effect = match info.name {
            "prefix" | "postfix" => tile.kind.supports_prefix_suffix(),
            "payload" => tile.publishes_values(),
            name if is_row && is_only_of_panel(name) || tile.is_panel() && is_only_of_rows(name) => false,
            "width" | "height" => tile.kind.section().is_none(),
            _ => true,
        };
        has_effect || tile.get(info.name) != info.default
    };
    let of_kind = tile.kind.fields();
    let is_of_kind = |info: &FieldInfo| of_kind.iter().any(|own| own.name == info.name);
    let shown = |info: &FieldInfo| info.name != "mqtt_dash" && !is_of_kind(info) && applies(info);
    let common: Vec<FieldInfo> = Tile::common_fields().into_iter().filter(shown).collect();
    let in_section =
        |section: &'static str| common.iter().filter(move |info| tile_key_section(info.name) == section).cloned();
    fields.extend(in_section("").map(|info| field("", info)));
    if !tile.kind.presets().is_empty() {
        fields.push(preset_field());
    }
    fields.extend(tile.kind.fields().into_iter().flat_map(|info| match tile.kind.nested_fields(info.name) {
        Some((section, defaults)) => nested_fields(section, info.name, &*defaults, tile),
        None => vec![field("Value", info)],
    }));
    for section in ["Value", "Publishing", "Layout"] {
        fields.extend(in_section(section).map(|info| field(section, info)));
    }
    fields.extend(availability_fields(tile));
    for section in ["Advanced", "Scripts"] {
        fields.extend(in_section(section).map(|info| field(section, info)));
    }
    fields
}

/// Returns the fields for where a device says whether it is online.
pub(super) fn availability_fields(table: &dyn DynFields) -> Vec<FormField> {
    nested_fields("Availability", "availability", &Availability::default(), table)
}

/// Returns the fields of a profile. The nested tables `tls` and `will` get their own sections.
pub(super) fn profile_fields(name: &str, profile: &Profile) -> Vec<FormField> {
    let mut fields =
        vec![extra_field("name", "Name", "the name of the connection", FieldEntry::Text(name.to_owned().into()))];
    for info in DynFields::fields(profile) {
        let current = profile.get(info.name);
        match info.name {
            "tls" => fields.extend(nested_fields("TLS", "tls", &TlsSettings::default(), profile)),
            "will" => fields.extend(nested_fields("Last will", "will", &Will::default(), profile)),
            name if info.value_type == PasswordSource::VALUE_TYPE => {
                let section = if name == "password" { "" } else { "Advanced" };
                fields.extend(password::password_fields(section, (name, None), &info, current.as_ref()));
            }
            "url" | "username" => fields.push(FormField::new("", info, current.as_ref())),
            _ => fields.push(FormField::new("Advanced", info, current.as_ref())),
        }
    }
    let section_order = ["", "TLS", "Advanced", "Last will"];
    let section_index = |field: &FormField| section_order.iter().position(|section| *section == field.section);
    fields.sort_by_key(section_index);
    fields
}

fn nested_fields(
    section: &'static str,
    name: &'static str,
    defaults: &dyn DynFields,
    table: &dyn DynFields,
) -> Vec<FormField> {
    let current = nested_entries(table, name);
    let fields = |info: FieldInfo| {
        let value = current.iter().find(|(key, _)| key == info.name).map(|(_, value)| value);
        let key = (name, Some(info.name));
        if info.value_type == PasswordSource::VALUE_TYPE {
            return Vec::from(password::password_fields(section, key, &info, value));
        }
        vec![FormField { key, ..FormField::new(section, info, value) }]
    };
    defaults.fields().into_iter().flat_map(fields).collect()
}
