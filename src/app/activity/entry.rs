//! The entries of the log of what just happened, and their words.

use std::{borrow::Cow, time::Duration};

use super::publish_outcome::PublishOutcome;
use crate::{
    app::{EditSummary, UndoDirection},
    model::{
        connection::{ConnectionId, PublishId},
        id::{DashboardId, TileId},
        plural::pluralize,
        time::{Time, format_duration, format_interval},
    },
};

/// What an entry is about, and where it leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActivitySubject {
    /// A tile.
    Tile(TileId),
    /// A dashboard.
    Dashboard(DashboardId),
    /// A connection.
    Connection(ConnectionId),
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ActivityEntry {
    /// When it happened.
    pub at: Time,
    /// What it is about.
    pub subject: ActivitySubject,
    /// The name of that at the time.
    pub name: Box<str>,
    /// What happened.
    pub event: ActivityEvent,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ActivityEvent {
    /// The value of a tile has changed.
    Changed {
        /// The value before.
        from: Box<str>,
        /// The value after.
        to: Box<str>,
        /// How often it has changed from one to the other.
        changes: u32,
        /// When it has changed last.
        last_at: Time,
        /// Whether the broker had kept the new value for an unknown time.
        is_retained: bool,
    },
    /// The user has published the value of a tile.
    Published {
        /// The last request.
        id: PublishId,
        /// The value.
        value: Box<str>,
        /// When the user published last.
        last_at: Time,
        /// What became of it.
        outcome: PublishOutcome,
    },
    /// A tile is silent for clearly longer than usual.
    Silent {
        /// For how long.
        elapsed: Duration,
        /// The interval at which it usually gets messages; `None` if it says itself when its value is stale.
        usual: Option<Duration>,
    },
    /// A silent tile has got a message.
    SpeaksAgain {
        /// How long it was silent.
        after: Duration,
    },
    /// The device of a tile is offline.
    Offline,
    /// The device of a tile is online again.
    OnlineAgain {
        /// How long it was offline, if that is known.
        after: Option<Duration>,
    },
    /// A connection is established for the first time.
    Connected,
    /// A connection could not be established, for this reason.
    NotConnected(Box<str>),
    /// A connection is lost, for this reason.
    Lost(Box<str>),
    /// A lost connection is established again.
    Reconnected {
        /// How long it was down.
        after: Duration,
    },
    /// A connection or the messages of a tile were lost and restored several times.
    Recurring {
        /// What happened last.
        last: Box<ActivityEvent>,
        /// How often it was a problem.
        problems: u32,
        /// When it happened last.
        last_at: Time,
    },
    /// The file of a dashboard was changed outside mqtt-dash.
    FileChanged,
    /// The same, and it has an error.
    FileInvalid(Box<str>),
    /// An edit could not be saved, for this reason.
    NotSaved(Box<str>),
    /// The user has edited a dashboard.
    Edited(EditSummary),
    /// The user has undone or redone an edit.
    Undone(UndoDirection, EditSummary),
}

/// What is lost and restored, perhaps repeatedly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recurrence {
    /// A connection.
    Connection,
    /// The messages of a tile.
    Messages,
}

/// Of changes within this time, the duration is not said.
const SHORT: Duration = Duration::from_secs(2);

impl ActivityEntry {
    /// Returns what happened in words, and what became of it or is to be added.
    #[must_use]
    pub(crate) fn words(&self) -> (Cow<'static, str>, Option<Cow<'static, str>>) {
        self.event.words(self.at)
    }

    /// Returns how many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.name.len() + self.event.text_bytes()
    }
}

impl ActivityEvent {
    fn text_bytes(&self) -> usize {
        match self {
            Self::Changed { from, to, .. } => from.len() + to.len(),
            Self::Published { value, outcome, .. } => value.len() + outcome.text().len(),
            Self::NotConnected(text) | Self::Lost(text) | Self::FileInvalid(text) | Self::NotSaved(text) => text.len(),
            Self::Edited(edit) | Self::Undone(_, edit) => edit.text_bytes(),
            Self::Recurring { last, .. } => size_of::<Self>() + last.text_bytes(),
            Self::Silent { .. }
            | Self::SpeaksAgain { .. }
            | Self::Offline
            | Self::OnlineAgain { .. }
            | Self::Connected
            | Self::Reconnected { .. }
            | Self::FileChanged => 0,
        }
    }

