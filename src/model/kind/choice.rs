//! The choice tile: one of several values, each with a label.

use super::{TileKind, non_empty_text, placeholder};
use crate::model::{
    color::Color,
    content::{PrefixSuffix, PromptSpec, TextSize, TileAction, TileContent},
    error::TileError,
    mqtt_dash::{AppKey, AppKind, AppValueFormat},
    schema::{FieldSpec, Schema, field},
    table_list::{ListItem, TableList},
    tile_value::TileValue,
    value::ValidationError,
};

/// A value to choose, and its label.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct ChoiceOption {
    label: String,
    payload: String,
}

impl Schema for ChoiceOption {
    const FIELDS: &'static [FieldSpec<Self>] =
        &[field!(String, label, "the text that is shown"), field!(String, payload, "the payload that is published")];
}

impl ListItem for ChoiceOption {
    const DESCRIPTION: &'static str = "a list such as [{ label = \"Auto\", payload = \"auto\" }]";
    const IS_MIRRORED: bool = true;

    fn validate_after(&self, earlier: &[Self]) -> Vec<ValidationError> {
        let duplicate = earlier.iter().find(|existing| existing.payload == self.payload);
        let error = |duplicate: &Self| {
            ValidationError::new(format!("the option `{}` has the same payload as `{}`", self.label, duplicate.label))
                .with_help("give each option a different payload")
                .prepend_key("payload")
        };
        duplicate.map(error).into_iter().collect()
    }
}

/// The values to choose from, in their order.
type ChoiceOptions = TableList<ChoiceOption>;

/// A tile whose value is one of several options.
#[derive(Debug, Clone, Default)]
pub(crate) struct ChoiceKind {
    options: ChoiceOptions,
    text_size: TextSize,
    text_color: Option<Color>,
}

impl Schema for ChoiceKind {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(ChoiceOptions, options, "the options to choose from: `label` is shown, `payload` is published"),
        field!(TextSize, text_size as "Size", "the size of the label"),
        field!(Option<Color>, text_color as "Color", "the color of the label"),
    ];
}

impl ChoiceKind {
    fn option_index(&self, value: &TileValue) -> Option<usize> {
        value.index_in(self.options.0.iter().map(|option| &*option.payload))
    }
}

/// The counterpart in the app MQTT Dash.
static MQTT_DASH_KIND: AppKind = AppKind {
    type_number: 4,
    keys: &[
        AppKey::new("items", "options", AppValueFormat::Options),
        AppKey::new("mainTextSize", "text_size", AppValueFormat::TEXT_SIZE),
        AppKey::new("textColor", "text_color", AppValueFormat::Color),
    ],
};

impl TileKind for ChoiceKind {
    fn name(&self) -> &'static str {
        "choice"
    }

    fn description(&self) -> &'static str {
        "shows the label of its value; pressing opens a list of the options"
    }

    fn content(&self, value: Option<&TileValue>) -> Result<TileContent, TileError> {
        let selected = value.and_then(|value| self.option_index(value));
        let text = match selected {
            Some(index) => &self.options.0[index].label,
            None => match non_empty_text(value) {
                Some(text) => text,
                None => return Ok(placeholder(value)),
            },
        };
        Ok(TileContent::Text {
            prefix_suffix: PrefixSuffix::default(),
            text: text.to_owned(),
            size: self.text_size,
            color: self.text_color,
            known: selected.is_some(),
        })
    }

    fn press_action(&self, value: Option<&TileValue>) -> TileAction {
        TileAction::Prompt(PromptSpec::Choice {
            options: self.options.0.iter().map(|option| (option.label.clone(), option.payload.clone())).collect(),
            current: value.and_then(|value| self.option_index(value)),
        })
    }

    fn fixed_payloads(&self) -> Vec<String> {
        self.options.0.iter().map(|option| option.payload.clone()).collect()
    }

    fn text_size(&self) -> TextSize {
        self.text_size
    }

    fn mqtt_dash_kind(&self) -> Option<&'static AppKind> {
        Some(&MQTT_DASH_KIND)
    }

    fn sample(&self) -> (Box<dyn TileKind>, &'static str) {
        let auto = || "Auto".to_owned();
        let options = TableList(vec![ChoiceOption { label: auto(), payload: auto() }]);
        (Box::new(Self { options, text_size: TextSize::Medium, ..Self::default() }), "Auto")
    }

    fn action_label(&self) -> &'static str {
        "choose"
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::tile_value, *};
    use crate::model::{
        schema::FieldValue as _,
        value::{Value, ValuePathSegment},
    };

    fn options(pairs: &[(&str, &str)]) -> Result<ChoiceOptions, Vec<ValidationError>> {
        let option = |(label, payload): &(&str, &str)| {
            Value::Table(vec![("label".into(), (*label).into()), ("payload".into(), (*payload).into())])
        };
        ChoiceOptions::from_value(&Value::Array(pairs.iter().map(option).collect()))
    }

    #[test]
    fn choice_tile_shows_label_or_unknown_value() {
        let choice = ChoiceKind { options: options(&[("Slow", "1"), ("Fast", "2")]).unwrap(), ..ChoiceKind::default() };
        assert!(
            matches!(choice.content(Some(&tile_value("2"))), Ok(TileContent::Text { text, known: true, .. }) if text == "Fast")
        );
        assert!(
            matches!(choice.content(Some(&tile_value("9"))), Ok(TileContent::Text { text, known: false, .. }) if text == "9")
        );
    }

    #[test]
    fn choice_tile_rejects_options_with_the_same_payload() {
        let errors = options(&[("Slow", "1"), ("Fast", "1")]).unwrap_err();
        assert_eq!(errors[0].message, "the option `Fast` has the same payload as `Slow`");
        assert_eq!(errors[0].path, [ValuePathSegment::Index(1), ValuePathSegment::Key("payload".into())]);
    }
}
