//! Pressing and stepping tiles, and what is published for it.

use std::time::Duration;

use crate::model::{
    connection::{ConnectionId, PublishId, PublishRequest},
    content::TileAction,
    error::TileError,
    tile_value::TileValue,
    time::Time,
};

use super::{App, Command, Mode, Prompt, TileAt};

/// A tile publishes at most once in this time; a key that is held gives its last value.
const PACE: Duration = Duration::from_millis(100);

/// The order of a tile that is pressed faster than it may publish: only the last one is sent.
#[derive(Debug, Default)]
pub(super) struct Held {
    last: Option<(TileAt, Time)>,
    order: Option<(TileAt, ConnectionId, PublishRequest)>,
}

impl Held {
    /// When the order that is held may be sent.
    pub(super) fn due(&self) -> Option<Time> {
        self.order.as_ref().and(self.last).map(|(_, at)| at.saturating_add(PACE))
    }

    /// The order that is held and the time at which it may be sent has come.
    pub(super) fn take_due(&mut self, now: Time) -> Option<Command> {
        if self.due().is_none_or(|due| now < due) {
            return None;
        }
        let (at, line, order) = self.order.take()?;
        self.last = Some((at, now));
        Some(Command::Publish(line, order))
    }

    /// The tiles are somewhere else now; the order of one that is gone is not sent.
    pub(super) fn follow(&mut self, moved: impl Fn(TileAt) -> Option<TileAt>) {
        self.order = self.order.take().and_then(|(at, line, order)| Some((moved(at)?, line, order)));
        self.last = self.last.and_then(|(at, then)| Some((moved(at)?, then)));
    }

    /// What may be sent now that this order has come; the order replaced, if one was.
    fn push(
        &mut self,
        at: TileAt,
        line: ConnectionId,
        order: PublishRequest,
        now: Time,
    ) -> (Vec<Command>, Option<PublishId>) {
        let mut commands = Vec::new();
        let mut replaced = None;
        match self.order.take() {
            Some((other, _, old)) if other == at => replaced = Some(old.id),
            Some((_, line, old)) => commands.push(Command::Publish(line, old)),
            None => {}
        }
        if self.last.is_some_and(|(other, then)| other == at && now.since(then) < PACE) {
            self.order = Some((at, line, order));
        } else {
            self.last = Some((at, now));
            commands.push(Command::Publish(line, order));
        }
        (commands, replaced)
    }
}

impl App {
    fn selected_at(&self) -> Option<TileAt> {
        let board = self.board()?;
        board.tile(board.selected)?;
        Some(TileAt { board: self.current, tile: board.selected })
    }

    /// What the tile holds for its next press: what was sent last, else what was read last.
    fn reading_of(&self, at: TileAt) -> Option<TileValue> {
        let (_, state) = self.boards.get(at.board)?.tile(at.tile)?;
        match &state.unconfirmed {
            Some(sent) => Some(TileValue {
                text: sent.text.clone(),
                payload: sent.text.as_bytes().into(),
                updated_at: sent.published_at,
            }),
            None => state.value.clone(),
        }
    }

    pub(super) fn press(&mut self, now: Time) -> Vec<Command> {
        let mut commands = self.settle(now);
        let Some(at) = self.selected_at() else {
            return commands;
        };
        match self.ask_tap(at) {
            Some(ask) => commands.push(ask),
            None => commands.extend(self.press_plainly(at, now)),
        }
        commands
    }

    /// What pressing a tile does by itself.
    pub(super) fn press_plainly(&mut self, at: TileAt, now: Time) -> Vec<Command> {
        let reading = self.reading_of(at);
        let Some((tile, _)) = self.boards.get(at.board).and_then(|board| board.tile(at.tile)) else {
            return Vec::new();
        };
        let scripted = tile.to_scripts().on_tap.is_some();
        match tile.press_action(reading.as_ref()) {
            TileAction::Publish(payload) => return self.publish(at, payload, now),
            TileAction::Prompt(question) => self.mode = Mode::Prompt(Prompt::new(at, question)),
            TileAction::OpenUrl(address) => self.mode = Mode::Browse(address),
            TileAction::Enlarge => self.mode = Mode::Enlarged,
            TileAction::Nothing if scripted => {}
            TileAction::Nothing => self.say("This tile only shows: it publishes nothing", now),
        }
        Vec::new()
    }

    pub(super) fn step(&mut self, steps: i32, now: Time) -> Vec<Command> {
        let mut commands = self.settle(now);
        let Some(at) = self.selected_at() else {
            return commands;
        };
        let reading = self.reading_of(at);
        if let Some((tile, _)) = self.selected()
            && let TileAction::Publish(payload) = tile.step_action(reading.as_ref(), steps)
        {
            commands.extend(self.publish(at, payload, now));
        }
        commands
    }

    pub(super) fn answer(&mut self, mut prompt: Prompt, now: Time) -> Vec<Command> {
        let Some(text) = prompt.answer() else {
            return Vec::new();
        };
        let at = prompt.tile;
        let Some((tile, _)) = self.boards.get(at.board).and_then(|board| board.tile(at.tile)) else {
            return Vec::new();
        };
        match tile.kind.answer(&text) {
            Ok(payload) => self.publish(at, payload, now),
            Err(fault) => {
                prompt.fault = Some(fault);
                self.mode = Mode::Prompt(prompt);
                Vec::new()
            }
        }
    }

    fn publish(&mut self, at: TileAt, payload: String, now: Time) -> Vec<Command> {
        let Some(board) = self.boards.get_mut(at.board) else {
            return Vec::new();
        };
        let line = board.line;
        let Some((tile, state)) = board.tile_mut(at.tile) else {
            return Vec::new();
        };
        let Some(topic) = tile.target_topic() else {
            return Vec::new();
        };
        self.last_order = PublishId(self.last_order.0 + 1);
        let order = PublishRequest {
            id: self.last_order,
            topic,
            payload: payload.as_bytes().into(),
            qos: tile.qos,
            retain: tile.retain,
        };
        state.record_publish(order.id, payload.into(), tile.update_on_publish, now);
        self.keep_soon(line, now);
        self.orders.insert(order.id, at);
        let (commands, replaced) = self.held.push(at, line, order, now);
        if let Some(order) = replaced {
            self.orders.remove(&order);
        }
        commands
    }

    /// Notes that an order was given up.
    pub(super) fn give_up(&mut self, order: PublishId, reason: &str, now: Time) {
        let Some(at) = self.orders.remove(&order) else {
            return;
        };
        if let Some((tile, state)) = self.boards.get_mut(at.board).and_then(|board| board.tile_mut(at.tile))
            && state.fail_publish(order, TileError::NotSent(reason.to_owned()))
        {
            let name = tile.name.clone();
            self.say(format!("{name}: {reason}"), now);
        }
    }
}
