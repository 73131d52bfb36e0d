//! The import of tiles from the Android app MQTT Dash. The dialog asks for a topic and subscribes to it; the
//! app publishes its export there; the runtime converts the export to a dashboard.

use std::sync::Arc;

use tui_input::Input;

use super::{Component, Flow, Screen};
use crate::{
    app::{
        Action, App, Effect, FilesEffect, OpenedDashboards,
        control_bindings::TEXT_INPUT,
        key_binding::{KeyBinding, KeyContext, key_bindings},
    },
    model::{
        connection::{ConnectionEvent, ConnectionId, Qos, Subscription},
        time::Time,
        topic::{Topic, TopicFilter},
    },
};

/// An import from MQTT Dash, after its topic was entered.
const IMPORT: KeyContext = KeyContext::new("In an import from MQTT Dash");

fn accept_hint(app: &App) -> Option<&'static str> {
    let Screen::Import(import) = &app.focus else { return None };
    match import.stage {
        ImportStage::Damaged(..) => Some("import the rest"),
        ImportStage::NotSaved(..) => Some("try again"),
        _ => None,
    }
}

/// The key bindings.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    IMPORT {
        "import-accept" ["Enter"] |_| Action::Accept, "import what is readable, or try again", (accept_hint);
    }
};

/// The default topic that the app publishes its exports on.
const DEFAULT_TOPIC: &str = "metrics/exchange";

/// The open import dialog.
#[derive(Debug, Clone)]
pub struct ImportDialog {
    /// The connection that receives the export.
    pub(crate) connection: ConnectionId,
    /// The topic as typed.
    pub(crate) input: Input,
    /// The current stage.
    pub stage: ImportStage,
    /// The newest export that arrived while another one was being converted.
    next_export: Option<Arc<[u8]>>,
}

/// The stages of an import.
#[derive(Debug, Clone, PartialEq)]
pub enum ImportStage {
    /// The user enters the topic; the error is about the last one entered.
    EnterTopic(Option<String>),
    /// Waiting for an export on this topic; the error is about the last export.
    Waiting(Topic, Option<String>),
    /// The export received on this topic is being converted; the flag is set if only its readable tiles are.
    Converting(Topic, Arc<[u8]>, bool),
    /// Some tiles of the export cannot be read, for this reason; the others can be imported.
    Damaged(Topic, Arc<[u8]>, String),
    /// The dashboard of the export could not be written, for this reason; the flag is that of converting it again.
    NotSaved(Topic, Arc<[u8]>, bool, String),
}

/// The result of converting an export.
#[derive(Debug, Clone, PartialEq)]
pub enum ImportResult {
    /// The new dashboards, and a notice that says where they were saved.
    DashboardsOpened(Box<OpenedDashboards>, String),
    /// The conversion failed with this error message; the flag is set if a part can be imported.
    Failed(String, bool),
    /// The dashboard could not be written, for this reason.
    NotSaved(String),
}

impl ImportDialog {
    /// Returns the topic that the app publishes its export on, once it is entered.
    fn topic(&self) -> Option<&Topic> {
        match &self.stage {
            ImportStage::EnterTopic(_) => None,
            ImportStage::Waiting(topic, _)
            | ImportStage::Converting(topic, ..)
            | ImportStage::Damaged(topic, ..)
            | ImportStage::NotSaved(topic, ..) => Some(topic),
        }
    }
}

impl Component for ImportDialog {
    fn key_context(&self, _app: &App) -> KeyContext {
        match self.stage {
            ImportStage::EnterTopic(_) => TEXT_INPUT,
            _ => IMPORT,
        }
    }

    fn update(&mut self, action: Action, _app: &mut App, _now: Time) -> Flow {
        match action {
            Action::EditInput(edit) => edit.apply_to(&mut self.input),
            Action::Accept => return Flow::Stay(self.accept()),
            _ => {}
        }
        Flow::STAY
    }

    fn subscriptions(&self, _app: &App) -> Option<(ConnectionId, Vec<Subscription>)> {
        let subscription = |topic: &Topic| Subscription::new(TopicFilter::from(topic.clone()), Qos::AtMostOnce);
        Some((self.connection, self.topic().map(subscription).into_iter().collect()))
    }
}

impl ImportDialog {
    /// Moves the import to its next stage: subscribes to the typed topic, or imports the readable tiles of a
    /// damaged export.
    fn accept(&mut self) -> Vec<Effect> {
        match &self.stage {
            ImportStage::EnterTopic(_) => {
                self.stage = match Topic::new(self.input.value().trim()) {
                    Ok(topic) => ImportStage::Waiting(topic, None),
                    Err(error) => ImportStage::EnterTopic(Some(error.to_string())),
                };
                Vec::new()
            }
            ImportStage::Damaged(topic, payload, _) => vec![self.convert(topic.clone(), Arc::clone(payload), true)],
            ImportStage::NotSaved(topic, payload, partial, _) => {
                vec![self.convert(topic.clone(), Arc::clone(payload), *partial)]
            }
            ImportStage::Waiting(..) | ImportStage::Converting(..) => Vec::new(),
        }
    }
}

