//! The search in the topics of a broker. It looks at some nodes for each frame, so that a search in a million topics
//! shows at once what it has found, and takes in topics that come while it is open.

use std::cmp::Reverse;

use tui_input::Input;

use crate::{
    app::{input_edit::InputEdit, list::move_in_list},
    model::{
        grid::Direction,
        time::Time,
        topic_query::{QueryError, TopicMatcher, TopicQuery},
        topic_tree::{NodeId, RateUnit, TopicTree},
    },
};

/// How many nodes are looked at for a frame.
const NODES_PER_FRAME: usize = 16_384;
/// How many bytes of topics are looked at for a frame: they may be long.
const BYTES_PER_FRAME: usize = 4 << 20;
/// How many topics are shown.
const MAX_FOUND: usize = 10_000;
/// Finds topics with messages, and the levels that have such below them.
const MOST_MESSAGES: &str = ">0.05/s levels";
/// Finds topics with payloads, and the levels that have such below them.
const MOST_BYTES: &str = ">1B/s levels";
/// After this time, a search that depends on messages begins again.
const REPEAT_MILLIS: u64 = 2_000;

/// One pass over the nodes.
#[derive(Debug, Clone, Default)]
struct Scan {
    /// The topics that match, with how well they do; sorted, the best first.
    found: Vec<(Reverse<u32>, NodeId)>,
    /// How many topics match, also those that are not shown.
    count: usize,
    /// The number of the next node to look at.
    next: usize,
    /// How many of the nodes were looked at that became topics after others were below them; `None` before the first step.
    late: Option<usize>,
}

impl Scan {
    /// Looks at the next nodes. Returns whether that changes what was found.
    fn advance(&mut self, query: &TopicQuery, matcher: &mut TopicMatcher, tree: &TopicTree, now: Time) -> bool {
        let end = tree.node_count().min(self.next + NODES_PER_FRAME);
        let before = self.found.len();
        let late = self.late.replace(tree.late_topics().len()).unwrap_or(tree.late_topics().len());
        for node in tree.late_topics().iter().skip(late).filter(|node| node.index() < self.next) {
            self.found.extend(matcher.score(query, tree, *node, now).map(|score| (Reverse(score), *node)));
        }
        let first = self.next;
        let mut bytes = 0;
        for node in tree.topics_among(first..end) {
            self.next = node.index() + 1;
            let score = matcher.score(query, tree, node, now);
            self.found.extend(score.map(|score| (Reverse(score), node)));
            bytes += matcher.topic_bytes();
            if bytes >= BYTES_PER_FRAME {
                break;
            }
        }
        if bytes < BYTES_PER_FRAME {
            self.next = end;
        }
        self.count += self.found.len() - before;
        let levels = tree.levels_among(first..self.next).filter(|_| query.finds_levels());
        let levels = levels.filter_map(|node| Some((Reverse(matcher.score(query, tree, node, now)?), node)));
        self.found.extend(levels);
        let new = self.found.len() - before;
        if new > 0 {
            self.found.sort_unstable();
            self.found.truncate(MAX_FOUND);
        }
        new > 0
    }
}

/// What is searched for, and what was found so far.
#[derive(Debug)]
pub(crate) struct Find {
    /// What is typed.
    pub input: Input,
    /// Whether the keys go to the input. If not, they are those of the tree.
    pub is_typing: bool,
    query: Result<TopicQuery, QueryError>,
    matcher: TopicMatcher,
    scan: Scan,
    /// A pass that is under way, after which `scan` is out of date.
    repeated: Option<Scan>,
    scanned_at: Time,
    /// The nodes that were found, the best first.
    found: Vec<NodeId>,
    /// The selected node; `None` while the best one is selected.
    selected: Option<NodeId>,
}

impl Find {
    /// Creates a search without words, which finds all topics.
    pub fn new() -> Self {
        Self {
            input: Input::default(),
            is_typing: true,
            query: TopicQuery::parse(""),
            matcher: TopicMatcher::default(),
            scan: Scan::default(),
            repeated: None,
            scanned_at: Time::default(),
            found: Vec::new(),
            selected: None,
        }
    }

    /// Creates a search for the topics with the most messages or bytes per second.
    pub fn busiest(unit: RateUnit) -> Self {
        let mut find = Self::new();
        let query = match unit {
            RateUnit::Messages => MOST_MESSAGES,
            RateUnit::Bytes => MOST_BYTES,
        };
        find.edit(InputEdit::Insert(query.to_owned()));
        Self { is_typing: false, ..find }
    }

