//! The fields of the prompt for a message.

/// A field of the prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PublishField {
    Topic,
    Payload,
    Encoding,
    Qos,
    Retain,
}

impl PublishField {
    /// All fields, in order.
    pub(crate) const ALL: [Self; 5] = [Self::Topic, Self::Payload, Self::Encoding, Self::Qos, Self::Retain];
}
