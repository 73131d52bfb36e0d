//! The input of passwords.

use std::fmt;

use tui_input::Input;

use crate::model::password::{Password, wipe};

/// Up to this length, in bytes, a text that is typed never moves in memory, which would leave copies.
const CAPACITY: usize = 256;

/// A line of text that is masked on the screen and never printed by `Debug`. Its memory is overwritten when it is
/// dropped.
#[derive(Clone)]
pub struct HiddenInput(pub(crate) Input);

impl HiddenInput {
    /// Returns the text as a password, and leaves the input empty.
    pub(crate) fn take(&mut self) -> Password {
        self.0.value_and_reset().into()
    }
}

impl Default for HiddenInput {
    fn default() -> Self {
        Self(Input::new(String::with_capacity(CAPACITY)))
    }
}

impl Drop for HiddenInput {
    fn drop(&mut self) {
        wipe(self.0.value_and_reset());
    }
}

impl fmt::Debug for HiddenInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HiddenInput(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_of_hidden_input_has_no_password() {
        assert_eq!(format!("{:?}", HiddenInput(Input::new("secret".into()))), "HiddenInput(…)");
    }

    #[test]
    fn taken_password_is_the_typed_text() {
        let mut input = HiddenInput(Input::new("secret".into()));
        assert_eq!(input.take(), Password::from("secret"));
        assert_eq!(input.0.value(), "");
    }
}
