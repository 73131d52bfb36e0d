//! Editing what has keys: a tile, a dashboard, a profile. The fields come out of the rows of its
//! [`Table`]; nothing is saved until all of them are right.

mod field;
mod options;
mod pick;
mod secret;
mod subject;
mod tree;

use tui_input::InputRequest;

use super::prompt::{ColorPicker, wrap_index};
use crate::model::{
    color::{Color, Rgb},
    grid::Direction,
    schema::{DynFields, FieldValue as _},
    value::{ValidationError, Value, ValuePathSegment},
};

pub use field::{Entry as FieldEntry, Field, Lead};
pub use options::Options;
pub use pick::{Pick, PickRow};
pub use subject::Subject;

/// The key that says whether pressing a tile publishes.
const PUBLISH: (&str, Option<&str>) = ("publish", None);

/// Something that is being edited.
#[derive(Debug, Clone)]
pub struct Form {
    /// What it is.
    pub subject: Subject,
    /// Its fields.
    pub fields: Vec<Field>,
    /// The field that the keys go to.
    pub at: usize,
    /// What lies over the form to fill a field from.
    pub over: Option<Over>,
    /// Whether it asks if what was changed is to be thrown away.
    pub leaving: bool,
    /// What is wrong, and with which field.
    pub wrong: Vec<(usize, ValidationError)>,
    /// Whether what is typed may be completed: not before something was typed into the field, and not
    /// where the person does not want it.
    pub(super) completes: bool,
    /// Whether `publish` says what the other keys ask for, for the person has said nothing about it.
    lends_publish: bool,
    begun: Vec<Field>,
}

/// What lies over a form to fill a field from.
#[derive(Debug, Clone)]
pub enum Over {
    /// A list that can be searched.
    List(Pick),
    /// The colour picker.
    Color(ColorPicker),
    /// The options of a choice.
    Options(Options),
}

impl Form {
    fn of(subject: Subject, fields: Vec<Field>) -> Self {
        let lends_publish = says_nothing_of_publishing(&fields);
        let mut form = Self {
            subject,
            begun: fields.clone(),
            fields,
            at: 0,
            over: None,
            leaving: false,
            wrong: Vec::new(),
            completes: false,
            lends_publish,
        };
        form.check();
        form
    }

    /// The field that the keys go to.
    #[must_use]
    pub fn field(&self) -> Option<&Field> {
        self.fields.get(self.at)
    }

    /// The colour picker, if one lies over the form.
    #[must_use]
    pub const fn picker(&self) -> Option<&ColorPicker> {
        match &self.over {
            Some(Over::Color(picker)) => Some(picker),
            _ => None,
        }
    }

    /// Whether anything was changed.
    #[must_use]
    pub fn changed(&self) -> bool {
        self.fields != self.begun
    }

    /// Whether a field can be gone to: what a source of passwords does not take cannot.
    #[must_use]
    pub fn open(&self, index: usize) -> bool {
        match self.fields.get(index).map(|field| field.key) {
            Some(("password", Some("what"))) => secret::asks(self.source()),
            known => known.is_some(),
        }
    }

    fn source(&self) -> usize {
        self.fields
            .iter()
            .find_map(|field| match (&field.entry, field.key) {
                (FieldEntry::Word(_, at), (_, Some("from"))) => Some(*at),
                _ => None,
            })
            .unwrap_or_default()
    }

    fn typed_text(&self, key: (&str, Option<&str>)) -> &str {
        let field = self.fields.iter().find(|field| field.key == key);
        match field.map(|field| &field.entry) {
            Some(FieldEntry::Line(input) | FieldEntry::Hidden(input)) => input.value(),
            _ => "",
        }
    }

    /// Goes to the field so many further, around the end.
    pub(super) fn next(&mut self, by: isize) {
        self.leaving = false;
        self.completes = false;
        for _ in 0..self.fields.len() {
            self.at = wrap_index(self.at, by.signum(), self.fields.len());
            if self.open(self.at) {
                return;
            }
        }
    }

