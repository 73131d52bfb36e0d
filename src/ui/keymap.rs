//! The key table as one person has it: the rows of `keys.rs` with the patch of `settings.toml`.

use super::{
    key_bindings::{KeyBinding, KeyContext, accepts_text, all_bindings},
    keystroke::{KEY_NAMES, is_key_name, is_text_key},
    manage_bindings::is_list_context,
};
use crate::{
    app::Action,
    model::{
        settings::KeymapOverrides,
        value::{ValidationError, ValuePathSegment, did_you_mean},
    },
};

/// Every place that keys go to.
const KEY_CONTEXTS: [KeyContext; 18] = [
    KeyContext::ConfirmOpenUrl,
    KeyContext::Dashboard,
    KeyContext::Welcome,
    KeyContext::TextInput,
    KeyContext::NumberInput,
    KeyContext::List,
    KeyContext::ColorPicker,
    KeyContext::TextField,
    KeyContext::EnumField,
    KeyContext::OptionsEditor,
    KeyContext::Connections,
    KeyContext::Dashboards,
    KeyContext::MoveTile,
    KeyContext::Confirm,
    KeyContext::EditConflict,
    KeyContext::TextView,
    KeyContext::Permissions,
    KeyContext::Import,
];
/// Actions without which nobody could leave.
const REQUIRED_ACTIONS: [&str; 2] = ["cancel", "end"];

/// A row and the keys that it has for this person.
#[derive(Clone)]
pub struct KeymapRow {
    /// The row of the table.
    pub binding: &'static KeyBinding,
    /// Its keys.
    pub keys: Vec<String>,
}

/// Which key does what.
#[derive(Clone)]
pub struct Keymap {
    rows: Vec<KeymapRow>,
}

impl Default for Keymap {
    fn default() -> Self {
        let to_row = |binding: &'static KeyBinding| KeymapRow {
            binding,
            keys: binding.keys.iter().map(|key| (*key).to_owned()).collect(),
        };
        Self { rows: all_bindings().map(to_row).collect() }
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
    pub fn from_patch(patch: &KeymapOverrides) -> Result<Self, Vec<ValidationError>> {
        let mut keymap = Self::default();
        let mut errors = Vec::new();
        for (name, keys) in &patch.0 {
            let mut is_known = false;
            for row in keymap.rows.iter_mut().filter(|row| row.binding.name == name) {
                row.keys.clone_from(keys);
                is_known = true;
            }
            if !is_known {
                errors.push(unknown_action_error(name));
            } else if keys.is_empty() && REQUIRED_ACTIONS.contains(&name.as_str()) {
                let help = "nobody could leave without it";
                errors.push(ValidationError::new(format!("`{name}` needs a key")).with_help(help).prepend_key(name));
            }
            errors.extend(keys.iter().enumerate().filter_map(|(index, key)| {
                Some(validate_key(key, &keys[..index])?.prepend_path(ValuePathSegment::Index(index)).prepend_key(name))
            }));
        }
        errors.extend(keymap.conflicts(patch));
        if errors.is_empty() { Ok(keymap) } else { Err(errors) }
    }

    /// What is wrong with a patch.
    #[must_use]
    pub fn validate_patch(patch: &KeymapOverrides) -> Vec<ValidationError> {
        Self::from_patch(patch).err().unwrap_or_default()
    }

    /// Keys of a patch that mean two things somewhere, with all that they mean, or that are typed there.
    fn conflicts(&self, patch: &KeymapOverrides) -> Vec<ValidationError> {
        let mut conflicts: Vec<KeyConflict> = Vec::new();
        for (conflict, other_action) in KEY_CONTEXTS.into_iter().flat_map(|context| self.conflicts_in(context, patch)) {
            let index = conflicts
                .iter()
                .position(|existing| existing.name == conflict.name && existing.key_index == conflict.key_index);
            let index = index.unwrap_or_else(|| {
                conflicts.push(conflict);
                conflicts.len() - 1
            });
            let other_actions = &mut conflicts[index].other_actions;
            if !other_actions.contains(&other_action) {
                other_actions.push(other_action);
            }
        }
        conflicts.into_iter().map(KeyConflict::into_validation_error).collect()
    }

