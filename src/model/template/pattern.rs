//! Topics with captures: `stat/{id}/POWER` is each topic with something in place of `{id}`, which tells one device from
//! another. `{rest...}` at the end stands for one level or more.

use super::{
    device::Device,
    placeholder::{Placeholder, is_name},
};
use crate::model::{
    field_value::parse_text,
    schema::{FieldValue, ValueType},
    topic::{Topic, TopicFilter},
    unsafe_char::is_unsafe,
    value::{ValidationError, Value},
};

/// What to do about a topic without captures.
pub(super) const NAME_HELP: &str = "write a name in braces for what differs: stat/{id}/POWER";
/// The most bytes of what the captures of a topic stand for.
const MAX_CAPTURED_BYTES: usize = 256;
/// The endings of the name of a capture of several levels.
const REST: [&str; 2] = ["...", "…"];

/// What a level of a topic has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Level {
    /// This text.
    Literal(String),
    /// A text that begins and ends with these texts, between which the capture is.
    Capture { before: String, name: String, after: String },
    /// One level or more, to the end.
    Rest(String),
}

/// A topic with captures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TopicPattern {
    text: String,
    levels: Vec<Level>,
}

impl TopicPattern {
    /// Parses a pattern.
    ///
    /// # Errors
    /// If the text is no topic, or a level has more than one capture.
    pub fn parse(text: &str) -> Result<Self, ValidationError> {
        if let Some(at) = text.find(['+', '#']) {
            return Err(ValidationError::new("a wildcard has no name")
                .with_help(NAME_HELP)
                .with_span(Some(at..at + 1)));
        }
        Topic::new(text).map_err(|error| {
            ValidationError::new(format!("invalid topic: {error}")).with_help(NAME_HELP).with_span(error.span())
        })?;
        let levels: Vec<Level> = text.split('/').map(parse_level).collect::<Result<_, _>>()?;
        let pattern = Self { text: text.to_owned(), levels };
        if let Some(index) = pattern.levels.iter().position(|level| matches!(level, Level::Rest(_)))
            && index + 1 < pattern.levels.len()
        {
            return Err(ValidationError::new("a capture of several levels must be at the end of the topic"));
        }
        let names: Vec<&str> = pattern.names().collect();
        if let Some(name) = names.iter().find(|name| names.iter().filter(|other| other == name).count() > 1) {
            return Err(ValidationError::new(format!("two captures have the name `{name}`")));
        }
        Ok(pattern)
    }

    /// Returns the names of its captures.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.levels.iter().filter_map(|level| match level {
            Level::Capture { name, .. } | Level::Rest(name) => Some(name.as_str()),
            Level::Literal(_) => None,
        })
    }

    /// Returns the name of the capture of several levels, if it has one.
    pub fn rest(&self) -> Option<&str> {
        match self.levels.last() {
            Some(Level::Rest(name)) => Some(name),
            _ => None,
        }
    }

    /// Returns the filter to subscribe to, in which wildcards stand for the captures.
    pub fn filter(&self) -> Option<TopicFilter> {
        let levels: Vec<&str> = self.levels.iter().map(Level::as_filter).collect();
        TopicFilter::new(&levels.join("/")).ok()
    }

    /// Returns what the captures stand for in a topic, in their order; `None` if the topic is another one, or one of them
    /// is nothing, too long, or a text that could be more than the name of a device.
    pub fn captures<'t>(&self, topic: &'t str) -> Option<Vec<&'t str>> {
        let mut rest = Some(topic);
        let mut captures = Vec::new();
        for level in &self.levels {
            let current = rest?;
            if let Level::Rest(_) = level {
                captures.push(current);
                rest = None;
                continue;
            }
            let (text, following) = current.split_once('/').map_or((current, None), |(text, rest)| (text, Some(rest)));
            match level {
                Level::Literal(literal) if literal == text => {}
                Level::Capture { before, after, .. } => {
                    captures.push(text.strip_prefix(before.as_str())?.strip_suffix(after.as_str())?);
                }
                _ => return None,
            }
            rest = following;
        }
        let bytes: usize = captures.iter().map(|text| text.len()).sum();
        let is_usable = rest.is_none() && bytes <= MAX_CAPTURED_BYTES && captures.iter().all(|text| is_plain(text));
        is_usable.then_some(captures)
    }

    /// Returns the topic of a device, with what the captures stand for in their places.
    pub fn topic_of(&self, device: &Device) -> Option<TopicFilter> {
        let mut captures = device.captures(self.names().count());
        let mut levels = Vec::new();
        for level in &self.levels {
            levels.push(match level {
                Level::Literal(text) => text.clone(),
                Level::Capture { before, after, .. } => format!("{before}{}{after}", captures.next()?),
                Level::Rest(_) => captures.next()?.to_owned(),
            });
        }
        TopicFilter::new(&levels.join("/")).ok()
    }

    /// Returns the text of the pattern.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Returns the names in braces of a text that are written as those of several levels in a pattern.
pub(super) fn captures_of_rest(text: &str) -> impl Iterator<Item = Placeholder<'_>> {
    text.match_indices('{').filter_map(|(start, _)| {
        let inner = &text[start + 1..];
        let inner = &inner[..inner.find('}')?];
        let name = REST.iter().find_map(|end| inner.strip_suffix(end)).filter(|name| is_name(name))?;
        Some(Placeholder { name, start, end: start + inner.len() + 2 })
    })
}

