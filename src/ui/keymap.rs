//! The effective key bindings: the tables of [`app::screens`](crate::app::screens) with the overrides of
//! `settings.toml`.

use super::keystroke::{KEY_NAMES, is_key_name, is_text_key};
use crate::{
    app::{
        Action, all_bindings,
        control_bindings::{GLOBAL, LIST, PLACE_KEYS},
        key_binding::{KeyBinding, KeyContext},
        screens::key_contexts,
    },
    model::{
        settings::KeymapOverrides,
        value::{ValidationError, ValuePathSegment, did_you_mean},
    },
};

/// Actions that must keep a key: without them the user could not close a dialog or quit.
const REQUIRED_ACTIONS: [&str; 2] = ["cancel", "end"];

/// A row of the table with its effective keys.
#[derive(Clone)]
pub(crate) struct KeymapRow {
    /// The row of the table.
    pub binding: &'static KeyBinding,
    /// The effective keys.
    pub keys: Vec<String>,
}

/// The effective key bindings of all contexts.
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
    /// Returns the default key bindings with other keys for some actions.
    ///
    /// # Errors
    /// Returns an error for each unknown action, unknown key, and key with two actions, with its position in
    /// the overrides.
    pub(crate) fn from_overrides(overrides: &KeymapOverrides) -> Result<Self, Vec<ValidationError>> {
        let mut keymap = Self::default();
        let mut errors = Vec::new();
        for (name, keys) in &overrides.0 {
            let mut is_known = false;
            for row in keymap.rows.iter_mut().filter(|row| row.binding.name == name) {
                row.keys.clone_from(keys);
                is_known = true;
            }
            if !is_known {
                errors.push(unknown_action_error(name));
            } else if keys.is_empty() && REQUIRED_ACTIONS.contains(&name.as_str()) {
                let help = "without it, dialogs could not be closed or the program not quit";
                errors.push(ValidationError::new(format!("`{name}` needs a key")).with_help(help).prepend_key(name));
            }
            errors.extend(keys.iter().enumerate().filter_map(|(index, key)| {
                Some(validate_key(key, &keys[..index])?.prepend_path(ValuePathSegment::Index(index)).prepend_key(name))
            }));
        }
        errors.extend(keymap.conflicts(overrides));
        if errors.is_empty() { Ok(keymap) } else { Err(errors) }
    }

    /// Returns the errors of these overrides.
    #[must_use]
    pub fn validate_overrides(overrides: &KeymapOverrides) -> Vec<ValidationError> {
        Self::from_overrides(overrides).err().unwrap_or_default()
    }

    /// Returns the overridden keys that conflict with another action or with text input in any context, each
    /// with all the actions it conflicts with.
    fn conflicts(&self, overrides: &KeymapOverrides) -> Vec<ValidationError> {
        let mut conflicts: Vec<KeyConflict> = Vec::new();
        for (conflict, other_action) in
            key_contexts().into_iter().flat_map(|context| self.conflicts_in(context, overrides))
        {
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

    /// Returns the conflicts in one context, each with the other action, or `None` for a conflict with text
    /// input.
    fn conflicts_in(
        &self,
        context: KeyContext,
        overrides: &KeymapOverrides,
    ) -> Vec<(KeyConflict, Option<&'static str>)> {
        let patched_key = |row: &KeymapRow, key: &String| {
            let (name, keys) = overrides.0.iter().find(|(name, _)| name == row.binding.name)?;
            let key_index = keys.iter().position(|candidate| candidate == key)?;
            Some(KeyConflict { key: key.clone(), name: name.clone(), key_index, other_actions: Vec::new() })
        };
        let mut seen_keys: Vec<(&String, &KeymapRow)> = Vec::new();
        let mut conflicts = Vec::new();
        for row in self.rows_active_in(context) {
            for key in &row.keys {
                let own_conflict = patched_key(row, key);
                if let Some(own_conflict) = own_conflict.clone().filter(|_| context.accepts_text() && is_text_key(key))
                {
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

    /// Returns the rows of all contexts.
    pub(crate) fn rows(&self) -> &[KeymapRow] {
        &self.rows
    }

    /// Iterates over the rows of exactly this context.
    pub(crate) fn rows_in(&self, context: KeyContext) -> impl Iterator<Item = &KeymapRow> {
        self.rows.iter().filter(move |row| row.binding.context == context)
    }

    /// Iterates over the rows that apply in a context: its own first, then those that it shares with others, then the
    /// global ones.
    pub(crate) fn rows_active_in(&self, context: KeyContext) -> impl Iterator<Item = &KeymapRow> {
        let shared = [context.is_list.then_some(LIST), context.is_place.then_some(PLACE_KEYS)];
        self.rows_in(context)
            .chain(shared.into_iter().flatten().flat_map(|shared| self.rows_in(shared)))
            .chain(self.rows_in(GLOBAL).filter(move |_| context != GLOBAL))
    }

    /// Returns the action of the key with this name in a context.
    #[must_use]
    pub(crate) fn action(&self, context: KeyContext, key: &str) -> Option<Action> {
        self.rows_active_in(context)
            .find_map(|row| row.keys.iter().position(|candidate| candidate == key).map(row.binding.action))
    }

    /// Returns the first key of the action with this name, or an empty string if it has none.
    #[must_use]
    pub(crate) fn first_key(&self, name: &str) -> &str {
        let row = self.rows.iter().find(|row| row.binding.name == name);
        row.and_then(|row| row.keys.first()).map_or("", String::as_str)
    }
}

/// An overridden key that conflicts with other actions, with its position in the overrides.
#[derive(Clone)]
struct KeyConflict {
    key: String,
    name: String,
    key_index: usize,
    /// The actions that use the key, too; `None` stands for text input.
    other_actions: Vec<Option<&'static str>>,
}

impl KeyConflict {
    fn into_validation_error(self) -> ValidationError {
        let Self { key, name, key_index, other_actions } = self;
        let names: Vec<String> =
            other_actions.iter().flatten().map(|other_action| format!("`{other_action}`")).collect();
        let error = match &names[..] {
            [] => ValidationError::new(format!("`{key}` is text input there and cannot be bound")),
            [one] => ValidationError::new(format!("`{key}` is already bound to {one}"))
                .with_help(format!("use another key, or rebind {one}")),
            [rest @ .., last] => {
                ValidationError::new(format!("`{key}` is already bound to {} and {last}", rest.join(", ")))
                    .with_help("use another key, or rebind them")
            }
        };
        error.prepend_path(ValuePathSegment::Index(key_index)).prepend_key(&name)
    }
}

fn unknown_action_error(name: &str) -> ValidationError {
    let help = did_you_mean(name, all_bindings().map(|row| row.name));
    ValidationError::new(format!("unknown action `{name}`"))
        .with_help(help.unwrap_or_else(|| "docs/files.md lists all actions".to_owned()))
        .prepend_path(ValuePathSegment::KeyName(name.to_owned()))
}

/// Returns the error of a key name, if any. `previous_keys` are the keys before it in the list.
fn validate_key(key: &str, previous_keys: &[String]) -> Option<ValidationError> {
    if previous_keys.iter().any(|other| other == key) {
        return Some(ValidationError::new(format!("`{key}` is listed twice")));
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
            .unwrap_or_else(|| format!("use a character, `Ctrl-` and a character, or one of {}", KEY_NAMES.join(", "))),
    };
    Some(ValidationError::new(format!("unknown key name `{key}`")).with_help(help))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{
        control_bindings::TEXT_VIEW,
        screens::dashboard::{DASHBOARD, WELCOME},
    };

    #[test]
    fn default_keymap_has_no_conflicting_keys() {
        let keymap = Keymap::default();
        for context in key_contexts().into_iter().filter(|context| *context != TEXT_VIEW) {
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
        for context in key_contexts() {
            let mut names: Vec<&str> =
                all_bindings().filter(|row| row.context == context).map(|row| row.name).collect();
            assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')));
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{context:?}");
        }
    }

    fn overrides(entries: &[(&str, &[&str])]) -> KeymapOverrides {
        let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
        KeymapOverrides(entries.iter().map(|(name, list)| ((*name).to_owned(), keys(list))).collect())
    }

    #[test]
    fn bindings_of_dashboards_and_of_all_screens_are_grouped() {
        for binding in all_bindings() {
            assert_eq!(
                binding.group.is_some(),
                [DASHBOARD, PLACE_KEYS, GLOBAL].contains(&binding.context),
                "{}",
                binding.name
            );
        }
    }

    #[test]
    fn overrides_replace_keys_in_every_context() {
        let keymap = Keymap::from_overrides(&overrides(&[
            ("help", &["F", "Ctrl-H"]),
            ("find", &[]),
            ("press", &["Space", "/"]),
        ]))
        .unwrap();
        for context in [DASHBOARD, WELCOME] {
            assert_eq!(keymap.action(context, "Ctrl-H"), Some(Action::ShowHelp));
            assert_eq!(keymap.action(context, "?"), None);
        }
        assert_eq!(keymap.action(DASHBOARD, "/"), Some(Action::Press));
        assert_eq!(keymap.action(DASHBOARD, "Enter"), None);
        assert_eq!((keymap.first_key("help"), keymap.first_key("find")), ("F", ""));
    }

    #[test]
    fn key_override_error_has_its_position() {
        type Case<'a> = (&'a [(&'a str, &'a [&'a str])], &'a str, &'a str, usize);
        let cases: [Case; 10] = [
            (&[("find", &["f", "i"])], "`i` is already bound to `detail`", "find", 1),
            (&[("detail", &["I"]), ("find", &["I"])], "`I` is already bound to `detail`", "find", 0),
            (
                &[("redraw", &["q"])],
                "`q` is already bound to `quit`, `explorer-back`, `explorer-filters-close`, `detail-close` and `text-back`",
                "redraw",
                0,
            ),
            (&[("redraw", &["Ctrl-Z"])], "`Ctrl-Z` is already bound to `suspend`", "redraw", 0),
            (&[("find", &["f", "f"])], "`f` is listed twice", "find", 1),
            (&[("find", &["ctrl-f"])], "unknown key name `ctrl-f`", "find", 0),
            (&[("find", &["Entr"])], "unknown key name `Entr`", "find", 0),
            (&[("find", &["F5"])], "unknown key name `F5`", "find", 0),
            (&[("number-up", &["u"])], "`u` is text input there and cannot be bound", "number-up", 0),
            (&[("list-up", &["w", "Enter"])], "`Enter` is already bound to `list-accept`", "list-up", 1),
        ];
        for (entries, message, name, key_index) in cases {
            let errors = Keymap::validate_overrides(&overrides(entries));
            assert_eq!(errors.len(), 1, "{entries:?}: {errors:?}");
            assert_eq!(errors[0].message, message);
            assert_eq!(errors[0].path, [ValuePathSegment::Key(name.to_owned()), ValuePathSegment::Index(key_index)]);
        }
        let errors =
            Keymap::validate_overrides(&overrides(&[("redraw", &["q", "Ctrl-T"]), ("find", &["i"]), ("undo", &["D"])]));
        let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "`D` is already bound to `dashboards`",
                "`i` is already bound to `detail`",
                "`q` is already bound to `quit`, `explorer-back`, `explorer-filters-close`, `detail-close` and `text-back`",
                "`Ctrl-T` is already bound to `form-test`",
            ]
        );
        let errors = Keymap::validate_overrides(&overrides(&[("fnd", &["f"]), ("cancel", &[])]));
        assert_eq!(errors[0].path, [ValuePathSegment::KeyName("fnd".to_owned())]);
        assert_eq!(errors[0].help.as_deref(), Some("did you mean `find`?"));
        assert_eq!(errors[1].message, "`cancel` needs a key");
    }

    #[test]
    fn key_overrides_may_swap_keys() {
        assert_eq!(Keymap::validate_overrides(&overrides(&[("find", &["i"]), ("detail", &["/"])])), []);
        assert_eq!(Keymap::validate_overrides(&KeymapOverrides::default()), []);
    }

    #[test]
    fn default_keys_are_valid_key_names() {
        for key in all_bindings().flat_map(|row| row.keys) {
            assert!(is_key_name(key), "{key}");
        }
    }
}
