//! Saves the open tabs between runs of the program, in the state folder.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{
    app_paths::AppPaths,
    error::ConfigError,
    state_file::{read_state_json, write_state_json},
};
use crate::model::{
    open_tabs::{OpenTabs, SavedTab},
    state_cache::TileKey,
};

/// The maximum size of the file.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// The file.
#[derive(Default, Serialize, Deserialize)]
struct TabsFile {
    #[serde(default)]
    tabs: Vec<TabEntry>,
    #[serde(default)]
    current: usize,
    #[serde(default)]
    closed: Vec<PathBuf>,
}

/// A tab in the file.
#[derive(Serialize, Deserialize)]
struct TabEntry {
    dashboard: PathBuf,
    profile: String,
    /// Kind, topic, JSON path and name of the selected tile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tile: Option<[String; 4]>,
}

/// Loads the tabs of the last run. If the file cannot be read, there are none: the dashboards of the profile are opened.
#[must_use]
pub(crate) fn load_open_tabs(paths: &AppPaths) -> OpenTabs {
    let file: TabsFile = read_state_json(&paths.open_tabs_file(), MAX_FILE_BYTES).unwrap_or_default();
    let to_tab =
        |TabEntry { dashboard, profile, tile }| SavedTab { path: dashboard, profile, selected: tile.map(TileKey) };
    OpenTabs { tabs: file.tabs.into_iter().map(to_tab).collect(), current: file.current, closed: file.closed }
}

/// Saves the tabs of this run.
///
/// # Errors
/// When the file cannot be written; it is then unchanged.
pub(crate) fn save_open_tabs(paths: &AppPaths, open: OpenTabs) -> Result<(), ConfigError> {
    let OpenTabs { tabs, current, closed } = open;
    let to_entry = |SavedTab { path, profile, selected }| TabEntry {
        dashboard: path,
        profile,
        tile: selected.map(|TileKey(key)| key),
    };
    let file = TabsFile { tabs: tabs.into_iter().map(to_entry).collect(), current, closed };
    write_state_json(&paths.open_tabs_file(), &file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::write::write_state;

    #[test]
    fn tabs_come_back_and_a_damaged_file_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        assert_eq!(load_open_tabs(&paths), OpenTabs::default());
        let selected = Some(TileKey(["text", "a/b", "$.x", "Wohnzimmer \u{1f321}"].map(str::to_owned)));
        let tab = |name: &str, selected| SavedTab { path: name.into(), profile: "hub".into(), selected };
        let tabs = vec![tab("/d/b.toml", selected), tab("/d/a.toml", None)];
        let saved = OpenTabs { tabs, current: 1, closed: vec!["/d/c.toml".into()] };
        save_open_tabs(&paths, saved.clone()).unwrap();
        assert_eq!(load_open_tabs(&paths), saved);
        for damaged in ["", "{", "[]", r#"{"tabs":[{}]}"#, "\0"] {
            write_state(&paths.open_tabs_file(), damaged.as_bytes()).unwrap();
            assert_eq!(load_open_tabs(&paths), OpenTabs::default(), "{damaged}");
        }
    }
}
