//! One of several values, each with a label.

use super::{Kind, quiet, shown};
use crate::model::{
    color::Color,
    face::{Affixes, Face, Question, Reply, TextSize},
    fault::Fault,
    field::wrong_type,
    key::{Field, Key, Keyed, Wants, fill, key, spoken},
    reading::Reading,
    value::{Complaint, Step, Value},
};

/// One value to choose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Item {
    label: String,
    payload: String,
}

impl Keyed for Item {
    const KEYS: &'static [Key<Self>] =
        &[key!(String, label, "what is shown for it"), key!(String, payload, "what is published for it")];
}

/// The values to choose from, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Items(Vec<Item>);

impl Field for Items {
    const WANTS: Wants = Wants::Form("a list such as [{ label = \"Auto\", payload = \"auto\" }]");

    fn read(value: &Value) -> Result<Self, Vec<Complaint>> {
        let Value::List(values) = value else {
            return Err(wrong_type(value, Self::WANTS));
        };
        let mut items: Vec<Item> = Vec::new();
        let mut wrong = Vec::new();
        for (index, value) in values.iter().enumerate() {
            let mut item = Item::default();
            let read = match value {
                Value::Table(entries) => fill(&mut item, entries),
                other => Err(wrong_type(other, Self::WANTS)),
            };
            if let Err(inside) = read {
                wrong.extend(inside.into_iter().map(|complaint| complaint.at(Step::Index(index))));
            } else if let Some(twin) = items.iter().find(|other| other.payload == item.payload) {
                wrong.push(
                    Complaint::new(format!("the option `{}` has the same payload as `{}`", item.label, twin.label))
                        .help("give each option a payload of its own")
                        .key("payload")
                        .at(Step::Index(index)),
                );
            }
            items.push(item);
        }
        if wrong.is_empty() { Ok(Self(items)) } else { Err(wrong) }
    }

    fn write(&self) -> Option<Value> {
        let tables = self.0.iter().map(|item| Value::Table(spoken(item))).collect();
        Some(Value::List(tables))
    }
}

/// A tile that is one of several values.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    options: Items,
    text_size: TextSize,
    text_color: Option<Color>,
}

impl Keyed for Choice {
    const KEYS: &'static [Key<Self>] = &[
        key!(Items, options, "what can be chosen: `label` is shown, `payload` is published"),
        key!(TextSize, text_size, "how large the label is drawn"),
        key!(Option<Color>, text_color, "the colour of the label"),
    ];
}

impl Choice {
    fn position(&self, text: &str) -> Option<usize> {
        self.options.0.iter().position(|item| item.payload == text)
    }
}

impl Kind for Choice {
    fn word(&self) -> &'static str {
        "choice"
    }

    fn about(&self) -> &'static str {
        "shows the label of its value; pressing offers the others"
    }

    fn face(&self, reading: Option<&Reading>) -> Result<Face, Fault> {
        let known = reading.and_then(|reading| self.position(&reading.text));
        let text = match known {
            Some(at) => &self.options.0[at].label,
            None => match shown(reading) {
                Some(text) => text,
                None => return Ok(quiet(reading)),
            },
        };
        Ok(Face::Text {
            affixes: Affixes::default(),
            text: text.to_owned(),
            size: self.text_size,
            color: self.text_color,
            known: known.is_some(),
        })
    }

    fn press(&self, reading: Option<&Reading>) -> Reply {
        Reply::Ask(Question::Choice {
            options: self.options.0.iter().map(|item| (item.label.clone(), item.payload.clone())).collect(),
            now: reading.and_then(|reading| self.position(&reading.text)),
        })
    }

    fn text_size(&self) -> TextSize {
        self.text_size
    }

    fn verb(&self) -> &'static str {
        "choose"
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::reading, *};

    fn options(pairs: &[(&str, &str)]) -> Result<Items, Vec<Complaint>> {
        let item = |(label, payload): &(&str, &str)| {
            Value::Table(vec![("label".into(), (*label).into()), ("payload".into(), (*payload).into())])
        };
        Items::read(&Value::List(pairs.iter().map(item).collect()))
    }

    #[test]
    fn the_label_is_shown_and_an_unknown_value_is_shown_as_such() {
        let choice = Choice { options: options(&[("Slow", "1"), ("Fast", "2")]).unwrap(), ..Choice::default() };
        assert!(matches!(choice.face(Some(&reading("2"))), Ok(Face::Text { text, known: true, .. }) if text == "Fast"));
        assert!(matches!(choice.face(Some(&reading("9"))), Ok(Face::Text { text, known: false, .. }) if text == "9"));
    }

    #[test]
    fn two_options_with_one_payload_are_named() {
        let wrong = options(&[("Slow", "1"), ("Fast", "1")]).unwrap_err();
        assert_eq!(wrong[0].what, "the option `Fast` has the same payload as `Slow`");
        assert_eq!(wrong[0].place, [Step::Index(1), Step::Key("payload".into())]);
    }
}
