//! The last payload of each topic. The beginning of each is kept in slots of a few sizes, so that a million of them need
//! no allocation each; a payload that is longer is kept whole while all of those are not too large.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// The sizes of slots are multiples of this many bytes.
const SLOT_STEP: usize = 8;
/// The most bytes of a payload in a slot.
pub(super) const MAX_SLOT_BYTES: usize = 256;
/// From this number of topics on, a slot keeps fewer bytes, still as many as a row shows.
const MANY_TOPICS: usize = 100_000;
const SLOT_BYTES_OF_MANY: usize = 64;
/// The most bytes of payloads that are longer than a slot.
const MAX_WHOLE_BYTES: usize = 32 << 20;
/// The longest of these payloads.
const MAX_WHOLE_PAYLOAD_BYTES: usize = 1 << 20;

/// Where the beginning of a payload is kept.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slot {
    index: u32,
    /// The bytes that are kept: they decide on the size of the slot.
    len: u16,
}

/// The slots of one size.
#[derive(Debug, Clone, Default)]
struct Slots {
    bytes: Vec<u8>,
    free: Vec<u32>,
}

/// The last payloads.
#[derive(Debug, Clone)]
pub(super) struct Payloads {
    by_size: [Slots; MAX_SLOT_BYTES / SLOT_STEP],
    /// Whole payloads that are longer than a slot, by the number of their topic.
    whole: HashMap<u32, Box<[u8]>, RandomState>,
    whole_bytes: usize,
    /// The bytes of all slots, also of the free ones.
    slot_bytes: usize,
}

impl Default for Payloads {
    fn default() -> Self {
        Self {
            by_size: std::array::from_fn(|_| Slots::default()),
            whole: HashMap::default(),
            whole_bytes: 0,
            slot_bytes: 0,
        }
    }
}

impl Payloads {
    /// Replaces the payload of a topic. Without room for more, the beginning is kept that fits into the slot so far.
    pub fn set(&mut self, topic: u32, slot: &mut Slot, payload: &[u8], has_room: bool) {
        let of_many = if topic as usize >= MANY_TOPICS { SLOT_BYTES_OF_MANY } else { MAX_SLOT_BYTES };
        let limit = if has_room { of_many } else { size_index(slot.len).map_or(0, slot_size) };
        let kept = &payload[..payload.len().min(limit)];
        let new_len = u16::try_from(kept.len()).unwrap_or_default();
        if size_index(new_len) != size_index(slot.len) {
            self.release(*slot);
            *slot = Slot { index: self.reserve(new_len), len: new_len };
        }
        slot.len = new_len;
        if let Some(bytes) = self.bytes_of(*slot) {
            bytes.copy_from_slice(kept);
        }
        self.set_whole(topic, payload, limit);
    }

    /// Keeps a payload whole that is longer than the largest slot.
    fn set_whole(&mut self, topic: u32, payload: &[u8], limit: usize) {
        if let Some(old) = self.whole.remove(&topic) {
            self.whole_bytes -= old.len();
        }
        let has_room = payload.len() <= MAX_WHOLE_PAYLOAD_BYTES && self.whole_bytes + payload.len() <= MAX_WHOLE_BYTES;
        if payload.len() > limit && limit == MAX_SLOT_BYTES && has_room {
            self.whole_bytes += payload.len();
            self.whole.insert(topic, payload.into());
        }
    }

    /// Returns the payload of a topic, or its beginning.
    pub fn get(&self, topic: u32, slot: Slot) -> &[u8] {
        if let Some(whole) = self.whole.get(&topic) {
            return whole;
        }
        let Some(size_index) = size_index(slot.len) else { return &[] };
        let start = slot.index as usize * slot_size(size_index);
        &self.by_size[size_index].bytes[start..start + usize::from(slot.len)]
    }

    fn bytes_of(&mut self, slot: Slot) -> Option<&mut [u8]> {
        let size_index = size_index(slot.len)?;
        let start = slot.index as usize * slot_size(size_index);
        Some(&mut self.by_size[size_index].bytes[start..start + usize::from(slot.len)])
    }

    fn reserve(&mut self, len: u16) -> u32 {
        let Some(size_index) = size_index(len) else { return 0 };
        let Slots { bytes, free } = &mut self.by_size[size_index];
        free.pop().unwrap_or_else(|| {
            let index = bytes.len() / slot_size(size_index);
            bytes.resize(bytes.len() + slot_size(size_index), 0);
            self.slot_bytes += slot_size(size_index);
            u32::try_from(index).unwrap_or_default()
        })
    }

    fn release(&mut self, slot: Slot) {
        if let Some(size_index) = size_index(slot.len) {
            self.by_size[size_index].free.push(slot.index);
        }
    }

    /// Returns the memory of the payloads in bytes.
    pub const fn memory_bytes(&self) -> usize {
        self.slot_bytes + self.whole_bytes
    }
}

/// Returns the index of the size of a slot for this many bytes; `None` if none is needed.
fn size_index(len: u16) -> Option<usize> {
    usize::from(len).div_ceil(SLOT_STEP).checked_sub(1)
}

const fn slot_size(size_index: usize) -> usize {
    (size_index + 1) * SLOT_STEP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_used_again_for_payloads_of_their_size() {
        let mut payloads = Payloads::default();
        let mut slots = [Slot::default(); 3];
        for round in 0..50_u8 {
            for (topic, slot) in (0..).zip(&mut slots) {
                let payload = vec![round; usize::from(round) * 7 % 300];
                payloads.set(topic, slot, &payload, true);
                assert_eq!(payloads.get(topic, *slot), payload);
            }
        }
        let sizes: usize = (1..=MAX_SLOT_BYTES / SLOT_STEP).map(|steps| steps * SLOT_STEP).sum();
        assert!(payloads.memory_bytes() <= 3 * sizes + 4 * 3 * 32 + 3 * 300, "{}", payloads.memory_bytes());
    }

    #[test]
    fn without_room_the_beginning_is_kept_that_fits() {
        let (mut payloads, mut slot) = (Payloads::default(), Slot::default());
        payloads.set(0, &mut slot, b"0123456789", true);
        let bytes = payloads.memory_bytes();
        payloads.set(0, &mut slot, &[b'x'; 300], false);
        assert_eq!((payloads.get(0, slot), payloads.memory_bytes()), (&[b'x'; 16][..], bytes));
        payloads.set(0, &mut slot, b"y", false);
        assert_eq!(payloads.get(0, slot), b"y");
    }

    #[test]
    fn long_payloads_are_whole_until_there_are_too_many() {
        let mut payloads = Payloads::default();
        let long = vec![7; 1 << 20];
        let mut slots = vec![Slot::default(); 40];
        for (topic, slot) in (0..).zip(&mut slots) {
            payloads.set(topic, slot, &long, true);
        }
        let kept = |payloads: &Payloads, topic: u32| payloads.get(topic, slots[topic as usize]).len();
        assert_eq!((kept(&payloads, 0), kept(&payloads, 39)), (1 << 20, MAX_SLOT_BYTES));
        let mut slot = slots[0];
        payloads.set(0, &mut slot, b"short", true);
        assert_eq!(payloads.get(0, slot), b"short");
        let mut last = slots[39];
        payloads.set(39, &mut last, &long, true);
        assert_eq!(payloads.get(39, last).len(), 1 << 20, "there is room again");
    }
}
