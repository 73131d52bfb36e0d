//! How the payloads of topics are decoded: a rule of `decoders.toml`, which applies to tiles, too.

use tui_input::Input;

use super::{Component, Flow};
use crate::{
    app::{
        Action, App, Effect, FilesEffect,
        key_binding::{KeyBinding, KeyContext, TextInput, key_bindings},
        list::next_in,
    },
    decode::Decoder,
    model::{
        connection::{ConnectionId, Subscription},
        decoder_rule_entry::{DecoderRuleEdit, DecoderRuleEntry, RuleDecoders},
        grid::Direction,
        schema::DynFields as _,
        time::Time,
        topic::TopicFilter,
        value::ValidationError,
    },
};

/// A text of the rule.
const RULE_TEXT: KeyContext = KeyContext::new("In a rule for payloads").with_text_input(TextInput::Line);
/// The decoder.
const RULE_DECODER: KeyContext = KeyContext::new("In the decoder of a rule");

/// The key bindings.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    RULE_DECODER {
        "rule-change" ["Right", "l", "Space"] |_| Action::MoveInDialog(Direction::Right), "next decoder", "decoder";
        "rule-change-back" ["Left", "h"] |_| Action::MoveInDialog(Direction::Left), "previous decoder";
        "rule-decoder-save" ["Enter"] |_| Action::Accept, "save the rule in decoders.toml", "save";
        "rule-decoder-next" ["Tab", "Down", "j"] |_| Action::CycleFocus(1), "go to the next field", "next field";
        "rule-decoder-previous" ["Shift-Tab", "Up", "k"] |_| Action::CycleFocus(-1), "go to the previous field";
    }
    RULE_TEXT {
        "rule-save" ["Enter"] |_| Action::Accept, "save the rule in decoders.toml", "save";
        "rule-next" ["Tab", "Down"] |_| Action::CycleFocus(1), "go to the next field", "next field";
        "rule-previous" ["Shift-Tab", "Up"] |_| Action::CycleFocus(-1), "go to the previous field";
    }
};

/// A field of the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RuleField {
    Decoder,
    Topic,
    Schema,
    MessageType,
}

/// A rule that is edited.
#[derive(Debug, Clone)]
pub struct DecoderRuleScreen {
    connection: ConnectionId,
    /// The topics of the rule in the file; `None` if it is a new one.
    pub(crate) current: Option<TopicFilter>,
    /// The field that has the keys.
    pub(crate) field: RuleField,
    pub(crate) topic: Input,
    /// What can be chosen; the first one is no rule.
    decoders: Vec<Option<RuleDecoders>>,
    decoder: usize,
    pub(crate) schema: Input,
    pub(crate) message_type: Input,
    /// Why the rule cannot be saved, as a sentence.
    pub(crate) error: Option<String>,
}

impl DecoderRuleScreen {
    /// Returns whether it waits for the answer to this edit, or could: what it shows is the same.
    pub(in crate::app) fn asks_for(&self, edit: &DecoderRuleEdit) -> bool {
        self.edit().is_ok_and(|own| own.as_ref() == Some(edit))
    }

    /// Creates a dialog for the rule of a topic, or for a new one.
    pub(in crate::app) fn new(connection: ConnectionId, topic: &str, rules: &[DecoderRuleEntry]) -> Self {
        let matches = |filter: &TopicFilter| filter.as_str() == topic || filter.matches(topic);
        let current = rules.iter().find(|rule| rule.topic.as_ref().is_some_and(matches));
        let none = RuleDecoders::default();
        let named = Decoder::all().map(|decoder| RuleDecoders { decoders: vec![decoder], then_protobuf: false });
        let protobuf = RuleDecoders { decoders: Vec::new(), then_protobuf: true };
        let mut decoders: Vec<Option<RuleDecoders>> = vec![None];
        decoders.extend(named.chain([protobuf, none]).map(Some));
        let decode = current.map(|rule| rule.decode.clone());
        let decoder = decoders.iter().position(|choice| *choice == decode).unwrap_or(decoders.len());
        if decoder == decoders.len() {
            // Several decoders, as the file has them.
            decoders.push(decode);
        }
        let text = |text: Option<&String>| Input::new(text.cloned().unwrap_or_default());
        let filter = current.and_then(|rule| rule.topic.clone());
        Self {
            connection,
            field: RuleField::Decoder,
            topic: Input::new(filter.as_ref().map_or(topic, TopicFilter::as_str).to_owned()),
            current: filter,
            decoders,
            decoder,
            schema: text(current.and_then(|rule| rule.schema.as_ref())),
            message_type: text(current.and_then(|rule| rule.message_type.as_ref())),
            error: None,
        }
    }

