//! The secrets of a profile: which ones it has, and their values once they were read from their sources.

use std::fmt;

use super::{PasswordSource, Profile};
use crate::model::password::Password;

/// Which secret of a profile. `Display` says it in a sentence: `password`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretKey {
    /// The `password` for the broker.
    Password,
    /// The `key_password` of the private key of the client certificate.
    KeyPassword,
}

impl SecretKey {
    /// Returns the secret as the beginning of a heading: `Password`.
    #[must_use]
    pub(crate) fn heading(&self) -> String {
        match self {
            Self::Password => "Password".to_owned(),
            Self::KeyPassword => "Password of the key".to_owned(),
        }
    }

    /// Returns whether the secret is sent to whom the profile names.
    pub(crate) const fn is_sent(&self) -> bool {
        matches!(self, Self::Password)
    }

    /// Returns where the secret is in the table of a profile.
    pub(crate) const fn path(&self) -> &'static [&'static str] {
        match self {
            Self::Password => &["password"],
            Self::KeyPassword => &["tls", "key_password"],
        }
    }
}

impl fmt::Display for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password => f.write_str("password"),
            Self::KeyPassword => f.write_str("password of the key"),
        }
    }
}

/// The values of secrets. `Debug` does not show them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Secrets(Vec<(SecretKey, Password)>);

impl Secrets {
    /// Returns a `password` without other secrets.
    #[must_use]
    pub fn password_only(password: Password) -> Self {
        Self(vec![(SecretKey::Password, password)])
    }

    /// Returns the value of a secret.
    #[must_use]
    pub fn get(&self, key: &SecretKey) -> Option<&Password> {
        self.0.iter().find(|(of, _)| of == key).map(|(_, value)| value)
    }

    /// Sets the value of a secret.
    pub fn set(&mut self, key: SecretKey, value: Password) {
        self.0.retain(|(of, _)| *of != key);
        self.0.push((key, value));
    }
}

impl FromIterator<(SecretKey, Password)> for Secrets {
    fn from_iter<T: IntoIterator<Item = (SecretKey, Password)>>(values: T) -> Self {
        Self(values.into_iter().collect())
    }
}

impl Profile {
    /// Returns the secrets that the profile has, and where their values come from.
    pub(crate) fn secret_sources(&self) -> impl Iterator<Item = (SecretKey, &PasswordSource)> {
        let password = self.password.iter().map(|source| (SecretKey::Password, source));
        password.chain(self.tls.0.key_password.iter().map(|source| (SecretKey::KeyPassword, source)))
    }

    /// Returns the secrets that the user is asked for.
    pub(crate) fn prompted_secrets(&self) -> impl Iterator<Item = SecretKey> {
        self.secret_sources().filter(|(_, source)| **source == PasswordSource::Prompt).map(|(key, _)| key)
    }
}
