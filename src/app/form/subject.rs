//! The subject of a form: the tile, dashboard or profile that it edits. Builds the fields from it, and
//! a draft of it from the fields.

use super::{
    Form, PublishChoice, RowOf, TemplateOfForm,
    field::{FieldEntry, FormField},
    sections::{availability_fields, profile_fields, tile_fields},
};
use crate::model::{
    dashboard::Dashboard,
    id::{DashboardId, TileId},
    kind,
    plural::pluralize,
    profile::Profile,
    schema::{DynFields, FieldInfo},
    tile::Tile,
    value::ValidationError,
};

/// What a form edits.
#[derive(Debug, Clone)]
pub enum FormSubject {
    /// A tile of an open dashboard.
    Tile {
        /// The open dashboard.
        dashboard: DashboardId,
        /// The tile; `None` for a new one, which comes last.
        tile: Option<TileId>,
        /// The tile when the form was opened.
        original: Box<Tile>,
        /// Whether the tile was deleted since the form was opened: it is saved as a new one, after a question.
        was_deleted: bool,
        /// The template that it belongs to, if it is the tile of one.
        template: Option<Box<TemplateOfForm>>,
        /// To which panel it belongs, if it is a row of one.
        row_of: Option<RowOf>,
    },
    /// The settings of an open dashboard, without its tiles.
    Dashboard {
        /// The open dashboard.
        dashboard: DashboardId,
        /// The dashboard when the form was opened, without its tiles.
        original: Box<Dashboard>,
    },
    /// A connection profile.
    Profile {
        /// The name in `profiles.toml`; `None` for a new profile.
        saved_name: Option<String>,
        /// The profile when the form was opened.
        original: Box<Profile>,
        /// The names of the other profiles.
        taken_names: Vec<String>,
    },
}

impl Form {
    /// Creates a form for a tile; `id` is `None` for a new one.
    #[must_use]
    pub(crate) fn for_tile(dashboard: DashboardId, id: Option<TileId>, tile: &Tile) -> Self {
        Self::for_tile_in(dashboard, id, tile, None)
    }

    /// Creates a form for a tile, or for a row of a panel.
    pub(super) fn for_tile_in(dashboard: DashboardId, id: Option<TileId>, tile: &Tile, row_of: Option<RowOf>) -> Self {
        let fields = tile_fields(tile, row_of.is_some());
        let original = Box::new(tile.clone());
        let subject = FormSubject::Tile { dashboard, tile: id, original, was_deleted: false, template: None, row_of };
        let mut form = Self::from_fields(subject, fields);
        form.focused = form.field_index("name").unwrap_or_default();
        form
    }

    /// Fills the form with this tile. The original stays, so that the form counts as changed.
    #[must_use]
    pub(crate) fn with_tile(mut self, tile: &Tile) -> Self {
        self.fields = tile_fields(tile, self.row_of().is_some());
        self.publish_choice = PublishChoice::of(&self.fields);
        self.focused = self.field_index("name").unwrap_or_default();
        self.validate();
        self.fold_sections();
        self
    }

    /// Creates a form for the settings of a dashboard.
    #[must_use]
    pub(crate) fn for_dashboard(id: DashboardId, dashboard: &Dashboard) -> Self {
        let original = Box::new(Dashboard { templates: Vec::new(), tiles: Vec::new(), ..dashboard.clone() });
        let fields = |info: FieldInfo| match info.name {
            "availability" => availability_fields(&*original),
            name => vec![FormField::new("", info.clone(), original.get(name).as_ref())],
        };
        let fields = original.fields().into_iter().flat_map(fields).collect();
        Self::from_fields(FormSubject::Dashboard { dashboard: id, original }, fields)
    }

    /// Creates a form for a profile. `saved_name` is its name in `profiles.toml`, `None` for a new profile.
    #[must_use]
    pub(crate) fn for_profile(saved_name: Option<&str>, profile: &Profile, taken_names: Vec<String>) -> Self {
        let fields = profile_fields(saved_name.unwrap_or(&profile.name), profile);
        let subject = FormSubject::Profile {
            saved_name: saved_name.map(str::to_owned),
            original: Box::new(profile.clone()),
            taken_names,
        };
        Self::from_fields(subject, fields).with_suggested_defaults(profile)
    }

