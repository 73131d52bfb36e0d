//! The range tile: a number between two limits.

mod percent;

use std::time::Duration;

use super::{StaleAfter, TileKind, Unit, non_empty_text, number_of, placeholder, range_presets};
use crate::model::{
    color::Color,
    content::{Overflow, PrefixSuffix, PromptSpec, TileAction, TileContent},
    error::TileError,
    field_value::{BoundedInt, string_enum},
    limits::{DEFAULT_LIMITS, limits_error, step_error},
    mqtt_dash::{AppKey, AppKind, AppLiteral, AppValueFormat},
    number::{format_number, last_decimal_unit, plain_number, read_number, shown_decimals},
    preset::Preset,
    schema::{FieldSpec, Schema, field},
    script_view::{ScriptValue, ScriptView},
    tile_value::TileValue,
    value::ValidationError,
    zone::Zones,
};

string_enum! {
    /// The label next to the bar.
    RangeLabel {
        Value = "value" "The value.",
        Percent = "percent" "The position between the lower and the upper limit in percent.",
    }
}

/// A tile that shows a number as a bar.
#[derive(Debug, Clone)]
pub(crate) struct RangeKind {
    min: f64,
    max: f64,
    /// `None`: as many as the payload has.
    decimals: Option<BoundedInt<0, 10>>,
    step: Option<f64>,
    show: RangeLabel,
    color: Option<Color>,
    unit: Unit,
    zones: Zones,
    stale: Option<StaleAfter>,
    spark: bool,
}

impl Default for RangeKind {
    fn default() -> Self {
        Self {
            min: 0.0,
            max: 100.0,
            decimals: None,
            step: None,
            show: RangeLabel::Value,
            color: None,
            unit: Unit::default(),
            zones: Zones::default(),
            stale: None,
            spark: false,
        }
    }
}

impl Schema for RangeKind {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(f64, min as "Lowest", "the lower limit"),
        field!(f64, max as "Highest", "the upper limit"),
        field!(
            Option<BoundedInt<0, 10>>,
            decimals,
            "the number of decimals that are shown and published; if not set, as many as the payload has"
        ),
        field!(
            Option<f64>,
            step,
            "the size of a step; if not set, a hundredth of the range, but at least one unit of the last decimal"
        ),
        field!(RangeLabel, show, "whether to show the value or the percentage next to the bar"),
        field!(Option<Color>, color, "the color of the bar"),
        field!(Unit, unit, "the unit of the number, shown after it; instead of `postfix`"),
        field!(Zones, zones, "the parts of the range, with their colors and words"),
        field!(Option<StaleAfter>, stale as "Stale after", "after which time without a message the tile says that the value is stale"),
        field!(bool, spark as "Sparkline", "whether to show the recent past of the number below it, if there is room"),
    ];

    fn implied(&self, key: &str) -> Option<String> {
        let decimals = self.decimal_places(None);
        match key {
            "step" => Some(format_number(self.effective_step(decimals), decimals)),
            "decimals" => Some("as sent".to_owned()),
            _ => None,
        }
    }

    fn validate(&self) -> Vec<ValidationError> {
        let limits = limits_error((self.min, self.max), DEFAULT_LIMITS);
        limits.into_iter().chain(step_error(self.step)).collect()
    }
}

impl RangeKind {
    /// Returns the number of decimals to publish: those of the current value, and those of the limits and the step.
    fn decimal_places(&self, value: Option<&TileValue>) -> usize {
        let of_settings = [Some(self.min), Some(self.max), self.step].into_iter().flatten();
        let of_settings = of_settings.map(|number| shown_decimals(&number.to_string()));
        let of_value = non_empty_text(value).map(shown_decimals);
        self.fixed_decimals().or_else(|| of_settings.chain(of_value).max()).unwrap_or_default()
    }

    fn fixed_decimals(&self) -> Option<usize> {
        self.decimals.map(BoundedInt::to_usize)
    }

    fn effective_step(&self, decimals: usize) -> f64 {
        self.step.unwrap_or_else(|| ((self.max - self.min) / 100.0).max(last_decimal_unit(decimals)))
    }

    fn current_number(value: Option<&TileValue>) -> Option<f64> {
        non_empty_text(value).and_then(read_number)
    }

    /// Returns integers unchanged, so that no digit is lost, and other numbers with the tile's decimals.
    fn format_value(&self, text: &str, number: f64) -> String {
        let digits = text.trim().trim_start_matches('-');
        let is_integer = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        let decimals = self.fixed_decimals().unwrap_or_else(|| shown_decimals(text));
        if is_integer && decimals == 0 { text.trim().to_owned() } else { format_number(number, decimals) }
    }
}

/// The counterpart in the app MQTT Dash.
static MQTT_DASH_KIND: AppKind = AppKind {
    type_number: 3,
    keys: &[
        AppKey::new("decimalPrecision", "decimals", AppValueFormat::Integer),
        AppKey::new(
            "displayPayloadValue",
            "show",
            AppValueFormat::Enum(&[(AppLiteral::Bool(true), "value"), (AppLiteral::Bool(false), "percent")]),
        ),
        AppKey::new("maxValue", "max", AppValueFormat::Number),
        AppKey::new("minValue", "min", AppValueFormat::Number),
        AppKey::new("postfix", "postfix", AppValueFormat::Text),
        AppKey::new("prefix", "prefix", AppValueFormat::Text),
        AppKey::new("progressColor", "color", AppValueFormat::Color),
    ],
};