    /// Returns the decoders that are chosen; `None`: no rule.
    fn chosen(&self) -> Option<&RuleDecoders> {
        self.decoders.get(self.decoder)?.as_ref()
    }

    /// Returns what is chosen, in words.
    pub(crate) fn decoder_text(&self) -> String {
        match self.chosen().map(RuleDecoders::names).as_deref() {
            None => "automatic (no rule)".to_owned(),
            Some([]) => "none: as it was sent".to_owned(),
            Some(names) => names.join(", "),
        }
    }

    /// Returns the fields, in order.
    pub(crate) fn fields(&self) -> &'static [RuleField] {
        use RuleField::{Decoder, MessageType, Schema, Topic};
        match self.chosen() {
            None => &[Decoder],
            Some(decoders) if decoders.then_protobuf => &[Decoder, Topic, Schema, MessageType],
            Some(_) => &[Decoder, Topic],
        }
    }

    fn input(&mut self) -> Option<&mut Input> {
        match self.field {
            RuleField::Decoder => None,
            RuleField::Topic => Some(&mut self.topic),
            RuleField::Schema => Some(&mut self.schema),
            RuleField::MessageType => Some(&mut self.message_type),
        }
    }

    /// Returns the change of the file; `None` if there is none.
    ///
    /// # Errors
    /// A sentence, if what is typed is wrong.
    fn edit(&self) -> Result<Option<DecoderRuleEdit>, String> {
        let Some(decode) = self.chosen() else {
            return Ok(self.current.clone().map(DecoderRuleEdit::Remove));
        };
        let typed = |input: &Input| Some(input.value().trim().to_owned()).filter(|text| !text.is_empty());
        let topic = TopicFilter::new(self.topic.value().trim()).map_err(|error| format!("the topic: {error}"))?;
        let entry = DecoderRuleEntry {
            topic: Some(topic),
            decode: decode.clone(),
            schema: typed(&self.schema).filter(|_| decode.then_protobuf),
            message_type: typed(&self.message_type).filter(|_| decode.then_protobuf),
        };
        match entry.validate().first() {
            None => Ok(Some(DecoderRuleEdit::Set(entry))),
            Some(ValidationError { message, help, .. }) => {
                Err([Some(message.clone()), help.clone()].into_iter().flatten().collect::<Vec<_>>().join("; "))
            }
        }
    }
}

impl Component for DecoderRuleScreen {
    fn key_context(&self, _app: &App) -> KeyContext {
        if self.field == RuleField::Decoder { RULE_DECODER } else { RULE_TEXT }
    }

    fn breadcrumb(&self, _app: &App) -> Option<String> {
        Some("Decoder".to_owned())
    }

    fn update(&mut self, action: Action, _app: &mut App, _now: Time) -> Flow {
        match action {
            Action::EditInput(edit) => {
                self.error = None;
                if let Some(input) = self.input() {
                    edit.apply_to(input);
                }
            }
            Action::MoveInDialog(direction) if self.field == RuleField::Decoder => {
                let offset = if direction == Direction::Left { self.decoders.len() - 1 } else { 1 };
                self.decoder = (self.decoder + offset) % self.decoders.len();
                self.error = None;
            }
            Action::CycleFocus(offset) => self.field = next_in(self.fields(), self.field, offset),
            Action::SelectOption(index) => self.field = self.fields().get(index).copied().unwrap_or(self.field),
            Action::Accept => match self.edit() {
                Ok(None) => return Flow::CLOSE,
                // The screen closes when the file is written: only then is it known that the schema can be read.
                Ok(Some(edit)) => {
                    return Flow::Stay(vec![Effect::Files(FilesEffect::EditDecoderRules(Box::new(edit)))]);
                }
                Err(sentence) => self.error = Some(sentence),
            },
            _ => {}
        }
        Flow::STAY
    }

    /// Keeps the connection open.
    fn subscriptions(&self, _app: &App) -> Option<(ConnectionId, Vec<Subscription>)> {
        Some((self.connection, Vec::new()))
    }
}