/// Returns whether a captured text can be put into another text without becoming more than a part of it: it ends no string
/// of JSON, is no placeholder and no link, and controls no terminal.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && !text.contains("://") && !text.contains(|c| is_unsafe(c) || matches!(c, '"' | '\\' | '{' | '}'))
}

impl Level {
    fn as_filter(&self) -> &str {
        match self {
            Self::Literal(text) => text,
            Self::Capture { .. } => "+",
            Self::Rest(_) => "#",
        }
    }
}

fn parse_level(text: &str) -> Result<Level, ValidationError> {
    let Some((before, rest)) = text.split_once('{') else {
        return Ok(Level::Literal(text.to_owned()));
    };
    let error = |message: String| ValidationError::new(message).with_help(NAME_HELP);
    let Some((name, after)) = rest.split_once('}') else {
        return Err(error(format!("`{text}` has a brace that is not closed")));
    };
    if after.contains(['{', '}']) {
        return Err(error(format!("`{text}` has more than one capture: a level can have only one")));
    }
    let levels = REST.iter().find_map(|end| name.strip_suffix(end));
    let name = levels.unwrap_or(name);
    if !is_name(name) {
        return Err(error(format!("`{name}` is not a name: it has letters, digits, `_` and `-`")));
    }
    if matches!(name, "name" | "value") {
        return Err(error(format!("a capture cannot have the name `{name}`, which means something else")));
    }
    let name = name.to_owned();
    match levels {
        Some(_) if before.is_empty() && after.is_empty() => Ok(Level::Rest(name)),
        Some(_) => Err(error(format!("`{text}`: a capture of several levels cannot have text around it"))),
        None => Ok(Level::Capture { before: before.to_owned(), name, after: after.to_owned() }),
    }
}

impl FieldValue for TopicPattern {
    const VALUE_TYPE: ValueType = ValueType::Custom("a topic with names in braces, such as \"stat/{id}/POWER\"");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        parse_text(value, Self::VALUE_TYPE, Self::parse)
    }

    fn to_value(&self) -> Option<Value> {
        Some(self.text.as_str().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> TopicPattern {
        TopicPattern::parse(text).unwrap()
    }

    #[test]
    fn captures_stand_for_a_level_a_part_of_it_or_the_rest() {
        for (text, topic, expected) in [
            ("stat/{id}/POWER", "stat/plug-7/POWER", Some(vec!["plug-7"])),
            ("stat/{id}/POWER", "stat/plug-7/POWER1", None),
            ("stat/{id}/POWER", "stat/a/b/POWER", None),
            ("stat/{id}/POWER", "stat/plug-7", None),
            ("stat/{id}/POWER", "stat//POWER", None),
            ("stat/{id}", "stat/plug/7", None),
            ("{room}/{id}/state", "Küche/Licht 1/state", Some(vec!["Küche", "Licht 1"])),
            ("z/light-{id}_1/set", "z/light-a_1/set", Some(vec!["a"])),
            ("z/light-{id}_1/set", "z/light-_1/set", None),
            ("z/light-{id}_1/set", "z/lamp-a_1/set", None),
            ("a/{rest...}", "a/b/c", Some(vec!["b/c"])),
            ("a/{rest…}", "a/b", Some(vec!["b"])),
            ("a/{rest...}", "a", None),
            ("{id}", "x\u{1b}[2J", None),
            ("{id}", "x\",\"y", None),
            ("{id}", "{{value}}", None),
            ("a/{rest...}", "a/http://b", None),
        ] {
            assert_eq!(pattern(text).captures(topic), expected, "{text} {topic}");
        }
        assert_eq!(pattern("{id}").captures(&"x".repeat(MAX_CAPTURED_BYTES + 1)), None);
    }

    #[test]
    fn filter_matches_what_the_pattern_captures() {
        for (text, filter) in [
            ("stat/{id}/POWER", "stat/+/POWER"),
            ("z/light-{id}_1/set", "z/+/set"),
            ("a/{rest...}", "a/#"),
            ("a/b", "a/b"),
        ] {
            assert_eq!(pattern(text).filter().unwrap().as_str(), filter);
        }
    }

    #[test]
    fn error_says_what_is_wrong_with_a_pattern() {
        for (text, expected) in [
            ("", "invalid topic: it is empty"),
            ("stat/+/POWER", "a wildcard has no name"),
            ("a/{id", "`{id` has a brace that is not closed"),
            ("a/{}", "`` is not a name: it has letters, digits, `_` and `-`"),
            ("a/{a}{b}", "`{a}{b}` has more than one capture: a level can have only one"),
            ("a/{id}/{id}", "two captures have the name `id`"),
            ("a/{rest...}/b", "a capture of several levels must be at the end of the topic"),
            ("a/x{rest...}", "`x{rest...}`: a capture of several levels cannot have text around it"),
            ("a/{name}", "a capture cannot have the name `name`, which means something else"),
        ] {
            assert_eq!(TopicPattern::parse(text).unwrap_err().message, expected, "{text}");
        }
    }
}
