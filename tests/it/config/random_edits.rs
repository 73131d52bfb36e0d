//! Random edits of random files: they change what was requested and nothing else.

use std::path::Path;

use mqtt_dash::{
    config::{
        DashboardEdit, ProfileEdit, Profiles, apply_dashboard_edit, apply_profile_edit, dashboard_to_toml,
        profiles_to_toml, read_dashboard, read_profiles,
    },
    model::{
        dashboard::Dashboard,
        kind,
        press::{Lock, LockLevel},
        profile::Profile,
        schema::DynFields,
        tile::Tile,
        value::Value,
    },
};
use proptest::{collection::vec, prelude::*, sample::Index};

use super::strategies::{self, try_set, value_of};

/// A file as if written by hand: comments directly above and below each tile, at the ends of lines and
/// between tiles, perhaps with Windows line ends.
fn handwritten(dashboard: &Dashboard, comments: bool, crlf: bool) -> String {
    let head = dashboard_to_toml(&Dashboard { tiles: Vec::new(), ..dashboard.clone() });
    let mut text = format!("# The dashboard\n\n{head}\n");
    for (at, tile) in dashboard.tiles.iter().enumerate() {
        let body = dashboard_to_toml(&Dashboard { tiles: vec![tile.clone()], ..Dashboard::default() });
        let has_single_lines = comments && !body.contains("'''") && !body.contains("\"\"\"") && !body.contains("= [");
        let body = if has_single_lines { body.replace('\n', "  # why\n") } else { body };
        let separate = if at % 2 == 0 { "# separate\n\n" } else { "" };
        text = format!("{text}# above {at}.\n{body}# below {at}.\n\n{separate}");
    }
    let windows = crlf && !text.contains("'''") && !text.contains("\"\"\"");
    if windows { text.replace('\n', "\r\n") } else { text }
}

/// The random values that determine an edit.
type Seed = (u8, Index, Index, Tile, Vec<(Index, Index)>, bool);

fn seed() -> impl Strategy<Value = Seed> {
    (any::<u8>(), any::<Index>(), any::<Index>(), strategies::tile(), vec(any::<(Index, Index)>(), 1..4), any::<bool>())
}

/// A tile with some keys of another tile or without them.
fn altered(tile: &Tile, other: &Tile, keys: &[(Index, Index)], other_kind: bool) -> Tile {
    let mut tile = tile.clone();
    if other_kind {
        let mut new = Tile::new(kind::from_name(other.kind.name()).expect("a known kind"));
        for row in tile.fields() {
            tile.get(row.name).map(|value| try_set(&mut new, row.name, &value));
        }
        tile = new;
    }
    for (row, choice) in keys {
        let row = row.get(&tile.fields()).clone();
        let value = if choice.index(3) == 0 { row.default } else { other.get(row.name) };
        if let Some(value) = value {
            try_set(&mut tile, row.name, &value);
        }
    }
    tile
}

fn edit(dashboard: &Dashboard, (action, a, b, tile, keys, flag): &Seed) -> DashboardEdit {
    let count = dashboard.tiles.len();
    match action % 7 {
        _ if count == 0 => DashboardEdit::InsertTile(0, tile.clone()),
        0 => DashboardEdit::InsertTile(a.index(count + 1), tile.clone()),
        1 => DashboardEdit::DeleteTile(a.index(count)),
        2 => DashboardEdit::MoveTile(a.index(count), b.index(count)),
        6 => {
            let (from, to) = (a.index(count), b.index(count));
            let len = 1 + b.index(count - from.max(to));
            DashboardEdit::MoveSection { from, len, to }
        }
        5 => {
            let from = a.index(count);
            let mut placed = dashboard.tiles[from].clone();
            let size = 1 + i64::try_from(b.index(8)).unwrap();
            try_set(&mut placed, "width", &Value::Integer(size));
            DashboardEdit::PlaceTile { from, to: b.index(count), tile: Box::new(placed) }
        }
        3 => {
            let mut keys = Dashboard { tiles: Vec::new(), ..dashboard.clone() };
            keys.title = flag.then(|| "é \"new\"".to_owned());
            keys.locked = Lock(if keys.locked.0 == LockLevel::None { LockLevel::Layout } else { LockLevel::None });
            DashboardEdit::SetFields(keys)
        }
        _ => {
            let at = a.index(count);
            DashboardEdit::ReplaceTile(at, altered(&dashboard.tiles[at], tile, keys, *flag))
        }
    }
}

/// How many bytes two texts have in common at their beginning.
fn common_prefix(a: impl Iterator<Item = u8>, b: impl Iterator<Item = u8>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).count()
}

/// Whether one text is the other with one piece inserted.
fn has_one_insertion(long: &str, short: &str) -> bool {
    let front = common_prefix(long.bytes(), short.bytes());
    front + common_prefix(long.bytes().rev(), short.bytes().rev()) >= short.len()
}

fn comments_of(text: &str) -> Vec<&str> {
    let mut comments: Vec<&str> = text.lines().filter(|line| line.starts_with('#')).collect();
    comments.sort_unstable();
    comments
}

