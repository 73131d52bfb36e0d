//! What a form is about, which fields that has, and what becomes of them.

use super::{
    Form,
    field::{Entry, Field, Lead},
    inside, says_nothing_of_publishing, secret,
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
pub enum Subject {
    /// A tile of a board.
    Tile {
        /// The board's number.
        board: usize,
        /// The tile's place.
        at: usize,
        /// Whether it is a new one.
        new: bool,
        /// The tile as it was.
        was: Box<Tile>,
    },
    /// The keys of a board's dashboard.
    Board {
        /// The board's number.
        board: usize,
        /// The dashboard as it was.
        was: Dashboard,
    },
    /// A profile.
    Profile {
        /// Its name in the file; `None`: it is new.
        name: Option<String>,
        /// The profile as it was.
        was: Box<Profile>,
        /// The names that others have.
        taken: Vec<String>,
    },
}

/// The heading of a tile's key that every kind has.
fn section(name: &str) -> &'static str {
    match name {
        "name" | "topic" | "json_path" => "",
        "prefix" | "postfix" => "Value",
        "blink" | "on_receive" | "on_display" | "on_tap" => "Scripts",
        _ => "Publishing",
    }
}

/// A field that is no key of the table.
fn extra(label: &'static str, about: &'static str, entry: Entry) -> Field {
    Field {
        section: "",
        label,
        key: (label, None),
        about,
        wants: ValueType::String,
        default: None,
        entry,
        lead: Lead::Nothing,
    }
}

fn kinds() -> &'static [&'static str] {
    static WORDS: std::sync::OnceLock<Vec<&'static str>> = std::sync::OnceLock::new();
    WORDS.get_or_init(|| kind::all().map(|kind| kind.name()).collect())
}

/// The fields of a tile: what it is, then what its kind has, then the rest.
fn tile_fields(tile: &Tile) -> Vec<Field> {
    let at = kinds().iter().position(|word| *word == tile.kind.name()).unwrap_or_default();
    let mut fields = vec![extra("kind", "what the tile is", Entry::Word(kinds(), at))];
    let field = |section, row: FieldInfo| {
        let now = tile.get(row.name);
        Field::new(section, row, now.as_ref())
    };
    let fits = |row: &FieldInfo| {
        let affix = matches!(row.name, "prefix" | "postfix");
        !affix || tile.kind.supports_prefix_suffix() || tile.get(row.name) != row.default
    };
    let asked = |row: &FieldInfo| row.name != "mqtt_dash" && fits(row);
    let common: Vec<FieldInfo> = Tile::common_fields().into_iter().filter(asked).collect();
    let of = |wanted: &'static str| common.iter().filter(move |row| section(row.name) == wanted).cloned();
    fields.extend(of("").map(|row| field("", row)));
    fields.extend(tile.kind.fields().into_iter().map(|row| field("Value", row)));
    for wanted in ["Value", "Publishing", "Scripts"] {
        fields.extend(of(wanted).map(|row| field(wanted, row)));
    }
    fields
}

/// The fields of a profile, with its tables' own below headings of their own.
fn profile_fields(name: &str, profile: &Profile) -> Vec<Field> {
    let mut fields = vec![extra("name", "what you call this connection", Entry::Line(name.to_owned().into()))];
    for row in DynFields::fields(profile) {
        let now = profile.get(row.name);
        match row.name {
            "password" => fields.extend(secret::fields("", &row, now.as_ref())),
            "tls" => fields.extend(inner_fields("TLS", "tls", &TlsSettings::default(), &inside(profile, "tls"))),
            "will" => fields.extend(inner_fields("Last will", "will", &Will::default(), &inside(profile, "will"))),
            "url" | "username" => fields.push(Field::new("", row, now.as_ref())),
            _ => fields.push(Field::new("More", row, now.as_ref())),
        }
    }
    let order = ["", "TLS", "More", "Last will"];
    let place = |field: &Field| order.iter().position(|section| *section == field.section);
    fields.sort_by_key(place);
    fields
}

fn inner_fields(
    section: &'static str,
    name: &'static str,
    plain: &dyn DynFields,
    now: &[(String, Value)],
) -> Vec<Field> {
    let field = |row: FieldInfo| {
        let value = now.iter().find(|(key, _)| key == row.name).map(|(_, value)| value);
        let inner = row.name;
        Field { key: (name, Some(inner)), ..Field::new(section, row, value) }
    };
    plain.fields().into_iter().map(field).collect()
}

impl Form {
    /// A form for a tile.
    #[must_use]
    pub fn tile(board: usize, at: usize, new: bool, tile: &Tile) -> Self {
        let mut form = Self::of(Subject::Tile { board, at, new, was: Box::new(tile.clone()) }, tile_fields(tile));
        form.at = form.index("name").unwrap_or_default();
        form
    }

