//! The prompt for the password of a connection profile.

use std::path::PathBuf;

use super::{Component, Flow};
use crate::{
    app::{
        Action, App, Effect, HiddenInput, MqttEffect,
        control_bindings::TEXT_INPUT,
        key_binding::{KeyBinding, KeyContext},
    },
    model::time::Time,
};

/// The screen has no key bindings of its own.
pub(crate) const BINDINGS: &[KeyBinding] = &[];

/// The prompt for the password of a connection profile.
#[derive(Debug, Clone)]
pub struct PasswordPrompt {
    /// The name of the profile.
    pub(crate) profile: String,
    /// The dashboard to open; `None` for those of the profile.
    pub(crate) file: Option<PathBuf>,
    /// The password as typed.
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
                let password = self.input.take();
                let profile = std::mem::take(&mut self.profile);
                return Flow::Close(vec![Effect::Mqtt(MqttEffect::OpenWithPassword(
                    profile,
                    password,
                    self.file.take(),
                ))]);
            }
            _ => {}
        }
        Flow::STAY
    }
}
