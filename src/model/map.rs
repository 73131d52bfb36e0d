//! Positions on the earth: reading them out of payloads, and which part of the earth shows them.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{
    error::TileError,
    extracted::{Extracted, Record},
    field_value::string_enum,
    json_path::{JsonPath, member, parse_json, part},
    kept_messages::KeptMessages,
    message_age::MessageAge,
    number::plain_number,
    plural::pluralize,
};

string_enum! {
    /// The format of the payloads of a map.
    MapFormat {
        Auto = "auto" "`OwnTracks` or Meshtastic if the payload looks like that, otherwise what `lat` and `lon` say.",
        OwnTracks = "owntracks" "JSON of `OwnTracks`.",
        Meshtastic = "meshtastic" "JSON of Meshtastic.",
    }
}

string_enum! {
    /// What a map keeps in view.
    MapFollow {
        All = "all" "All positions with their trails.",
        Newest = "newest" "The position that has come last, with its trail.",
    }
}

/// How many units of Meshtastic are a degree.
const MESHTASTIC_UNITS: f64 = 1e7;

/// A place: its latitude and its longitude in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Degrees to the north.
    pub(crate) lat: f64,
    /// Degrees to the east.
    pub(crate) lon: f64,
}

/// Something that moves.
#[derive(Debug, Clone, PartialEq)]
pub struct MapItem {
    /// Its name.
    pub(crate) name: String,
    /// Where it was, the oldest place first. The last one is where it is.
    pub(crate) places: Vec<Place>,
    /// Since when that is known.
    pub(crate) age: MessageAge,
}

impl MapItem {
    /// Returns where it is.
    pub(crate) fn place(&self) -> Option<Place> {
        self.places.last().copied()
    }
}

/// What a map shows.
#[derive(Debug, Clone, PartialEq)]
pub struct PositionMap {
    /// What moves, sorted by name.
    pub(crate) items: Vec<MapItem>,
    /// How many of the messages have no position, although they should.
    pub(crate) errors: usize,
    /// What is kept in view.
    pub(crate) follow: MapFollow,
}

impl PositionMap {
    /// Returns the item that has moved last.
    pub(crate) fn newest(&self) -> Option<&MapItem> {
        self.items.iter().max_by_key(|item| item.age.since)
    }

    /// Returns the map in one line.
    pub(crate) fn line(&self) -> String {
        match &*self.items {
            [item] => item.place().map(Place::text).unwrap_or_default(),
            items => pluralize(items.len(), "position"),
        }
    }

    /// Returns how many messages have no position, as a sentence without a period; empty if all have.
    pub(crate) fn error_text(&self) -> String {
        match self.errors {
            0 => String::new(),
            count => format!("{} without a position", pluralize(count, "message")),
        }
    }
}

impl Place {
    /// Returns the place as text.
    pub(crate) fn text(self) -> String {
        format!("{:.5}, {:.5}", self.lat, self.lon)
    }

    /// Reads a place from two texts.
    fn read(lat: &str, lon: &str) -> Result<Self, TileError> {
        let number = |text: &str, limit: f64| {
            let number = plain_number(text).ok_or_else(|| TileError::NotAPosition(text.to_owned()))?;
            let is_on_earth = (-limit..=limit).contains(&number);
            let error = || TileError::OutOfRange(text.to_owned(), format!("-{limit}"), format!("{limit}"));
            if is_on_earth { Ok(number) } else { Err(error()) }
        };
        Ok(Self { lat: number(lat, 90.0)?, lon: number(lon, 180.0)? })
    }
}

/// Where the parts of a position are in a payload.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PositionPaths<'a> {
    pub lat: Option<&'a JsonPath>,
    pub lon: Option<&'a JsonPath>,
    pub label: Option<&'a JsonPath>,
    pub format: MapFormat,
}

