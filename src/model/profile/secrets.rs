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
    /// The `proxy_password`.
    ProxyPassword,
    /// The value of the header of this name.
    Header(String),
}

/// Parts of the names of headers whose values are secrets.
const SECRET_HEADER_PARTS: [&str; 7] = ["auth", "cookie", "key", "pass", "secret", "sign", "token"];

impl SecretKey {
    /// Returns whether the value is a secret: some headers say only who the client is.
    #[must_use]
    pub(crate) fn is_always_secret(&self) -> bool {
        let Self::Header(name) = self else { return true };
        let name = name.to_ascii_lowercase();
        SECRET_HEADER_PARTS.iter().any(|part| name.contains(part))
    }

    /// Returns what kind of secret it is: `password`.
    #[must_use]
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Password | Self::KeyPassword | Self::ProxyPassword => "password",
            Self::Header(_) => "secret",
        }
    }

    /// Returns the secret as the beginning of a heading: `Password`.
    #[must_use]
    pub(crate) fn heading(&self) -> String {
        match self {
            Self::Password => "Password".to_owned(),
            Self::KeyPassword => "Password of the key".to_owned(),
            Self::ProxyPassword => "Proxy password".to_owned(),
            Self::Header(name) => format!("Header {name}"),
        }
    }

    /// Returns whether the secret is sent to whom the profile names.
    pub(crate) const fn is_sent(&self) -> bool {
        !matches!(self, Self::KeyPassword)
    }

    /// Returns where the secret is in the table of a profile.
    pub(crate) fn path(&self) -> Vec<&str> {
        match self {
            Self::Password => vec!["password"],
            Self::KeyPassword => vec!["tls", "key_password"],
            Self::ProxyPassword => vec!["proxy_password"],
            Self::Header(name) => vec!["headers", name],
        }
    }
}

impl fmt::Display for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password => f.write_str("password"),
            Self::KeyPassword => f.write_str("password of the key"),
            Self::ProxyPassword => f.write_str("proxy password"),
            Self::Header(name) => write!(f, "value of the header {name}"),
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

    /// Returns the headers with their values.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&str, &Password)> {
        self.0.iter().filter_map(|(key, value)| match key {
            SecretKey::Header(name) => Some((name.as_str(), value)),
            SecretKey::Password | SecretKey::KeyPassword | SecretKey::ProxyPassword => None,
        })
    }

    /// Adds the secrets that are missing here.
    pub(crate) fn add_missing(&mut self, others: &Self) {
        for (key, value) in &others.0 {
            if self.get(key).is_none() {
                self.set(key.clone(), value.clone());
            }
        }
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
        let key_password = self.tls.0.key_password.iter().map(|source| (SecretKey::KeyPassword, source));
        let proxy_password = self.proxy_password.iter().map(|source| (SecretKey::ProxyPassword, source));
        let headers = self.headers.0.iter().map(|(name, source)| (SecretKey::Header(name.clone()), source));
        password.chain(key_password).chain(proxy_password).chain(headers)
    }

    /// Returns the secret by which the web server of a WebSocket knows the client.
    #[must_use]
    pub(crate) fn web_login(&self) -> Option<SecretKey> {
        if self.basic_auth {
            return Some(SecretKey::Password);
        }
        let is_prompt = |source: &PasswordSource| *source == PasswordSource::Prompt;
        let headers = || self.headers.0.iter().map(|(name, source)| (SecretKey::Header(name.clone()), source));
        let typed = headers().find(|(_, source)| is_prompt(source));
        typed.or_else(|| headers().find(|(key, _)| key.is_always_secret())).map(|(key, _)| key)
    }

    /// Returns the secrets that the user is asked for.
    pub(crate) fn prompted_secrets(&self) -> impl Iterator<Item = SecretKey> {
        self.secret_sources().filter(|(_, source)| **source == PasswordSource::Prompt).map(|(key, _)| key)
    }
}
