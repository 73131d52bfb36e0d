//! The devices for which a template has tiles.

use std::{cmp::Reverse, collections::HashMap, sync::Arc, time::Duration};

use foldhash::quality::RandomState;

use crate::model::time::Time;

/// The most bytes of a name that a device has sent.
const MAX_NAME_BYTES: usize = 128;

/// A device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Device {
    /// What the captures of the template's topic stand for, joined by slashes.
    pub key: Arc<str>,
    /// The name that it has sent.
    pub name: Option<Box<str>>,
    /// When its first message arrived.
    pub first_seen: Time,
    /// When its last message arrived.
    pub last_seen: Time,
}

impl Device {
    /// Returns what the captures of the template's topic stand for. Only the last of them may be several levels.
    pub fn captures(&self, count: usize) -> impl Iterator<Item = &str> {
        self.key.splitn(count, '/')
    }

    /// Returns the key of the device with these captures.
    pub fn key_of(captures: &[&str]) -> String {
        captures.join("/")
    }
}

/// Lists of the same devices are equal.
impl PartialEq for DeviceList {
    fn eq(&self, other: &Self) -> bool {
        self.devices == other.devices
    }
}

/// The devices of a template, in the order in which they have appeared.
#[derive(Debug, Clone, Default)]
pub(crate) struct DeviceList {
    devices: Vec<Device>,
    /// The index of each device. The keys come from the broker.
    indexes: HashMap<Arc<str>, usize, RandomState>,
    /// Whether there are more devices than are shown.
    pub exceeds_limit: bool,
}

impl DeviceList {
    /// Returns the devices.
    pub fn iter(&self) -> impl Iterator<Item = &Device> {
        self.devices.iter()
    }

    /// Returns the number of devices.
    pub const fn len(&self) -> usize {
        self.devices.len()
    }

    /// Returns a device.
    pub fn get(&self, key: &str) -> Option<&Device> {
        self.devices.get(*self.indexes.get(key)?)
    }

    /// Takes into account that a device has sent something. Returns whether it is known.
    pub fn see(&mut self, key: &str, now: Time) -> bool {
        match self.indexes.get(key) {
            Some(index) => self.devices[*index].last_seen = now,
            None => return false,
        }
        true
    }

    /// Adds a device, unless it is known or there are as many as the limit.
    pub fn add(&mut self, device: Device, limit: usize) {
        if self.indexes.contains_key(&device.key) {
            return;
        }
        if self.devices.len() >= limit {
            self.exceeds_limit = true;
            return;
        }
        self.indexes.insert(Arc::clone(&device.key), self.devices.len());
        self.devices.push(device);
    }

    /// Adds the devices of another list that are not in this one.
    pub fn add_all(&mut self, others: &Self) {
        for device in &others.devices {
            self.add(device.clone(), usize::MAX);
        }
    }

    /// Adds the devices of another list that are not in this one, those first that have sent something last, up to a limit.
    pub fn add_newest(&mut self, others: &Self, limit: usize) {
        let mut others: Vec<&Device> = others.devices.iter().collect();
        if self.len() + others.len() > limit {
            others.sort_by_key(|device| Reverse(device.last_seen));
        }
        for device in others {
            self.add(device.clone(), limit);
        }
        self.exceeds_limit = false;
    }

    /// Sets the name that a device has sent. Returns whether it is another one than before.
    pub fn set_name(&mut self, key: &str, name: &str) -> bool {
        let end = name.floor_char_boundary(MAX_NAME_BYTES);
        let name = name[..end].trim();
        let Some(device) = self.indexes.get(key).and_then(|index| self.devices.get_mut(*index)) else { return false };
        let is_new = device.name.as_deref().unwrap_or_default() != name;
        if is_new {
            device.name = Some(name.into());
        }
        is_new
    }

    /// Removes the devices that have been silent for longer. Returns whether there were any.
    pub fn forget(&mut self, silence: Duration, now: Time) -> bool {
        self.retain(|device| now.since(device.last_seen) < silence)
    }

    /// Removes the devices that a condition does not hold for. Returns whether there were any.
    pub fn retain(&mut self, is_kept: impl FnMut(&Device) -> bool) -> bool {
        let before = self.devices.len();
        self.devices.retain(is_kept);
        if self.devices.len() == before {
            return false;
        }
        self.indexes = self.devices.iter().map(|device| Arc::clone(&device.key)).zip(0..).collect();
        self.exceeds_limit = false;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(key: &str, seen: u64) -> Device {
        let seen = Time::from_millis(seen);
        Device { key: key.into(), name: None, first_seen: seen, last_seen: seen }
    }

    #[test]
    fn devices_are_added_up_to_the_limit_and_forgotten_when_silent() {
        let mut devices = DeviceList::default();
        for (index, key) in ["a", "b", "a", "c"].into_iter().enumerate() {
            devices.add(device(key, index as u64), 2);
        }
        assert_eq!(devices.iter().map(|device| &*device.key).collect::<Vec<_>>(), ["a", "b"]);
        assert!(devices.exceeds_limit);
        assert!(devices.see("b", Time::from_millis(1_000)) && !devices.see("c", Time::from_millis(1_000)));
        assert!(devices.forget(Duration::from_millis(500), Time::from_millis(1_100)));
        assert_eq!((devices.len(), devices.exceeds_limit), (1, false));
        assert_eq!(devices.get("b").map(|device| device.last_seen), Some(Time::from_millis(1_000)));
        assert!(devices.get("a").is_none());
    }

    #[test]
    fn name_of_a_device_is_bounded() {
        let mut devices = DeviceList::default();
        devices.add(device("a", 0), 9);
        assert!(devices.set_name("a", " Washer "));
        assert!(!devices.set_name("a", "Washer") && !devices.set_name("b", "Dryer"));
        assert!(devices.set_name("a", &"ü".repeat(1_000)));
        assert_eq!(devices.get("a").unwrap().name.as_deref().map(str::len), Some(MAX_NAME_BYTES));
    }
}
