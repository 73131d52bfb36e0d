//! The scripts of tiles: when they are asked, and what their outcomes change. They run elsewhere;
//! nothing here waits for them.

use std::{collections::HashMap, sync::Arc};

use crate::model::{
    connection::{PublishId, PublishRequest},
    error::TileError,
    script::{
        ScriptEvent, ScriptPublish, ScriptRequest, ScriptResponse, ScriptResult, TileId, TileScripts, ViewInput,
        ViewOverride,
    },
    tile::Tile,
    tile_state::TileState,
    tile_value::{TimedMessage, payload_text},
    time::{Time, format_age},
};

use super::{App, Command, Mode, TileAt};

/// The most messages of a tile that wait for its script; what comes beyond them goes by it.
const MOST_WAITING: usize = 256;

/// Which tiles have scripts, and what they were asked.
#[derive(Debug, Default)]
pub(super) struct Scripted {
    ids: HashMap<TileAt, TileId>,
    tiles: HashMap<TileId, Asked>,
    tickets: u64,
    given: u32,
}

/// What a tile's scripts were asked and have not answered.
#[derive(Debug)]
struct Asked {
    at: TileAt,
    /// What was handed over; as long as it is the same, it is not handed over again.
    scripts: TileScripts,
    display: bool,
    again: bool,
    received: HashMap<u64, TimedMessage>,
}

impl Asked {
    fn nothing(at: TileAt) -> Self {
        Self { at, scripts: TileScripts::default(), display: false, again: false, received: HashMap::new() }
    }
}

impl Scripted {
    /// The tiles are somewhere else now; the scripts of those that are gone, or may not run any more,
    /// are taken away, and what they answer is not taken.
    pub(super) fn follow(&mut self, moved: impl Fn(TileAt) -> Option<TileAt>) -> Vec<Command> {
        let mut commands = Vec::new();
        for (at, id) in std::mem::take(&mut self.ids) {
            if let Some(now) = moved(at) {
                self.ids.insert(now, id);
                if let Some(asked) = self.tiles.get_mut(&id) {
                    asked.at = now;
                }
            } else {
                self.tiles.remove(&id);
                commands.push(Command::Scripts(id, TileScripts::default()));
            }
        }
        commands
    }

    fn ticket(&mut self) -> u64 {
        self.tickets += 1;
        self.tickets
    }
}

impl App {
    /// Hands the scripts of a board's tiles over, once it may run them.
    pub(super) fn arm(&mut self, number: usize, now: Time) -> Vec<Command> {
        let Some(board) = self.boards.get(number).filter(|board| board.trusted) else {
            return Vec::new();
        };
        let mut commands = Vec::new();
        for (tile, definition) in board.tiles().enumerate() {
            let at = TileAt { board: number, tile };
            let scripts = definition.to_scripts();
            if scripts.is_empty() {
                continue;
            }
            let next = TileId(self.scripted.given);
            let id = *self.scripted.ids.entry(at).or_insert(next);
            if id == next {
                self.scripted.given += 1;
            }
            let asked = self.scripted.tiles.entry(id).or_insert_with(|| Asked::nothing(at));
            if asked.scripts != scripts {
                asked.scripts.clone_from(&scripts);
                commands.push(Command::Scripts(id, scripts));
            }
        }
        for tile in 0..board.dashboard.tiles.len() {
            commands.extend(self.ask_display(TileAt { board: number, tile }, now));
        }
        commands
    }

    /// Asks a tile's script what to make of a message. `None`: it has none, or too much waits.
    pub(super) fn ask_receive(&mut self, at: TileAt, received: &TimedMessage) -> Option<Command> {
        self.boards.get(at.board)?.tile(at.tile)?.0.to_scripts().on_receive?;
        let id = *self.scripted.ids.get(&at)?;
        let ticket = self.scripted.ticket();
        let asked = self.scripted.tiles.get_mut(&id)?;
        if asked.received.len() >= MOST_WAITING {
            return None;
        }
        asked.received.insert(ticket, received.clone());
        let payload = payload_text(&received.message.payload).into();
        let moment = ScriptEvent::Receive { topic: Arc::clone(&received.message.topic), payload };
        Some(Command::Ask(Box::new(ScriptRequest { tile_id: id, request_id: ticket, event: moment })))
    }

    /// Asks a tile's scripts what to show; at most one such question is on its way.
    pub(super) fn ask_display(&mut self, at: TileAt, now: Time) -> Option<Command> {
        let id = *self.scripted.ids.get(&at)?;
        let (tile, state) = self.boards.get(at.board)?.tile(at.tile)?;
        let scripts = tile.to_scripts();
        if scripts.on_display.is_none() && scripts.blink.is_none() {
            return None;
        }
        let asked = self.scripted.tiles.get_mut(&id)?;
        if std::mem::replace(&mut asked.display, true) {
            asked.again = true;
            return None;
        }
        let moment = ScriptEvent::Display(Box::new(showing(tile, state, now)));
        let ticket = self.scripted.ticket();
        Some(Command::Ask(Box::new(ScriptRequest { tile_id: id, request_id: ticket, event: moment })))
    }

