//! The properties of MQTT 5 that the user types for a message to publish.

use serde::{Deserialize, Serialize};

/// A property that the user types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypedProperty {
    ContentType,
    ResponseTopic,
    CorrelationData,
    MessageExpiry,
    UserProperties,
}

impl TypedProperty {
    /// All of them, in the order in which they are shown.
    pub(crate) const ALL: [Self; 5] =
        [Self::ContentType, Self::ResponseTopic, Self::CorrelationData, Self::MessageExpiry, Self::UserProperties];

    /// Returns it in words.
    #[must_use]
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::ContentType => "Content type",
            Self::ResponseTopic => "Response topic",
            Self::CorrelationData => "Correlation",
            Self::MessageExpiry => "Expires in (s)",
            Self::UserProperties => "User properties",
        }
    }
}

/// Something for each property: its text, of which an empty one is not sent, or the input for it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedProperties<T = String> {
    /// The Content Type.
    pub content_type: T,
    /// The Response Topic.
    pub response_topic: T,
    /// The Correlation Data, as text.
    pub correlation_data: T,
    /// The Message Expiry Interval in seconds.
    pub message_expiry: T,
    /// The User Properties: `name=value, name=value`.
    pub user_properties: T,
}

impl<T> TypedProperties<T> {
    /// Creates them from what each property has.
    #[must_use]
    pub(crate) fn from_fn(mut value_of: impl FnMut(TypedProperty) -> T) -> Self {
        Self {
            content_type: value_of(TypedProperty::ContentType),
            response_topic: value_of(TypedProperty::ResponseTopic),
            correlation_data: value_of(TypedProperty::CorrelationData),
            message_expiry: value_of(TypedProperty::MessageExpiry),
            user_properties: value_of(TypedProperty::UserProperties),
        }
    }

    /// Returns what a property has.
    #[must_use]
    pub(crate) const fn get(&self, property: TypedProperty) -> &T {
        match property {
            TypedProperty::ContentType => &self.content_type,
            TypedProperty::ResponseTopic => &self.response_topic,
            TypedProperty::CorrelationData => &self.correlation_data,
            TypedProperty::MessageExpiry => &self.message_expiry,
            TypedProperty::UserProperties => &self.user_properties,
        }
    }

    /// Returns what a property has.
    pub(crate) const fn get_mut(&mut self, property: TypedProperty) -> &mut T {
        match property {
            TypedProperty::ContentType => &mut self.content_type,
            TypedProperty::ResponseTopic => &mut self.response_topic,
            TypedProperty::CorrelationData => &mut self.correlation_data,
            TypedProperty::MessageExpiry => &mut self.message_expiry,
            TypedProperty::UserProperties => &mut self.user_properties,
        }
    }

    /// Returns what each property has, in the order in which they are shown.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        TypedProperty::ALL.into_iter().map(|property| self.get(property))
    }
}

impl TypedProperties {
    /// Returns whether there is none.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.iter().all(String::is_empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_property_has_its_own_place() {
        let mut titles = TypedProperties::from_fn(TypedProperty::title);
        for property in TypedProperty::ALL {
            assert_eq!(*titles.get(property), property.title());
            assert_eq!(*titles.get_mut(property), property.title());
        }
        assert_eq!(titles.iter().copied().collect::<Vec<_>>(), TypedProperty::ALL.map(TypedProperty::title));
    }
}
