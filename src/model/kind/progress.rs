//! The progress tile: how much of something is done, and how long the rest takes.

use super::{TileKind, Unit, non_empty_text, number_of, placeholder};
use crate::model::{
    color::Color,
    content::{Overflow, PrefixSuffix, TileContent},
    error::TileError,
    mqtt_dash::StandIn,
    schema::{FieldSpec, Schema, field},
    tile_value::TileValue,
    value::ValidationError,
};

/// A tile that shows progress.
#[derive(Debug, Clone)]
pub(crate) struct ProgressKind {
    max: f64,
    unit: Unit,
    eta: bool,
    color: Option<Color>,
}

impl Default for ProgressKind {
    fn default() -> Self {
        Self { max: 100.0, unit: Unit::default(), eta: false, color: None }
    }
}

impl Schema for ProgressKind {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(f64, max as "Done at", "the number at which everything is done"),
        field!(
            Unit,
            unit,
            "the unit of the number: with it, the tile shows the number of `max` instead of the percentage"
        ),
        field!(bool, eta as "Time left", "whether to show the time that is left, from how fast the number has grown lately"),
        field!(Option<Color>, color, "the color of the bar"),
    ];

    fn validate(&self) -> Vec<ValidationError> {
        if self.max > 0.0 {
            return Vec::new();
        }
        ValidationError::new(format!("`max` ({}) must be above 0", self.max)).prepend_key("max").into()
    }
}

impl TileKind for ProgressKind {
    fn name(&self) -> &'static str {
        "progress"
    }

    fn description(&self) -> &'static str {
        "shows how much of something is done, in percent and as a bar, and how long the rest takes"
    }

    fn content(&self, value: Option<&TileValue>) -> Result<TileContent, TileError> {
        let Some(text) = non_empty_text(value) else {
            return Ok(placeholder(value));
        };
        let number = number_of(text)?;
        let position = number / self.max;
        let (text, prefix_suffix) = if self.unit().is_empty() {
            // 100 % means that it is done: 99.9 % is not.
            // 29 of 100 are 29 %, although no binary fraction is exactly that.
            let hundredths = number * 100.0 / self.max;
            let percent = if position < 1.0 { (hundredths + 1e-9).floor() } else { hundredths.round() };
            let suffix = " %".to_owned();
            (format!("{percent}"), PrefixSuffix { suffix, ..PrefixSuffix::default() })
        } else {
            (format!("{} of {}", text.trim(), self.max), PrefixSuffix::default())
        };
        Ok(TileContent::Progress {
            ratio: position.clamp(0.0, 1.0),
            overflow: Overflow::of(number, 0.0, self.max),
            prefix_suffix,
            text,
            color: self.color,
            estimated_max: self.estimated_max(),
        })
    }

    fn mqtt_dash_stand_in(&self) -> Option<StandIn> {
        Some(StandIn { kind: "range", keys: &[("max", "max"), ("color", "color")] })
    }

    fn sample(&self) -> (Box<dyn TileKind>, &'static str) {
        (Box::new(Self::default()), "62")
    }

    fn is_state(&self, _text: &str) -> bool {
        false
    }

    fn supports_prefix_suffix(&self) -> bool {
        true
    }

    fn unit(&self) -> &str {
        self.unit.as_str()
    }

    fn estimated_max(&self) -> Option<f64> {
        self.eta.then_some(self.max)
    }

    fn can_publish(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::tile_value, *};

    fn shown(kind: &ProgressKind, payload: &str) -> (f64, String) {
        match kind.content(Some(&tile_value(payload))) {
            Ok(TileContent::Progress { ratio, prefix_suffix, text, .. }) => (ratio, prefix_suffix.around(&text)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn progress_is_complete_only_at_its_maximum() {
        let kind = ProgressKind { max: 200.0, ..ProgressKind::default() };
        for (payload, ratio, text) in [
            ("0", 0.0, "0 %"),
            ("50", 0.25, "25 %"),
            ("199.9", 0.9995, "99 %"),
            ("200", 1.0, "100 %"),
            ("300", 1.0, "150 %"),
        ] {
            assert_eq!(shown(&kind, payload), (ratio, text.to_owned()));
        }
        let kind = ProgressKind { unit: Unit::new("MB".to_owned()), ..kind };
        assert_eq!(shown(&kind, "50").1, "50 of 200");
        assert_eq!(Schema::validate(&ProgressKind { max: 0.0, ..ProgressKind::default() }).len(), 1);
    }
}
