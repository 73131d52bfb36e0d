//! A dashboard that is open: its tiles, what is known of them, which one is selected.

use std::{path::PathBuf, sync::Arc};

use super::{DashboardFile, reload::match_tiles};
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
pub const HEADER_ROWS: u16 = 1;
/// Lines of the screen below the grid.
pub const FOOTER_ROWS: u16 = 1;
/// What is said of a line on which any certificate is accepted.
const INSECURE_BANNER: &str =
    "insecure = true: the broker's certificate is not checked, anyone on the way can read and change everything";

/// A dashboard that is open.
#[derive(Debug, Clone)]
pub struct OpenDashboard {
    /// What the file says.
    pub definition: Dashboard,
    /// What is shown for it when it has no title: the file's name.
    pub name: String,
    /// Its file; `None` when it lives in the program only.
    pub path: Option<PathBuf>,
    /// The line that it is on.
    pub connection: ConnectionId,
    /// Whether the person has agreed to what it reaches for.
    pub trusted: bool,
    /// What is wrong with its file, which said something right before.
    pub file_error: Option<String>,
    /// Whether any certificate is accepted on its line.
    pub insecure: bool,
    /// Whether it is shown without the first line.
    pub header_hidden: bool,
    /// The selected tile.
    pub selected: usize,
    /// The topmost row that is seen.
    pub scroll_row: usize,
    tile_states: Vec<TileState>,
    unresolved_tiles: Vec<usize>,
}

impl OpenDashboard {
    /// A board of which nothing is known yet.
    #[must_use]
    pub fn new(file: DashboardFile, connection: ConnectionId) -> Self {
        let DashboardFile { name, path, definition } = file;
        let tile_states = vec![TileState::default(); definition.tiles.len()];
        Self {
            definition,
            name,
            path,
            connection,
            trusted: false,
            file_error: None,
            insecure: false,
            header_hidden: false,
            selected: 0,
            scroll_row: 0,
            tile_states,
            unresolved_tiles: Vec::new(),
        }
    }

    /// What is shown for it.
    #[must_use]
    pub fn title(&self) -> &str {
        self.definition.title.as_deref().unwrap_or(&self.name)
    }

    /// Whether it may run scripts and fetch from addresses.
    #[must_use]
    pub fn permissions_granted(&self) -> bool {
        self.trusted
    }

    /// Its tiles, in order.
    pub fn tiles(&self) -> impl Iterator<Item = &Tile> {
        self.definition.tiles.iter()
    }

