//! Lists the values in a JSON payload with their JSON paths, for choosing the `json_path` of a tile.

use serde_json::Value as Json;

use super::pick_list::PickRow;
use crate::model::json_path::{JsonPart, json_parts, json_text};

/// The maximum number of rows.
const MAX_ROWS: usize = 2_000;

/// Returns a row with the JSON path of each value in a payload.
pub(super) fn path_rows(json: &Json) -> Vec<PickRow> {
    let row = |JsonPart { path, value, .. }: JsonPart<'_>| {
        let detail = match value {
            Json::Object(entries) => format!("object ({})", entries.len()),
            Json::Array(items) => format!("array ({})", items.len()),
            other => json_text(other),
        };
        PickRow::from_label(&path, &detail)
    };
    json_parts(json, MAX_ROWS).into_iter().map(row).collect()
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
