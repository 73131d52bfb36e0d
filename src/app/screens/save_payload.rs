//! The prompt for the file that a payload is saved to, byte for byte.

use std::{path::PathBuf, sync::Arc};

use tui_input::Input;

use super::{Component, Flow};
use crate::{
    app::{
        Action, App, Effect, ShellEffect,
        control_bindings::TEXT_INPUT,
        key_binding::{KeyBinding, KeyContext},
    },
    model::time::Time,
};

/// The screen has no key bindings of its own.
pub(crate) const BINDINGS: &[KeyBinding] = &[];

/// The prompt for a file.
#[derive(Debug, Clone)]
pub struct SavePayload {
    /// What is saved.
    pub(crate) payload: Arc<[u8]>,
    /// The path as typed.
    pub(crate) input: Input,
}

impl SavePayload {
    /// Creates a prompt that proposes a file for this topic.
    pub(in crate::app) fn new(topic: &str, payload: Arc<[u8]>) -> Self {
        Self { input: Input::new(proposed_name(topic, &payload)), payload }
    }
}

/// Returns a file name for a payload: the last levels of the topic, and an extension that says what it is.
fn proposed_name(topic: &str, payload: &[u8]) -> String {
    let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(payload).is_ok();
    let extension = match payload {
        [0x89, b'P', b'N', b'G', ..] => "png",
        [0xff, 0xd8, 0xff, ..] => "jpg",
        [b'G', b'I', b'F', b'8', ..] => "gif",
        [0x1f, 0x8b, ..] => "gz",
        _ if is_json => "json",
        _ if std::str::from_utf8(payload).is_ok() => "txt",
        _ => "bin",
    };
    let levels: Vec<&str> = topic.rsplit('/').filter(|level| !level.trim_matches('.').is_empty()).take(2).collect();
    let name: String = levels.iter().rev().copied().collect::<Vec<_>>().join("-");
    let safe = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let name: String = name.chars().map(safe).take(60).collect();
    let name = name.trim_start_matches('.');
    format!("{}.{extension}", if name.is_empty() { "payload" } else { name })
}

impl Component for SavePayload {
    fn key_context(&self, _app: &App) -> KeyContext {
        TEXT_INPUT
    }

    fn update(&mut self, action: Action, _app: &mut App, _now: Time) -> Flow {
        match action {
            Action::EditInput(edit) => edit.apply_to(&mut self.input),
            Action::Accept if !self.input.value().trim().is_empty() => {
                let path = PathBuf::from(self.input.value().trim());
                return Flow::Close(vec![Effect::Shell(ShellEffect::SavePayload(path, Arc::clone(&self.payload)))]);
            }
            _ => {}
        }
        Flow::STAY
    }
}

impl App {
    /// Opens the prompt for the file that the shown payload of the selected topic is saved to.
    pub(in crate::app) fn open_save_prompt(&mut self, now: Time) {
        let topic = self.explorer.as_ref().and_then(|explorer| explorer.selected_topic());
        let prompt = match topic.and_then(|topic| Some((topic, topic.shown()?))) {
            None => Err("Select a topic that has a message"),
            Some((_, shown)) if !shown.is_whole() => Err("Not saved: only the beginning of the payload is known"),
            Some((topic, shown)) => Ok(SavePayload::new(&topic.topic, Arc::clone(&shown.payload))),
        };
        match prompt {
            Ok(prompt) => self.open(prompt),
            Err(reason) => self.notify(reason, now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_name_says_what_it_is_and_leads_nowhere_else() {
        for (topic, payload, expected) in [
            ("home/kitchen/climate", &b"{\"t\":1}"[..], "kitchen-climate.json"),
            ("a", b"ON", "a.txt"),
            ("frigate/front/snapshot", b"\xff\xd8\xff\xe0", "front-snapshot.jpg"),
            ("../../etc/passwd", b"\xff", "etc-passwd.bin"),
            ("../..", b"\xff", "payload.bin"),
            ("/", b"", "payload.txt"),
            ("a b/\u{1b}[c", b"", "a_b-__c.txt"),
        ] {
            assert_eq!(proposed_name(topic, payload), expected, "{topic}");
        }
    }
}
