//! Checks files: each one, and whether the profiles and dashboards that they name exist.

use std::path::{Path, PathBuf};

use toml::Spanned;

use super::{
    app_paths::AppPaths,
    dashboard::read_dashboard,
    decoder_rules::read_decoder_rules,
    document::{Document, TomlNode},
    file::read_text,
    messages::{MESSAGE, read_messages},
    problem::Problems,
    profiles::load_profiles,
    settings::{KeymapOverridesValidator, read_settings},
    toml_value::{items, value_at},
};
use crate::model::{
    edit::Profiles,
    template::variables::Variables,
    tile::{ImpliedReadOnly, ROWS_KEY, Tile},
    value::did_you_mean,
};

/// The problems of several files.
#[derive(Debug, Default)]
pub struct CheckReport {
    /// Each file with its problems.
    pub files: Vec<(PathBuf, Problems)>,
    /// The number of errors in all files.
    pub errors: usize,
    /// The number of warnings in all files.
    pub warnings: usize,
}

impl CheckReport {
    fn add(&mut self, path: &Path, problems: Problems) {
        self.errors += problems.error_count();
        self.warnings += problems.warning_count();
        self.files.push((path.to_owned(), problems));
    }
}

/// Checks the given files, or the whole configuration folder if none is given. The name of a file, or else
/// its content, tells profiles, settings, rules for payloads, messages and dashboards apart.
#[must_use]
pub fn check_files(paths: &AppPaths, files: &[PathBuf], validate_keys: KeymapOverridesValidator) -> CheckReport {
    let mut report = CheckReport::default();
    let files = if files.is_empty() { list_user_files(paths, &mut report) } else { files.to_vec() };
    let texts: Vec<(PathBuf, Result<String, Problems>)> =
        files.into_iter().map(|path| (path.clone(), read_text(&path))).collect();
    let is_profiles = |(path, text): &(PathBuf, Result<String, Problems>)| {
        text.as_ref().is_ok_and(|text| is_profiles_file(path, text))
    };
    let profiles_path =
        texts.iter().find(|file| is_profiles(file)).map_or_else(|| paths.profiles_file(), |(path, _)| path.clone());
    let known_profiles = load_profiles(&profiles_path).ok().map(|(profiles, _)| profiles);
    for file in &texts {
        let (path, text) = file;
        let problems = match text {
            Err(problems) => problems.clone(),
            Ok(text) if is_settings_file(path) => {
                read_settings(&path.display().to_string(), text, validate_keys).err().unwrap_or_default()
            }
            Ok(text) if is_decoders_file(path) => {
                let folder = path.parent().unwrap_or_else(|| Path::new(""));
                let read = read_decoder_rules(&path.display().to_string(), text, folder);
                read.err().map(|error| error.problems).unwrap_or_default()
            }
            Ok(text) if is_messages_file(path) => check_messages(path, text, known_profiles.as_ref()),
            Ok(text) if is_profiles(file) => check_profiles(path, text),
            Ok(text) => check_dashboard(path, text, known_profiles.as_ref()),
        };
        report.add(path, problems);
    }
    report
}

/// Returns all files of the configuration folder. If the dashboards cannot be listed, adds that as an error.
fn list_user_files(paths: &AppPaths, report: &mut CheckReport) -> Vec<PathBuf> {
    let mut files = vec![paths.settings_file(), paths.profiles_file(), paths.decoders_file(), paths.messages_file()];
    files.retain(|path| path.exists());
    match paths.list_dashboards() {
        Ok(names) => files.extend(names.iter().map(|name| paths.dashboard_file(name))),
        Err(error) => {
            let folder = paths.dashboards_dir();
            let name = folder.display().to_string();
            let mut document = Document::parse(&name, "");
            document.add_error(None, &error.to_string(), None);
            report.add(&folder, document.problems);
        }
    }
    files
}

fn is_settings_file(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "settings.toml")
}

