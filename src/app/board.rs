//! A dashboard that is open: its tiles, what is known of them, which one is selected.

use std::{path::PathBuf, sync::Arc};

use super::{Sheet, reload::successors};
use crate::model::{
    batch::MessageRef,
    connection::ConnectionId,
    dashboard::Dashboard,
    grid::{Direction, Grid},
    history::MAX_HISTORY_PAYLOAD_BYTES,
    tile::Tile,
    tile_state::TileState,
    tile_value::TimedMessage,
    time::Time,
};

/// Lines of the screen above the grid.
pub const TOP: u16 = 1;
/// Lines of the screen below the grid.
pub const BOTTOM: u16 = 1;
/// What is said of a line on which any certificate is accepted.
const INSECURE: &str =
    "insecure = true: the broker's certificate is not checked, anyone on the way can read and change everything";

/// A dashboard that is open.
#[derive(Debug, Clone)]
pub struct Board {
    /// What the file says.
    pub dashboard: Dashboard,
    /// What is shown for it when it has no title: the file's name.
    pub name: String,
    /// Its file; `None` when it lives in the program only.
    pub path: Option<PathBuf>,
    /// The line that it is on.
    pub line: ConnectionId,
    /// Whether the person has agreed to what it reaches for.
    pub trusted: bool,
    /// What is wrong with its file, which said something right before.
    pub problem: Option<String>,
    /// Whether any certificate is accepted on its line.
    pub insecure: bool,
    /// Whether it is shown without the first line.
    pub bare: bool,
    /// The selected tile.
    pub selected: usize,
    /// The topmost row that is seen.
    pub top: usize,
    states: Vec<TileState>,
    pending: Vec<usize>,
}

impl Board {
    /// A board of which nothing is known yet.
    #[must_use]
    pub fn new(sheet: Sheet, line: ConnectionId) -> Self {
        let Sheet { name, path, dashboard } = sheet;
        let states = vec![TileState::default(); dashboard.tiles.len()];
        Self {
            dashboard,
            name,
            path,
            line,
            trusted: false,
            problem: None,
            insecure: false,
            bare: false,
            selected: 0,
            top: 0,
            states,
            pending: Vec::new(),
        }
    }

    /// What is shown for it.
    #[must_use]
    pub fn title(&self) -> &str {
        self.dashboard.title.as_deref().unwrap_or(&self.name)
    }

    /// Whether it may run scripts and fetch from addresses.
    #[must_use]
    pub fn may_reach_out(&self) -> bool {
        self.trusted
    }

    /// Its tiles, in order.
    pub fn tiles(&self) -> impl Iterator<Item = &Tile> {
        self.dashboard.tiles.iter()
    }

