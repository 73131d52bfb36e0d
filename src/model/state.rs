//! What is known of a tile: its reading, what was sent, what is wrong, what came before.

use std::{sync::Arc, time::Duration};

use super::{
    batch::MessageRef,
    extract::{JsonPath, find_all},
    fault::Fault,
    history::{HISTORY_BYTES, History, Past},
    line::OrderId,
    picture::{Glance, Picture},
    reading::{Reading, Received, payload_text},
    script::Shown,
    tile::Tile,
    time::Time,
};

/// What the broker has, but no message has confirmed within this time, is shown as such.
pub const CONFIRM: Duration = Duration::from_secs(5);

/// How far something that was pressed has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Progress {
    /// On its way to the socket.
    Queued,
    /// Written to the socket.
    Sent,
    /// The broker has it.
    Acknowledged,
}

/// What was published last and not yet confirmed by a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    /// Which order.
    pub order: OrderId,
    /// What was published.
    pub text: Arc<str>,
    /// When it was pressed.
    pub at: Time,
    /// How far it has come.
    pub progress: Progress,
    /// The reading before it, if it was replaced at once.
    pub before: Option<Option<Reading>>,
}

/// The last message, until it is worked out.
#[derive(Debug, Clone)]
struct Pending {
    at: Time,
    /// Its payload, where that is not the last one of the history.
    whole: Option<Arc<[u8]>>,
}

/// What is known of a tile.
#[derive(Debug, Clone, Default)]
pub struct TileState {
    /// What it shows.
    pub reading: Option<Reading>,
    /// What was published and is not yet confirmed.
    pub sent: Option<Box<Sent>>,
    /// What is wrong with the last message or the last press.
    pub fault: Option<Fault>,
    /// Its last messages.
    pub history: History,
    /// How many messages have come.
    pub count: u64,
    /// What its scripts made of what it shows.
    pub shown: Option<Box<Shown>>,
    /// What is wrong with one of its scripts.
    pub script_fault: Option<Box<Fault>>,
    /// The picture that its last payload holds or leads to, once it is read.
    pub picture: Option<Picture>,
    /// The last glance at the URL of its picture.
    pub glance: Option<Box<Glance>>,
    /// Whether the reading is remembered from another run, and no message has come since.
    pub recalled: bool,
    pending: Option<Pending>,
}

impl TileState {
    /// A tile that begins with a message that another one has had.
    #[must_use]
    pub fn beginning_with(last: &Received) -> Self {
        let mut state = Self::default();
        state.receive((&last.message).into(), last.at);
        state
    }

    /// Its last message, as far as it is remembered: whole, where it was worked out.
    #[must_use]
    pub fn last(&self) -> Option<Received> {
        let Past { message, at } = self.history.last()?;
        let mut last = Received { message: message.to_message(), at };
        if let Some(payload) = self.pending.as_ref().and_then(|pending| pending.whole.as_ref()) {
            last.message.payload = Arc::clone(payload);
        }
        if let Some(reading) = self.reading.as_ref().filter(|reading| reading.at == last.at)
            && reading.payload.starts_with(&last.message.payload)
        {
            last.message.payload = Arc::clone(&reading.payload);
        }
        Some(last)
    }

    /// Has the last message worked out again, by a tile that takes it in another way.
    pub fn again(&mut self) {
        self.pending = self.last().map(|last| Pending { at: last.at, whole: Some(last.message.payload) });
    }

    /// Forgets what scripts made of it: they are others now.
    pub fn bare(&mut self) {
        self.shown = None;
        self.script_fault = None;
    }

    /// Whether a message waits for being worked out.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Takes a message. What only the last one decides is left to [`settle`](Self::settle).
    /// Whether it was the first since then.
    pub fn receive(&mut self, message: MessageRef<'_>, at: Time) -> bool {
        self.note(message, at);
        let whole = (message.payload.len() > HISTORY_BYTES).then(|| message.payload.into());
        self.pending.replace(Pending { at, whole }).is_none()
    }