/// What an edit has changed that it should not have.
fn unexpected_change(old: &str, new: &str, edit: &DashboardEdit) -> Option<&'static str> {
    let (front, back) = (common_prefix(old.bytes(), new.bytes()), common_prefix(old.bytes().rev(), new.bytes().rev()));
    let mark = |text: &str, comment: &str, at: &usize| text.find(&format!("# {comment} {at}.")).unwrap_or(text.len());
    match edit {
        DashboardEdit::SetFields(_) => (back < old.len() - mark(old, "above", &0)).then_some("a tile"),
        DashboardEdit::ReplaceTile(at, _) => {
            let is_unchanged = front >= mark(old, "above", at) && back >= old.len() - mark(old, "below", at);
            (!is_unchanged).then_some("another tile")
        }
        DashboardEdit::InsertTile(..) | DashboardEdit::InsertTileBehind { .. } => {
            (!has_one_insertion(new, old)).then_some("the existing text")
        }
        DashboardEdit::DeleteTile(_) => (!has_one_insertion(old, new)).then_some("the remaining text"),
        DashboardEdit::MoveTile(..)
        | DashboardEdit::MoveSection { .. }
        | DashboardEdit::PlaceTile { .. }
        | DashboardEdit::ReplaceTemplateTile { .. } => (comments_of(old) != comments_of(new)).then_some("a comment"),
    }
}

proptest! {
    #[test]
    fn random_edit_changes_only_what_was_requested(
        dashboard in strategies::dashboard(), comments in any::<bool>(), crlf in any::<bool>(), seed in seed(),
    ) {
        let text = handwritten(&dashboard, comments, crlf);
        prop_assert_eq!(read_dashboard("x", &text).ok(), Some(dashboard.clone()), "{}", text);
        let edit = edit(&dashboard, &seed);
        let edited = apply_dashboard_edit("x", &text, &edit).map_err(|error| TestCaseError::fail(format!("{error} {edit:?}\n{text}")))?;
        prop_assert_eq!(read_dashboard("x", &edited).ok(), edit.apply_to(&dashboard));
        if edited != text {
            prop_assert_eq!(unexpected_change(&text, &edited, &edit), None, "{:?}\n{}\n-----\n{}", edit, text, edited);
        }
        if text.contains("\r\n") && !edited.contains("'''") && !edited.contains("\"\"\"") {
            prop_assert!(!edited.replace("\r\n", "").contains('\n'), "{:?}", edited);
        }
    }

    #[test]
    fn random_edit_sequence_keeps_comments(
        dashboard in strategies::dashboard(), seeds in vec(seed(), 1..12),
    ) {
        let mut text = handwritten(&dashboard, true, false);
        let mut dashboard = dashboard;
        let separate = text.matches("# separate").count();
        for seed in seeds {
            let edit = edit(&dashboard, &seed);
            text = apply_dashboard_edit("x", &text, &edit).map_err(|error| TestCaseError::fail(format!("{error} {edit:?}\n{text}")))?;
            dashboard = edit.apply_to(&dashboard).expect("the edit is possible");
        }
        prop_assert_eq!(read_dashboard("x", &text).ok(), Some(dashboard));
        prop_assert_eq!(text.matches("# separate").count(), separate);
    }

    #[test]
    fn random_profile_edit_changes_only_what_was_requested(
        profiles in strategies::profiles(), action in 0..4_u8, which in any::<Index>(), other in strategies::profile("new one".into()),
        value in value_of(mqtt_dash::model::schema::ValueType::Custom("")), row in any::<Index>(), rename in any::<bool>(),
    ) {
        let text = profiles_to_toml(&profiles).replace("[profile", "# comment\n[profile");
        let Ok((loaded, _)) = read_profiles("x", &text, Path::new("")) else { return Ok(()) };
        let edit = profile_edit(&loaded, action, which, &other, &value, row, rename);
        let edited = apply_profile_edit("x", &text, &edit)
            .map_err(|error| TestCaseError::fail(format!("{error} {edit:?}\n{text}")))?;
        let (found, _) = read_profiles("x", &edited, Path::new("")).expect("the file is valid");
        prop_assert_eq!(Some(found), edit.apply_to(&loaded), "{}", edited);
        if !matches!(edit, ProfileEdit::Delete(_)) {
            prop_assert!(edited.matches("# comment").count() + 2 >= text.matches("# comment").count());
        }
    }
}

fn profile_edit(
    profiles: &Profiles,
    action: u8,
    which: Index,
    other: &Profile,
    value: &mqtt_dash::model::value::Value,
    row: Index,
    rename: bool,
) -> ProfileEdit {
    if profiles.profiles.is_empty() {
        return ProfileEdit::Add(other.clone());
    }
    let one = which.get(&profiles.profiles);
    match action {
        0 => ProfileEdit::SetDefault(rename.then(|| one.name.clone())),
        1 => ProfileEdit::Add(other.clone()),
        2 => ProfileEdit::Delete(one.name.clone()),
        _ => {
            let mut changed = one.clone();
            if rename {
                changed.name.clone_from(&other.name);
            }
            for row in one.fields() {
                other.get(row.name).map(|value| try_set(&mut changed, row.name, &value));
            }
            try_set(&mut changed, row.get(&one.fields()).name, value);
            ProfileEdit::Replace(one.name.clone(), changed)
        }
    }
}
