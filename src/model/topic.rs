//! Topic names and topic filters, and which names a filter matches.
//!
//! MQTT 3.1.1, section 4.7 (the same in MQTT 5): `/` separates levels; in a filter, `+` matches one level and
//! a final `#` any number of levels; wildcards do not match a first level that begins with `$`. Names and
//! filters are 1 to 65,535 bytes of UTF-8 without U+0000.
//!
//! A filter may be that of a shared subscription (MQTT 5, section 4.8.2; most brokers have it in MQTT 3.1.1, too):
//! `$share/group/filter`, or `$queue/filter` in EMQX. The broker gives each message to one member of the group, under
//! its own topic, which the filter behind the prefix matches.

use std::{ops::Range, sync::Arc};

use serde::{Deserialize, Serialize};

use super::filter_relations::{covers, overlap};

/// The maximum length of a topic name or filter in bytes (MQTT 3.1.1, section 1.5.3).
pub(crate) const MAX_BYTES: usize = 65_535;

/// The maximum number of levels of a filter: the limit of mosquitto.
pub(crate) const MAX_LEVELS: usize = 200;

/// The first level of a shared subscription with a group name.
const SHARE: &str = "$share";

/// The first level of a shared subscription of all subscribers (EMQX).
const QUEUE: &str = "$queue";

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
    /// A shared subscription has no group name; the byte range is where it would be.
    #[error("a shared subscription needs the name of a group: `$share/group/topic`")]
    NoGroup(Range<usize>),
    /// The group name of a shared subscription contains a wildcard at this byte offset.
    #[error("the name of the group must not contain `{1}`")]
    WildcardInGroup(usize, char),
    /// A shared subscription has no topic filter.
    #[error("a shared subscription needs a topic behind the group: `{0}/topic`")]
    NoSharedFilter(String),
    /// A topic name is that of a shared subscription; the byte range is its prefix.
    #[error("nothing can be published to a shared subscription: publish to the topic behind its prefix")]
    PublishToShared(Range<usize>),
}

impl TopicError {
    /// Returns the byte range that is wrong, if it is not the whole text.
    #[must_use]
    pub(crate) fn span(&self) -> Option<Range<usize>> {
        match self {
            Self::Empty | Self::TooLong(_) | Self::TooManyLevels(_) | Self::NoSharedFilter(_) => None,
            Self::Nul(offset)
            | Self::UnexpectedWildcard(offset)
            | Self::WildcardNotAlone(offset, _)
            | Self::WildcardInGroup(offset, _)
            | Self::WildcardNotLast(offset) => Some(*offset..offset + 1),
            Self::NoGroup(range) | Self::PublishToShared(range) => Some(range.clone()),
        }
    }
}

/// A topic name: the topic of a message, without wildcards.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Arc<str>")]
pub struct Topic(Arc<str>);

