//! The rows of a JSON document as text.

use crate::{
    app::json_rows::{JsonRow, RowShape},
    model::{
        json_path::{Step, children},
        one_line::one_line,
    },
    ui::{text::width, thousands::counted},
};
use serde_json::Value as Json;

/// Returns a row as JSON with indentation. What is folded is counted.
pub(super) fn indented_text(row: &JsonRow<'_>) -> String {
    let indent = "  ".repeat(row.depth);
    let name = match row.step.filter(|_| row.shape != RowShape::End) {
        Some(Step::Name(name)) => format!("{}: ", Json::from(name)),
        _ => String::new(),
    };
    let (begin, end) = if row.value.is_object() { ('{', '}') } else { ('[', ']') };
    let comma = if row.has_next { "," } else { "" };
    match row.shape {
        RowShape::Whole => format!("{indent}{name}{}{comma}", row.value),
        RowShape::Begin => format!("{indent}{name}{begin}"),
        RowShape::End => format!("{indent}{end}{comma}"),
        RowShape::Folded => format!("{indent}{name}{begin}…{end} {}", count_text(row.value)),
    }
}

/// Returns the rows with their texts as JSON with indentation.
pub(super) fn indented_lines(rows: Vec<JsonRow<'_>>) -> (Vec<JsonRow<'_>>, Vec<String>) {
    let texts = rows.iter().map(indented_text).collect();
    (rows, texts)
}

/// Returns the rows of a tree with their texts: each has the name or the index of a value, and behind it the value. The values
/// in the same object or list begin in the same column.
pub(super) fn tree_lines(rows: Vec<JsonRow<'_>>) -> (Vec<JsonRow<'_>>, Vec<String>) {
    // The object or the list around all of it has no name, and a row only if it is empty.
    let is_shown = |row: &JsonRow<'_>| row.shape != RowShape::End && (row.depth > 0 || row.shape == RowShape::Whole);
    let rows: Vec<JsonRow<'_>> = rows.into_iter().filter(is_shown).collect();
    let mut widths = vec![0; rows.len()];
    let mut open: Vec<Vec<usize>> = Vec::new();
    let mut close = |group: Vec<usize>| {
        let widest = group.iter().map(|index| width(&name_of(&rows[*index]))).max().unwrap_or_default();
        for index in group {
            widths[index] = widest.min(MAX_NAME_WIDTH);
        }
    };
    for (index, row) in rows.iter().enumerate() {
        open.drain(row.depth.min(open.len())..).for_each(&mut close);
        if open.len() < row.depth.max(1) {
            open.resize(row.depth.max(1), Vec::new());
        }
        open[row.depth.max(1) - 1].push(index);
    }
    open.into_iter().for_each(&mut close);
    let texts = rows.iter().zip(widths).map(|(row, column)| tree_text(row, column.into())).collect();
    (rows, texts)
}

/// The most cells for the names in front of values: longer ones move only their own value.
const MAX_NAME_WIDTH: u16 = 24;

fn name_of(row: &JsonRow<'_>) -> String {
    match row.step {
        Some(Step::Name("")) => "\"\"".to_owned(),
        Some(Step::Name(name)) => one_line(name),
        Some(Step::Index(index)) => index.to_string(),
        None => String::new(),
    }
}

/// Returns a row of a tree. Its value begins behind names of this width.
fn tree_text(row: &JsonRow<'_>, column: usize) -> String {
    let name = name_of(row);
    let indent = "  ".repeat(row.depth.saturating_sub(1));
    let padding = " ".repeat(column.saturating_sub(width(&name).into()));
    match row.shape {
        RowShape::Begin | RowShape::End => format!("{indent}▾ {name}"),
        RowShape::Folded => format!("{indent}▸ {name}{padding}  {}", count_text(row.value)),
        RowShape::Whole => format!("{indent}  {name}{padding}  {}", row.value),
    }
}

/// Returns how much is in an object or a list.
fn count_text(json: &Json) -> String {
    counted(children(json).len() as u64, if json.is_object() { "member" } else { "item" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::json_rows::{Folds, json_rows};

    const DOCUMENT: &str = r#"{"a":{"b c":[1,{"d":"x\n\"é"},[],{}],"it's":{"e":1.50}},"":true,"last":[[2]]}"#;

    #[test]
    fn rows_are_the_lines_of_the_indented_document() {
        let json: Json = serde_json::from_str(DOCUMENT).unwrap();
        let lines: Vec<String> = json_rows(&json, &Folds::default()).unwrap().iter().map(indented_text).collect();
        assert_eq!(lines.join("\n"), serde_json::to_string_pretty(&json).unwrap());
    }

    #[test]
    fn tree_has_names_and_values_in_columns() {
        let json: Json = serde_json::from_str(DOCUMENT).unwrap();
        let mut folds = Folds::default();
        folds.set("$.last", true);
        let (rows, lines) = tree_lines(json_rows(&json, &folds).unwrap());
        let expected = [
            "▾ a",
            "  ▾ b c",
            "      0  1",
            "    ▾ 1",
            "        d  \"x\\n\\\"é\"",
            "      2  []",
            "      3  {}",
            "  ▾ it's",
            "      e  1.50",
            "  \"\"    true",
            "▸ last  1 item",
        ];
        assert_eq!(lines, expected);
        assert_eq!(rows[1].path.as_deref(), Some("$.a['b c']"));
        assert_eq!(rows.len(), lines.len());
        for (json, line) in [("{}", "{}"), ("[]", "[]")] {
            let json: Json = serde_json::from_str(json).unwrap();
            let (_, lines) = tree_lines(json_rows(&json, &Folds::default()).unwrap());
            assert_eq!(lines, [format!("    {line}")]);
        }
    }

    #[test]
    fn what_is_folded_is_counted() {
        let json: Json = serde_json::from_str(DOCUMENT).unwrap();
        let mut folds = Folds::default();
        for path in ["$.a['b c']", "$.last"] {
            folds.set(path, true);
        }
        let lines: Vec<String> = json_rows(&json, &folds).unwrap().iter().map(indented_text).collect();
        let expected =
            ["{", "  \"a\": {", "    \"b c\": […] 4 items", "    \"it's\": {", "      \"e\": 1.50", "    }", "  },"];
        assert_eq!(lines[..7], expected);
        assert_eq!(lines[7..], ["  \"\": true,", "  \"last\": […] 1 item", "}"]);
    }
}
