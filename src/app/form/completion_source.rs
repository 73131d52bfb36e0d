//! Where suggestions for the value of a field come from.

use crate::model::{
    color::Color,
    icon::Icon,
    json_path::JsonPath,
    payload_template::PayloadTemplate,
    profile::UserProperties,
    schema::{FieldInfo, FieldValue, ValueType},
    topic::{Topic, TopicFilter},
};

/// Where suggestions for the value of a field come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompletionSource {
    /// There are no suggestions.
    Nothing,
    /// The color picker.
    Color,
    /// The list of icons.
    Icon,
    /// The topics of messages received on the connection.
    Topic,
    /// The JSON paths in the last payload.
    Json,
    /// The templates that fit the last payload.
    Payload,
    /// The names of the connection profiles.
    Profile,
    /// The names of the dashboards.
    Dashboard,
    /// The editor for the rows of a list.
    Rows,
    /// The list of the rows of a panel.
    PanelRows,
    /// The editor for user properties.
    UserProperties,
    /// The presets of the tile kind.
    Preset,
}

impl CompletionSource {
    /// Returns the source for the field of this key.
    #[must_use]
    pub(super) fn of(info: &FieldInfo) -> Self {
        match info.value_type {
            ValueType::List(_) | ValueType::TextList(_) => Self::Rows,
            ValueType::Rows(_) => Self::PanelRows,
            value_type if value_type == <Color as FieldValue>::VALUE_TYPE => Self::Color,
            value_type if value_type == <Icon as FieldValue>::VALUE_TYPE => Self::Icon,
            value_type
                if value_type == <TopicFilter as FieldValue>::VALUE_TYPE
                    || value_type == <Topic as FieldValue>::VALUE_TYPE =>
            {
                Self::Topic
            }
            value_type if value_type == <JsonPath as FieldValue>::VALUE_TYPE => Self::Json,
            value_type if value_type == <PayloadTemplate as FieldValue>::VALUE_TYPE => Self::Payload,
            value_type if value_type == <UserProperties as FieldValue>::VALUE_TYPE => Self::UserProperties,
            _ if info.name == "profile" => Self::Profile,
            _ if info.name == "dashboard" => Self::Dashboard,
            _ => Self::Nothing,
        }
    }
}
