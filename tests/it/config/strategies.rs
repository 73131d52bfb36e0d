//! Random dashboards and profiles, generated from the keys that the model declares.

use mqtt_dash::{
    config::Profiles,
    model::{
        dashboard::Dashboard,
        kind,
        profile::Profile,
        schema::{DynFields, FieldInfo, ValueType},
        tile::Tile,
        value::Value,
    },
};
use proptest::{collection::vec, option, prelude::*, sample::select};

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z ]{0,12}", ".{0,12}", "(?s).{0,20}", "([a-z '\"\\\\=]{0,9}\r?\n){0,4}[a-z']{0,5}"]
}

fn table(entries: &[(&str, Value)]) -> Value {
    Value::Table(entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

/// Values of every form that a key may have; a key rejects the values that do not fit.
fn forms() -> Vec<Value> {
    let mut forms: Vec<Value> = [
        "a/b",
        "home/+/lamp",
        "a/b/c",
        "$.x[0]",
        "x['é y']",
        "$..z",
        "#ff8000",
        "bright-blue",
        "light1_on",
        "512 KiB",
        "300 B",
        "mqtts://h:8883",
        "mqtt://localhost:1883",
        "wss://h/x?y",
        "it's \"me\"",
        "ca.pem",
        "500ms",
        "10m",
        "err.*",
    ]
    .map(Value::from)
    .to_vec();
    forms.extend([
        table(&[("payload", "off".into()), ("after", "2s".into())]),
        table(&[("env", "X".into())]),
        table(&[("command", Value::Array(vec!["pass".into(), "a b".into()]))]),
        table(&[("prompt", Value::Bool(true))]),
        table(&[("ca", "ca.pem".into()), ("insecure", Value::Bool(true))]),
        table(&[("topic", "a/b".into()), ("payload", "a\nb".into()), ("qos", Value::Integer(1))]),
    ]);
    forms
}

/// A value that a key may accept or reject.
pub fn value_of(value_type: ValueType) -> BoxedStrategy<Value> {
    match value_type {
        ValueType::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        ValueType::Integer(min, max) => (min..=max).prop_map(Value::Integer).boxed(),
        ValueType::Float => prop_oneof![
            (-50_i64..50).prop_map(Value::Integer),
            any::<f64>().prop_filter("a number is finite", |number| number.is_finite()).prop_map(Value::Float),
        ]
        .boxed(),
        ValueType::String => text().prop_map(Value::String).boxed(),
        ValueType::OneOf(names) => select(names).prop_map(Value::from).boxed(),
        ValueType::Custom(_) => select(forms()).boxed(),
        ValueType::List(list) => {
            let entry = |column: FieldInfo| {
                let value = option::weighted(0.6, value_of(column.value_type));
                value.prop_map(move |value| Some((column.name.to_owned(), value?)))
            };
            let entries: Vec<_> = list.columns().into_iter().map(entry).collect();
            let item = entries.prop_map(|entries| Value::Table(entries.into_iter().flatten().collect()));
            vec(item, 0..3).prop_map(Value::Array).boxed()
        }
        ValueType::TextList(_) => vec(select(vec!["time", "topic:2", "payload", "$.a", "nothing"]), 0..4)
            .prop_map(|texts| Value::Array(texts.into_iter().map(Value::from).collect()))
            .boxed(),
        ValueType::Rows(_) => vec(row(), 0..4).prop_map(Value::Array).boxed(),
        ValueType::Table(_) => vec((select(vec!["X-A", "X-B"]), text()), 0..3)
            .prop_map(|entries| {
                Value::Table(entries.into_iter().map(|(name, text)| (name.to_owned(), Value::String(text))).collect())
            })
            .boxed(),
    }
}

/// Sets a key if the value is valid in combination with the others; returns whether it is.
pub fn try_set<T: DynFields + Clone>(object: &mut T, key: &str, value: &Value) -> bool {
    let mut changed = object.clone();
    let fits = matches!(changed.set(key, value), Some(Ok(()))) && changed.validate().is_empty();
    if fits {
        *object = changed;
    }
    fits
}

fn filled<T: DynFields + Clone + std::fmt::Debug + 'static>(
    default: T,
    rows: &[FieldInfo],
) -> impl Strategy<Value = T> + use<T> {
    let values: Vec<_> = rows
        .iter()
        .map(|row| {
            let name = row.name;
            option::weighted(0.4, value_of(row.value_type)).prop_map(move |value| (name, value))
        })
        .collect();
    values.prop_shuffle().prop_map(move |values| {
        let mut object = default.clone();
        for (name, value) in values {
            if let Some(value) = value {
                try_set(&mut object, name, &value);
            }
        }
        object
    })
}

/// Any row of a panel.
fn row() -> BoxedStrategy<Value> {
    let kinds: Vec<&'static str> = kind::all().filter(|kind| kind.fits_row()).map(|kind| kind.name()).collect();
    let table = |tile: Tile| {
        let set = tile.fields().into_iter().filter_map(|field| {
            let value = tile.get(field.name).filter(|value| field.default.as_ref() != Some(value))?;
            Some((field.name.to_owned(), value))
        });
        Value::Table(std::iter::once(("kind".to_owned(), tile.kind.name().into())).chain(set).collect())
    };
    let of_kind = |name: &'static str| {
        let mut default = Tile::new(kind::from_name(name).expect("a known kind"));
        "row".clone_into(&mut default.name);
        let of_panel = ["name", "width", "height", "only", "mqtt_dash"];
        let fields: Vec<FieldInfo> =
            default.fields().into_iter().filter(|field| !of_panel.contains(&field.name)).collect();
        filled(default, &fields)
    };
    select(kinds).prop_flat_map(of_kind).prop_map(table).boxed()
}

/// Any tile of any kind.
pub fn tile() -> impl Strategy<Value = Tile> {
    let kinds: Vec<&'static str> = kind::all().map(|kind| kind.name()).collect();
    select(kinds).prop_flat_map(|name| {
        let default = Tile::new(kind::from_name(name).expect("a known kind"));
        let rows = default.fields();
        filled(default, &rows)
    })
}

/// Any dashboard.
pub fn dashboard() -> impl Strategy<Value = Dashboard> {
    let default = Dashboard::default();
    let rows = default.fields();
    (filled(default, &rows), vec(tile(), 0..6)).prop_map(|(dashboard, tiles)| Dashboard { tiles, ..dashboard })
}

/// Any profile of this name.
pub fn profile(name: String) -> impl Strategy<Value = Profile> {
    let default = Profile { name, ..Profile::default() };
    let rows = default.fields();
    filled(default, &rows)
}

/// Any profiles.
pub fn profiles() -> impl Strategy<Value = Profiles> {
    proptest::collection::hash_set("[a-z]{1,4}|.{0,6}", 0..4)
        .prop_flat_map(|names| {
            let first = names.iter().next().cloned();
            let all: Vec<_> = names.into_iter().map(profile).collect();
            (option::of(Just(first)), all)
        })
        .prop_map(|(default, profiles)| Profiles { default: default.flatten(), profiles })
}
