//! Where the text of a column comes from: the message or its topic, its payload, or a part of the JSON in it.

use std::sync::Arc;

use super::{
    field_value::parse_text,
    json_path::JsonPath,
    message_age::MessageAge,
    schema::{FieldValue, ValueType},
    text_table::CellText,
    topic::MAX_LEVELS,
    value::{ValidationError, Value, did_you_mean},
};

/// The words that are no JSON path.
const WORDS: [&str; 6] = ["time", "age", "topic", "topic:1", "payload", "key"];

/// Where the text of a column comes from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ColumnSource {
    /// When the message arrived.
    Time,
    /// How long ago that was.
    Age,
    /// The topic.
    Topic,
    /// A level of the topic: 1 is the first one, -1 the last one.
    TopicLevel(i16),
    /// The payload, or a row as JSON.
    Payload,
    /// What tells a row of a payload apart: the key in an object, or the position in an array.
    Key,
    /// A part of the JSON.
    Json(JsonPath),
}

impl ColumnSource {
    fn parse(text: &str) -> Result<Self, ValidationError> {
        Ok(match text.trim() {
            "time" => Self::Time,
            "age" => Self::Age,
            "topic" => Self::Topic,
            "payload" => Self::Payload,
            "key" => Self::Key,
            path if path.starts_with('$') => Self::Json(JsonPath::parse(path)?),
            text => match text.strip_prefix("topic:") {
                Some(level) => Self::TopicLevel(parse_level(level)?),
                None => return Err(unknown_column(text)),
            },
        })
    }

    /// Returns the source as it is written in a file.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Time => "time".to_owned(),
            Self::Age => "age".to_owned(),
            Self::Topic => "topic".to_owned(),
            Self::TopicLevel(level) => format!("topic:{level}"),
            Self::Payload => "payload".to_owned(),
            Self::Key => "key".to_owned(),
            Self::Json(path) => path.as_str().to_owned(),
        }
    }

    /// Returns a name for the column: the last name of a path, or the word.
    pub(crate) fn heading(&self) -> String {
        match self {
            Self::TopicLevel(_) => "topic".to_owned(),
            Self::Json(path) => {
                let name = |part: &&str| !part.is_empty() && *part != "$";
                let last = path.as_str().rsplit(['.', '[', ']', '\'', '"']).find(name);
                last.unwrap_or("value").to_owned()
            }
            word => word.text(),
        }
    }

    /// Returns what a cell says that is not of the payload; nothing if it is of the payload.
    pub(crate) fn cell_of_message(&self, topic: &Arc<str>, age: MessageAge) -> CellText {
        match self {
            Self::Time => CellText::Time(age),
            Self::Age => CellText::Age(age),
            Self::Topic => CellText::Text(Arc::clone(topic)),
            Self::TopicLevel(level) => {
                topic_level(topic, *level).map_or(CellText::Missing, |text| CellText::Text(text.into()))
            }
            Self::Payload | Self::Key | Self::Json(_) => CellText::Missing,
        }
    }

    /// Returns the JSON path, if it is one.
    pub(crate) const fn json_path(&self) -> Option<&JsonPath> {
        match self {
            Self::Json(path) => Some(path),
            _ => None,
        }
    }
}

fn parse_level(text: &str) -> Result<i16, ValidationError> {
    let is_level = |level: &i16| *level != 0 && usize::from(level.unsigned_abs()) <= MAX_LEVELS;
    text.parse().ok().filter(is_level).ok_or_else(|| {
        ValidationError::new(format!("`topic:{text}` names no level of the topic"))
            .with_help("the first level is topic:1, the last one topic:-1")
    })
}

fn unknown_column(text: &str) -> ValidationError {
    let similar = || did_you_mean(text, WORDS);
    let help = if JsonPath::parse(&format!("$.{text}")).is_ok() {
        similar().unwrap_or_else(|| format!("a part of the JSON is written as a path: $.{text}"))
    } else {
        "write time, age, topic, topic:2, payload, or a JSON path such as $.msg".to_owned()
    };
    ValidationError::new(format!("`{text}` is no column")).with_help(help)
}

/// Returns a level of a topic: 1 is the first one, -1 the last one. `None` if the topic has fewer.
fn topic_level(topic: &str, level: i16) -> Option<&str> {
    let index = usize::from(level.unsigned_abs()).checked_sub(1)?;
    if level > 0 { topic.split('/').nth(index) } else { topic.rsplit('/').nth(index) }
}

impl FieldValue for ColumnSource {
    const VALUE_TYPE: ValueType =
        ValueType::Custom("a column such as \"time\", \"topic:2\", \"payload\" or a JSON path such as \"$.msg\"");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        parse_text(value, Self::VALUE_TYPE, Self::parse)
    }

    fn to_value(&self) -> Option<Value> {
        Some(self.text().as_str().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_is_a_word_or_a_json_path() {
        for text in ["time", "age", "topic", "topic:2", "topic:-1", "payload", "key", "$.a[0]", "$"] {
            let source = ColumnSource::from_value(&text.into()).unwrap();
            assert_eq!(source.to_value(), Some(text.into()));
        }
        for (text, help) in [
            ("tme", "did you mean `time`?"),
            ("message", "a part of the JSON is written as a path: $.message"),
            ("topic:0", "the first level is topic:1, the last one topic:-1"),
            ("topic:201", "the first level is topic:1, the last one topic:-1"),
            ("", "write time, age, topic, topic:2, payload, or a JSON path such as $.msg"),
        ] {
            let errors = ColumnSource::from_value(&text.into()).unwrap_err();
            assert_eq!(errors[0].help.as_deref(), Some(help), "{text}");
        }
    }

    #[test]
    fn level_of_a_topic_is_counted_from_either_end() {
        let levels = [1, 2, 3, 4, -1, -3, -4].map(|level| topic_level("a/é/c", level));
        assert_eq!(levels, [Some("a"), Some("é"), Some("c"), None, Some("c"), Some("a"), None]);
    }

    #[test]
    fn heading_is_the_last_name() {
        for (text, heading) in [
            ("$.a.temperature", "temperature"),
            ("$['x y']", "x y"),
            ("$.list[0]", "0"),
            ("topic:2", "topic"),
            ("$", "value"),
        ] {
            assert_eq!(ColumnSource::parse(text).unwrap().heading(), heading);
        }
    }
}
