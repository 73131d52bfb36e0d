//! A payload and its text in one allocation, which all tiles that show it share.

use std::sync::Arc;

use super::tile_value::payload_text;

/// A payload, with its text if it is UTF-8. Clones share the bytes.
#[derive(Debug, Clone)]
pub(crate) struct SharedPayload {
    bytes: Arc<[u8]>,
    text: Option<Arc<str>>,
}

impl SharedPayload {
    /// Copies a payload.
    pub fn new(payload: &[u8]) -> Self {
        match std::str::from_utf8(payload) {
            Ok(text) => {
                let text: Arc<str> = text.into();
                // This conversion does not copy.
                Self { bytes: Arc::clone(&text).into(), text: Some(text) }
            }
            Err(_) => Self { bytes: payload.into(), text: None },
        }
    }

    /// Returns the payload.
    pub const fn bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }

    /// Returns the payload as text.
    pub fn text(&self) -> Arc<str> {
        self.text.clone().unwrap_or_else(|| payload_text(&self.bytes).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_payload_share_their_bytes() {
        let shared = SharedPayload::new("23 °C".as_bytes());
        assert_eq!((&*shared.text(), &**shared.bytes()), ("23 °C", "23 °C".as_bytes()));
        assert_eq!(shared.text().as_ptr(), shared.bytes().as_ptr());
        assert_eq!(&*SharedPayload::new(&[0xff]).text(), "FF (1 B)");
    }
}
