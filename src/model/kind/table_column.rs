//! The columns of a table, and the order of its rows.

use std::{cmp::Ordering, fmt::Write as _, sync::Arc};

use super::Unit;
use crate::model::{
    column_source::ColumnSource,
    extracted::Record,
    field_value::parse_text,
    kept_messages::KeptMessage,
    number::read_number,
    schema::{FieldSpec, FieldValue, Schema, ValueType, field},
    table_list::ListItem,
    text_table::{Cell, CellAlignment, CellText},
    value::{ValidationError, Value, did_you_mean},
    zone::Zones,
};

/// A column.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct TableColumn {
    name: Option<String>,
    path: Option<ColumnSource>,
    unit: Unit,
    align: CellAlignment,
    zones: Zones,
}

impl Schema for TableColumn {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(Option<String>, name, "the name above the column; default: the last name of the path"),
        field!(
            Option<ColumnSource>,
            path,
            "what the cells say: a JSON path in the row or in the payload, such as \"$.temperature\", or \"payload\"; with \
             `rows`, the \"key\" of the row; without it, \"topic\", \"topic:2\", \"time\" or \"age\" of the message"
        ),
        field!(Unit, unit, "the unit of the numbers"),
        field!(CellAlignment, align, "on which side of the column the cells stand; auto: numbers on the right"),
        field!(Zones, zones, "the zones of the numbers, as of a gauge: each with a color, and a word after the number"),
    ];

    fn validate(&self) -> Vec<ValidationError> {
        if self.path.is_some() {
            return Vec::new();
        }
        ValidationError::new("the column has no `path`")
            .with_help("set `path` to what the cells say, such as \"$.temperature\"")
            .prepend_key("path")
            .into()
    }
}

impl ListItem for TableColumn {
    const DESCRIPTION: &'static str =
        "a list such as [{ name = \"Device\", path = \"topic:2\" }, { path = \"$.battery\", unit = \"%\" }]";

    fn validate_after(&self, earlier: &[Self]) -> Vec<ValidationError> {
        let heading = self.heading();
        if !earlier.iter().any(|other| other.heading() == heading) {
            return Vec::new();
        }
        let key = if self.name.is_some() { "name" } else { "path" };
        ValidationError::new(format!("an earlier column has the same name: {heading}"))
            .with_help("give one of them another `name`")
            .prepend_key(key)
            .into()
    }
}

impl TableColumn {
    /// Creates a column with default settings.
    pub(super) fn of_source(source: ColumnSource) -> Self {
        Self { path: Some(source), ..Self::default() }
    }

    /// Creates a column for a sample.
    pub(super) fn sample(path: &str, unit: &str) -> Self {
        let path = ColumnSource::from_value(&path.into()).ok();
        Self { path, unit: Unit::new(unit.to_owned()), ..Self::default() }
    }

    /// Returns where the cells come from.
    pub(super) const fn source(&self) -> Option<&ColumnSource> {
        self.path.as_ref()
    }

    /// Returns the name of the column.
    pub(super) fn heading(&self) -> String {
        let of_path = || self.path.as_ref().map(ColumnSource::heading);
        self.name.clone().or_else(of_path).unwrap_or_default()
    }

    /// Returns what is wrong with the column in a table whose rows are elements of a payload, or messages.
    pub(super) fn error_in(&self, has_rows: bool) -> Option<ValidationError> {
        let (message, help) = match (self.source()?, has_rows) {
            (ColumnSource::Key, false) => {
                ("only a table with `rows` has a `key`", "write topic, or topic:2 for a level of it")
            }
            (ColumnSource::Time | ColumnSource::Age | ColumnSource::Topic | ColumnSource::TopicLevel(_), true) => {
                ("with `rows`, all rows are of the same message", "write key, payload, or a JSON path")
            }
            _ => return None,
        };
        Some(ValidationError::new(message).with_help(help).prepend_key("path"))
    }

