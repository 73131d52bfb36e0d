//! What lines say: messages, receipts, their own state.

use crate::model::{
    batch::MessageRef,
    fault::Fault,
    line::{LineEvent, LineId, LineState, OrderId, Qos, Receipt},
    reading::Received,
    state::Progress,
    time::Time,
    topic::Filter,
};

use super::{App, Command, TileAt};

impl App {
    pub(super) fn hear(&mut self, line: LineId, said: LineEvent, now: Time) -> Vec<Command> {
        let export = self.hear_for_import(line, &said);
        match said {
            LineEvent::State(state) => self.line_changed(line, state, now),
            LineEvent::Messages(messages) => {
                self.keep_soon(line, now);
                let mut commands: Vec<Command> = export.into_iter().collect();
                for message in messages.iter() {
                    self.receive(line, message, now, &mut commands);
                }
                return commands;
            }
            LineEvent::Receipt(order, receipt) => self.receipt(order, &receipt, now),
            LineEvent::Refused(filter, reason) => self.refused(line, &filter, &reason),
            LineEvent::Notice(sentence) => self.say(sentence, now),
        }
        Vec::new()
    }

    fn line_changed(&mut self, line: LineId, state: LineState, now: Time) {
        let Some(known) = self.lines.get_mut(line.0) else {
            return;
        };
        known.state = state;
        known.since = now;
        self.dirty = true;
        if known.is_up() {
            for board in self.boards.iter_mut().filter(|board| board.line == line) {
                for (_, state) in board.each_mut() {
                    state.fault.take_if(|fault| matches!(fault, Fault::Refused(_)));
                }
            }
        }
    }

    fn receive(&mut self, line: LineId, message: MessageRef<'_>, now: Time, commands: &mut Vec<Command>) {
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
                    Some((tile, state)) if tile.listens() => {
                        state.note(message, now);
                        scripted.push((at, Received { message: message.to_message(), at: now }));
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

    fn receipt(&mut self, order: OrderId, receipt: &Receipt, now: Time) {
        if let Receipt::Dropped(reason) = receipt {
            return self.give_up(order, reason, now);
        }
        let Some(at) = self.orders.get(&order).copied() else {
            return;
        };
        let Some((tile, state)) = self.boards.get_mut(at.board).and_then(|board| board.tile_mut(at.tile)) else {
            return;
        };
        let acknowledged = *receipt == Receipt::Acknowledged;
        state.progress(order, if acknowledged { Progress::Acknowledged } else { Progress::Sent });
        if acknowledged || tile.qos == Qos::AtMostOnce {
            self.orders.remove(&order);
        }
        state.expire(tile, now);
        self.dirty = true;
    }

    fn refused(&mut self, line: LineId, filter: &Filter, reason: &str) {
        for board in self.boards.iter_mut().filter(|board| board.line == line) {
            for (tile, state) in board.each_mut() {
                if tile.topic.as_ref() == Some(filter) {
                    state.fault = Some(Fault::Refused(reason.to_owned()));
                }
            }
        }
        self.dirty = true;
    }
}
