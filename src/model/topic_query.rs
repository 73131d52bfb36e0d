//! What a user searches for among the topics of a broker: words of the topic, and terms about its messages, all of which
//! must apply. `docs/explorer.md` lists them.

use std::time::Duration;

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

use super::{
    time::Time,
    topic::{TopicError, TopicFilter},
    topic_tree::{NodeId, RateUnit, TopicTree},
};

/// The prefix of a regular expression, which is the rest of the search.
const REGEX_PREFIX: &str = "re:";
/// The most memory of a compiled regular expression in bytes.
const MAX_REGEX_BYTES: usize = 1 << 20;

/// Why a search cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum QueryError {
    /// The regular expression is wrong: why.
    #[error("not a regular expression: {0}")]
    Regex(String),
    /// A term that is compared is wrong: the term, and an example of a right one.
    #[error("{0}: write {1}")]
    Comparison(String, &'static str),
    /// A topic filter is wrong: the filter, and why.
    #[error("{0}: {1}")]
    Filter(String, TopicError),
}

/// A number that is compared, and how.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Comparison {
    is_more: bool,
    limit: f64,
}

impl Comparison {
    fn applies_to(self, number: f64) -> bool {
        if self.is_more { number > self.limit } else { number < self.limit }
    }

    /// Parses `>` or `<` and a number with one of these units.
    fn parse(text: &str, units: &[(&str, f64)]) -> Option<Self> {
        let is_more = text.starts_with('>');
        let text = text.strip_prefix(['>', '<'])?;
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let (_, factor) = units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
        Some(Self { is_more, limit: number.parse::<f64>().ok()? * factor })
    }
}

#[derive(Debug, Clone)]
enum Term {
    Regex(regex::Regex),
    Filter(TopicFilter),
    Payload(regex::bytes::Regex),
    Rate(Comparison, RateUnit),
    Age(Comparison),
    Size(Comparison),
    Retained,
    /// Levels are found, too, if several topics below them share the messages.
    Levels,
}

/// How much of the messages of a level may come from one of those below it, if the level is found, too.
const MAX_PART_OF_CHILD: f32 = 0.9;

/// What is searched for.
#[derive(Debug, Clone)]
pub(crate) struct TopicQuery {
    terms: Vec<Term>,
    words: Pattern,
    has_words: bool,
}

impl TopicQuery {
    /// Parses a search.
    ///
    /// # Errors
    /// If a regular expression in it is wrong.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let (mut terms, mut words) = (Vec::new(), Vec::new());
        let mut rest = text.trim();
        while !rest.is_empty() {
            if let Some(expression) = rest.strip_prefix(REGEX_PREFIX) {
                terms.push(Term::Regex(parse_regex(expression.trim())?));
                break;
            }
            let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            match parse_term(word)? {
                Some(term) => terms.push(term),
                None => words.push(word),
            }
            rest = after.trim_start();
        }
        let has_words = !words.is_empty();
        let words = Pattern::parse(&words.join(" "), CaseMatching::Ignore, Normalization::Smart);
        Ok(Self { terms, words, has_words })
    }

    /// Returns whether levels that are no topics can be found, too.
    pub fn finds_levels(&self) -> bool {
        self.terms.iter().any(|term| matches!(term, Term::Levels))
    }

    /// Returns by which rate what is found is sorted, if by one.
    pub fn rate_unit(&self) -> Option<RateUnit> {
        self.terms.iter().find_map(|term| if let Term::Rate(_, unit) = term { Some(*unit) } else { None })
    }

    /// Returns whether what is found changes with the messages.
    pub fn depends_on_messages(&self) -> bool {
        self.terms.iter().any(|term| !matches!(term, Term::Regex(_) | Term::Filter(_)))
    }
}

/// Returns the rate of a topic; with all below it, if levels are found, too.
fn rate_of(finds_levels: bool, tree: &TopicTree, node: NodeId, unit: RateUnit, now: Time) -> f32 {
    if finds_levels { tree.totals(node, now).rate_of(unit) } else { tree.topic_rate(node, unit, now) }
}

/// Returns the score of a rate: in the order of the rates.
fn rate_score(rate: f32) -> u32 {
    // The bits of positive numbers have the order of the numbers.
    rate.max(0.0).to_bits()
}

