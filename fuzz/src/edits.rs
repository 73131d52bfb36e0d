//! Random edits of files, and what they must not change.

use arbitrary::{Result, Unstructured};
use mqtt_dash::model::{
    kind,
    schema::{DynFields, FieldInfo, ValueType},
    tile::Tile,
    value::Value,
};

/// Texts that some key accepts, and texts that need quotes.
const TEXTS: [&str; 28] = [
    "stat/{id}/POWER",
    "10/s",
    "1h",
    "topic:2",
    "a/b",
    "home/+/lamp",
    "$.x[0]",
    "x['é y']",
    "#ff8000",
    "bright-blue",
    "light1_on",
    "512 KiB",
    "mqtts://h:8883",
    "wss://h/x?y",
    "it's \"me\"",
    "'''",
    "\"\"\"",
    "a\nb",
    "a\r\nb\\",
    "\u{feff}",
    "\u{202e}",
    "",
    "# no comment",
    "[[tile]]",
    "\t",
    "\u{1b}",
    "= 1",
    "日本",
];

/// A text.
///
/// # Errors
/// The input is used up.
pub fn text(input: &mut Unstructured<'_>) -> Result<String> {
    if input.ratio(3, 4)? { Ok((*input.choose(&TEXTS)?).to_owned()) } else { input.arbitrary() }
}

/// A value that a key may accept or reject.
///
/// # Errors
/// The input is used up.
pub fn value(input: &mut Unstructured<'_>, value_type: ValueType) -> Result<Value> {
    Ok(match value_type {
        ValueType::Bool => Value::Bool(input.arbitrary()?),
        ValueType::Integer(min, max) => Value::Integer(input.int_in_range(min..=max)?),
        ValueType::Float if input.arbitrary()? => Value::Integer(input.arbitrary::<i16>()?.into()),
        ValueType::Float => Value::Float(input.arbitrary()?),
        ValueType::String => Value::String(text(input)?),
        ValueType::OneOf(names) => (*input.choose(names)?).into(),
        ValueType::List(list) => {
            let mut items = Vec::new();
            for _ in 0..input.int_in_range(0..=3)? {
                let mut entries = Vec::new();
                for column in list.columns() {
                    if input.arbitrary()? {
                        entries.push((column.name.to_owned(), value(input, column.value_type)?));
                    }
                }
                items.push(Value::Table(entries));
            }
            Value::Array(items)
        }
        ValueType::Custom(_) => match input.int_in_range(0..=3)? {
            1 => table(input, &["env"])?,
            2 => table(input, &["topic", "payload"])?,
            _ => Value::String(text(input)?),
        },
        ValueType::TextList(_) => {
            let columns = ["time", "age", "topic:-1", "payload", "$.x[0]", "key", ""];
            let count = input.int_in_range(0..=3)?;
            Value::Array((0..count).map(|_| Ok((*input.choose(&columns)?).into())).collect::<Result<_>>()?)
        }
        ValueType::Rows(_) => {
            let rows = (0..input.int_in_range(0..=3)?).map(|_| row(input));
            Value::Array(rows.collect::<Result<_>>()?)
        }
        ValueType::Table(_) => table(input, &["X-A", "X-B"])?,
    })
}

/// The row of a panel, with some keys of a tile.
fn row(input: &mut Unstructured<'_>) -> Result<Value> {
    let kinds: Vec<_> = kind::all().filter(|kind| kind.fits_row()).map(|kind| kind.name()).collect();
    let name = *input.choose(&kinds)?;
    let mut entries = vec![("kind".to_owned(), name.into()), ("name".to_owned(), Value::String(text(input)?))];
    let tile = Tile::new(kind::from_name(name).expect("a known kind"));
    for field in tile.fields().into_iter().filter(|field| field.name != "name") {
        if input.ratio(1, 8)? {
            entries.push((field.name.to_owned(), value(input, field.value_type)?));
        }
    }
    Ok(Value::Table(entries))
}

fn table(input: &mut Unstructured<'_>, keys: &[&str]) -> Result<Value> {
    let entry = |key: &&str| Ok(((*key).to_owned(), Value::String(text(input)?)));
    Ok(Value::Table(keys.iter().map(entry).collect::<Result<_>>()?))
}

/// Sets some keys to random values, as far as the values are valid together.
///
/// # Errors
/// The input is used up.
pub fn set_some<T: DynFields + Clone>(object: &mut T, rows: &[FieldInfo], input: &mut Unstructured<'_>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    for _ in 0..input.int_in_range(0..=6)? {
        let row = input.choose(rows)?;
        let value = value(input, row.value_type)?;
        let mut changed = object.clone();
        if matches!(changed.set(row.name, &value), Some(Ok(()))) && changed.validate().is_empty() {
            *object = changed;
        }
    }
    Ok(())
}

fn common_prefix(a: impl Iterator<Item = u8>, b: impl Iterator<Item = u8>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).count()
}

/// Whether one text is the other with one piece inserted.
#[must_use]
pub fn has_one_insertion(long: &str, short: &str) -> bool {
    let front = common_prefix(long.bytes(), short.bytes());
    front + common_prefix(long.bytes().rev(), short.bytes().rev()) >= short.len()
}

/// The comments that are lines of their own, sorted. `None` if a text may contain lines that only look like comments.
#[must_use]
pub fn comments(text: &str) -> Option<Vec<&str>> {
    if text.contains("'''") || text.contains("\"\"\"") {
        return None;
    }
    let mut comments: Vec<&str> = text.lines().map(str::trim).filter(|line| line.starts_with('#')).collect();
    comments.sort_unstable();
    Some(comments)
}
