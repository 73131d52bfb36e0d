//! The fields of the prompt for a message.

use crate::model::typed_properties::TypedProperty;

/// A field of the prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PublishField {
    Topic,
    Payload,
    Encoding,
    Qos,
    Retain,
    /// The line that folds and unfolds the properties of MQTT 5.
    Properties,
    Property(TypedProperty),
}

impl PublishField {
    /// The fields of every message, in order.
    const OF_EACH: [Self; 5] = [Self::Topic, Self::Payload, Self::Encoding, Self::Qos, Self::Retain];

    /// Returns the fields in order. `unfolded`: whether the properties of MQTT 5 are unfolded; `None`: the connection has none.
    pub(crate) fn all(unfolded: Option<bool>) -> Vec<Self> {
        let properties = TypedProperty::ALL.map(Self::Property);
        let heading = unfolded.map(|_| Self::Properties);
        let shown = properties.into_iter().filter(|_| unfolded == Some(true));
        Self::OF_EACH.into_iter().chain(heading).chain(shown).collect()
    }

    /// Returns whether text is typed in it.
    pub(crate) const fn is_text(self) -> bool {
        matches!(self, Self::Topic | Self::Payload | Self::Property(_))
    }
}
