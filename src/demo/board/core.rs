//! The FFI to the firmware's core, `device/core`: the only unsafe code of this project.
//!
//! A [`DeviceCore`] owns two allocations that do not move: the C `struct device`, of which only size and
//! alignment are known here, and a slot, which is the `context` that C passes to the functions of its port.
//! During a call into C, the slot points to an [`ActiveCall`] on the stack, which borrows the [`DevicePort`];
//! otherwise it is null. C calls the port only during a call and on the same thread, and a port cannot call
//! the core, so access through the slot is exclusive.
//!
//! A panic of the port must not unwind through C: it is stored in the [`ActiveCall`] and resumed after C has
//! returned.

#![expect(unsafe_code, reason = "the firmware is written in C; this file is the FFI to it")]

use std::{
    alloc::{self, Layout},
    cell::Cell,
    ffi::{CStr, CString, c_char, c_int, c_void},
    ptr::{self, NonNull},
    slice,
    time::Duration,
};

use super::{
    BoardIdentity, BoardMessage, BoardSettings, DevicePort, SensorReadings,
    active_call::ActiveCall,
    layout::LAYOUT,
    raw::{IdentityTexts, RawDevice, RawFragment, RawIdentity, RawLight, RawReadings, RawSettings},
};

/// `struct device_port`.
#[repr(C)]
pub(super) struct RawPort {
    pub(super) context: *mut c_void,
    pub(super) publish: unsafe extern "C" fn(*mut c_void, *const c_char, *const c_char, usize, c_int, bool) -> bool,
    pub(super) subscribe: unsafe extern "C" fn(*mut c_void, *const c_char, c_int) -> bool,
    pub(super) set_light: unsafe extern "C" fn(*mut c_void, *const RawLight),
    pub(super) read_sensors: unsafe extern "C" fn(*mut c_void, *mut RawReadings),
    pub(super) save_settings: unsafe extern "C" fn(*mut c_void, *const RawSettings) -> bool,
}

// SAFETY: the declarations match device.h and layout.c. The three safe functions take no pointer and access
// no mutable state.
unsafe extern "C" {
    safe fn device_size() -> usize;
    safe fn device_alignment() -> usize;
    safe fn mqtt_dash_layout(index: usize) -> usize;
    fn device_init(
        device: *mut RawDevice,
        port: *const RawPort,
        identity: *const RawIdentity,
        stored: *const RawSettings,
        now: u32,
    ) -> bool;
    fn device_on_connected(device: *mut RawDevice, ip: *const c_char, now: u32);
    fn device_on_disconnected(device: *mut RawDevice, now: u32);
    fn device_go_offline(device: *mut RawDevice, now: u32) -> bool;
    fn device_receive(device: *mut RawDevice, fragment: *const RawFragment, now: u32);
    fn device_set_button(device: *mut RawDevice, pressed: bool, now: u32);
    fn device_tick(device: *mut RawDevice, now: u32);
    fn device_ms_until_tick(device: *const RawDevice, now: u32) -> u32;
    fn device_format_topic(device: *const RawDevice, suffix: *const c_char, out: *mut c_char, size: usize) -> bool;
}

/// A pointer to the [`ActiveCall`] in progress, or null. C holds the address of the slot.
type CallSlot = Cell<*mut c_void>;

/// The firmware's core of one board, with its memory. Every `now` is the time since the board was started.
pub(crate) struct DeviceCore {
    device: NonNull<RawDevice>,
    slot: NonNull<CallSlot>,
    layout: Layout,
    base_topic: String,
}

// SAFETY: nothing in the core is bound to a thread: C has no global and no thread-local state, both
// allocations are owned by this value alone, and the slot is null between calls.
unsafe impl Send for DeviceCore {}

impl DeviceCore {
    /// Initializes a board with the settings of its last run. Returns `None` if the ID is not valid, or a
    /// text contains a NUL character.
    ///
    /// # Panics
    /// When the layout of the shared types differs between C and Rust, which is a bug in this program.
    pub fn new(
        identity: &BoardIdentity,
        stored: BoardSettings,
        now: Duration,
        device_port: &mut dyn DevicePort,
    ) -> Option<Self> {
        let layouts_match =
            (0..=LAYOUT.len()).all(|i| mqtt_dash_layout(i) == LAYOUT.get(i).copied().unwrap_or(usize::MAX));
        assert!(layouts_match, "the layout of the types differs between device.h and layout.rs");
        let texts = IdentityTexts::new(identity)?;
        let identity = texts.as_raw();
        let mut core = Self::allocate()?;
        let port =
            RawPort { context: core.slot.as_ptr().cast(), publish, subscribe, set_light, read_sensors, save_settings };
        let stored = RawSettings::from(stored);
        // SAFETY: the device has the size and alignment that C requires. The other pointers are valid during
        // this call, and C copies the texts and the port, whose context lives as long as the device.
        let valid = core.call_with_port(device_port, |device| unsafe {
            device_init(device, &raw const port, &raw const identity, &raw const stored, millis(now))
        });
        if !valid {
            return None;
        }
        core.base_topic = core.read_base_topic();
        Some(core)
    }

