//! The led tile: a lamp with a word for each of any number of states.

use super::{TileKind, non_empty_text, placeholder};
use crate::model::{
    color::Color,
    content::TileContent,
    error::TileError,
    icon::Icon,
    mqtt_dash::StandIn,
    payload_pattern::PayloadPattern,
    schema::{FieldSpec, Schema, field},
    table_list::{ListItem, TableList},
    tile_value::TileValue,
    value::ValidationError,
};

/// A state of the lamp.
#[derive(Debug, Clone)]
struct LedState {
    payload: Option<String>,
    matches: Option<PayloadPattern>,
    label: Option<String>,
    color: Option<Color>,
    icon: Option<Icon>,
    lit: bool,
}

impl Default for LedState {
    fn default() -> Self {
        Self { payload: None, matches: None, label: None, color: None, icon: None, lit: true }
    }
}

impl Schema for LedState {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(Option<String>, payload, "the payload that means the state"),
        field!(
            Option<PayloadPattern>,
            matches,
            "instead of `payload`: a regular expression that the whole payload matches; payloads come first"
        ),
        field!(Option<String>, label, "the word for the state; default: the payload"),
        field!(Option<Color>, color, "the color of the lamp"),
        field!(Option<Icon>, icon, "an icon instead of the lamp"),
        field!(bool, lit, "whether the lamp is lit: filled rather than hollow"),
    ];

    fn validate(&self) -> Vec<ValidationError> {
        let error = match (&self.payload, &self.matches) {
            (None, None) => ValidationError::new("the state has neither `payload` nor `matches`")
                .with_help("set `payload` to the payload that means it")
                .prepend_key("payload"),
            (Some(_), Some(_)) => ValidationError::new("the state has both `payload` and `matches`")
                .with_help("remove one of them")
                .prepend_key("matches"),
            _ => return Vec::new(),
        };
        error.into()
    }
}

impl ListItem for LedState {
    const DESCRIPTION: &'static str =
        "a list such as [{ payload = \"0\", label = \"Closed\" }, { matches = \"err.*\", color = \"red\" }]";

    fn validate_after(&self, earlier: &[Self]) -> Vec<ValidationError> {
        let is_same = |other: &Self| match (&self.payload, &self.matches) {
            (Some(payload), _) => other.payload.as_ref() == Some(payload),
            (None, matches) => other.matches == *matches,
        };
        let (key, text) = match (&self.payload, &self.matches) {
            (Some(payload), _) => ("payload", payload.as_str()),
            (None, Some(pattern)) => ("matches", pattern.as_str()),
            (None, None) => return Vec::new(),
        };
        if !earlier.iter().any(is_same) {
            return Vec::new();
        }
        ValidationError::new(format!("an earlier state has the same `{key}`: {text}"))
            .with_help("remove one of them")
            .prepend_key(key)
            .into()
    }
}

/// A tile that shows a lamp.
#[derive(Debug, Clone, Default)]
pub(crate) struct LedKind {
    states: TableList<LedState>,
    otherwise: Option<String>,
}

impl Schema for LedKind {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(TableList<LedState>, states, "the states, each with the payload or the pattern that means it"),
        field!(
            Option<String>,
            otherwise,
            "the word for every other payload, with a lamp that is not lit; if not set, the payload is shown"
        ),
    ];
}

impl LedKind {
    /// Returns the state that a value means: that of its payload, or else the first one whose pattern matches.
    fn state(&self, value: &TileValue) -> Option<&LedState> {
        let with_payload = self.states.0.iter().filter(|state| state.payload.is_some());
        let index = value.index_in(with_payload.clone().filter_map(|state| state.payload.as_deref()));
        index.and_then(|index| with_payload.clone().nth(index)).or_else(|| {
            let matches =
                |state: &&LedState| state.matches.as_ref().is_some_and(|pattern| pattern.matches(&value.text));
            self.states.0.iter().find(matches)
        })
    }
}

