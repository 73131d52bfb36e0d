//! The payload of a command, from JSON such as `{"metrics":{"Node Control/Rebirth":true}}`.
//!
//! `types` says the data types of the metrics that do not have the usual one: Boolean, Int64, Double or String. Without a
//! `timestamp`, the payload gets the current time, which a command must have (section 6.4.22).

use serde_json::{Map, Value as Json};

use super::{
    ALIAS_PREFIX,
    data_type::{self, DataType},
    payload::{Metric, Payload},
};

/// Returns the payload for this JSON.
///
/// # Errors
/// What is wrong with the JSON.
pub(super) fn from_json(text: &[u8], now: u64) -> Result<Payload, String> {
    let json: Json = serde_json::from_slice(text).map_err(|_| "it is no JSON".to_owned())?;
    let metrics = json.get("metrics").and_then(Json::as_object);
    let metrics = metrics.ok_or(r#"write the values as {"metrics": {"name": value}}"#)?;
    let timestamp = json.get("timestamp").and_then(Json::as_u64).or(Some(now));
    let types = json.get("types").and_then(Json::as_object);
    let metrics = metrics.iter().map(|(name, value)| metric(name, value, types, timestamp));
    Ok(Payload {
        timestamp,
        metrics: metrics.collect::<Result<_, _>>()?,
        seq: json.get("seq").and_then(Json::as_u64),
        uuid: json.get("uuid").and_then(Json::as_str).map(str::to_owned),
        body: None,
    })
}

/// Returns the alias of a metric whose name is not known, as the JSON of a payload has it.
fn alias_of(name: &str) -> Option<u64> {
    name.strip_prefix(ALIAS_PREFIX)?.parse().ok()
}

fn metric(
    name: &str,
    value: &Json,
    types: Option<&Map<String, Json>>,
    timestamp: Option<u64>,
) -> Result<Metric, String> {
    let named = types.and_then(|types| types.get(name)).and_then(Json::as_str);
    let datatype = match named {
        Some(known) => Some(DataType::from_name(known).ok_or_else(|| format!("there is no data type {known}"))?),
        None => data_type::of_json(value),
    };
    let written = datatype.filter(|_| !value.is_null()).and_then(|datatype| data_type::value_of(value, datatype));
    if written.is_none() && !value.is_null() {
        let datatype = datatype.map_or("a metric", DataType::name);
        return Err(format!("the value of {name} cannot be written as {datatype}"));
    }
    let alias = alias_of(name);
    Ok(Metric {
        name: alias.is_none().then(|| name.to_owned()),
        alias,
        timestamp,
        datatype: datatype.map(DataType::number),
        is_null: value.is_null().then_some(true),
        value: written,
        ..Metric::default()
    })
}