fn parse_term(word: &str) -> Result<Option<Term>, QueryError> {
    const TIMES: [(&str, f64); 5] = [("", 1.0), ("s", 1.0), ("min", 60.0), ("m", 60.0), ("h", 3_600.0)];
    const MESSAGE_RATES: [(&str, f64); 3] = [("/s", 1.0), ("/min", 1.0 / 60.0), ("/h", 1.0 / 3_600.0)];
    const BYTE_RATES: [(&str, f64); 5] =
        [("b/s", 1.0), ("kb/s", 1e3), ("kib/s", 1_024.0), ("mb/s", 1e6), ("mib/s", 1_048_576.0)];
    const SIZES: [(&str, f64); 5] = [("", 1.0), ("b", 1.0), ("k", 1_024.0), ("kib", 1_024.0), ("m", 1_048_576.0)];
    if let Some(text) = word.strip_prefix('=').filter(|text| !text.is_empty()) {
        let contains = regex::bytes::RegexBuilder::new(&regex::escape(text)).case_insensitive(true).build();
        return contains.map(|contains| Some(Term::Payload(contains))).map_err(|error| regex_error(&error));
    }
    let compared = |prefix: &str, units: &[(&str, f64)]| Comparison::parse(word.strip_prefix(prefix)?, units);
    let messages = || Some((compared("", &MESSAGE_RATES)?, RateUnit::Messages));
    let bytes = || Some((compared("", &BYTE_RATES)?, RateUnit::Bytes));
    let rate = || messages().or_else(bytes).map(|(comparison, unit)| Term::Rate(comparison, unit));
    let age = || compared("age", &TIMES).map(Term::Age);
    let size = || compared("size", &SIZES).map(Term::Size);
    let has_comparison = |name: &str| word.strip_prefix(name).is_some_and(|rest| rest.starts_with(['>', '<']));
    for (name, term, example) in [("", rate(), ">5/s"), ("age", age(), "age<10s"), ("size", size(), "size>1k")] {
        match term {
            None if has_comparison(name) => return Err(QueryError::Comparison(word.to_owned(), example)),
            None => {}
            term => return Ok(term),
        }
    }
    if word.contains(['+', '#']) {
        let filter = TopicFilter::new(word).map_err(|error| QueryError::Filter(word.to_owned(), error))?;
        return Ok(Some(Term::Filter(filter)));
    }
    Ok(match word.to_ascii_lowercase().as_str() {
        "retained" => Some(Term::Retained),
        "levels" => Some(Term::Levels),
        _ => None,
    })
}

fn parse_regex(expression: &str) -> Result<regex::Regex, QueryError> {
    regex::RegexBuilder::new(expression)
        .size_limit(MAX_REGEX_BYTES)
        .case_insensitive(true)
        .build()
        .map_err(|error| regex_error(&error))
}

/// Returns the error in one line: the last one says what is wrong.
fn regex_error(error: &regex::Error) -> QueryError {
    let text = error.to_string();
    let reason = text.lines().next_back().unwrap_or_default();
    QueryError::Regex(reason.trim_start_matches("error: ").to_owned())
}

/// Matches topics, with the memory that it needs.
#[derive(Debug, Clone)]
pub(crate) struct TopicMatcher {
    matcher: Matcher,
    topic: String,
    characters: Vec<char>,
}

impl Default for TopicMatcher {
    fn default() -> Self {
        let matcher = Matcher::new(Config::DEFAULT.match_paths());
        Self { matcher, topic: String::new(), characters: Vec::new() }
    }
}

impl TopicMatcher {
    /// Returns how well a topic matches, more is better; `None` if it does not. In a search for a rate, the topics with the
    /// most messages or bytes per second are the best.
    pub fn score(&mut self, query: &TopicQuery, tree: &TopicTree, node: NodeId, now: Time) -> Option<u32> {
        tree.write_path(node, &mut self.topic);
        let finds_levels = query.finds_levels();
        let unit = query.rate_unit().unwrap_or_default();
        if !query.terms.iter().all(|term| self.applies(term, tree, (node, finds_levels, unit), now)) {
            return None;
        }
        if let Some(unit) = query.rate_unit() {
            return Some(rate_score(rate_of(query.finds_levels(), tree, node, unit, now)))
                .filter(|_| !query.has_words || self.words_match(query));
        }
        if !query.has_words {
            return Some(0);
        }
        query.words.score(Utf32Str::new(&self.topic, &mut self.characters), &mut self.matcher)
    }

    /// Returns how many bytes the topic has that was matched last.
    pub const fn topic_bytes(&self) -> usize {
        self.topic.len()
    }

    fn words_match(&mut self, query: &TopicQuery) -> bool {
        query.words.score(Utf32Str::new(&self.topic, &mut self.characters), &mut self.matcher).is_some()
    }

