//! The table tile: a row for each element of an array or of an object in the JSON, or for each topic of a filter.

use std::{borrow::Cow, sync::Arc};

use serde_json::Value as Json;

use super::{
    TileKind, placeholder,
    table_column::{SortOrder, SortValue, TableColumn},
};
use crate::model::{
    column_source::ColumnSource,
    content::TileContent,
    error::TileError,
    extracted::{Extracted, Record},
    json_path::{JsonPath, find_all, json_text, parse_json},
    kept_messages::{KeepRule, KeptMessage, KeptMessages},
    schema::{FieldSpec, Schema, field},
    table_list::TableList,
    text_table::{TextTable, TextTableColumn, TextTableRow},
    tile_value::{TileValue, payload_text},
    value::{ValidationError, ValuePathSegment},
};

/// The maximum number of rows out of one payload.
const MAX_ROWS: usize = 1_000;
/// The maximum number of topics with a row.
const MAX_TOPICS: usize = 1_000;
/// The largest payload that is read as rows: in memory, JSON takes many times its text.
const MAX_PAYLOAD_BYTES: usize = 1 << 20;
/// The maximum size of a text in a cell, in bytes.
const MAX_CELL_BYTES: usize = 256;

/// A tile that shows rows and columns.
#[derive(Debug, Clone, Default)]
pub(crate) struct TableKind {
    rows: Option<JsonPath>,
    columns: TableList<TableColumn>,
    sort: Option<SortOrder>,
}

impl Schema for TableKind {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(
            Option<JsonPath>,
            rows,
            "where the array or the object is whose elements are the rows, as a JSON path: \"$\" is the whole payload; \
             without it, each topic that `topic` matches is a row, until it is cleared with an empty payload"
        ),
        field!(
            TableList<TableColumn>,
            columns,
            "the columns, in their order; default: the topic, or the key in the object, and the payload"
        ),
        field!(
            Option<SortOrder>,
            sort,
            "the name of the column by which the rows are sorted, \"-name\" for descending; default: the order of the \
             payload, or of the topics"
        ),
    ];

    fn validate(&self) -> Vec<ValidationError> {
        let mut errors = Vec::new();
        for (index, column) in self.columns.0.iter().enumerate() {
            errors.extend(
                column
                    .error_in(self.rows.is_some())
                    .map(|error| error.prepend_path(ValuePathSegment::Index(index)).prepend_key("columns")),
            );
        }
        if let Some(sort) = &self.sort {
            let names: Vec<String> = self.shown_columns().iter().map(TableColumn::heading).collect();
            errors.extend(sort.error_among(&names).map(|error| error.prepend_key("sort")));
        }
        errors
    }
}

impl TableKind {
    /// Returns the columns, or what stands for them if the file names none.
    fn shown_columns(&self) -> Cow<'_, [TableColumn]> {
        if !self.columns.0.is_empty() {
            return Cow::Borrowed(&self.columns.0);
        }
        let first = if self.rows.is_some() { ColumnSource::Key } else { ColumnSource::Topic };
        Cow::Owned([first, ColumnSource::Payload].map(TableColumn::of_source).into())
    }

    /// Returns the records of the elements of an array or of an object.
    fn elements(&self, rows: &JsonPath, payload: &[u8]) -> Result<Extracted, TileError> {
        if payload.len() > MAX_PAYLOAD_BYTES {
            return Err(TileError::JsonTooLarge(payload.len(), MAX_PAYLOAD_BYTES));
        }
        let no_rows = || TileError::NoRows(rows.as_str().to_owned());
        let text = find_all(payload, &[rows]).pop().unwrap_or_else(|| Err(no_rows()))?;
        let elements: Vec<(String, Json)> = match parse_json(text.as_bytes()).map_err(|_| no_rows())? {
            Json::Array(elements) => {
                (1..).zip(elements).map(|(number, element): (usize, Json)| (number.to_string(), element)).collect()
            }
            Json::Object(elements) => elements.into_iter().collect(),
            _ => return Err(no_rows()),
        };
        let left_out = elements.len().saturating_sub(MAX_ROWS);
        let columns = self.shown_columns();
        let record = |(key, element): (String, Json)| {
            let field = |column: &TableColumn| match column.source()? {
                ColumnSource::Json(path) => path.find(&element).ok().map(|text| cut(&text)),
                ColumnSource::Payload => Some(cut(&json_text(&element))),
                _ => None,
            };
            let fields = columns.iter().map(field).collect();
            Record { key: Some(cut(&key)), fields }
        };
        Ok(Extracted { records: elements.into_iter().take(MAX_ROWS).map(record).collect(), left_out })
    }

    fn text_table(&self, kept: &KeptMessages) -> TextTable {
        let columns = self.shown_columns();
        let sorted_by =
            self.sort.as_ref().and_then(|sort| columns.iter().position(|column| sort.is_by(&column.heading())));
        let of_message = |message: &'_ KeptMessage| -> Vec<(TextTableRow, SortValue)> {
            let row = |record: &Record| {
                let cells = columns
                    .iter()
                    .zip(&record.fields)
                    .map(|(column, field)| column.cell(field.as_ref(), record, message));
                let cells = cells.collect();
                let value = sorted_by.map_or(SortValue::Missing, |index| {
                    columns[index].sort_value(record.fields.get(index).and_then(Option::as_ref), record, message)
                });
                (TextTableRow { cells, color: None, is_highlighted: false }, value)
            };
            message.records().iter().map(row).collect()
        };
        let mut rows: Vec<(TextTableRow, SortValue)> = kept.iter().flat_map(of_message).collect();
        if let Some(sort) = &self.sort {
            rows.sort_by(|(_, one), (_, other)| sort.compare(one, other));
        }
        let rows: Vec<TextTableRow> = rows.into_iter().map(|(row, _)| row).collect();
        let left_out = kept.iter().filter_map(KeptMessage::readable).map(|extracted| extracted.left_out).sum();
        let column = |(index, column): (usize, &TableColumn)| {
            let cells = rows.iter().map(|row| &row.cells[index]);
            TextTableColumn { name: column.heading(), alignment: column.alignment(cells) }
        };
        let columns = columns.iter().enumerate().map(column).collect();
        TextTable { columns, rows, left_out }
    }
}

