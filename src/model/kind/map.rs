//! The map tile: where something is, out of the messages of one or several topics, and where it was before.

use super::{TileKind, placeholder};
use crate::model::{
    content::TileContent,
    duration::BoundedDuration,
    error::TileError,
    extracted::Extracted,
    field_value::parse_text,
    json_path::JsonPath,
    kept_messages::{KeepRule, KeptMessages},
    map::{MapFollow, MapFormat, PositionPaths, extract_position, map_of},
    schema::{FieldSpec, FieldValue, Schema, ValueType, field},
    tile_value::TileValue,
    value::{ValidationError, Value},
};

/// The maximum number of topics with positions.
const MAX_TOPICS: usize = 50;
/// The maximum number of positions of a topic.
const MAX_PLACES: usize = 200;

/// For how long a map shows where something was.
type Trail = BoundedDuration<1_000, 604_800_000>;

/// What names a position: a part of the payload, or a level of the topic, counted from 1.
#[derive(Debug, Clone, PartialEq)]
enum Label {
    Path(JsonPath),
    TopicLevel(usize),
}

impl FieldValue for Label {
    const VALUE_TYPE: ValueType =
        ValueType::Custom("a JSON path such as \"$.tid\", or a level of the topic: \"topic:2\"");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        parse_text(value, Self::VALUE_TYPE, |text| match text.trim().strip_prefix("topic:") {
            None => JsonPath::parse(text).map(Self::Path),
            Some(level) => {
                level.trim().parse().ok().filter(|level| *level > 0).map(Self::TopicLevel).ok_or_else(|| {
                    ValidationError::new(format!("`{}` is not a level of a topic", level.trim()))
                        .with_help("the first level is \"topic:1\"")
                })
            }
        })
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::String(match self {
            Self::Path(path) => path.as_str().to_owned(),
            Self::TopicLevel(level) => format!("topic:{level}"),
        }))
    }
}

/// A tile that is a map.
#[derive(Debug, Clone)]
pub(crate) struct MapKind {
    lat: Option<JsonPath>,
    lon: Option<JsonPath>,
    label: Option<Label>,
    format: MapFormat,
    follow: MapFollow,
    trail: Trail,
}

impl Default for MapKind {
    fn default() -> Self {
        Self {
            lat: None,
            lon: None,
            label: None,
            format: MapFormat::default(),
            follow: MapFollow::default(),
            trail: Trail::clamped(3_600_000),
        }
    }
}

impl Schema for MapKind {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(Option<JsonPath>, lat as "Latitude", "where the latitude is in the payload; if not set, at $.lat"),
        field!(Option<JsonPath>, lon as "Longitude", "where the longitude is in the payload; if not set, at $.lon"),
        field!(
            Option<Label>,
            label as "Name at",
            "what names a position: a part of the payload, such as \"$.tid\", or a level of the topic, such as \"topic:2\"; if not set, the last level"
        ),
        field!(
            MapFormat,
            format,
            "the format of the payloads; auto knows those of OwnTracks and Meshtastic, and otherwise uses `lat` and `lon`"
        ),
        field!(MapFollow, follow, "what stays in view: all positions, or the newest one"),
        field!(Trail, trail, "for how long it is shown where something was before"),
    ];

    fn implied(&self, key: &str) -> Option<String> {
        match key {
            "lat" | "lon" => Some(format!("$.{key}")),
            "label" => Some("last level".to_owned()),
            _ => None,
        }
    }
}

impl TileKind for MapKind {
    fn name(&self) -> &'static str {
        "map"
    }

    fn description(&self) -> &'static str {
        "shows where something is on a map, and where it was before, such as phones or vehicles"
    }

    fn content(&self, value: Option<&TileValue>) -> Result<TileContent, TileError> {
        Ok(placeholder(value))
    }

    fn keep_rule(&self) -> Option<KeepRule> {
        Some(KeepRule::Recent { period: self.trail.get(), messages: MAX_PLACES, topics: MAX_TOPICS })
    }

    fn extract(&self, payload: &[u8]) -> Result<Extracted, TileError> {
        let label = match &self.label {
            Some(Label::Path(path)) => Some(path),
            _ => None,
        };
        extract_position(
            payload,
            PositionPaths { lat: self.lat.as_ref(), lon: self.lon.as_ref(), label, format: self.format },
        )
    }

    fn content_of_kept(&self, value: Option<&TileValue>, kept: &KeptMessages) -> Result<TileContent, TileError> {
        let level = match self.label {
            Some(Label::TopicLevel(level)) => Some(level),
            _ => None,
        };
        let map = map_of(kept, self.follow, level);
        if map.items.is_empty() && map.errors == 0 {
            return Ok(placeholder(value));
        }
        Ok(TileContent::Map(Box::new(map)))
    }

    fn sample(&self) -> (Box<dyn TileKind>, &'static str) {
        (Box::new(Self::default()), r#"{"lat": 52.5163, "lon": 13.3777}"#)
    }

    fn is_state(&self, _text: &str) -> bool {
        false
    }

    fn can_publish(&self) -> bool {
        false
    }
}