    /// The same with this tile written into it.
    #[must_use]
    pub fn with(mut self, tile: &Tile) -> Self {
        self.fields = tile_fields(tile);
        self.lends_publish = says_nothing_of_publishing(&self.fields);
        self.at = self.index("name").unwrap_or_default();
        self.check();
        self
    }

    /// A form for the keys of a dashboard.
    #[must_use]
    pub fn board(board: usize, dashboard: &Dashboard) -> Self {
        let was = Dashboard { tiles: Vec::new(), ..dashboard.clone() };
        let field = |row: FieldInfo| {
            let now = was.get(row.name);
            Field::new("", row, now.as_ref())
        };
        let fields = was.fields().into_iter().map(field).collect();
        Self::of(Subject::Board { board, was }, fields)
    }

    /// A form for a profile; `name` is the one it has in the file.
    #[must_use]
    pub fn profile(name: Option<&str>, profile: &Profile, taken: Vec<String>) -> Self {
        let fields = profile_fields(name.unwrap_or(&profile.name), profile);
        let subject = Subject::Profile { name: name.map(str::to_owned), was: Box::new(profile.clone()), taken };
        Self::of(subject, fields)
    }

    /// The profile says this now.
    pub(in crate::app) fn found(&mut self, profile: Profile) {
        if let Subject::Profile { was, .. } = &mut self.subject {
            **was = profile;
        }
    }

    /// What the form is called.
    #[must_use]
    pub fn title(&self) -> String {
        match &self.subject {
            Subject::Tile { new: true, .. } => "New tile".to_owned(),
            Subject::Tile { .. } => "Edit tile".to_owned(),
            Subject::Board { .. } => "Edit dashboard".to_owned(),
            Subject::Profile { name: None, .. } => "New connection".to_owned(),
            Subject::Profile { name: Some(name), .. } => format!("Edit connection {name}"),
        }
    }

    fn kind(&self) -> Option<&'static str> {
        self.fields.iter().find_map(|field| match (&field.entry, field.key) {
            (Entry::Word(words, at), ("kind", None)) => words.get(*at).copied(),
            _ => None,
        })
    }

    /// Another kind has other fields; what both have stays as it is.
    pub(super) fn rekind(&mut self) {
        let Some(kind) = self.kind().and_then(|word| kind::from_name(word).ok()) else {
            return;
        };
        let known: Vec<&str> = self.fields.iter().map(|field| field.key.0).collect();
        let mut fields = tile_fields(&Tile::new(kind));
        let same = fields.len() == known.len() && fields.iter().all(|field| known.contains(&field.key.0));
        if same {
            return;
        }
        for field in &mut fields {
            let old = self.fields.iter().find(|old| old.key == field.key && old.wants == field.wants);
            if let Some(old) = old {
                field.entry = old.entry.clone();
            }
        }
        let key = self.fields[self.at].key;
        self.fields = fields;
        self.at = self.fields.iter().position(|field| field.key == key).unwrap_or_default();
    }

    /// The tile as the form has it, and what is wrong with it.
    #[must_use]
    pub fn draft_tile(&self) -> Option<(Tile, Vec<(usize, ValidationError)>)> {
        let mut tile = Tile::new(kind::from_name(self.kind()?).ok()?);
        let wrong = self.fill(&mut tile);
        if let Subject::Tile { was, .. } = &self.subject
            && was.kind.name() == tile.kind.name()
        {
            tile.mqtt_dash = was.mqtt_dash.clone();
        }
        Some((tile, wrong))
    }

    /// The dashboard's keys as the form has them.
    pub(in crate::app) fn draft_board(&self) -> (Dashboard, Vec<(usize, ValidationError)>) {
        let mut dashboard = Dashboard::default();
        let wrong = self.fill(&mut dashboard);
        (dashboard, wrong)
    }

    /// The profile as the form has it.
    pub(in crate::app) fn draft_profile(&self) -> (Profile, Vec<(usize, ValidationError)>) {
        let name = self.typed_text(("name", None)).trim().to_owned();
        let folder = match &self.subject {
            Subject::Profile { was, .. } => was.base_dir.clone(),
            _ => std::path::PathBuf::new(),
        };
        let mut profile = Profile { name, base_dir: folder, ..Profile::default() };
        let mut wrong = self.fill(&mut profile);
        if let Subject::Profile { taken, .. } = &self.subject {
            if profile.name.is_empty() {
                wrong.push((0, ValidationError::new("a connection needs a name")));
            } else if taken.contains(&profile.name) {
                wrong.push((0, ValidationError::new("another connection has this name")));
            }
        }
        (profile, wrong)
    }

    pub(super) fn complaints(&self) -> Vec<(usize, ValidationError)> {
        match &self.subject {
            Subject::Tile { .. } => self.draft_tile().map(|(_, wrong)| wrong).unwrap_or_default(),
            Subject::Board { .. } => self.draft_board().1,
            Subject::Profile { .. } => self.draft_profile().1,
        }
    }
}