impl TileKind for RangeKind {
    fn name(&self) -> &'static str {
        "range"
    }

    fn description(&self) -> &'static str {
        "shows a number as a bar between two limits; pressing asks for a number, stepping changes it"
    }

    fn content(&self, value: Option<&TileValue>) -> Result<TileContent, TileError> {
        let Some(text) = non_empty_text(value) else {
            return Ok(placeholder(value));
        };
        let number = number_of(text)?;
        let position = (number - self.min) / (self.max - self.min);
        let (text, suffix) = match self.show {
            RangeLabel::Value => (self.format_value(text, number), ""),
            RangeLabel::Percent => (format_number(position * 100.0, 0), " %"),
        };
        let (ratio, overflow) = (position.clamp(0.0, 1.0), Overflow::of(number, self.min, self.max));
        let prefix_suffix =
            PrefixSuffix { suffix: suffix.to_owned(), ..PrefixSuffix::of_zone(self.zones.label_of(number)) };
        let color = self.zones.color_of(number).or(self.color);
        Ok(TileContent::Meter { prefix_suffix, ratio, overflow, text, color })
    }

    fn press_action(&self, value: Option<&TileValue>) -> TileAction {
        let current = Self::current_number(value).unwrap_or(self.min).clamp(self.min, self.max);
        let decimals = self.decimal_places(value);
        let step = self.effective_step(decimals);
        let (min, max) = (self.min, self.max);
        TileAction::Prompt(match self.show {
            RangeLabel::Value => PromptSpec::Number { current, min, max, step, decimals, suffix: "" },
            RangeLabel::Percent => self.percent_prompt(current, step),
        })
    }

    fn step_action(&self, value: Option<&TileValue>, steps: i32) -> TileAction {
        let Some(current) = Self::current_number(value) else {
            return TileAction::Publish(format_number(self.min, self.decimal_places(None)));
        };
        let decimals = self.decimal_places(value);
        let next = (current + self.effective_step(decimals) * f64::from(steps)).clamp(self.min, self.max);
        let next = format_number(next, decimals);
        if next == format_number(current, decimals) { TileAction::Nothing } else { TileAction::Publish(next) }
    }

    fn payload_for_input(&self, input: &str) -> Result<String, TileError> {
        let number = plain_number(&input.trim().replace(',', "."));
        let number = number.ok_or_else(|| TileError::NotANumber(input.trim().to_owned()))?;
        if self.show == RangeLabel::Percent {
            return self.payload_for_percent(number);
        }
        if (self.min..=self.max).contains(&number) {
            Ok(format_number(number, self.fixed_decimals().unwrap_or_else(|| shown_decimals(input))))
        } else {
            let decimals = self.decimal_places(None);
            let limit = |limit| format_number(limit, decimals);
            Err(TileError::OutOfRange(input.trim().to_owned(), limit(self.min), limit(self.max)))
        }
    }

    fn script_view(&self, content: TileContent) -> ScriptView {
        let (progress, color, text) = match content {
            TileContent::Meter { prefix_suffix, ratio, text, color, overflow: _ } => {
                (ratio * 100.0, color, prefix_suffix.around(&text))
            }
            _ => (0.0, self.color, String::new()),
        };
        ScriptView::new([
            ("progress", ScriptValue::Number(progress)),
            ("progressColor", ScriptValue::Color(color)),
            ("text", ScriptValue::Text(text)),
        ])
    }

    fn apply_script_view(&self, content: Option<TileContent>, view: &ScriptView) -> TileContent {
        match (view.number("progress"), view.text("text")) {
            (Some(progress), Some(text)) => TileContent::Meter {
                prefix_suffix: PrefixSuffix::default(),
                ratio: (progress / 100.0).clamp(0.0, 1.0),
                overflow: None,
                text: text.to_owned(),
                color: view.color("progressColor"),
            },
            _ => content.unwrap_or(TileContent::Placeholder(String::new())),
        }
    }

    fn presets(&self) -> &'static [Preset] {
        range_presets::PRESETS
    }

    fn mqtt_dash_kind(&self) -> Option<&'static AppKind> {
        Some(&MQTT_DASH_KIND)
    }

    fn sample(&self) -> (Box<dyn TileKind>, &'static str) {
        (Box::new(Self::default()), "62")
    }

    fn is_state(&self, _text: &str) -> bool {
        false
    }

    fn action_label(&self) -> &'static str {
        "set"
    }

    fn is_steppable(&self) -> bool {
        true
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
}

#[cfg(test)]
mod tests {
    use super::{super::tests::tile_value, *};

