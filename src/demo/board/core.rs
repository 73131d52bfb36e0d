//! The firmware's core, `device/core`, called from Rust: the only unsafe code of this project.
//!
//! A [`Core`] owns two allocations that do not move: the C `struct device`, of which only size and
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
    DEBOUNCE_MS, FULL, Identity, LONG_MS, Mode, Out, Outside, Sensors, Settings,
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
    Mode::Steady as usize, Mode::Blink as usize, Mode::Breathe as usize, 3,
    FULL as usize, DEBOUNCE_MS as usize, LONG_MS as usize,
];

/// Where the [`Call`] is that is going on, as C holds it.
type Slot = Cell<*mut c_void>;

/// What is lent to C for the length of one call.
struct Call<'a> {
    outside: &'a mut dyn Outside,
    panic: Option<Box<dyn Any + Send>>,
}

/// A board: the firmware's core with memory of its own. Every `now` is the time since it was
/// switched on.
pub struct Core {
    device: NonNull<RawDevice>,
    slot: NonNull<Slot>,
    memory: Layout,
    base: String,
}

// SAFETY: nothing in the core belongs to a thread: C has no global and no thread-local state, both
// allocations belong to this value alone, and the slot is null between calls.
unsafe impl Send for Core {}

impl Core {
    /// Switches a board on with the settings of its last run; `None`: the id is not valid.
    ///
    /// # Panics
    /// When C and Rust disagree about the layout of what they share, which is a fault of the build.
    pub fn new(identity: &Identity, stored: Settings, now: Duration, outside: &mut dyn Outside) -> Option<Self> {
        let agreed = (0..=LAYOUT.len()).all(|i| mqtt_dash_layout(i) == LAYOUT.get(i).copied().unwrap_or(usize::MAX));
        assert!(agreed, "C has laid out device.h otherwise than core.rs");
        let text = |text: &str| CString::new(text).ok();
        let (id, chip, sdk) = (text(&identity.id)?, text(&identity.chip)?, text(&identity.sdk)?);
        let (mac, reset_reason) = (text(&identity.mac)?, text(&identity.reset_reason)?);
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
        let valid = core.call(outside, |device| unsafe {
            device_init(device, &raw const port, &raw const identity, &raw const stored, millis(now))
        });
        if !valid {
            return None;
        }
        core.base = core.read_base();
        Some(core)
    }

    fn allocate() -> Option<Self> {
        let memory =
            Layout::from_size_align(device_size(), device_alignment()).ok().filter(|memory| memory.size() > 0)?;
        // SAFETY: the size is not 0.
        let device = unsafe { alloc::alloc_zeroed(memory) };
        let device = NonNull::new(device.cast()).unwrap_or_else(|| alloc::handle_alloc_error(memory));
        let slot = NonNull::from(Box::leak(Box::new(Slot::new(ptr::null_mut()))));
        Some(Self { device, slot, memory, base: String::new() })
    }

    fn read_base(&self) -> String {
        let mut text = [0_u8; 128];
        // SAFETY: the device was initialised; C writes at most so many bytes and ends them with NUL.
        let fits =
            unsafe { device_format_topic(self.device.as_ptr(), c"".as_ptr(), text.as_mut_ptr().cast(), text.len()) };
        let topic = CStr::from_bytes_until_nul(&text).ok().filter(|_| fits).unwrap_or_default();
        topic.to_string_lossy().trim_end_matches('/').to_owned()
    }

    /// `esp32/<id>`: every topic of the board begins with it.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The line is up; the board has this address.
    pub fn connected(&mut self, now: Duration, ip: &str, outside: &mut dyn Outside) {
        let ip = CString::new(ip).unwrap_or_default();
        // SAFETY: the device is initialised, and the text is alive for this call.
        self.call(outside, |device| unsafe { device_on_connected(device, ip.as_ptr(), millis(now)) });
    }

    /// The line is down.
    pub fn disconnected(&mut self, now: Duration, outside: &mut dyn Outside) {
        // SAFETY: the device is initialised.
        self.call(outside, |device| unsafe { device_on_disconnected(device, millis(now)) });
    }

    /// A planned end: the board says that it is offline. Whether that could be sent.
    pub fn leave(&mut self, now: Duration, outside: &mut dyn Outside) -> bool {
        // SAFETY: the device is initialised.
        self.call(outside, |device| unsafe { device_go_offline(device, millis(now)) })
    }

    /// A message has come on a topic that the board has subscribed to.
    pub fn message(
        &mut self,
        now: Duration,
        (topic, payload): (&str, &[u8]),
        retained: bool,
        outside: &mut dyn Outside,
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
        self.call(outside, |device| unsafe { device_receive(device, &raw const piece, millis(now)) });
    }

