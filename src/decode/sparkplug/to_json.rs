//! JSON of a payload. What a message has besides the values of its metrics is below `types`, `timestamps`, `properties` and
//! `metadata`, by the names of the metrics, and only if there is any.

use serde_json::{Map, Value as Json};

use super::{
    ALIAS_PREFIX, FORMAT,
    data_type::{self, DataType},
    payload::{
        CellValue, DataSet, MetaData, Metric, MetricValue, Parameter, ParameterValue, Payload, Property, PropertySet,
        PropertyValue, Template,
    },
};
use crate::decode::{DecodeError, MAX_DEPTH, json_text};

type Object = Map<String, Json>;

/// Returns a payload as JSON.
///
/// # Errors
/// If templates or properties are nested too deeply.
pub(super) fn to_json(payload: Payload) -> Result<Json, DecodeError> {
    let Payload { timestamp, metrics, seq, uuid, body } = payload;
    let mut members = metrics_to_json(metrics, timestamp, MAX_DEPTH)?;
    insert(&mut members, "timestamp", timestamp);
    insert(&mut members, "seq", seq);
    insert(&mut members, "uuid", uuid);
    insert(&mut members, "body", body.map(|body| json_text::bytes(&body)));
    Ok(members.into())
}

fn insert(object: &mut Object, key: &str, value: Option<impl Into<Json>>) {
    if let Some(value) = value {
        object.insert(key.to_owned(), value.into());
    }
}

/// Returns metrics by their names. `timestamp` is that of the message, which is left out where a metric repeats it.
fn metrics_to_json(metrics: Vec<Metric>, timestamp: Option<u64>, depth: usize) -> Result<Object, DecodeError> {
    let depth = depth.checked_sub(1).ok_or(DecodeError::TooDeep(FORMAT))?;
    let [mut values, mut types, mut timestamps, mut properties, mut metadata] = [(); 5].map(|()| Object::new());
    let (mut historical, mut repeated) = (Vec::new(), Vec::new());
    for metric in metrics {
        let name = metric.name.unwrap_or_else(|| match metric.alias {
            Some(alias) => format!("{ALIAS_PREFIX}{alias}"),
            None => "(no name)".to_owned(),
        });
        let datatype = metric.datatype.and_then(DataType::from_number);
        let value = match metric.value {
            Some(value) if metric.is_null != Some(true) => value_to_json(value, datatype, depth)?,
            _ => Json::Null,
        };
        let time = metric.timestamp.filter(|own| Some(*own) != timestamp);
        if metric.is_historical == Some(true) {
            historical.push(past_value(name, value, metric.timestamp));
            continue;
        }
        insert(&mut types, &name, datatype.map(DataType::name));
        if let Some(set) = metric.properties {
            properties.insert(name.clone(), properties_to_json(set, depth)?.into());
        }
        insert(&mut metadata, &name, metric.metadata.map(metadata_to_json));
        // The last value is the newest.
        let before = timestamps.remove(&name).and_then(|time| time.as_u64());
        insert(&mut timestamps, &name, time);
        if let Some(value) = values.insert(name.clone(), value) {
            repeated.push(past_value(name, value, before));
        }
    }
    let mut members = Object::from_iter([("metrics".to_owned(), values.into())]);
    for (key, list) in [("historical", historical), ("before", repeated)] {
        insert(&mut members, key, (!list.is_empty()).then_some(list));
    }
    for (key, object) in
        [("types", types), ("timestamps", timestamps), ("properties", properties), ("metadata", metadata)]
    {
        insert(&mut members, key, (!object.is_empty()).then_some(object));
    }
    Ok(members)
}

/// Returns a value that is not the newest one.
fn past_value(name: String, value: Json, timestamp: Option<u64>) -> Json {
    let mut members = Object::from_iter([("name".to_owned(), name.into()), ("value".to_owned(), value)]);
    insert(&mut members, "timestamp", timestamp);
    members.into()
}

fn value_to_json(value: MetricValue, datatype: Option<DataType>, depth: usize) -> Result<Json, DecodeError> {
    Ok(match value {
        MetricValue::Int(number) => data_type::integer(number, datatype),
        MetricValue::Long(number) => data_type::long_integer(number, datatype),
        MetricValue::Float(number) => json_text::short_number(number),
        MetricValue::Double(number) => json_text::number(number),
        MetricValue::Boolean(flag) => flag.into(),
        MetricValue::String(text) => text.into(),
        MetricValue::Bytes(bytes) => data_type::bytes(&bytes, datatype),
        MetricValue::DataSet(table) => table_to_json(table),
        MetricValue::Template(template) => template_to_json(template, depth)?,
    })
}

