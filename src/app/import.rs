//! Taking tiles over from MQTT Dash: a topic is asked for, the line listens on it until the app
//! publishes, and what comes is handed to the outside, which makes a dashboard of it.

use std::sync::Arc;

use tui_input::Input;

use super::{Action, App, Command, Mode, Opened};
use crate::model::{
    connection::{ConnectionEvent, ConnectionId, Qos, Subscription},
    time::Time,
    topic::{Topic, TopicFilter},
};

/// The topic on which the app publishes unless it is told otherwise.
const TOPIC: &str = "metrics/exchange";

/// An import that is open.
#[derive(Debug, Clone)]
pub struct Import {
    /// The line that listens.
    pub line: ConnectionId,
    /// The topic, as it is typed.
    pub input: Input,
    /// How far it has come.
    pub stage: Stage,
    /// What came while something else was read.
    next: Option<Arc<[u8]>>,
}

/// How far an import has come.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// The topic is asked for; what is wrong with it.
    Asking(Option<String>),
    /// The line listens; what is wrong with what came last.
    Waiting(Topic, Option<String>),
    /// A dashboard is made of what came.
    Reading(Topic, Arc<[u8]>),
    /// Some of its tiles cannot be read, the others can be had.
    Damaged(Topic, Arc<[u8]>, String),
}

/// What a broker has to say of an export.
#[derive(Debug)]
pub enum Imported {
    /// It is a dashboard now; a sentence says where.
    Opened(Box<Opened>, String),
    /// It cannot be had, in sentences; and whether a part of it can.
    Refused(String, bool),
}

impl Import {
    /// The topic that the line has to listen on.
    fn wanted(&self) -> Option<(ConnectionId, &Topic)> {
        match &self.stage {
            Stage::Asking(_) => None,
            Stage::Waiting(topic, _) | Stage::Reading(topic, _) | Stage::Damaged(topic, ..) => Some((self.line, topic)),
        }
    }
}

impl App {
    /// Asks for the topic.
    pub(super) fn begin_import(&mut self, now: Time) {
        match self.board().map(|board| board.line) {
            Some(line) => {
                self.mode = Mode::Import(Box::new(Import {
                    line,
                    input: TOPIC.into(),
                    stage: Stage::Asking(None),
                    next: None,
                }));
            }
            None => self.say("Open a connection first: it is what the app publishes to", now),
        }
    }

    /// Goes on: listens on the topic that was typed, or takes what can be had of a damaged export.
    pub(super) fn accept_import(&mut self, mut import: Box<Import>) -> Vec<Command> {
        let mut commands = Vec::new();
        import.stage = match import.stage {
            Stage::Asking(_) => match Topic::new(import.input.value().trim()) {
                Ok(topic) => Stage::Waiting(topic, None),
                Err(fault) => Stage::Asking(Some(fault.to_string())),
            },
            Stage::Damaged(topic, payload, _) => {
                commands.push(Command::Import(import.line, Arc::clone(&payload), true));
                Stage::Reading(topic, payload)
            }
            going_on => going_on,
        };
        self.mode = Mode::Import(import);
        commands
    }

    /// Takes an export that comes, or the reason why none will.
    pub(super) fn hear_for_import(&mut self, line: ConnectionId, said: &ConnectionEvent) -> Option<Command> {
        let Mode::Import(import) = &mut self.mode else {
            return None;
        };
        let (_, topic) = import.wanted().filter(|(listens, _)| *listens == line)?;
        let topic = topic.clone();
        match said {
            ConnectionEvent::Messages(messages) => {
                let export = messages
                    .iter()
                    .filter(|message| message.topic == topic.as_str() && message.payload.contains(&b'['))
                    .last()?;
                let payload: Arc<[u8]> = export.payload.into();
                if matches!(import.stage, Stage::Reading(..)) {
                    import.next = Some(payload);
                    return None;
                }
                import.stage = Stage::Reading(topic, Arc::clone(&payload));
                self.dirty = true;
                Some(Command::Import(line, payload, false))
            }
            ConnectionEvent::SubscriptionRefused(filter, reason) if filter.as_topic().as_ref() == Some(&topic) => {
                let sentence = format!("{topic}: {reason}");
                import.stage = Stage::Waiting(topic, Some(sentence));
                self.dirty = true;
                None
            }
            _ => None,
        }
    }

    /// Takes what has come of an export.
    pub(super) fn imported(&mut self, imported: Imported, now: Time) -> Vec<Command> {
        let Mode::Import(import) = &mut self.mode else {
            return Vec::new();
        };
        self.dirty = true;
        match (imported, &import.stage) {
            (Imported::Opened(opened, sentence), _) => {
                let commands = self.open(*opened, now);
                let asks = self.board().is_some_and(|board| !board.trusted);
                let more = if asks { "; it has scripts or addresses: T shows them and asks" } else { "" };
                self.say(format!("{sentence}{more}"), now);
                commands
            }
            (Imported::Refused(..), Stage::Reading(topic, _)) if import.next.is_some() => {
                let payload = import.next.take().unwrap_or_default();
                import.stage = Stage::Reading(topic.clone(), Arc::clone(&payload));
                vec![Command::Import(import.line, payload, false)]
            }
            (Imported::Refused(sentences, true), Stage::Reading(topic, payload)) => {
                import.stage = Stage::Damaged(topic.clone(), Arc::clone(payload), sentences);
                Vec::new()
            }
            (Imported::Refused(sentences, _), Stage::Reading(topic, _)) => {
                import.stage = Stage::Waiting(topic.clone(), Some(sentences));
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// Has the line listen for as long as the import is open, however it is left.
    pub(super) fn tend_import(&mut self, commands: &mut Vec<Command>) {
        let wanted = match &self.mode {
            Mode::Import(import) => import.wanted().map(|(line, topic)| (line, TopicFilter::from(topic.clone()))),
            _ => None,
        };
        let was = std::mem::replace(&mut self.importing, wanted.clone());
        if was != wanted {
            let lines = [was, wanted.clone()].into_iter().flatten().map(|(line, _)| line);
            for line in lines {
                commands.push(Command::Want(line, self.wanted_of(line)));
            }
        }
        for command in commands {
            if let (Command::Want(line, all), Some((listens, filter))) = (command, &wanted)
                && line == listens
                && all.iter().all(|each| each.filter != *filter)
            {
                all.push(Subscription { filter: filter.clone(), qos: Qos::AtMostOnce });
            }
        }
    }

    fn wanted_of(&self, line: ConnectionId) -> Vec<Subscription> {
        super::line::wanted(self.boards.iter().filter(|board| board.line == line))
    }

    /// Whether tiles may be taken over here.
    pub(super) fn refuses_import(&self, action: &Action) -> Option<String> {
        (*action == Action::Import && self.kiosk).then(|| "This is a kiosk: nothing is imported here".to_owned())
    }
}
