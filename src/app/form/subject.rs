//! What a form is about, which fields that has, and what becomes of them.

use super::{
    Form,
    field::{CompletionSource, FieldEntry, FormField},
    nested_entries, password, publish_is_unset,
};
use crate::model::{
    dashboard::Dashboard,
    kind,
    profile::{Profile, TlsSettings, Will},
    schema::{DynFields, FieldInfo, ValueType},
    tile::Tile,
    value::{ValidationError, Value},
};

/// What a form is about.
#[derive(Debug, Clone)]
pub enum FormSubject {
    /// A tile of a board.
    Tile {
        /// The board's number.
        dashboard_index: usize,
        /// The tile's place.
        tile_index: usize,
        /// Whether it is a new one.
        new: bool,
        /// The tile as it was.
        original: Box<Tile>,
    },
    /// The keys of a board's dashboard.
    Dashboard {
        /// The board's number.
        dashboard_index: usize,
        /// The dashboard as it was.
        original: Dashboard,
    },
    /// A profile.
    Profile {
        /// Its name in the file; `None`: it is new.
        saved_name: Option<String>,
        /// The profile as it was.
        original: Box<Profile>,
        /// The names that others have.
        taken_names: Vec<String>,
    },
}

/// The heading of a tile's key that every kind has.
fn tile_key_section(name: &str) -> &'static str {
    match name {
        "name" | "topic" | "json_path" => "",
        "prefix" | "postfix" => "Value",
        "blink" | "on_receive" | "on_display" | "on_tap" => "Scripts",
        _ => "Publishing",
    }
}

/// A field that is no key of the table.
fn extra_field(label: &'static str, description: &'static str, entry: FieldEntry) -> FormField {
    FormField {
        section: "",
        label,
        key: (label, None),
        description,
        value_type: ValueType::String,
        default: None,
        entry,
        completion_source: CompletionSource::Nothing,
    }
}

fn kind_names() -> &'static [&'static str] {
    static NAMES: std::sync::OnceLock<Vec<&'static str>> = std::sync::OnceLock::new();
    NAMES.get_or_init(|| kind::all().map(|kind| kind.name()).collect())
}

/// The fields of a tile: what it is, then what its kind has, then the rest.
fn tile_fields(tile: &Tile) -> Vec<FormField> {
    let index = kind_names().iter().position(|word| *word == tile.kind.name()).unwrap_or_default();
    let mut fields = vec![extra_field("kind", "what the tile is", FieldEntry::Choice(kind_names(), index))];
    let field = |section, row: FieldInfo| {
        let current = tile.get(row.name);
        FormField::new(section, row, current.as_ref())
    };
    let applies = |row: &FieldInfo| {
        let is_affix = matches!(row.name, "prefix" | "postfix");
        !is_affix || tile.kind.supports_prefix_suffix() || tile.get(row.name) != row.default
    };
    let shown = |row: &FieldInfo| row.name != "mqtt_dash" && applies(row);
    let common: Vec<FieldInfo> = Tile::common_fields().into_iter().filter(shown).collect();
    let in_section =
        |heading: &'static str| common.iter().filter(move |row| tile_key_section(row.name) == heading).cloned();
    fields.extend(in_section("").map(|row| field("", row)));
    fields.extend(tile.kind.fields().into_iter().map(|row| field("Value", row)));
    for heading in ["Value", "Publishing", "Scripts"] {
        fields.extend(in_section(heading).map(|row| field(heading, row)));
    }
    fields
}

/// The fields of a profile, with its tables' own below headings of their own.
fn profile_fields(name: &str, profile: &Profile) -> Vec<FormField> {
    let mut fields =
        vec![extra_field("name", "what you call this connection", FieldEntry::Text(name.to_owned().into()))];
    for row in DynFields::fields(profile) {
        let current = profile.get(row.name);
        match row.name {
            "password" => fields.extend(password::password_fields("", &row, current.as_ref())),
            "tls" => {
                fields.extend(nested_fields("TLS", "tls", &TlsSettings::default(), &nested_entries(profile, "tls")))
            }
            "will" => {
                fields.extend(nested_fields("Last will", "will", &Will::default(), &nested_entries(profile, "will")))
            }
            "url" | "username" => fields.push(FormField::new("", row, current.as_ref())),
            _ => fields.push(FormField::new("More", row, current.as_ref())),
        }
    }
    let section_order = ["", "TLS", "More", "Last will"];
    let section_index = |field: &FormField| section_order.iter().position(|section| *section == field.section);
    fields.sort_by_key(section_index);
    fields
}

fn nested_fields(
    section: &'static str,
    name: &'static str,
    defaults: &dyn DynFields,
    current: &[(String, Value)],
) -> Vec<FormField> {
    let field = |row: FieldInfo| {
        let value = current.iter().find(|(key, _)| key == row.name).map(|(_, value)| value);
        let nested_key = row.name;
        FormField { key: (name, Some(nested_key)), ..FormField::new(section, row, value) }
    };
    defaults.fields().into_iter().map(field).collect()
}

impl Form {
    /// A form for a tile.
    #[must_use]
    pub fn for_tile(dashboard_index: usize, tile_index: usize, is_new: bool, tile: &Tile) -> Self {
        let mut form = Self::from_fields(
            FormSubject::Tile { dashboard_index, tile_index, new: is_new, original: Box::new(tile.clone()) },
            tile_fields(tile),
        );
        form.focused = form.field_index("name").unwrap_or_default();
        form
    }

