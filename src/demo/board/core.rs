//! The firmware's core, `device/core`, called from Rust: the only unsafe code of this project.
//!
//! A [`DeviceCore`] owns two allocations that do not move: the C `struct device`, of which only size and
//! alignment are known here, and a slot, which is the `context` that C hands back to the functions
//! of its port. While a call into C lasts the slot points to a [`Call`] on the stack, which lends
//! the outside; otherwise it is null. C calls back only from within a call, never from another
//! thread, and no port calls into the core again, so whoever follows the slot is alone.
//!
//! A panic of the outside does not run through C: it waits in the [`Call`] and goes on behind it.

#![expect(unsafe_code, reason = "the firmware is C; this file is the border to it")]

use std::{
    alloc::{self, Layout},
    any::Any,
    cell::Cell,
    ffi::{CStr, CString, c_char, c_int, c_void},
    marker::{PhantomData, PhantomPinned},
    mem::offset_of,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    ptr::{self, NonNull},
    slice,
    time::Duration,
};

use super::{
    BUTTON_DEBOUNCE_MS, BUTTON_LONG_MS, BoardIdentity, BoardMessage, BoardSettings, DevicePort, LIGHT_FULL, LampMode,
    SensorReadings,
    raw::{RawIdentity, RawLight, RawPiece, RawReadings, RawSettings},
};

/// `struct device`: opaque.
#[repr(C)]
struct RawDevice {
    data: [u8; 0],
    marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// `struct device_port`.
#[repr(C)]
struct RawPort {
    context: *mut c_void,
    publish: unsafe extern "C" fn(*mut c_void, *const c_char, *const c_char, usize, c_int, bool) -> bool,
    subscribe: unsafe extern "C" fn(*mut c_void, *const c_char, c_int) -> bool,
    light: unsafe extern "C" fn(*mut c_void, *const RawLight),
    read: unsafe extern "C" fn(*mut c_void, *mut RawReadings),
    save: unsafe extern "C" fn(*mut c_void, *const RawSettings) -> bool,
}

// SAFETY: these are the functions of device.h and layout.c with the same types. Size, alignment and
// layout take no pointer and touch no state.
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
    fn device_receive(device: *mut RawDevice, piece: *const RawPiece, now: u32);
    fn device_set_button(device: *mut RawDevice, down: bool, now: u32);
    fn device_tick(device: *mut RawDevice, now: u32);
    fn device_ms_until_tick(device: *const RawDevice, now: u32) -> u32;
    fn device_format_topic(device: *const RawDevice, suffix: *const c_char, out: *mut c_char, size: usize) -> bool;
}

/// What layout.c has to say, in its order.
#[rustfmt::skip]
const LAYOUT: &[usize] = &[
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
    offset_of!(RawPort, light), offset_of!(RawPort, read), offset_of!(RawPort, save),
    size_of::<RawPiece>(),
    offset_of!(RawPiece, topic), offset_of!(RawPiece, topic_length), offset_of!(RawPiece, data),
    offset_of!(RawPiece, length), offset_of!(RawPiece, offset), offset_of!(RawPiece, total),
    offset_of!(RawPiece, retained),
    LampMode::Steady as usize, LampMode::Blink as usize, LampMode::Breathe as usize, 3,
    LIGHT_FULL as usize, BUTTON_DEBOUNCE_MS as usize, BUTTON_LONG_MS as usize,
];

/// Where the [`Call`] is that is going on, as C holds it.
type CallSlot = Cell<*mut c_void>;

/// What is lent to C for the length of one call.
struct ActiveCall<'a> {
    device_port: &'a mut dyn DevicePort,
    panic: Option<Box<dyn Any + Send>>,
}

/// A board: the firmware's core with memory of its own. Every `now` is the time since it was
/// switched on.
pub struct DeviceCore {
    device: NonNull<RawDevice>,
    slot: NonNull<CallSlot>,
    layout: Layout,
    base_topic: String,
}

// SAFETY: nothing in the core belongs to a thread: C has no global and no thread-local state, both
// allocations belong to this value alone, and the slot is null between calls.
unsafe impl Send for DeviceCore {}