impl std::borrow::Borrow<str> for Topic {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// A topic filter to subscribe to, in which `+` and `#` are wildcards.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicFilter(Arc<str>);

/// Returns whether a text can be sent in a packet (MQTT 3.1.1, section 1.5.3; MQTT 5, section 1.5.4).
pub(crate) fn is_mqtt_string(text: &str) -> bool {
    text.len() <= MAX_BYTES && !text.contains('\0')
}

fn validate_topic_text(text: &str) -> Result<(), TopicError> {
    if text.is_empty() {
        return Err(TopicError::Empty);
    }
    if text.len() > MAX_BYTES {
        return Err(TopicError::TooLong(text.len()));
    }
    text.find('\0').map_or(Ok(()), |offset| Err(TopicError::Nul(offset)))
}

fn has_wildcard(topics: &str) -> bool {
    topics.bytes().any(|byte| matches!(byte, b'+' | b'#'))
}

/// Returns how many bytes of a filter are the prefix of a shared subscription; 0 if it is none.
///
/// # Errors
/// If the filter begins like that of a shared subscription, but is not complete.
fn shared_prefix_len(text: &str) -> Result<usize, TopicError> {
    let (first, rest) = text.split_once('/').unwrap_or((text, ""));
    let prefix = match first {
        QUEUE => QUEUE,
        SHARE => {
            let group = rest.split('/').next().unwrap_or_default();
            let start = SHARE.len() + 1;
            if group.is_empty() {
                return Err(TopicError::NoGroup(start.min(text.len())..(start + 1).min(text.len())));
            }
            if let Some((position, wildcard)) = group.char_indices().find(|(_, char)| matches!(char, '+' | '#')) {
                return Err(TopicError::WildcardInGroup(start + position, wildcard));
            }
            &text[..start + group.len()]
        }
        _ => return Ok(0),
    };
    let len = prefix.len() + 1;
    if len < text.len() { Ok(len) } else { Err(TopicError::NoSharedFilter(prefix.to_owned())) }
}

impl Topic {
    /// Creates a topic from its name.
    ///
    /// # Errors
    /// If the text is not a valid topic name.
    pub fn new(text: &str) -> Result<Self, TopicError> {
        validate_topic_text(text)?;
        if let Some((first @ (SHARE | QUEUE), _)) = text.split_once('/') {
            return Err(TopicError::PublishToShared(0..first.len()));
        }
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
        let mut offset = shared_prefix_len(text)?;
        for level in text[offset..].split('/') {
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

    /// Returns whether every message that the broker sends because of `other` is also sent because of this filter. A
    /// shared subscription covers only itself, because the broker may give the message to another member.
    #[must_use]
    pub(crate) fn covers(&self, other: &Self) -> bool {
        if self.is_shared() { self == other } else { covers(self.topics(), other.topics()) }
    }

    /// Returns whether there is a topic that both filters match.
    #[must_use]
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        overlap(self.topics(), other.topics())
    }

    /// Returns the text of the filter.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether it is the filter of a shared subscription.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        shared_prefix_len(&self.0).is_ok_and(|len| len > 0)
    }

    /// Returns the filter that matches the topics of the messages: without the prefix of a shared subscription.
    #[must_use]
    pub fn topics(&self) -> &str {
        &self.0[shared_prefix_len(&self.0).unwrap_or_default()..]
    }

    /// Returns whether it is a topic to which a message can be published: it contains no wildcard and is not shared.
    #[must_use]
    pub(crate) fn is_plain(&self) -> bool {
        !(has_wildcard(&self.0) || self.0.starts_with('$') && self.is_shared())
    }

    /// Returns the only topic that the filter matches, if it contains no wildcard.
    #[must_use]
    pub(crate) fn exact(&self) -> Option<&str> {
        Some(self.topics()).filter(|topics| !has_wildcard(topics))
    }

    /// Returns the only topic that the filter matches, as [`exact`](Self::exact) does, as shared text.
    #[must_use]
    pub(crate) fn to_exact(&self) -> Option<Arc<str>> {
        let topic = self.exact()?;
        Some(if topic.len() == self.0.len() { Arc::clone(&self.0) } else { topic.into() })
    }

    /// Returns the filter as a topic to publish to, if it contains no wildcard and is not shared.
    #[must_use]
    pub(crate) fn as_topic(&self) -> Option<Topic> {
        self.is_plain().then(|| Topic(Arc::clone(&self.0)))
    }