impl TileKind for LedKind {
    fn name(&self) -> &'static str {
        "led"
    }

    fn description(&self) -> &'static str {
        "shows a lamp with a word for each of several states"
    }

    fn content(&self, value: Option<&TileValue>) -> Result<TileContent, TileError> {
        let shown = |text: &str, lit| TileContent::Lamp { lit, icon: None, color: None, text: text.to_owned() };
        let Some(LedState { payload, label, color, icon, lit, .. }) = value.and_then(|value| self.state(value)) else {
            return Ok(match (non_empty_text(value), &self.otherwise) {
                (Some(_), Some(otherwise)) => shown(otherwise, Some(false)),
                (Some(text), None) => shown(text, None),
                (None, _) => placeholder(value),
            });
        };
        let text = label.as_deref().or(payload.as_deref()).or(non_empty_text(value)).unwrap_or_default();
        Ok(TileContent::Lamp { lit: Some(*lit), icon: *icon, color: *color, text: text.to_owned() })
    }

    fn mqtt_dash_stand_in(&self) -> Option<StandIn> {
        Some(StandIn { kind: "text", keys: &[] })
    }

    fn sample(&self) -> (Box<dyn TileKind>, &'static str) {
        let state = |payload: &str, label: &str, color| LedState {
            payload: Some(payload.to_owned()),
            label: Some(label.to_owned()),
            color: Some(Color::Ansi(color)),
            ..LedState::default()
        };
        let states = TableList(vec![state("0", "Closed", 2), state("1", "Open", 1)]);
        (Box::new(Self { states, ..Self::default() }), "0")
    }

    fn can_publish(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::tile_value, *};
    use crate::model::{
        schema::{FieldValue as _, set_fields},
        value::{Value, ValuePathSegment},
    };

    fn state(entries: &[(&str, &str)]) -> Value {
        Value::Table(entries.iter().map(|(key, text)| ((*key).to_owned(), (*text).into())).collect())
    }

    fn led(states: Vec<Value>) -> LedKind {
        let mut led = LedKind::default();
        set_fields(&mut led, &[("states".to_owned(), Value::Array(states))]).unwrap();
        led
    }

    fn lamp(led: &LedKind, payload: &str) -> (Option<bool>, String) {
        match led.content(Some(&tile_value(payload))) {
            Ok(TileContent::Lamp { lit, text, .. }) => (lit, text),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn lamp_shows_the_state_of_the_payload_and_unknown_payloads_as_they_are() {
        let mut led = led(vec![
            state(&[("matches", "e.*")]),
            state(&[("payload", "1.0"), ("label", "Open")]),
            state(&[("payload", "e0"), ("label", "Fine")]),
        ]);
        for (payload, lit, text) in [
            ("1.0", Some(true), "Open"),
            ("e0", Some(true), "Fine"),
            ("err 5", Some(true), "err 5"),
            ("an err", None, "an err"),
        ] {
            assert_eq!(lamp(&led, payload), (lit, text.to_owned()));
        }
        led.otherwise = Some("Unknown".to_owned());
        assert_eq!(lamp(&led, "7"), (Some(false), "Unknown".to_owned()));
        assert_eq!(led.content(Some(&tile_value(""))), Ok(TileContent::Placeholder("cleared".into())));
    }

    #[test]
    fn state_has_a_payload_or_a_pattern_of_its_own() {
        let list = vec![
            state(&[("label", "a")]),
            state(&[("payload", "1"), ("matches", "1")]),
            state(&[("payload", "2")]),
            state(&[("payload", "2")]),
        ];
        let errors = TableList::<LedState>::from_value(&Value::Array(list)).unwrap_err();
        let errors: Vec<_> = errors.iter().map(|error| (&error.path[0], error.message.as_str())).collect();
        assert_eq!(
            errors,
            [
                (&ValuePathSegment::Index(0), "the state has neither `payload` nor `matches`"),
                (&ValuePathSegment::Index(1), "the state has both `payload` and `matches`"),
                (&ValuePathSegment::Index(3), "an earlier state has the same `payload`: 2"),
            ]
        );
    }
}