impl DeviceCore {
    /// Switches a board on with the settings of its last run; `None`: the id is not valid.
    ///
    /// # Panics
    /// When C and Rust disagree about the layout of what they share, which is a fault of the build.
    pub fn new(
        identity: &BoardIdentity,
        stored: BoardSettings,
        now: Duration,
        device_port: &mut dyn DevicePort,
    ) -> Option<Self> {
        let layouts_match =
            (0..=LAYOUT.len()).all(|i| mqtt_dash_layout(i) == LAYOUT.get(i).copied().unwrap_or(usize::MAX));
        assert!(layouts_match, "C has laid out device.h otherwise than core.rs");
        let to_c_string = |text: &str| CString::new(text).ok();
        let (id, chip, sdk) = (to_c_string(&identity.id)?, to_c_string(&identity.chip)?, to_c_string(&identity.sdk)?);
        let (mac, reset_reason) = (to_c_string(&identity.mac)?, to_c_string(&identity.reset_reason)?);
        let identity = RawIdentity {
            id: id.as_ptr(),
            chip: chip.as_ptr(),
            sdk: sdk.as_ptr(),
            mac: mac.as_ptr(),
            reset_reason: reset_reason.as_ptr(),
        };
        let mut core = Self::allocate()?;
        let port = RawPort { context: core.slot.as_ptr().cast(), publish, subscribe, light, read, save };
        let stored = RawSettings::from(stored);
        // SAFETY: the device has the memory that it asks for; the rest is alive for this call, and C
        // copies what it keeps: the texts and the port, whose context lives as long as the device.
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
        // SAFETY: the device was initialised; C writes at most so many bytes and ends them with NUL.
        let fits = unsafe {
            device_format_topic(self.device.as_ptr(), c"".as_ptr(), buffer.as_mut_ptr().cast(), buffer.len())
        };
        let topic = CStr::from_bytes_until_nul(&buffer).ok().filter(|_| fits).unwrap_or_default();
        topic.to_string_lossy().trim_end_matches('/').to_owned()
    }

    /// `esp32/<id>`: every topic of the board begins with it.
    #[must_use]
    pub fn base_topic(&self) -> &str {
        &self.base_topic
    }

    /// The line is up; the board has this address.
    pub fn connected(&mut self, now: Duration, ip: &str, device_port: &mut dyn DevicePort) {
        let ip = CString::new(ip).unwrap_or_default();
        // SAFETY: the device is initialised, and the text is alive for this call.
        self.call_with_port(device_port, |device| unsafe { device_on_connected(device, ip.as_ptr(), millis(now)) });
    }

    /// The line is down.
    pub fn disconnected(&mut self, now: Duration, device_port: &mut dyn DevicePort) {
        // SAFETY: the device is initialised.
        self.call_with_port(device_port, |device| unsafe { device_on_disconnected(device, millis(now)) });
    }

    /// A planned end: the board says that it is offline. Whether that could be sent.
    pub fn publish_offline(&mut self, now: Duration, device_port: &mut dyn DevicePort) -> bool {
        // SAFETY: the device is initialised.
        self.call_with_port(device_port, |device| unsafe { device_go_offline(device, millis(now)) })
    }

    /// A message has come on a topic that the board has subscribed to.
    pub fn receive_message(
        &mut self,
        now: Duration,
        (topic, payload): (&str, &[u8]),
        retained: bool,
        device_port: &mut dyn DevicePort,
    ) {
        let piece = RawPiece {
            topic: topic.as_ptr().cast(),
            topic_length: topic.len(),
            data: payload.as_ptr(),
            length: payload.len(),
            offset: 0,
            total: payload.len(),
            retained,
        };
        // SAFETY: the device is initialised; topic and payload are alive for this call and have the
        // lengths that stand beside them. C keeps no pointer to them.
        self.call_with_port(device_port, |device| unsafe { device_receive(device, &raw const piece, millis(now)) });
    }

    /// The button is down, or it is not.
    pub fn set_button(&mut self, now: Duration, down: bool, device_port: &mut dyn DevicePort) {
        // SAFETY: the device is initialised.
        self.call_with_port(device_port, |device| unsafe { device_set_button(device, down, millis(now)) });
    }

    /// Time has passed. Returns after how long to call again at the latest.
    pub fn tick(&mut self, now: Duration, device_port: &mut dyn DevicePort) -> Duration {
        // SAFETY: the device is initialised.
        let wait = self.call_with_port(device_port, |device| unsafe {
            device_tick(device, millis(now));
            device_ms_until_tick(device, millis(now))
        });
        Duration::from_millis(wait.into())
    }

