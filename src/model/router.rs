//! Which tiles a topic reaches: a trie over the levels of all filters, so that the cost of a message
//! does not grow with the number of tiles that it does not reach.

use std::collections::HashMap;

use super::topic::Filter;

/// Filters and what each of them leads to.
#[derive(Debug, Clone)]
pub struct Router<T> {
    nodes: Vec<Node<T>>,
}

#[derive(Debug, Clone)]
struct Node<T> {
    levels: HashMap<Box<str>, usize>,
    any: Option<usize>,
    here: Vec<T>,
    below: Vec<T>,
}

impl<T> Default for Node<T> {
    fn default() -> Self {
        Self { levels: HashMap::new(), any: None, here: Vec::new(), below: Vec::new() }
    }
}

impl<T> Default for Router<T> {
    fn default() -> Self {
        Self { nodes: vec![Node::default()] }
    }
}

impl<T: Copy> Router<T> {
    /// Leads every topic that the filter matches to `target`.
    pub fn add(&mut self, filter: &Filter, target: T) {
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
        self.walk(0, Some(topic), topic.starts_with('$'), reach);
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
