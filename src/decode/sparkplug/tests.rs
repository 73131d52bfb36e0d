//! Tests of what payloads of Sparkplug B say, of commands, and of the names of metrics.

use proptest::prelude::*;

use super::{
    data_type::{self, DataType},
    edge_nodes::EdgeNodes,
    payload::{
        CellValue, DataSet, DataSetValue, Metric, MetricValue, Payload, Property, PropertySet, PropertyValue, Row,
        Template,
    },
    *,
};
use crate::decode::hexadecimal::from_hexadecimal;

fn text(payload: &[u8]) -> String {
    String::from_utf8(SparkplugB.decode(payload).unwrap()).unwrap()
}

fn metric(name: &str, datatype: &str, value: MetricValue) -> Metric {
    let datatype = DataType::from_name(datatype).map(DataType::number);
    Metric { name: Some(name.to_owned()), datatype, value: Some(value), ..Metric::default() }
}

fn payload(metrics: Vec<Metric>) -> Vec<u8> {
    Payload { timestamp: Some(7), metrics, seq: Some(2), ..Payload::default() }.encode_to_vec()
}

/// A message of an edge node that is in its vendor's documentation, byte for byte.
#[test]
fn published_example_is_read() {
    let command = "089fafb8f88d3112230a144e6f646520436f6e74726f6c2f52656269727468189fafb8f88d312\
                   00b3800700118ffffffffffffffffff01";
    let read = text(&from_hexadecimal(command.as_bytes()).unwrap());
    assert_eq!(
        read,
        r#"{"metrics":{"Node Control/Rebirth":true},"types":{"Node Control/Rebirth":"Boolean"},"#.to_owned()
            + r#""timestamp":1687369422751,"seq":18446744073709551615}"#
    );
}

#[test]
fn values_have_the_signs_and_the_shapes_of_their_types() {
    let bytes = |digits: &str| MetricValue::Bytes(from_hexadecimal(digits.as_bytes()).unwrap());
    for (datatype, value, expected) in [
        ("Int8", MetricValue::Int(0xff), "-1"),
        ("Int8", MetricValue::Int(0xffff_ffff), "-1"),
        ("Int32", MetricValue::Int(0xffff_fff6), "-10"),
        ("UInt32", MetricValue::Int(0xffff_fff6), "4294967286"),
        ("UInt32", MetricValue::Long(7), "7"),
        ("Int64", MetricValue::Long(u64::MAX), "-1"),
        ("UInt64", MetricValue::Long(u64::MAX), "18446744073709551615"),
        ("Float", MetricValue::Float(12.3), "12.3"),
        ("Float", MetricValue::Float(f32::NAN), "\"NaN\""),
        ("Double", MetricValue::Double(0.1), "0.1"),
        ("Int16Array", bytes("30 8a 41 db"), "[-30160,-9407]"),
        (
            "BooleanArray",
            bytes("0c 00 00 00 34 d0"),
            "[false,false,true,true,false,true,false,false,true,true,false,true]",
        ),
        ("BooleanArray", bytes("ff ff ff ff 34"), "\"ffffffff34\""),
        ("StringArray", bytes("41 42 43 00 68 65 6c 6c 6f 00"), "[\"ABC\",\"hello\"]"),
        ("StringArray", bytes("41"), "\"41\""),
        ("Bytes", bytes("01 ff"), "\"01ff\""),
        ("", MetricValue::Int(5), "5"),
    ] {
        let read: serde_json::Value =
            serde_json::from_str(&text(&payload(vec![metric("m", datatype, value)]))).unwrap();
        assert_eq!(read["metrics"]["m"].to_string(), expected, "{datatype}");
    }
}

