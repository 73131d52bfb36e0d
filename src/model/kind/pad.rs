//! The pad tile: two axes that are steered together, each with a topic of its own.

use super::{TileKind, non_empty_text};
use crate::model::{
    content::{TileAction, TileContent},
    error::TileError,
    field_value::Nested,
    schema::{DynFields, FieldSpec, Schema, field},
    steering::{Axis, Pad, PublishRate, Steering, read_position},
    tile_value::TileValue,
    topic::Topic,
    value::ValidationError,
};

/// A tile that steers two axes.
#[derive(Debug, Clone)]
pub(crate) struct PadKind {
    x: Nested<Axis>,
    y: Nested<Axis>,
    rate: PublishRate,
    center: bool,
}

impl Default for PadKind {
    fn default() -> Self {
        Self { x: Nested::default(), y: Nested::default(), rate: PublishRate::default(), center: true }
    }
}

impl Schema for PadKind {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(
            Nested<Axis>,
            x as "X axis",
            "the horizontal axis: { topic = \"robot/x/set\", min = -100, max = 100 }, and if needed `step`, `decimals` and `json_path`"
        ),
        field!(Nested<Axis>, y as "Y axis", "the vertical axis, with the same keys"),
        field!(PublishRate, rate as "At most", "how many messages a second each axis publishes at most"),
        field!(
            bool,
            center as "Centers",
            "whether the pad returns to its center and publishes that when it is released: the mouse button, or the key"
        ),
    ];

    fn validate(&self) -> Vec<ValidationError> {
        let has_topic = |axis: &Nested<Axis>| axis.0.topic().is_some();
        let (missing, other) = match (has_topic(&self.x), has_topic(&self.y)) {
            (true, false) => ("y", "x"),
            (false, true) => ("x", "y"),
            _ => return Vec::new(),
        };
        ValidationError::new(format!("`{other}` has a topic, and `{missing}` has none"))
            .with_help(format!("set `{missing} = {{ topic = \"…\" }}`; for one axis, use `kind = \"range\"`"))
            .prepend_key(missing)
            .into()
    }

    fn implied(&self, key: &str) -> Option<String> {
        match key.split_once('.')? {
            ("x", key) => Schema::implied(&self.x.0, key),
            ("y", key) => Schema::implied(&self.y.0, key),
            _ => None,
        }
    }
}

impl PadKind {
    const fn axes(&self) -> [&Axis; 2] {
        [&self.x.0, &self.y.0]
    }
}

impl TileKind for PadKind {
    fn name(&self) -> &'static str {
        "pad"
    }

    fn description(&self) -> &'static str {
        "steers two axes, such as a joystick; shows the position that the device reports"
    }

    fn content(&self, value: Option<&TileValue>) -> Result<TileContent, TileError> {
        let reported = non_empty_text(value).map(|text| read_position(text, self.axes())).transpose()?;
        let reported = reported.map(|position| position.on_pad(self.axes()));
        Ok(TileContent::Pad(Box::new(Pad { reported, steered: None })))
    }

    fn press_action(&self, _value: Option<&TileValue>) -> TileAction {
        TileAction::Steer
    }

    fn steering(&self) -> Option<Steering<'_>> {
        Some(Steering { axes: self.axes(), interval: self.rate.interval(), centers: self.center })
    }

    fn nested_fields(&self, key: &str) -> Option<(&'static str, Box<dyn DynFields>)> {
        let section = match key {
            "x" => "X axis",
            "y" => "Y axis",
            _ => return None,
        };
        Some((section, Box::new(Axis::default())))
    }

    fn missing_purpose(&self) -> Option<ValidationError> {
        let error = || {
            ValidationError::new("the pad needs topics: it shows nothing and publishes nothing")
                .with_help("set `x = { topic = \"robot/x/set\" }` and `y = { topic = \"robot/y/set\" }`")
                .prepend_key("x")
        };
        self.axes().iter().all(|axis| axis.topic().is_none()).then(error)
    }

    fn publishes_by_default(&self) -> bool {
        false
    }

    fn sample(&self) -> (Box<dyn TileKind>, &'static str) {
        let axis = |topic| Nested(Axis::with_topic(Topic::new(topic).ok()));
        (Box::new(Self { x: axis("robot/x/set"), y: axis("robot/y/set"), ..Self::default() }), "30,-20")
    }

    fn action_label(&self) -> &'static str {
        "steer"
    }

    fn is_state(&self, _text: &str) -> bool {
        false
    }
}
