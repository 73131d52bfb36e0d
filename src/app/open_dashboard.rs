//! An open dashboard: its definition, the state of its tiles, and the selected tile.

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
};

use foldhash::fast::RandomState;

use super::{
    FileError,
    permissions::DashboardPermissions,
    template_topics::{TemplateTopics, take_devices},
};
use crate::model::{
    availability::Availability,
    batch::MessageRef,
    connection::ConnectionId,
    dashboard::{Dashboard, DashboardLayout},
    expansion::{Expansion, ExpansionInput, TileOrigin},
    history::MAX_HISTORY_PAYLOAD_BYTES,
    id::{DashboardId, IdSequence, TileId},
    remembered::RememberedDashboard,
    shared_payload::SharedPayload,
    template::DeviceList,
    tile::Tile,
    tile_state::TileState,
    time::Time,
};

/// A dashboard definition and its file.
#[derive(Debug, Clone, PartialEq)]
pub struct DashboardFile {
    /// The name of the file, shown if the definition has no title.
    pub name: String,
    /// The path of the file; `None` if the dashboard exists only in memory.
    pub path: Option<PathBuf>,
    /// The definition.
    pub definition: Dashboard,
}

/// A dashboard on a tab, with the state of its tiles.
#[derive(Debug, Clone)]
pub struct OpenDashboard {
    /// Its identifier.
    pub(crate) id: DashboardId,
    /// The definition, as in the file.
    pub(crate) definition: Dashboard,
    /// The name of its file, shown if the definition has no title.
    pub(crate) name: String,
    /// The path of its file; `None` if it exists only in memory.
    pub(crate) path: Option<PathBuf>,
    /// The connection that it uses.
    pub(crate) connection: ConnectionId,
    /// What it may do.
    pub(crate) permissions: DashboardPermissions,
    /// The error in the current version of its file; `definition` is the last valid version.
    pub(crate) file_error: Option<FileError>,
    /// Whether its connection accepts any certificate.
    pub(crate) insecure: bool,
    /// Whether the header is hidden.
    pub header_hidden: bool,
    /// Whether the connection is down and it is known why.
    pub(super) connection_down: bool,
    /// The index of the selected tile.
    pub(crate) selected: usize,
    /// The topmost visible row of the grid.
    pub(crate) scroll_row: usize,
    /// The identifiers of the tiles, in their order.
    pub(super) tile_ids: Vec<TileId>,
    /// The index of each tile, so that a result finds its tile without a search.
    pub(super) tile_indexes: HashMap<TileId, usize, RandomState>,
    pub(super) tile_states: Vec<TileState>,
    pub(super) unresolved_tiles: Vec<usize>,
    /// The indexes of the tiles with automatic messages.
    pub(super) automatic_tiles: Vec<usize>,
    /// The tiles that it shows, if these are not exactly those of the definition.
    pub(super) expansion: Option<Expansion>,
    /// The devices of its templates, and what the user has chosen for its variables.
    pub(crate) input: ExpansionInput,
    /// Where the device of all tiles that do not say it says whether it is online.
    pub(super) availability: Option<Availability>,
    /// The topics of its templates.
    pub(super) template_topics: Vec<TemplateTopics>,
    /// What the user has chosen for its variables in this run and before, which is remembered.
    pub(super) kept_choices: BTreeMap<String, String>,
    /// The devices that its templates have had with other variables, by the topic on which they appear.
    pub(super) other_devices: BTreeMap<String, DeviceList>,
    /// What its tiles take of the grid.
    pub(super) layout: DashboardLayout,
}

impl OpenDashboard {
    /// Creates a dashboard whose tiles have no values yet.
    pub(super) fn new(
        file: DashboardFile,
        connection: ConnectionId,
        (remembered, run_choices): (RememberedDashboard, &BTreeMap<String, String>),
        ids: &mut IdSequence,
    ) -> Self {
        let DashboardFile { name, path, definition } = file;
        let RememberedDashboard { devices: mut other_devices, chosen: kept_choices } = remembered;
        let mut chosen = kept_choices.clone();
        chosen.extend(run_choices.clone());
        let devices = take_devices(&definition, &chosen, &mut other_devices);
        let input = ExpansionInput { devices, chosen };
        let expansion = definition.expand(&input, |_| None);
        let tile_count = expansion.as_ref().map_or(definition.tiles.len(), |expansion| expansion.tiles.len());
        let mut dashboard = Self {
            id: ids.next_dashboard(),
            definition,
            name,
            path,
            connection,
            permissions: DashboardPermissions::default(),
            file_error: None,
            insecure: false,
            header_hidden: false,
            connection_down: false,
            selected: 0,
            scroll_row: 0,
            tile_ids: (0..tile_count).map(|_| ids.next_tile()).collect(),
            tile_indexes: HashMap::default(),
            tile_states: vec![TileState::default(); tile_count],
            unresolved_tiles: Vec::new(),
            automatic_tiles: Vec::new(),
            expansion,
            input,
            availability: None,
            template_topics: Vec::new(),
            other_devices,
            kept_choices,
            layout: DashboardLayout::Plain,
        };
        dashboard.update_indexes();
        dashboard.selected = dashboard.selectable_at(0);
        dashboard
    }

    /// Returns the title or, without one, the name of the file.
    #[must_use]
    pub(crate) fn title(&self) -> &str {
        self.definition.title.as_deref().unwrap_or(&self.name)
    }

    /// Returns the tiles that it shows, in order.
    pub(super) fn shown_tiles(&self) -> &[Tile] {
        self.definition.shown_tiles(self.expansion.as_ref())
    }

