//! A dashboard that is open says something else now: what is known of its tiles goes on with those
//! that are the same, and the subscriptions follow.

use std::path::Path;

use crate::model::{
    connection::ConnectionId, dashboard::Dashboard, profile::Profile, router::Router, tile::Tile,
    tile_state::TileState, tile_value::TimedMessage, time::Time,
};

use super::{
    App, Board, Command, Mode, TileAt,
    line::{Line, wanted},
};

/// Ways in which a tile can be the one that it was, the surest first.
const LIKENESS: [fn(&Tile, &Tile) -> bool; 4] = [
    |old, new| old == new,
    |old, new| old.kind.name() == new.kind.name() && same_source(old, new) && old.name == new.name,
    |old, new| old.kind.name() == new.kind.name() && same_source(old, new) && old.topic.is_some(),
    |old, new| old.topic.is_some() && old.topic == new.topic && old.name == new.name,
];

fn same_source(old: &Tile, new: &Tile) -> bool {
    old.topic == new.topic && old.json_path == new.json_path
}

/// For each new tile the old one that it goes on from, each of them once.
pub(super) fn successors(old: &[Tile], new: &[Tile]) -> Vec<Option<usize>> {
    let mut from = vec![None; new.len()];
    let mut left: Vec<usize> = (0..old.len()).collect();
    for alike in LIKENESS {
        for (new, from) in new.iter().zip(&mut from).filter(|(_, from)| from.is_none()) {
            if let Some(at) = left.iter().position(|index| alike(&old[*index], new)) {
                *from = Some(left.remove(at));
            }
        }
    }
    from
}

impl App {
    /// A dashboard's file was saved: what it says now, or a sentence that says what is wrong with it.
    pub(super) fn reload(&mut self, path: &Path, said: &Result<Dashboard, String>, now: Time) -> Vec<Command> {
        let of_file: Vec<usize> =
            (0..self.boards.len()).filter(|index| self.boards[*index].path.as_deref() == Some(path)).collect();
        let mut commands = Vec::new();
        if self.expects(path, said) {
            return commands;
        }
        for index in of_file {
            let problem = said.as_ref().err().cloned();
            self.dirty |= self.boards[index].problem != problem;
            self.boards[index].problem = problem;
            match said {
                Ok(dashboard) if self.boards[index].dashboard != *dashboard => {
                    self.let_go(index, now);
                    commands.extend(self.replace(index, dashboard.clone(), now));
                }
                _ => {
                    let (board, size) = (&mut self.boards[index], self.size);
                    board.select(board.selected, size);
                }
            }
        }
        commands
    }

    /// Lets an open board say something else.
    pub(super) fn replace(&mut self, index: usize, dashboard: Dashboard, now: Time) -> Vec<Command> {
        let Some(line) = self.boards.get(index).map(|board| board.line) else {
            return Vec::new();
        };
        let seeds: Vec<TileState> = dashboard.tiles.iter().map(|tile| self.seed(line, tile)).collect();
        let size = self.size;
        let board = &mut self.boards[index];
        let reached_for = board.dashboard.capabilities_fingerprint();
        let from = board.replace(dashboard, seeds, size);
        let moved = |at: TileAt| {
            let same = |tile| TileAt { tile, ..at };
            if at.board == index { from.iter().position(|from| *from == Some(at.tile)).map(same) } else { Some(at) }
        };
        self.orders = self.orders.drain().filter_map(|(order, at)| Some((order, moved(at)?))).collect();
        self.held.follow(moved);
        self.follow_task(index, moved);
        let mut commands = self.disarm(index, &from);
        match &mut self.mode {
            Mode::Prompt(prompt) => match moved(prompt.tile) {
                Some(at) => prompt.tile = at,
                None => self.mode = Mode::Board,
            },
            Mode::Find(find) if index == self.current => find.at = 0,
            Mode::Detail(_) | Mode::Enlarged if index == self.current && self.boards[index].is_empty() => {
                self.mode = Mode::Board;
            }
            _ => {}
        }
        if self.boards[index].dashboard.capabilities_fingerprint() != reached_for {
            if matches!(self.mode, Mode::Trust(_)) {
                // Nobody agrees to what they have not seen.
                self.mode = Mode::Board;
            }
            self.judge(index, now);
        }
        if !self.boards[index].trusted {
            commands.extend(self.disarm(index, &[]));
        }
        self.dirty = true;
        commands.extend(self.lead_anew(line));
        commands.extend(self.arm(index, now));
        commands
    }

    /// Takes the scripts of a board's tiles away, but for those that go on from an old one with scripts.
    fn disarm(&mut self, index: usize, from: &[Option<usize>]) -> Vec<Command> {
        let board = &self.boards[index];
        self.scripted.follow(|at| {
            let same = |tile| TileAt { tile, ..at };
            let has_scripts = |at: &TileAt| board.tile(at.tile).is_some_and(|(tile, _)| !tile.to_scripts().is_empty());
            if at.board != index {
                return Some(at);
            }
            from.iter().position(|was| *was == Some(at.tile)).map(same).filter(has_scripts)
        })
    }

    /// What is known of a new tile from a tile that has its topic already, or from what came by: the
    /// broker will not send what it keeps a second time. Else what is remembered from another run.
    pub(super) fn seed(&self, line: ConnectionId, tile: &Tile) -> TileState {
        let boards = self.boards.iter().filter(|board| board.line == line && tile.topic.is_some());
        let mut known = boards
            .flat_map(|board| board.dashboard.tiles.iter().enumerate().filter_map(|(index, _)| board.tile(index)))
            .filter(|(other, state)| other.topic == tile.topic && !state.restored);
        let last = known.find_map(|(_, state)| state.last_message()).or_else(|| {
            let (message, at) = self.lines.get(line.0)?.seen.last(tile.topic.as_ref()?)?;
            Some(TimedMessage { message: message.to_message(), received_at: at })
        });
        if let Some(last) = last {
            return TileState::from_message(&last);
        }
        let memory = self.lines.get(line.0).and_then(|line| line.memory.as_ref());
        let mut state = TileState::default();
        state.value = memory.and_then(|memory| memory.value_for(tile));
        state.restored = state.value.is_some();
        state
    }

    /// Leads the topics of a line to the tiles that are there now, and asks for just those topics.
    pub(super) fn lead_anew(&mut self, id: ConnectionId) -> Vec<Command> {
        let of_line: Vec<(usize, &Board)> =
            self.boards.iter().enumerate().filter(|(_, board)| board.line == id).collect();
        if let Some(line) = self.lines.get_mut(id.0) {
            line.router = Router::default();
            for (index, board) in &of_line {
                line.lead(*index, board);
            }
        }
        vec![Command::Want(id, wanted(of_line.into_iter().map(|(_, board)| board)))]
    }

    /// A line reaches its broker in another way: it begins anew, and wants what it wanted.
    pub(super) fn renew(&mut self, id: ConnectionId, profile: &Profile, now: Time) -> Vec<Command> {
        if let Some(line) = self.lines.get_mut(id.0) {
            let fresh = Line::new(profile);
            line.name = fresh.name;
            line.address = fresh.address;
            line.insecure = fresh.insecure;
            line.keep_awake = fresh.keep_awake;
            line.state = fresh.state;
            line.since = now;
        }
        for board in self.boards.iter_mut().filter(|board| board.line == id) {
            board.insecure = profile.tls.0.insecure;
        }
        self.dirty = true;
        self.lead_anew(id)
    }
}
