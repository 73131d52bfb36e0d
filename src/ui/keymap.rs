//! The key table as one person has it: the rows of `keys.rs` with the patch of `settings.toml`.

use super::{
    keys::{Binding, Place, all, types},
    keystroke::{NAMED, is_key, is_typed},
    manage_keys::is_list,
};
use crate::{
    app::Action,
    model::{
        settings::KeymapOverrides,
        value::{ValidationError, ValuePathSegment, did_you_mean},
    },
};

/// Every place that keys go to.
const PLACES: [Place; 18] = [
    Place::Browse,
    Place::Board,
    Place::Welcome,
    Place::Line,
    Place::Number,
    Place::List,
    Place::Color,
    Place::Form,
    Place::Knob,
    Place::Options,
    Place::Lines,
    Place::Boards,
    Place::Carry,
    Place::Confirm,
    Place::Clash,
    Place::Text,
    Place::Trust,
    Place::Import,
];
/// Actions without which nobody could leave.
const NEEDED: [&str; 2] = ["cancel", "end"];

/// A row and the keys that it has for this person.
#[derive(Clone)]
pub struct Row {
    /// The row of the table.
    pub binding: &'static Binding,
    /// Its keys.
    pub keys: Vec<String>,
}

/// Which key does what.
#[derive(Clone)]
pub struct Keymap {
    rows: Vec<Row>,
}

impl Default for Keymap {
    fn default() -> Self {
        let row = |binding: &'static Binding| Row {
            binding,
            keys: binding.keys.iter().map(|key| (*key).to_owned()).collect(),
        };
        Self { rows: all().map(row).collect() }
    }
}

impl std::fmt::Debug for Keymap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.rows.iter().map(|row| (row.binding.name, &row.keys))).finish()
    }
}

impl Keymap {
    /// The table with other keys for some actions.
    ///
    /// # Errors
    /// Names that are no action, keys that are none, and keys with two meanings, each with its place in
    /// the patch.
    pub fn patched(patch: &KeymapOverrides) -> Result<Self, Vec<ValidationError>> {
        let mut keymap = Self::default();
        let mut wrong = Vec::new();
        for (name, keys) in &patch.0 {
            let mut known = false;
            for row in keymap.rows.iter_mut().filter(|row| row.binding.name == name) {
                row.keys.clone_from(keys);
                known = true;
            }
            if !known {
                wrong.push(no_action(name));
            } else if keys.is_empty() && NEEDED.contains(&name.as_str()) {
                let help = "nobody could leave without it";
                wrong.push(ValidationError::new(format!("`{name}` needs a key")).with_help(help).prepend_key(name));
            }
            wrong.extend(keys.iter().enumerate().filter_map(|(index, key)| {
                Some(no_key(key, &keys[..index])?.prepend_path(ValuePathSegment::Index(index)).prepend_key(name))
            }));
        }
        wrong.extend(keymap.conflicts(patch));
        if wrong.is_empty() { Ok(keymap) } else { Err(wrong) }
    }

    /// What is wrong with a patch.
    #[must_use]
    pub fn judge(patch: &KeymapOverrides) -> Vec<ValidationError> {
        Self::patched(patch).err().unwrap_or_default()
    }

    /// Keys of a patch that mean two things somewhere, with all that they mean, or that are typed there.
    fn conflicts(&self, patch: &KeymapOverrides) -> Vec<ValidationError> {
        let mut clashes: Vec<Clash> = Vec::new();
        for (clash, rival) in PLACES.into_iter().flat_map(|place| self.clashes(place, patch)) {
            let known = clashes.iter().position(|known| known.name == clash.name && known.at == clash.at);
            let known = known.unwrap_or_else(|| {
                clashes.push(clash);
                clashes.len() - 1
            });
            let rivals = &mut clashes[known].rivals;
            if !rivals.contains(&rival) {
                rivals.push(rival);
            }
        }
        clashes.into_iter().map(Clash::complaint).collect()
    }