    /// Works this payload out at the next [`settle`](Self::settle). Whether it is the first since then.
    pub fn wait_for(&mut self, payload: &Arc<[u8]>, at: Time) -> bool {
        self.pending.replace(Pending { at, whole: Some(Arc::clone(payload)) }).is_none()
    }

    /// Remembers that a message came, and does no more with it.
    pub fn note(&mut self, message: MessageRef<'_>, at: Time) {
        self.count += 1;
        self.sent = None;
        self.recalled = false;
        self.history.push(message, at);
    }

    /// The payload that waits for being worked out, and the path that is to be found in it.
    #[must_use]
    pub fn seeks<'a>(&'a self, tile: &'a Tile) -> Option<(&'a [u8], &'a JsonPath)> {
        let payload = self.waiting_payload()?;
        tile.json_path.as_ref().filter(|_| !payload.is_empty()).map(|path| (payload, path))
    }

    fn waiting_payload(&self) -> Option<&[u8]> {
        match &self.pending.as_ref()?.whole {
            Some(payload) => Some(payload),
            None => self.history.last().map(|last| last.message.payload),
        }
    }

    /// Works out the reading or the fault of the last message; `found` is what its path gives, where
    /// that is known already. Whether there was one to work out.
    pub fn settle(&mut self, tile: &Tile, found: Option<Result<String, Fault>>) -> bool {
        let sought = || self.seeks(tile).and_then(|(payload, path)| find_all(payload, &[path]).pop());
        let found = found.or_else(sought);
        let Some(payload) = self.waiting_payload() else {
            return false;
        };
        let text = found.unwrap_or_else(|| Ok(payload_text(payload)));
        let whole = |whole: Option<Arc<[u8]>>| whole.unwrap_or_else(|| payload.into());
        let Some((payload, at)) = self.pending.clone().map(|pending| (whole(pending.whole), pending.at)) else {
            return false;
        };
        self.pending = None;
        match text {
            Ok(text) => {
                self.reading = Some(Reading { text: text.into(), payload, at });
                self.fault = None;
            }
            Err(fault) => self.fault = Some(fault),
        }
        true
    }

    /// What is known of a tile after this one message.
    #[must_use]
    pub fn knowing(tile: &Tile, message: MessageRef<'_>, at: Time) -> Self {
        let mut state = Self::default();
        state.receive(message, at);
        state.settle(tile, None);
        state
    }

    /// Remembers that this text was published, and shows it at once if wished.
    pub fn publish(&mut self, order: OrderId, text: Arc<str>, show: bool, at: Time) {
        self.fault = None;
        self.recalled &= !show;
        let before = self.sent.take().and_then(|sent| sent.before);
        let before = show.then(|| {
            let new = Reading { payload: text.as_bytes().into(), text: Arc::clone(&text), at };
            let old = self.reading.replace(new);
            before.unwrap_or(old)
        });
        self.sent = Some(Box::new(Sent { order, text, at, progress: Progress::Queued, before }));
    }

    /// Notes how far an order has come. Whether it was this tile's last.
    pub fn progress(&mut self, order: OrderId, progress: Progress) -> bool {
        let mine = self.sent.as_mut().filter(|sent| sent.order == order);
        mine.map(|sent| sent.progress = sent.progress.max(progress)).is_some()
    }

    /// The order was given up: what was shown before is shown again, with the fault. Whether it was
    /// this tile's last.
    pub fn give_up(&mut self, order: OrderId, fault: Fault) -> bool {
        match self.sent.take_if(|sent| sent.order == order) {
            Some(sent) => {
                if let Some(before) = sent.before {
                    self.reading = before;
                }
                self.fault = Some(fault);
                true
            }
            None => false,
        }
    }

    /// Ends what nothing more can come of: waiting beyond the tile's time, and orders of tiles that
    /// no message can confirm. Whether anything changed.
    pub fn expire(&mut self, tile: &Tile, now: Time) -> bool {
        let Some(sent) = &self.sent else {
            return false;
        };
        let limit = tile.wait_timeout.get();
        if tile.topic.is_none() {
            let done =
                sent.progress == Progress::Acknowledged || (sent.progress == Progress::Sent && tile.qos.number() == 0);
            if done {
                self.sent = None;
            }
            return done;
        }
        if tile.waits_for_echo() && limit > 0 && now.since(sent.at) >= tile.wait_timeout.seconds() {
            let order = sent.order;
            return self.give_up(order, Fault::NoAnswer(limit.unsigned_abs()));
        }
        false
    }

    /// Whether a spinner turns.
    #[must_use]
    pub fn waiting(&self, tile: &Tile) -> bool {
        self.sent.is_some() && tile.waits_for_echo()
    }

    /// Whether what is shown was published and is not confirmed by a message after [`CONFIRM`].
    #[must_use]
    pub fn unconfirmed(&self, tile: &Tile, now: Time) -> bool {
        tile.topic.is_some() && self.sent.as_ref().is_some_and(|sent| now.since(sent.at) >= CONFIRM)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        key::fill,
        kind,
        line::{Message, Qos},
        value::Value,
    };

    fn tile(entries: &[(&str, Value)]) -> Tile {
        let mut tile = Tile::new(kind::named("text").unwrap());
        let entries: Vec<_> = entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        fill(&mut tile, &entries).unwrap();
        tile
    }

    fn message(payload: &str) -> Message {
        Message { topic: "t".into(), payload: payload.as_bytes().into(), qos: Qos::AtMostOnce, retain: false }
    }

    fn shown(state: &TileState) -> Option<&str> {
        state.reading.as_ref().map(|reading| &*reading.text)
    }

    const NOW: Time = Time::from_millis(1_000);

    #[test]
    fn only_the_last_message_is_worked_out() {
        let (tile, mut state) = (tile(&[]), TileState::default());
        assert!(state.receive((&message("1")).into(), NOW));
        assert!(!state.receive((&message("2")).into(), NOW));
        assert!(state.settle(&tile, None));
        assert!(!state.settle(&tile, None));
        assert_eq!((shown(&state), state.count, state.history.len()), (Some("2"), 2, 2));
    }

    #[test]
    fn a_bad_payload_is_a_fault_and_keeps_the_last_good_reading() {
        let tile = tile(&[("topic", "t".into()), ("json_path", "$.a".into()), ("publish", Value::Bool(false))]);
        let mut state = TileState::default();
        for payload in ["{\"a\":1}", "rubbish"] {
            state.receive((&message(payload)).into(), NOW);
            state.settle(&tile, None);
        }
        assert_eq!(shown(&state), Some("1"));
        assert!(matches!(state.fault, Some(Fault::NotJson(_))));
    }

    #[test]
    fn what_could_not_be_sent_is_taken_back() {
        let (tile, mut state) = (tile(&[("topic", "t".into())]), TileState::default());
        state.receive((&message("old")).into(), NOW);
        state.settle(&tile, None);
        state.publish(OrderId(1), "new".into(), true, NOW);
        state.publish(OrderId(2), "newer".into(), true, NOW);
        assert_eq!(shown(&state), Some("newer"));
        assert!(!state.give_up(OrderId(1), Fault::NotSent("x".into())));
        assert!(state.give_up(OrderId(2), Fault::NotSent("the line is down".into())));
        assert_eq!(shown(&state), Some("old"));
    }

    #[test]
    fn waiting_ends_with_any_message_or_with_the_time() {
        let tile = tile(&[
            ("topic", "t".into()),
            ("update_on_publish", Value::Bool(false)),
            ("wait_timeout", Value::Whole(3)),
        ]);
        let mut state = TileState::default();
        state.publish(OrderId(1), "x".into(), false, NOW);
        assert!(state.waiting(&tile));
        state.receive((&message("x")).into(), NOW);
        assert!(!state.waiting(&tile));
        state.publish(OrderId(2), "x".into(), false, NOW);
        assert!(!state.expire(&tile, NOW.after(Duration::from_millis(2_999))));
        assert!(state.expire(&tile, NOW.after(Duration::from_secs(3))));
        assert_eq!(state.fault, Some(Fault::NoAnswer(3)));
    }
}
