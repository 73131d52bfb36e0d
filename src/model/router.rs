//! Finds the tiles of a topic: a hash map for filters without wildcards and a trie over topic levels for
//! the others, so that the cost of a message does not depend on the number of tiles it does not match.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use foldhash::quality::RandomState;

use super::topic::TopicFilter;

/// Topic filters and their targets.
#[derive(Debug, Clone)]
pub struct Router<T> {
    /// The first target and the other targets of each topic. The keys come from brokers, too: those of devices.
    exact: HashMap<Arc<str>, (T, Vec<T>), RandomState>,
    nodes: Vec<TrieNode<T>>,
}

#[derive(Debug, Clone)]
struct TrieNode<T> {
    children: HashMap<Box<str>, usize, RandomState>,
    single_level: Option<usize>,
    targets: Vec<T>,
    multi_level_targets: Vec<T>,
}

impl<T> TrieNode<T> {
    fn is_empty(&self) -> bool {
        self.children.is_empty() && self.single_level.is_none() && self.multi_level_targets.is_empty()
    }
}

impl<T> Default for TrieNode<T> {
    fn default() -> Self {
        Self { children: HashMap::default(), single_level: None, targets: Vec::new(), multi_level_targets: Vec::new() }
    }
}

impl<T> Default for Router<T> {
    fn default() -> Self {
        Self { exact: HashMap::default(), nodes: vec![TrieNode::default()] }
    }
}

impl<T: Copy> Router<T> {
    /// Returns whether no topic is routed.
    pub(crate) fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.nodes.len() == 1 && self.nodes[0].is_empty()
    }

    /// Removes all routes. The memory stays allocated for as many others.
    pub(crate) fn clear(&mut self) {
        self.exact.clear();
        self.nodes.truncate(1);
        self.nodes[0] = TrieNode::default();
    }

    /// Routes every topic that `filter` matches to `target`.
    pub fn insert(&mut self, filter: &TopicFilter, target: T) {
        if let Some(topic) = filter.to_exact() {
            match self.exact.entry(topic) {
                Entry::Occupied(mut entry) => entry.get_mut().1.push(target),
                Entry::Vacant(entry) => drop(entry.insert((target, Vec::new()))),
            }
            return;
        }
        let mut index = 0;
        for level in filter.topics().split('/') {
            if level == "#" {
                self.nodes[index].multi_level_targets.push(target);
                return;
            }
            let next_index = self.nodes.len();
            let node = &mut self.nodes[index];
            index = if level == "+" {
                *node.single_level.get_or_insert(next_index)
            } else {
                *node.children.entry(level.into()).or_insert(next_index)
            };
            if index == next_index {
                self.nodes.push(TrieNode::default());
            }
        }
        self.nodes[index].targets.push(target);
    }

    /// Calls `visit` for each target of the topic.
    pub fn route(&self, topic: &str, visit: &mut impl FnMut(T)) {
        if let Some((first, others)) = self.exact.get(topic) {
            visit(*first);
            others.iter().copied().for_each(&mut *visit);
        }
        if !self.nodes[0].is_empty() {
            self.visit_matches(0, Some(topic), topic.starts_with('$'), visit);
        }
    }

    fn visit_matches(&self, index: usize, rest: Option<&str>, skip_wildcards: bool, visit: &mut impl FnMut(T)) {
        let node = &self.nodes[index];
        if !skip_wildcards {
            node.multi_level_targets.iter().copied().for_each(&mut *visit);
        }
        let Some(rest) = rest else {
            node.targets.iter().copied().for_each(visit);
            return;
        };
        let (level, rest) = match rest.split_once('/') {
            Some((level, rest)) => (level, Some(rest)),
            None => (rest, None),
        };
        if let Some(child) = node.children.get(level) {
            self.visit_matches(*child, rest, false, visit);
        }
        if let Some(child) = node.single_level.filter(|_| !skip_wildcards) {
            self.visit_matches(child, rest, false, visit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn level_strategy() -> impl Strategy<Value = String> {
        prop_oneof![Just(String::new()), "[ab]", Just("$S".to_owned()), Just("é".to_owned())]
    }

    fn filter_strategy() -> impl Strategy<Value = String> {
        let level_or_wildcard = prop_oneof![3 => level_strategy(), 1 => Just("+".to_owned())];
        let prefix = prop_oneof![4 => Just(""), 1 => Just("$share/g/"), 1 => Just("$queue/")];
        (prefix, prop::collection::vec(level_or_wildcard, 1..5), any::<bool>()).prop_map(
            |(prefix, mut levels, multi_level)| {
                if multi_level {
                    levels.push("#".to_owned());
                }
                format!("{prefix}{}", levels.join("/"))
            },
        )
    }

    proptest! {
        #[test]
        fn router_finds_what_a_linear_scan_finds(
            filters in prop::collection::vec(filter_strategy(), 0..20),
            topics in prop::collection::vec(prop::collection::vec(level_strategy(), 1..6), 1..10),
        ) {
            let filters: Vec<TopicFilter> = filters.iter().filter_map(|text| TopicFilter::new(text).ok()).collect();
            let mut router = Router::default();
            for (index, filter) in filters.iter().enumerate() {
                router.insert(filter, index);
            }
            for topic in topics {
                let topic = topic.join("/");
                let mut found = Vec::new();
                router.route(&topic, &mut |index| found.push(index));
                found.sort_unstable();
                let naive: Vec<usize> = (0..filters.len()).filter(|index| filters[*index].matches(&topic)).collect();
                prop_assert_eq!(found, naive, "{}", topic);
            }
        }
    }
}