/// Reads the position in a payload. A message of `OwnTracks` or Meshtastic about something else has none, which is no
/// error.
///
/// # Errors
/// If the payload should have a position and has none, or one that is not on the earth.
pub(crate) fn extract_position(payload: &[u8], paths: PositionPaths<'_>) -> Result<Extracted, TileError> {
    let json = parse_json(payload)?;
    let is_owntracks = json.get("_type").is_some_and(Json::is_string);
    let is_meshtastic = ["from", "type", "payload"].iter().all(|key| json.get(key).is_some());
    let position = match paths.format {
        MapFormat::OwnTracks => read_owntracks(&json)?,
        MapFormat::Meshtastic => read_meshtastic(&json)?,
        MapFormat::Auto if is_owntracks => read_owntracks(&json)?,
        MapFormat::Auto if is_meshtastic => read_meshtastic(&json)?,
        MapFormat::Auto => Some((part(&json, paths.lat, "lat")?, part(&json, paths.lon, "lon")?, None)),
    };
    let Some((lat, lon, key)) = position else { return Ok(Extracted::default()) };
    Place::read(&lat, &lon)?;
    let label = paths.label.and_then(|path| path.find(&json).ok()).map(Into::into);
    let fields = Box::new([Some(lat.into()), Some(lon.into()), label]);
    Ok(Extracted { records: vec![Record { key: key.map(Into::into), fields }], left_out: 0 })
}

/// The latitude, the longitude, and what tells the sender apart from others on the same topic.
type PositionTexts = (String, String, Option<String>);

fn read_owntracks(json: &Json) -> Result<Option<PositionTexts>, TileError> {
    if json.get("_type").and_then(Json::as_str) != Some("location") {
        return Ok(None);
    }
    Ok(Some((member(json, "lat")?, member(json, "lon")?, None)))
}

/// A gateway publishes the messages of all nodes that it hears on one topic.
fn read_meshtastic(json: &Json) -> Result<Option<PositionTexts>, TileError> {
    if json.get("type").and_then(Json::as_str) != Some("position") {
        return Ok(None);
    }
    let payload = json.get("payload").unwrap_or(&Json::Null);
    let degrees = |key: &str| {
        let text = member(payload, key)?;
        let units = plain_number(&text).ok_or(TileError::NotAPosition(text))?;
        Ok(format!("{}", units / MESHTASTIC_UNITS))
    };
    let node = json.get("from").and_then(Json::as_u64).map(|node| format!("!{node:08x}"));
    Ok(Some((degrees("latitude_i")?, degrees("longitude_i")?, node)))
}

/// Returns what a map shows of the messages that its tile keeps.
pub(crate) fn map_of(kept: &KeptMessages, follow: MapFollow, level: Option<usize>) -> PositionMap {
    let mut items = BTreeMap::<(&str, &str), MapItem>::new();
    let mut errors = 0;
    for message in kept.iter() {
        errors += usize::from(matches!(message.extracted, Some(Err(_))));
        for record in message.records() {
            let [lat, lon, label] = &*record.fields else { continue };
            let texts = lat.as_deref().zip(lon.as_deref());
            let Some(place) = texts.and_then(|(lat, lon)| Place::read(lat, lon).ok()) else { continue };
            let key = record.key.as_deref().unwrap_or_default();
            let item = items.entry((&message.topic, key)).or_insert_with(|| MapItem {
                name: String::new(),
                places: Vec::new(),
                age: message.age,
            });
            let of_topic = || if key.is_empty() { topic_level(&message.topic, level) } else { key };
            label.as_deref().unwrap_or_else(of_topic).clone_into(&mut item.name);
            item.places.push(place);
            item.age = message.age;
        }
    }
    let mut items: Vec<MapItem> = items.into_values().collect();
    items.sort_by(|one, other| one.name.cmp(&other.name));
    PositionMap { items, errors, follow }
}

