//! The prompt for the password, or another secret, of a connection profile.

use std::path::PathBuf;

use super::{Component, Flow};
use crate::{
    app::{
        Action, App, Effect, HiddenInput, MqttEffect,
        control_bindings::TEXT_INPUT,
        key_binding::{KeyBinding, KeyContext},
    },
    model::{
        connection::ConnectionId,
        profile::{SecretKey, Secrets},
        time::Time,
    },
};

/// The screen has no key bindings of its own.
pub(crate) const BINDINGS: &[KeyBinding] = &[];

/// What a secret is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretPurpose {
    /// To open this dashboard, or those of the profile.
    Open(Option<PathBuf>),
    /// To connect again: the profile has changed, or the broker has refused the password.
    Reconnect(ConnectionId),
}

/// A secret that the user has to enter to open a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretPrompt {
    /// The name of the profile.
    pub(crate) profile: String,
    /// What it is asked for.
    pub(crate) purpose: SecretPurpose,
    /// Which secret.
    pub(crate) key: SecretKey,
    /// The secrets that were entered before.
    pub(crate) entered: Secrets,
}

/// The prompt for the password, or another secret, of a connection profile.
#[derive(Debug, Clone)]
pub struct PasswordPrompt {
    /// What is asked for.
    pub(crate) prompt: SecretPrompt,
    /// The secret as typed.
    pub(crate) input: HiddenInput,
}

impl Component for PasswordPrompt {
    fn key_context(&self, _app: &App) -> KeyContext {
        TEXT_INPUT
    }

    fn update(&mut self, action: Action, _app: &mut App, _now: Time) -> Flow {
        match action {
            Action::EditInput(edit) => edit.apply_to(&mut self.input.0),
            Action::Accept => {
                let SecretPrompt { profile, purpose, key, mut entered } = self.prompt.clone();
                entered.set(key, self.input.take());
                return Flow::Close(vec![Effect::Mqtt(match purpose {
                    SecretPurpose::Open(file) => MqttEffect::OpenWithSecrets(profile, entered, file),
                    SecretPurpose::Reconnect(connection) => {
                        MqttEffect::ReconnectWithSecrets(connection, profile, entered)
                    }
                })]);
            }
            _ => {}
        }
        Flow::STAY
    }
}
