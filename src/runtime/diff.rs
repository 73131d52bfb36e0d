//! How two texts differ, line by line, in few lines.

/// Lines of sameness that are shown around a difference.
const CONTEXT_LINES: usize = 2;
/// The most lines on either side that are compared one by one.
const MAX_COMPARED_LINES: usize = 1_000;

/// The lines of the first text that go (`- …`), those of the second that come (`+ …`), and some
/// around them (`  …`).
#[must_use]
pub fn diff(old: &str, new: &str) -> Vec<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let prefix_len = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let max_suffix_len = old.len().min(new.len()) - prefix_len;
    let suffix_len = old.iter().rev().zip(new.iter().rev()).take(max_suffix_len).take_while(|(a, b)| a == b).count();
    let (from, to) = (&old[prefix_len..old.len() - suffix_len], &new[prefix_len..new.len() - suffix_len]);
    let mut lines: Vec<String> =
        old[prefix_len.saturating_sub(CONTEXT_LINES)..prefix_len].iter().map(|line| format!("  {line}")).collect();
    push_changed_lines(from, to, &mut lines);
    lines.extend(old[old.len() - suffix_len..].iter().take(CONTEXT_LINES).map(|line| format!("  {line}")));
    lines
}

/// What goes and what comes, with the longest part in common between.
fn push_changed_lines(from: &[&str], to: &[&str], lines: &mut Vec<String>) {
    if from.len() > MAX_COMPARED_LINES || to.len() > MAX_COMPARED_LINES {
        lines.extend(from.iter().map(|line| format!("- {line}")));
        lines.extend(to.iter().map(|line| format!("+ {line}")));
        return;
    }
    // How many lines are in common from here on.
    let width = to.len() + 1;
    let mut common = vec![0_u32; (from.len() + 1) * width];
    for a in (0..from.len()).rev() {
        for b in (0..to.len()).rev() {
            common[a * width + b] = if from[a] == to[b] {
                common[(a + 1) * width + b + 1] + 1
            } else {
                common[(a + 1) * width + b].max(common[a * width + b + 1])
            };
        }
    }
    let (mut a, mut b) = (0, 0);
    while a < from.len() || b < to.len() {
        if a < from.len() && b < to.len() && from[a] == to[b] {
            lines.push(format!("  {}", from[a]));
            (a, b) = (a + 1, b + 1);
        } else if b == to.len() || a < from.len() && common[(a + 1) * width + b] >= common[a * width + b + 1] {
            lines.push(format!("- {}", from[a]));
            a += 1;
        } else {
            lines.push(format!("+ {}", to[b]));
            b += 1;
        }
    }
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
}
