//! A JSON payload as a flat list of its parts, each with the path that leads there.

use serde_json::Value as Json;

use super::pick_list::PickRow;

/// The most parts that are listed.
const MAX_ROWS: usize = 2_000;

/// The parts of a payload.
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
        Json::Object(entries) => format!("{} inside", entries.len()),
        Json::Array(items) => format!("{} in a list", items.len()),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    if path != "$" {
        rows.push(PickRow { label: path.to_owned(), detail, icon: None, value: path.to_owned() });
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

/// How a name is written in a path; `None` where it cannot be written.
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
