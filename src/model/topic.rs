//! Topic names and topic filters, and which names a filter matches.
//!
//! MQTT 3.1.1, section 4.7 (the same in MQTT 5): `/` separates levels; in a filter, `+` matches one level and
//! a final `#` any number of levels; wildcards do not match a first level that begins with `$`. Names and
//! filters are 1 to 65,535 bytes of UTF-8 without U+0000.

use std::{ops::Range, sync::Arc};

use serde::{Deserialize, Serialize};

/// The maximum length of a topic name or filter in bytes (MQTT 3.1.1, section 1.5.3).
pub(crate) const MAX_BYTES: usize = 65_535;

/// The maximum number of levels of a filter: the limit of mosquitto.
pub(crate) const MAX_LEVELS: usize = 200;

/// Why a text is not a topic name or filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TopicError {
    /// The text is empty.
    #[error("it is empty")]
    Empty,
    /// The text has more bytes than MQTT allows.
    #[error("it has {0} bytes; MQTT allows at most {MAX_BYTES}")]
    TooLong(usize),
    /// The text has more levels than brokers accept.
    #[error("it has {0} levels; brokers accept at most {MAX_LEVELS}")]
    TooManyLevels(usize),
    /// The text contains U+0000 at this byte offset.
    #[error("it contains a NUL character")]
    Nul(usize),
    /// A topic name contains a wildcard at this byte offset.
    #[error("a topic to publish to must not contain wildcards")]
    UnexpectedWildcard(usize),
    /// A wildcard at this byte offset does not occupy a whole level.
    #[error("`{1}` must occupy a whole level of the topic")]
    WildcardNotAlone(usize, char),
    /// A `#` at this byte offset is followed by more levels.
    #[error("`#` is only allowed as the last level")]
    WildcardNotLast(usize),
}

impl TopicError {
    /// Returns the byte range that is wrong, if it is not the whole text.
    #[must_use]
    pub(crate) fn span(&self) -> Option<Range<usize>> {
        match *self {
            Self::Empty | Self::TooLong(_) | Self::TooManyLevels(_) => None,
            Self::Nul(offset)
            | Self::UnexpectedWildcard(offset)
            | Self::WildcardNotAlone(offset, _)
            | Self::WildcardNotLast(offset) => Some(offset..offset + 1),
        }
    }
}

/// A topic name: the topic of a message, without wildcards.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Arc<str>")]
pub struct Topic(Arc<str>);

/// A topic filter to subscribe to, in which `+` and `#` are wildcards.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicFilter(Arc<str>);

fn validate_topic_text(text: &str) -> Result<(), TopicError> {
    if text.is_empty() {
        return Err(TopicError::Empty);
    }
    if text.len() > MAX_BYTES {
        return Err(TopicError::TooLong(text.len()));
    }
    text.find('\0').map_or(Ok(()), |offset| Err(TopicError::Nul(offset)))
}

impl Topic {
    /// Creates a topic from its name.
    ///
    /// # Errors
    /// If the text is not a valid topic name.
    pub fn new(text: &str) -> Result<Self, TopicError> {
        validate_topic_text(text)?;
        text.find(['+', '#'])
            .map_or_else(|| Ok(Self(text.into())), |offset| Err(TopicError::UnexpectedWildcard(offset)))
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<Arc<str>> for Topic {
    type Error = TopicError;

    fn try_from(text: Arc<str>) -> Result<Self, TopicError> {
        Self::new(&text)
    }
}

impl TopicFilter {
    /// Creates a filter from its text.
    ///
    /// # Errors
    /// If the text is not a valid topic filter.
    pub fn new(text: &str) -> Result<Self, TopicError> {
        validate_topic_text(text)?;
        let levels = text.split('/').count();
        if levels > MAX_LEVELS {
            return Err(TopicError::TooManyLevels(levels));
        }
        let mut offset = 0;
        for level in text.split('/') {
            if let Some(position) = level.find(['+', '#']) {
                let wildcard = if level.as_bytes()[position] == b'+' { '+' } else { '#' };
                if level.len() > 1 {
                    return Err(TopicError::WildcardNotAlone(offset + position, wildcard));
                }
                if wildcard == '#' && offset + 1 < text.len() {
                    return Err(TopicError::WildcardNotLast(offset));
                }
            }
            offset += level.len() + 1;
        }
        Ok(Self(text.into()))
    }

    /// Returns the text of the filter.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the filter as a topic, if it contains no wildcard.
    #[must_use]
    pub(crate) fn as_topic(&self) -> Option<Topic> {
        (!self.0.contains(['+', '#'])).then(|| Topic(Arc::clone(&self.0)))
    }

    /// Returns whether the filter matches a topic name.
    #[must_use]
    pub fn matches(&self, topic: &str) -> bool {
        if topic.starts_with('$') && self.0.starts_with(['+', '#']) {
            return false;
        }
        let mut levels = topic.split('/');
        for filter_level in self.0.split('/') {
            if filter_level == "#" {
                return true;
            }
            match levels.next() {
                Some(level) if filter_level == "+" || filter_level == level => {}
                _ => return false,
            }
        }
        levels.next().is_none()
    }
}

impl From<Topic> for TopicFilter {
    fn from(topic: Topic) -> Self {
        Self(topic.0)
    }
}

impl std::fmt::Display for Topic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Display for TopicFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(filter: &str, topic: &str) -> bool {
        TopicFilter::new(filter).unwrap().matches(topic)
    }

    #[test]
    fn filter_matching_follows_the_mqtt_specification_examples() {
        for (filter, topic, expected) in [
            ("sport/tennis/player1/#", "sport/tennis/player1", true),
            ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true),
            ("sport/#", "sport", true),
            ("#", "a/b/c", true),
            ("sport/tennis/+", "sport/tennis/player1", true),
            ("sport/tennis/+", "sport/tennis/player1/ranking", false),
            ("sport/+", "sport", false),
            ("sport/+", "sport/", true),
            ("+/+", "/finance", true),
            ("/+", "/finance", true),
            ("+", "/finance", false),
            ("#", "$SYS/uptime", false),
            ("+/monitor/Clients", "$SYS/monitor/Clients", false),
            ("$SYS/#", "$SYS/uptime", true),
            ("école/+", "école/été", true),
        ] {
            assert_eq!(matches(filter, topic), expected, "{filter} {topic}");
        }
    }

    #[test]
    fn topic_errors_report_their_byte_offset() {
        assert_eq!(TopicFilter::new("a/b+/c"), Err(TopicError::WildcardNotAlone(3, '+')));
        assert_eq!(TopicFilter::new("a/#/c"), Err(TopicError::WildcardNotLast(2)));
        assert_eq!(TopicFilter::new(&"/".repeat(200)), Err(TopicError::TooManyLevels(201)));
        assert_eq!(TopicFilter::new(""), Err(TopicError::Empty));
        assert_eq!(Topic::new("a/+"), Err(TopicError::UnexpectedWildcard(2)));
        assert_eq!(Topic::new("a\0"), Err(TopicError::Nul(1)));
        assert_eq!(Topic::new(&"x".repeat(65_536)), Err(TopicError::TooLong(65_536)));
    }
}
