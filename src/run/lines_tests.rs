//! Which lines of a dashboard's file an edit may touch, seen from the text alone.

use std::ops::Range;

use crate::{
    config::read_dashboard,
    model::{dashboard::Dashboard, edit::DashboardEdit, schema::non_default_fields},
};

/// The lines of each tile: from the comments right above it to those of the next one.
fn blocks(lines: &[&str]) -> Vec<Range<usize>> {
    let begins = |at: &usize| lines[*at].starts_with("[[tile]]");
    let with_comments = |at: usize| at - lines[..at].iter().rev().take_while(|line| line.starts_with('#')).count();
    let starts: Vec<usize> = (0..lines.len()).filter(begins).map(with_comments).collect();
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

/// The key of a line.
fn key<'a>(line: &&'a str) -> Option<&'a str> {
    let name = line.split_once('=')?.0.trim_end();
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_').then_some(name)
}

/// What one list has more than another one.
fn more<'a>(these: &[&'a str], those: &[&str]) -> Vec<&'a str> {
    let mut those = those.to_vec();
    let missing = |line: &&&str| match those.iter().position(|other| other == *line) {
        Some(at) => {
            those.swap_remove(at);
            false
        }
        None => true,
    };
    these.iter().filter(missing).copied().collect()
}

/// The keys that two tables say otherwise.
fn differing(
    old: &[(String, crate::model::value::Value)],
    new: &[(String, crate::model::value::Value)],
) -> Vec<String> {
    let lacks = |one: &[(String, _)], other: &[(String, _)]| -> Vec<String> {
        one.iter().filter(|entry| !other.contains(entry)).map(|(key, _)| key.clone()).collect()
    };
    [lacks(old, new), lacks(new, old)].concat()
}

/// Whether of some lines only those with these keys were touched, and the others stand as they stood.
fn only_keys(old: &[&str], new: &[&str], keys: &[String]) -> bool {
    let meant = |line: &&str| key(line).is_some_and(|key| keys.iter().any(|wanted| wanted == key));
    let rest = |lines: &[&'_ str]| -> Vec<String> {
        lines.iter().filter(|line| !meant(line)).map(|line| (*line).to_owned()).collect()
    };
    rest(old) == rest(new)
}

/// Whether every key that two lists of lines have is followed by the same remark in both.
fn same_remarks(old: &[&str], new: &[&str]) -> bool {
    let remark = |line: &str| line.rsplit_once(" # ").map(|(_, remark)| remark.to_owned());
    let others = |name: &str| new.iter().find(|line| key(line) == Some(name));
    let mut keyed = old.iter().filter_map(|line| Some((line, others(key(line)?)?)));
    keyed.all(|(line, other)| remark(line) == remark(other))
}

/// Says which line an edit has touched that it does not mean; `None`: none.
pub fn stray(old: &str, new: &str, edit: &DashboardEdit) -> Option<String> {
    let (before, after): (Dashboard, Dashboard) = (read_dashboard("x", old).ok()?, read_dashboard("x", new).ok()?);
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let (places, then) = (blocks(&old), blocks(&new));
    let (gone, come) = (more(&old, &new), more(&new, &old));
    match edit {
        DashboardEdit::ReplaceTile(at, _) => {
            let (was, is) = (places.get(*at)?.clone(), then.get(*at)?.clone());
            if old[..was.start] != new[..is.start] || old[was.end..] != new[is.end..] {
                return Some("a line outside of the tile".to_owned());
            }
            let mut keys = differing(&non_default_fields(&before.tiles[*at]), &non_default_fields(&after.tiles[*at]));
            keys.push("kind".to_owned());
            if !same_remarks(&old[was.clone()], &new[is.clone()]) {
                return Some(format!("a remark: {gone:?} {come:?}"));
            }
            (!only_keys(&old[was], &new[is], &keys)).then(|| format!("more than {keys:?}: {gone:?} {come:?}"))
        }
        DashboardEdit::SetFields(_) => {
            let head =
                |lines: &[&str], places: &[Range<usize>]| places.first().map_or(lines.len(), |first| first.start);
            let (was, is) = (head(&old, &places), head(&new, &then));
            if old[was..] != new[is..] {
                return Some("a tile".to_owned());
            }
            let keys = differing(&non_default_fields(&before), &non_default_fields(&after));
            (!only_keys(&old[..was], &new[..is], &keys)).then(|| format!("more than {keys:?}: {gone:?} {come:?}"))
        }
        DashboardEdit::InsertTile(at, _) => {
            let place = then.get(*at)?.clone();
            let piece = new[place.clone()].iter().filter(|line| !line.is_empty()).count();
            let rest: Vec<&str> = [&new[..place.start], &new[place.end..]].concat();
            let told = |lines: &[&str]| lines.iter().filter(|line| !line.is_empty()).count();
            // What was loose above the place of the new tile may stand on either side of it.
            let stray = !gone.is_empty() || told(&new) != told(&old) + come.iter().filter(|it| !it.is_empty()).count();
            (stray || piece == 0 || more(&rest, &old).iter().any(|line| !line.is_empty()))
                .then(|| format!("{gone:?} {come:?}"))
        }
        DashboardEdit::DeleteTile(at) => {
            let own = old[places.get(*at)?.clone()].to_vec();
            let stray: Vec<&str> = more(&gone, &own).into_iter().filter(|line| !line.is_empty()).collect();
            (!stray.is_empty() || !come.is_empty()).then(|| format!("{stray:?} {come:?}"))
        }
        DashboardEdit::MoveTile(from, to) => {
            let told = |lines: Vec<&str>| lines.into_iter().any(|line| !line.is_empty());
            let own = |lines: &[&str], place: Range<usize>| -> Vec<String> {
                let tile = lines[place].iter().take_while(|line| !line.starts_with("# loose"));
                tile.filter(|line| !line.is_empty()).map(|line| (*line).to_owned()).collect()
            };
            let carried = own(&old, places.get(*from)?.clone()) == own(&new, then.get(*to)?.clone());
            (told(gone.clone()) || told(come.clone()) || !carried).then(|| format!("{gone:?} {come:?}"))
        }
    }
}

#[test]
fn what_an_edit_does_not_mean_is_seen() {
    let old = "title = \"T\"\n\n# a\n[[tile]]\nkind = \"text\"\nname = \"A\" # x\n\n# b\n[[tile]]\nkind = \"text\"\nname = \"B\"\n";
    let tiles = read_dashboard("x", old).unwrap().tiles;
    let mut named = tiles[0].clone();
    named.name = "C".into();
    let change = DashboardEdit::ReplaceTile(0, named);
    let right = old.replace("\"A\"", "\"C\"");
    assert_eq!(stray(old, &right, &change), None);
    for wrong in [right.replace(" # x", ""), right.replace("# b\n", ""), right.replace("\"T\"", "'T'")] {
        assert!(stray(old, &wrong, &change).is_some(), "{wrong}");
    }
    let delete = DashboardEdit::DeleteTile(1);
    let right = old.split_once("\n# b").unwrap().0;
    assert_eq!(stray(old, right, &delete), None);
    assert!(stray(old, &right.replace("# a\n", ""), &delete).is_some());
    assert!(stray(old, &format!("{right}# new\n"), &delete).is_some());
    let swapped = DashboardEdit::MoveTile(0, 1);
    assert!(stray(old, &old.replace("# a", "# c"), &swapped).is_some());
}
