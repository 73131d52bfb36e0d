//! How two texts differ, line by line, in few lines.

/// Lines of sameness that are shown around a difference.
const AROUND: usize = 2;
/// The most lines on either side that are compared one by one.
const MOST: usize = 1_000;

/// The lines of the first text that go (`- …`), those of the second that come (`+ …`), and some
/// around them (`  …`).
#[must_use]
pub fn diff(old: &str, new: &str) -> Vec<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let (from, to) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let mut lines: Vec<String> =
        old[head.saturating_sub(AROUND)..head].iter().map(|line| format!("  {line}")).collect();
    middle(from, to, &mut lines);
    lines.extend(old[old.len() - tail..].iter().take(AROUND).map(|line| format!("  {line}")));
    lines
}

/// What goes and what comes, with the longest part in common between.
fn middle(from: &[&str], to: &[&str], lines: &mut Vec<String>) {
    if from.len() > MOST || to.len() > MOST {
        lines.extend(from.iter().map(|line| format!("- {line}")));
        lines.extend(to.iter().map(|line| format!("+ {line}")));
        return;
    }
    // How many lines are in common from here on.
    let wide = to.len() + 1;
    let mut common = vec![0_u32; (from.len() + 1) * wide];
    for a in (0..from.len()).rev() {
        for b in (0..to.len()).rev() {
            common[a * wide + b] = if from[a] == to[b] {
                common[(a + 1) * wide + b + 1] + 1
            } else {
                common[(a + 1) * wide + b].max(common[a * wide + b + 1])
            };
        }
    }
    let (mut a, mut b) = (0, 0);
    while a < from.len() || b < to.len() {
        if a < from.len() && b < to.len() && from[a] == to[b] {
            lines.push(format!("  {}", from[a]));
            (a, b) = (a + 1, b + 1);
        } else if b == to.len() || a < from.len() && common[(a + 1) * wide + b] >= common[a * wide + b + 1] {
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
    fn only_what_differs_and_a_little_around_it_is_shown() {
        let old = "a\nb\nc\nd\ne\nf\n";
        assert_eq!(diff(old, "a\nb\nc\nX\ne\nf\n"), ["  b", "  c", "- d", "+ X", "  e", "  f"]);
        assert_eq!(diff("", "x\n"), ["+ x"]);
        assert_eq!(diff("1\n2\n3\n", "0\n2\n4\n"), ["- 1", "+ 0", "  2", "- 3", "+ 4"]);
        assert_eq!(diff(old, old), ["  e", "  f"]);
    }
}
