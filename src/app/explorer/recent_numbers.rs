//! The recent past of a number in the messages of the selected topic: its payload, or the selected part of its JSON.

use std::borrow::Cow;

use super::{Explorer, WatchedMessage};
use crate::{
    decode::{self, Decoder},
    model::{
        json_path::{JsonPath, find_all},
        number::plain_number,
        sparkline::Sparkline,
    },
};

/// The most messages that are looked at for a frame, and the most bytes of them.
const MAX_MESSAGES: usize = 120;
const MAX_BYTES: usize = 64 << 10;

/// The recent past of a number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RecentNumbers {
    /// The numbers over time.
    pub sparkline: Sparkline,
    /// The least and the greatest one.
    pub limits: (f64, f64),
}

impl Explorer {
    /// Returns the recent past of the selected value; `None` if it was no number at least twice.
    pub fn recent_numbers(&self) -> Option<RecentNumbers> {
        let topic = self.selected_topic()?;
        let path = self.cursor.path.as_ref().filter(|_| self.format.has_parts());
        let path = path.map(|path| JsonPath::parse(path)).transpose().ok()?;
        let mut bytes = 0;
        // It is not known when a retained message was published.
        let messages =
            topic.newest_first().map(|(_, message)| message).take(MAX_MESSAGES).filter(|message| !message.retain);
        let messages = messages.take_while(|message| {
            bytes += message.payload_bytes;
            bytes <= MAX_BYTES
        });
        let number = |message: &WatchedMessage| Some((number_in(message, path.as_ref())?, message.received_at));
        let mut numbers: Vec<_> = messages.filter_map(number).collect();
        let (first, at) = numbers.pop()?;
        let mut recent = RecentNumbers { sparkline: Sparkline::new(first, at), limits: (first, first) };
        for (number, at) in numbers.iter().rev() {
            recent.sparkline.add(*number, *at);
            recent.limits = (recent.limits.0.min(*number), recent.limits.1.max(*number));
        }
        (!numbers.is_empty()).then_some(recent)
    }
}

/// Returns the number in a message, if there is one.
fn number_in(message: &WatchedMessage, path: Option<&JsonPath>) -> Option<f64> {
    let payload = text_of(message)?;
    match path {
        Some(path) => plain_number(&find_all(&payload, &[path]).pop()?.ok()?),
        None => plain_number(std::str::from_utf8(&payload).ok()?.trim()),
    }
}

/// Returns what a whole payload says, if that takes little: what may be compressed is not decoded.
fn text_of(message: &WatchedMessage) -> Option<Cow<'_, [u8]>> {
    let payload = message.is_whole().then_some(&*message.payload)?;
    match &message.context.decoders {
        Some(decoders) if decoders.iter().any(Decoder::can_be_followed) => None,
        Some(decoders) => decode::decode(decoders, message.context.completed.as_deref().unwrap_or(payload)).ok(),
        None if std::str::from_utf8(payload).is_ok() => Some(Cow::Borrowed(payload)),
        None => decode::recognize_value(payload).map(|(_, decoded)| Cow::Owned(decoded)),
    }
}
