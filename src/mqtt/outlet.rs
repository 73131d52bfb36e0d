//! The way out: hands what the line has to say to whoever listens, without ever waiting for them.

use std::time::Duration;

use tokio::{
    sync::mpsc::{Sender, error::TrySendError},
    time::Instant,
};

use super::{outbox::Said, spool::Spool};
use crate::model::{
    batch::MessageRef,
    connection::{ConnectionEvent, ConnectionId, ConnectionState},
};

/// How often a flood is mentioned.
const MENTION: Duration = Duration::from_secs(10);

/// The way out.
#[derive(Debug)]
pub(super) struct Outlet {
    id: ConnectionId,
    events: Sender<(ConnectionId, ConnectionEvent)>,
    spool: Spool,
    mentioned: Option<Instant>,
}

impl Outlet {
    pub(super) fn new(id: ConnectionId, events: Sender<(ConnectionId, ConnectionEvent)>) -> Self {
        Self { id, events, spool: Spool::default(), mentioned: None }
    }

    /// How the line is now.
    pub(super) fn state(&mut self, state: ConnectionState) {
        self.news(ConnectionEvent::State(state));
    }

    /// Something that is not a message.
    pub(super) fn news(&mut self, event: ConnectionEvent) {
        self.spool.news(event);
        self.flush();
    }

    /// How far orders have come.
    pub(super) fn receipts(&mut self, said: impl IntoIterator<Item = Said>) {
        for (id, receipt) in said {
            self.news(ConnectionEvent::PublishStatus(id, receipt));
        }
    }

    /// A message; it goes out with others, at the latest with the next [`Self::flush`].
    pub(super) fn message(&mut self, message: MessageRef<'_>) {
        self.spool.message(message);
        if self.spool.is_full() {
            self.flush();
        }
    }

    /// Whether something waits for room.
    pub(super) fn is_waiting(&self) -> bool {
        !self.spool.is_empty()
    }

    /// Comes back when there is room.
    pub(super) async fn room(&self) {
        // A closed channel is found, and the spool emptied, by `flush`.
        let _ = self.events.reserve().await;
    }

    /// Hands over what there is room for.
    pub(super) fn flush(&mut self) {
        while !self.spool.is_empty() {
            match self.events.try_reserve() {
                Ok(room) => {
                    if let Some(event) = self.spool.pop() {
                        room.send((self.id, event));
                    }
                }
                Err(TrySendError::Full(())) => return,
                Err(TrySendError::Closed(())) => {
                    self.spool = Spool::default();
                    return;
                }
            }
        }
        if self.spool.has_losses() && self.mentioned.is_none_or(|then| then.elapsed() >= MENTION) {
            self.mentioned = Some(Instant::now());
            let (coalesced, skipped) = self.spool.losses();
            self.spool.news(ConnectionEvent::Notice(flood(coalesced, skipped)));
            self.flush();
        }
    }
}

fn flood(coalesced: u64, skipped: u64) -> String {
    let mut text = format!("{} messages came faster than they could be taken", coalesced + skipped);
    if coalesced > 0 {
        text.push_str("; only the last of each topic was kept");
    }
    if skipped > 0 {
        use std::fmt::Write;
        let _ = write!(text, "; {skipped} of them found no room");
    }
    text
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;
    use crate::model::connection::Qos;

    #[tokio::test]
    async fn a_flood_is_mentioned_when_there_is_room_again() {
        let (events, mut heard) = mpsc::channel(2);
        let mut outlet = Outlet::new(ConnectionId(3), events);
        for n in 0..100_000_u32 {
            outlet.message(MessageRef { topic: "a", payload: &n.to_le_bytes(), qos: Qos::AtMostOnce, retain: false });
        }
        outlet.news(ConnectionEvent::Notice("end".to_owned()));
        let mut messages = 0;
        let mut notices = Vec::new();
        while notices.len() < 2 {
            match heard.try_recv() {
                Ok((ConnectionId(3), ConnectionEvent::Messages(batch))) => messages += batch.len(),
                Ok((ConnectionId(3), ConnectionEvent::Notice(text))) => notices.push(text),
                Ok(other) => panic!("{other:?}"),
                Err(_) => outlet.flush(),
            }
        }
        assert_eq!(notices[0], "end");
        let lost = 100_000 - messages;
        assert_eq!(
            notices[1],
            format!("{lost} messages came faster than they could be taken; only the last of each topic was kept")
        );
    }

    #[tokio::test]
    async fn nobody_listens() {
        let (events, heard) = mpsc::channel(1);
        drop(heard);
        let mut outlet = Outlet::new(ConnectionId(0), events);
        outlet.news(ConnectionEvent::Notice("a".to_owned()));
        assert!(!outlet.is_waiting());
        outlet.room().await;
    }
}
