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
        profile::{SecretKey, Secrets},
        time::Time,
    },
};

/// The screen has no key bindings of its own.
pub(crate) const BINDINGS: &[KeyBinding] = &[];

/// A secret that the user has to enter to open a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretPrompt {
    /// The name of the profile.
    pub(crate) profile: String,
    /// The dashboard to open; `None` for those of the profile.
    pub(crate) file: Option<PathBuf>,
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
                let SecretPrompt { profile, file, key, mut entered } = self.prompt.clone();
                entered.set(key, self.input.take());
                return Flow::Close(vec![Effect::Mqtt(MqttEffect::OpenWithSecrets(profile, entered, file))]);
            }
            _ => {}
        }
        Flow::STAY
    }
}
