//! Binary payloads with the whole program: a rule that is typed in the explorer applies to tiles at once and is in the file,
//! a schema is read again when it changes, and metrics of Sparkplug B have the names of the birth.

use std::fs;

use mqtt_dash::config::write_atomic;

use crate::fixtures::{
    broker::{BrokerConfig, BrokerFixture},
    key::Key,
    terminal::TerminalFixture,
    terminal_program::TerminalProgram,
};

const SCHEMA: &str = "syntax = \"proto3\";\npackage fleet.v1;\nmessage Telemetry { float speed = 1; }\n";
/// A message with a speed of 21.5.
const TELEMETRY: &[u8] = b"\x0d\x00\x00\xac\x41";
/// The birth of an edge node with the metric Level (Int8, alias 4, value 7).
const BIRTH: &[u8] = b"\x12\x0d\x0a\x05Level\x10\x04\x20\x01\x50\x07\x18\x00";
/// Level is -2, by its alias alone.
const DATA: &[u8] = b"\x12\x08\x10\x04\x50\xfe\xff\xff\xff\x0f\x18\x01";

const DASHBOARD: &str = r#"
profile = "plant"
[[tile]]
kind = "text"
name = "Speed"
topic = "fleet/7"
json_path = "$.speed"
postfix = " km/h"
publish = false
[[tile]]
kind = "text"
name = "Level"
topic = "spBv1.0/Plant/NDATA/Line"
json_path = "$.metrics.Level"
prefix = "level "
publish = false
"#;

fn start(broker: &BrokerFixture) -> TerminalFixture {
    let profiles = format!("[profile.plant]\nurl = \"{}\"\nexplore = [\"fleet/#\"]\n", broker.url("localhost"));
    TerminalProgram::new(&["open", "plant"])
        .size(120, 30)
        .file("profiles.toml", &profiles)
        .file("dashboards/plant.toml", DASHBOARD)
        .file("proto/fleet.proto", SCHEMA)
        .start()
}

fn publish(broker: &BrokerFixture, topic: &str, payload: &[u8], options: &[&str]) {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    write_atomic(file.path(), payload).expect("the file can be written");
    let path = file.path().to_str().expect("the path is a text");
    broker.publish(&[&["-t", topic, "-f", path], options].concat());
}

#[test]
fn rule_that_is_typed_applies_to_tiles_and_follows_its_schema() {
    let broker = BrokerFixture::start(BrokerConfig::default());
    publish(&broker, "fleet/7", TELEMETRY, &["-r"]);
    let mut program = start(&broker);
    program.wait_text("not JSON");
    program.type_text("E");
    program.wait_text("1 topic");
    program.type_text("*Gw");
    program.wait_text("How to decode");
    for _ in 0..2 {
        program.press_after_dialog(Key::Left);
    }
    program.press(Key::Tab);
    program.press(Key::Tab);
    program.type_text("proto/fleet.proto\tfleet.v1.Telemetry");
    program.press(Key::Enter);
    program.wait_text("\"speed\": 21.5");
    let rules = fs::read_to_string(program.path("config/decoders.toml")).expect("the file exists");
    assert_eq!(
        rules,
        "[[rule]]\ntopic = \"fleet/7\"\ndecode = \"protobuf\"\nschema = \"proto/fleet.proto\"\n\
         message_type = \"fleet.v1.Telemetry\"\n"
    );
    let schema = program.path("config/proto/fleet.proto");
    let edit = |text: &str| write_atomic(&schema, text.as_bytes()).expect("the schema can be written");
    edit(&SCHEMA.replace("speed", "velocity"));
    program.wait_text("\"velocity\": 21.5");
    edit(SCHEMA);
    program.wait_text("\"speed\": 21.5");
    program.type_text("q");
    program.wait_text("km/h");
    program.quit();
}

#[test]
fn metrics_of_sparkplug_have_the_names_of_the_birth() {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let mut program = start(&broker);
    program.wait_text("nothing yet");
    publish(&broker, "spBv1.0/Plant/NDATA/Line", DATA, &[]);
    program.wait_text("its metrics have no names");
    publish(&broker, "spBv1.0/Plant/NBIRTH/Line", BIRTH, &[]);
    publish(&broker, "spBv1.0/Plant/NDATA/Line", DATA, &[]);
    program.wait_text("level");
    program.press(Key::Right);
    program.type_text("i");
    program.wait_text("level -2");
    program.type_text("q");
    program.quit();
}