    /// Calls into C and lends it the outside meanwhile.
    fn call_with_port<T>(
        &mut self,
        device_port: &mut dyn DevicePort,
        operation: impl FnOnce(*mut RawDevice) -> T,
    ) -> T {
        let mut active_call = ActiveCall { device_port, panic: None };
        // SAFETY: the slot lives as long as this core.
        let slot = unsafe { self.slot.as_ref() };
        slot.set(ptr::from_mut(&mut active_call).cast());
        let result = operation(self.device.as_ptr());
        slot.set(ptr::null_mut());
        match active_call.panic.take() {
            Some(panic) => resume_unwind(panic),
            None => result,
        }
    }
}

impl Drop for DeviceCore {
    fn drop(&mut self) {
        // SAFETY: both were allocated in `allocate`, the device with this layout, the slot as a box,
        // and nothing else holds them: C keeps the slot only in the device.
        unsafe {
            alloc::dealloc(self.device.as_ptr().cast(), self.layout);
            drop(Box::from_raw(self.slot.as_ptr()));
        }
    }
}

/// The core counts milliseconds in 32 bits and knows that they wrap.
#[expect(clippy::cast_possible_truncation, reason = "the wrap after 49 days is wanted")]
const fn millis(now: Duration) -> u32 {
    now.as_millis() as u32
}

/// Does this with the outside of the call that is going on; if it panics, or nothing is lent or
/// something has panicked already, nothing more is done and the answer is this one.
///
/// # Safety
/// `context` is what C got in the port, and it comes from C during a call.
unsafe fn with_device_port<T>(
    context: *mut c_void,
    fallback: T,
    operation: impl FnOnce(&mut dyn DevicePort) -> T,
) -> T {
    // SAFETY: the context of every port is the slot of its core, which lives.
    let slot = unsafe { &*context.cast::<CallSlot>() };
    // SAFETY: the slot is null or points to the `Call` on the stack of the call that is going on,
    // which is not touched there before C has returned, and C calls one function at a time.
    let Some(active_call) = (unsafe { slot.get().cast::<ActiveCall<'_>>().as_mut() }) else { return fallback };
    if active_call.panic.is_some() {
        return fallback;
    }
    match catch_unwind(AssertUnwindSafe(|| operation(active_call.device_port))) {
        Ok(result) => result,
        Err(panic) => {
            active_call.panic = Some(panic);
            fallback
        }
    }
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
        // SAFETY: C says that the topic ends in NUL; both live for the length of this call.
        let topic = unsafe { CStr::from_ptr(topic) }.to_string_lossy();
        let payload = if length == 0 {
            &[]
        } else {
            // SAFETY: C says that the payload has so many bytes.
            unsafe { slice::from_raw_parts(payload.cast::<u8>(), length) }
        };
        device_port.publish(BoardMessage { topic: &topic, payload, acknowledged: qos > 0, retain })
    };
    // SAFETY: C calls this from a call, with the context of the port.
    unsafe { with_device_port(context, false, publish) }
}

unsafe extern "C" fn subscribe(context: *mut c_void, filter: *const c_char, _qos: c_int) -> bool {
    // SAFETY: C says that the filter ends in NUL; it lives for the length of this call.
    let subscribe =
        |device_port: &mut dyn DevicePort| device_port.subscribe(&unsafe { CStr::from_ptr(filter) }.to_string_lossy());
    // SAFETY: C calls this from a call, with the context of the port.
    unsafe { with_device_port(context, false, subscribe) }
}

unsafe extern "C" fn light(context: *mut c_void, light: *const RawLight) {
    // SAFETY: C gives a light that lives for the length of this call.
    let light = unsafe { *light };
    // SAFETY: C calls this from a call, with the context of the port.
    unsafe { with_device_port(context, (), |device_port| device_port.show_light(light.into())) }
}

unsafe extern "C" fn read(context: *mut c_void, readings: *mut RawReadings) {
    // SAFETY: C calls this from a call, with the context of the port.
    let sensor_readings =
        unsafe { with_device_port(context, SensorReadings::default(), |device_port| device_port.read_sensors()) };
    // SAFETY: C gives room for the readings that lives for the length of this call and is its alone.
    unsafe { readings.write(sensor_readings.into()) }
}

unsafe extern "C" fn save(context: *mut c_void, settings: *const RawSettings) -> bool {
    // SAFETY: C gives settings that live for the length of this call.
    let settings = unsafe { *settings };
    // SAFETY: C calls this from a call, with the context of the port.
    unsafe { with_device_port(context, false, |device_port| device_port.save_settings(settings.into())) }
}

#[cfg(test)]
#[path = "core_tests.rs"]
mod tests;
