//! What follows when a file is saved: a dashboard that is open is read again, the profiles too.

use std::path::Path;

use tokio::sync::mpsc::Sender;

use crate::{
    app::{Event, editing::EditResult},
    config::{self, AppPaths, Problems, Profiles},
    model::settings::Settings,
    ui::keymap::Keymap,
    watch::Watch,
};

/// Watches files: dashboards and which of them there are become events, the profiles what `profiles`
/// makes of them, the settings go to who draws.
pub(super) fn watch(
    places: AppPaths,
    events: Sender<Event>,
    settings: Sender<Result<Settings, String>>,
    mut profiles: impl FnMut(Result<Profiles, String>) + Send + 'static,
) -> Watch {
    let all = [places.profiles_file(), places.settings_file(), places.dashboards_dir()];
    let [of_profiles, of_settings, folder] = all.clone();
    let watch = Watch::start(move |path| {
        if path == of_profiles {
            profiles(config::load_profiles(path).map(|(profiles, _)| profiles).map_err(|wrong| told(path, &wrong)));
        } else if path == of_settings {
            let said = config::load_settings(path, &Keymap::judge).map_err(|wrong| all_told(path, &wrong));
            let _ = settings.blocking_send(said);
        } else if path == folder {
            let listed = EditResult::FilesListed(places.list_dashboards().unwrap_or_default());
            let _ = events.blocking_send(Event::EditFinished(Box::new(listed)));
        } else {
            let said = config::load_dashboard(path).map_err(|wrong| told(path, &wrong));
            // A loop that has ended wants nothing any more.
            let _ = events.blocking_send(Event::DashboardFileChanged(path.to_owned(), Box::new(said)));
        }
    });
    for path in all {
        watch.add(path);
    }
    watch
}

/// The first problem of a file with its line, in a sentence that fits a line of the screen.
pub(super) fn told(path: &Path, problems: &Problems) -> String {
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let Some(first) = problems.list().iter().find(|problem| !problem.is_warning()) else {
        return format!("{file} cannot be read");
    };
    let line = first.position().map(|(line, _)| format!(" line {line}")).unwrap_or_default();
    let more = match problems.error_count() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    let advice = first.help_text().map(|advice| format!("; {advice}")).unwrap_or_default();
    format!("{file}{line}: {}{more}{advice}", first.message())
}

/// All problems of a file, each with its line.
fn all_told(path: &Path, problems: &Problems) -> String {
    let wrong: Vec<_> = problems.list().iter().filter(|problem| !problem.is_warning()).collect();
    if wrong.len() < 2 {
        return told(path, problems);
    }
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let each = wrong.iter().map(|problem| match problem.position() {
        Some((line, _)) => format!("line {line}: {}", problem.message()),
        None => problem.message().to_owned(),
    });
    format!("{file} {}", each.collect::<Vec<_>>().join("; "))
}
