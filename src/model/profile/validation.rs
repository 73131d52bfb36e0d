//! Keys of a profile that contradict each other.

use super::{HttpHeaders, MqttVersion, Profile, ProxyScheme, ProxySetting, Scheme};
use crate::model::{field_value::Nested, topic::is_mqtt_string, value::ValidationError};

impl Profile {
    /// Returns the errors of the login and of keys that belong together.
    pub(super) fn login_errors(&self) -> Vec<ValidationError> {
        let mut errors = Vec::new();
        if !self.clean_session && self.client_id.as_ref().is_none_or(String::is_empty) {
            errors.push(
                ValidationError::new("a persistent session needs a fixed client ID")
                    .with_help("set `client_id`")
                    .prepend_key("clean_session"),
            );
        }
        if self.tls != Nested::default() && !self.url.scheme.is_secure() {
            errors.push(
                ValidationError::new("certificates need mqtts:// or wss://: `tls` has no effect without them")
                    .with_help("use mqtts:// or wss:// in `url`, or remove `tls`")
                    .prepend_key("tls"),
            );
        }
        if self.password.is_some() && self.username.is_none() && self.protocol == MqttVersion::V311 {
            errors.push(
                ValidationError::new("MQTT 3.1.1 does not allow a password without a user name")
                    .with_help("set `username`")
                    .prepend_key("password"),
            );
        }
        if self.protocol == MqttVersion::V5 && self.keep_alive.get() < 5 {
            errors.push(ValidationError::new("with protocol 5 the minimum is 5 seconds").prepend_key("keep_alive"));
        }
        if self.client_id.as_ref().is_some_and(|id| !is_mqtt_string(id)) {
            errors.push(
                ValidationError::new("the client ID must have at most 65535 bytes and no NUL character")
                    .prepend_key("client_id"),
            );
        }
        if self.username.as_ref().is_some_and(|name| !is_mqtt_string(name)) {
            errors.push(
                ValidationError::new("the user name must have at most 65535 bytes and no NUL character")
                    .prepend_key("username"),
            );
        }
        errors
    }

    /// Returns the errors of keys that the version of MQTT or the kind of the session does not have.
    pub(super) fn session_errors(&self) -> Vec<ValidationError> {
        let mut errors = Vec::new();
        if self.protocol == MqttVersion::V311 {
            let needs_v5 = |key: &str| {
                ValidationError::new(format!("`{key}` needs MQTT 5"))
                    .with_help("set `protocol = \"5\"`, or remove it")
                    .prepend_key(key)
            };
            errors.extend(self.session_expiry.is_some().then(|| needs_v5("session_expiry")));
            errors.extend(self.receive_maximum.is_some().then(|| needs_v5("receive_maximum")));
            let will_keys = self.will.iter().flat_map(|will| will.0.v5_keys());
            errors.extend(will_keys.map(|key| needs_v5(key).prepend_key("will")));
        } else if self.session_expiry.is_some() && self.clean_session {
            errors.push(
                ValidationError::new("`session_expiry` has no effect with `clean_session = true`")
                    .with_help("set `clean_session = false`, or remove it")
                    .prepend_key("session_expiry"),
            );
        }
        errors
    }

    /// Returns the errors of keys that only a WebSocket needs.
    pub(super) fn web_socket_errors(&self) -> Vec<ValidationError> {
        let mut errors = Vec::new();
        let is_web_socket = matches!(self.url.scheme, Scheme::Ws | Scheme::Wss);
        for (is_set, key) in [(self.headers != HttpHeaders::default(), "headers"), (self.basic_auth, "basic_auth")] {
            if is_set && !is_web_socket {
                errors.push(
                    ValidationError::new(format!("`{key}` has an effect only for a WebSocket"))
                        .with_help("use ws:// or wss:// in `url`, or remove it")
                        .prepend_key(key),
                );
            }
        }
        if self.basic_auth && self.username.is_none() {
            errors.push(
                ValidationError::new("`basic_auth` needs a user name")
                    .with_help("set `username`")
                    .prepend_key("basic_auth"),
            );
        }
        if self.basic_auth && self.username.as_ref().is_some_and(|name| name.contains(':')) {
            errors.push(colon_error("username"));
        }
        if self.basic_auth && self.headers.contains("Authorization") {
            errors.push(
                ValidationError::new("`basic_auth` and the header Authorization contradict each other")
                    .with_help("remove one of them")
                    .prepend_key("basic_auth"),
            );
        }
        errors
    }

    /// Returns the errors of the login for a proxy.
    pub(super) fn proxy_errors(&self) -> Vec<ValidationError> {
        let mut errors = Vec::new();
        let server = match &self.proxy {
            Some(ProxySetting::Server(server)) => Some(server),
            Some(ProxySetting::Direct | ProxySetting::Environment(_)) | None => None,
        };
        for (is_set, key) in
            [(self.proxy_username.is_some(), "proxy_username"), (self.proxy_password.is_some(), "proxy_password")]
        {
            if is_set && server.is_none() {
                errors.push(
                    ValidationError::new(format!("`{key}` needs a proxy"))
                        .with_help("set `proxy` to its address")
                        .prepend_key(key),
                );
            }
        }
        if self.proxy_password.is_some() && self.proxy_username.is_none() {
            errors.push(
                ValidationError::new("`proxy_password` needs a user name")
                    .with_help("set `proxy_username`")
                    .prepend_key("proxy_password"),
            );
        }
        if let (Some(server), Some(username)) = (server, &self.proxy_username) {
            let is_socks = server.scheme == ProxyScheme::Socks5;
            if is_socks && self.proxy_password.is_none() {
                errors.push(
                    ValidationError::new("a login for SOCKS needs a password")
                        .with_help("set `proxy_password`")
                        .prepend_key("proxy_username"),
                );
            } else if is_socks && !(1..=255).contains(&username.len()) {
                errors.push(
                    ValidationError::new("a user name for SOCKS has 1 to 255 bytes").prepend_key("proxy_username"),
                );
            } else if !is_socks && username.contains(':') {
                errors.push(colon_error("proxy_username"));
            }
        }
        errors
    }
}

/// Returns the error for a user name that HTTP Basic cannot send (RFC 7617, section 2).
fn colon_error(key: &str) -> ValidationError {
    ValidationError::new("with HTTP Basic, a user name must not contain `:`").prepend_key(key)
}
