//! Saves what is remembered of dashboards between runs of the program, in the state folder.

use std::{collections::BTreeMap, path::Path};

use serde::{Deserialize, Serialize};

use super::{
    app_paths::AppPaths,
    error::ConfigError,
    state_file::{read_state_json, write_state_json},
};
use crate::model::{
    remembered::{RememberedDashboard, RememberedDashboards},
    template::{Device, DeviceList},
    time::Time,
};

/// The most devices of a topic that are kept.
const MAX_DEVICES: usize = 10_000;
/// The maximum size of the file.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// The file.
#[derive(Default, Serialize, Deserialize)]
struct RememberedFile {
    #[serde(default)]
    dashboards: BTreeMap<String, DashboardEntry>,
}

/// A dashboard in the file.
#[derive(Default, Serialize, Deserialize)]
struct DashboardEntry {
    /// The devices by the topic on which they appear.
    #[serde(default)]
    devices: BTreeMap<String, Vec<DeviceEntry>>,
    /// What the user has chosen for variables to stand for.
    #[serde(default)]
    vars: BTreeMap<String, String>,
}

/// A device in the file.
#[derive(Serialize, Deserialize)]
struct DeviceEntry {
    device: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<Box<str>>,
    /// When its first message arrived, in milliseconds since the Unix epoch.
    first: u64,
    /// When its last message arrived, in milliseconds since the Unix epoch.
    last: u64,
}

impl DashboardEntry {
    fn of(remembered: RememberedDashboard) -> Self {
        let to_entry = |device: &Device| DeviceEntry {
            device: device.key.to_string(),
            name: device.name.clone(),
            first: device.first_seen.as_millis(),
            last: device.last_seen.as_millis(),
        };
        let devices = remembered.devices.into_iter();
        let devices = devices.map(|(topic, list)| (topic, list.iter().map(to_entry).collect()));
        Self { devices: devices.collect(), vars: remembered.chosen }
    }

    fn into_remembered(self) -> RememberedDashboard {
        let to_device = |DeviceEntry { device, name, first, last }| Device {
            key: device.into(),
            name,
            first_seen: Time::from_millis(first),
            last_seen: Time::from_millis(last),
        };
        let to_list = |entries: Vec<DeviceEntry>| {
            let mut list = DeviceList::default();
            entries.into_iter().map(to_device).for_each(|device| list.add(device, usize::MAX));
            list
        };
        let devices = self.devices.into_iter().map(|(topic, entries)| (topic, to_list(entries)));
        RememberedDashboard { devices: devices.collect(), chosen: self.vars }
    }
}

/// Loads what is remembered. If the file cannot be read, that is nothing: devices appear again with their messages.
#[must_use]
pub(crate) fn load_remembered(paths: &AppPaths) -> RememberedDashboards {
    let entries = load_file(paths).dashboards.into_iter();
    RememberedDashboards(entries.map(|(path, entry)| (path.into(), entry.into_remembered())).collect())
}

fn load_file(paths: &AppPaths) -> RememberedFile {
    read_state_json(&paths.remembered_file(), MAX_FILE_BYTES).unwrap_or_default()
}

/// Saves what is remembered of the dashboard in a file. What other runs have saved of other dashboards stays; what is
/// saved of dashboards whose files are gone does not.
///
/// Devices that another run has found in the meantime stay, too.
///
/// # Errors
/// When the file cannot be written; it is then unchanged.
pub(crate) fn save_remembered(
    paths: &AppPaths,
    dashboard: &Path,
    mut remembered: RememberedDashboard,
) -> Result<(), ConfigError> {
    let mut file = load_file(paths);
    file.dashboards.retain(|path, _| Path::new(path).exists());
    let key = dashboard.display().to_string();
    // Another run of the program may know other devices.
    if let Some(entry) = file.dashboards.remove(&key) {
        for (topic, devices) in entry.into_remembered().devices {
            remembered.devices.entry(topic).or_default().add_newest(&devices, MAX_DEVICES);
        }
    }
    if !remembered.is_empty() {
        file.dashboards.insert(key, DashboardEntry::of(remembered));
    }
    write_state_json(&paths.remembered_file(), &file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::write::write_state;

    fn remembered(keys: &[&str]) -> RememberedDashboard {
        let mut list = DeviceList::default();
        for (index, key) in keys.iter().enumerate() {
            let name = (index == 0).then(|| "Washer \u{1f321}".into());
            let seen = Time::from_millis(index as u64);
            list.add(Device { key: (*key).into(), name, first_seen: seen, last_seen: seen }, 9);
        }
        let chosen = BTreeMap::from([("site".to_owned(), "oslo".to_owned())]);
        RememberedDashboard { devices: BTreeMap::from([("stat/{id}/POWER".to_owned(), list)]), chosen }
    }

    #[test]
    fn devices_come_back_in_their_order_and_those_of_deleted_dashboards_go() {
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        assert_eq!(load_remembered(&paths), RememberedDashboards::default());
        let [one, two] = ["one.toml", "two.toml"].map(|name| folder.path().join(name));
        for path in [&one, &two] {
            crate::config::write_atomic(path, b"").unwrap();
            save_remembered(&paths, path, remembered(&["z", "a"])).unwrap();
        }
        assert_eq!(load_remembered(&paths).of(Some(&one)), remembered(&["z", "a"]));
        std::fs::remove_file(&one).unwrap();
        save_remembered(&paths, &two, remembered(&["b"])).unwrap();
        let loaded = load_remembered(&paths);
        assert_eq!(loaded.0.len(), 1);
        let keys = |remembered: &RememberedDashboard| {
            remembered
                .devices
                .values()
                .flat_map(DeviceList::iter)
                .map(|device| device.key.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(keys(&loaded.of(Some(&two))), ["b", "z", "a"], "another run has found z and a");
    }

    #[test]
    fn damaged_file_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        for damaged in ["", "{", "[]", r#"{"dashboards":{"a":{"devices":{"t":[{}]}}}}"#, "\0"] {
            write_state(&paths.remembered_file(), damaged.as_bytes()).unwrap();
            assert_eq!(load_remembered(&paths), RememberedDashboards::default(), "{damaged}");
        }
    }
}