    /// The same at one place, each with the other action; `None`: it is typed there.
    fn clashes(&self, place: Place, patch: &KeymapOverrides) -> Vec<(Clash, Option<&'static str>)> {
        let given = |row: &Row, key: &String| {
            let (name, keys) = patch.0.iter().find(|(name, _)| name == row.binding.name)?;
            let at = keys.iter().position(|known| known == key)?;
            Some(Clash { key: key.clone(), name: name.clone(), at, rivals: Vec::new() })
        };
        let mut seen: Vec<(&String, &Row)> = Vec::new();
        let mut clashes = Vec::new();
        for row in self.rows(place) {
            for key in &row.keys {
                let mine = given(row, key);
                if let Some(mine) = mine.clone().filter(|_| types(place) && is_typed(key)) {
                    clashes.push((mine, None));
                }
                let Some((_, other)) = seen.iter().find(|(known, _)| *known == key) else {
                    seen.push((key, row));
                    continue;
                };
                let (found, rival) = match mine {
                    Some(mine) => (Some(mine), other.binding.name),
                    None => (given(other, key), row.binding.name),
                };
                clashes
                    .extend(found.filter(|_| other.binding.name != row.binding.name).map(|found| (found, Some(rival))));
            }
        }
        clashes
    }

    /// The rows of exactly this place.
    pub fn of(&self, place: Place) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.binding.place == place)
    }

    /// The rows that have a meaning at a place, its own first.
    pub fn rows(&self, place: Place) -> impl Iterator<Item = &Row> {
        let list = is_list(place).then_some(Place::List);
        self.of(place).chain(list.into_iter().flat_map(|list| self.of(list))).chain(self.of(Place::All))
    }

    /// What the key of this name does at a place.
    #[must_use]
    pub fn action(&self, place: Place, key: &str) -> Option<Action> {
        self.rows(place).find_map(|row| row.keys.iter().position(|known| known == key).map(row.binding.act))
    }

    /// The first key of the action with this name; empty where it has none.
    #[must_use]
    pub fn key(&self, name: &str) -> &str {
        let row = self.rows.iter().find(|row| row.binding.name == name);
        row.and_then(|row| row.keys.first()).map_or("", String::as_str)
    }
}

/// A key of a patch that cannot be had, with the place in the patch.
#[derive(Clone)]
struct Clash {
    key: String,
    name: String,
    at: usize,
    /// The actions that have it too; `None`: it is typed.
    rivals: Vec<Option<&'static str>>,
}

impl Clash {
    fn complaint(self) -> ValidationError {
        let Self { key, name, at, rivals } = self;
        let names: Vec<String> = rivals.iter().flatten().map(|rival| format!("`{rival}`")).collect();
        let told = match &names[..] {
            [] => ValidationError::new(format!("`{key}` is typed there and can mean nothing else")),
            [one] => ValidationError::new(format!("`{key}` means {one} too"))
                .with_help(format!("take another key, or give {one} one")),
            [rest @ .., last] => ValidationError::new(format!("`{key}` means {} and {last} too", rest.join(", ")))
                .with_help("take another key, or give them others"),
        };
        told.prepend_path(ValuePathSegment::Index(at)).prepend_key(&name)
    }
}

fn no_action(name: &str) -> ValidationError {
    let help = did_you_mean(name, all().map(|row| row.name));
    ValidationError::new(format!("there is no action `{name}`"))
        .with_help(help.unwrap_or_else(|| "docs/files.md names all of them".to_owned()))
        .prepend_path(ValuePathSegment::KeyName(name.to_owned()))
}

