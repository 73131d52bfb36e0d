//! Writes an export of the app MQTT Dash to a new dashboard file and opens it.

use std::{path::PathBuf, sync::Arc};

use super::{ProfileStore, effect_handler::EffectHandler};
use crate::{
    app::{DashboardFile, Event, FilesEvent, ImportResult, OpenedDashboards},
    config,
    model::{connection::ConnectionId, plural::pluralize},
    mqtt_dash_app::{self, ImportError},
};

/// The name of an imported dashboard; a number is appended if it exists.
const BASE_NAME: &str = "imported";
/// Bounds the search for an unused name.
const MAX_IMPORTED_DASHBOARDS: u32 = 1_000;

impl EffectHandler {
    /// Converts an export to a dashboard, in the background. With `partial`, skips damaged tiles.
    pub(super) fn import(&self, connection: ConnectionId, payload: Arc<[u8]>, partial: bool) {
        let Some(profile) = self.connections.profile_name(connection).map(ToOwned::to_owned) else {
            return;
        };
        self.run_in_background(move |profile_store| {
            let result = create_imported_dashboard(profile_store, connection, &profile, &payload, partial);
            Ok(Event::Files(FilesEvent::Imported(result)).into())
        });
    }
}

fn create_imported_dashboard(
    profile_store: &ProfileStore,
    connection: ConnectionId,
    profile: &str,
    payload: &[u8],
    partial: bool,
) -> ImportResult {
    let mut imported = match mqtt_dash_app::import(payload, partial) {
        Ok(imported) => imported,
        Err(error) => {
            let has_good_tiles = matches!(error, ImportError::DamagedTiles { good, .. } if good > 0);
            return ImportResult::Failed(error.message_without_hint(), has_good_tiles);
        }
    };
    let definition = profile_store.find_profile(profile).cloned();
    imported.dashboard.profile = definition.as_ref().map(|profile| profile.name.clone());
    let Some((name, path)) = unused_dashboard_name(profile_store) else {
        let reason = format!("there are already {MAX_IMPORTED_DASHBOARDS} imported dashboards: delete some");
        return ImportResult::NotSaved(reason);
    };
    if let Err(error) = config::write_atomic(&path, mqtt_dash_app::import_to_toml(&imported).as_bytes()) {
        return ImportResult::NotSaved(error.to_string());
    }
    let tiles = pluralize(imported.dashboard.tiles.len(), "tile");
    let summary = format!("{tiles} saved to {}", path.display());
    let files = vec![DashboardFile { name, path: Some(path), definition: imported.dashboard }];
    ImportResult::DashboardsOpened(
        Box::new(OpenedDashboards { connection, profile: definition.unwrap_or_default(), files, explore: None }),
        summary,
    )
}

/// Returns a name that no dashboard has yet, and the path of its file.
fn unused_dashboard_name(profile_store: &ProfileStore) -> Option<(String, PathBuf)> {
    let names = (1..=MAX_IMPORTED_DASHBOARDS)
        .map(|number| if number == 1 { BASE_NAME.to_owned() } else { format!("{BASE_NAME}-{number}") });
    names.map(|name| (name.clone(), profile_store.dashboard_file(&name))).find(|(_, path)| !path.exists())
}