    /// Sets the profile that the form treats as the one in the file. Returns whether it is another one.
    pub(in crate::app) fn set_original_profile(&mut self, profile: Profile) -> bool {
        match &mut self.subject {
            FormSubject::Profile { original, .. } => {
                let is_other = **original != profile;
                **original = profile;
                is_other
            }
            FormSubject::Tile { .. } | FormSubject::Dashboard { .. } => false,
        }
    }

    /// Returns whether what the form describes is not in a file yet.
    #[must_use]
    pub(crate) const fn is_new(&self) -> bool {
        matches!(self.subject, FormSubject::Tile { tile: None, .. } | FormSubject::Profile { saved_name: None, .. })
    }

    /// Returns the title of the form.
    #[must_use]
    pub(crate) fn title(&self) -> String {
        if let (Some(panel), FormSubject::Tile { tile, was_deleted, row_of, .. }) = (self.panel_name(), &self.subject) {
            return match (tile, row_of) {
                _ if *was_deleted => format!("Edit row of {panel} (was deleted, will be added)"),
                (None, Some(RowOf::Panel(..) | RowOf::Form(_, None))) => format!("New row of {panel}"),
                _ => match self.template() {
                    Some(template) => format!("Edit row of {}", pluralize(template.device_count, "device")),
                    None => format!("Edit row of {panel}"),
                },
            };
        }
        match &self.subject {
            FormSubject::Tile { was_deleted: true, .. } => "Edit tile (was deleted, will be added)".to_owned(),
            FormSubject::Tile { tile: None, .. } => "New tile".to_owned(),
            FormSubject::Tile { template: Some(template), .. } => {
                format!("Edit tile of {}", pluralize(template.device_count, "device"))
            }
            FormSubject::Tile { .. } => "Edit tile".to_owned(),
            FormSubject::Dashboard { .. } => "Edit dashboard".to_owned(),
            FormSubject::Profile { saved_name: None, .. } => "New connection".to_owned(),
            FormSubject::Profile { saved_name: Some(name), .. } => format!("Edit connection {name}"),
        }
    }

