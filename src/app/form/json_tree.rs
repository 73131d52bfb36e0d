//! Lists the values in a JSON payload with their JSON paths, for choosing the `json_path` of a tile.

use serde_json::Value as Json;

use super::pick_list::PickRow;

/// The maximum number of rows.
const MAX_ROWS: usize = 2_000;

/// Returns a row with the JSON path of each value in a payload.
pub(super) fn path_rows(json: &Json) -> Vec<PickRow> {
    let mut rows = Vec::new();
    collect_rows(json, "$", &mut rows);
    rows
}

fn collect_rows(json: &Json, path: &str, rows: &mut Vec<PickRow>) {
    if rows.len() >= MAX_ROWS {
        return;
    }
    let detail = match json {
        Json::Object(entries) => format!("object ({})", entries.len()),
        Json::Array(items) => format!("array ({})", items.len()),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    if path != "$" {
        rows.push(PickRow::from_label(path, &detail));
    }
    match json {
        Json::Object(entries) => entries.iter().for_each(|(name, child)| {
            if let Some(segment) = path_segment(name) {
                collect_rows(child, &format!("{path}{segment}"), rows);
            }
        }),
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect_rows(item, &format!("{path}[{index}]"), rows);
            }
        }
        _ => {}
    }
}

/// Returns the path segment for a member name; `None` if the name contains a quote or a backslash.
fn path_segment(name: &str) -> Option<String> {
    let is_plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if is_plain { Some(format!(".{name}")) } else { (!name.contains(['\'', '\\'])).then(|| format!("['{name}']")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::json_path::JsonPath;

    #[test]
    fn json_path_rows_offer_only_resolvable_paths() {
        let json: Json = serde_json::from_str(r#"{"a":{"b c":[1,{"d":"x"}]},"it's":1,"é":null}"#).unwrap();
        let rows = path_rows(&json);
        assert_eq!(rows.len(), 6);
        for row in rows {
            assert!(JsonPath::parse(&row.value).unwrap().find(&json).is_ok(), "{}", row.value);
        }
    }
}