    fn allocate() -> Option<Self> {
        let layout =
            Layout::from_size_align(device_size(), device_alignment()).ok().filter(|layout| layout.size() > 0)?;
        // SAFETY: the size is not 0.
        let device = unsafe { alloc::alloc_zeroed(layout) };
        let device = NonNull::new(device.cast()).unwrap_or_else(|| alloc::handle_alloc_error(layout));
        let slot = NonNull::from(Box::leak(Box::new(CallSlot::new(ptr::null_mut()))));
        Some(Self { device, slot, layout, base_topic: String::new() })
    }

    fn read_base_topic(&self) -> String {
        let mut buffer = [0_u8; 128];
        // SAFETY: the device was initialized; C writes at most `buffer.len()` bytes including a NUL.
        let fits = unsafe {
            device_format_topic(self.device.as_ptr(), c"".as_ptr(), buffer.as_mut_ptr().cast(), buffer.len())
        };
        let topic = CStr::from_bytes_until_nul(&buffer).ok().filter(|_| fits).unwrap_or_default();
        topic.to_string_lossy().trim_end_matches('/').to_owned()
    }

    /// Returns the base topic, `esp32/<id>`, with which every topic of the board begins.
    #[must_use]
    pub fn base_topic(&self) -> &str {
        &self.base_topic
    }

    /// Tells the core that the MQTT client has connected, and the IP address of the board.
    pub fn on_connected(&mut self, now: Duration, ip: &str, device_port: &mut dyn DevicePort) {
        let ip = CString::new(ip).unwrap_or_default();
        // SAFETY: the device is initialized, and the text is valid during this call.
        self.call_with_port(device_port, |device| unsafe { device_on_connected(device, ip.as_ptr(), millis(now)) });
    }

    /// Tells the core that the MQTT client has lost its connection.
    pub fn on_disconnected(&mut self, now: Duration, device_port: &mut dyn DevicePort) {
        // SAFETY: the device is initialized.
        self.call_with_port(device_port, |device| unsafe { device_on_disconnected(device, millis(now)) });
    }

    /// Publishes "offline" before a planned disconnect. Returns false if it could not be published.
    pub fn go_offline(&mut self, now: Duration, device_port: &mut dyn DevicePort) -> bool {
        // SAFETY: the device is initialized.
        self.call_with_port(device_port, |device| unsafe { device_go_offline(device, millis(now)) })
    }

    /// Passes a received message to the core.
    pub fn receive_message(
        &mut self,
        now: Duration,
        (topic, payload): (&str, &[u8]),
        retained: bool,
        device_port: &mut dyn DevicePort,
    ) {
        let fragment = RawFragment::whole_message(topic, payload, retained);
        // SAFETY: the device is initialized; topic and payload are valid during this call and have the given
        // lengths. C keeps no pointer to them.
        self.call_with_port(device_port, |device| unsafe { device_receive(device, &raw const fragment, millis(now)) });
    }

    /// Passes the level of the button to the core.
    pub fn set_button(&mut self, now: Duration, down: bool, device_port: &mut dyn DevicePort) {
        // SAFETY: the device is initialized.
        self.call_with_port(device_port, |device| unsafe { device_set_button(device, down, millis(now)) });
    }

    /// Does what is due. Returns how long to wait at most before the next call.
    pub fn tick(&mut self, now: Duration, device_port: &mut dyn DevicePort) -> Duration {
        // SAFETY: the device is initialized.
        let wait = self.call_with_port(device_port, |device| unsafe {
            device_tick(device, millis(now));
            device_ms_until_tick(device, millis(now))
        });
        Duration::from_millis(wait.into())
    }