    /// Returns whether the filter matches the topic name of a message.
    #[must_use]
    pub fn matches(&self, topic: &str) -> bool {
        let filter = self.topics();
        if topic.starts_with('$') && filter.starts_with(['+', '#']) {
            return false;
        }
        let mut levels = topic.split('/');
        for filter_level in filter.split('/') {
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
    use proptest::prelude::*;

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
    fn shared_subscription_matches_the_topics_behind_its_prefix() {
        for (filter, topic, expected) in [
            ("$share/group1/plant/+/speed", "plant/line1/speed", true),
            ("$share/group1/plant/+/speed", "$share/group1/plant/line1/speed", false),
            ("$share/g//a", "/a", true),
            ("$share/g/#", "a/b", true),
            ("$share/g/#", "$SYS/uptime", false),
            ("$share/g/$SYS/#", "$SYS/uptime", true),
            ("$queue/a", "a", true),
            ("$queue/+", "a", true),
            ("$queues/a", "$queues/a", true),
            ("$SHARE/g/a", "$SHARE/g/a", true),
        ] {
            assert_eq!(matches(filter, topic), expected, "{filter} {topic}");
        }
        let filter = |text| TopicFilter::new(text).unwrap();
        assert!(filter("$share/g/a").is_shared() && filter("$queue/a").is_shared());
        assert!(!filter("a/$share/g/a").is_shared() && !filter("share/g/a").is_shared());
        assert_eq!(filter("$share/g/a").as_topic(), None);
    }

    #[test]
    fn shared_subscription_must_be_complete_and_cannot_be_published_to() {
        let error = |text| TopicFilter::new(text).unwrap_err();
        assert_eq!(error("$share"), TopicError::NoGroup(6..6));
        assert_eq!(error("$share/"), TopicError::NoGroup(7..7));
        assert_eq!(error("$share//a"), TopicError::NoGroup(7..8));
        assert_eq!(error("$share/é+/a"), TopicError::WildcardInGroup(9, '+'));
        assert_eq!(error("$share/#"), TopicError::WildcardInGroup(7, '#'));
        assert_eq!(error("$share/g"), TopicError::NoSharedFilter("$share/g".to_owned()));
        assert_eq!(error("$share/g/"), TopicError::NoSharedFilter("$share/g".to_owned()));
        assert_eq!(error("$queue/"), TopicError::NoSharedFilter("$queue".to_owned()));
        assert_eq!(error("$share/g/a/#/b"), TopicError::WildcardNotLast(11));
        for topic in ["$share/g/a", "$queue/a", "$share/g"] {
            assert_eq!(Topic::new(topic), Err(TopicError::PublishToShared(0..6)), "{topic}");
        }
        assert!(Topic::new("$SYS/a").is_ok() && Topic::new("$sharex/a").is_ok());
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

    /// All topics of up to four levels over an alphabet that has every kind of level.
    fn topics() -> Vec<String> {
        let levels = ["", "a", "b", "$S"];
        let mut topics: Vec<String> = levels.map(str::to_owned).to_vec();
        let mut longest = topics.clone();
        for _ in 1..4 {
            longest = longest.iter().flat_map(|topic| levels.map(|level| format!("{topic}/{level}"))).collect();
            topics.extend_from_slice(&longest);
        }
        topics.retain(|topic| !topic.is_empty());
        topics
    }

    fn filter_strategy() -> impl Strategy<Value = TopicFilter> {
        let level =
            prop_oneof![3 => "[ab]", 1 => Just(String::new()), 1 => Just("$S".to_owned()), 3 => Just("+".to_owned())];
        (prop::collection::vec(level, 0..3), any::<bool>()).prop_filter_map("empty", |(mut levels, multi_level)| {
            if multi_level {
                levels.push("#".to_owned());
            }
            TopicFilter::new(&levels.join("/")).ok()
        })
    }

    proptest! {
        #[test]
        fn filters_cover_and_overlap_as_matching_all_topics_shows(one in filter_strategy(), other in filter_strategy()) {
            let topics = topics();
            let matched = |filter: &TopicFilter| topics.iter().map(|topic| filter.matches(topic)).collect::<Vec<_>>();
            let pairs: Vec<(bool, bool)> = matched(&one).into_iter().zip(matched(&other)).collect();
            prop_assert_eq!(one.covers(&other), pairs.iter().all(|(one, other)| *one || !*other), "{} covers {}", one, other);
            prop_assert_eq!(one.overlaps(&other), pairs.iter().any(|(one, other)| *one && *other), "{} overlaps {}", one, other);
        }
    }

    #[test]
    fn shared_subscription_covers_only_itself_but_can_be_covered() {
        let filter = |text| TopicFilter::new(text).unwrap();
        assert!(filter("a/#").covers(&filter("$share/g/a/b")) && filter("a").covers(&filter("$queue/a")));
        assert!(!filter("$share/g/#").covers(&filter("a")) && !filter("$share/g/#").covers(&filter("$share/g/a")));
        assert!(filter("$share/g/a").covers(&filter("$share/g/a")));
        assert!(filter("$share/g/a").overlaps(&filter("+")) && !filter("$share/g/a").overlaps(&filter("b")));
    }
}
