//! Completes a topic from the tree: it goes down level by level, and looks only at what is below the last one.

use super::{NONE, NodeId, TopicTree, order::compare_names};

/// How many nodes below one are looked at, those that came last first, and among how many of them the first by name is found: a
/// key press must not take longer on a broker with a million topics on one level.
const MAX_SCANNED: usize = 200_000;
const MAX_COMPARED: usize = 20_000;

impl TopicTree {
    /// Returns what is missing of the first topic, by name, that begins with a text and is longer.
    pub fn complete(&self, typed: &str) -> Option<String> {
        let (above, begun) = typed.rsplit_once('/').map_or((None, typed), |(above, begun)| (Some(above), begun));
        let above = above.map_or(Some(NodeId::ROOT), |above| self.find(above))?;
        let whole = self.child(above.0, begun).and_then(|node| self.first_below(node, ""));
        let mut rest = String::new();
        let mut node = if let Some(below) = whole {
            rest.push('/');
            rest.push_str(self.name(NodeId(below)));
            below
        } else {
            let node = self.first_below(above.0, begun).filter(|node| self.name(NodeId(*node)) != begun)?;
            rest.push_str(&self.name(NodeId(node))[begun.len()..]);
            node
        };
        while self.nodes[node as usize].topic == NONE {
            node = self.first_below(node, "")?;
            rest.push('/');
            rest.push_str(self.name(NodeId(node)));
        }
        Some(rest)
    }

    /// Returns the first node, by name, directly below another one whose name begins with a text; one that is longer than the
    /// text, if there is one.
    fn first_below(&self, node: u32, begun: &str) -> Option<u32> {
        let branch = self.branches.get(self.nodes[node as usize].branch as usize)?;
        let matching = self.children(branch).take(MAX_SCANNED);
        let matching = matching.filter(|child| self.name(NodeId(*child)).starts_with(begun)).take(MAX_COMPARED);
        let is_whole = |node: u32| self.name(NodeId(node)).len() == begun.len();
        matching
            .min_by(|one, other| is_whole(*one).cmp(&is_whole(*other)).then_with(|| compare_names(self, *one, *other)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{batch::MessageRef, message::Qos, time::Time, topic_tree::Limits};

    fn tree<'a>(topics: impl IntoIterator<Item = &'a str>) -> TopicTree {
        let mut tree = TopicTree::new(Limits::default(), Time::default());
        for topic in topics {
            let message = MessageRef { topic, payload: b"1", qos: Qos::AtMostOnce, retain: false, properties: None };
            tree.record(message, Time::default());
        }
        tree
    }

    #[test]
    fn first_topic_that_begins_with_what_is_typed_is_found() {
        let tree = tree(["home/lamp10/state", "home/lamp2", "home/lamp2/set", "home/lamp", "été/x", "/rooted", "home"]);
        for (typed, expected) in [
            ("ho", Some("me")),
            ("home", Some("/lamp")),
            ("home/", Some("lamp")),
            ("home/l", Some("amp")),
            ("home/lamp", Some("2")),
            ("home/lamp1", Some("0/state")),
            ("home/lamp2", Some("/set")),
            ("home/lamp2/set", None),
            ("home/lamp2/sets", None),
            ("home/x", None),
            ("elsewhere/x", None),
            ("ét", Some("é/x")),
            ("/", Some("rooted")),
        ] {
            assert_eq!(tree.complete(typed).as_deref(), expected, "{typed}");
        }
    }

    #[test]
    fn level_with_very_many_nodes_is_not_looked_through() {
        let topics: Vec<String> = (0..=MAX_SCANNED).map(|number| format!("device-{number}")).collect();
        let tree = tree(topics.iter().map(String::as_str));
        assert_eq!(tree.complete("device-0"), None, "it came before those that are looked at");
        assert_eq!(tree.complete("device-19999").as_deref(), Some("0"), "there is no longer name that is first");
        assert!(tree.complete("").is_some());
    }
}
