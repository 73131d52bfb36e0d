//! What lines say: messages, receipts, their own state.

use crate::model::{
    batch::MessageRef,
    connection::{ConnectionEvent, ConnectionId, ConnectionState, PublishId, PublishStatus, Qos},
    error::TileError,
    tile_state::PublishProgress,
    tile_value::TimedMessage,
    time::Time,
    topic::TopicFilter,
};

use super::{App, Command, TileAt};

impl App {
    pub(super) fn hear(&mut self, line: ConnectionId, said: ConnectionEvent, now: Time) -> Vec<Command> {
        let export = self.hear_for_import(line, &said);
        match said {
            ConnectionEvent::State(state) => self.line_changed(line, state, now),
            ConnectionEvent::Messages(messages) => {
                self.keep_soon(line, now);
                let mut commands: Vec<Command> = export.into_iter().collect();
                for message in messages.iter() {
                    self.receive(line, message, now, &mut commands);
                }
                return commands;
            }
            ConnectionEvent::PublishStatus(order, receipt) => self.receipt(order, &receipt, now),
            ConnectionEvent::SubscriptionRefused(filter, reason) => self.refused(line, &filter, &reason),
            ConnectionEvent::Notice(sentence) => self.say(sentence, now),
        }
        Vec::new()
    }

    fn line_changed(&mut self, line: ConnectionId, state: ConnectionState, now: Time) {
        let Some(known) = self.lines.get_mut(line.0) else {
            return;
        };
        known.state = state;
        known.since = now;
        self.dirty = true;
        if known.is_up() {
            for board in self.boards.iter_mut().filter(|board| board.line == line) {
                for (_, state) in board.each_mut() {
                    state.error.take_if(|fault| matches!(fault, TileError::SubscriptionRefused(_)));
                }
            }
        }
    }

    fn receive(&mut self, line: ConnectionId, message: MessageRef<'_>, now: Time, commands: &mut Vec<Command>) {
        let Some(known) = self.lines.get_mut(line.0) else {
            return;
        };
        known.seen.note(message, now);
        let (boards, current, dirty) = (&mut self.boards, self.current, &mut self.dirty);
        let (mut scripted, mut whole) = (Vec::new(), None);
        known.router.route(message.topic, &mut |at: TileAt| {
            if let Some(board) = boards.get_mut(at.board) {
                *dirty |= at.board == current;
                match board.tile_mut(at.tile) {
                    Some((tile, state)) if tile.has_receive_script() => {
                        state.record_message(message, now);
                        scripted.push((at, TimedMessage { message: message.to_message(), received_at: now }));
                    }
                    _ => board.receive(at.tile, message, now, &mut whole),
                }
            }
        });
        for (at, received) in scripted {
            match self.ask_receive(at, &received) {
                Some(ask) => commands.push(ask),
                None => {
                    if let Some(board) = self.boards.get_mut(at.board) {
                        board.wait_for(at.tile, &received);
                    }
                }
            }
        }
    }

    fn receipt(&mut self, order: PublishId, receipt: &PublishStatus, now: Time) {
        if let PublishStatus::Failed(reason) = receipt {
            return self.give_up(order, reason, now);
        }
        let Some(at) = self.orders.get(&order).copied() else {
            return;
        };
        let Some((tile, state)) = self.boards.get_mut(at.board).and_then(|board| board.tile_mut(at.tile)) else {
            return;
        };
        let acknowledged = *receipt == PublishStatus::Acknowledged;
        state.record_progress(order, if acknowledged { PublishProgress::Acknowledged } else { PublishProgress::Sent });
        if acknowledged || tile.qos == Qos::AtMostOnce {
            self.orders.remove(&order);
        }
        state.expire_publish(tile, now);
        self.dirty = true;
    }

    fn refused(&mut self, line: ConnectionId, filter: &TopicFilter, reason: &str) {
        for board in self.boards.iter_mut().filter(|board| board.line == line) {
            for (tile, state) in board.each_mut() {
                if tile.topic.as_ref() == Some(filter) {
                    state.error = Some(TileError::SubscriptionRefused(reason.to_owned()));
                }
            }
        }
        self.dirty = true;
    }
}
