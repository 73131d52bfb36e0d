//! Taking tiles over from MQTT Dash: a topic is asked for, the line listens on it until the app
//! publishes, and what comes is handed to the outside, which makes a dashboard of it.

use std::sync::Arc;

use tui_input::Input;

use super::{Action, App, Effect, Focus, OpenedDashboards};
use crate::model::{
    connection::{ConnectionEvent, ConnectionId, Qos, Subscription},
    time::Time,
    topic::{Topic, TopicFilter},
};

/// The topic on which the app publishes unless it is told otherwise.
const DEFAULT_TOPIC: &str = "metrics/exchange";

/// An import that is open.
#[derive(Debug, Clone)]
pub struct ImportDialog {
    /// The line that listens.
    pub connection: ConnectionId,
    /// The topic, as it is typed.
    pub input: Input,
    /// How far it has come.
    pub stage: ImportStage,
    /// What came while something else was read.
    next_export: Option<Arc<[u8]>>,
}

/// How far an import has come.
#[derive(Debug, Clone, PartialEq)]
pub enum ImportStage {
    /// The topic is asked for; what is wrong with it.
    EnterTopic(Option<String>),
    /// The line listens; what is wrong with what came last.
    Waiting(Topic, Option<String>),
    /// A dashboard is made of what came.
    Converting(Topic, Arc<[u8]>),
    /// Some of its tiles cannot be read, the others can be had.
    Damaged(Topic, Arc<[u8]>, String),
}

/// What a broker has to say of an export.
#[derive(Debug)]
pub enum ImportResult {
    /// It is a dashboard now; a sentence says where.
    DashboardsOpened(Box<OpenedDashboards>, String),
    /// It cannot be had, in sentences; and whether a part of it can.
    Failed(String, bool),
}

impl ImportDialog {
    /// The topic that the line has to listen on.
    fn subscribed_topic(&self) -> Option<(ConnectionId, &Topic)> {
        match &self.stage {
            ImportStage::EnterTopic(_) => None,
            ImportStage::Waiting(topic, _) | ImportStage::Converting(topic, _) | ImportStage::Damaged(topic, ..) => {
                Some((self.connection, topic))
            }
        }
    }
}

impl App {
    /// Asks for the topic.
    pub(super) fn open_import_dialog(&mut self, now: Time) {
        match self.current_dashboard().map(|dashboard| dashboard.connection) {
            Some(connection) => {
                self.focus = Focus::Import(Box::new(ImportDialog {
                    connection,
                    input: DEFAULT_TOPIC.into(),
                    stage: ImportStage::EnterTopic(None),
                    next_export: None,
                }));
            }
            None => self.notify("Open a connection first: it is what the app publishes to", now),
        }
    }

    /// Goes on: listens on the topic that was typed, or takes what can be had of a damaged export.
    pub(super) fn accept_import(&mut self, mut import: Box<ImportDialog>) -> Vec<Effect> {
        let mut effects = Vec::new();
        import.stage = match import.stage {
            ImportStage::EnterTopic(_) => match Topic::new(import.input.value().trim()) {
                Ok(topic) => ImportStage::Waiting(topic, None),
                Err(error) => ImportStage::EnterTopic(Some(error.to_string())),
            },
            ImportStage::Damaged(topic, payload, _) => {
                effects.push(Effect::ConvertMqttDashExport(import.connection, Arc::clone(&payload), true));
                ImportStage::Converting(topic, payload)
            }
            unchanged => unchanged,
        };
        self.focus = Focus::Import(import);
        effects
    }