/// Returns the beginning of a long text.
fn cut(text: &str) -> Arc<str> {
    text[..text.floor_char_boundary(MAX_CELL_BYTES)].into()
}

impl TileKind for TableKind {
    fn name(&self) -> &'static str {
        "table"
    }

    fn description(&self) -> &'static str {
        "shows a row for each element of a list in the JSON, or for each topic, in sorted columns"
    }

    fn content(&self, value: Option<&TileValue>) -> Result<TileContent, TileError> {
        Ok(placeholder(value))
    }

    fn keep_rule(&self) -> Option<KeepRule> {
        Some(match self.rows {
            Some(_) => KeepRule::Value,
            None => KeepRule::NewestOfTopics { topics: MAX_TOPICS },
        })
    }

    fn extract(&self, payload: &[u8]) -> Result<Extracted, TileError> {
        if let Some(rows) = &self.rows {
            return if payload.is_empty() { Ok(Extracted::default()) } else { self.elements(rows, payload) };
        }
        let columns = self.shown_columns();
        let paths: Vec<&JsonPath> = columns.iter().filter_map(|column| column.source()?.json_path()).collect();
        let mut found = find_all(payload, &paths).into_iter();
        let field = |column: &TableColumn| match column.source()? {
            ColumnSource::Json(_) => found.next()?.ok().map(|text| cut(&text)),
            ColumnSource::Payload => Some(cut(&payload_text(payload))),
            _ => None,
        };
        let fields = columns.iter().map(field).collect();
        Ok(Extracted { records: vec![Record { key: None, fields }], left_out: 0 })
    }

    fn content_of_kept(&self, value: Option<&TileValue>, kept: &KeptMessages) -> Result<TileContent, TileError> {
        let is_cleared = value.is_none_or(|value| value.payload.is_empty());
        match kept.iter().next().map(|message| &message.extracted) {
            None => Ok(placeholder(value.filter(|_| is_cleared))),
            Some(_) if self.rows.is_some() && is_cleared => Ok(placeholder(value)),
            Some(Some(Err(error))) if self.rows.is_some() => Err(error.clone()),
            Some(_) => Ok(TileContent::Table(Box::new(self.text_table(kept)))),
        }
    }

    fn sample(&self) -> (Box<dyn TileKind>, &'static str) {
        let column = |path: &str, unit: &str| TableColumn::sample(path, unit);
        let columns = TableList(vec![column("$.room", ""), column("$.temp", "°C")]);
        let rows = JsonPath::parse("$").ok();
        (Box::new(Self { rows, columns, sort: None }), r#"[{"room":"Hall","temp":21.4},{"room":"Attic","temp":17}]"#)
    }

    fn is_state(&self, _text: &str) -> bool {
        false
    }

    fn can_publish(&self) -> bool {
        false
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