/// Returns a level of a topic, counted from 1; the last one if there is no such level.
fn topic_level(topic: &str, level: Option<usize>) -> &str {
    let at = level.and_then(|level| topic.split('/').nth(level.checked_sub(1)?));
    at.or_else(|| topic.rsplit('/').next()).unwrap_or(topic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{batch::MessageRef, connection::Message, kept_messages::KeepRule, kind, time::Time};

    const PATHS: PositionPaths<'_> = PositionPaths { lat: None, lon: None, label: None, format: MapFormat::Auto };

    fn fields(payload: &str) -> Result<Vec<(Option<String>, String)>, TileError> {
        let extracted = extract_position(payload.as_bytes(), PATHS)?;
        let text = |record: &Record| record.fields.iter().flatten().map(|text| &**text).collect::<Vec<_>>().join(" ");
        Ok(extracted.records.iter().map(|record| (record.key.as_deref().map(str::to_owned), text(record))).collect())
    }

    #[test]
    fn formats_are_told_apart() {
        let (plain, owntracks) =
            (r#"{"lat": 1.5, "lon": "-2"}"#, r#"{"_type":"location","lat":1.5,"lon":-2,"tid":"x"}"#);
        let meshtastic = r#"{"from":3735928559,"sender":"!00000001","type":"position",
            "payload":{"latitude_i":525163000,"longitude_i":-133777000,"altitude":9}}"#;
        assert_eq!(fields(plain), Ok(vec![(None, "1.5 -2".to_owned())]));
        assert_eq!(fields(owntracks), Ok(vec![(None, "1.5 -2".to_owned())]));
        assert_eq!(fields(meshtastic), Ok(vec![(Some("!deadbeef".to_owned()), "52.5163 -13.3777".to_owned())]));
        for other in [
            r#"{"_type":"lwt","tst":1}"#,
            r#"{"_type":"transition","lat":1,"lon":2}"#,
            r#"{"from":1,"type":"text","payload":{"text":"hello"}}"#,
        ] {
            assert_eq!(fields(other), Ok(Vec::new()), "it is about something else");
        }
    }

    #[test]
    fn position_that_is_missing_or_not_on_the_earth_is_an_error() {
        for payload in [
            "",
            "52.5,13.4",
            "null",
            r#"{"lat": 1}"#,
            r#"{"lat": 91, "lon": 0}"#,
            r#"{"lat": 0, "lon": -180.001}"#,
            r#"{"lat": NaN, "lon": 0}"#,
            r#"{"lat": "NaN", "lon": 0}"#,
            r#"{"lat": 1e999, "lon": 0}"#,
            r#"{"lat": [1], "lon": {}}"#,
            r#"{"_type":"location","lat":1}"#,
            r#"{"from":1,"type":"position","payload":{"latitude_i":9e9,"longitude_i":1}}"#,
            r#"{"from":1,"type":"position","payload":7}"#,
        ] {
            assert!(fields(payload).is_err(), "{payload}");
        }
    }

    #[test]
    fn map_has_names_trails_and_errors() {
        let kind = kind::from_name("map").unwrap();
        let mut kept = KeptMessages::new(KeepRule::Recent {
            period: std::time::Duration::from_mins(1),
            messages: 100,
            topics: 10,
        });
        let node = |from: u64, lat: i64| {
            format!(r#"{{"from":{from},"type":"position","payload":{{"latitude_i":{lat},"longitude_i":0}}}}"#)
        };
        let messages = [
            ("owntracks/ann/phone", r#"{"_type":"location","lat":1,"lon":2}"#.to_owned()),
            ("owntracks/ann/phone", r#"{"_type":"location","lat":1.1,"lon":2}"#.to_owned()),
            ("owntracks/ann/phone", r#"{"_type":"location","lat":200,"lon":2}"#.to_owned()),
            ("msh/2/json/gate", node(1, 10_000_000)),
            ("msh/2/json/gate", node(2, 20_000_000)),
            ("msh/2/json/gate", node(1, 30_000_000)),
        ];
        for (second, (topic, payload)) in (100..).zip(&messages) {
            let message = Message::new(*topic, payload.as_bytes());
            kept.record(MessageRef::from(&message), Time::from_millis(second * 1_000));
        }
        kept.extract(|payload| kind.extract(payload));
        let map = map_of(&kept, MapFollow::All, Some(2));
        let shown: Vec<(&str, usize)> = map.items.iter().map(|item| (&*item.name, item.places.len())).collect();
        assert_eq!(shown, [("!00000001", 2), ("!00000002", 1), ("ann", 2)]);
        assert_eq!((map.errors, map.newest().map(|item| &*item.name)), (1, Some("!00000001")));
        assert_eq!(map_of(&kept, MapFollow::All, Some(9)).items[2].name, "phone", "the last level");
    }
}