    /// The same with this tile written into it.
    #[must_use]
    pub fn with_tile(mut self, tile: &Tile) -> Self {
        self.fields = tile_fields(tile);
        self.publish_implied = publish_is_unset(&self.fields);
        self.focused = self.field_index("name").unwrap_or_default();
        self.validate();
        self
    }

    /// A form for the keys of a dashboard.
    #[must_use]
    pub fn for_dashboard(dashboard_index: usize, dashboard: &Dashboard) -> Self {
        let original = Dashboard { tiles: Vec::new(), ..dashboard.clone() };
        let field = |row: FieldInfo| {
            let current = original.get(row.name);
            FormField::new("", row, current.as_ref())
        };
        let fields = original.fields().into_iter().map(field).collect();
        Self::from_fields(FormSubject::Dashboard { dashboard_index, original }, fields)
    }

    /// A form for a profile; `name` is the one it has in the file.
    #[must_use]
    pub fn for_profile(saved_name: Option<&str>, profile: &Profile, taken_names: Vec<String>) -> Self {
        let fields = profile_fields(saved_name.unwrap_or(&profile.name), profile);
        let subject = FormSubject::Profile {
            saved_name: saved_name.map(str::to_owned),
            original: Box::new(profile.clone()),
            taken_names,
        };
        Self::from_fields(subject, fields)
    }

    /// The profile says this now.
    pub(in crate::app) fn set_original_profile(&mut self, profile: Profile) {
        if let FormSubject::Profile { original, .. } = &mut self.subject {
            **original = profile;
        }
    }

    /// What the form is called.
    #[must_use]
    pub fn title(&self) -> String {
        match &self.subject {
            FormSubject::Tile { new: true, .. } => "New tile".to_owned(),
            FormSubject::Tile { .. } => "Edit tile".to_owned(),
            FormSubject::Dashboard { .. } => "Edit dashboard".to_owned(),
            FormSubject::Profile { saved_name: None, .. } => "New connection".to_owned(),
            FormSubject::Profile { saved_name: Some(name), .. } => format!("Edit connection {name}"),
        }
    }

    fn kind_name(&self) -> Option<&'static str> {
        self.fields.iter().find_map(|field| match (&field.entry, field.key) {
            (FieldEntry::Choice(words, at), ("kind", None)) => words.get(*at).copied(),
            _ => None,
        })
    }

    /// Another kind has other fields; what both have stays as it is.
    pub(super) fn update_fields_for_kind(&mut self) {
        let Some(kind) = self.kind_name().and_then(|word| kind::from_name(word).ok()) else {
            return;
        };
        let keys: Vec<&str> = self.fields.iter().map(|field| field.key.0).collect();
        let mut fields = tile_fields(&Tile::new(kind));
        let unchanged = fields.len() == keys.len() && fields.iter().all(|field| keys.contains(&field.key.0));
        if unchanged {
            return;
        }
        for field in &mut fields {
            let old = self.fields.iter().find(|old| old.key == field.key && old.value_type == field.value_type);
            if let Some(old) = old {
                field.entry = old.entry.clone();
            }
        }
        let focused_key = self.fields[self.focused].key;
        self.fields = fields;
        self.focused = self.fields.iter().position(|field| field.key == focused_key).unwrap_or_default();
    }

    /// The tile as the form has it, and what is wrong with it.
    #[must_use]
    pub fn draft_tile(&self) -> Option<(Tile, Vec<(usize, ValidationError)>)> {
        let mut tile = Tile::new(kind::from_name(self.kind_name()?).ok()?);
        let errors = self.write_to(&mut tile);
        if let FormSubject::Tile { original, .. } = &self.subject
            && original.kind.name() == tile.kind.name()
        {
            tile.mqtt_dash = original.mqtt_dash.clone();
        }
        Some((tile, errors))
    }

    /// The dashboard's keys as the form has them.
    pub(in crate::app) fn draft_dashboard(&self) -> (Dashboard, Vec<(usize, ValidationError)>) {
        let mut dashboard = Dashboard::default();
        let errors = self.write_to(&mut dashboard);
        (dashboard, errors)
    }

    /// The profile as the form has it.
    pub(in crate::app) fn draft_profile(&self) -> (Profile, Vec<(usize, ValidationError)>) {
        let name = self.typed_text(("name", None)).trim().to_owned();
        let folder = match &self.subject {
            FormSubject::Profile { original, .. } => original.base_dir.clone(),
            _ => std::path::PathBuf::new(),
        };
        let mut profile = Profile { name, base_dir: folder, ..Profile::default() };
        let mut errors = self.write_to(&mut profile);
        if let FormSubject::Profile { taken_names, .. } = &self.subject {
            if profile.name.is_empty() {
                errors.push((0, ValidationError::new("a connection needs a name")));
            } else if taken_names.contains(&profile.name) {
                errors.push((0, ValidationError::new("another connection has this name")));
            }
        }
        (profile, errors)
    }

    pub(super) fn validation_errors(&self) -> Vec<(usize, ValidationError)> {
        match &self.subject {
            FormSubject::Tile { .. } => self.draft_tile().map(|(_, errors)| errors).unwrap_or_default(),
            FormSubject::Dashboard { .. } => self.draft_dashboard().1,
            FormSubject::Profile { .. } => self.draft_profile().1,
        }
    }
}
