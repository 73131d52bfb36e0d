//! The tiles that a dashboard shows, if these are not exactly the tiles of its definition: those of a template come once
//! for each device, and variables stand for other texts.

mod panel;
mod tile_maker;

use std::{borrow::Cow, cell::LazyCell, cmp::Reverse, collections::BTreeMap, sync::Arc};

use tile_maker::TileMaker;

use super::{
    availability::Availability,
    dashboard::Dashboard,
    edit::DashboardEdit,
    field_value::Nested,
    schema::FieldValue as _,
    template::{Device, DeviceList, DeviceOrder, Template, placeholder::Bindings},
    tile::Tile,
    topic::TopicFilter,
    value::ValidationError,
};

/// Where a tile that is shown is defined.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TileOrigin {
    /// It is the tile of the definition with this index.
    Tile(usize),
    /// It is a tile of a template, for one of its devices.
    Template {
        /// The index of the template.
        template: usize,
        /// The index of the tile in the template.
        tile: usize,
        /// The key of the device.
        device: Arc<str>,
    },
    /// It is a row of the panel that is defined there.
    Row(Box<TileOrigin>, usize),
}

impl TileOrigin {
    /// Returns where the same is defined after tiles of the definition have moved: `new_index` returns the new index of one.
    #[must_use]
    pub(crate) fn moved(&self, new_index: &impl Fn(usize) -> usize) -> Self {
        match self {
            Self::Tile(index) => Self::Tile(new_index(*index)),
            Self::Template { .. } => self.clone(),
            Self::Row(panel, row) => Self::Row(Box::new(panel.moved(new_index)), *row),
        }
    }

    /// Returns the index of the tile of the definition that it is; `None` if it is made from a part of the definition.
    pub(crate) const fn tile_index(&self) -> Option<usize> {
        match self {
            Self::Tile(index) => Some(*index),
            Self::Template { .. } | Self::Row(..) => None,
        }
    }

    /// Returns the template and the device for which the tile is made, if it is; that of its panel, if it is a row.
    pub(crate) const fn template(&self) -> Option<(usize, &Arc<str>)> {
        match self.whole() {
            Self::Template { template, device, .. } => Some((*template, device)),
            Self::Tile(_) | Self::Row(..) => None,
        }
    }

    /// Returns where the same is defined if its template has another index: `new_index` returns that, or `None` if the
    /// template is gone.
    pub(crate) fn in_template(&self, new_index: &impl Fn(usize) -> Option<usize>) -> Option<Self> {
        Some(match self {
            Self::Tile(_) => self.clone(),
            Self::Template { template, tile, device } => {
                Self::Template { template: new_index(*template)?, tile: *tile, device: Arc::clone(device) }
            }
            Self::Row(panel, row) => Self::Row(Box::new(panel.in_template(new_index)?), *row),
        })
    }
}

/// What a dashboard shows besides what its definition says: the devices that have appeared, and what the user has chosen.
#[derive(Debug, Clone, Default)]
pub(crate) struct ExpansionInput {
    /// The devices of each template.
    pub devices: Vec<DeviceList>,
    /// What the user has chosen for variables to stand for.
    pub chosen: BTreeMap<String, String>,
}

/// The tiles that a dashboard shows, each with where it is defined.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expansion {
    /// The tiles, in the order in which they are shown.
    pub tiles: Vec<Tile>,
    /// Where each of them is defined.
    pub origins: Vec<TileOrigin>,
    /// A device for which a tile cannot be made, and why.
    pub failure: Option<(Arc<str>, ValidationError)>,
}

impl Dashboard {
    /// Returns whether it shows exactly its own tiles, so that each is kept once.
    fn is_plain(&self) -> bool {
        self.templates.is_empty() && self.vars.is_empty() && !self.tiles.iter().any(Tile::is_panel)
    }

    /// Returns what its variables stand for.
    pub(crate) fn variable_bindings<'a>(&'a self, chosen: &'a BTreeMap<String, String>) -> Bindings<'a> {
        let mut bindings = Bindings::default();
        for variable in &self.vars.0 {
            bindings.bind(&variable.name, variable.text(chosen));
        }
        bindings
    }

    /// Returns the tiles that the dashboard shows; `None` if these are exactly its own ones. `made` returns a tile that was
    /// made from the same definition before, so that it is not made again.
    pub(crate) fn expand(
        &self,
        input: &ExpansionInput,
        mut made: impl FnMut(&TileOrigin) -> Option<Tile>,
    ) -> Option<Expansion> {
        if self.is_plain() {
            return None;
        }
        let variables = self.variable_bindings(&input.chosen);
        let mut expansion = Expansion::default();
        let mut templates = self.templates.iter().enumerate().peekable();
        for index in 0..=self.tiles.len() {
            while let Some((template_index, template)) = templates.next_if(|(_, template)| template.position <= index) {
                let devices = input.devices.get(template_index);
                expansion.add_template((template_index, template), devices, &variables, &mut made);
            }
            let Some(tile) = self.tiles.get(index) else { continue };
            let origin = TileOrigin::Tile(index);
            let shown = made(&origin).or_else(|| TileMaker::new(tile).make(&variables).ok());
            expansion.push(shown.unwrap_or_else(|| tile.clone()), origin, &mut made);
        }
        Some(expansion)
    }

    /// Returns the tiles that are shown: those of its expansion, or its own if it has none.
    pub(crate) fn shown_tiles<'a>(&'a self, expansion: Option<&'a Expansion>) -> &'a [Tile] {
        expansion.map_or(&self.tiles, |expansion| &expansion.tiles)
    }

