//! The input of passwords.

use std::fmt;

use tui_input::Input;

/// A line of text that is masked on the screen and never printed by `Debug`.
#[derive(Clone, Default)]
pub struct HiddenInput(pub(crate) Input);

impl fmt::Debug for HiddenInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HiddenInput(…)")
    }
}

/// A password that the user typed. Its `Debug` output is redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(pub(crate) String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_of_hidden_input_has_no_password() {
        assert_eq!(format!("{:?}", HiddenInput(Input::new("secret".into()))), "HiddenInput(…)");
    }
}