    /// Changes what is typed.
    pub fn edit(&mut self, edit: InputEdit) {
        edit.apply_to(&mut self.input);
        self.query = TopicQuery::parse(self.input.value());
        (self.scan, self.repeated, self.selected) = (Scan::default(), None, None);
        self.found.clear();
    }

    /// Returns why nothing can be found.
    pub const fn error(&self) -> Option<&QueryError> {
        match &self.query {
            Ok(_) => None,
            Err(error) => Some(error),
        }
    }

    /// Returns the nodes that were found, the best first.
    pub fn found(&self) -> &[NodeId] {
        &self.found
    }

    /// Returns how many topics match, also those that are not shown.
    pub const fn count(&self) -> usize {
        self.scan.count
    }

    /// Returns whether all topics that match are known.
    pub fn has_all(&self, tree: &TopicTree) -> bool {
        self.scan.next >= tree.node_count() && self.scan.count == self.matching(tree).count()
    }

    /// Returns the topics that match, also if another one is shown because it is selected.
    pub fn matching(&self, tree: &TopicTree) -> impl Iterator<Item = NodeId> {
        self.scan.found.iter().map(|(_, node)| *node).filter(|node| tree.topic(*node).is_some())
    }

    /// Returns whether levels that are no topics are found, too: then it is told which part of all messages each has.
    pub fn finds_levels(&self) -> bool {
        self.query.as_ref().is_ok_and(TopicQuery::finds_levels)
    }

    /// Returns by which rate what is found is sorted, if by one.
    pub fn rate_unit(&self) -> Option<RateUnit> {
        self.query.as_ref().ok()?.rate_unit()
    }

    /// Returns whether there are nodes that were not looked at.
    pub fn is_searching(&self, tree: &TopicTree) -> bool {
        self.query.is_ok() && (self.scan.next < tree.node_count() || self.repeated.is_some())
    }

    /// Looks at the next nodes.
    pub fn advance(&mut self, tree: &TopicTree, now: Time) {
        let Ok(query) = &self.query else { return };
        if self.scan.next == 0 {
            self.scanned_at = now;
        }
        let has_new =
            self.scan.next < tree.node_count() || self.scan.late.is_some_and(|late| late < tree.late_topics().len());
        let mut has_changed = has_new && self.scan.advance(query, &mut self.matcher, tree, now);
        let is_old = now.millis_since(self.scanned_at) >= REPEAT_MILLIS && query.depends_on_messages();
        if is_old && self.repeated.is_none() && self.scan.next >= tree.node_count() {
            self.repeated = Some(Scan::default());
        }
        if let Some(repeated) = &mut self.repeated {
            repeated.advance(query, &mut self.matcher, tree, now);
        }
        if let Some(complete) = self.repeated.take_if(|repeated| repeated.next >= tree.node_count()) {
            (self.scan, self.scanned_at, has_changed) = (complete, now, true);
        }
        if has_changed {
            self.show_scan();
        }
    }

    /// Keeps the selected topic in its place, also if it does not match any more.
    fn show_scan(&mut self) {
        let kept = self.selected.map(|node| (self.selected_index(), node));
        self.found.clear();
        self.found.extend(self.scan.found.iter().map(|(_, node)| *node));
        if let Some((index, node)) = kept
            && !self.found.contains(&node)
        {
            self.found.insert(index.min(self.found.len()), node);
        }
    }

    /// Keeps what is selected from now on: it no longer follows the best match.
    pub fn end_typing(&mut self) {
        self.is_typing = false;
        self.selected = self.found.get(self.selected_index()).copied();
    }

    /// Selects a node that was found.
    pub fn select(&mut self, node: NodeId) {
        if self.found.get(self.selected_index()) != Some(&node) {
            self.selected = Some(node);
        }
    }

    /// Returns which of the nodes that were found is selected.
    pub fn selected_index(&self) -> usize {
        let selected = self.selected.and_then(|selected| self.found.iter().position(|node| *node == selected));
        selected.unwrap_or_default()
    }

    /// Moves the selection; `height` is how many rows are visible.
    pub fn move_selection(&mut self, direction: Direction, height: usize) {
        let (index, last) = (self.selected_index(), self.found.len().saturating_sub(1));
        let page = height.saturating_sub(1).max(1);
        let target = match direction {
            Direction::PageUp => index.saturating_sub(page),
            Direction::PageDown => (index + page).min(last),
            direction => move_in_list(index, self.found.len(), direction),
        };
        self.selected = self.found.get(target).copied().filter(|_| target > 0 || !self.is_typing);
    }
}
