//! The settings and behaviors of MQTT Dash and their counterparts in mqtt-dash, from which
//! `docs/compatibility.md` is generated. Tests check every row.

mod behaviors;
mod other_settings;
mod tile_settings;

pub use self::{
    behaviors::{BEHAVIORS, BehaviorRow},
    other_settings::{OTHER_SETTINGS, OtherSettingRow},
    tile_settings::{TILE_SETTINGS, TileSettingRow},
};