/// What is wrong with a key that stands behind these.
fn no_key(key: &str, before: &[String]) -> Option<ValidationError> {
    if before.iter().any(|other| other == key) {
        return Some(ValidationError::new(format!("`{key}` is given twice")));
    }
    if is_key(key) {
        return None;
    }
    let control = key.get(..5).filter(|head| head.eq_ignore_ascii_case("ctrl-")).map(|_| key[5..].to_uppercase());
    let meant = control.map(|rest| format!("Ctrl-{rest}")).filter(|meant| is_key(meant));
    let named = || NAMED.iter().find(|name| name.eq_ignore_ascii_case(key)).map(|name| (*name).to_owned());
    let help = match meant.or_else(named) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => did_you_mean(key, NAMED)
            .unwrap_or_else(|| format!("write a character, Ctrl- and a character, or one of {}", NAMED.join(", "))),
    };
    Some(ValidationError::new(format!("there is no key `{key}`")).with_help(help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_has_two_meanings_at_one_place() {
        let keymap = Keymap::default();
        for place in PLACES.into_iter().filter(|place| *place != Place::Text) {
            let mut keys: Vec<&str> = keymap.rows(place).flat_map(|row| &row.keys).map(String::as_str).collect();
            let all = keys.len();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), all, "{place:?}");
        }
    }

    #[test]
    fn every_name_is_kebab_case_and_stands_once_at_a_place() {
        for place in PLACES {
            let mut names: Vec<&str> = all().filter(|row| row.place == place).map(|row| row.name).collect();
            assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')));
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "{place:?}");
        }
    }

    fn patch(entries: &[(&str, &[&str])]) -> KeymapOverrides {
        let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
        KeymapOverrides(entries.iter().map(|(name, list)| ((*name).to_owned(), keys(list))).collect())
    }

    #[test]
    fn a_patch_gives_other_keys_everywhere_the_action_is() {
        let keymap =
            Keymap::patched(&patch(&[("help", &["F", "Ctrl-H"]), ("find", &[]), ("press", &["Space", "/"])])).unwrap();
        for place in [Place::Board, Place::Welcome] {
            assert_eq!(keymap.action(place, "Ctrl-H"), Some(Action::ShowHelp));
            assert_eq!(keymap.action(place, "?"), None);
        }
        assert_eq!(keymap.action(Place::Board, "/"), Some(Action::Press));
        assert_eq!(keymap.action(Place::Board, "Enter"), None);
        assert_eq!((keymap.key("help"), keymap.key("find")), ("F", ""));
    }

    #[test]
    fn what_is_wrong_with_a_patch_is_told_at_its_place() {
        type Case<'a> = (&'a [(&'a str, &'a [&'a str])], &'a str, &'a str, usize);
        let cases: [Case; 10] = [
            (&[("find", &["f", "i"])], "`i` means `detail` too", "find", 1),
            (&[("detail", &["I"]), ("find", &["I"])], "`I` means `detail` too", "find", 0),
            (&[("redraw", &["q"])], "`q` means `quit` and `text-back` too", "redraw", 0),
            (&[("redraw", &["Ctrl-Z"])], "`Ctrl-Z` means `suspend` too", "redraw", 0),
            (&[("find", &["f", "f"])], "`f` is given twice", "find", 1),
            (&[("find", &["ctrl-f"])], "there is no key `ctrl-f`", "find", 0),
            (&[("find", &["Entr"])], "there is no key `Entr`", "find", 0),
            (&[("find", &["F5"])], "there is no key `F5`", "find", 0),
            (&[("number-up", &["u"])], "`u` is typed there and can mean nothing else", "number-up", 0),
            (&[("list-up", &["w", "Enter"])], "`Enter` means `list-accept` too", "list-up", 1),
        ];
        for (entries, what, name, at) in cases {
            let wrong = Keymap::judge(&patch(entries));
            assert_eq!(wrong.len(), 1, "{entries:?}: {wrong:?}");
            assert_eq!(wrong[0].message, what);
            assert_eq!(wrong[0].path, [ValuePathSegment::Key(name.to_owned()), ValuePathSegment::Index(at)]);
        }
        let wrong = Keymap::judge(&patch(&[("redraw", &["q", "Ctrl-T"]), ("find", &["i"]), ("undo", &["D"])]));
        let told: Vec<&str> = wrong.iter().map(|complaint| complaint.message.as_str()).collect();
        assert_eq!(
            told,
            [
                "`D` means `dashboards` too",
                "`i` means `detail` too",
                "`q` means `quit` and `text-back` too",
                "`Ctrl-T` means `form-test` too",
            ]
        );
        let wrong = Keymap::judge(&patch(&[("fnd", &["f"]), ("cancel", &[])]));
        assert_eq!(wrong[0].path, [ValuePathSegment::KeyName("fnd".to_owned())]);
        assert_eq!(wrong[0].help.as_deref(), Some("did you mean `find`?"));
        assert_eq!(wrong[1].message, "`cancel` needs a key");
    }

    #[test]
    fn keys_that_change_places_are_no_conflict() {
        assert_eq!(Keymap::judge(&patch(&[("find", &["i"]), ("detail", &["/"])])), []);
        assert_eq!(Keymap::judge(&KeymapOverrides::default()), []);
    }

    #[test]
    fn every_key_of_the_table_is_one() {
        for key in all().flat_map(|row| row.keys) {
            assert!(is_key(key), "{key}");
        }
    }
}