    /// Goes on within the form or in what lies over it.
    pub(super) fn go(&mut self, way: Direction) {
        match (&mut self.over, way) {
            (Some(Over::List(pick)), way) => pick.go(way),
            (Some(Over::Color(picker)), way) => picker.handle_direction(way),
            (Some(Over::Options(options)), way) => options.go(way),
            (None, Direction::Up) if self.at > 0 => self.next(-1),
            (None, Direction::Down) if self.at + 1 < self.fields.len() => self.next(1),
            (None, Direction::PageUp) => (0..8).for_each(|_| self.go(Direction::Up)),
            (None, Direction::PageDown) => (0..8).for_each(|_| self.go(Direction::Down)),
            (None, Direction::First) => self.at = 0,
            (None, Direction::Last) => self.at = self.fields.len().saturating_sub(1),
            (None, Direction::Up | Direction::Down) => {}
            (None, way @ (Direction::Left | Direction::Right)) => self.turn(way),
        }
    }

    fn turn(&mut self, way: Direction) {
        self.leaving = false;
        if let Some(field) = self.fields.get_mut(self.at) {
            field.turn(way);
            self.lends_publish &= field.key != PUBLISH;
        }
        let source = self.source();
        if let Some(what) = self.fields.iter_mut().find(|field| field.key.1 == Some("what")) {
            secret::dress(source, what);
        }
        self.rekind();
        self.lend_publish();
        self.check();
    }

    /// Goes to the next part: the next field, or in what lies over the form.
    pub(super) fn next_part(&mut self, by: isize) {
        match &mut self.over {
            None => self.next(by),
            Some(Over::Color(picker)) => picker.cycle_part(by),
            Some(Over::Options(options)) => options.next(by),
            Some(Over::List(pick)) => pick.go(if by < 0 { Direction::Up } else { Direction::Down }),
        }
    }

    pub(super) fn edit(&mut self, request: InputRequest) {
        self.leaving = false;
        match &mut self.over {
            Some(Over::List(pick)) => return pick.edit(request),
            Some(Over::Color(picker)) => return picker.handle_input(request),
            Some(Over::Options(options)) => return options.edit(request),
            None => {}
        }
        match self.fields.get_mut(self.at).map(|field| &mut field.entry) {
            Some(FieldEntry::Line(input) | FieldEntry::Hidden(input)) => drop(input.handle(request)),
            _ => return,
        }
        self.completes = matches!(request, InputRequest::InsertChar(_));
        self.lend_publish();
        self.check();
    }

    /// Writes something behind what is typed in the field.
    pub(super) fn append(&mut self, rest: &str) {
        let field = self.fields.get_mut(self.at);
        if let Some(Field { entry: FieldEntry::Line(input), .. }) = field {
            *input = tui_input::Input::new(format!("{}{rest}", input.value()));
        }
        self.completes = false;
        self.check();
    }

    /// Marks the row with this number in what lies over the form, or goes to the field.
    pub(super) fn choose(&mut self, index: usize) {
        match &mut self.over {
            Some(Over::List(pick)) => pick.choose(index),
            Some(Over::Color(picker)) => picker.select_color(index),
            Some(Over::Options(_)) => {}
            None => {
                if self.open(index) {
                    self.at = index;
                    self.completes = false;
                }
            }
        }
    }

    /// Takes what lies over the form into the field. Whether there was something.
    pub(super) fn take(&mut self) -> bool {
        if matches!(&self.over, Some(Over::List(pick)) if pick.taken().is_none()) {
            return true;
        }
        let Some(over) = self.over.take() else {
            return false;
        };
        let Some(field) = self.fields.get_mut(self.at) else {
            return true;
        };
        match over {
            Over::List(pick) => {
                if let Some(text) = pick.taken() {
                    field.put(&text);
                    self.completes = false;
                }
            }
            Over::Color(picker) => field.put(&picker.color_text().to_lowercase()),
            Over::Options(options) => field.entry = FieldEntry::Options(options.taken()),
        }
        self.lend_publish();
        self.check();
        true
    }

    /// A part of a payload cannot be published to where it comes from: as long as nothing is said
    /// about publishing, a tile with a path only shows.
    fn lend_publish(&mut self) {
        let typed = |key| !self.typed_text((key, None)).is_empty();
        let only_shows = typed("json_path") && !typed("publish_topic");
        let publishes = self.draft_tile().is_some_and(|(tile, _)| tile.kind.publishes_by_default());
        let lends = self.lends_publish && publishes;
        let publish = self.fields.iter_mut().find(|field| field.key == PUBLISH).filter(|_| lends);
        if let Some(Field { entry: FieldEntry::Flag(flag), .. }) = publish {
            match *flag {
                None if only_shows => *flag = Some(false),
                Some(false) if !only_shows => *flag = None,
                _ => {}
            }
        }
    }