impl ImportDialog {
    /// Begins to convert an export.
    fn convert(&mut self, topic: Topic, payload: Arc<[u8]>, partial: bool) -> Effect {
        self.stage = ImportStage::Converting(topic, Arc::clone(&payload), partial);
        Effect::Files(FilesEffect::ConvertMqttDashExport(self.connection, payload, partial))
    }
}

impl App {
    /// Opens the dialog, which asks for the topic.
    pub(in crate::app) fn open_import_dialog(&mut self, now: Time) {
        match self.current_dashboard().map(|dashboard| dashboard.connection) {
            Some(connection) => {
                self.open(ImportDialog {
                    connection,
                    input: DEFAULT_TOPIC.into(),
                    stage: ImportStage::EnterTopic(None),
                    next_export: None,
                });
            }
            None => self.notify("Open a connection first: the app publishes its export to that broker", now),
        }
    }

    /// Handles a received export.
    pub(in crate::app) fn on_import_event(
        &mut self,
        connection: ConnectionId,
        event: &ConnectionEvent,
    ) -> Option<Effect> {
        let Screen::Import(import) = &mut self.focus else {
            return None;
        };
        let topic = import.topic().filter(|_| import.connection == connection)?.clone();
        let ConnectionEvent::Messages(messages) = event else { return None };
        let export = messages
            .iter()
            .filter(|message| message.topic == topic.as_str() && message.payload.contains(&b'['))
            .last()?;
        let payload: Arc<[u8]> = export.payload.into();
        if matches!(import.stage, ImportStage::Converting(..)) {
            import.next_export = Some(payload);
            return None;
        }
        let effect = import.convert(topic, payload, false);
        self.display.dirty = true;
        Some(effect)
    }

    /// Handles the result of converting an export.
    pub(in crate::app) fn on_import_result(&mut self, result: ImportResult, now: Time) -> Vec<Effect> {
        if !matches!(self.focus, Screen::Import(_)) {
            match result {
                // The dialog was closed, but the file was written.
                ImportResult::DashboardsOpened(_, notice) => self.notify(notice, now),
                ImportResult::NotSaved(reason) => self.report_failure(format!("Not imported: {reason}"), now),
                ImportResult::Failed(..) => {}
            }
            return Vec::new();
        }
        self.display.dirty = true;
        if let ImportResult::DashboardsOpened(opened, _) = &result
            && self.connection(opened.connection).is_none()
        {
            // The result of an earlier import, whose connection has closed since.
            let paths = opened.files.iter().filter_map(|file| file.path.clone());
            return paths.map(|path| self.open_file_effect(path)).collect();
        }
        let Screen::Import(import) = &mut self.focus else {
            return Vec::new();
        };
        match (result, &import.stage) {
            (ImportResult::DashboardsOpened(opened, notice), _) => {
                // The user waits for the result as long as the dialog is open.
                self.editor_state.awaits_result = true;
                let effects = self.open_dashboards(*opened, now);
                let needs_permissions =
                    self.current_dashboard().is_some_and(|dashboard| !dashboard.permissions.granted);
                let permissions_hint =
                    if needs_permissions { "; scripts and URLs are blocked: press T to review" } else { "" };
                self.notify(format!("{notice}{permissions_hint}"), now);
                effects
            }
            (_, ImportStage::Converting(topic, ..)) if import.next_export.is_some() => {
                let (topic, payload) = (topic.clone(), import.next_export.take().unwrap_or_default());
                vec![import.convert(topic, payload, false)]
            }
            (ImportResult::NotSaved(reason), ImportStage::Converting(topic, payload, partial)) => {
                import.stage = ImportStage::NotSaved(topic.clone(), Arc::clone(payload), *partial, reason);
                Vec::new()
            }
            (ImportResult::Failed(error, true), ImportStage::Converting(topic, payload, _)) => {
                import.stage = ImportStage::Damaged(topic.clone(), Arc::clone(payload), error);
                Vec::new()
            }
            (ImportResult::Failed(error, _), ImportStage::Converting(topic, ..)) => {
                import.stage = ImportStage::Waiting(topic.clone(), Some(error));
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// Returns the notice that explains why an import is refused; `None` if it is allowed.
    pub(in crate::app) fn import_refusal_reason(&self, action: &Action) -> Option<String> {
        (*action == Action::ImportFromMqttDash && self.environment.kiosk)
            .then(|| "Kiosk mode: importing is disabled".to_owned())
    }
}
