//! Strings in JSON that has parts to be filled in: which parts are in a string, and how a text is written there.

/// Follows JSON text, of which parts may be missing, to say whether its end is in a string.
#[derive(Debug, Default)]
pub(crate) struct StringScanner {
    in_string: bool,
    is_escaped: bool,
}

impl StringScanner {
    /// Follows the next text.
    pub fn scan(&mut self, text: &str) {
        for byte in text.bytes() {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' => self.is_escaped = self.in_string,
                b'"' => self.in_string = !self.in_string,
                _ => {}
            }
        }
    }

    /// Returns whether what comes next is in a string.
    pub const fn is_in_string(&self) -> bool {
        self.in_string
    }
}

/// Appends a text as it is written in a JSON string, without the quotes around it.
pub(crate) fn push_escaped(json: &mut String, text: &str) {
    let quoted = serde_json::Value::from(text).to_string();
    json.push_str(&quoted[1..quoted.len() - 1]);
}
