//! Topic names and topic filters, and which filter matches which name.
//!
//! MQTT 3.1.1, section 4.7 (the same in MQTT 5): levels are parted by `/`; in a filter `+` stands
//! for one level and a last `#` for any number of them; a first level that begins with `$` is not
//! matched by a wildcard. Both are 1 to 65,535 bytes of UTF-8 without U+0000.

use std::{ops::Range, sync::Arc};

/// The most bytes a topic or a filter may have (MQTT 3.1.1, section 1.5.3).
pub const MAX_BYTES: usize = 65_535;

/// The most levels a filter may have: what mosquitto takes.
pub const MAX_LEVELS: usize = 200;

/// What is wrong with a topic or a filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TopicError {
    /// No character at all.
    #[error("it is empty")]
    Empty,
    /// More bytes than the protocol can carry.
    #[error("it has {0} bytes; MQTT allows {MAX_BYTES}")]
    TooLong(usize),
    /// More levels than brokers take.
    #[error("it has {0} levels; brokers take {MAX_LEVELS}")]
    TooManyLevels(usize),
    /// U+0000 at this byte.
    #[error("it holds a NUL character")]
    Nul(usize),
    /// A wildcard at this byte, in the name of a topic.
    #[error("a topic to publish to holds no wildcard")]
    UnexpectedWildcard(usize),
    /// A `+` or `#` at this byte that does not fill its level.
    #[error("`{1}` must stand alone between two `/`")]
    WildcardNotAlone(usize, char),
    /// A `#` at this byte with levels behind it.
    #[error("`#` may only be the last level")]
    WildcardNotLast(usize),
}

impl TopicError {
    /// The bytes of the text that are wrong, where they can be named.
    #[must_use]
    pub fn span(&self) -> Option<Range<usize>> {
        match *self {
            Self::Empty | Self::TooLong(_) | Self::TooManyLevels(_) => None,
            Self::Nul(offset)
            | Self::UnexpectedWildcard(offset)
            | Self::WildcardNotAlone(offset, _)
            | Self::WildcardNotLast(offset) => Some(offset..offset + 1),
        }
    }
}

/// The name of a topic to publish to: no wildcard in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic(Arc<str>);

/// A filter to subscribe to: a topic in which `+` and `#` are wildcards.
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
    /// Takes a text as a topic.
    ///
    /// # Errors
    /// Says why the text is none.
    pub fn new(text: &str) -> Result<Self, TopicError> {
        validate_topic_text(text)?;
        text.find(['+', '#'])
            .map_or_else(|| Ok(Self(text.into())), |offset| Err(TopicError::UnexpectedWildcard(offset)))
    }

    /// The topic as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TopicFilter {
    /// Takes a text as a filter.
    ///
    /// # Errors
    /// Says why the text is none.
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

    /// The filter as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The topic that this filter names, when it holds no wildcard.
    #[must_use]
    pub fn as_topic(&self) -> Option<Topic> {
        (!self.0.contains(['+', '#'])).then(|| Topic(Arc::clone(&self.0)))
    }

    /// Whether this filter matches the name of a topic.
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