    /// Returns on which side the cells stand.
    pub(super) fn alignment<'a>(&self, mut cells: impl Iterator<Item = &'a Cell>) -> CellAlignment {
        let is_number = |cell: &Cell| match &cell.text {
            CellText::Text(text) => {
                text.trim_start_matches(['-', '+']).starts_with(|c: char| c.is_ascii_digit()) && self.is_numeric(text)
            }
            CellText::Missing | CellText::Age(_) => true,
            CellText::Time(_) => false,
        };
        match self.align {
            CellAlignment::Auto if cells.all(is_number) => CellAlignment::Right,
            CellAlignment::Auto => CellAlignment::Left,
            set => set,
        }
    }

    /// Returns whether the text of a cell is a number, perhaps with a unit and the word for its zone.
    fn is_numeric(&self, text: &str) -> bool {
        !self.unit.as_str().is_empty() || !self.zones.is_empty() || read_number(text).is_some()
    }

    /// Returns the text of a cell before its unit is added.
    fn text(&self, field: Option<&Arc<str>>, record: &Record, message: &KeptMessage) -> CellText {
        let shared = |text: Option<&Arc<str>>| text.cloned().map_or(CellText::Missing, CellText::Text);
        match self.path.as_ref() {
            Some(ColumnSource::Key) => shared(record.key.as_ref()),
            Some(ColumnSource::Payload | ColumnSource::Json(_)) => shared(field),
            Some(source) => source.cell_of_message(&message.topic, message.age),
            None => CellText::Missing,
        }
    }

    /// Returns a cell.
    pub(super) fn cell(&self, field: Option<&Arc<str>>, record: &Record, message: &KeptMessage) -> Cell {
        let text = self.text(field, record, message);
        let CellText::Text(plain) = &text else { return text.into() };
        let unit = self.unit.as_str();
        if unit.is_empty() && self.zones.is_empty() {
            return text.into();
        }
        let Some(number) = read_number(plain) else { return text.into() };
        let zone = self.zones.zone_of(number);
        let label = zone.and_then(|zone| zone.label.as_deref()).unwrap_or_default();
        let words = [&**plain, unit].into_iter().filter(|word| !word.is_empty());
        let mut shown = words.collect::<Vec<_>>().join(" ");
        let labels = self.zones.iter().filter_map(|zone| zone.label.as_deref());
        if let Some(longest) = labels.map(|label| label.chars().count()).max() {
            // Numbers with and without a word stand below each other.
            let _ = write!(shown, " {label:<longest$}");
        }
        Cell { text: CellText::Text(shown.into()), color: zone.and_then(|zone| zone.color) }
    }

    /// Returns by what a row is sorted.
    pub(super) fn sort_value(&self, field: Option<&Arc<str>>, record: &Record, message: &KeptMessage) -> SortValue {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds have far less than 53 bits")]
        let seconds = |since: crate::model::time::Time| since.as_millis() as f64;
        match self.text(field, record, message) {
            CellText::Time(age) => SortValue::Number(seconds(age.since)),
            CellText::Age(age) if age.is_unknown => SortValue::Missing,
            CellText::Age(age) => SortValue::Number(-seconds(age.since)),
            CellText::Text(text) => {
                read_number(&text).map_or_else(|| SortValue::Text(text.to_lowercase()), SortValue::Number)
            }
            CellText::Missing => SortValue::Missing,
        }
    }
}

/// By what a row is sorted.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum SortValue {
    /// A number.
    Number(f64),
    /// A text without upper case.
    Text(String),
    /// The row has no such cell.
    Missing,
}

/// By which column rows are sorted, and in which direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SortOrder {
    column: String,
    is_descending: bool,
}

impl SortOrder {
    /// Returns whether this is the column.
    pub(super) fn is_by(&self, column: &str) -> bool {
        self.column == column
    }

    /// Returns the order of two rows: numbers as numbers and before texts; rows without a value are last either way.
    pub(super) fn compare(&self, one: &SortValue, other: &SortValue) -> Ordering {
        let directed = |ordering: Ordering| if self.is_descending { ordering.reverse() } else { ordering };
        match (one, other) {
            (SortValue::Missing, SortValue::Missing) => Ordering::Equal,
            (SortValue::Missing, _) => Ordering::Greater,
            (_, SortValue::Missing) => Ordering::Less,
            (SortValue::Number(one), SortValue::Number(other)) => directed(one.total_cmp(other)),
            (SortValue::Text(one), SortValue::Text(other)) => directed(one.cmp(other)),
            (SortValue::Number(_), SortValue::Text(_)) => directed(Ordering::Less),
            (SortValue::Text(_), SortValue::Number(_)) => directed(Ordering::Greater),
        }
    }

    /// Returns what is wrong if no column has the name.
    pub(super) fn error_among(&self, names: &[String]) -> Option<ValidationError> {
        if names.iter().any(|name| self.is_by(name)) {
            return None;
        }
        let help = did_you_mean(&self.column, names.iter().map(String::as_str))
            .unwrap_or_else(|| format!("the columns are {}", names.join(", ")));
        Some(ValidationError::new(format!("no column is named `{}`", self.column)).with_help(help))
    }
}

impl FieldValue for SortOrder {
    const VALUE_TYPE: ValueType =
        ValueType::Custom("the name of a column, such as \"name\", or \"-name\" for descending");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        parse_text(value, Self::VALUE_TYPE, |text| {
            let descending = text.strip_prefix('-');
            let column = descending.unwrap_or(text).to_owned();
            if column.is_empty() {
                return Err(ValidationError::new("the name of the column is missing").with_help("write \"-name\""));
            }
            Ok(Self { column, is_descending: descending.is_some() })
        })
    }

    fn to_value(&self) -> Option<Value> {
        let sign = if self.is_descending { "-" } else { "" };
        Some(format!("{sign}{}", self.column).as_str().into())
    }
}
