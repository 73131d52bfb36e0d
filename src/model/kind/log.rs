//! The log tile: the last messages of a topic filter as lines, the newest at the bottom.

use std::sync::Arc;

use super::{TileKind, non_empty_text, placeholder};
use crate::model::{
    color::Color,
    column_source::ColumnSource,
    content::TileContent,
    error::TileError,
    extracted::{Extracted, Record},
    field_value::BoundedInt,
    json_path::{JsonPath, find_all},
    kept_messages::{KeepRule, KeptMessage, KeptMessages},
    message_age::MessageAge,
    mqtt_dash::StandIn,
    payload_pattern::SearchPattern,
    schema::{FieldSpec, Schema, field},
    table_list::{ListItem, TableList},
    text_list::{TextList, TextListItem},
    text_table::{Cell, CellAlignment, CellText, TextTable, TextTableColumn, TextTableRow},
    tile_value::{TileValue, payload_text},
    value::ValidationError,
};

/// The maximum number of lines of one message.
const MAX_LINES_OF_MESSAGE: usize = 50;
/// The maximum size of what a message has in one column, in bytes.
const MAX_CELL_BYTES: usize = 4 << 10;

/// What makes a line stand out.
#[derive(Debug, Clone, PartialEq, Default)]
struct Highlight {
    matches: Option<SearchPattern>,
    color: Option<Color>,
}

impl Schema for Highlight {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(Option<SearchPattern>, matches, "a regular expression that is found in the payload"),
        field!(Option<Color>, color, "the color of the lines, which are also bold"),
    ];

    fn validate(&self) -> Vec<ValidationError> {
        if self.matches.is_some() {
            return Vec::new();
        }
        ValidationError::new("the highlight has no `matches`")
            .with_help("set `matches` to a text that the payload contains")
            .prepend_key("matches")
            .into()
    }
}

impl ListItem for Highlight {
    const DESCRIPTION: &'static str = "a list such as [{ matches = \"ERR\", color = \"red\" }]";
}

impl TextListItem for ColumnSource {
    const LIST_DESCRIPTION: &'static str = "a list such as [\"time\", \"topic:2\", \"$.level\", \"$.msg\"]";
}

/// A tile that shows the last messages as lines.
#[derive(Debug, Clone)]
pub(crate) struct LogKind {
    lines: BoundedInt<1, 1_000>,
    columns: TextList<ColumnSource>,
    highlight: TableList<Highlight>,
}

impl Default for LogKind {
    fn default() -> Self {
        Self {
            lines: BoundedInt::clamped(200),
            columns: TextList(vec![ColumnSource::Time, ColumnSource::Payload]),
            highlight: TableList::default(),
        }
    }
}

impl Schema for LogKind {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(BoundedInt<1, 1_000>, lines as "Messages", "how many of the last messages are kept"),
        field!(
            TextList<ColumnSource>,
            columns,
            "what each line says: \"time\" or \"age\" of the message, its \"topic\" or a level of it (\"topic:2\" is the \
             second one, \"topic:-1\" the last one), the \"payload\", or a JSON path such as \"$.msg\""
        ),
        field!(TableList<Highlight>, highlight, "which lines stand out; of several that match, the first one counts"),
    ];

    fn validate(&self) -> Vec<ValidationError> {
        if self.columns.0.is_empty() {
            let error = ValidationError::new("the log has no columns").with_help("remove the key for time and payload");
            return error.prepend_key("columns").into();
        }
        if self.columns.0.contains(&ColumnSource::Key) {
            let error = ValidationError::new("only the rows of a `table` have a `key`").with_help("write topic:1");
            return error.prepend_key("columns").into();
        }
        Vec::new()
    }
}

impl LogKind {
    /// Returns the lines of a message.
    fn rows(&self, topic: &Arc<str>, age: MessageAge, record: &Record) -> Vec<TextTableRow> {
        let (highlight, fields) = record.fields.split_last().unwrap_or((&None, &[]));
        let highlight = highlight.as_deref().and_then(|index| self.highlight.0.get(index.parse::<usize>().ok()?));
        let line_count =
            fields.iter().flatten().map(|text| text.lines().count()).max().unwrap_or(0).clamp(1, MAX_LINES_OF_MESSAGE);
        let row = |line: usize| TextTableRow {
            cells: self
                .columns
                .0
                .iter()
                .zip(fields)
                .map(|(column, field)| cell(column, field.as_ref(), topic, age, line))
                .collect(),
            color: highlight.and_then(|highlight| highlight.color),
            is_highlighted: highlight.is_some(),
        };
        (0..line_count).map(row).collect()
    }

    fn log_of(&self, rows: Vec<TextTableRow>) -> TileContent {
        let column = |_| TextTableColumn { name: String::new(), alignment: CellAlignment::Left };
        let columns = self.columns.0.iter().map(column).collect();
        TileContent::Log(Box::new(TextTable { columns, rows, left_out: 0 }))
    }
}

