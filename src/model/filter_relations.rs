//! How two topic filters are related: whether one matches all topics of the other, or any.

/// Wildcards in the first level match no topic that begins with `$`.
fn excludes_dollar_topics(wildcard: &str, other: &str) -> bool {
    wildcard.starts_with(['+', '#']) && other.starts_with('$')
}

/// Returns a filter that matches the same topics, and not the empty one, which is no topic (MQTT 5, section 4.7.3).
fn without_empty_topic(filter: &str) -> &str {
    match filter {
        "#" => "+/#",
        "/#" => "/+/#",
        filter => filter,
    }
}

/// Returns whether the filter `outer` matches every topic that the filter `inner` matches.
pub(crate) fn covers(outer: &str, inner: &str) -> bool {
    if excludes_dollar_topics(outer, inner) {
        return false;
    }
    let mut levels = without_empty_topic(inner).split('/');
    for outer in outer.split('/') {
        let is_covered = match (outer, levels.next()) {
            ("#", _) => return true,
            ("+", Some(inner)) => inner != "#",
            (outer, inner) => inner == Some(outer),
        };
        if !is_covered {
            return false;
        }
    }
    levels.next().is_none()
}

/// Returns whether there is a topic that both filters match.
pub(crate) fn overlap(one: &str, other: &str) -> bool {
    if excludes_dollar_topics(one, other) || excludes_dollar_topics(other, one) {
        return false;
    }
    let (mut one, mut other) = (without_empty_topic(one).split('/'), without_empty_topic(other).split('/'));
    loop {
        match (one.next(), other.next()) {
            (Some("#"), _) | (_, Some("#")) | (None, None) => return true,
            (Some(one), Some(other)) if one == other || one == "+" || other == "+" => {}
            _ => return false,
        }
    }
}
