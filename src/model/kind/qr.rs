//! The qr tile: a QR code of the payload or of a fixed text.

use super::{TileKind, non_empty_text, placeholder};
use crate::model::{
    content::{TileAction, TileContent},
    error::TileError,
    schema::{FieldSpec, Schema, field},
    tile_value::TileValue,
    value::ValidationError,
};

/// A tile that shows a QR code.
#[derive(Debug, Clone, Default)]
pub(crate) struct QrKind {
    text: Option<String>,
}

impl Schema for QrKind {
    const FIELDS: &'static [FieldSpec<Self>] = &[field!(
        Option<String>,
        text,
        "the text of the code, such as \"WIFI:T:WPA;S:guests;P:welcome;;\"; if not set, the payload"
    )];
}

impl TileKind for QrKind {
    fn name(&self) -> &'static str {
        "qr"
    }

    fn description(&self) -> &'static str {
        "shows a QR code of its value or of a text; pressing enlarges it"
    }

    fn content(&self, value: Option<&TileValue>) -> Result<TileContent, TileError> {
        let text = self.text.as_deref().filter(|text| !text.is_empty()).or_else(|| non_empty_text(value));
        Ok(text.map_or_else(|| placeholder(value), |text| TileContent::Qr(text.to_owned())))
    }

    fn press_action(&self, _value: Option<&TileValue>) -> TileAction {
        TileAction::Enlarge
    }

    fn fits_row(&self) -> bool {
        false
    }

    fn sample(&self) -> (Box<dyn TileKind>, &'static str) {
        (Box::new(Self::default()), "MQTT")
    }

    fn is_state(&self, _text: &str) -> bool {
        false
    }

    fn action_label(&self) -> &'static str {
        "enlarge"
    }

    fn missing_purpose(&self) -> Option<ValidationError> {
        let error = || {
            ValidationError::new("the tile needs a `topic` or a `text`")
                .with_help("set `text` for a code that stays the same")
                .prepend_key("text")
        };
        self.text.as_deref().is_none_or(str::is_empty).then(error)
    }

    fn can_publish(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::tile_value, *};

    #[test]
    fn code_is_of_the_text_or_of_the_payload() {
        let qr = |text: Option<&str>, payload: Option<&str>| {
            QrKind { text: text.map(str::to_owned) }.content(payload.map(tile_value).as_ref())
        };
        assert_eq!(qr(Some("a"), Some("b")), Ok(TileContent::Qr("a".into())));
        assert_eq!(qr(None, Some("b")), Ok(TileContent::Qr("b".into())));
        assert_eq!(qr(None, None), Ok(TileContent::Placeholder("nothing yet".into())));
        assert!(QrKind::default().missing_purpose().is_some());
    }
}
