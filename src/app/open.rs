//! Dashboards that were opened become boards, a tab each.

use std::path::PathBuf;

use super::{App, Board, Command, Line, Mode, line};
use crate::model::{
    connection::ConnectionId, dashboard::Dashboard, profile::Profile, tile_state::TileState, time::Time,
};

/// A dashboard and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The name of its file, which is shown when it has no title.
    pub name: String,
    /// Its file; `None` when it lives in the program only.
    pub path: Option<PathBuf>,
    /// What it says.
    pub dashboard: Dashboard,
}

/// Dashboards that were opened on a line.
#[derive(Debug)]
pub struct Opened {
    /// The line; its number is that of one known or the next one.
    pub line: ConnectionId,
    /// How its broker is reached.
    pub profile: Profile,
    /// The dashboards.
    pub sheets: Vec<Sheet>,
}

impl App {
    pub(super) fn open(&mut self, opened: Opened, now: Time) -> Vec<Command> {
        let Opened { line, profile, mut sheets } = opened;
        let shown =
            |sheet: &Sheet| self.boards.iter().position(|board| sheet.path.is_some() && board.path == sheet.path);
        let known = sheets.iter().find_map(shown);
        sheets.retain(|sheet| shown(sheet).is_none());
        if line.0 == self.lines.len() {
            self.lines.push(Line { since: now, ..Line::new(&profile) });
        }
        let first = self.boards.len();
        self.mode = Mode::Board;
        self.begin(&sheets, now);
        for sheet in sheets {
            let mut board = Board::new(sheet, line);
            board.bare = self.kiosk;
            board.insecure = profile.tls.0.insecure;
            self.recall(&mut board, now);
            let seeds: Vec<TileState> = board.tiles().map(|tile| self.seed(line, tile)).collect();
            board.begin_with(seeds);
            if let Some(line) = self.lines.get_mut(line.0) {
                line.lead(self.boards.len(), &board);
            }
            self.boards.push(board);
            self.judge(self.boards.len() - 1, now);
        }
        let first = if first < self.boards.len() { first } else { known.unwrap_or(self.current) };
        self.current = first.min(self.boards.len().saturating_sub(1));
        self.dirty = true;
        let wanted = line::wanted(self.boards.iter().filter(|board| board.line == line));
        let mut commands = vec![Command::Want(line, wanted)];
        commands.extend((first..self.boards.len()).flat_map(|number| self.arm(number, now)).collect::<Vec<_>>());
        commands
    }
}
