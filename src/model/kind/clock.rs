//! The clock tile: the time in a zone, a countdown, or the time since a moment.

use super::{TileKind, non_empty_text, placeholder};
use crate::model::{
    clock::{ClockFace, read_timestamp},
    content::TileContent,
    error::TileError,
    field_value::parse_text,
    schema::{FieldSpec, FieldValue, Schema, ValueType, field},
    tile_value::TileValue,
    time::Time,
    value::{ValidationError, Value},
};

/// The name of a time zone. Whether there is such a zone is known where the time zones are.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ZoneName(String);

impl FieldValue for ZoneName {
    const VALUE_TYPE: ValueType = ValueType::Custom("a time zone such as \"Europe/Berlin\" or \"UTC\"");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        parse_text(value, Self::VALUE_TYPE, |text| {
            let is_name = |c: char| c.is_ascii_alphanumeric() || "/_+-".contains(c);
            if text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(is_name) {
                return Ok(Self(text.to_owned()));
            }
            Err(ValidationError::new(format!("`{text}` is not the name of a time zone"))
                .with_help("write it as the IANA database does: \"Europe/Berlin\", \"America/New_York\", \"UTC\""))
        })
    }

    fn to_value(&self) -> Option<Value> {
        Some(self.0.as_str().into())
    }
}

/// The value of `until` and `since` for the moment in the payload.
const PAYLOAD: &str = "payload";

/// A moment: in the file, or in the payload.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Moment {
    Payload,
    At(Time, String),
}

impl FieldValue for Moment {
    const VALUE_TYPE: ValueType = ValueType::Custom("a moment such as \"2026-12-24T18:00:00Z\", or \"payload\"");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        parse_text(value, Self::VALUE_TYPE, |text| match text {
            PAYLOAD => Ok(Self::Payload),
            text => read_timestamp(text).map(|at| Self::At(at, text.to_owned())).ok_or_else(|| {
                ValidationError::new(format!("`{text}` is not a moment"))
                    .with_help("write it with its offset, such as \"2026-12-24T18:00:00+01:00\", or \"payload\"")
            }),
        })
    }

    fn to_value(&self) -> Option<Value> {
        Some(match self {
            Self::Payload => PAYLOAD.into(),
            Self::At(_, text) => text.as_str().into(),
        })
    }
}

/// A tile that is a clock.
#[derive(Debug, Clone, Default)]
pub(crate) struct ClockKind {
    zone: Option<ZoneName>,
    seconds: bool,
    until: Option<Moment>,
    since: Option<Moment>,
}

impl Schema for ClockKind {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(Option<ZoneName>, zone, "the time zone; if not set, that of this machine"),
        field!(bool, seconds, "whether the time has seconds"),
        field!(
            Option<Moment>,
            until,
            "count down to this moment: RFC 3339, or seconds or milliseconds since 1970; \"payload\": to the one in the payload"
        ),
        field!(Option<Moment>, since, "show the time since this moment; \"payload\": since the one in the payload"),
    ];

    fn validate(&self) -> Vec<ValidationError> {
        let mut errors = Vec::new();
        if self.until.is_some() && self.since.is_some() {
            errors.push(
                ValidationError::new("`until` and `since` contradict each other")
                    .with_help("remove one of them")
                    .prepend_key("since"),
            );
        }
        for (key, is_set) in [("zone", self.zone.is_some()), ("seconds", self.seconds)] {
            if is_set && self.moment().is_some() {
                let message = format!("`{key}` has no effect on a countdown, or on the time since a moment");
                errors.push(ValidationError::new(message).with_help("remove it").prepend_key(key));
            }
        }
        errors
    }
}

impl ClockKind {
    fn moment(&self) -> Option<&Moment> {
        self.until.as_ref().or(self.since.as_ref())
    }