    /// Asks a tile's script whether its own action goes on. `None`: it has none.
    pub(super) fn ask_tap(&mut self, at: TileAt) -> Option<Command> {
        let id = *self.scripted.ids.get(&at)?;
        self.boards.get(at.board)?.tile(at.tile)?.0.to_scripts().on_tap?;
        Some(Command::Ask(Box::new(ScriptRequest {
            tile_id: id,
            request_id: self.scripted.ticket(),
            event: ScriptEvent::Tap,
        })))
    }

    /// Asks the scripts of the tiles that are seen, as is done about once a second.
    pub(super) fn ask_displays(&mut self, now: Time) -> Vec<Command> {
        let Some(board) = self.board() else {
            return Vec::new();
        };
        let number = self.current;
        let seen = board.grid(self.size).visible_tiles(board.top);
        seen.filter_map(|tile| self.ask_display(TileAt { board: number, tile }, now)).collect()
    }

    /// Takes what has come of a call.
    pub(super) fn take_outcome(&mut self, outcome: ScriptResponse, now: Time) -> Vec<Command> {
        let Some(asked) = self.scripted.tiles.get_mut(&outcome.tile_id) else {
            return Vec::new();
        };
        let at = asked.at;
        let received = asked.received.remove(&outcome.request_id);
        let mut commands = self.publish_all(at, outcome.publish_requests);
        let mut question = None;
        if let Some(link) = outcome.urls_to_open.into_iter().next() {
            // Only a press is answered by a question: a script that asks by itself holds nobody up.
            if matches!(outcome.answer, Ok(ScriptResult::Tap { .. })) && matches!(self.mode, Mode::Board) {
                question = Some(Mode::Browse(link));
            } else {
                self.say(format!("A script asks to open {link}"), now);
            }
        }
        let Some((_, state)) = self.boards.get_mut(at.board).and_then(|board| board.tile_mut(at.tile)) else {
            return commands;
        };
        let was_display =
            matches!(outcome.answer, Ok(ScriptResult::Display(_))) || (received.is_none() && outcome.answer.is_err());
        match outcome.answer {
            Ok(ScriptResult::Receive(text)) => {
                state.script_error = None;
                if let Some(received) = received {
                    self.go_on(at, received, text);
                }
            }
            Ok(ScriptResult::Display(shown)) => {
                state.script_error = None;
                state.view_override = Some(shown);
            }
            Ok(ScriptResult::Tap { prevent_default: true }) => {}
            Ok(ScriptResult::Tap { prevent_default: false }) => commands.extend(self.press_plainly(at, now)),
            Err(fault) => {
                state.script_error = Some(Box::new(TileError::Script(fault.to_string())));
                if let Some(received) = received {
                    self.go_on(at, received, None);
                }
            }
        }
        // It goes before what the tile itself would ask.
        if let Some(question) = question {
            self.mode = question;
        }
        self.dirty = true;
        if was_display && let Some(asked) = self.scripted.tiles.get_mut(&outcome.tile_id) {
            asked.display = false;
            if std::mem::take(&mut asked.again) {
                commands.extend(self.ask_display(at, now));
            }
        }
        commands
    }

    /// A message goes on to its tile, with the payload that the script left.
    fn go_on(&mut self, at: TileAt, mut received: TimedMessage, text: Option<String>) {
        if let Some(text) = text {
            received.message.payload = text.as_bytes().into();
        }
        if let Some(board) = self.boards.get_mut(at.board) {
            board.wait_for(at.tile, &received);
        }
    }

    fn publish_all(&mut self, at: TileAt, publishes: Vec<ScriptPublish>) -> Vec<Command> {
        let Some(line) = self.boards.get(at.board).map(|board| board.line) else {
            return Vec::new();
        };
        let mut order = |publish: ScriptPublish| {
            self.last_order = PublishId(self.last_order.0 + 1);
            let ScriptPublish { topic, payload, retain, qos } = publish;
            Command::Publish(
                line,
                PublishRequest { id: self.last_order, topic, payload: payload.as_bytes().into(), qos, retain },
            )
        };
        publishes.into_iter().map(&mut order).collect()
    }
}

/// What a tile shows without its scripts.
fn showing(tile: &Tile, state: &TileState, now: Time) -> ViewInput {
    let reading = state.value.as_ref();
    let past = reading.map(|reading| now.since(reading.updated_at));
    let look = tile.script_view(reading);
    ViewInput {
        value: tile.display_text(reading).into(),
        last_payload: reading.map(|reading| payload_text(&reading.payload).into()),
        seconds_since_message: past.map(|past| past.as_secs_f64()),
        defaults: ViewOverride {
            view: look,
            last_activity: past.map(format_age).unwrap_or_default(),
            name: tile.name.clone(),
            blink: false,
        },
    }
}