    /// The button is down, or it is not.
    pub fn button(&mut self, now: Duration, down: bool, outside: &mut dyn Outside) {
        // SAFETY: the device is initialised.
        self.call(outside, |device| unsafe { device_set_button(device, down, millis(now)) });
    }

    /// Time has passed. Returns after how long to call again at the latest.
    pub fn tick(&mut self, now: Duration, outside: &mut dyn Outside) -> Duration {
        // SAFETY: the device is initialised.
        let wait = self.call(outside, |device| unsafe {
            device_tick(device, millis(now));
            device_ms_until_tick(device, millis(now))
        });
        Duration::from_millis(wait.into())
    }

    /// Calls into C and lends it the outside meanwhile.
    fn call<T>(&mut self, outside: &mut dyn Outside, what: impl FnOnce(*mut RawDevice) -> T) -> T {
        let mut call = Call { outside, panic: None };
        // SAFETY: the slot lives as long as this core.
        let slot = unsafe { self.slot.as_ref() };
        slot.set(ptr::from_mut(&mut call).cast());
        let done = what(self.device.as_ptr());
        slot.set(ptr::null_mut());
        match call.panic.take() {
            Some(panic) => resume_unwind(panic),
            None => done,
        }
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        // SAFETY: both were allocated in `allocate`, the device with this layout, the slot as a box,
        // and nothing else holds them: C keeps the slot only in the device.
        unsafe {
            alloc::dealloc(self.device.as_ptr().cast(), self.memory);
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
unsafe fn lent<T>(context: *mut c_void, otherwise: T, what: impl FnOnce(&mut dyn Outside) -> T) -> T {
    // SAFETY: the context of every port is the slot of its core, which lives.
    let slot = unsafe { &*context.cast::<Slot>() };
    // SAFETY: the slot is null or points to the `Call` on the stack of the call that is going on,
    // which is not touched there before C has returned, and C calls one function at a time.
    let Some(call) = (unsafe { slot.get().cast::<Call<'_>>().as_mut() }) else { return otherwise };
    if call.panic.is_some() {
        return otherwise;
    }
    match catch_unwind(AssertUnwindSafe(|| what(call.outside))) {
        Ok(done) => done,
        Err(panic) => {
            call.panic = Some(panic);
            otherwise
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
    let publish = |outside: &mut dyn Outside| {
        // SAFETY: C says that the topic ends in NUL; both live for the length of this call.
        let topic = unsafe { CStr::from_ptr(topic) }.to_string_lossy();
        let payload = if length == 0 {
            &[]
        } else {
            // SAFETY: C says that the payload has so many bytes.
            unsafe { slice::from_raw_parts(payload.cast::<u8>(), length) }
        };
        outside.publish(Out { topic: &topic, payload, acknowledged: qos > 0, retain })
    };
    // SAFETY: C calls this from a call, with the context of the port.
    unsafe { lent(context, false, publish) }
}

unsafe extern "C" fn subscribe(context: *mut c_void, filter: *const c_char, _qos: c_int) -> bool {
    // SAFETY: C says that the filter ends in NUL; it lives for the length of this call.
    let subscribe = |outside: &mut dyn Outside| outside.subscribe(&unsafe { CStr::from_ptr(filter) }.to_string_lossy());
    // SAFETY: C calls this from a call, with the context of the port.
    unsafe { lent(context, false, subscribe) }
}

unsafe extern "C" fn light(context: *mut c_void, light: *const RawLight) {
    // SAFETY: C gives a light that lives for the length of this call.
    let light = unsafe { *light };
    // SAFETY: C calls this from a call, with the context of the port.
    unsafe { lent(context, (), |outside| outside.light(light.into())) }
}

unsafe extern "C" fn read(context: *mut c_void, readings: *mut RawReadings) {
    // SAFETY: C calls this from a call, with the context of the port.
    let sensors = unsafe { lent(context, Sensors::default(), |outside| outside.sensors()) };
    // SAFETY: C gives room for the readings that lives for the length of this call and is its alone.
    unsafe { readings.write(sensors.into()) }
}

unsafe extern "C" fn save(context: *mut c_void, settings: *const RawSettings) -> bool {
    // SAFETY: C gives settings that live for the length of this call.
    let settings = unsafe { *settings };
    // SAFETY: C calls this from a call, with the context of the port.
    unsafe { lent(context, false, |outside| outside.save(settings.into())) }
}

#[cfg(test)]
#[path = "core_tests.rs"]
mod tests;