    /// Calls into C with the port available to it, and resumes a panic of the port afterwards.
    fn call_with_port<T>(
        &mut self,
        device_port: &mut dyn DevicePort,
        operation: impl FnOnce(*mut RawDevice) -> T,
    ) -> T {
        let mut active_call = ActiveCall::new(device_port);
        // SAFETY: the slot lives as long as this core.
        let slot = unsafe { self.slot.as_ref() };
        slot.set(ptr::from_mut(&mut active_call).cast());
        let result = operation(self.device.as_ptr());
        slot.set(ptr::null_mut());
        active_call.resume_panic();
        result
    }
}

impl Drop for DeviceCore {
    fn drop(&mut self) {
        // SAFETY: both were allocated in `allocate`, the device with this layout and the slot as a box, and
        // there is no other pointer to them: C stores the slot only in the device.
        unsafe {
            alloc::dealloc(self.device.as_ptr().cast(), self.layout);
            drop(Box::from_raw(self.slot.as_ptr()));
        }
    }
}

/// Converts a time for the core, which counts milliseconds in 32 bits and handles their wraparound.
#[expect(clippy::cast_possible_truncation, reason = "the time wraps around after 49 days, as the core expects")]
const fn millis(now: Duration) -> u32 {
    now.as_millis() as u32
}

/// Runs an operation with the port of the call in progress. Returns `fallback` if no call is in progress, if
/// the port has already panicked in this call, or if it panics now.
///
/// # Safety
/// `context` must be the context of a port, passed by C during a call into the core.
unsafe fn with_device_port<T>(
    context: *mut c_void,
    fallback: T,
    operation: impl FnOnce(&mut dyn DevicePort) -> T,
) -> T {
    // SAFETY: the context of a port is the slot of its core, which is alive during the call.
    let slot = unsafe { &*context.cast::<CallSlot>() };
    // SAFETY: the slot is null or points to the `ActiveCall` of the call in progress. It is not accessed
    // elsewhere before C has returned, and C calls one function of the port at a time.
    let Some(active_call) = (unsafe { slot.get().cast::<ActiveCall<'_>>().as_mut() }) else { return fallback };
    active_call.run(fallback, operation)
}

unsafe extern "C" fn publish(
    context: *mut c_void,
    topic: *const c_char,
    payload: *const c_char,
    length: usize,
    qos: c_int,
    retain: bool,
) -> bool {
    let publish = |device_port: &mut dyn DevicePort| {
        // SAFETY: the topic is terminated by NUL, and topic and payload are valid during this call.
        let topic = unsafe { CStr::from_ptr(topic) }.to_string_lossy();
        let payload = if length == 0 {
            &[]
        } else {
            // SAFETY: the payload has `length` bytes.
            unsafe { slice::from_raw_parts(payload.cast::<u8>(), length) }
        };
        device_port.publish(BoardMessage { topic: &topic, payload, acknowledged: qos > 0, retain })
    };
    // SAFETY: C calls this during a call into the core, with the context of the port.
    unsafe { with_device_port(context, false, publish) }
}

unsafe extern "C" fn subscribe(context: *mut c_void, filter: *const c_char, _qos: c_int) -> bool {
    // SAFETY: the filter is terminated by NUL and valid during this call.
    let subscribe =
        |device_port: &mut dyn DevicePort| device_port.subscribe(&unsafe { CStr::from_ptr(filter) }.to_string_lossy());
    // SAFETY: C calls this during a call into the core, with the context of the port.
    unsafe { with_device_port(context, false, subscribe) }
}

unsafe extern "C" fn set_light(context: *mut c_void, light: *const RawLight) {
    // SAFETY: C passes a light that is valid during this call.
    let light = unsafe { *light };
    // SAFETY: C calls this during a call into the core, with the context of the port.
    unsafe { with_device_port(context, (), |device_port| device_port.set_light(light.into())) }
}

unsafe extern "C" fn read_sensors(context: *mut c_void, readings: *mut RawReadings) {
    // SAFETY: C calls this during a call into the core, with the context of the port.
    let sensor_readings =
        unsafe { with_device_port(context, SensorReadings::default(), |device_port| device_port.read_sensors()) };
    // SAFETY: C passes a pointer that is valid for writing during this call, and does not access it at the
    // same time.
    unsafe { readings.write(sensor_readings.into()) }
}

unsafe extern "C" fn save_settings(context: *mut c_void, settings: *const RawSettings) -> bool {
    // SAFETY: C passes settings that are valid during this call.
    let settings = unsafe { *settings };
    // SAFETY: C calls this during a call into the core, with the context of the port.
    unsafe { with_device_port(context, false, |device_port| device_port.save_settings(settings.into())) }
}

#[cfg(test)]
#[path = "core_tests.rs"]
mod tests;
