//! The lines of a file of a deletion: JSON values, each of which can be read without the others.

use std::{collections::BTreeMap, io};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use crate::model::{
    kept_deletion::{DeletionBegin, DeletionStep, KeptDeletion, RetainedMessage},
    topic::Topic,
};

/// The version of the file format.
const FORMAT_VERSION: u8 = 1;

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Line {
    /// The first line.
    Begin { version: u8, id: String, broker: String, planned: usize },
    /// A message that is deleted, after this line.
    Message(MessageLine),
    /// The numbers of messages that are deleted.
    Deleted(Vec<u32>),
    /// The numbers of messages that need not be restored.
    Closed(Vec<u32>),
    /// The deletion has ended.
    Ended,
}

/// A message in the file.
#[derive(Serialize, Deserialize)]
pub(super) struct MessageLine {
    number: u32,
    topic: String,
    /// In Base64; missing if it cannot be restored.
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<String>,
}

fn write_line(text: &mut Vec<u8>, line: &Line) -> io::Result<()> {
    serde_json::to_writer(&mut *text, line)?;
    text.push(b'\n');
    Ok(())
}

/// Returns the lines with which a file begins.
pub(super) fn first_lines(
    id: &str,
    DeletionBegin { broker, planned }: &DeletionBegin,
    step: &DeletionStep,
) -> io::Result<Vec<u8>> {
    let (id, broker) = (id.to_owned(), broker.clone());
    let mut text = Vec::new();
    write_line(&mut text, &Line::Begin { version: FORMAT_VERSION, id, broker, planned: *planned })?;
    text.extend(step_lines(step)?);
    Ok(text)
}

/// Returns the lines of a step.
pub(super) fn step_lines(step: &DeletionStep) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    for RetainedMessage { number, topic, restored } in &step.messages {
        let payload = restored.as_ref().map(|payload| STANDARD.encode(payload));
        let line = MessageLine { number: *number, topic: topic.to_string(), payload };
        write_line(&mut text, &Line::Message(line))?;
    }
    if !step.deleted.is_empty() {
        write_line(&mut text, &Line::Deleted(step.deleted.clone()))?;
    }
    if !step.closed.is_empty() {
        write_line(&mut text, &Line::Closed(step.closed.clone()))?;
    }
    if step.ended {
        write_line(&mut text, &Line::Ended)?;
    }
    Ok(text)
}

/// Returns what a file says: the ID, the beginning, and what was kept. Lines that are not whole are skipped; the last one may
/// lack only its end.
pub(super) fn parse(bytes: &[u8]) -> Option<(String, DeletionBegin, KeptDeletion)> {
    let mut lines = bytes.split(|byte| *byte == b'\n').map(serde_json::from_slice::<Line>);
    let Some(Ok(Line::Begin { version: FORMAT_VERSION, id, broker, planned })) = lines.next() else { return None };
    let (mut messages, mut kept) = (BTreeMap::new(), KeptDeletion { planned, ..KeptDeletion::default() });
    for line in lines.flatten() {
        match line {
            Line::Begin { .. } => {}
            Line::Message(line) => drop(line.into_message().map(|message| messages.insert(message.number, message))),
            Line::Deleted(numbers) => kept.deleted.extend(numbers),
            Line::Closed(numbers) => numbers.iter().for_each(|number| drop(messages.remove(number))),
            Line::Ended => kept.ended = true,
        }
    }
    kept.messages = messages.into_values().collect();
    Some((id, DeletionBegin { broker, planned }, kept))
}

impl MessageLine {
    fn into_message(self) -> Option<RetainedMessage> {
        let restored = match self.payload {
            Some(payload) => Some(STANDARD.decode(payload).ok()?.into()),
            None => None,
        };
        Some(RetainedMessage { number: self.number, topic: Topic::new(&self.topic).ok()?, restored })
    }
}
