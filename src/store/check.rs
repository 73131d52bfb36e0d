//! Checks files: each for itself, and whether they name each other rightly.

use std::path::{Path, PathBuf};

use toml::{Spanned, de::DeValue};

use super::{
    dashboard::read_dashboard,
    file::read_text,
    places::Places,
    problem::Problems,
    profiles::load_profiles,
    read::Document,
    settings::{Judge, read_settings},
};
use crate::model::{edit::Profiles, value::did_you_mean};

/// What is wrong with some files.
#[derive(Debug, Default)]
pub struct Report {
    /// Each file and what is wrong with it.
    pub files: Vec<(PathBuf, Problems)>,
    /// How many errors there are in all.
    pub errors: usize,
    /// How many warnings there are in all.
    pub warnings: usize,
}

impl Report {
    fn add(&mut self, path: &Path, problems: Problems) {
        self.errors += problems.errors();
        self.warnings += problems.warnings();
        self.files.push((path.to_owned(), problems));
    }
}

/// Checks these files, or, when there are none, all of the person's own. What a file is, is told by
/// what it holds.
#[must_use]
pub fn check(places: &Places, files: &[PathBuf], judge: Judge) -> Report {
    let mut report = Report::default();
    let files = if files.is_empty() { all(places, &mut report) } else { files.to_vec() };
    let texts: Vec<(PathBuf, Result<String, Problems>)> =
        files.into_iter().map(|path| (path.clone(), read_text(&path))).collect();
    let is_profiles =
        |(path, text): &(PathBuf, Result<String, Problems>)| text.as_ref().is_ok_and(|text| holds_profiles(path, text));
    let named =
        texts.iter().find(|it| is_profiles(it)).map_or_else(|| places.profiles_file(), |(path, _)| path.clone());
    let known = load_profiles(&named).ok().map(|(profiles, _)| profiles);
    for file in &texts {
        let (path, text) = file;
        let problems = match text {
            Err(problems) => problems.clone(),
            Ok(text) if holds_settings(path) => {
                read_settings(&path.display().to_string(), text, judge).err().unwrap_or_default()
            }
            Ok(text) if is_profiles(file) => check_profiles(path, text),
            Ok(text) => check_dashboard(path, text, known.as_ref()),
        };
        report.add(path, problems);
    }
    report
}

/// All files of the person, as far as they can be listed.
fn all(places: &Places, report: &mut Report) -> Vec<PathBuf> {
    let mut files = vec![places.settings_file(), places.profiles_file()];
    files.retain(|path| path.exists());
    match places.list_dashboards() {
        Ok(names) => files.extend(names.iter().map(|name| places.dashboard_file(name))),
        Err(fault) => {
            let folder = places.dashboards_dir();
            let mut document = Document::parse(&folder.display().to_string(), "");
            document.fault(None, &fault.to_string(), None);
            report.add(&folder, document.problems);
        }
    }
    files
}

fn holds_settings(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "settings.toml")
}

fn holds_profiles(path: &Path, text: &str) -> bool {
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
    let mut document = Document::parse(&path.display().to_string(), text);
    document.problems = warnings;
    let root = document.root();
    for profile in &profiles.profiles {
        let Some(name) = &profile.dashboard else { continue };
        let places = Places::below(path.parent().unwrap_or_else(|| Path::new("")));
        let is_path = name.contains(std::path::is_separator);
        let there =
            if is_path { profile.resolve_path(Path::new(name)).is_file() } else { places.dashboard_path(name).is_ok() };
        let span = at(root.get_ref(), &["profile", &profile.name, "dashboard"]).map(Spanned::span);
        if let (false, Some(span)) = (there, span) {
            let known = places.list_dashboards().unwrap_or_default();
            let help = meant(name, known.iter().map(String::as_str), "dashboard");
            document.warn(span, &format!("there is no dashboard `{name}`"), &help);
        }
    }
    document.problems.sort();
    document.problems
}

fn check_dashboard(path: &Path, text: &str, known: Option<&Profiles>) -> Problems {
    let name = path.display().to_string();
    let dashboard = match read_dashboard(&name, text) {
        Ok(dashboard) => dashboard,
        Err(problems) => return problems,
    };
    let mut document = Document::parse(&name, text);
    if let (Some(profile), Some(known)) = (&dashboard.profile, known)
        && known.by_name(profile).is_none()
        && let Some(span) = at(document.root().get_ref(), &["profile"]).map(Spanned::span)
    {
        let names = known.profiles.iter().map(|profile| profile.name.as_str());
        document.warn(span, &format!("there is no profile `{profile}`"), &meant(profile, names, "profile"));
    }
    document.problems
}

/// What may be meant by a name, or what there is.
fn meant<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone, of: &str) -> String {
    let all: Vec<&str> = known.clone().collect();
    did_you_mean(name, known).unwrap_or_else(|| match all.as_slice() {
        [] => format!("there is no {of} yet"),
        all => format!("there are {}", all.join(", ")),
    })
}

/// The value at the end of these names.
fn at<'a, 'b>(root: &'a DeValue<'b>, names: &[&str]) -> Option<&'a Spanned<DeValue<'b>>> {
    let (first, rest) = names.split_first()?;
    let value = root.as_table()?.get(*first)?;
    if rest.is_empty() { Some(value) } else { at(value.get_ref(), rest) }
}
