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
pub enum TopicFault {
    /// No character at all.
    #[error("it is empty")]
    Empty,
    /// More bytes than the protocol can carry.
    #[error("it has {0} bytes; MQTT allows {MAX_BYTES}")]
    TooLong(usize),
    /// More levels than brokers take.
    #[error("it has {0} levels; brokers take {MAX_LEVELS}")]
    TooDeep(usize),
    /// U+0000 at this byte.
    #[error("it holds a NUL character")]
    Nul(usize),
    /// A wildcard at this byte, in the name of a topic.
    #[error("a topic to publish to holds no wildcard")]
    Wildcard(usize),
    /// A `+` or `#` at this byte that does not fill its level.
    #[error("`{1}` must stand alone between two `/`")]
    NotAlone(usize, char),
    /// A `#` at this byte with levels behind it.
    #[error("`#` may only be the last level")]
    NotLast(usize),
}

impl TopicFault {
    /// The bytes of the text that are wrong, where they can be named.
    #[must_use]
    pub fn place(&self) -> Option<Range<usize>> {
        match *self {
            Self::Empty | Self::TooLong(_) | Self::TooDeep(_) => None,
            Self::Nul(at) | Self::Wildcard(at) | Self::NotAlone(at, _) | Self::NotLast(at) => Some(at..at + 1),
        }
    }
}

/// The name of a topic to publish to: no wildcard in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic(Arc<str>);

/// A filter to subscribe to: a topic in which `+` and `#` are wildcards.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Filter(Arc<str>);

fn fits(text: &str) -> Result<(), TopicFault> {
    if text.is_empty() {
        return Err(TopicFault::Empty);
    }
    if text.len() > MAX_BYTES {
        return Err(TopicFault::TooLong(text.len()));
    }
    text.find('\0').map_or(Ok(()), |at| Err(TopicFault::Nul(at)))
}

impl Topic {
    /// Takes a text as a topic.
    ///
    /// # Errors
    /// Says why the text is none.
    pub fn new(text: &str) -> Result<Self, TopicFault> {
        fits(text)?;
        text.find(['+', '#']).map_or_else(|| Ok(Self(text.into())), |at| Err(TopicFault::Wildcard(at)))
    }

    /// The topic as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Filter {
    /// Takes a text as a filter.
    ///
    /// # Errors
    /// Says why the text is none.
    pub fn new(text: &str) -> Result<Self, TopicFault> {
        fits(text)?;
        let levels = text.split('/').count();
        if levels > MAX_LEVELS {
            return Err(TopicFault::TooDeep(levels));
        }
        let mut at = 0;
        for level in text.split('/') {
            if let Some(inside) = level.find(['+', '#']) {
                let wildcard = if level.as_bytes()[inside] == b'+' { '+' } else { '#' };
                if level.len() > 1 {
                    return Err(TopicFault::NotAlone(at + inside, wildcard));
                }
                if wildcard == '#' && at + 1 < text.len() {
                    return Err(TopicFault::NotLast(at));
                }
            }
            at += level.len() + 1;
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
        for wanted in self.0.split('/') {
            if wanted == "#" {
                return true;
            }
            match levels.next() {
                Some(level) if wanted == "+" || wanted == level => {}
                _ => return false,
            }
        }
        levels.next().is_none()
    }
}

impl From<Topic> for Filter {
    fn from(topic: Topic) -> Self {
        Self(topic.0)
    }
}

impl std::fmt::Display for Topic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Display for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(filter: &str, topic: &str) -> bool {
        Filter::new(filter).unwrap().matches(topic)
    }

    #[test]
    fn the_examples_of_the_standard() {
        for (filter, topic, wanted) in [
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
            assert_eq!(matches(filter, topic), wanted, "{filter} {topic}");
        }
    }

    #[test]
    fn faults_name_their_place() {
        assert_eq!(Filter::new("a/b+/c"), Err(TopicFault::NotAlone(3, '+')));
        assert_eq!(Filter::new("a/#/c"), Err(TopicFault::NotLast(2)));
        assert_eq!(Filter::new(&"/".repeat(200)), Err(TopicFault::TooDeep(201)));
        assert_eq!(Filter::new(""), Err(TopicFault::Empty));
        assert_eq!(Topic::new("a/+"), Err(TopicFault::Wildcard(2)));
        assert_eq!(Topic::new("a\0"), Err(TopicFault::Nul(1)));
        assert_eq!(Topic::new(&"x".repeat(65_536)), Err(TopicFault::TooLong(65_536)));
    }
}
