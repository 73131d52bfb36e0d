//! What an account may read and write: the `topic` lines of the accounts file, which are those of mosquitto's ACL
//! files.
//!
//! An account without such lines may read and write everything. With them, it may do what a line allows and no `deny`
//! line forbids, whatever their order. A subscription is one request, which is allowed or refused as a whole: it needs
//! one line that allows all of its topics, and no `deny` line for any of them.

use mqtt5::parse_shared_subscription;

use crate::{
    demo::error::AccountError,
    model::{
        filter_relations::{covers, overlap},
        topic::TopicFilter,
    },
};

/// What a line does with the topics that its filter matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Read,
    Write,
    ReadWrite,
    Deny,
}

impl Rule {
    fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "read" => Self::Read,
            "write" => Self::Write,
            "readwrite" => Self::ReadWrite,
            "deny" => Self::Deny,
            _ => return None,
        })
    }
}

/// What an account may read and write.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct AccessRules {
    /// Empty if everything is allowed.
    rules: Vec<(Rule, TopicFilter)>,
}

/// Returns whether a line of the accounts file is an access rule, which belongs to the account above it.
pub(super) fn is_access_rule(line: &str) -> bool {
    matches!(line.split_whitespace().next(), Some("topic" | "pattern"))
}

impl AccessRules {
    /// Adds a line such as `topic read class/%u/#`. `%u` stands for the user name.
    ///
    /// # Errors
    /// When the line is no such rule.
    pub(super) fn add_line(&mut self, user: &str, line: &str) -> Result<(), AccountError> {
        let (_, rest) = line.split_once(char::is_whitespace).ok_or(AccountError::InvalidRule)?;
        let (word, filter) = rest.trim().split_once(char::is_whitespace).ok_or(AccountError::InvalidRule)?;
        let rule = Rule::from_word(word).ok_or(AccountError::InvalidRule)?;
        let filter = filter.trim();
        if filter.contains("%c") {
            return Err(AccountError::ClientIdInRule);
        }
        if filter.contains("%u") && user.contains(['+', '#', '/']) {
            return Err(AccountError::UserNotInFilter(user.to_owned()));
        }
        if parse_shared_subscription(filter).1.is_some() {
            return Err(AccountError::SharedRule);
        }
        let filter = TopicFilter::new(&filter.replace("%u", user))
            .map_err(|error| AccountError::InvalidFilter { filter: filter.to_owned(), reason: error.to_string() })?;
        self.rules.push((rule, filter));
        Ok(())
    }

    /// Returns whether the account may publish to a topic.
    pub(crate) fn may_write(&self, topic: &str) -> bool {
        let is_matched =
            |wanted: &[Rule]| self.rules.iter().any(|(rule, filter)| wanted.contains(rule) && filter.matches(topic));
        self.rules.is_empty() || is_matched(&[Rule::Write, Rule::ReadWrite]) && !is_matched(&[Rule::Deny])
    }

    /// Returns whether the account may subscribe to a topic filter, which may be that of a shared subscription.
    pub(crate) fn may_read(&self, filter: &str) -> bool {
        let filter = parse_shared_subscription(filter).0;
        let is_allowed = |(rule, allowed): &(Rule, TopicFilter)| {
            matches!(rule, Rule::Read | Rule::ReadWrite) && covers(allowed.as_str(), filter)
        };
        let is_denied = |(rule, denied): &(Rule, TopicFilter)| *rule == Rule::Deny && overlap(denied.as_str(), filter);
        self.rules.is_empty() || self.rules.iter().any(is_allowed) && !self.rules.iter().any(is_denied)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(lines: &[&str]) -> AccessRules {
        let mut rules = AccessRules::default();
        for line in lines {
            rules.add_line("anna", line).unwrap();
        }
        rules
    }

    #[test]
    fn account_without_access_rules_may_do_everything() {
        let everything = AccessRules::default();
        assert!(everything.may_read("#") && everything.may_read("$SYS/#") && everything.may_write("a/b"));
    }

    #[test]
    fn access_rule_allows_only_what_its_filter_covers() {
        let anna = rules(&["topic read class/#", "pattern readwrite home/%u/+", "topic write  log/%u"]);
        for (filter, expected) in [
            ("class/#", true),
            ("class", true),
            ("class/+/x", true),
            ("$share/all/class/#", true),
            ("home/anna/+", true),
            ("home/anna/lamp", true),
            ("#", false),
            ("+/#", false),
            ("+", false),
            ("$share/all/#", false),
            ("$share/class/other", false),
            ("home/anna/#", false),
            ("home/anna", false),
            ("home/bert/lamp", false),
            ("home/+/lamp", false),
            ("log/anna", false),
            ("$SYS/#", false),
        ] {
            assert_eq!(anna.may_read(filter), expected, "{filter}");
        }
        for (topic, expected) in [
            ("log/anna", true),
            ("home/anna/lamp", true),
            ("log/bert", false),
            ("class/x", false),
            ("home/anna/lamp/x", false),
            ("%u", false),
        ] {
            assert_eq!(anna.may_write(topic), expected, "{topic}");
        }
    }

    #[test]
    fn denied_topics_are_in_no_subscription_and_not_written() {
        for lines in [
            ["topic readwrite #", "topic deny class/+/answers", "topic deny exam/#"],
            ["topic deny exam/#", "topic deny class/+/answers", "topic readwrite #"],
        ] {
            let anna = rules(&lines);
            for filter in ["#", "class/#", "class/+/+", "class/1/answers", "exam", "+/1/answers", "$share/x/#", "+"] {
                assert!(!anna.may_read(filter), "{filter}");
            }
            for filter in ["class/+/questions", "class/+", "home/#", "class/1/answers/x"] {
                assert!(anna.may_read(filter), "{filter}");
            }
            assert!(anna.may_write("class/1") && !anna.may_write("class/1/answers") && !anna.may_write("exam"));
        }
    }

    #[test]
    fn system_topics_need_a_rule_of_their_own() {
        assert!(!rules(&["topic read #"]).may_read("$SYS/broker/uptime"));
        assert!(!rules(&["topic read +/broker/uptime"]).may_read("$SYS/broker/uptime"));
        assert!(rules(&["topic read $SYS/#"]).may_read("$SYS/broker/+"));
        assert!(rules(&["topic read #", "topic deny $SYS/#"]).may_read("#"), "`#` has no system topics");
    }

    #[test]
    fn invalid_access_rule_says_what_to_write() {
        let add = |user: &str, line: &str| AccessRules::default().add_line(user, line);
        for line in ["topic", "topic read", "topic class/#", "topic reads class/#", "pattern read"] {
            assert_eq!(add("anna", line), Err(AccountError::InvalidRule), "{line}");
        }
        assert!(matches!(add("anna", "topic read a/#/b"), Err(AccountError::InvalidFilter { .. })));
        assert_eq!(add("anna", "topic read c/%c"), Err(AccountError::ClientIdInRule));
        assert_eq!(add("anna", "topic read $share/x/c"), Err(AccountError::SharedRule));
        for user in ["+", "#", "a/b"] {
            assert_eq!(add(user, "topic read c/%u"), Err(AccountError::UserNotInFilter(user.to_owned())));
            assert_eq!(add(user, "topic read c"), Ok(()), "only `%u` needs the name");
        }
    }
}
