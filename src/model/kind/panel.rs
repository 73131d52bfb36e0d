//! The panel: several named rows in one tile. Each row is a tile of its own, which the panel draws in a line.

use super::TileKind;
use crate::model::{
    content::TileContent,
    error::TileError,
    schema::{FieldSpec, FieldValue, Schema, ValueType, field},
    tile_value::TileValue,
    type_mismatch::type_mismatch,
    value::{ValidationError, Value, ValuePathSegment},
};

/// The most rows of a panel.
pub(crate) const MAX_ROWS: usize = 8;

/// The rows of a panel as in the file: each is a table with the keys of a tile, which `model::tile::rows` reads.
#[derive(Debug, Clone, Default)]
struct RowTables(Vec<Value>);

impl FieldValue for RowTables {
    const VALUE_TYPE: ValueType =
        ValueType::Rows("a list such as [{ kind = \"switch\", name = \"Power\", topic = \"plug/power\" }]");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        let Value::Array(rows) = value else { return Err(type_mismatch(value, Self::VALUE_TYPE)) };
        let mismatch = |(index, row): (usize, &Value)| {
            let errors = if matches!(row, Value::Table(_)) { Vec::new() } else { type_mismatch(row, Self::VALUE_TYPE) };
            errors.into_iter().map(move |error| error.prepend_path(ValuePathSegment::Index(index)))
        };
        let mut errors: Vec<_> = rows.iter().enumerate().flat_map(mismatch).collect();
        if rows.len() > MAX_ROWS {
            let message = format!("a panel has at most {MAX_ROWS} rows, and this one has {}", rows.len());
            let error = ValidationError::new(message).with_help("move the other rows to a second panel");
            errors.push(error.prepend_path(ValuePathSegment::Index(MAX_ROWS)));
        }
        if errors.is_empty() { Ok(Self(rows.clone())) } else { Err(errors) }
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::Array(self.0.clone()))
    }
}

/// A tile with rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct PanelKind {
    rows: RowTables,
}

impl Schema for PanelKind {
    const FIELDS: &'static [FieldSpec<Self>] = &[field!(
        RowTables,
        rows as "Panel rows",
        "the rows, at most 8: each has a `kind`, a `name`, and the keys of a tile of that kind, except `width`, `height`, \
         `only` and `mqtt_dash`; every kind but `heading`, `image`, `note`, `qr` and `panel`"
    )];
}

/// Returns the name of a row.
fn name_of(row: &Value) -> Option<String> {
    let Value::Table(entries) = row else { return None };
    entries.iter().find_map(|(key, value)| match value {
        Value::String(text) if key == "name" => Some(text.clone()),
        _ => None,
    })
}

impl TileKind for PanelKind {
    fn name(&self) -> &'static str {
        "panel"
    }

    fn description(&self) -> &'static str {
        "shows several values and controls in one tile, a row for each"
    }

    fn content(&self, _value: Option<&TileValue>) -> Result<TileContent, TileError> {
        Ok(match self.rows.0.iter().filter_map(name_of).collect::<Vec<_>>() {
            names if names.is_empty() => TileContent::Placeholder("no rows".to_owned()),
            names => TileContent::RowNames(names),
        })
    }

    fn rows(&self) -> Option<&[Value]> {
        Some(&self.rows.0)
    }

    fn fits_row(&self) -> bool {
        false
    }

    fn sample(&self) -> (Box<dyn TileKind>, &'static str) {
        let row = |name: &str| Value::Table(vec![("kind".into(), "text".into()), ("name".into(), name.into())]);
        (Box::new(Self { rows: RowTables(["Power", "Energy"].map(row).into()) }), "Power ● ON · Energy 1.2 kWh")
    }

    fn is_state(&self, _text: &str) -> bool {
        false
    }

    fn missing_purpose(&self) -> Option<ValidationError> {
        self.rows.0.is_empty().then(|| {
            ValidationError::new("the panel has no `rows`: it shows nothing and publishes nothing")
                .with_help("add a row, such as { kind = \"switch\", name = \"Power\", topic = \"plug/power\" }")
                .prepend_key("rows")
        })
    }

    fn can_publish(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panel_has_eight_rows_at_most_and_each_is_a_table() {
        let rows = |count: usize| Value::Array(vec![Value::Table(Vec::new()); count]);
        assert!(RowTables::from_value(&rows(MAX_ROWS)).is_ok());
        let errors = RowTables::from_value(&rows(MAX_ROWS + 1)).unwrap_err();
        assert_eq!(errors[0].message, "a panel has at most 8 rows, and this one has 9");
        assert_eq!(errors[0].path, [ValuePathSegment::Index(8)]);
        let errors = RowTables::from_value(&Value::Array(vec![Value::Table(Vec::new()), "Power".into()])).unwrap_err();
        assert_eq!((errors.len(), &errors[0].path), (1, &vec![ValuePathSegment::Index(1)]));
    }

    #[test]
    fn panel_without_a_row_says_so() {
        assert_eq!(PanelKind::default().content(None), Ok(TileContent::Placeholder("no rows".to_owned())));
        assert!(PanelKind::default().missing_purpose().is_some());
        let kind = PanelKind::default().sample().0;
        assert_eq!(kind.content(None).unwrap().line().text, "Power, Energy");
        assert!(kind.missing_purpose().is_none());
    }
}
