//! What the app published becomes a dashboard's file, and that is opened.

use std::{path::PathBuf, sync::Arc};

use super::{Shelf, outside::Outside};
use crate::{
    app::{DashboardFile, Event, ImportResult, OpenedDashboards},
    config,
    exchange::{self, ImportFault},
    model::connection::ConnectionId,
};

/// The name of the file of what was imported, unless there is one already.
const NAME: &str = "imported";

impl Outside {
    /// Makes a dashboard of an export, in the background.
    pub(super) fn import(&self, line: ConnectionId, payload: Arc<[u8]>, partial: bool) {
        let Some(profile) = self.name_of(line).map(ToOwned::to_owned) else {
            return;
        };
        self.tell(move |shelf| Event::ImportFinished(made(shelf, line, &profile, &payload, partial)));
    }
}

fn made(shelf: &Shelf, line: ConnectionId, profile: &str, payload: &[u8], partial: bool) -> ImportResult {
    let mut imported = match exchange::import(payload, partial) {
        Ok(imported) => imported,
        Err(fault) => {
            let good = matches!(fault, ImportFault::Damaged { good, .. } if good > 0);
            return ImportResult::Failed(fault.told(), good);
        }
    };
    let known = shelf.named(profile).cloned();
    imported.dashboard.profile = known.as_ref().map(|profile| profile.name.clone());
    let (name, path) = match free(shelf) {
        Ok(free) => free,
        Err(sentence) => return ImportResult::Failed(sentence, false),
    };
    if let Err(fault) = config::write_atomic(&path, exchange::imported_text(&imported).as_bytes()) {
        return ImportResult::Failed(fault.to_string(), false);
    }
    let tiles = imported.dashboard.tiles.len();
    let sentence = format!("{tiles} {} in {}", if tiles == 1 { "tile is" } else { "tiles are" }, path.display());
    let sheets = vec![DashboardFile { name, path: Some(path), definition: imported.dashboard }];
    ImportResult::DashboardsOpened(
        Box::new(OpenedDashboards { connection: line, profile: known.unwrap_or_default(), files: sheets }),
        sentence,
    )
}

/// A name that no dashboard has yet, and its file.
fn free(shelf: &Shelf) -> Result<(String, PathBuf), String> {
    /// More files of this kind than anybody wants.
    const MOST: u32 = 1_000;
    let names = (1..=MOST).map(|number| if number == 1 { NAME.to_owned() } else { format!("{NAME}-{number}") });
    names
        .map(|name| (name.clone(), shelf.dashboard_file(&name)))
        .find(|(_, path)| !path.exists())
        .ok_or_else(|| format!("there are {MOST} imported dashboards already: remove some"))
}
