//! A tile as MQTT Dash can have it.

use std::borrow::Cow;

use super::Tile;
use crate::model::{kind, rare::Rare};

impl Tile {
    /// Returns the tile as MQTT Dash can have it: of the kind that stands for its own, and with the unit as text after the
    /// value.
    #[must_use]
    pub(crate) fn for_mqtt_dash(&self) -> Cow<'_, Self> {
        let stand_in = self.kind.mqtt_dash_stand_in();
        if stand_in.is_none() && self.kind.unit().is_empty() {
            return Cow::Borrowed(self);
        }
        let mut tile = Self { postfix: Rare::new(self.suffix()), ..self.clone() };
        if let Some((stand_in, mut kind)) =
            stand_in.and_then(|stand_in| Some((stand_in, kind::from_name(stand_in.kind).ok()?)))
        {
            for (own_key, key) in stand_in.keys {
                if let Some(value) = self.kind.get(own_key) {
                    // Both keys have values of the same type.
                    _ = kind.set(key, &value);
                }
            }
            tile.kind = kind;
        }
        if !self.publishes() {
            tile.make_read_only();
        }
        Cow::Owned(tile)
    }
}