    fn applies(
        &self,
        term: &Term,
        tree: &TopicTree,
        (node, finds_levels, unit): (NodeId, bool, RateUnit),
        now: Time,
    ) -> bool {
        let topic = || tree.topic(node);
        match term {
            Term::Regex(regex) => regex.is_match(&self.topic),
            Term::Filter(filter) => filter.matches(&self.topic),
            Term::Payload(text) => topic().is_some_and(|topic| text.is_match(topic.payload)),
            Term::Rate(comparison, unit) => {
                comparison.applies_to(f64::from(rate_of(finds_levels, tree, node, *unit, now)))
            }
            Term::Age(comparison) => topic().is_some_and(|topic| {
                let age: Duration = now.since(topic.received_at);
                comparison.applies_to(age.as_secs_f64())
            }),
            Term::Size(comparison) => topic().is_some_and(|topic| {
                let size = u32::try_from(topic.payload_bytes).unwrap_or(u32::MAX);
                comparison.applies_to(f64::from(size))
            }),
            Term::Retained => topic().is_some_and(|topic| topic.is_retained),
            Term::Levels => {
                let of_children = tree.highest_rate_below(node, unit, now);
                topic().is_some() || of_children < MAX_PART_OF_CHILD * tree.totals(node, now).rate_of(unit)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{batch::MessageRef, message::Qos, topic_tree::Limits};

    fn tree() -> TopicTree {
        let mut tree = TopicTree::new(Limits::default(), Time::default());
        let long = [b'x'; 2_000];
        for (topic, payload, retain, count, at) in [
            ("home/kitchen/lamp", &b"ON"[..], true, 1, 0),
            ("home/kitchen/lamp/set", b"off", false, 1, 50),
            ("home/hall/climate", b"{\"t\":21.4}", false, 300, 55),
            ("camera", &long, false, 1, 59),
        ] {
            for _ in 0..count {
                let message = MessageRef { topic, payload, qos: Qos::AtMostOnce, retain, properties: None };
                tree.record(message, Time::from_millis(at * 1_000));
            }
        }
        tree
    }

    /// Returns the topics that match, the best first.
    fn found(query: &str) -> Vec<String> {
        let (tree, query) = (tree(), TopicQuery::parse(query).unwrap());
        let mut matcher = TopicMatcher::default();
        let mut found: Vec<_> = tree
            .topics_among(0..tree.node_count())
            .filter_map(|node| {
                let score = matcher.score(&query, &tree, node, Time::from_millis(60_000))?;
                Some((std::cmp::Reverse(score), tree.path(node)))
            })
            .collect();
        found.sort();
        found.into_iter().map(|(_, topic)| topic).collect()
    }

    #[test]
    fn topics_are_found_by_words_and_terms() {
        let (lamp, set, climate) = ("home/kitchen/lamp", "home/kitchen/lamp/set", "home/hall/climate");
        for (query, expected) in [
            ("", &["camera", climate, lamp, set][..]),
            ("kitlamp", &[lamp, set]),
            ("KIT set", &[set]),
            ("re:lamp$", &[lamp]),
            ("hall re:HOME/.*/climate", &[climate]),
            ("home/+/lamp/#", &[lamp, set]),
            ("=on", &[lamp]),
            ("=21.4", &[climate]),
            (">5/s", &[climate]),
            ("home <1/s", &[set, lamp]),
            (">30/min camera", &[]),
            (">100B/s", &[climate, "camera"]),
            (">0.15kB/s", &[climate, "camera"]),
            (">0.15KiB/s camera", &["camera"]),
            ("<1MB/s >1/s", &[climate]),
            ("age<5s", &["camera"]),
            ("age>0.5min", &[lamp]),
            ("size>1k", &["camera"]),
            ("size<3 home", &[lamp]),
            ("retained", &[lamp]),
            ("nothing", &[]),
        ] {
            assert_eq!(found(query), expected, "{query}");
        }
    }

    #[test]
    fn terms_of_the_documentation_are_terms() {
        let page = include_str!("../../docs/explorer.md");
        let rows = page.lines().filter(|line| line.starts_with("| `") && !line.starts_with("| `kitlamp`"));
        let terms: Vec<&str> =
            rows.flat_map(|row| row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2)).collect();
        assert!(terms.len() >= 10, "{terms:?}");
        for term in terms {
            let query = TopicQuery::parse(term).unwrap();
            assert!(query.terms.len() == 1 && !query.has_words, "{term}");
        }
    }

    #[test]
    fn what_is_no_term_is_a_word() {
        for query in ["=", "age", "size", "agent"] {
            let query = TopicQuery::parse(query).unwrap();
            assert!(query.terms.is_empty() && query.has_words);
        }
        for (query, expected) in [
            (">5", ">5: write >5/s"),
            (">x/s", ">x/s: write >5/s"),
            ("kit age<", "age<: write age<10s"),
            ("size>10q", "size>10q: write size>1k"),
            ("a#b", "a#b: `#` must occupy a whole level of the topic"),
        ] {
            assert_eq!(TopicQuery::parse(query).unwrap_err().to_string(), expected);
        }
        let error = TopicQuery::parse("re:(a").unwrap_err();
        assert_eq!(error.to_string(), "not a regular expression: unclosed group");
        assert!(TopicQuery::parse("=x").unwrap().depends_on_messages());
        assert!(!TopicQuery::parse("a re:b").unwrap().depends_on_messages());
    }
}