    fn meter(range: &RangeKind, text: &str) -> (f64, String) {
        match range.content(Some(&tile_value(text))) {
            Ok(TileContent::Meter { ratio, text, .. }) => (ratio, text),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn range_tile_shows_value_outside_limits_with_clamped_bar() {
        assert_eq!(meter(&RangeKind::default(), "250"), (1.0, "250".into()));
        assert_eq!(meter(&RangeKind::default(), "-3"), (0.0, "-3".into()));
        let percent = RangeKind { min: 0.0, max: 50.0, show: RangeLabel::Percent, ..RangeKind::default() };
        assert_eq!(meter(&percent, "60"), (1.0, "120".into()), "the number is the true one");
        let overflow = |text| match RangeKind::default().content(Some(&tile_value(text))) {
            Ok(TileContent::Meter { overflow, .. }) => overflow,
            other => panic!("{other:?}"),
        };
        assert_eq!(["0", "100"].map(overflow), [None; 2]);
        assert_eq!(["-0.1", "100.5"].map(overflow), [Some(Overflow::Below), Some(Overflow::Above)]);
    }

    #[test]
    fn decimals_follow_the_payload_unless_they_are_set() {
        let range = RangeKind::default();
        for (text, shown, stepped) in [("21", "21", "22"), ("21.50", "21.50", "22.50"), ("21,5 °C", "21.5", "22.5")] {
            assert_eq!(meter(&range, text).1, shown);
            assert_eq!(range.step_action(Some(&tile_value(text)), 1), TileAction::Publish(stepped.into()));
        }
        assert_eq!(range.payload_for_input("4,25"), Ok("4.25".into()));
        let half_steps = RangeKind { step: Some(0.5), ..RangeKind::default() };
        assert_eq!(half_steps.step_action(Some(&tile_value("21")), 1), TileAction::Publish("21.5".into()));
        let whole = RangeKind { decimals: Some(BoundedInt::clamped(0)), ..RangeKind::default() };
        assert_eq!(meter(&whole, "21.50").1, "22");
        assert_eq!(whole.payload_for_input("4,25"), Ok("4".into()));
    }

    #[test]
    fn range_tile_clamps_progress_of_scripts() {
        for (progress, ratio) in [(250.0, 1.0), (-3.0, 0.0), (40.0, 0.4), (f64::INFINITY, 1.0)] {
            let fields = [("progress", ScriptValue::Number(progress)), ("text", ScriptValue::Text("x".into()))];
            let content = RangeKind::default().apply_script_view(None, &ScriptView::new(fields));
            let (prefix_suffix, text) = (PrefixSuffix::default(), "x".into());
            assert_eq!(content, TileContent::Meter { prefix_suffix, ratio, overflow: None, text, color: None });
        }
    }

    #[test]
    fn range_tile_keeps_all_digits_of_a_long_number() {
        let long = "123456789012345678901234567890";
        assert_eq!(meter(&RangeKind::default(), long).1, long);
    }

    #[test]
    fn range_tile_rejects_payload_that_is_not_a_number() {
        for text in ["NaN", "1e999", "inf", "warm", "192.168.1.7"] {
            assert_eq!(RangeKind::default().content(Some(&tile_value(text))), Err(TileError::NotANumber(text.into())));
        }
    }

    #[test]
    fn range_tile_reads_number_with_unit_or_comma() {
        let range = RangeKind { decimals: Some(BoundedInt::clamped(1)), ..RangeKind::default() };
        for text in ["21.5 °C", "21,5", "21.5\0", "21.5\r\n", "21.5f", "21.5%"] {
            assert_eq!(meter(&range, text), (0.215, "21.5".into()), "{text:?}");
            assert_eq!(range.step_action(Some(&tile_value(text)), 1), TileAction::Publish("22.5".into()), "{text:?}");
        }
        assert_eq!(meter(&RangeKind::default(), "45%\n").1, "45");
    }

    #[test]
    fn range_tile_steps_stop_at_the_limits() {
        let range = RangeKind { min: -1.0, max: 1.0, decimals: Some(BoundedInt::clamped(1)), ..RangeKind::default() };
        assert_eq!(range.step_action(Some(&tile_value("0.95")), 3), TileAction::Publish("1.0".into()));
        assert_eq!(range.step_action(Some(&tile_value("1.0")), 1), TileAction::Nothing);
        assert_eq!(range.step_action(Some(&tile_value("0.1")), -1), TileAction::Publish("0.0".into()));
        assert_eq!(range.step_action(None, 1), TileAction::Publish("-1.0".into()));
    }

    #[test]
    fn range_tile_rejects_input_outside_limits() {
        let message = RangeKind::default().payload_for_input("101").unwrap_err().to_string();
        assert_eq!(message, "101 is out of range (0 to 100)");
        assert_eq!(RangeKind::default().payload_for_input(" 42 "), Ok("42".into()));
        assert_eq!(
            RangeKind { decimals: Some(BoundedInt::clamped(1)), ..RangeKind::default() }.payload_for_input("4,25"),
            Ok("4.2".into())
        );
    }

    #[test]
    fn range_tile_shows_percent_of_the_span() {
        let range = RangeKind { min: 10.0, max: 20.0, show: RangeLabel::Percent, ..RangeKind::default() };
        assert_eq!(meter(&range, "12.5"), (0.25, "25".into()));
    }
}