fn is_decoders_file(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "decoders.toml")
}

fn is_messages_file(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "messages.toml")
}

fn is_profiles_file(path: &Path, text: &str) -> bool {
    if path.file_name().is_some_and(|name| name == "profiles.toml") {
        return true;
    }
    let root = Document::parse("", text).root();
    root.get_ref().get("profile").is_some_and(|profile| profile.get_ref().is_table())
}

fn check_profiles(path: &Path, text: &str) -> Problems {
    let (profiles, warnings) = match load_profiles(path) {
        Ok(loaded) => loaded,
        Err(problems) => return problems,
    };
    let name = path.display().to_string();
    let mut document = Document::parse(&name, text);
    document.problems = warnings;
    let root = document.root();
    for profile in &profiles.profiles {
        let Some(name) = &profile.dashboard else { continue };
        let paths = AppPaths::in_folder(path.parent().unwrap_or_else(|| Path::new("")));
        let is_path = name.contains(std::path::is_separator);
        let exists =
            if is_path { profile.resolve_path(Path::new(name)).is_file() } else { paths.find_dashboard(name).is_ok() };
        let span = value_at(&root, &["profile", &profile.name, "dashboard"]).map(Spanned::span);
        if let (false, Some(span)) = (exists, span) {
            let known_dashboards = paths.list_dashboards().unwrap_or_default();
            let help = suggestion(name, known_dashboards.iter().map(String::as_str), "dashboard");
            document.add_warning(span, &format!("there is no dashboard `{name}`"), &help);
        }
    }
    document.problems.sort();
    document.problems
}

fn check_dashboard(path: &Path, text: &str, known_profiles: Option<&Profiles>) -> Problems {
    let name = path.display().to_string();
    let dashboard = match read_dashboard(&name, text) {
        Ok(dashboard) => dashboard,
        Err(problems) => return problems,
    };
    let mut document = Document::parse(&name, text);
    let root = document.root();
    if let (Some(profile), Some(known_profiles)) = (&dashboard.profile, known_profiles) {
        warn_about_unknown_profile(&mut document, &root, profile, known_profiles);
    }
    for (node, tile) in items(&root, "tile").zip(&dashboard.tiles) {
        warn_about_tile_and_rows(&mut document, node, tile, &dashboard.vars);
    }
    for (node, template) in items(&root, "for_each").zip(&dashboard.templates) {
        for (node, tile) in items(node, "tile").zip(&template.tiles) {
            warn_about_tile_and_rows(&mut document, node, tile, &Variables::default());
        }
    }
    document.problems.sort();
    document.problems
}

/// Checks the text of a file of messages: also whether the profiles that they name exist, if these are known.
pub(super) fn check_messages(path: &Path, text: &str, known_profiles: Option<&Profiles>) -> Problems {
    let name = path.display().to_string();
    let messages = match read_messages(&name, text) {
        Ok(messages) => messages,
        Err(problems) => return problems,
    };
    let mut document = Document::parse(&name, text);
    let root = document.root();
    let Some(known_profiles) = known_profiles else { return document.problems };
    for (node, message) in items(&root, MESSAGE).zip(&messages.messages) {
        if let Some(profile) = &message.profile {
            warn_about_unknown_profile(&mut document, node, profile, known_profiles);
        }
    }
    document.problems
}

/// Warns about the profile that a table names if it is not known.
fn warn_about_unknown_profile(
    document: &mut Document<'_>,
    node: &TomlNode<'_>,
    profile: &str,
    known_profiles: &Profiles,
) {
    if known_profiles.by_name(profile).is_none()
        && let Some(span) = value_at(node, &["profile"]).map(Spanned::span)
    {
        let names = known_profiles.profiles.iter().map(|profile| profile.name.as_str());
        document.add_warning(span, &format!("there is no profile `{profile}`"), &suggestion(profile, names, "profile"));
    }
}