    /// Takes an export that comes, or the reason why none will.
    pub(super) fn on_import_event(&mut self, connection: ConnectionId, event: &ConnectionEvent) -> Option<Effect> {
        let Focus::Import(import) = &mut self.focus else {
            return None;
        };
        let (_, topic) =
            import.subscribed_topic().filter(|(listening_connection, _)| *listening_connection == connection)?;
        let topic = topic.clone();
        match event {
            ConnectionEvent::Messages(messages) => {
                let export = messages
                    .iter()
                    .filter(|message| message.topic == topic.as_str() && message.payload.contains(&b'['))
                    .last()?;
                let payload: Arc<[u8]> = export.payload.into();
                if matches!(import.stage, ImportStage::Converting(..)) {
                    import.next_export = Some(payload);
                    return None;
                }
                import.stage = ImportStage::Converting(topic, Arc::clone(&payload));
                self.dirty = true;
                Some(Effect::ConvertMqttDashExport(connection, payload, false))
            }
            ConnectionEvent::SubscriptionRefused(filter, reason) if filter.as_topic().as_ref() == Some(&topic) => {
                let error = format!("{topic}: {reason}");
                import.stage = ImportStage::Waiting(topic, Some(error));
                self.dirty = true;
                None
            }
            _ => None,
        }
    }

    /// Takes what has come of an export.
    pub(super) fn on_import_result(&mut self, result: ImportResult, now: Time) -> Vec<Effect> {
        let Focus::Import(import) = &mut self.focus else {
            return Vec::new();
        };
        self.dirty = true;
        match (result, &import.stage) {
            (ImportResult::DashboardsOpened(opened, notice), _) => {
                let effects = self.open_dashboards(*opened, now);
                let needs_permissions = self.current_dashboard().is_some_and(|dashboard| !dashboard.trusted);
                let permissions_hint =
                    if needs_permissions { "; it has scripts or addresses: T shows them and asks" } else { "" };
                self.notify(format!("{notice}{permissions_hint}"), now);
                effects
            }
            (ImportResult::Failed(..), ImportStage::Converting(topic, _)) if import.next_export.is_some() => {
                let payload = import.next_export.take().unwrap_or_default();
                import.stage = ImportStage::Converting(topic.clone(), Arc::clone(&payload));
                vec![Effect::ConvertMqttDashExport(import.connection, payload, false)]
            }
            (ImportResult::Failed(error, true), ImportStage::Converting(topic, payload)) => {
                import.stage = ImportStage::Damaged(topic.clone(), Arc::clone(payload), error);
                Vec::new()
            }
            (ImportResult::Failed(error, _), ImportStage::Converting(topic, _)) => {
                import.stage = ImportStage::Waiting(topic.clone(), Some(error));
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// Has the line listen for as long as the import is open, however it is left.
    pub(super) fn update_import_subscription(&mut self, effects: &mut Vec<Effect>) {
        let import_subscription = match &self.focus {
            Focus::Import(import) => {
                import.subscribed_topic().map(|(connection, topic)| (connection, TopicFilter::from(topic.clone())))
            }
            _ => None,
        };
        let previous = std::mem::replace(&mut self.import_subscription, import_subscription.clone());
        if previous != import_subscription {
            let connections =
                [previous, import_subscription.clone()].into_iter().flatten().map(|(connection, _)| connection);
            for connection in connections {
                effects.push(Effect::SetSubscriptions(connection, self.dashboard_subscriptions(connection)));
            }
        }
        for effect in effects {
            if let (Effect::SetSubscriptions(connection, subscriptions), Some((listening_connection, filter))) =
                (effect, &import_subscription)
                && connection == listening_connection
                && subscriptions.iter().all(|subscription| subscription.filter != *filter)
            {
                subscriptions.push(Subscription { filter: filter.clone(), qos: Qos::AtMostOnce });
            }
        }
    }

    fn dashboard_subscriptions(&self, connection: ConnectionId) -> Vec<Subscription> {
        super::connection::merge_subscriptions(
            self.dashboards.iter().filter(|dashboard| dashboard.connection == connection),
        )
    }

    /// Whether tiles may be taken over here.
    pub(super) fn import_refusal_reason(&self, action: &Action) -> Option<String> {
        (*action == Action::ImportFromMqttDash && self.kiosk)
            .then(|| "This is a kiosk: nothing is imported here".to_owned())
    }
}