    /// Returns the number of tiles that it shows.
    #[must_use]
    pub fn tile_count(&self) -> usize {
        self.shown_tiles().len()
    }

    /// Returns the tiles in order.
    pub fn tiles(&self) -> impl Iterator<Item = &Tile> {
        self.shown_tiles().iter()
    }

    /// Returns the tiles that no template has made.
    pub(super) fn own_tiles(&self) -> impl Iterator<Item = &Tile> {
        let is_own = |(index, _): &(usize, &Tile)| self.definition_index(*index).is_some();
        self.tiles().enumerate().filter(is_own).map(|(_, tile)| tile)
    }

    /// Returns where the tile with this index is defined; `None` if there is no such tile.
    pub(crate) fn origin_of(&self, index: usize) -> Option<TileOrigin> {
        match &self.expansion {
            Some(expansion) => expansion.origins.get(index).cloned(),
            None => (index < self.definition.tiles.len()).then_some(TileOrigin::Tile(index)),
        }
    }

    /// Returns the index of the tile that is defined there; `None` if it is not shown.
    pub(crate) fn index_of_origin(&self, origin: &TileOrigin) -> Option<usize> {
        match &self.expansion {
            Some(expansion) => expansion.origins.iter().position(|other| other == origin),
            None => origin.tile_index().filter(|index| *index < self.definition.tiles.len()),
        }
    }

    /// Returns the index in the definition of the tile with an index on the screen, or of the panel whose row it is; `None` if
    /// it is made from a part of the definition.
    pub(crate) fn definition_index(&self, index: usize) -> Option<usize> {
        self.origin_of(index)?.whole().tile_index()
    }

    /// Returns the identifiers of the tiles in order.
    pub(super) fn tile_ids(&self) -> &[TileId] {
        &self.tile_ids
    }

    /// Returns the identifier of the tile with this index.
    #[must_use]
    pub fn tile_id(&self, index: usize) -> Option<TileId> {
        self.tile_ids.get(index).copied()
    }

    /// Returns the index of a tile.
    pub(crate) fn index_of(&self, id: TileId) -> Option<usize> {
        self.tile_indexes.get(&id).copied()
    }

    /// Returns the indexes of the tiles with automatic messages.
    pub(super) fn automatic_tiles(&self) -> &[usize] {
        &self.automatic_tiles
    }

    /// Returns whether it has no tiles.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.tile_count() == 0
    }

    /// Returns a tile and its state.
    #[must_use]
    pub fn tile(&self, index: usize) -> Option<(&Tile, &TileState)> {
        self.shown_tiles().get(index).zip(self.tile_states.get(index))
    }

    pub(super) fn tiles_with_states(&self) -> impl Iterator<Item = (&Tile, &TileState)> {
        self.shown_tiles().iter().zip(&self.tile_states)
    }

    pub(super) fn tile_mut(&mut self, index: usize) -> Option<(&Tile, &mut TileState)> {
        let tiles = self.definition.shown_tiles(self.expansion.as_ref());
        tiles.get(index).zip(self.tile_states.get_mut(index))
    }

    pub(super) fn tiles_mut(&mut self) -> impl Iterator<Item = (&Tile, &mut TileState)> {
        let tiles = self.definition.shown_tiles(self.expansion.as_ref());
        tiles.iter().zip(&mut self.tile_states)
    }

    /// Sets the state of a tile that has none.
    pub(super) fn set_initial_state(&mut self, index: usize, state: TileState) {
        if state.is_pending() {
            self.unresolved_tiles.push(index);
        }
        if let Some(own) = self.tile_states.get_mut(index) {
            *own = state;
        }
    }

    /// Sets the initial states of the tiles. A tile that has a value or an unconfirmed publish keeps its
    /// state unless the initial state contains a message.
    pub(super) fn set_initial_states(&mut self, initial_states: Vec<TileState>) {
        for (index, (state, initial_state)) in self.tile_states.iter_mut().zip(initial_states).enumerate() {
            if initial_state.is_pending() {
                self.unresolved_tiles.push(index);
                *state = initial_state;
            } else if state.value.is_none() && state.unconfirmed.is_none() {
                *state = initial_state;
            }
        }
        self.tiles_mut().for_each(|(tile, state)| state.update_kept(tile));
    }

    /// Passes a message to a tile. The tiles of a message share one copy of a large payload, which is
    /// cached in `shared_payload`.
    pub(super) fn receive_message(
        &mut self,
        index: usize,
        message: MessageRef<'_>,
        received_at: Time,
        shared_payload: &mut Option<SharedPayload>,
    ) {
        let Some(state) = self.tile_states.get_mut(index) else {
            return;
        };
        let newly_unresolved = if message.payload.len() > MAX_HISTORY_PAYLOAD_BYTES {
            state.record_message(message, received_at);
            let payload = shared_payload.get_or_insert_with(|| SharedPayload::new(message.payload));
            state.set_pending_payload(payload.clone(), received_at)
        } else {
            state.receive(message, received_at)
        };
        if newly_unresolved {
            self.unresolved_tiles.push(index);
        }
    }

    /// Passes a message to a tile after its receive script has run or was skipped.
    pub(super) fn receive_scripted_message(&mut self, index: usize, payload: SharedPayload, received_at: Time) {
        if let Some(state) = self.tile_states.get_mut(index)
            && state.set_pending_payload(payload, received_at)
        {
            self.unresolved_tiles.push(index);
        }
    }

    /// Returns the tiles whose last message has not been resolved to a value, and empties the list.
    pub(super) fn take_unresolved_tiles(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.unresolved_tiles)
    }
}