/// Warns about a tile and the rows that it has. `variables` are those that its topics may have.
fn warn_about_tile_and_rows(document: &mut Document<'_>, node: &TomlNode<'_>, tile: &Tile, variables: &Variables) {
    warn_about_tile(document, node, tile, variables);
    for (node, row) in items(node, ROWS_KEY).zip(tile.rows()) {
        warn_about_tile(document, node, &row, variables);
    }
}

/// Warns about what a tile, or a row of a panel, may not be meant to be.
fn warn_about_tile(document: &mut Document<'_>, node: &TomlNode<'_>, tile: &Tile, variables: &Variables) {
    warn_about_shared_subscription(document, node, tile);
    warn_about_read_only_control(document, node, tile);
    warn_about_unknown_time_zone(document, node, tile);
    for error in tile.missing_purpose().into_iter().chain(variables.topic_errors(tile)) {
        document.add_validation_warning(node, error);
    }
}

/// Warns about a tile that takes messages away from other clients.
fn warn_about_shared_subscription(document: &mut Document<'_>, node: &TomlNode<'_>, tile: &Tile) {
    let Some(topic) = tile.topic.as_ref().filter(|topic| topic.is_shared()) else { return };
    if let Some(span) = value_at(node, &["topic"]).map(Spanned::span) {
        document.add_warning(
            span,
            "this tile takes messages away: the broker gives each message to only one member of the group",
            &format!("to see all messages and take none, subscribe to `{}`", topic.topics()),
        );
    }
}

/// Warns about a tile that looks as if it controlled something, but is read-only because of its topic or its JSON path.
/// Most text tiles only show.
fn warn_about_read_only_control(document: &mut Document<'_>, node: &TomlNode<'_>, tile: &Tile) {
    let (key, message, help) = match tile.implied_read_only().filter(|_| !tile.kind.is_mostly_read_only()) {
        Some(ImpliedReadOnly::Report(topic)) => (
            "topic",
            format!("this tile is read-only: `{topic}` looks like a topic on which a device reports"),
            "set `publish_topic` to the topic that the device listens to, `publish = true` to publish to `topic`, or \
             `publish = false` if the tile only shows",
        ),
        Some(ImpliedReadOnly::PartOfJson(topic)) => (
            "json_path",
            format!("this tile is read-only: it shows a part of the JSON on `{topic}`"),
            "set `publish_topic` to the topic that the device listens to, a JSON `payload`, or `publish = false` if the \
             tile only shows",
        ),
        None => return,
    };
    if let Some(span) = value_at(node, &[key]).map(Spanned::span) {
        document.add_warning(span, &message, help);
    }
}

/// Warns about a time zone that this machine does not know.
fn warn_about_unknown_time_zone(document: &mut Document<'_>, node: &TomlNode<'_>, tile: &Tile) {
    let Some(zone) = tile.kind.time_zone().filter(|zone| jiff::tz::TimeZone::get(zone).is_err()) else { return };
    if let Some(span) = value_at(node, &["zone"]).map(Spanned::span) {
        let known = jiff::tz::db().available();
        let known: Vec<String> = known.map(|name| name.as_str().to_owned()).collect();
        let help = did_you_mean(zone, known.iter().map(String::as_str))
            .unwrap_or_else(|| "write it as the IANA database does, such as \"Europe/Berlin\"".to_owned());
        document.add_warning(span, &format!("there is no time zone `{zone}`"), &help);
    }
}

/// Returns a help text that suggests a similar name, or else lists the known names.
fn suggestion<'a>(name: &str, candidates: impl Iterator<Item = &'a str> + Clone, noun: &str) -> String {
    let all: Vec<&str> = candidates.clone().collect();
    did_you_mean(name, candidates).unwrap_or_else(|| match all.as_slice() {
        [] => format!("there is no {noun} yet"),
        all => format!("the {noun}s are {}", all.join(", ")),
    })
}