    /// Returns what the event is about, if that may be lost and restored repeatedly.
    pub(super) fn recurrence(&self) -> Option<Recurrence> {
        match self {
            Self::Silent { .. } | Self::SpeaksAgain { .. } => Some(Recurrence::Messages),
            Self::NotConnected(_) | Self::Lost(_) | Self::Reconnected { .. } => Some(Recurrence::Connection),
            Self::Recurring { last, .. } => last.recurrence(),
            _ => None,
        }
    }

    /// Becomes an event that has recurred with this one.
    pub(super) fn recur(&mut self, at: Time, event: Self) {
        let before: u32 = match &*self {
            Self::Recurring { problems, .. } => *problems,
            _ => self.is_problem().into(),
        };
        let problems = before.saturating_add(event.is_problem().into());
        *self = Self::Recurring { last: Box::new(event), problems, last_at: at };
    }

    /// Returns whether something is wrong.
    #[must_use]
    pub(crate) fn is_problem(&self) -> bool {
        if let Self::Recurring { last, .. } = self {
            return last.is_problem();
        }
        matches!(
            self,
            Self::Published { outcome: PublishOutcome::Failed(_) | PublishOutcome::Answered(_), .. }
                | Self::Silent { .. }
                | Self::Offline
                | Self::NotConnected(_)
                | Self::Lost(_)
                | Self::FileInvalid(_)
                | Self::NotSaved(_)
        )
    }

    /// Returns what happened since this time in words, and what became of it or is to be added.
    #[must_use]
    fn words(&self, since: Time) -> (Cow<'static, str>, Option<Cow<'static, str>>) {
        let with_reason = |text: &str, reason: &str| match reason {
            "" => text.to_owned(),
            reason => format!("{text}: {reason}"),
        };
        let text = match self {
            Self::Changed { from, to, changes, last_at, is_retained } => {
                let duration = last_at.since(since);
                let addition = match (changes, is_retained) {
                    (2.., _) if duration < SHORT => Some(format!("{changes} changes").into()),
                    (2.., _) => Some(format!("{changes} changes in {}", format_duration(duration)).into()),
                    (_, true) => Some("retained".into()),
                    (_, false) => None,
                };
                return (format!("{from} → {to}").into(), addition);
            }
            Self::Published { value, outcome, .. } => {
                return (format!("you: {value}").into(), Some(outcome.to_string().into()));
            }
            Self::Recurring { last, problems, last_at } => {
                let verb = if last.recurrence() == Some(Recurrence::Messages) { "silent" } else { "lost" };
                let (times, duration) = (pluralize(*problems as usize, "time"), format_duration(last_at.since(since)));
                return (last.words(*last_at).0, Some(format!("{verb} {times} in {duration}").into()));
            }
            Self::Silent { elapsed, usual } => {
                let elapsed = format_duration(*elapsed);
                match usual {
                    Some(usual) => {
                        format!("silent: nothing for {elapsed}, usually every {}", format_interval(*usual))
                    }
                    None => format!("stale: nothing for {elapsed}"),
                }
            }
            Self::SpeaksAgain { after } => format!("speaks again after {}", format_duration(*after)),
            Self::Offline => return ("the device is offline".into(), None),
            Self::OnlineAgain { after: Some(after) } => {
                format!("the device is online again after {}", format_duration(*after))
            }
            Self::OnlineAgain { after: None } => return ("the device is online again".into(), None),
            Self::Connected => return ("connected".into(), None),
            Self::NotConnected(reason) => with_reason("not connected", reason),
            Self::Lost(reason) => with_reason("connection lost", reason),
            Self::Reconnected { after } => format!("reconnected after {}", format_duration(*after)),
            Self::FileChanged => return ("the file was changed outside mqtt-dash".into(), None),
            Self::FileInvalid(error) => with_reason("the file has an error", error),
            Self::NotSaved(reason) => with_reason("not saved", reason),
            Self::Edited(edit) => format!("you {edit}"),
            Self::Undone(UndoDirection::Undo, edit) => format!("undone: {edit}"),
            Self::Undone(UndoDirection::Redo, edit) => format!("redone: {edit}"),
        };
        (text.into(), None)
    }
}
