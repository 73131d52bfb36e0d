//! The gauge tile: a number on an arc, a bar, a tank or a battery, with zones.

use std::time::Duration;

use super::{StaleAfter, TileKind, Unit, non_empty_text, number_of, placeholder};
use crate::model::{
    content::{Gauge, GaugeStyle, Overflow, PrefixSuffix, TileContent},
    error::TileError,
    field_value::BoundedInt,
    limits::{DEFAULT_LIMITS, limits_error},
    mqtt_dash::StandIn,
    number::shown_decimals,
    schema::{FieldSpec, Schema, field},
    tile_value::TileValue,
    value::ValidationError,
    zone::Zones,
};

/// A tile that shows a number on a scale.
#[derive(Debug, Clone)]
pub(crate) struct GaugeKind {
    min: f64,
    max: f64,
    unit: Unit,
    zones: Zones,
    decimals: Option<BoundedInt<0, 10>>,
    style: GaugeStyle,
    stale: Option<StaleAfter>,
    spark: bool,
}

impl Default for GaugeKind {
    fn default() -> Self {
        Self {
            min: 0.0,
            max: 100.0,
            unit: Unit::default(),
            zones: Zones::default(),
            decimals: None,
            style: GaugeStyle::default(),
            stale: None,
            spark: false,
        }
    }
}

impl Schema for GaugeKind {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(f64, min as "Lowest", "the lower limit"),
        field!(f64, max as "Highest", "the upper limit"),
        field!(Unit, unit, "the unit of the number, shown after it; instead of `postfix`"),
        field!(Zones, zones, "the parts of the range, with their colors and words"),
        field!(
            Option<BoundedInt<0, 10>>,
            decimals,
            "the number of decimals that are shown; if not set, as many as the payload has"
        ),
        field!(GaugeStyle, style, "the shape; an arc that does not fit is a bar"),
        field!(
            Option<StaleAfter>,
            stale as "Stale after",
            "after which time without a message the tile says that the value is stale"
        ),
        field!(bool, spark as "Sparkline", "whether to show the recent past of the number below it, if there is room"),
    ];

    fn implied(&self, key: &str) -> Option<String> {
        (key == "decimals").then(|| "as sent".to_owned())
    }

    fn validate(&self) -> Vec<ValidationError> {
        limits_error((self.min, self.max), DEFAULT_LIMITS).into_iter().collect()
    }
}

impl GaugeKind {
    fn position(&self, number: f64) -> f64 {
        (number - self.min) / (self.max - self.min)
    }
}

impl TileKind for GaugeKind {
    fn name(&self) -> &'static str {
        "gauge"
    }

    fn description(&self) -> &'static str {
        "shows a number on an arc, a bar, a tank or a battery, with zones and the extremes since the start"
    }

    fn content(&self, value: Option<&TileValue>) -> Result<TileContent, TileError> {
        let Some(text) = non_empty_text(value) else {
            return Ok(placeholder(value));
        };
        let number = number_of(text)?;
        let decimals = self.decimals.map_or_else(|| shown_decimals(text), BoundedInt::to_usize);
        let zones = self.zones.iter().map(|zone| (self.position(zone.from()).clamp(0.0, 1.0), zone.color));
        Ok(TileContent::Gauge(Box::new(Gauge {
            prefix_suffix: PrefixSuffix::of_zone(self.zones.label_of(number)),
            text: format!("{number:.decimals$}"),
            ratio: self.position(number).clamp(0.0, 1.0),
            overflow: Overflow::of(number, self.min, self.max),
            limits: (self.min, self.max),
            limit_texts: (self.min.to_string(), self.max.to_string()),
            zones: zones.collect(),
            color: self.zones.color_of(number),
            style: self.style,
        })))
    }

    fn mqtt_dash_stand_in(&self) -> Option<StandIn> {
        Some(StandIn { kind: "range", keys: &[("min", "min"), ("max", "max"), ("decimals", "decimals")] })
    }

    fn sample(&self) -> (Box<dyn TileKind>, &'static str) {
        (Box::new(Self { unit: Unit::new("°C".to_owned()), style: GaugeStyle::Bar, ..Self::default() }), "62")
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

    fn has_sparkline(&self) -> bool {
        self.spark
    }

    fn stale_after(&self) -> Option<Duration> {
        self.stale.map(StaleAfter::get)
    }

    fn can_publish(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::tile_value, *};
    use crate::model::{schema::set_fields, value::Value, zone::tests::zones_value};

    fn gauge(payload: &str) -> Gauge {
        let mut gauge = GaugeKind { min: -10.0, max: 40.0, ..GaugeKind::default() };
        let zones = zones_value(&[(0.0, "cold"), (18.0, "ok")]);
        set_fields(&mut gauge, &[("zones".to_owned(), zones)]).unwrap();
        match gauge.content(Some(&tile_value(payload))) {
            Ok(TileContent::Gauge(gauge)) => *gauge,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn gauge_shows_the_position_and_the_word_of_the_zone() {
        let shown = gauge("15.0");
        assert_eq!((shown.ratio, shown.text.as_str(), shown.prefix_suffix.zone.as_str()), (0.5, "15.0", "cold"));
        assert_eq!(shown.zones, [(0.2, None), (0.56, None)]);
        assert_eq!(gauge("-5").prefix_suffix.zone, "", "below the first zone there is none");
        for (payload, ratio, overflow) in [("-11", 0.0, Some(Overflow::Below)), ("41", 1.0, Some(Overflow::Above))] {
            assert_eq!((gauge(payload).ratio, gauge(payload).overflow), (ratio, overflow));
        }
    }

    #[test]
    fn limits_must_not_be_the_wrong_way_round() {
        let entries = [("min".to_owned(), Value::Integer(5)), ("max".to_owned(), Value::Integer(5))];
        let errors = set_fields(&mut GaugeKind::default(), &entries).unwrap_err();
        assert_eq!(errors[0].message, "`min` (5) must be below `max` (5)");
    }
}
