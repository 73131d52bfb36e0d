//! Makes the tiles of a dashboard from their definitions, with texts in place of the placeholders.

use crate::model::{
    schema::{DynFields as _, non_default_fields},
    template::placeholder::{Bindings, placeholders, visit_texts},
    tile::Tile,
    value::{ValidationError, Value},
};

/// Makes tiles from one with placeholders.
pub(super) struct TileMaker<'a> {
    tile: &'a Tile,
    /// The values in which there are placeholders.
    entries: Vec<(String, Value)>,
}

impl<'a> TileMaker<'a> {
    /// Prepares to make tiles from this one.
    pub(super) fn new(tile: &'a Tile) -> Self {
        let has_placeholder = |(key, value): &(String, Value)| {
            let mut found = false;
            visit_texts(key, value, &mut |_, text| found |= placeholders(text).next().is_some());
            found
        };
        Self { tile, entries: non_default_fields(tile).into_iter().filter(has_placeholder).collect() }
    }

    /// Makes the tile with these texts in place of its placeholders.
    pub(super) fn make(&self, bindings: &Bindings<'_>) -> Result<Tile, ValidationError> {
        let mut tile = self.tile.clone();
        for (key, value) in &self.entries {
            set(&mut tile, key, &bindings.apply_to_value(key, value))?;
        }
        let errors = if tile.is_panel() { tile.panel_errors() } else { Vec::new() };
        errors.into_iter().next().map_or(Ok(tile), Err)
    }

    /// Makes the tile of a device, which has the device's name and its availability unless it says something else.
    pub(super) fn make_for_device(
        &self,
        bindings: &Bindings<'_>,
        name: &str,
        availability: Option<&Value>,
    ) -> Result<Tile, ValidationError> {
        let mut tile = self.make(bindings)?;
        if tile.name.is_empty() {
            name.clone_into(&mut tile.name);
        }
        if let Some(availability) = availability.filter(|_| tile.availability().is_none()) {
            set(&mut tile, "availability", &bindings.apply_to_value("availability", availability))?;
        }
        Ok(tile)
    }
}

/// Sets a key of a tile.
fn set(tile: &mut Tile, key: &str, value: &Value) -> Result<(), ValidationError> {
    let errors = tile.set(key, value).and_then(Result::err).unwrap_or_default();
    errors.into_iter().next().map_or(Ok(()), |error| Err(error.prepend_key(key)))
}
