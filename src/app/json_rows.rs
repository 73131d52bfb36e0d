//! The rows of a JSON document as it is shown indented: one for each value that is no object and no list, two for each of
//! these, and one if it is folded.

use std::{collections::HashSet, sync::Arc};

use serde_json::Value as Json;

use crate::model::json_path::{Step, children};

/// The most rows of a document that are shown.
pub(crate) const MAX_ROWS: usize = 100_000;
/// The most rows of a document that can be selected, and the most objects and lists that are folded at a time.
const MAX_PARTS: usize = 20_000;

/// What a row shows of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowShape {
    /// All of it.
    Whole,
    /// The beginning of an object or a list.
    Begin,
    /// The end of it.
    End,
    /// How much is in an object or a list.
    Folded,
}

/// A row of a document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct JsonRow<'a> {
    /// How many objects and lists the value is in.
    pub depth: usize,
    /// The step to the value from what it is in; `None` for the document itself.
    pub step: Option<Step<'a>>,
    pub value: &'a Json,
    pub shape: RowShape,
    /// Whether another value comes after it in the same object or list.
    pub has_next: bool,
    /// The path of the value, if the row can be selected.
    pub path: Option<String>,
}

/// Returns the rows of a document, of which some parts are folded; `None` if there are too many to show.
#[must_use]
pub(crate) fn json_rows<'a>(json: &'a Json, folds: &Folds) -> Option<Vec<JsonRow<'a>>> {
    let mut walk = Walk { rows: Vec::new(), folds, selectable: 0 };
    let row = JsonRow { depth: 0, step: None, value: json, shape: RowShape::Begin, has_next: false, path: None };
    walk.add(row, Some("$"))?;
    Some(walk.rows)
}

struct Walk<'a, 'f> {
    rows: Vec<JsonRow<'a>>,
    folds: &'f Folds,
    /// How many rows can be selected.
    selectable: usize,
}

impl<'a> Walk<'a, '_> {
    /// Adds the rows of a value. `path` leads to it, if any does. Returns `None` if there are too many.
    fn add(&mut self, row: JsonRow<'a>, path: Option<&str>) -> Option<()> {
        let values = children(row.value);
        let shape = match values.len() {
            0 => RowShape::Whole,
            _ if row.path.as_ref().is_some_and(|path| self.folds.contains(path)) => RowShape::Folded,
            _ => RowShape::Begin,
        };
        self.selectable += usize::from(row.path.is_some());
        let end = JsonRow { shape: RowShape::End, path: None, ..row };
        self.push(JsonRow { shape, ..row })?;
        if shape != RowShape::Begin {
            return Some(());
        }
        let count = values.len();
        for (index, (step, value)) in values.enumerate() {
            let path = path.and_then(|path| step.path_below(path));
            let child = JsonRow {
                depth: end.depth + 1,
                step: Some(step),
                value,
                shape,
                has_next: index + 1 < count,
                path: path.clone().filter(|_| self.selectable < MAX_PARTS),
            };
            self.add(child, path.as_deref())?;
        }
        self.push(end)
    }

    fn push(&mut self, row: JsonRow<'a>) -> Option<()> {
        self.rows.push(row);
        (self.rows.len() <= MAX_ROWS).then_some(())
    }
}

/// The paths of the objects and lists of a document that are folded. They stay so in the next document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Folds(Arc<HashSet<String>>);

impl Folds {
    /// Returns whether the part at this path is folded.
    #[must_use]
    pub fn contains(&self, path: &str) -> bool {
        self.0.contains(path)
    }

    /// Folds the part at this path, or unfolds it.
    pub fn set(&mut self, path: &str, is_folded: bool) {
        let paths = Arc::make_mut(&mut self.0);
        if !is_folded {
            paths.remove(path);
        } else if paths.len() < MAX_PARTS {
            paths.insert(path.to_owned());
        }
    }

    /// Folds the part of a document at this path and all below it, or unfolds them; without a path, all of the document.
    pub fn set_below(&mut self, json: &Json, path: Option<&str>, is_folded: bool) {
        let paths = Arc::make_mut(&mut self.0);
        let is_concerned = |part: &str| path.is_none_or(|path| is_within(part, path));
        if is_folded {
            fold_below(json, "$", &is_concerned, paths);
        } else {
            paths.retain(|part| !is_concerned(part));
        }
    }
}

/// Adds the paths of the objects and lists in a value that are concerned.
fn fold_below(json: &Json, path: &str, is_concerned: &impl Fn(&str) -> bool, paths: &mut HashSet<String>) {
    for (step, child) in children(json) {
        if children(child).len() == 0 {
            continue;
        }
        let Some(path) = step.path_below(path) else { continue };
        fold_below(child, &path, is_concerned, paths);
        if is_concerned(&path) && paths.len() < MAX_PARTS {
            paths.insert(path);
        }
    }
}

