//! The button tile: a press publishes a payload, and, if it is a pulse, another one a moment later.

use std::time::Duration;

use super::TileKind;
use crate::model::{
    color::Color,
    content::{TileAction, TileContent},
    duration::BoundedDuration,
    error::TileError,
    field_value::Nested,
    icon::Icon,
    mqtt_dash::StandIn,
    schema::{FieldSpec, Schema, field},
    tile_value::TileValue,
    value::ValidationError,
};

/// The payload that follows the one of a press.
#[derive(Debug, Clone, PartialEq)]
struct Pulse {
    payload: String,
    /// At least as long as publishing a press may be delayed, so that the order is kept.
    after: BoundedDuration<100, 3_600_000>,
}

impl Default for Pulse {
    fn default() -> Self {
        Self { payload: "0".to_owned(), after: BoundedDuration::clamped(500) }
    }
}

impl Schema for Pulse {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(String, payload, "the payload that follows"),
        field!(BoundedDuration<100, 3_600_000>, after, "how long after the press it is published"),
    ];
}

/// A tile that is a button.
#[derive(Debug, Clone)]
pub(crate) struct ButtonKind {
    payload: String,
    label: String,
    icon: Option<Icon>,
    color: Option<Color>,
    cooldown: Option<BoundedDuration<100, 86_400_000>>,
    pulse: Option<Nested<Pulse>>,
}

impl Default for ButtonKind {
    fn default() -> Self {
        Self {
            payload: "1".to_owned(),
            label: "press".to_owned(),
            icon: None,
            color: None,
            cooldown: None,
            pulse: None,
        }
    }
}

impl Schema for ButtonKind {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(String, payload, "the payload that a press publishes"),
        field!(String, label, "the text on the button"),
        field!(Option<Icon>, icon, "the icon on the button"),
        field!(Option<Color>, color, "the color of the button"),
        field!(
            Option<BoundedDuration<100, 86_400_000>>,
            cooldown,
            "for how long after a press the next one is refused, such as \"5s\""
        ),
        field!(
            Option<Nested<Pulse>>,
            pulse,
            "a second payload that follows: { payload = \"0\", after = \"500ms\" }; also if the dashboard was closed meanwhile"
        ),
    ];

    fn validate(&self) -> Vec<ValidationError> {
        let mut errors = Vec::new();
        let pulse_payload = self.pulse.as_ref().map(|Nested(pulse)| ("pulse", &pulse.payload));
        for (key, payload) in [("payload", &self.payload)].into_iter().chain(pulse_payload) {
            if payload.contains("{{value}}") {
                errors.push(
                    ValidationError::new("a button has no value for {{value}}")
                        .with_help("write the whole payload: a button publishes it as it is")
                        .prepend_key(key),
                );
            }
        }
        if let (Some(cooldown), Some(Nested(pulse))) = (self.cooldown, &self.pulse)
            && cooldown.get() < pulse.after.get()
        {
            let message =
                "`cooldown` ends before the payload of `pulse` is published: a press meanwhile would be undone";
            errors.push(
                ValidationError::new(message)
                    .with_help("set `cooldown` to the time of `after`, or more")
                    .prepend_key("cooldown"),
            );
        }
        errors
    }
}

impl TileKind for ButtonKind {
    fn name(&self) -> &'static str {
        "button"
    }

    fn description(&self) -> &'static str {
        "a button without a state; pressing publishes its payload"
    }

    fn content(&self, _value: Option<&TileValue>) -> Result<TileContent, TileError> {
        Ok(TileContent::Button { icon: self.icon, color: self.color, label: self.label.clone() })
    }

    fn press_action(&self, _value: Option<&TileValue>) -> TileAction {
        TileAction::Publish(self.payload.clone())
    }

    /// The default of a pulse is as long as it is, so that a press meanwhile cannot get lost in it.
    fn cooldown(&self) -> Option<Duration> {
        self.cooldown.map(BoundedDuration::get).or_else(|| Some(self.pulse.as_ref()?.0.after.get()))
    }

    fn pulse(&self) -> Option<(String, Duration)> {
        self.pulse.as_ref().map(|Nested(pulse)| (pulse.payload.clone(), pulse.after.get()))
    }

    fn mqtt_dash_stand_in(&self) -> Option<StandIn> {
        let keys = &[("payload", "on"), ("payload", "off"), ("icon", "on_icon"), ("color", "on_color")];
        Some(StandIn { kind: "switch", keys })
    }

    fn sample(&self) -> (Box<dyn TileKind>, &'static str) {
        (Box::new(Self { label: "Open the gate".to_owned(), ..Self::default() }), "")
    }

    fn is_state(&self, _text: &str) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{schema::set_fields, value::Value};

    fn button(entries: &[(&str, Value)]) -> Result<ButtonKind, Vec<ValidationError>> {
        let mut button = ButtonKind::default();
        let entries: Vec<_> = entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        set_fields(&mut button, &entries).map(|()| button)
    }

    fn pulse(after: &str) -> Value {
        Value::Table(vec![("payload".into(), "off".into()), ("after".into(), after.into())])
    }

    #[test]
    fn button_shows_its_label_whatever_arrives_and_publishes_its_payload() {
        let button = button(&[("payload", "go".into()), ("label", "Go".into())]).unwrap();
        for value in [None, Some(super::super::tests::tile_value("x"))] {
            assert!(matches!(button.content(value.as_ref()), Ok(TileContent::Button { label, .. }) if label == "Go"));
        }
        assert_eq!(button.press_action(None), TileAction::Publish("go".into()));
    }

    #[test]
    fn presses_are_refused_at_least_for_as_long_as_the_pulse() {
        let second = Duration::from_secs(1);
        assert_eq!(button(&[]).unwrap().cooldown(), None);
        assert_eq!(button(&[("pulse", pulse("1s"))]).unwrap().cooldown(), Some(second));
        assert_eq!(button(&[("pulse", pulse("1s"))]).unwrap().pulse(), Some(("off".to_owned(), second)));
        assert_eq!(button(&[("pulse", pulse("1s")), ("cooldown", "5s".into())]).unwrap().cooldown(), Some(5 * second));
        assert!(button(&[("pulse", pulse("1s")), ("cooldown", "500ms".into())]).is_err());
        assert!(button(&[("pulse", pulse("10ms"))]).is_err());
    }
}
