//! A line diff of two texts, for the dialog that shows an edit conflict.

use std::time::Duration;

use similar::{ChangeTag, TextDiff};

/// How many unchanged lines are shown before the first change and after the last one.
const CONTEXT_LINES: usize = 2;
/// After this time the lines not compared yet count as changed.
const TIMEOUT: Duration = Duration::from_millis(200);

/// Returns the removed lines (`- …`), the added lines (`+ …`), the unchanged lines between them and some
/// around them (`  …`). Line endings are ignored.
#[must_use]
pub(crate) fn diff(old: &str, new: &str) -> Vec<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let text_diff = TextDiff::configure().timeout(TIMEOUT).diff_slices(&old, &new);
    let lines: Vec<(ChangeTag, &str)> =
        text_diff.iter_all_changes().map(|change| (change.tag(), change.value())).collect();
    let is_changed = |(tag, _): &(ChangeTag, &str)| *tag != ChangeTag::Equal;
    let first = lines.iter().position(is_changed).unwrap_or(lines.len());
    let end = lines.iter().rposition(is_changed).map_or(lines.len(), |last| last + 1);
    let shown = &lines[first.saturating_sub(CONTEXT_LINES)..lines.len().min(end + CONTEXT_LINES)];
    shown.iter().map(|(tag, line)| format!("{tag} {line}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diff_shows_changed_lines_with_context() {
        let old = "a\nb\nc\nd\ne\nf\n";
        assert_eq!(diff(old, "a\nb\nc\nX\ne\nf\n"), ["  b", "  c", "- d", "+ X", "  e", "  f"]);
        assert_eq!(diff("", "x\n"), ["+ x"]);
        assert_eq!(diff("1\n2\n3\n", "0\n2\n4\n"), ["- 1", "+ 0", "  2", "- 3", "+ 4"]);
        assert_eq!(diff(old, old), ["  e", "  f"]);
    }

    #[test]
    fn diff_of_many_different_lines_is_complete() {
        let text = |word: &str| (0..20_000).map(|number| format!("{word} {number}")).collect::<Vec<_>>().join("\n");
        let lines = diff(&text("old"), &text("new"));
        assert_eq!(lines.iter().filter(|line| line.starts_with("- old")).count(), 20_000);
        assert_eq!(lines.iter().filter(|line| line.starts_with("+ new")).count(), 20_000);
    }
}
