//! The reader of exports that were copied out of something else, with commas that are missing or too many: all tiles
//! are found, in their order.
#![no_main]

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use mqtt_dash::mqtt_dash_app::import;

/// What may be between two tiles.
const SEPARATORS: [&str; 6] = [",", "", " ", ",,", "\r\n,\t", " , , "];
/// What may be before the list or after it. No list begins in it.
const NOISE: [&str; 9] =
    ["", "mosquitto_pub -m '", "<pre>", "{\"a\":1}\n", "]", "[1] ", "\u{feff}", "\\\"", "'/home/x' \u{202e}"];

fn tile(number: usize, text: &str) -> String {
    let tile = serde_json::json!({ "type": 1, "name": format!("{number}{text}"), "topic": "a/b", "longId": number });
    tile.to_string()
}

fn run(input: &mut Unstructured<'_>) -> Result<()> {
    let count = input.int_in_range(1..=8)?;
    let (before, after) = (*input.choose(&NOISE)?, *input.choose(&NOISE)?);
    let mut text = format!("{before}[");
    let mut names = Vec::new();
    for number in 0..count {
        let name: String = input.arbitrary()?;
        names.push(format!("{number}{name}"));
        if number > 0 {
            text += input.choose(&SEPARATORS)?;
        }
        text += &tile(number, &name);
    }
    let complete = format!("{text}]{after}");
    let imported = import(complete.as_bytes(), false).unwrap_or_else(|error| panic!("{error}\n{complete}"));
    let found: Vec<&str> = imported.dashboard.tiles.iter().map(|tile| &*tile.name).collect();
    assert_eq!(found, names, "{complete}");
    // A copy that ends somewhere in the last tile has all others.
    let start = text.rfind("{\"type\"").expect("a tile");
    let end = input.int_in_range(start + 1..=text.len() - 1)?;
    if let Some(cut) = text.get(..end)
        && count > 1
    {
        let imported = import(cut.as_bytes(), true).unwrap_or_else(|error| panic!("{error}\n{cut}"));
        let found: Vec<&str> = imported.dashboard.tiles.iter().map(|tile| &*tile.name).collect();
        assert_eq!(found, names[..count - 1], "{cut}");
        assert!(import(cut.as_bytes(), false).is_err(), "an incomplete list was imported without a question");
    }
    Ok(())
}

fuzz_target!(|data: &[u8]| {
    // The end of the input is no failure.
    let _ = run(&mut Unstructured::new(data));
});
