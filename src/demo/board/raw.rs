//! The C types of the firmware's core in the memory layout of C, and their conversions.

use std::{
    ffi::{CString, c_char},
    marker::{PhantomData, PhantomPinned},
};

use super::{BoardIdentity, BoardSettings, LampColor, LampMode, Light, SensorReadings};

/// `struct device`: opaque.
#[repr(C)]
pub(super) struct RawDevice {
    data: [u8; 0],
    marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// `struct settings`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct RawSettings {
    pub(super) lamp: bool,
    pub(super) dim: u8,
    pub(super) red: u8,
    pub(super) green: u8,
    pub(super) blue: u8,
    pub(super) mode: u8,
    pub(super) interval_s: u16,
}

/// `struct light`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct RawLight {
    pub(super) level: u16,
    pub(super) red: u8,
    pub(super) green: u8,
    pub(super) blue: u8,
}

/// `struct device_readings`.
#[repr(C)]
pub(super) struct RawReadings {
    pub(super) has_temperature: bool,
    pub(super) has_adc: bool,
    pub(super) has_rssi: bool,
    pub(super) has_heap: bool,
    pub(super) temperature_centi: i32,
    pub(super) adc_mv: u32,
    pub(super) rssi_dbm: i32,
    pub(super) heap_bytes: u32,
}

/// `struct device_identity`.
#[repr(C)]
pub(super) struct RawIdentity {
    pub(super) id: *const c_char,
    pub(super) chip: *const c_char,
    pub(super) sdk: *const c_char,
    pub(super) mac: *const c_char,
    pub(super) reset_reason: *const c_char,
}

/// `struct device_fragment`.
#[repr(C)]
pub(super) struct RawFragment {
    pub(super) topic: *const c_char,
    pub(super) topic_length: usize,
    pub(super) data: *const u8,
    pub(super) length: usize,
    pub(super) offset: usize,
    pub(super) total: usize,
    pub(super) retained: bool,
}

/// The texts of a [`BoardIdentity`], each with a NUL at its end.
pub(super) struct IdentityTexts {
    id: CString,
    chip: CString,
    sdk: CString,
    mac: CString,
    reset_reason: CString,
}

impl IdentityTexts {
    /// Copies the texts. Returns `None` if one contains a NUL character.
    pub(super) fn new(identity: &BoardIdentity) -> Option<Self> {
        let to_c_string = |text: &str| CString::new(text).ok();
        Some(Self {
            id: to_c_string(&identity.id)?,
            chip: to_c_string(&identity.chip)?,
            sdk: to_c_string(&identity.sdk)?,
            mac: to_c_string(&identity.mac)?,
            reset_reason: to_c_string(&identity.reset_reason)?,
        })
    }

    /// Returns pointers to the texts, which are valid as long as `self`.
    pub(super) fn as_raw(&self) -> RawIdentity {
        RawIdentity {
            id: self.id.as_ptr(),
            chip: self.chip.as_ptr(),
            sdk: self.sdk.as_ptr(),
            mac: self.mac.as_ptr(),
            reset_reason: self.reset_reason.as_ptr(),
        }
    }
}

impl RawFragment {
    /// Returns a message in one fragment. Its pointers are valid as long as the topic and the payload.
    pub(super) fn whole_message(topic: &str, payload: &[u8], retained: bool) -> Self {
        Self {
            topic: topic.as_ptr().cast(),
            topic_length: topic.len(),
            data: payload.as_ptr(),
            length: payload.len(),
            offset: 0,
            total: payload.len(),
            retained,
        }
    }
}

impl From<BoardSettings> for RawSettings {
    fn from(settings: BoardSettings) -> Self {
        let BoardSettings { lamp, dim, color: LampColor(red, green, blue), mode, interval } = settings;
        Self { lamp, dim, red, green, blue, mode: mode as u8, interval_s: interval }
    }
}

impl From<RawSettings> for BoardSettings {
    fn from(settings: RawSettings) -> Self {
        let RawSettings { lamp, dim, red, green, blue, mode, interval_s } = settings;
        let modes = [LampMode::Steady, LampMode::Blink, LampMode::Breathe];
        let mode = modes.into_iter().find(|known| *known as u8 == mode).unwrap_or(LampMode::Steady);
        Self { lamp, dim, color: LampColor(red, green, blue), mode, interval: interval_s }
    }
}

impl From<SensorReadings> for RawReadings {
    fn from(readings: SensorReadings) -> Self {
        let SensorReadings { temperature, adc, rssi, heap } = readings;
        Self {
            has_temperature: temperature.is_some(),
            has_adc: adc.is_some(),
            has_rssi: rssi.is_some(),
            has_heap: heap.is_some(),
            temperature_centi: to_centidegrees(temperature.unwrap_or_default()),
            adc_mv: adc.unwrap_or_default().into(),
            rssi_dbm: rssi.unwrap_or_default().into(),
            heap_bytes: heap.unwrap_or_default(),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a conversion from float to integer saturates")]
fn to_centidegrees(degrees: f32) -> i32 {
    (degrees * 100.0).round() as i32
}

impl From<RawLight> for Light {
    fn from(RawLight { level, red, green, blue }: RawLight) -> Self {
        Self { level, color: LampColor(red, green, blue) }
    }
}
