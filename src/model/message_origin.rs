//! What a message in the prompt was made from, so that it can be saved with the holes that it had.

use super::{holes, typed_message::TypedMessage};

/// What a message was made from.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct MessageOrigin {
    /// The message as it was before the user has changed it. Braces in it are no holes: these were filled.
    pub message: TypedMessage,
    /// The texts with holes that it was made from, if it is a saved message.
    pub template: Option<TypedMessage>,
}

impl MessageOrigin {
    /// Returns the texts with which a message is saved: where it is unchanged, those that it was made from. What the user has
    /// typed may have holes, but braces that were in the message before stay braces.
    #[must_use]
    pub(crate) fn template_of(&self, typed: &TypedMessage) -> TypedMessage {
        typed.map_texts(|text, new| {
            let old = self.message.text(text);
            match &self.template {
                Some(template) if new == old => template.text(text).to_owned(),
                _ => holes::escape(new, |name| holes::names(old).any(|literal| literal == name)),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{connection::Qos, saved_message::SavedMessage};

    fn discovery() -> SavedMessage {
        SavedMessage {
            name: "Discovery".to_owned(),
            topic: "homeassistant/{{device}}/config".to_owned(),
            payload: "{\"name\": \"{{device}}\", \"value\": \"\\{{ value_json.t }}\"}".to_owned(),
            ..SavedMessage::default()
        }
    }

    #[test]
    fn texts_that_are_unchanged_keep_their_holes() {
        let saved = discovery();
        let message = saved.fill(|_| "desk");
        let origin = MessageOrigin { message: message.clone(), template: Some(saved.template()) };
        let changed = TypedMessage { qos: Qos::AtLeastOnce, ..message };
        let expected = TypedMessage { qos: Qos::AtLeastOnce, ..saved.template() };
        assert_eq!(origin.template_of(&changed), expected);
    }

    #[test]
    fn literal_braces_stay_literal_and_new_ones_are_holes() {
        let saved = discovery();
        let message = saved.fill(|_| "desk");
        let payload = message.payload.replace("\"desk\"", "\"{{room}}\"");
        let changed = TypedMessage { payload, ..message.clone() };
        let expected = saved.payload.replace("{{device}}", "{{room}}");
        for template in [Some(saved.template()), None] {
            let origin = MessageOrigin { message: message.clone(), template };
            assert_eq!(origin.template_of(&changed).payload, expected);
        }
        // What is typed into an empty prompt.
        assert_eq!(MessageOrigin::default().template_of(&saved.template()), saved.template());
    }
}