    /// Returns where the device of all tiles says whether it is online that do not say it themselves.
    pub(crate) fn shown_availability(&self, input: &ExpansionInput) -> Option<Availability> {
        let value = self.availability.to_value()?;
        let replaced = self.variable_bindings(&input.chosen).apply_to_value("availability", &value);
        Nested::from_value(&replaced).ok().map(|availability| availability.0)
    }

    /// Returns everything that its tiles subscribe to, whichever devices there are.
    pub(crate) fn topic_filters(&self, chosen: &BTreeMap<String, String>) -> Vec<TopicFilter> {
        let variables = self.variable_bindings(chosen);
        let own = self.tiles_and_rows().filter_map(|tile| tile.topic.clone());
        let own = own.filter_map(|topic| TopicFilter::new(&variables.apply(topic.as_str())).ok());
        let of_devices = self.templates.iter().flat_map(|template| template.subscriptions(&variables));
        own.chain(of_devices.map(|subscription| subscription.filter)).collect()
    }

    /// Returns the tile that is defined there; `None` if there is none.
    pub(crate) fn tile_at(&self, origin: &TileOrigin) -> Option<Cow<'_, Tile>> {
        match origin {
            TileOrigin::Tile(index) => self.tiles.get(*index).map(Cow::Borrowed),
            TileOrigin::Template { template, tile, .. } => {
                self.templates.get(*template)?.tiles.get(*tile).map(Cow::Borrowed)
            }
            TileOrigin::Row(panel, row) => self.row_at(panel, *row),
        }
    }

    /// Returns the edit that replaces the tile that is defined there; `None` if there is none.
    pub(crate) fn replace_at(&self, origin: &TileOrigin, tile: Tile) -> Option<DashboardEdit> {
        self.tile_at(origin.whole())?;
        match *origin {
            TileOrigin::Tile(index) => Some(DashboardEdit::ReplaceTile(index, tile)),
            TileOrigin::Template { template, tile: index, .. } => {
                Some(DashboardEdit::ReplaceTemplateTile { template, index, tile: Box::new(tile) })
            }
            TileOrigin::Row(ref panel, row) => self.replace_row_at(panel, row, &tile),
        }
    }

    /// Returns a tile as the dashboard shows it, if it is defined there with the text of `tile`.
    pub(crate) fn shown_at(&self, origin: &TileOrigin, tile: &Tile, input: &ExpansionInput) -> Option<Tile> {
        let variables = self.variable_bindings(&input.chosen);
        let bindings = match origin.whole() {
            TileOrigin::Template { template, device, .. } => {
                let device = input.devices.get(*template)?.get(device)?;
                self.templates.get(*template)?.bindings(device, &variables)
            }
            TileOrigin::Tile(_) | TileOrigin::Row(..) => variables,
        };
        TileMaker::new(tile).make(&bindings).ok()
    }
}

impl Expansion {
    /// Returns the tiles that no template has made.
    pub(crate) fn own_tiles(&self) -> impl Iterator<Item = &Tile> {
        let tiles = self.tiles.iter().zip(&self.origins);
        tiles.filter(|(_, origin)| origin.template().is_none()).map(|(tile, _)| tile)
    }

    /// Returns whether the devices of a template are shown in the order in which they have sent something.
    pub(crate) fn is_in_order_of_messages(&self, template: usize, devices: &DeviceList) -> bool {
        let origins = self.origins.iter().filter_map(TileOrigin::template);
        let keys = origins.filter(|(index, _)| *index == template).map(|(_, key)| key);
        keys.is_sorted_by_key(|key| Reverse(devices.get(key).map(|device| device.last_seen)))
    }

    /// Adds the tiles of a template, once for each device.
    fn add_template(
        &mut self,
        (template_index, template): (usize, &Template),
        devices: Option<&DeviceList>,
        variables: &Bindings<'_>,
        made: &mut impl FnMut(&TileOrigin) -> Option<Tile>,
    ) {
        let makers: Vec<TileMaker<'_>> = template.tiles.iter().map(TileMaker::new).collect();
        let availability = template.availability.to_value();
        for device in sorted(devices, template) {
            let bindings = LazyCell::new(|| template.bindings(device, variables));
            for (tile_index, maker) in makers.iter().enumerate() {
                let device_key = Arc::clone(&device.key);
                let origin = TileOrigin::Template { template: template_index, tile: tile_index, device: device_key };
                let make = || maker.make_for_device(&bindings, template.name_of(device), availability.as_ref());
                match made(&origin).map_or_else(make, Ok) {
                    Ok(tile) => self.push(tile, origin, made),
                    Err(error) => self.failure = Some((Arc::clone(&device.key), error)),
                }
            }
        }
    }
}

/// Returns the devices of a template in the order in which they are shown.
fn sorted<'a>(devices: Option<&'a DeviceList>, template: &Template) -> Vec<&'a Device> {
    let mut sorted: Vec<&Device> = devices.into_iter().flat_map(DeviceList::iter).collect();
    match template.sort {
        DeviceOrder::FirstSeen => {}
        DeviceOrder::Name => sorted.sort_by_cached_key(|device| template.name_of(device).to_lowercase()),
        DeviceOrder::LastSeen => sorted.sort_by_key(|device| Reverse(device.last_seen)),
    }
    sorted
}

#[cfg(test)]
#[path = "expansion_tests.rs"]
mod tests;
