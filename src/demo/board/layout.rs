//! The memory layout of the types and the constants that C and Rust share, as Rust sees it.

use std::mem::offset_of;

use super::{
    BUTTON_DEBOUNCE_MS, BUTTON_LONG_PRESS_MS, LIGHT_LEVEL_MAX, LampMode,
    core::RawPort,
    raw::{RawFragment, RawIdentity, RawLight, RawReadings, RawSettings},
};

/// The layout that Rust expects: the same values in the same order as in layout.c.
#[rustfmt::skip]
pub(super) const LAYOUT: &[usize] = &[
    size_of::<RawSettings>(),
    offset_of!(RawSettings, lamp), offset_of!(RawSettings, dim), offset_of!(RawSettings, red),
    offset_of!(RawSettings, green), offset_of!(RawSettings, blue), offset_of!(RawSettings, mode),
    offset_of!(RawSettings, interval_s),
    size_of::<RawLight>(),
    offset_of!(RawLight, level), offset_of!(RawLight, red), offset_of!(RawLight, green), offset_of!(RawLight, blue),
    size_of::<RawReadings>(),
    offset_of!(RawReadings, has_temperature), offset_of!(RawReadings, has_adc), offset_of!(RawReadings, has_rssi),
    offset_of!(RawReadings, has_heap), offset_of!(RawReadings, temperature_centi), offset_of!(RawReadings, adc_mv),
    offset_of!(RawReadings, rssi_dbm), offset_of!(RawReadings, heap_bytes),
    size_of::<RawIdentity>(),
    offset_of!(RawIdentity, id), offset_of!(RawIdentity, chip), offset_of!(RawIdentity, sdk),
    offset_of!(RawIdentity, mac), offset_of!(RawIdentity, reset_reason),
    size_of::<RawPort>(),
    offset_of!(RawPort, context), offset_of!(RawPort, publish), offset_of!(RawPort, subscribe),
    offset_of!(RawPort, set_light), offset_of!(RawPort, read_sensors), offset_of!(RawPort, save_settings),
    size_of::<RawFragment>(),
    offset_of!(RawFragment, topic), offset_of!(RawFragment, topic_length), offset_of!(RawFragment, data),
    offset_of!(RawFragment, length), offset_of!(RawFragment, offset), offset_of!(RawFragment, total),
    offset_of!(RawFragment, retained),
    LampMode::Steady as usize, LampMode::Blink as usize, LampMode::Breathe as usize, 3,
    LIGHT_LEVEL_MAX as usize, BUTTON_DEBOUNCE_MS as usize, BUTTON_LONG_PRESS_MS as usize,
];