    /// Returns what the clock shows; `None` until the moment is known.
    fn face(&self, value: Option<&TileValue>) -> Option<Result<ClockFace, TileError>> {
        let time = match self.moment() {
            None => {
                let zone = self.zone.as_ref().map(|zone| zone.0.clone());
                return Some(Ok(ClockFace::Time { zone, seconds: self.seconds }));
            }
            Some(Moment::At(time, _)) => *time,
            Some(Moment::Payload) => {
                let text = non_empty_text(value)?;
                match read_timestamp(text) {
                    Some(time) => time,
                    None => return Some(Err(TileError::NotATimestamp(text.to_owned()))),
                }
            }
        };
        Some(Ok(if self.until.is_some() { ClockFace::Until(time) } else { ClockFace::Since(time) }))
    }
}

impl TileKind for ClockKind {
    fn name(&self) -> &'static str {
        "clock"
    }

    fn description(&self) -> &'static str {
        "shows the time in a zone, the time until a moment, or the time since one"
    }

    fn content(&self, value: Option<&TileValue>) -> Result<TileContent, TileError> {
        self.face(value).map_or_else(|| Ok(placeholder(value)), |face| face.map(TileContent::Clock))
    }

    fn next_change(&self, value: Option<&TileValue>, now: Time) -> Option<Time> {
        Some(self.face(value)?.ok()?.next_change(now))
    }

    fn time_zone(&self) -> Option<&str> {
        self.zone.as_ref().map(|zone| zone.0.as_str())
    }

    fn sample(&self) -> (Box<dyn TileKind>, &'static str) {
        (Box::new(Self::default()), "")
    }

    fn is_state(&self, _text: &str) -> bool {
        false
    }

    fn missing_purpose(&self) -> Option<ValidationError> {
        (self.moment() == Some(&Moment::Payload)).then(super::missing_topic)
    }

    fn can_publish(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::tile_value, *};
    use crate::model::schema::set_fields;

    fn clock(entries: &[(&str, Value)]) -> Result<ClockKind, Vec<ValidationError>> {
        let mut clock = ClockKind::default();
        let entries: Vec<_> = entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        set_fields(&mut clock, &entries).map(|()| clock)
    }

    #[test]
    fn clock_takes_its_moment_from_the_file_or_the_payload() {
        let face = |entries: &[(&str, Value)], payload: Option<&str>| {
            clock(entries).unwrap().content(payload.map(tile_value).as_ref()).map_err(|error| error.to_string())
        };
        let moment = Time::from_millis(1_798_135_200_000);
        let until = |time| Ok(TileContent::Clock(ClockFace::Until(time)));
        assert_eq!(face(&[("until", "2026-12-24T18:00:00Z".into())], Some("5")), until(moment));
        assert_eq!(face(&[("until", "payload".into())], Some("1798135200")), until(moment));
        assert_eq!(face(&[("until", "payload".into())], None), Ok(TileContent::Placeholder("nothing yet".into())));
        assert!(face(&[("since", "payload".into())], Some("soon")).unwrap_err().contains("soon"));
        let time = TileContent::Clock(ClockFace::Time { zone: Some("UTC".into()), seconds: true });
        assert_eq!(face(&[("zone", "UTC".into()), ("seconds", Value::Bool(true))], Some("x")), Ok(time));
    }

    #[test]
    fn contradictions_and_bad_names_are_errors() {
        let message = |entries: &[(&str, Value)]| clock(entries).unwrap_err().remove(0).message;
        let moment: Value = "2026-12-24T18:00:00Z".into();
        assert_eq!(
            message(&[("until", moment.clone()), ("since", moment.clone())]),
            "`until` and `since` contradict each other"
        );
        assert!(message(&[("until", moment), ("zone", "UTC".into())]).starts_with("`zone` has no effect"));
        assert_eq!(message(&[("until", "tomorrow".into())]), "`tomorrow` is not a moment");
        assert_eq!(message(&[("zone", "Berlin time".into())]), "`Berlin time` is not the name of a time zone");
        assert!(clock(&[("until", "payload".into())]).unwrap().missing_purpose().is_some());
    }
}
