//! Tests of the tree of topics: what is counted, what is visible in which order, and the limits.

use super::*;

fn message<'a>(topic: &'a str, payload: &'a [u8], retain: bool) -> MessageRef<'a> {
    MessageRef { topic, payload, qos: Qos::AtMostOnce, retain, properties: None }
}

fn tree(topics: &[&str]) -> TopicTree {
    let mut tree = TopicTree::new(Limits::default(), Time::default());
    for topic in topics {
        tree.record(message(topic, b"1", false), Time::default());
    }
    tree
}

/// Returns the visible rows, each as its depth in spaces and its name, from the first to the last, and checks that the
/// way back has the same.
fn rows(tree: &mut TopicTree) -> Vec<String> {
    let now = Time::from_millis(1_000);
    let row = |tree: &TopicTree, cursor: &RowCursor| " ".repeat(cursor.depth()) + tree.name(cursor.node());
    let mut rows = Vec::new();
    if let Some(mut cursor) = RowCursor::first(tree, now) {
        rows.push(row(tree, &cursor));
        while cursor.move_down(tree, now) {
            assert_eq!(RowCursor::at(tree, cursor.node(), now).as_ref(), Some(&cursor));
            rows.push(row(tree, &cursor));
        }
        assert_eq!(RowCursor::last(tree, now), Some(cursor.clone()));
        let mut back = vec![row(tree, &cursor)];
        while cursor.move_up(tree, now) {
            back.push(row(tree, &cursor));
        }
        back.reverse();
        assert_eq!(back, rows);
    }
    rows
}

#[test]
fn messages_are_counted_at_each_level() {
    let mut tree = tree(&["home/lamp", "home/lamp/set", "home/door", "home/lamp", "/x", "a//b", ""]);
    let now = Time::from_millis(10_000);
    let totals = |tree: &TopicTree, path: &str| {
        let totals = tree.totals(tree.find(path).unwrap(), now);
        (totals.topics, totals.messages)
    };
    assert_eq!(totals(&tree, "home"), (3, 4));
    assert_eq!(totals(&tree, "home/lamp"), (2, 3), "it is a topic, too");
    assert_eq!(totals(&tree, "home/lamp/set"), (1, 1));
    assert_eq!(totals(&tree, "a//b"), (1, 1));
    assert_eq!(tree.totals(NodeId::ROOT, now).topics, 6);
    for path in ["home/lamp/set", "/x", "a//b", "a/", ""] {
        assert_eq!(tree.path(tree.find(path).unwrap()), path);
    }
    assert_eq!(tree.find("home/la"), None);
    assert!(tree.topic(tree.find("home").unwrap()).is_none());
    let node = tree.record(message("home/lamp", b"OFF", true), now).unwrap();
    let state = tree.topic(node).unwrap();
    assert_eq!((state.payload, state.is_retained, state.received_at), (&b"OFF"[..], true, now));
    tree.record(message("home/lamp", b"ON", false), now);
    let state = tree.topic(node).unwrap();
    assert!(state.is_retained && !state.came_retained, "a message that is not retained changes nothing");
    tree.record(message("home/lamp", b"", false), now);
    assert!(!tree.topic(node).unwrap().is_retained, "the empty payload removes it");
}

#[test]
fn rows_are_sorted_and_unfold() {
    let mut tree = tree(&["b/2", "b/10/x", "a", "b/1", "c/d/e"]);
    assert_eq!(rows(&mut tree), ["a", "b", "c"]);
    let b = tree.find("b").unwrap();
    tree.unfold(b);
    assert_eq!(rows(&mut tree), ["a", "b", " 1", " 2", " 10", "c"]);
    for topic in ["b/3", "b/0", "a0", "b/10/y"] {
        tree.record(message(topic, b"", false), Time::default());
    }
    assert_eq!(rows(&mut tree), ["a", "a0", "b", " 0", " 1", " 2", " 3", " 10", "c"]);
    tree.unfold_all(NodeId::ROOT);
    assert_eq!(rows(&mut tree), ["a", "a0", "b", " 0", " 1", " 2", " 3", " 10", "  x", "  y", "c", " d", "  e"]);
    tree.fold_all(b);
    assert_eq!(rows(&mut tree), ["a", "a0", "b", "c", " d", "  e"]);
    tree.fold_all(NodeId::ROOT);
    assert_eq!(rows(&mut tree), ["a", "a0", "b", "c"]);
    let hidden = tree.find("b/10/x").unwrap();
    assert_eq!(RowCursor::at(&mut tree, hidden, Time::default()).unwrap().depth(), 2, "it becomes visible");
    assert!(RowCursor::first(&mut TopicTree::new(Limits::default(), Time::default()), Time::default()).is_none());
}

#[test]
fn rows_are_sorted_by_what_comes_most_and_newest() {
    let mut tree = tree(&["a", "b/x", "b/y", "c"]);
    for (topic, count) in [("a", 3), ("c", 1), ("b/x", 1)] {
        for _ in 0..count {
            tree.record(message(topic, b"", topic == "a"), Time::from_millis(if topic == "c" { 700 } else { 500 }));
        }
    }
    for (key, expected) in [
        (SortKey::Rate, ["b", "c", "a"]),
        (SortKey::Messages, ["a", "b", "c"]),
        (SortKey::Newest, ["c", "a", "b"]),
        (SortKey::Name, ["a", "b", "c"]),
    ] {
        tree.set_sort_key(key);
        assert_eq!(rows(&mut tree), expected, "{key:?}");
    }
    tree.set_sort_key(SortKey::Newest);
    assert_eq!(rows(&mut tree)[0], "c");
    tree.record(message("d", b"", false), Time::from_millis(1_400));
    let first = |tree: &mut TopicTree, millis| {
        let cursor = RowCursor::first(tree, Time::from_millis(millis)).unwrap();
        tree.name(cursor.node()).to_owned()
    };
    assert_eq!(first(&mut tree, 1_500), "c", "nothing jumps about");
    assert_eq!(first(&mut tree, 2_100), "d");
}

#[test]
fn beyond_a_limit_messages_are_only_counted() {
    let mut tree = TopicTree::new(Limits { topics: 2, bytes: 1 << 20 }, Time::default());
    for topic in ["a", "b", "c", "a", "d", "c"] {
        tree.record(message(topic, b"", false), Time::default());
    }
    assert_eq!((tree.totals(NodeId::ROOT, Time::default()).messages, tree.left_out()), (3, 3));
    let mut tree = TopicTree::new(Limits { topics: 1_000_000, bytes: 1 << 20 }, Time::default());
    let long = "x".repeat(10_000);
    for number in 0..200 {
        tree.record(message(&format!("{number}{long}"), b"", false), Time::default());
    }
    assert!(tree.memory_bytes() < (1 << 20) + 20_000 && tree.left_out() > 90, "{}", tree.memory_bytes());
}

#[test]
fn levels_beyond_a_limit_are_one_node() {
    let deep = "/".repeat(30_000);
    let tree = tree(&[&deep, "a/b"]);
    assert_eq!(tree.path(tree.find(&deep).unwrap()), deep);
    assert_eq!(tree.node_count(), 1 + MAX_LEVELS + 2);
}

#[test]
fn topics_are_iterated_in_parts() {
    let tree = tree(&["a/b", "a", "c/d/e"]);
    let all = |ranges: &[std::ops::Range<usize>]| -> Vec<String> {
        ranges.iter().flat_map(|range| tree.topics_among(range.clone())).map(|node| tree.path(node)).collect()
    };
    assert_eq!(all(&[0..2, 2..tree.node_count()]), ["a", "a/b", "c/d/e"]);
}
