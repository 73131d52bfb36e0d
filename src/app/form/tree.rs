//! A JSON payload as a flat list of its parts, each with the path that leads there.

use serde_json::Value as Json;

use super::pick::PickRow;

/// The most parts that are listed.
const MOST: usize = 2_000;

/// The parts of a payload.
pub(super) fn rows(json: &Json) -> Vec<PickRow> {
    let mut rows = Vec::new();
    walk(json, "$", &mut rows);
    rows
}

fn walk(json: &Json, path: &str, rows: &mut Vec<PickRow>) {
    if rows.len() >= MOST {
        return;
    }
    let note = match json {
        Json::Object(entries) => format!("{} inside", entries.len()),
        Json::Array(items) => format!("{} in a list", items.len()),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    if path != "$" {
        rows.push(PickRow { label: path.to_owned(), note, icon: None, value: path.to_owned() });
    }
    match json {
        Json::Object(entries) => entries.iter().for_each(|(name, inside)| {
            if let Some(hop) = hop(name) {
                walk(inside, &format!("{path}{hop}"), rows);
            }
        }),
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &format!("{path}[{index}]"), rows);
            }
        }
        _ => {}
    }
}

/// How a name is written in a path; `None` where it cannot be written.
fn hop(name: &str) -> Option<String> {
    let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if plain { Some(format!(".{name}")) } else { (!name.contains(['\'', '\\'])).then(|| format!("['{name}']")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::json_path::JsonPath;

    #[test]
    fn every_path_that_is_offered_finds_its_part() {
        let json: Json = serde_json::from_str(r#"{"a":{"b c":[1,{"d":"x"}]},"it's":1,"é":null}"#).unwrap();
        let rows = rows(&json);
        assert_eq!(rows.len(), 6);
        for row in rows {
            assert!(JsonPath::parse(&row.value).unwrap().find(&json).is_ok(), "{}", row.value);
        }
    }
}