/// Returns a cell of a line of a message. The first line has what is not of the payload.
fn cell(column: &ColumnSource, field: Option<&Arc<str>>, topic: &Arc<str>, age: MessageAge, line: usize) -> Cell {
    match column {
        ColumnSource::Payload | ColumnSource::Json(_) => {
            field.map_or(CellText::Missing, |field| CellText::Text(line_of(field, line)))
        }
        _ if line > 0 => CellText::Missing,
        source => source.cell_of_message(topic, age),
    }
    .into()
}

/// Returns a line of a text, which is usually its only one.
fn line_of(text: &Arc<str>, line: usize) -> Arc<str> {
    let is_only = line == 0 && !text.contains('\n');
    if is_only { Arc::clone(text) } else { text.lines().nth(line).unwrap_or_default().into() }
}

/// Returns a text as it stands in a log: without the escape sequences that color it on a terminal.
fn clean(text: &str) -> Arc<str> {
    let cut = &text[..text.floor_char_boundary(MAX_CELL_BYTES)];
    anstream::adapter::strip_str(cut).to_string().trim_end().replace('\t', "    ").into()
}

impl TileKind for LogKind {
    fn name(&self) -> &'static str {
        "log"
    }

    fn description(&self) -> &'static str {
        "shows the last messages of a topic or of several as lines, the newest at the bottom"
    }

    fn content(&self, value: Option<&TileValue>) -> Result<TileContent, TileError> {
        let Some(value) = value.filter(|value| non_empty_text(Some(value)).is_some()) else {
            return Ok(placeholder(value));
        };
        let extracted = self.extract(&value.payload)?;
        let topic = Arc::from("");
        let rows = extracted.records.iter().flat_map(|record| self.rows(&topic, value.message_age(), record));
        Ok(self.log_of(rows.collect()))
    }

    fn keep_rule(&self) -> Option<KeepRule> {
        Some(KeepRule::Last { messages: self.lines.to_usize() })
    }

    /// The fields are those of the columns, as far as they are in the payload, and the index of the highlight. What is
    /// no JSON, or has nothing at the paths, stands in the last column of a path: no message is lost.
    fn extract(&self, payload: &[u8]) -> Result<Extracted, TileError> {
        let text = payload_text(payload);
        let paths: Vec<&JsonPath> = self.columns.0.iter().filter_map(ColumnSource::json_path).collect();
        let mut found: Vec<Option<Arc<str>>> =
            find_all(payload, &paths).into_iter().map(|result| result.ok().map(|text| clean(&text))).collect();
        if found.iter().all(Option::is_none)
            && !self.columns.0.contains(&ColumnSource::Payload)
            && let Some(last) = found.last_mut()
        {
            *last = Some(clean(&text));
        }
        let mut found = found.into_iter();
        let field = |column: &ColumnSource| match column {
            ColumnSource::Json(_) => found.next().flatten(),
            ColumnSource::Payload => Some(clean(&text)),
            _ => None,
        };
        let mut fields: Vec<Option<Arc<str>>> = self.columns.0.iter().map(field).collect();
        let is_match = |highlight: &Highlight| highlight.matches.as_ref().is_some_and(|pattern| pattern.is_in(&text));
        fields.push(self.highlight.0.iter().position(is_match).map(|index| index.to_string().into()));
        Ok(Extracted { records: vec![Record { key: None, fields: fields.into() }], left_out: 0 })
    }

    fn content_of_kept(&self, value: Option<&TileValue>, kept: &KeptMessages) -> Result<TileContent, TileError> {
        let of_message = |message: &KeptMessage| {
            let rows = message.records().iter().flat_map(|record| self.rows(&message.topic, message.age, record));
            rows.collect::<Vec<_>>()
        };
        let rows: Vec<TextTableRow> = kept.iter().flat_map(of_message).collect();
        // What an earlier run has saved is only the newest payload.
        if rows.is_empty() { self.content(value) } else { Ok(self.log_of(rows)) }
    }

    fn mqtt_dash_stand_in(&self) -> Option<StandIn> {
        Some(StandIn { kind: "text", keys: &[] })
    }

    fn sample(&self) -> (Box<dyn TileKind>, &'static str) {
        let highlight = Highlight { matches: SearchPattern::new("dry").ok(), color: Some(Color::Ansi(3)) };
        let kind = Self { highlight: TableList(vec![highlight]), ..Self::default() };
        (Box::new(kind), "pump on\nsoil is dry\npump off")
    }

    fn is_state(&self, _text: &str) -> bool {
        false
    }

    fn can_publish(&self) -> bool {
        false
    }
}

#[cfg(test)]
#[path = "log_tests.rs"]
mod tests;