    /// The same at one place, each with the other action; `None`: it is typed there.
    fn conflicts_in(&self, context: KeyContext, patch: &KeymapOverrides) -> Vec<(KeyConflict, Option<&'static str>)> {
        let patched_key = |row: &KeymapRow, key: &String| {
            let (name, keys) = patch.0.iter().find(|(name, _)| name == row.binding.name)?;
            let key_index = keys.iter().position(|candidate| candidate == key)?;
            Some(KeyConflict { key: key.clone(), name: name.clone(), key_index, other_actions: Vec::new() })
        };
        let mut seen_keys: Vec<(&String, &KeymapRow)> = Vec::new();
        let mut conflicts = Vec::new();
        for row in self.rows_active_in(context) {
            for key in &row.keys {
                let own_conflict = patched_key(row, key);
                if let Some(own_conflict) = own_conflict.clone().filter(|_| accepts_text(context) && is_text_key(key)) {
                    conflicts.push((own_conflict, None));
                }
                let Some((_, other_row)) = seen_keys.iter().find(|(seen_key, _)| *seen_key == key) else {
                    seen_keys.push((key, row));
                    continue;
                };
                let (conflict, other_action) = match own_conflict {
                    Some(own_conflict) => (Some(own_conflict), other_row.binding.name),
                    None => (patched_key(other_row, key), row.binding.name),
                };
                conflicts.extend(
                    conflict
                        .filter(|_| other_row.binding.name != row.binding.name)
                        .map(|conflict| (conflict, Some(other_action))),
                );
            }
        }
        conflicts
    }

    /// The rows of exactly this place.
    pub fn rows_in(&self, context: KeyContext) -> impl Iterator<Item = &KeymapRow> {
        self.rows.iter().filter(move |row| row.binding.context == context)
    }

    /// The rows that have a meaning at a place, its own first.
    pub fn rows_active_in(&self, context: KeyContext) -> impl Iterator<Item = &KeymapRow> {
        let list = is_list_context(context).then_some(KeyContext::List);
        self.rows_in(context)
            .chain(list.into_iter().flat_map(|list| self.rows_in(list)))
            .chain(self.rows_in(KeyContext::Global))
    }

    /// What the key of this name does at a place.
    #[must_use]
    pub fn action(&self, context: KeyContext, key: &str) -> Option<Action> {
        self.rows_active_in(context)
            .find_map(|row| row.keys.iter().position(|candidate| candidate == key).map(row.binding.action))
    }

    /// The first key of the action with this name; empty where it has none.
    #[must_use]
    pub fn first_key(&self, name: &str) -> &str {
        let row = self.rows.iter().find(|row| row.binding.name == name);
        row.and_then(|row| row.keys.first()).map_or("", String::as_str)
    }
}

/// A key of a patch that cannot be had, with the place in the patch.
#[derive(Clone)]
struct KeyConflict {
    key: String,
    name: String,
    key_index: usize,
    /// The actions that have it too; `None`: it is typed.
    other_actions: Vec<Option<&'static str>>,
}

impl KeyConflict {
    fn into_validation_error(self) -> ValidationError {
        let Self { key, name, key_index, other_actions } = self;
        let names: Vec<String> =
            other_actions.iter().flatten().map(|other_action| format!("`{other_action}`")).collect();
        let error = match &names[..] {
            [] => ValidationError::new(format!("`{key}` is typed there and can mean nothing else")),
            [one] => ValidationError::new(format!("`{key}` means {one} too"))
                .with_help(format!("take another key, or give {one} one")),
            [rest @ .., last] => ValidationError::new(format!("`{key}` means {} and {last} too", rest.join(", ")))
                .with_help("take another key, or give them others"),
        };
        error.prepend_path(ValuePathSegment::Index(key_index)).prepend_key(&name)
    }
}

fn unknown_action_error(name: &str) -> ValidationError {
    let help = did_you_mean(name, all_bindings().map(|row| row.name));
    ValidationError::new(format!("there is no action `{name}`"))
        .with_help(help.unwrap_or_else(|| "docs/files.md names all of them".to_owned()))
        .prepend_path(ValuePathSegment::KeyName(name.to_owned()))
}

