//! Where files live.

use std::{
    fs, io,
    path::{Path, PathBuf, is_separator},
};

use directories::{BaseDirs, ProjectDirs};

use super::error::ConfigError;
use crate::model::value::did_you_mean;

/// The environment variable that names the folder of the files.
pub const CONFIG_DIR_VARIABLE: &str = "MQTT_DASH_CONFIG_DIR";

/// The folders of this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppPaths {
    /// What the person writes: profiles and dashboards.
    pub config_dir: PathBuf,
    /// What the program keeps for itself: client ids, the log.
    pub state_dir: PathBuf,
}

impl AppPaths {
    /// The folders below `named`, else below what [`CONFIG_DIR_VARIABLE`] says, else where the
    /// system has such files.
    ///
    /// # Errors
    /// That the system names no home.
    pub fn resolve(explicit: Option<PathBuf>) -> Result<Self, ConfigError> {
        let variable = std::env::var_os(CONFIG_DIR_VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
        if let Some(folder) = explicit.or(variable) {
            return Ok(Self::in_folder(&folder));
        }
        let dirs = ProjectDirs::from("", "", "mqtt-dash").ok_or(ConfigError::NoHome)?;
        let state = dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir());
        Ok(Self { config_dir: dirs.config_dir().to_owned(), state_dir: state.to_owned() })
    }

    /// All folders below this one.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        let config_dir = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        Self { state_dir: config_dir.join("state"), config_dir }
    }

    /// The file of the profiles.
    #[must_use]
    pub fn profiles_file(&self) -> PathBuf {
        self.config_dir.join("profiles.toml")
    }

    /// The file of the settings.
    #[must_use]
    pub fn settings_file(&self) -> PathBuf {
        self.config_dir.join("settings.toml")
    }

    /// The folder of the dashboards.
    #[must_use]
    pub fn dashboards_dir(&self) -> PathBuf {
        self.config_dir.join("dashboards")
    }

    /// The file that the program writes its log to.
    #[must_use]
    pub fn log_file(&self) -> PathBuf {
        self.state_dir.join("mqtt-dash.log")
    }

    /// The file in which the client ids are kept.
    pub(super) fn client_ids_file(&self) -> PathBuf {
        self.state_dir.join("client-ids.toml")
    }

    /// The file of what the person has agreed to.
    pub(super) fn trust_store_file(&self) -> PathBuf {
        self.state_dir.join("agreed.txt")
    }

    /// The folder of what is remembered of tiles, a file for each profile.
    #[must_use]
    pub fn state_cache_dir(&self) -> PathBuf {
        self.state_dir.join("readings")
    }

    /// The file of a new dashboard of this name.
    #[must_use]
    pub fn dashboard_file(&self, name: &str) -> PathBuf {
        self.dashboards_dir().join(format!("{name}.toml"))
    }

    /// The file of the dashboard with this name, or at this path.
    ///
    /// # Errors
    /// That there is none, and which one may be meant.
    pub fn find_dashboard(&self, name_or_path: &str) -> Result<PathBuf, ConfigError> {
        let path = PathBuf::from(name_or_path);
        let is_path = name_or_path.contains(is_separator);
        if (is_path || path.extension().is_some_and(|end| end == "toml")) && path.is_file() {
            return Ok(path);
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
            None => format!("; there are {}", known.join(", ")),
        };
        Err(ConfigError::DashboardNotFound { name: name_or_path.to_owned(), path, hint })
    }

    /// The names of all dashboards, sorted. None when their folder does not exist.
    ///
    /// # Errors
    /// That the folder cannot be read.
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

/// The path with a leading `~/` replaced by the person's home.
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