/// Returns whether a path is that of a part or of something in it.
fn is_within(path: &str, part: &str) -> bool {
    path.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::json_path::{JsonPath, json_parts, json_text};

    fn folds(paths: &[&str]) -> Folds {
        let mut folds = Folds::default();
        for path in paths {
            folds.set(path, true);
        }
        folds
    }

    fn shown(json: &Json, folds: &Folds) -> Vec<(String, RowShape)> {
        let rows = json_rows(json, folds).unwrap();
        rows.into_iter().filter_map(|row| Some((row.path?, row.shape))).collect()
    }

    #[test]
    fn everything_below_a_part_is_folded_and_unfolded() {
        let json: Json = serde_json::from_str(r#"{"a":{"b":[1,{"c":2}]},"ab":{"d":3},"e":[],"f":[[4]]}"#).unwrap();
        let mut folds = Folds::default();
        folds.set_below(&json, Some("$.a"), true);
        assert_eq!(folds, self::folds(&["$.a", "$.a.b", "$.a.b[1]"]), "and not $.ab");
        folds.set("$.a", false);
        let rows = shown(&json, &folds);
        assert_eq!(rows[..2], [("$.a".to_owned(), RowShape::Begin), ("$.a.b".to_owned(), RowShape::Folded)]);
        folds.set_below(&json, None, true);
        let rows = shown(&json, &folds);
        let expected = [
            ("$.a", RowShape::Folded),
            ("$.ab", RowShape::Folded),
            ("$.e", RowShape::Whole),
            ("$.f", RowShape::Folded),
        ];
        assert_eq!(rows, expected.map(|(path, shape)| (path.to_owned(), shape)));
        folds.set_below(&json, Some("$.a"), false);
        assert_eq!(folds, self::folds(&["$.ab", "$.f", "$.f[0]"]));
        folds.set_below(&json, None, false);
        assert_eq!(folds, Folds::default());
    }

    #[test]
    fn document_with_too_many_rows_has_none_until_it_is_folded() {
        let json = serde_json::json!({ "list": vec![0; MAX_ROWS], "last": 1 });
        assert!(json_rows(&json, &Folds::default()).is_none());
        let rows = json_rows(&json, &folds(&["$.list"])).unwrap();
        assert_eq!(rows.len(), 4);
        let json = serde_json::json!({ "list": vec![0; MAX_PARTS + 10], "last": 1 });
        let last = |folds: &Folds| json_rows(&json, folds).unwrap().into_iter().rev().nth(1).unwrap().path;
        assert_eq!(last(&Folds::default()), None, "only the first rows can be selected");
        assert_eq!(last(&folds(&["$.list"])).as_deref(), Some("$.last"));
    }

    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i32>().prop_map(Json::from),
            "[ -~é\n]{0,6}".prop_map(Json::from),
        ];
        leaf.prop_recursive(5, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
                prop::collection::btree_map("[a-c.'\\[ é]{0,2}", inner, 0..5)
                    .prop_map(|members| Json::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// Whatever is folded, each row has the path of its value, and no row is in something that is folded.
        #[test]
        fn rows_have_the_paths_of_their_values(json in any_json(), picks in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
            let parts = json_parts(&json, 1_000);
            let mut folds = Folds::default();
            for pick in picks {
                if !parts.is_empty() {
                    folds.set(&pick.get(&parts).path, true);
                }
            }
            let rows = json_rows(&json, &folds).unwrap();
            for row in &rows {
                let Some(path) = &row.path else { continue };
                let found = JsonPath::parse(path).unwrap().find(&json).unwrap();
                let text = if row.value.is_null() { "(null)".to_owned() } else { json_text(row.value) };
                prop_assert_eq!(found, text);
                prop_assert_eq!(row.shape == RowShape::Folded, folds.contains(path) && children(row.value).len() > 0);
            }
            let expected: Vec<&str> = parts
                .iter()
                .map(|part| part.path.as_str())
                .filter(|path| !parts.iter().any(|other| {
                    other.path != *path && folds.contains(&other.path) && is_within(path, &other.path)
                }))
                .collect();
            let shown: Vec<&str> = rows.iter().filter_map(|row| row.path.as_deref()).collect();
            prop_assert_eq!(shown, expected);
        }

        /// Without folds, the rows are those of the document, and the same again once everything is unfolded.
        #[test]
        fn unfolding_everything_gives_the_rows_of_the_document(json in any_json()) {
            let mut folds = Folds::default();
            let before = json_rows(&json, &folds).unwrap();
            let lines: Vec<usize> =
                before.iter().enumerate().filter(|(_, row)| row.path.is_some()).map(|(line, _)| line).collect();
            let expected: Vec<usize> = json_parts(&json, 1_000).iter().map(|part| part.line).collect();
            prop_assert_eq!(lines, expected);
            folds.set_below(&json, None, true);
            // No path leads to a member with a quote in its name: it stays as it is.
            let is_folded = |row: &JsonRow<'_>| row.shape != RowShape::Begin || row.path.is_none();
            prop_assert!(json_rows(&json, &folds).unwrap().iter().all(is_folded));
            folds.set_below(&json, None, false);
            prop_assert_eq!(json_rows(&json, &folds).unwrap(), before);
        }
    }
}
