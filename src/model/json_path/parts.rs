//! The parts of a JSON document: every value in it, with the path that leads there and the line on which it begins when
//! the document is printed with indentation.

use serde_json::Value as Json;

use super::{JsonPath, MAX_PATH_BYTES, Query, streaming::SingularSegment};
use crate::model::error::TileError;

/// A value in a document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct JsonPart<'a> {
    /// The path that leads to it.
    pub path: String,
    /// The value.
    pub value: &'a Json,
    /// The line on which it begins, as `serde_json` prints the document with indentation.
    pub line: usize,
}

/// Returns the first parts of a document in their order, without the document itself and without what no path leads to.
#[must_use]
pub(crate) fn json_parts(json: &Json, max_parts: usize) -> Vec<JsonPart<'_>> {
    let mut walk = Walk { parts: Vec::new(), line: 0, max_parts };
    walk.visit_children(json, Some("$"));
    walk.parts
}

struct Walk<'a> {
    parts: Vec<JsonPart<'a>>,
    /// The line of the value that was visited last.
    line: usize,
    max_parts: usize,
}

impl<'a> Walk<'a> {
    fn visit(&mut self, json: &'a Json, path: Option<&str>) {
        if self.parts.len() >= self.max_parts {
            return;
        }
        if let Some(path) = path {
            self.parts.push(JsonPart { path: path.to_owned(), value: json, line: self.line });
        }
        self.visit_children(json, path);
    }

    fn visit_children(&mut self, json: &'a Json, path: Option<&str>) {
        let children = children(json);
        if children.len() == 0 {
            return;
        }
        for (step, child) in children {
            self.line += 1;
            let path = path.and_then(|path| step.path_below(path));
            self.visit(child, path.as_deref());
        }
        self.line += 1;
    }
}

/// The step from an object or a list to a value in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// To the member with this name.
    Name(&'a str),
    /// To the item with this index.
    Index(usize),
}

impl Step<'_> {
    /// Returns the path of the value, if a path can lead there. `parent` is that of the object or the list.
    #[must_use]
    pub(crate) fn path_below(self, parent: &str) -> Option<String> {
        let segment = match self {
            Self::Name(name) => name_segment(name)?,
            Self::Index(index) => format!("[{index}]"),
        };
        Some(format!("{parent}{segment}")).filter(|path| path.len() <= MAX_PATH_BYTES)
    }
}