/// What is wrong with a key that stands behind these.
fn validate_key(key: &str, previous_keys: &[String]) -> Option<ValidationError> {
    if previous_keys.iter().any(|other| other == key) {
        return Some(ValidationError::new(format!("`{key}` is given twice")));
    }
    if is_key_name(key) {
        return None;
    }
    let ctrl_name = key.get(..5).filter(|head| head.eq_ignore_ascii_case("ctrl-")).map(|_| key[5..].to_uppercase());
    let suggestion = ctrl_name.map(|rest| format!("Ctrl-{rest}")).filter(|suggestion| is_key_name(suggestion));
    let canonical_name = || KEY_NAMES.iter().find(|name| name.eq_ignore_ascii_case(key)).map(|name| (*name).to_owned());
    let help = match suggestion.or_else(canonical_name) {
        Some(suggestion) => format!("did you mean `{suggestion}`?"),
        None => did_you_mean(key, KEY_NAMES)
            .unwrap_or_else(|| format!("write a character, Ctrl- and a character, or one of {}", KEY_NAMES.join(", "))),
    };
    Some(ValidationError::new(format!("there is no key `{key}`")).with_help(help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_keymap_has_no_conflicting_keys() {
        let keymap = Keymap::default();
        for context in KEY_CONTEXTS.into_iter().filter(|context| *context != KeyContext::TextView) {
            let mut keys: Vec<&str> =
                keymap.rows_active_in(context).flat_map(|row| &row.keys).map(String::as_str).collect();
            let count = keys.len();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), count, "{context:?}");
        }
    }

    #[test]
    fn action_names_are_kebab_case_and_unique_per_context() {
        for context in KEY_CONTEXTS {
            let mut names: Vec<&str> =
                all_bindings().filter(|row| row.context == context).map(|row| row.name).collect();
            assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')));
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{context:?}");
        }
    }

    fn patch(entries: &[(&str, &[&str])]) -> KeymapOverrides {
        let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
        KeymapOverrides(entries.iter().map(|(name, list)| ((*name).to_owned(), keys(list))).collect())
    }

    #[test]
    fn patch_replaces_keys_in_every_context() {
        let keymap =
            Keymap::from_patch(&patch(&[("help", &["F", "Ctrl-H"]), ("find", &[]), ("press", &["Space", "/"])]))
                .unwrap();
        for context in [KeyContext::Dashboard, KeyContext::Welcome] {
            assert_eq!(keymap.action(context, "Ctrl-H"), Some(Action::ShowHelp));
            assert_eq!(keymap.action(context, "?"), None);
        }
        assert_eq!(keymap.action(KeyContext::Dashboard, "/"), Some(Action::Press));
        assert_eq!(keymap.action(KeyContext::Dashboard, "Enter"), None);
        assert_eq!((keymap.first_key("help"), keymap.first_key("find")), ("F", ""));
    }

    #[test]
    fn validate_patch_reports_error_at_its_position() {
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
        for (entries, message, name, key_index) in cases {
            let errors = Keymap::validate_patch(&patch(entries));
            assert_eq!(errors.len(), 1, "{entries:?}: {errors:?}");
            assert_eq!(errors[0].message, message);
            assert_eq!(errors[0].path, [ValuePathSegment::Key(name.to_owned()), ValuePathSegment::Index(key_index)]);
        }
        let errors =
            Keymap::validate_patch(&patch(&[("redraw", &["q", "Ctrl-T"]), ("find", &["i"]), ("undo", &["D"])]));
        let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "`D` means `dashboards` too",
                "`i` means `detail` too",
                "`q` means `quit` and `text-back` too",
                "`Ctrl-T` means `form-test` too",
            ]
        );
        let errors = Keymap::validate_patch(&patch(&[("fnd", &["f"]), ("cancel", &[])]));
        assert_eq!(errors[0].path, [ValuePathSegment::KeyName("fnd".to_owned())]);
        assert_eq!(errors[0].help.as_deref(), Some("did you mean `find`?"));
        assert_eq!(errors[1].message, "`cancel` needs a key");
    }

    #[test]
    fn validate_patch_accepts_swapped_keys() {
        assert_eq!(Keymap::validate_patch(&patch(&[("find", &["i"]), ("detail", &["/"])])), []);
        assert_eq!(Keymap::validate_patch(&KeymapOverrides::default()), []);
    }

    #[test]
    fn default_keys_are_valid_key_names() {
        for key in all_bindings().flat_map(|row| row.keys) {
            assert!(is_key_name(key), "{key}");
        }
    }
}