/// Returns a table. The names of its columns are not repeated in each row: JSON much larger than the payload would follow.
fn table_to_json(table: DataSet) -> Json {
    let types: Vec<_> = table.types.iter().map(|number| DataType::from_number(*number)).collect();
    let cell = |value: CellValue, datatype: Option<DataType>| match value {
        CellValue::Int(number) => data_type::integer(number, datatype),
        CellValue::Long(number) => data_type::long_integer(number, datatype),
        CellValue::Float(number) => json_text::short_number(number),
        CellValue::Double(number) => json_text::number(number),
        CellValue::Boolean(flag) => flag.into(),
        CellValue::String(text) => text.into(),
    };
    let rows = table.rows.into_iter().map(|row| {
        let values = row.elements.into_iter().map(|element| element.value).enumerate();
        values
            .map(|(column, value)| value.map_or(Json::Null, |value| cell(value, types.get(column).copied().flatten())))
            .collect::<Vec<Json>>()
    });
    let rows: Vec<Vec<Json>> = rows.collect();
    Object::from_iter([("columns".to_owned(), table.columns.into()), ("rows".to_owned(), rows.into())]).into()
}

fn template_to_json(template: Template, depth: usize) -> Result<Json, DecodeError> {
    let Template { version, metrics, parameters, template_ref, is_definition } = template;
    let mut members = metrics_to_json(metrics, None, depth)?;
    let parameters: Object = parameters.into_iter().map(parameter_to_json).collect();
    insert(&mut members, "parameters", (!parameters.is_empty()).then_some(parameters));
    insert(&mut members, "template_ref", template_ref);
    insert(&mut members, "version", version);
    insert(&mut members, "is_definition", is_definition);
    Ok(members.into())
}

fn parameter_to_json(parameter: Parameter) -> (String, Json) {
    let datatype = parameter.r#type.and_then(DataType::from_number);
    let value = match parameter.value {
        None => Json::Null,
        Some(ParameterValue::Int(number)) => data_type::integer(number, datatype),
        Some(ParameterValue::Long(number)) => data_type::long_integer(number, datatype),
        Some(ParameterValue::Float(number)) => json_text::short_number(number),
        Some(ParameterValue::Double(number)) => json_text::number(number),
        Some(ParameterValue::Boolean(flag)) => flag.into(),
        Some(ParameterValue::String(text)) => text.into(),
    };
    (parameter.name.unwrap_or_default(), value)
}

fn properties_to_json(set: PropertySet, depth: usize) -> Result<Object, DecodeError> {
    let depth = depth.checked_sub(1).ok_or(DecodeError::TooDeep(FORMAT))?;
    set.keys.into_iter().zip(set.values).map(|(key, value)| Ok((key, property_to_json(value, depth)?))).collect()
}

fn property_to_json(property: Property, depth: usize) -> Result<Json, DecodeError> {
    let datatype = property.r#type.and_then(DataType::from_number);
    Ok(match property.value {
        Some(value) if property.is_null != Some(true) => match value {
            PropertyValue::Int(number) => data_type::integer(number, datatype),
            PropertyValue::Long(number) => data_type::long_integer(number, datatype),
            PropertyValue::Float(number) => json_text::short_number(number),
            PropertyValue::Double(number) => json_text::number(number),
            PropertyValue::Boolean(flag) => flag.into(),
            PropertyValue::String(text) => text.into(),
            PropertyValue::Set(set) => properties_to_json(set, depth)?.into(),
            PropertyValue::Sets(list) => {
                let sets = list.propertyset.into_iter().map(|set| properties_to_json(set, depth).map(Json::from));
                sets.collect::<Result<_, _>>().map(Json::Array)?
            }
        },
        _ => Json::Null,
    })
}

fn metadata_to_json(metadata: MetaData) -> Object {
    let MetaData { is_multi_part, content_type, size, seq, file_name, file_type, md5, description } = metadata;
    let mut members = Object::new();
    insert(&mut members, "is_multi_part", is_multi_part);
    insert(&mut members, "content_type", content_type);
    insert(&mut members, "size", size);
    insert(&mut members, "seq", seq);
    insert(&mut members, "file_name", file_name);
    insert(&mut members, "file_type", file_type);
    insert(&mut members, "md5", md5);
    insert(&mut members, "description", description);
    members
}
