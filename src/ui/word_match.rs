//! Finds actions by the words that a user types: whole words, beginnings of words, and initials.

/// Words that users type for the words in the table of key bindings.
const SYNONYMS: [(&str, &str); 17] = [
    ("broker", "connections"),
    ("configure", "edit"),
    ("copy", "clone"),
    ("create", "add"),
    ("duplicate", "clone"),
    ("erase", "delete"),
    ("exit", "quit"),
    ("info", "details"),
    ("keys", "help"),
    ("log", "happened"),
    ("new", "add"),
    ("profiles", "connections"),
    ("refresh", "redraw"),
    ("remove", "delete"),
    ("revert", "undo"),
    ("search", "find"),
    ("shortcuts", "help"),
];
/// The shortest beginning of a synonym that counts.
const MIN_SYNONYM_BYTES: usize = 3;
/// Words that do not count among the initials of a sentence.
const ARTICLES: [&str; 3] = ["a", "an", "the"];

/// How well the text of an action matches a query, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum MatchRank {
    /// The query is the name.
    Name,
    /// The name or the description begins with the query.
    Prefix,
    /// Each word of the query begins a word of the name or of the description.
    Words,
    /// The same, but some words are synonyms.
    Synonyms,
    /// The query, or a word of it, consists of the initials of the name or of the description.
    Initials,
}

impl MatchRank {
    /// Returns whether the user has typed the name of just this action.
    pub(super) fn is_exact(self) -> bool {
        self == Self::Name
    }
}

/// What a user searches for.
pub(super) struct WordQuery {
    text: String,
    words: Vec<String>,
}

impl WordQuery {
    /// Returns the query that a text stands for.
    pub(super) fn new(text: &str) -> Self {
        let text = text.trim().to_lowercase();
        Self { words: words_of(&text).map(str::to_owned).collect(), text }
    }

    /// Returns how well an action matches, by its name and its description; `None` if it does not.
    pub(super) fn rank(&self, name: &str, description: &str) -> Option<MatchRank> {
        if self.words.is_empty() {
            return self.text.is_empty().then_some(MatchRank::Words);
        }
        let (name, description) = (name.to_lowercase(), description.to_lowercase());
        let name_words: Vec<&str> = words_of(&name).collect();
        if name_words == self.words {
            return Some(MatchRank::Name);
        }
        if name_words.join(" ").starts_with(&self.words.join(" ")) || description.starts_with(&self.text) {
            return Some(MatchRank::Prefix);
        }
        let description_words: Vec<&str> = words_of(&description).collect();
        let words: Vec<&str> = name_words.iter().chain(&description_words).copied().collect();
        let initials = [
            initials_of(&name_words),
            initials_of(&description_words),
            initials_of(description_words.iter().filter(|word| !ARTICLES.contains(word))),
        ];
        // The rank of the word that matches worst.
        self.words
            .iter()
            .map(|word| rank_word(word, &words, &initials))
            .try_fold(MatchRank::Words, |worst, rank| Some(worst.max(rank?)))
    }
}

/// Returns the words of a text: what is between spaces and punctuation.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn initials_of<'a>(words: impl IntoIterator<Item = &'a &'a str>) -> String {
    words.into_iter().filter_map(|word| word.chars().next()).collect()
}

/// Returns how well a word of a query matches the words or the initials of an action.
fn rank_word(word: &str, words: &[&str], initials: &[String]) -> Option<MatchRank> {
    let is_beginning = |beginning: &str| words.iter().any(|candidate| candidate.starts_with(beginning));
    if is_beginning(word) {
        return Some(MatchRank::Words);
    }
    let mut synonyms = SYNONYMS.iter().filter(|(typed, _)| word.len() >= MIN_SYNONYM_BYTES && typed.starts_with(word));
    if synonyms.any(|(_, meant)| is_beginning(meant)) {
        return Some(MatchRank::Synonyms);
    }
    initials.iter().any(|initials| initials.starts_with(word)).then_some(MatchRank::Initials)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(query: &str, name: &str, description: &str) -> Option<MatchRank> {
        WordQuery::new(query).rank(name, description)
    }

    #[test]
    fn names_beginnings_words_synonyms_and_initials_match_in_this_order() {
        let rank = |query| rank(query, "next-tab", "show the next dashboard, not the last");
        for (query, expected) in [
            ("next-tab", Some(MatchRank::Name)),
            (" Next TAB ", Some(MatchRank::Name)),
            ("next", Some(MatchRank::Prefix)),
            ("next t", Some(MatchRank::Prefix)),
            ("show the n", Some(MatchRank::Prefix)),
            ("dashboard", Some(MatchRank::Words)),
            ("dash show", Some(MatchRank::Words)),
            ("nt", Some(MatchRank::Initials)),
            ("stnd", Some(MatchRank::Initials)),
            ("snd", Some(MatchRank::Initials)),
            ("dash snd", Some(MatchRank::Initials)),
            ("ashboard", None),
            ("dashboards", None),
            ("sxt", None),
            ("show chart", None),
            ("td", None),
            ("", Some(MatchRank::Words)),
            ("?!", None),
        ] {
            assert_eq!(rank(query), expected, "{query:?}");
        }
    }

    #[test]
    fn synonyms_match_from_three_letters_on() {
        assert_eq!(rank("remove tile", "delete", "delete the tile"), Some(MatchRank::Synonyms));
        assert_eq!(rank("rem", "delete", "delete the tile"), Some(MatchRank::Synonyms));
        assert_eq!(rank("re", "delete", "delete the tile"), None);
        assert_eq!(rank("removed", "delete", "delete the tile"), None);
    }

    #[test]
    fn every_synonym_stands_for_a_word_of_the_key_bindings() {
        for (typed, meant) in SYNONYMS {
            let is_used = crate::app::all_bindings()
                .any(|binding| words_of(binding.help).chain(words_of(binding.name)).any(|word| word == meant));
            assert!(is_used, "{typed} {meant}");
        }
    }
}
