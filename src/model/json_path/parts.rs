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
    fn visit(&mut self, json: &'a Json, path: Option<String>) {
        if self.parts.len() >= self.max_parts {
            return;
        }
        let path = path.filter(|path| path.len() <= MAX_PATH_BYTES);
        if let Some(path) = &path {
            self.parts.push(JsonPart { path: path.clone(), value: json, line: self.line });
        }
        self.visit_children(json, path.as_deref());
    }

    fn visit_children(&mut self, json: &'a Json, path: Option<&str>) {
        let child_path = |segment: Option<String>| Some(format!("{}{}", path?, segment?));
        match json {
            Json::Object(entries) if !entries.is_empty() => {
                for (name, child) in entries {
                    self.line += 1;
                    self.visit(child, child_path(name_segment(name)));
                }
            }
            Json::Array(items) if !items.is_empty() => {
                for (index, item) in items.iter().enumerate() {
                    self.line += 1;
                    self.visit(item, child_path(Some(format!("[{index}]"))));
                }
            }
            _ => return,
        }
        self.line += 1;
    }
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
