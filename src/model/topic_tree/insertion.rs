//! Adds the nodes of new topics to the tree.

use std::hash::BuildHasher;

use super::{Branch, MAX_LEVELS, NONE, Node, NodeId, Topic, TopicTree};

impl TopicTree {
    /// Adds the nodes of a topic that are missing. Returns the last one; `None` if there is no room.
    pub(super) fn insert(&mut self, topic: &str) -> Option<u32> {
        let has_room = self.topics.len() < self.limits.topics
            && self.memory_bytes() + topic.len() < self.limits.bytes
            && self.nodes.len() + MAX_LEVELS < NONE as usize;
        if !has_room {
            return None;
        }
        let mut node = NodeId::ROOT.0;
        for name in topic.splitn(MAX_LEVELS, '/') {
            node = match self.child(node, name) {
                Some(child) => child,
                None => self.add_child(node, name)?,
            };
        }
        Some(node)
    }

    fn add_child(&mut self, parent: u32, name: &str) -> Option<u32> {
        let name_number = self.names.intern(name)?;
        let node = u32::try_from(self.nodes.len()).ok()?;
        let branch = self.branch_of(parent);
        let Branch { last_child, children, .. } = &mut self.branches[branch as usize];
        let previous_sibling = std::mem::replace(last_child, node);
        *children += 1;
        self.nodes.push(Node { parent, name: name_number, previous_sibling, branch: NONE, topic: NONE });
        let (nodes, names, hasher) = (&self.nodes, &self.names, &self.hasher);
        let hash_of = |node: &u32| {
            let node = &nodes[*node as usize];
            hasher.hash_one((node.parent, names.get(node.name)))
        };
        self.index.insert_unique(hasher.hash_one((parent, name)), node, hash_of);
        Some(node)
    }

    /// Returns the branch of a node, which gets one if it has none.
    fn branch_of(&mut self, node: u32) -> u32 {
        let Node { branch, topic, .. } = self.nodes[node as usize];
        if branch != NONE {
            return branch;
        }
        let mut new = Branch::default();
        if let Some(Topic { messages, rate, .. }) = self.topics.get(topic as usize) {
            (new.topics, new.messages, new.rate) = (1, *messages, *rate);
        }
        let branch = u32::try_from(self.branches.len()).unwrap_or(NONE);
        self.branches.push(new);
        self.nodes[node as usize].branch = branch;
        branch
    }

    /// Returns the number of the topic of a node, which becomes one if it is none.
    pub(super) fn topic_of(&mut self, node: u32) -> u32 {
        let topic = self.nodes[node as usize].topic;
        if topic != NONE {
            return topic;
        }
        let topic = u32::try_from(self.topics.len()).unwrap_or(NONE);
        self.topics.push(Topic::default());
        self.nodes[node as usize].topic = topic;
        let mut above = node;
        while above != NONE {
            let Node { branch, parent, .. } = self.nodes[above as usize];
            if branch != NONE {
                self.branches[branch as usize].topics += 1;
            }
            above = parent;
        }
        topic
    }
}