    /// Whether it has no tile.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.definition.tiles.is_empty()
    }

    /// A tile and what is known of it.
    #[must_use]
    pub fn tile(&self, index: usize) -> Option<(&Tile, &TileState)> {
        self.definition.tiles.get(index).zip(self.tile_states.get(index))
    }

    pub(super) fn tile_mut(&mut self, index: usize) -> Option<(&Tile, &mut TileState)> {
        self.definition.tiles.get(index).zip(self.tile_states.get_mut(index))
    }

    pub(super) fn tiles_mut(&mut self) -> impl Iterator<Item = (&Tile, &mut TileState)> {
        self.definition.tiles.iter().zip(&mut self.tile_states)
    }

    /// What the person is to know for as long as it is so: what is wrong with its file, or that
    /// nobody looks at the certificate of its broker.
    #[must_use]
    pub fn banner(&self) -> Option<&str> {
        self.file_error.as_deref().or(self.insecure.then_some(INSECURE_BANNER))
    }

    /// Lines of the screen above its tiles: the first line, and the banner if there is one.
    #[must_use]
    pub fn rows_above_grid(&self) -> u16 {
        (if self.header_hidden { 0 } else { HEADER_ROWS }) + u16::from(self.banner().is_some())
    }

    /// Where its tiles sit on a screen of this size.
    #[must_use]
    pub fn grid(&self, (width, height): (u16, u16)) -> Grid {
        let area = (width, height.saturating_sub(self.rows_above_grid() + FOOTER_ROWS));
        // A cell is about twice as tall as it is wide.
        let narrow = u32::from(height) * 2 > u32::from(width) && self.definition.columns_narrow.get() > 0;
        let columns = if narrow { self.definition.columns_narrow } else { self.definition.columns };
        let columns = u16::try_from(columns.get()).unwrap_or_default();
        Grid::new(area, self.definition.tile_size.cells(), columns, self.definition.tiles.len())
    }

    /// Selects the tile that lies this way and scrolls to it.
    pub(super) fn move_selection(&mut self, direction: Direction, size: (u16, u16)) {
        self.select_tile(self.grid(size).neighbor(self.selected, direction), size);
    }

    /// Selects a tile and scrolls to it.
    pub(super) fn select_tile(&mut self, index: usize, size: (u16, u16)) {
        self.selected = index.min(self.definition.tiles.len().saturating_sub(1));
        self.scroll_row = self.grid(size).scroll_to(self.selected, self.scroll_row);
    }

    /// Says something else from now on. What is known of a tile goes on with the tile that is the
    /// same; a tile that was not there begins with its seed. Gives for each tile the one that it was.
    pub(super) fn replace_definition(
        &mut self,
        definition: Dashboard,
        initial_states: Vec<TileState>,
        size: (u16, u16),
    ) -> Vec<Option<usize>> {
        let previous = match_tiles(&self.definition.tiles, &definition.tiles);
        let mut old_states = std::mem::take(&mut self.tile_states);
        self.tile_states = initial_states;
        for (index, old_index) in
            previous.iter().enumerate().filter_map(|(index, old_index)| Some((index, (*old_index)?)))
        {
            self.tile_states[index] = std::mem::take(&mut old_states[old_index]);
            let has_moved = old_index != index && self.tile_states[index].image.is_some();
            if has_moved || self.definition.tiles[old_index] != definition.tiles[index] {
                self.tile_states[index].again();
            }
            if old_index != index {
                // What is being fetched arrives where the tile was.
                self.tile_states[index].image_fetch.take_if(|fetch_state| fetch_state.in_flight);
            }
            if self.definition.tiles[old_index] != definition.tiles[index] {
                self.tile_states[index].clear_script_results();
            }
        }
        self.unresolved_tiles =
            (0..self.tile_states.len()).filter(|index| self.tile_states[*index].is_pending()).collect();
        let selected = previous.iter().position(|old_index| *old_index == Some(self.selected));
        self.definition = definition;
        self.select_tile(selected.unwrap_or(self.selected), size);
        previous
    }

    /// Lets tiles that know nothing newer begin with their seeds.
    pub(super) fn set_initial_states(&mut self, initial_states: Vec<TileState>) {
        for (index, (state, initial_state)) in self.tile_states.iter_mut().zip(initial_states).enumerate() {
            if initial_state.is_pending() {
                self.unresolved_tiles.push(index);
                *state = initial_state;
            } else if state.value.is_none() && state.unconfirmed.is_none() {
                *state = initial_state;
            }
        }
    }

    /// Gives a message to a tile; a large one is held once, in `whole`, for all tiles that it reaches.
    pub(super) fn receive_message(
        &mut self,
        index: usize,
        message: MessageRef<'_>,
        received_at: Time,
        shared_payload: &mut Option<Arc<[u8]>>,
    ) {
        let Some(state) = self.tile_states.get_mut(index) else {
            return;
        };
        let newly_unresolved = if message.payload.len() > MAX_HISTORY_PAYLOAD_BYTES {
            state.record_message(message, received_at);
            state.set_pending_payload(shared_payload.get_or_insert_with(|| message.payload.into()), received_at)
        } else {
            state.receive(message, received_at)
        };
        if newly_unresolved {
            self.unresolved_tiles.push(index);
        }
    }

    /// Gives a message to a tile that a script has had its say about.
    pub(super) fn receive_scripted_message(&mut self, index: usize, received: &TimedMessage) {
        if let Some(state) = self.tile_states.get_mut(index)
            && state.set_pending_payload(&received.message.payload, received.received_at)
        {
            self.unresolved_tiles.push(index);
        }
    }

    /// The tiles whose last message is not worked out yet; the list is empty afterwards.
    pub(super) fn take_unresolved_tiles(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.unresolved_tiles)
    }
}