/// Returns the values in an object or a list, with the steps that lead there.
pub(crate) fn children(json: &Json) -> Box<dyn ExactSizeIterator<Item = (Step<'_>, &Json)> + '_> {
    match json {
        Json::Object(members) => Box::new(members.iter().map(|(name, child)| (Step::Name(name), child))),
        Json::Array(items) => Box::new(items.iter().enumerate().map(|(index, item)| (Step::Index(index), item))),
        _ => Box::new(std::iter::empty()),
    }
}

/// Returns the path of the object or the list that a part is in; `None` if that is the whole document.
#[must_use]
pub(crate) fn parent_path(path: &str) -> Option<&str> {
    // Names in quotes have no quotes in them, others no brackets and no dots.
    let end = match path {
        path if path.ends_with("']") => path.rfind("['")?,
        path if path.ends_with(']') => path.rfind('[')?,
        path => path.rfind('.')?,
    };
    Some(&path[..end]).filter(|parent| *parent != "$")
}

/// Returns a value as text: a text without its quotes, and anything else as compact JSON.
#[must_use]
pub(crate) fn json_text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Returns the member of a document as text.
///
/// # Errors
/// If it has no such member.
pub(crate) fn member(json: &Json, key: &str) -> Result<String, TileError> {
    json.get(key).map(json_text).ok_or_else(|| TileError::NothingAtPath(format!("$.{key}")))
}

/// Returns the part of a document at a path; without one, the member of this name.
///
/// # Errors
/// If there is no such part.
pub(crate) fn part(json: &Json, path: Option<&JsonPath>, name: &str) -> Result<String, TileError> {
    path.map_or_else(|| member(json, name), |path| path.find(json))
}

/// Returns whether a name needs no quotes in a path.
#[must_use]
pub(crate) fn is_plain_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Returns the part of a path for a name; `None` if the name contains a quote or a backslash.
fn name_segment(name: &str) -> Option<String> {
    if is_plain_name(name) {
        Some(format!(".{name}"))
    } else {
        (!name.contains(['\'', '\\'])).then(|| format!("['{name}']"))
    }
}

impl JsonPath {
    /// Returns the name if the path leads to a member of the whole document.
    #[must_use]
    pub(crate) fn name(&self) -> Option<&str> {
        match &self.query {
            Query::Singular(segments) => match &**segments {
                [SingularSegment::Name(name)] => Some(name),
                _ => None,
            },
            _ => None,
        }
    }

    /// Returns the path as [`json_parts`] writes it, if it names a single part from the beginning of each list.
    #[must_use]
    pub(crate) fn part_path(&self) -> Option<String> {
        let Query::Singular(segments) = &self.query else { return None };
        segments.iter().try_fold("$".to_owned(), |path, segment| {
            let segment = match segment {
                SingularSegment::Name(name) => name_segment(name)?,
                SingularSegment::Index(index) => format!("[{}]", usize::try_from(*index).ok()?),
            };
            Some(path + &segment)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r#"{"a":{"b c":[1,{"d":"x"},[],{}],"it's":{"e":1}},"é":null,"":true,"last":[[2]]}"#;

    #[test]
    fn parts_have_the_lines_of_the_indented_document() {
        let json: Json = serde_json::from_str(DOCUMENT).unwrap();
        let pretty = serde_json::to_string_pretty(&json).unwrap();
        let lines: Vec<&str> = pretty.lines().map(str::trim).collect();
        let shown: Vec<(String, &str)> =
            json_parts(&json, 100).into_iter().map(|part| (part.path, lines[part.line])).collect();
        let expected = [
            ("$.a", "\"a\": {"),
            ("$.a['b c']", "\"b c\": ["),
            ("$.a['b c'][0]", "1,"),
            ("$.a['b c'][1]", "{"),
            ("$.a['b c'][1].d", "\"d\": \"x\""),
            ("$.a['b c'][2]", "[],"),
            ("$.a['b c'][3]", "{}"),
            ("$.é", "\"é\": null,"),
            ("$['']", "\"\": true,"),
            ("$.last", "\"last\": ["),
            ("$.last[0]", "["),
            ("$.last[0][0]", "2"),
        ];
        assert_eq!(shown, expected.map(|(path, line)| (path.to_owned(), line)));
        assert_eq!(json_parts(&json, 3).len(), 3);
    }

    #[test]
    fn path_of_a_part_contains_that_of_what_it_is_in() {
        for (path, parent) in [
            ("$.a", None),
            ("$['b c']", None),
            ("$[0]", None),
            ("$.a[10]", Some("$.a")),
            ("$.a['x.y[0]']", Some("$.a")),
            ("$['x.y[\"0']['']", Some("$['x.y[\"0']")),
            ("$[1][2].é", Some("$[1][2]")),
        ] {
            assert_eq!(parent_path(path), parent, "{path}");
        }
    }

    #[test]
    fn path_of_a_part_leads_to_it_in_any_spelling() {
        let json: Json = serde_json::from_str(DOCUMENT).unwrap();
        for part in json_parts(&json, 100) {
            let path = JsonPath::parse(&part.path).unwrap();
            assert_eq!(path.part_path().as_deref(), Some(part.path.as_str()));
            assert!(path.find(&json).is_ok(), "{}", part.path);
        }
        let part_path = |text: &str| JsonPath::parse(text).unwrap().part_path();
        assert_eq!(part_path("a['b c'][0]").as_deref(), Some("$.a['b c'][0]"));
        assert_eq!(part_path("$[\"last\"][0]").as_deref(), Some("$.last[0]"));
        assert_eq!((part_path("$..e"), part_path("$.last[-1]"), part_path("$.a.length()")), (None, None, None));
    }
}