#[test]
fn what_belongs_to_a_metric_is_kept_by_its_name() {
    let unit = Property { r#type: Some(12), is_null: None, value: Some(PropertyValue::String("V".to_owned())) };
    let properties = PropertySet { keys: vec!["engUnit".to_owned()], values: vec![unit] };
    let volt = metric("U", "Float", MetricValue::Float(1.5));
    let cells = [Some(CellValue::Int(0xffff_ffff)), None].map(|value| DataSetValue { value });
    let table = DataSet {
        columns: vec!["a".to_owned(), "b".to_owned()],
        types: vec![3, 12],
        rows: vec![Row { elements: cells.to_vec() }],
        ..DataSet::default()
    };
    let template = Template { metrics: vec![volt.clone()], template_ref: Some("T".to_owned()), ..Template::default() };
    let read = text(&payload(vec![
        Metric { properties: Some(properties), timestamp: Some(7), ..volt.clone() },
        Metric { is_historical: Some(true), timestamp: Some(3), ..volt.clone() },
        metric("table", "DataSet", MetricValue::DataSet(table)),
        metric("unit", "Template", MetricValue::Template(template)),
        Metric { name: Some("off".to_owned()), is_null: Some(true), ..Metric::default() },
        Metric { alias: Some(9), value: Some(MetricValue::Boolean(true)), ..Metric::default() },
        Metric { timestamp: Some(8), ..metric("n", "", MetricValue::Int(1)) },
        Metric { timestamp: Some(9), ..metric("n", "", MetricValue::Int(2)) },
    ]));
    let expected = serde_json::json!({
        "metrics": {
            "U": 1.5,
            "table": {"columns": ["a", "b"], "rows": [[-1, null]]},
            "unit": {"metrics": {"U": 1.5}, "types": {"U": "Float"}, "template_ref": "T"},
            "off": null,
            "alias 9": true,
            "n": 2
        },
        "historical": [{"name": "U", "value": 1.5, "timestamp": 3}],
        "before": [{"name": "n", "value": 1, "timestamp": 8}],
        "types": {"U": "Float", "table": "DataSet", "unit": "Template"},
        "timestamps": {"n": 9},
        "properties": {"U": {"engUnit": "V"}},
        "timestamp": 7,
        "seq": 2
    });
    assert_eq!(read, expected.to_string());
}

#[test]
fn commands_are_written_with_the_types_that_are_given() {
    let json = br#"{"metrics":{"on":true,"n":-3,"level":1.5,"text":"x","none":null,"key":"01ff"},
        "types":{"n":"Int32","level":"Float","key":"Bytes"},"timestamp":5}"#;
    let written = SparkplugB.encode(json, 0).unwrap();
    let expected = serde_json::json!({
        "metrics": {"on": true, "n": -3, "level": 1.5, "text": "x", "none": null, "key": "01ff"},
        "types": {"on": "Boolean", "n": "Int32", "level": "Float", "text": "String", "key": "Bytes"},
        "timestamp": 5
    });
    assert_eq!(text(&written), expected.to_string());
    let now = SparkplugB.encode(br#"{"metrics":{"on":true}}"#, 9).unwrap();
    assert_eq!(Payload::decode(&*now).unwrap().timestamp, Some(9));
    let by_alias = SparkplugB.encode(br#"{"metrics":{"alias 5":true}}"#, 9).unwrap();
    let metric = &Payload::decode(&*by_alias).unwrap().metrics[0];
    assert_eq!((metric.name.as_deref(), metric.alias), (None, Some(5)));
    for (json, expected) in [
        (&b"ON"[..], "it is no JSON"),
        (br#"{"on":true}"#, "write the values as"),
        (br#"{"metrics":{"n":300},"types":{"n":"Int8"}}"#, "the value of n cannot be written as Int8"),
        (br#"{"metrics":{"n":-1},"types":{"n":"UInt32"}}"#, "the value of n cannot be written as UInt32"),
        (br#"{"metrics":{"n":[1]}}"#, "the value of n cannot be written as a metric"),
        (br#"{"metrics":{"n":1e300},"types":{"n":"Float"}}"#, "the value of n cannot be written as Float"),
        (br#"{"metrics":{"n":1},"types":{"n":"Int7"}}"#, "there is no data type Int7"),
    ] {
        let error = SparkplugB.encode(json, 0).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn only_messages_on_topics_of_sparkplug_are_decoded() {
    for (topic, expected) in [
        ("spBv1.0/G/NBIRTH/N", true),
        ("spBv1.0/G/DDATA/N/D", true),
        ("spBv1.0/STATE/host", false),
        ("spBv1.0/G/NBIRTH/N/D", false),
        ("spBv1.0/G/DDATA/N", false),
        ("spBv1.0/G/DDATA/N/D/x", false),
        ("home/spBv1.0/G/DDATA/N/D", false),
    ] {
        assert_eq!(is_sparkplug_topic(topic), expected, "{topic}");
    }
}

fn birth(alias: u64, name: &str, seq: u64) -> Vec<u8> {
    let metric = Metric { alias: Some(alias), ..metric(name, "Int8", MetricValue::Int(1)) };
    Payload { metrics: vec![metric], seq: Some(seq), ..Payload::default() }.encode_to_vec()
}

fn data(alias: u64, seq: u64) -> Vec<u8> {
    let metric = Metric { alias: Some(alias), value: Some(MetricValue::Int(0xff)), ..Metric::default() };
    Payload { metrics: vec![metric], seq: Some(seq), ..Payload::default() }.encode_to_vec()
}

#[test]
fn aliases_stand_for_the_metrics_of_the_last_birth() {
    let mut nodes = EdgeNodes::default();
    let mut read = |topic: &str, payload: &[u8]| {
        let received = nodes.receive(topic, payload).unwrap();
        let read: serde_json::Value =
            serde_json::from_str(&text(&received.completed.unwrap_or_else(|| payload.to_vec()))).unwrap();
        (read["metrics"].to_string(), received.missed)
    };
    assert_eq!(read("spBv1.0/G/DDATA/N/D", &data(4, 9)).0, r#"{"alias 4":255}"#, "before the birth");
    read("spBv1.0/G/NBIRTH/N", &birth(1, "Power", 0));
    read("spBv1.0/G/DBIRTH/N/D", &birth(4, "Level", 1));
    assert_eq!(read("spBv1.0/G/DDATA/N/D", &data(4, 2)), (r#"{"Level":-1}"#.to_owned(), 0));
    assert_eq!(read("spBv1.0/G/NDATA/N", &data(1, 5)), (r#"{"Power":-1}"#.to_owned(), 2), "3 and 4 are missing");
    assert_eq!(read("spBv1.0/G/NDATA/N", &data(1, 5)).1, 0, "the same message again");
    assert_eq!(read("spBv1.0/G/NDATA/M", &data(1, 6)), (r#"{"alias 1":255}"#.to_owned(), 0), "another edge node");
    read("spBv1.0/G/NDATA/N", &data(1, 255));
    assert_eq!(read("spBv1.0/G/NDATA/N", &data(1, 0)).1, 0, "after 255 comes 0");
    read("spBv1.0/G/NBIRTH/N", &birth(4, "Other", 0));
    assert_eq!(read("spBv1.0/G/NDATA/N", &data(1, 1)).0, r#"{"alias 1":255}"#, "the aliases of before are gone");
    assert!(nodes.receive("home/x", &data(1, 1)).is_none());
    nodes.forget_numbers();
    assert_eq!(nodes.receive("spBv1.0/G/NDATA/N", &data(1, 9)).unwrap().missed, 0);
}

#[test]
fn data_types_are_known_by_name_without_aliases() {
    let mut nodes = EdgeNodes::default();
    let named = |datatype: &str| payload(vec![metric("n", datatype, MetricValue::Int(0xff))]);
    nodes.receive("spBv1.0/G/NBIRTH/N", &payload(Vec::new()));
    nodes.receive("spBv1.0/G/DBIRTH/N/D", &named("Int8"));
    let completed = |nodes: &mut EdgeNodes, topic: &str| nodes.receive(topic, &named("")).unwrap().completed;
    assert!(text(&completed(&mut nodes, "spBv1.0/G/DDATA/N/D").unwrap()).contains(r#""n":-1"#));
    assert_eq!(completed(&mut nodes, "spBv1.0/G/DDATA/N/E"), None, "another device");
}

#[test]
fn names_take_no_more_than_their_limit() {
    let mut nodes = EdgeNodes::default();
    for node in 0..20_000 {
        let long = birth(1, &"x".repeat(4_000), 0);
        nodes.receive(&format!("spBv1.0/G/NBIRTH/{node}"), &long);
    }
    let known = |nodes: &mut EdgeNodes, node: u32| {
        nodes.receive(&format!("spBv1.0/G/NDATA/{node}"), &data(1, 1)).unwrap().completed.is_some()
    };
    assert!(known(&mut nodes, 0) && !known(&mut nodes, 19_999));
}

#[test]
fn births_of_the_same_device_take_no_more_than_one() {
    let mut nodes = EdgeNodes::default();
    nodes.receive("spBv1.0/G/NBIRTH/N", &birth(1, "Power", 0));
    let long = "x".repeat(4_000);
    for round in 0..10_000 {
        nodes.receive("spBv1.0/G/DBIRTH/N/D", &birth(2 + round, &long, 1));
    }
    nodes.receive("spBv1.0/G/NBIRTH/M", &birth(1, "Level", 0));
    let known = |nodes: &EdgeNodes, topic: &str, alias: u64| {
        nodes.complete(topic, &data(alias, 1)).unwrap().completed.is_some()
    };
    assert!(known(&nodes, "spBv1.0/G/NDATA/M", 1), "there is room for another edge node");
    assert!(known(&nodes, "spBv1.0/G/DDATA/N/D", 10_001) && !known(&nodes, "spBv1.0/G/DDATA/N/D", 2));
    assert!(known(&nodes, "spBv1.0/G/NDATA/N", 1), "the metrics of the edge node itself stay");
}

#[test]
fn birth_that_cannot_be_read_ends_the_names_of_the_one_before() {
    let too_large = birth(9, &"x".repeat(MAX_SENT_BYTES), 0);
    for (topic, payload, of_node, of_device) in [
        ("spBv1.0/G/NBIRTH/N", &b"\xff"[..], false, false),
        ("spBv1.0/G/NBIRTH/N", &too_large, false, false),
        ("spBv1.0/G/DBIRTH/N/D", b"\xff", true, false),
        ("spBv1.0/G/DBIRTH/N/E", b"\xff", true, true),
        ("spBv1.0/G/DDATA/N/D", b"\xff", true, true),
    ] {
        let mut nodes = EdgeNodes::default();
        nodes.receive("spBv1.0/G/NBIRTH/N", &birth(1, "Power", 0));
        nodes.receive("spBv1.0/G/DBIRTH/N/D", &birth(2, "Level", 1));
        assert_eq!(nodes.receive(topic, payload), None);
        let known = |topic: &str, alias| nodes.complete(topic, &data(alias, 2)).unwrap().completed.is_some();
        let known = (known("spBv1.0/G/NDATA/N", 1), known("spBv1.0/G/DDATA/N/D", 2));
        assert_eq!(known, (of_node, of_device), "{topic}");
    }
}

#[test]
fn payload_stays_readable_with_long_names() {
    let mut nodes = EdgeNodes::default();
    let unnamed = |alias| Metric { alias: Some(alias), value: Some(MetricValue::Int(1)), ..Metric::default() };
    let sent = Payload { metrics: (0..3_000).map(unnamed).collect(), ..Payload::default() }.encode_to_vec();
    for (name_length, is_completed) in [(40, true), (80, true), (300, false)] {
        let name = "x".repeat(name_length);
        // A message of birth may come in parts: that of each device.
        nodes.receive("spBv1.0/G/NBIRTH/N", &payload(Vec::new()));
        for device in 0..30 {
            let births = Payload {
                metrics: (0..100)
                    .map(|index| Metric {
                        name: Some(format!("{name}{index}")),
                        alias: Some(device * 100 + index),
                        ..Metric::default()
                    })
                    .collect(),
                ..Payload::default()
            };
            nodes.receive(&format!("spBv1.0/G/DBIRTH/N/{device}"), &births.encode_to_vec());
        }
        let completed = nodes.receive("spBv1.0/G/NDATA/N", &sent).unwrap().completed;
        assert_eq!(completed.is_some(), is_completed, "{name_length}");
        assert!(SparkplugB.decode(completed.as_ref().unwrap_or(&sent)).is_ok());
    }
}

#[test]
fn devices_without_metrics_take_no_more_than_the_limit() {
    let mut nodes = EdgeNodes::default();
    nodes.receive("spBv1.0/G/NBIRTH/N", &birth(1, "Power", 0));
    let long = "x".repeat(60_000);
    for device in 0..700 {
        nodes.receive(&format!("spBv1.0/G/DBIRTH/N/{long}{device}"), &payload(Vec::new()));
    }
    assert!(nodes.bytes() <= 32 << 20, "{}", nodes.bytes());
    nodes.receive("spBv1.0/G/DBIRTH/N/last", &birth(2, &"x".repeat(4_000), 0));
    nodes.receive("spBv1.0/G/NBIRTH/N", &birth(1, "Power", 0));
    assert!(nodes.complete("spBv1.0/G/NDATA/N", &data(1, 1)).unwrap().completed.is_some(), "there is room again");
}

#[test]
fn one_name_does_not_make_a_payload_huge() {
    let mut nodes = EdgeNodes::default();
    nodes.receive("spBv1.0/G/NBIRTH/N", &birth(1, &"x".repeat(200_000), 0));
    assert_eq!(nodes.complete("spBv1.0/G/NDATA/N", &data(1, 1)).unwrap().completed, None);
    nodes.receive("spBv1.0/G/NBIRTH/N", &birth(1, &"x".repeat(4_000), 0));
    let bomb = [0x12, 0x02, 0x10, 0x01].repeat(60_000);
    let received = nodes.receive("spBv1.0/G/NDATA/N", &bomb).unwrap();
    assert!(received.completed.is_none_or(|completed| completed.len() <= MAX_COMPLETED_BYTES));
    assert!(received.unnamed > 59_000, "there is room for few of them");
}

#[test]
fn births_are_subscribed_to_with_the_messages_that_need_them() {
    for (filter, expected) in [
        ("spBv1.0/G/DDATA/N/D", &["spBv1.0/G/NBIRTH/N", "spBv1.0/G/DBIRTH/N/D"][..]),
        ("spBv1.0/G/DDATA/#", &["spBv1.0/G/NBIRTH/#", "spBv1.0/G/DBIRTH/#"]),
        ("spBv1.0/+/DDATA/+/+", &["spBv1.0/+/NBIRTH/+", "spBv1.0/+/DBIRTH/+/+"]),
        ("spBv1.0/G/DDATA/N/#", &["spBv1.0/G/NBIRTH/N", "spBv1.0/G/DBIRTH/N/#"]),
        ("spBv1.0/G/NDATA/N", &["spBv1.0/G/NBIRTH/N"]),
        ("spBv1.0/G/+/N/D", &[]),
        ("spBv1.0/#", &[]),
        ("spBv1.0/G/NCMD/N", &[]),
        ("home/G/DDATA/N/D", &[]),
    ] {
        assert_eq!(birth_filters(filter), expected, "{filter}");
    }
}

proptest! {
    #[test]
    fn integers_are_read_as_they_were_written(number in any::<i64>(), datatype in "Int8|Int16|Int32|Int64|UInt8|UInt16|UInt32|UInt64") {
        let datatype = DataType::from_name(&datatype).unwrap();
        let read = match data_type::value_of(&number.into(), datatype) {
            Some(MetricValue::Int(value)) => data_type::integer(value, Some(datatype)),
            Some(MetricValue::Long(value)) => data_type::long_integer(value, Some(datatype)),
            _ => number.into(),
        };
        prop_assert_eq!(read, serde_json::Value::from(number));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>, topic in "spBv1[.]0/G/(NBIRTH/N|NDATA/N|DBIRTH/N/D|DDATA/N/D)") {
        let mut nodes = EdgeNodes::default();
        nodes.receive("spBv1.0/G/NBIRTH/N", &birth(1, "n", 0));
        let received = nodes.receive(&topic, &bytes);
        prop_assert_eq!(received.is_some(), SparkplugB.decode(&bytes).is_ok() || Payload::decode(&*bytes).is_ok());
    }
}
