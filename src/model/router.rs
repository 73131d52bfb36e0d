//! Which tiles a topic reaches: one look for the filters without a wildcard, a trie over the levels of
//! the others, so that the cost of a message does not grow with the number of tiles that it does not
//! reach.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::topic::Filter;

/// Filters and what each of them leads to.
#[derive(Debug, Clone)]
pub struct Router<T> {
    /// The first and the other targets of a topic. What is in it comes from dashboards, not from
    /// brokers, so nobody else can choose keys that collide.
    exact: HashMap<Box<str>, (T, Vec<T>), RandomState>,
    nodes: Vec<Node<T>>,
}

#[derive(Debug, Clone)]
struct Node<T> {
    levels: HashMap<Box<str>, usize, RandomState>,
    any: Option<usize>,
    here: Vec<T>,
    below: Vec<T>,
}

impl<T> Node<T> {
    fn is_empty(&self) -> bool {
        self.levels.is_empty() && self.any.is_none() && self.below.is_empty()
    }
}

impl<T> Default for Node<T> {
    fn default() -> Self {
        Self { levels: HashMap::default(), any: None, here: Vec::new(), below: Vec::new() }
    }
}

impl<T> Default for Router<T> {
    fn default() -> Self {
        Self { exact: HashMap::default(), nodes: vec![Node::default()] }
    }
}

impl<T: Copy> Router<T> {
    /// Leads every topic that the filter matches to `target`.
    pub fn add(&mut self, filter: &Filter, target: T) {
        if filter.as_topic().is_some() {
            match self.exact.get_mut(filter.as_str()) {
                Some((_, others)) => others.push(target),
                None => drop(self.exact.insert(filter.as_str().into(), (target, Vec::new()))),
            }
            return;
        }
        let mut at = 0;
        for level in filter.as_str().split('/') {
            if level == "#" {
                self.nodes[at].below.push(target);
                return;
            }
            let next = self.nodes.len();
            let node = &mut self.nodes[at];
            at = if level == "+" {
                *node.any.get_or_insert(next)
            } else {
                *node.levels.entry(level.into()).or_insert(next)
            };
            if at == next {
                self.nodes.push(Node::default());
            }
        }
        self.nodes[at].here.push(target);
    }

    /// Calls `reach` for each target that the topic leads to.
    pub fn route(&self, topic: &str, reach: &mut impl FnMut(T)) {
        if let Some((first, others)) = self.exact.get(topic) {
            reach(*first);
            others.iter().copied().for_each(&mut *reach);
        }
        if !self.nodes[0].is_empty() {
            self.walk(0, Some(topic), topic.starts_with('$'), reach);
        }
    }

    fn walk(&self, at: usize, rest: Option<&str>, hidden: bool, reach: &mut impl FnMut(T)) {
        let node = &self.nodes[at];
        if !hidden {
            node.below.iter().copied().for_each(&mut *reach);
        }
        let Some(rest) = rest else {
            node.here.iter().copied().for_each(reach);
            return;
        };
        let (level, rest) = match rest.split_once('/') {
            Some((level, rest)) => (level, Some(rest)),
            None => (rest, None),
        };
        if let Some(next) = node.levels.get(level) {
            self.walk(*next, rest, false, reach);
        }
        if let Some(next) = node.any.filter(|_| !hidden) {
            self.walk(next, rest, false, reach);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn level() -> impl Strategy<Value = String> {
        prop_oneof![Just(String::new()), "[ab]", Just("$S".to_owned()), Just("é".to_owned())]
    }

    fn filter() -> impl Strategy<Value = String> {
        let part = prop_oneof![3 => level(), 1 => Just("+".to_owned())];
        (prop::collection::vec(part, 1..5), any::<bool>()).prop_map(|(mut levels, below)| {
            if below {
                levels.push("#".to_owned());
            }
            levels.join("/")
        })
    }

    proptest! {
        #[test]
        fn it_finds_what_a_naive_scan_finds(
            filters in prop::collection::vec(filter(), 0..20),
            topics in prop::collection::vec(prop::collection::vec(level(), 1..6), 1..10),
        ) {
            let filters: Vec<Filter> = filters.iter().filter_map(|text| Filter::new(text).ok()).collect();
            let mut router = Router::default();
            for (index, filter) in filters.iter().enumerate() {
                router.add(filter, index);
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