    pub(super) fn kind_name(&self) -> Option<&'static str> {
        self.fields.iter().find_map(|field| match (&field.entry, field.key) {
            (FieldEntry::Choice(names, index), ("kind", None)) => names.get(*index).copied(),
            _ => None,
        })
    }

    /// Replaces the fields when the selected tile kind has other ones. Fields that both kinds have keep
    /// their input.
    pub(super) fn update_fields_for_kind(&mut self) {
        let Some(kind) = self.kind_name().and_then(|name| kind::from_name(name).ok()) else {
            return;
        };
        let keys: Vec<&str> = self.fields.iter().map(|field| field.key.0).collect();
        let mut fields = tile_fields(&Tile::new(kind), self.row_of().is_some());
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

    /// Returns the tile that the form describes, and the validation errors with their field indices.
    #[must_use]
    pub(crate) fn draft_tile(&self) -> Option<(Tile, Vec<(usize, ValidationError)>)> {
        let mut tile = Tile::new(kind::from_name(self.kind_name()?).ok()?);
        let mut errors = self.write_to(&mut tile);
        if self.row_of().is_some() {
            errors.extend(tile.row_errors().into_iter().map(|error| (self.field_of_whole(&error), error)));
        }
        if let FormSubject::Tile { original, .. } = &self.subject
            && original.kind.name() == tile.kind.name()
        {
            tile.mqtt_dash = original.mqtt_dash.clone();
        }
        Some((tile, errors))
    }

    /// Returns the dashboard settings that the form describes, and the validation errors.
    pub(in crate::app) fn draft_dashboard(&self) -> (Dashboard, Vec<(usize, ValidationError)>) {
        let mut dashboard = Dashboard::default();
        let errors = self.write_to(&mut dashboard);
        (dashboard, errors)
    }

    /// Returns the profile that the form describes, and the validation errors.
    pub(in crate::app) fn draft_profile(&self) -> (Profile, Vec<(usize, ValidationError)>) {
        let name = self.typed_text(("name", None)).trim().to_owned();
        let base_dir = match &self.subject {
            FormSubject::Profile { original, .. } => original.base_dir.clone(),
            _ => std::path::PathBuf::new(),
        };
        let mut profile = Profile { name, base_dir, ..Profile::default() };
        let mut errors = self.write_to(&mut profile);
        if let FormSubject::Profile { taken_names, .. } = &self.subject {
            if profile.name.is_empty() {
                errors.push((0, ValidationError::new("a connection needs a name")));
            } else if taken_names.contains(&profile.name) {
                errors.push((0, ValidationError::new("another connection already has this name")));
            }
        }
        (profile, errors)
    }

    pub(super) fn validation_errors(&self) -> Vec<(usize, ValidationError)> {
        match &self.subject {
            FormSubject::Tile { .. } => {
                let Some((draft, mut errors)) = self.draft_tile() else { return Vec::new() };
                errors.extend(self.placeholder_errors(&draft));
                errors
            }
            FormSubject::Dashboard { .. } => self.draft_dashboard().1,
            FormSubject::Profile { .. } => self.draft_profile().1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::profile::{AlpnProtocols, BrokerUrl, HttpHeaders, PasswordSource};

    #[test]
    fn labels_fit_and_differ_within_their_section() {
        /// The width of the labels on a screen of 40 columns, without the mark of the focus and a space.
        const MAX_LABEL_CHARS: usize = 16;
        let tiles = kind::all().map(|kind| Form::for_tile(DashboardId::default(), None, &Tile::new(kind)));
        let dashboard = Form::for_dashboard(DashboardId::default(), &Dashboard::default());
        let profile = Form::for_profile(None, &Profile::default(), Vec::new());
        for form in tiles.chain([dashboard, profile]) {
            let mut seen = std::collections::HashSet::new();
            for field in form.fields.iter().filter(|field| !field.is_password_source()) {
                assert!(field.label.chars().count() <= MAX_LABEL_CHARS, "{}", field.label);
                assert!(field.label.starts_with(char::is_uppercase), "{}", field.label);
                assert!(seen.insert((field.section, &field.label)), "{} is there twice", field.label);
            }
        }
    }

    #[test]
    fn what_applies_by_default_is_known_for_this_draft() {
        let form = |topic: &str, publish_topic: &str| {
            let mut form = Form::for_tile(DashboardId::default(), None, &Tile::new(kind::from_name("range").unwrap()));
            for (key, text) in [("topic", topic), ("publish_topic", publish_topic)] {
                let index = form.field_index(key).unwrap();
                form.fields[index].set_text(text);
            }
            form
        };
        let implied = |form: &Form, key: &str| form.fields[form.field_index(key).unwrap()].implied(&*form.draft());
        for (topic, publish_topic, publishes, target) in [
            ("lamp", "", "yes", Some("lamp")),
            ("lamp/state", "", "no", None),
            ("lamp/state", "lamp/set", "yes", Some("lamp/set")),
            ("lamp/+", "", "yes", None),
        ] {
            let form = form(topic, publish_topic);
            assert_eq!(implied(&form, "publish").as_deref(), Some(publishes), "{topic}");
            assert_eq!(implied(&form, "publish_topic").as_deref(), target, "{topic}");
        }
        assert_eq!(implied(&form("lamp", ""), "step").as_deref(), Some("1"));
        assert_eq!(implied(&form("lamp", ""), "wait_for_echo").as_deref(), Some("no"));
        assert_eq!(implied(&form("lamp", ""), "blink"), None);
    }

    #[test]
    fn values_that_only_an_editor_changes_are_kept() {
        let source = || PasswordSource::Env("SECRET".to_owned());
        let mut profile = Profile {
            name: "hub".to_owned(),
            headers: HttpHeaders(vec![("Authorization".to_owned(), source())]),
            proxy_username: Some("ann".to_owned()),
            proxy_password: Some(source()),
            ..Profile::from_broker_url(BrokerUrl::parse("wss://broker").unwrap())
        };
        profile.set("proxy", &"socks5://proxy".into()).unwrap().unwrap();
        profile.tls.0.alpn = AlpnProtocols(vec!["mqtt".to_owned(), "http/1.1".to_owned()]);
        let mut form = Form::for_profile(Some("hub"), &profile, Vec::new());
        assert_eq!(form.draft_profile(), (profile.clone(), Vec::new()));
        form.focused = form.field_index("headers").unwrap();
        form.edit(crate::app::input_edit::InputEdit::Insert("x".to_owned()));
        assert_eq!(form.draft_profile().0, profile);
    }
}
