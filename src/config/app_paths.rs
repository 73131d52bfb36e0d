//! The folders and files of the program.

use std::{
    fs, io,
    path::{Path, PathBuf, is_separator},
};

use directories::{BaseDirs, ProjectDirs};

use super::error::ConfigError;
use crate::model::value::did_you_mean;

/// The environment variable that names the configuration folder.
pub const CONFIG_DIR_VARIABLE: &str = "MQTT_DASH_CONFIG_DIR";

/// The folders that the program reads from and writes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppPaths {
    /// The configuration folder, whose files the user writes: profiles, dashboards and settings.
    pub(crate) config_dir: PathBuf,
    /// The state folder, for what the program saves: client IDs, tile states, the log.
    pub(crate) state_dir: PathBuf,
}

impl AppPaths {
    /// Returns the folders below `explicit`, else below the folder in [`CONFIG_DIR_VARIABLE`], else the
    /// system's standard folders.
    ///
    /// # Errors
    /// When the standard folders are needed and the user's home folder is unknown.
    pub(crate) fn resolve(explicit: Option<PathBuf>) -> Result<Self, ConfigError> {
        let variable = std::env::var_os(CONFIG_DIR_VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
        if let Some(folder) = explicit.or(variable) {
            return Ok(Self::in_folder(&folder));
        }
        let dirs = ProjectDirs::from("", "", "mqtt-dash").ok_or(ConfigError::NoHome)?;
        let state = dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir());
        Ok(Self { config_dir: dirs.config_dir().to_owned(), state_dir: state.to_owned() })
    }

    /// Returns the paths with `folder` as the configuration folder and the state folder inside it.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        let config_dir = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        Self { state_dir: config_dir.join("state"), config_dir }
    }

    /// Returns the path of `profiles.toml`.
    #[must_use]
    pub fn profiles_file(&self) -> PathBuf {
        self.config_dir.join("profiles.toml")
    }

    /// Returns the path of `decoders.toml`.
    #[must_use]
    pub(crate) fn decoders_file(&self) -> PathBuf {
        self.config_dir.join("decoders.toml")
    }

    /// Returns the path of `messages.toml`.
    #[must_use]
    pub(crate) fn messages_file(&self) -> PathBuf {
        self.config_dir.join("messages.toml")
    }

    /// Returns the path of `settings.toml`.
    #[must_use]
    pub(crate) fn settings_file(&self) -> PathBuf {
        self.config_dir.join("settings.toml")
    }

    /// Returns the folder of the dashboards.
    #[must_use]
    pub fn dashboards_dir(&self) -> PathBuf {
        self.config_dir.join("dashboards")
    }

    /// Returns the path of the log.
    #[must_use]
    pub(crate) fn log_file(&self) -> PathBuf {
        self.state_dir.join("mqtt-dash.log")
    }

    /// Returns the path of the generated client IDs.
    pub(super) fn client_ids_file(&self) -> PathBuf {
        self.state_dir.join("client-ids.toml")
    }

    /// Returns the folder of the files whose locks the users of client IDs hold.
    pub(super) fn client_id_locks_dir(&self) -> PathBuf {
        self.state_dir.join("client-ids")
    }

    /// Returns the path of the fingerprints of what the user has accepted.
    pub(super) fn trust_store_file(&self) -> PathBuf {
        self.state_dir.join("agreed.txt")
    }

    /// Returns the path of the tabs of the last run.
    #[must_use]
    pub(crate) fn open_tabs_file(&self) -> PathBuf {
        self.state_dir.join("tabs.json")
    }

    /// Returns the path of what is remembered of dashboards: the devices of their templates.
    #[must_use]
    pub(crate) fn remembered_file(&self) -> PathBuf {
        self.state_dir.join("devices.json")
    }

    /// Returns the folder of the messages that were published, one file for each profile.
    pub(super) fn sent_messages_dir(&self) -> PathBuf {
        self.state_dir.join("published")
    }

    /// Returns the folder of the retained messages that were deleted last, one file for each profile.
    pub(super) fn deletions_dir(&self) -> PathBuf {
        self.state_dir.join("deleted")
    }

    /// Returns the folder of the saved tile states, one file for each profile.
    #[must_use]
    pub(crate) fn state_cache_dir(&self) -> PathBuf {
        self.state_dir.join("readings")
    }

    /// Returns the path of the dashboard with a name, whether or not it exists.
    #[must_use]
    pub fn dashboard_file(&self, name: &str) -> PathBuf {
        self.dashboards_dir().join(format!("{name}.toml"))
    }

    /// Returns the path of an existing dashboard, given its name or its path.
    ///
    /// # Errors
    /// When there is no such file; the error suggests a similar name.
    pub fn find_dashboard(&self, name_or_path: &str) -> Result<PathBuf, ConfigError> {
        let path = PathBuf::from(name_or_path);
        let is_path = name_or_path.contains(is_separator);
        if (is_path || path.extension().is_some_and(|end| end == "toml")) && path.is_file() {
            // What the user allows a dashboard is kept by its path.
            return Ok(std::path::absolute(&path).unwrap_or(path));
        }
        if is_path {
            return Err(ConfigError::DashboardNotFound { name: name_or_path.to_owned(), path, hint: String::new() });
        }
        let name = name_or_path.strip_suffix(".toml").unwrap_or(name_or_path);
        let path = self.dashboard_file(name);
        if path.is_file() {
            return Ok(path);
        }
        let known = self.list_dashboards().unwrap_or_default();
        let hint = match did_you_mean(name, known.iter().map(String::as_str)) {
            Some(help) => format!("; {help}"),
            None if known.is_empty() => String::new(),
            None => format!("; the dashboards are {}", known.join(", ")),
        };
        Err(ConfigError::DashboardNotFound { name: name_or_path.to_owned(), path, hint })
    }

    /// Returns the names of all dashboards, sorted; an empty list if their folder does not exist.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn list_dashboards(&self) -> Result<Vec<String>, ConfigError> {
        let folder = self.dashboards_dir();
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(ConfigError::read(&folder, &error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| ConfigError::read(&folder, &error))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".toml"));
            names.extend(name.filter(|name| !name.starts_with('.') && path.is_file()).map(str::to_owned));
        }
        names.sort();
        Ok(names)
    }
}

/// Replaces a leading `~/` with the user's home folder.
#[must_use]
pub fn expand_home(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), BaseDirs::new()) {
        (Ok(rest), Some(dirs)) => dirs.home_dir().join(rest),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn app_paths_are_below_the_explicit_folder() {
        let paths = AppPaths::resolve(Some("/x/y".into())).unwrap();
        assert_eq!(paths.profiles_file(), Path::new("/x/y/profiles.toml"));
        assert_eq!(paths.dashboard_file("home"), Path::new("/x/y/dashboards/home.toml"));
        assert_eq!(paths.log_file(), Path::new("/x/y/state/mqtt-dash.log"));
    }

    #[test]
    fn expand_home_replaces_only_a_leading_tilde() {
        assert_eq!(expand_home(Path::new("a/~/b")), Path::new("a/~/b"));
        assert_eq!(expand_home(Path::new("~x/b")), Path::new("~x/b"));
        assert!(expand_home(Path::new("~/b")).is_absolute());
    }
}
