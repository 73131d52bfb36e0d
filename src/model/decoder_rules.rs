//! How the payloads of topics are decoded, whatever tile shows them: what `decoders.toml` says, and Sparkplug B on its own
//! topics.

use std::{borrow::Cow, path::PathBuf, sync::Arc};

use super::{decoder_rule_entry::DecoderRuleEntry, time::Time, topic::TopicFilter};
use crate::decode::{self, DecodeError, Decoder, EncodeError, is_sparkplug_topic};

/// A rule: the payloads of these topics pass through these decoders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecoderRule {
    /// The topics.
    pub filter: TopicFilter,
    /// The decoders, in the order in which a payload passes through them. None: payloads are shown as they are.
    pub decoders: Arc<[Decoder]>,
}

/// The rules. Of those that match a topic, the first one counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecoderRules {
    rules: Arc<[DecoderRule]>,
    sparkplug: Arc<[Decoder]>,
}

/// What `decoders.toml` says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LoadedDecoderRules {
    /// The rules, as they apply.
    pub rules: DecoderRules,
    /// The rules as they are in the file.
    pub entries: Vec<DecoderRuleEntry>,
    /// The files of the schemas, which are read again when they change.
    pub schemas: Vec<PathBuf>,
}

impl Default for DecoderRules {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl DecoderRules {
    /// Creates the rules of a file.
    #[must_use]
    pub fn new(rules: Vec<DecoderRule>) -> Self {
        Self { rules: rules.into(), sparkplug: Decoder::sparkplug().into_iter().collect() }
    }

    /// Returns the decoders of a topic; `None` if there is no rule for it.
    #[must_use]
    pub fn decoders_of(&self, topic: &str) -> Option<&Arc<[Decoder]>> {
        let rule = self.rules.iter().find(|rule| rule.filter.matches(topic));
        rule.map(|rule| &rule.decoders).or_else(|| is_sparkplug_topic(topic).then_some(&self.sparkplug))
    }

    /// Returns whether payloads of a topic are decoded.
    #[must_use]
    pub fn has_decoders(&self, topic: &str) -> bool {
        self.decoders_of(topic).is_some_and(|decoders| !decoders.is_empty())
    }

    /// Returns the decoders of a topic followed by these ones, which a tile has. A tile may repeat what the rule says.
    #[must_use]
    pub fn followed_by<'a>(&'a self, topic: &str, own: &'a [Decoder]) -> Cow<'a, [Decoder]> {
        match self.decoders_of(topic) {
            None => Cow::Borrowed(own),
            Some(rule) if own.is_empty() || **rule == *own => Cow::Borrowed(rule),
            Some(rule) => Cow::Owned([rule, own].concat()),
        }
    }

    /// Returns what a payload says to a tile with these decoders.
    ///
    /// # Errors
    /// If a decoder cannot read it.
    pub(crate) fn decoded<'a>(
        &self,
        topic: &str,
        own: &[Decoder],
        payload: &'a [u8],
    ) -> Result<Cow<'a, [u8]>, DecodeError> {
        decode::decode(&self.followed_by(topic, own), payload)
    }

    /// Returns the payload for what a tile with these decoders publishes to a topic.
    ///
    /// # Errors
    /// If a decoder cannot write it, or if the payload becomes empty: with the retain flag, that would delete.
    pub(crate) fn encoded(
        &self,
        topic: &str,
        own: &[Decoder],
        (text, retain): (&[u8], bool),
        now: Time,
    ) -> Result<Arc<[u8]>, EncodeError> {
        let decoders = self.followed_by(topic, own);
        let payload = decode::encode(&decoders, text, now.as_millis())?;
        if retain && payload.is_empty() && !text.is_empty() {
            return Err(EncodeError::deletes_retained(&decoders));
        }
        Ok(payload.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(filter: &str, names: &[&str]) -> DecoderRule {
        let decoders = names.iter().map(|name| Decoder::by_name(name).unwrap());
        DecoderRule { filter: TopicFilter::new(filter).unwrap(), decoders: decoders.collect() }
    }

    fn names(decoders: &[Decoder]) -> Vec<&'static str> {
        decoders.iter().map(Decoder::name).collect()
    }

    #[test]
    fn first_rule_that_matches_counts_and_sparkplug_comes_last() {
        let rules = DecoderRules::new(vec![
            rule("fleet/+/telemetry", &["gzip", "cbor"]),
            rule("fleet/#", &["msgpack"]),
            rule("spBv1.0/raw/#", &[]),
        ]);
        let names = |topic: &str| rules.decoders_of(topic).map(|decoders| names(decoders));
        assert_eq!(names("fleet/1/telemetry"), Some(vec!["gzip", "cbor"]));
        assert_eq!(names("fleet/1/state"), Some(vec!["msgpack"]));
        assert_eq!(names("spBv1.0/G/NDATA/N"), Some(vec!["sparkplug"]));
        assert_eq!(names("spBv1.0/raw/NDATA/N"), Some(Vec::new()));
        assert_eq!(names("home"), None);
        assert!(!rules.has_decoders("spBv1.0/raw/NDATA/N") && !rules.has_decoders("home"));
        assert!(rules.has_decoders("fleet/1/state"));
    }

    #[test]
    fn decoders_of_a_tile_read_what_the_rule_has_made() {
        let rules = DecoderRules::new(vec![rule("a", &["gzip"]), rule("b", &["cbor"])]);
        let own = |name: &str| vec![Decoder::by_name(name).unwrap()];
        assert_eq!(names(&rules.followed_by("a", &own("cbor"))), ["gzip", "cbor"]);
        assert_eq!(names(&rules.followed_by("b", &own("cbor"))), ["cbor"], "not twice");
        assert_eq!(names(&rules.followed_by("c", &own("cbor"))), ["cbor"]);
        let payload = rules.encoded("a", &own("cbor"), (b"{\"t\":1}", true), Time::default()).unwrap();
        assert_eq!(rules.decoded("a", &own("cbor"), &payload).as_deref(), Ok(&b"{\"t\":1}"[..]));
    }
}