    /// Opens what the field can be filled from where that needs nothing but the field.
    pub(super) fn open_own(&mut self) -> bool {
        let Some(field) = self.fields.get(self.at) else {
            return false;
        };
        self.over = match (field.lead, &field.entry) {
            (Lead::Color, FieldEntry::Line(input)) => Some(Over::Color(ColorPicker::new(rgb(input.value())))),
            (Lead::Icon, _) => Some(Over::List(Pick::icons())),
            (Lead::Options, FieldEntry::Options(options)) => Some(Over::Options(Options::new(options))),
            _ => None,
        };
        self.over.is_some()
    }

    /// The values of all keys, tables inside tables put together, each with its first field.
    fn values(&self) -> Vec<(&'static str, Option<Value>, usize)> {
        let mut values: Vec<(&'static str, Option<Value>, usize)> = Vec::new();
        for (index, field) in self.fields.iter().enumerate() {
            let (name, inner) = field.key;
            match inner {
                None => values.push((name, field.value(), index)),
                Some("from") => {
                    values.push((name, secret::value(self.source(), self.typed_text((name, Some("what")))), index));
                }
                Some("what") => {}
                Some(inner) => {
                    if values.last().is_none_or(|(last, ..)| *last != name) {
                        values.push((name, None, index));
                    }
                    let value = field.value().filter(|value| field.default.as_ref() != Some(value));
                    if let (Some((_, table, _)), Some(value)) = (values.last_mut(), value)
                        && let Value::Table(entries) = table.get_or_insert_with(|| Value::Table(Vec::new()))
                    {
                        entries.push((inner.to_owned(), value));
                    }
                }
            }
        }
        values
    }

    /// Puts the fields into a plain thing; gives what is wrong, and with which field.
    fn fill(&self, table: &mut dyn DynFields) -> Vec<(usize, ValidationError)> {
        let mut wrong = Vec::new();
        for (name, value, index) in self.values() {
            if let Some(value) = value
                && let Some(Err(complaints)) = table.set(name, &value)
            {
                wrong.extend(
                    complaints.into_iter().map(|complaint| (self.of_complaint(name, &complaint, index), complaint)),
                );
            }
        }
        if wrong.is_empty() {
            for complaint in table.validate() {
                let index = match complaint.path.first() {
                    Some(ValuePathSegment::Key(name)) => self.index(name).unwrap_or_default(),
                    _ => 0,
                };
                wrong.push((index, complaint));
            }
        }
        wrong
    }

    /// The first field of a key.
    fn index(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.key.0 == name)
    }

    fn of_complaint(&self, name: &str, complaint: &ValidationError, otherwise: usize) -> usize {
        let inside = match complaint.path.first() {
            Some(ValuePathSegment::Key(inner)) => Some(inner.as_str()),
            _ => None,
        };
        let place =
            |inner: &str| self.fields.iter().position(|field| field.key.0 == name && field.key.1 == Some(inner));
        inside.and_then(place).unwrap_or(otherwise)
    }

    /// Looks again at what is wrong.
    pub(super) fn check(&mut self) {
        self.wrong = self.complaints();
    }

    /// What is wrong with a field.
    pub fn wrong_with(&self, index: usize) -> impl Iterator<Item = &ValidationError> {
        self.wrong.iter().filter(move |(at, _)| *at == index).map(|(_, complaint)| complaint)
    }

    /// What a key says in the form now, if it is typed or chosen.
    #[must_use]
    pub fn says(&self, name: &str) -> Option<Value> {
        self.index(name).and_then(|index| self.fields[index].value())
    }
}

fn says_nothing_of_publishing(fields: &[Field]) -> bool {
    fields.iter().any(|field| field.key == PUBLISH && field.entry == FieldEntry::Flag(None))
}

/// The colour that a text names, for the picker to begin with.
fn rgb(text: &str) -> Rgb {
    match Color::from_value(&text.into()) {
        Ok(Color::Rgb(rgb)) => rgb,
        _ => Rgb(0xff, 0xff, 0xff),
    }
}

/// The entries of a table inside a table.
fn inside(table: &dyn DynFields, name: &str) -> Vec<(String, Value)> {
    match table.get(name) {
        Some(Value::Table(entries)) => entries,
        _ => Vec::new(),
    }
}

/// The parts of a JSON payload, each with the path that leads there.
#[must_use]
pub fn tree_rows(json: &serde_json::Value) -> Vec<PickRow> {
    tree::rows(json)
}