    /// Whether it has no tile.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.dashboard.tiles.is_empty()
    }

    /// A tile and what is known of it.
    #[must_use]
    pub fn tile(&self, index: usize) -> Option<(&Tile, &TileState)> {
        self.dashboard.tiles.get(index).zip(self.states.get(index))
    }

    pub(super) fn tile_mut(&mut self, index: usize) -> Option<(&Tile, &mut TileState)> {
        self.dashboard.tiles.get(index).zip(self.states.get_mut(index))
    }

    pub(super) fn each_mut(&mut self) -> impl Iterator<Item = (&Tile, &mut TileState)> {
        self.dashboard.tiles.iter().zip(&mut self.states)
    }

    /// What the person is to know for as long as it is so: what is wrong with its file, or that
    /// nobody looks at the certificate of its broker.
    #[must_use]
    pub fn banner(&self) -> Option<&str> {
        self.problem.as_deref().or(self.insecure.then_some(INSECURE))
    }

    /// Lines of the screen above its tiles: the first line, and the banner if there is one.
    #[must_use]
    pub fn above(&self) -> u16 {
        (if self.bare { 0 } else { TOP }) + u16::from(self.banner().is_some())
    }

    /// Where its tiles sit on a screen of this size.
    #[must_use]
    pub fn grid(&self, (width, height): (u16, u16)) -> Grid {
        let area = (width, height.saturating_sub(self.above() + BOTTOM));
        // A cell is about twice as tall as it is wide.
        let narrow = u32::from(height) * 2 > u32::from(width) && self.dashboard.columns_narrow.get() > 0;
        let columns = if narrow { self.dashboard.columns_narrow } else { self.dashboard.columns };
        let columns = u16::try_from(columns.get()).unwrap_or_default();
        Grid::new(area, self.dashboard.tile_size.cells(), columns, self.dashboard.tiles.len())
    }

    /// Selects the tile that lies this way and scrolls to it.
    pub(super) fn go(&mut self, way: Direction, size: (u16, u16)) {
        self.select(self.grid(size).neighbor(self.selected, way), size);
    }

    /// Selects a tile and scrolls to it.
    pub(super) fn select(&mut self, index: usize, size: (u16, u16)) {
        self.selected = index.min(self.dashboard.tiles.len().saturating_sub(1));
        self.top = self.grid(size).scroll_to(self.selected, self.top);
    }

    /// Says something else from now on. What is known of a tile goes on with the tile that is the
    /// same; a tile that was not there begins with its seed. Gives for each tile the one that it was.
    pub(super) fn replace(
        &mut self,
        dashboard: Dashboard,
        seeds: Vec<TileState>,
        size: (u16, u16),
    ) -> Vec<Option<usize>> {
        let from = successors(&self.dashboard.tiles, &dashboard.tiles);
        let mut states = std::mem::take(&mut self.states);
        self.states = seeds;
        for (index, was) in from.iter().enumerate().filter_map(|(index, was)| Some((index, (*was)?))) {
            self.states[index] = std::mem::take(&mut states[was]);
            let has_moved = was != index && self.states[index].image.is_some();
            if has_moved || self.dashboard.tiles[was] != dashboard.tiles[index] {
                self.states[index].again();
            }
            if was != index {
                // What is being fetched arrives where the tile was.
                self.states[index].image_fetch.take_if(|glance| glance.in_flight);
            }
            if self.dashboard.tiles[was] != dashboard.tiles[index] {
                self.states[index].clear_script_results();
            }
        }
        self.pending = (0..self.states.len()).filter(|index| self.states[*index].is_pending()).collect();
        let selected = from.iter().position(|was| *was == Some(self.selected));
        self.dashboard = dashboard;
        self.select(selected.unwrap_or(self.selected), size);
        from
    }

    /// Lets tiles that know nothing newer begin with their seeds.
    pub(super) fn begin_with(&mut self, seeds: Vec<TileState>) {
        for (index, (state, seed)) in self.states.iter_mut().zip(seeds).enumerate() {
            if seed.is_pending() {
                self.pending.push(index);
                *state = seed;
            } else if state.value.is_none() && state.unconfirmed.is_none() {
                *state = seed;
            }
        }
    }

    /// Gives a message to a tile; a large one is held once, in `whole`, for all tiles that it reaches.
    pub(super) fn receive(&mut self, index: usize, message: MessageRef<'_>, at: Time, whole: &mut Option<Arc<[u8]>>) {
        let Some(state) = self.states.get_mut(index) else {
            return;
        };
        let first = if message.payload.len() > MAX_HISTORY_PAYLOAD_BYTES {
            state.record_message(message, at);
            state.set_pending_payload(whole.get_or_insert_with(|| message.payload.into()), at)
        } else {
            state.receive(message, at)
        };
        if first {
            self.pending.push(index);
        }
    }

    /// Gives a message to a tile that a script has had its say about.
    pub(super) fn wait_for(&mut self, index: usize, received: &TimedMessage) {
        if let Some(state) = self.states.get_mut(index)
            && state.set_pending_payload(&received.message.payload, received.received_at)
        {
            self.pending.push(index);
        }
    }

    /// The tiles whose last message is not worked out yet; the list is empty afterwards.
    pub(super) fn take_pending(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.pending)
    }
}
