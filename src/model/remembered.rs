//! What is remembered of dashboards for the next start of the program: the devices of their templates, in the order in
//! which they have appeared, and what the user has chosen for their variables.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::template::DeviceList;

/// What is remembered of a dashboard.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RememberedDashboard {
    /// The devices by the topic on which they appear, in which variables are replaced.
    pub(crate) devices: BTreeMap<String, DeviceList>,
    /// What the user has chosen for variables to stand for.
    pub(crate) chosen: BTreeMap<String, String>,
}

impl RememberedDashboard {
    /// Returns whether there is nothing to remember.
    pub(crate) fn is_empty(&self) -> bool {
        self.chosen.is_empty() && self.devices.values().all(|devices| devices.len() == 0)
    }
}

/// What is remembered of the dashboards, by the paths of their files.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RememberedDashboards(pub(crate) BTreeMap<PathBuf, RememberedDashboard>);

impl RememberedDashboards {
    /// Returns what is remembered of the dashboard in a file.
    pub(crate) fn of(&self, path: Option<&Path>) -> RememberedDashboard {
        path.and_then(|path| self.0.get(path)).cloned().unwrap_or_default()
    }
}
