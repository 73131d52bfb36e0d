//! What open dashboards may do: their scripts and URLs are blocked until the user has agreed to them, and so is each
//! topic and host that a script or a payload asks for later.

use std::{collections::HashSet, ffi::OsStr, sync::Arc};

use super::{App, Effect, FilesEffect, tile_position::TilePosition};
use crate::model::{
    access::Access,
    dashboard::Dashboard,
    error::TileError,
    id::{DashboardId, TileId},
    permission::{Grants, Scope},
    time::Time,
};

/// How many blocked accesses of a dashboard are remembered for the user to review.
const MAX_BLOCKED: usize = 32;

/// What a dashboard may do.
#[derive(Debug, Clone, Default)]
pub(crate) struct DashboardPermissions {
    scope: Scope,
    /// The hash of what the definition asks for; `None` if it asks for nothing.
    fingerprint: Option<String>,
    /// Whether it may run scripts and fetch URLs: it asks for no permissions, or the user has granted them.
    pub granted: bool,
    /// What the user has agreed to beyond what the definition asks for.
    extra: HashSet<Access>,
    /// What was asked for and blocked.
    pub blocked: Vec<Access>,
}

impl DashboardPermissions {
    fn new(scope: Scope, definition: &Dashboard, grants: &Grants) -> Self {
        let fingerprint = scope.fingerprint(definition);
        let granted = fingerprint.as_deref().is_none_or(|fingerprint| grants.contains(fingerprint));
        let extra = grants.accesses(&scope);
        Self { scope, fingerprint, granted, extra, blocked: Vec::new() }
    }

    /// Returns whether there is something that the user has not decided.
    pub fn asks_for_more(&self) -> bool {
        !self.granted || !self.blocked.is_empty()
    }

    /// Returns whether there is something that the user has agreed to.
    pub fn has_grants(&self) -> bool {
        self.granted && (self.fingerprint.is_some() || !self.extra.is_empty())
    }

    /// Returns the hosts from which a dashboard with this definition may fetch.
    pub fn allowed_hosts(&self, definition: &Dashboard) -> Arc<[String]> {
        let extra = self.extra.iter().filter_map(|access| match access {
            Access::Fetch(host) => Some(host.clone()),
            Access::Publish(_) => None,
        });
        definition.fetched_hosts().chain(extra).collect()
    }

    /// Returns what the user has agreed to beyond what the definition asks for, in order.
    pub fn extra_accesses(&self) -> Vec<Access> {
        let mut extra: Vec<Access> = self.extra.iter().cloned().collect();
        extra.sort_unstable();
        extra
    }
}

impl App {
    fn scope_of(&self, index: usize) -> Scope {
        let Some(dashboard) = self.dashboards.get(index) else {
            return Scope::default();
        };
        let file = dashboard.path.as_ref().map_or_else(|| OsStr::new(&dashboard.name), |path| path.as_os_str());
        let broker = self.connection(dashboard.connection).map(|connection| connection.address.as_str());
        Scope::new(file, broker.unwrap_or_default())
    }

    /// Updates what a dashboard may do, after its definition, its broker or an agreement has changed. Returns whether
    /// anything of that is different.
    pub(super) fn update_permissions(&mut self, index: usize) -> bool {
        let scope = self.scope_of(index);
        let Some(dashboard) = self.dashboards.get_mut(index) else {
            return false;
        };
        let updated = DashboardPermissions::new(scope, &dashboard.definition, &self.grants);
        let old = &mut dashboard.permissions;
        let is_same = (&old.scope, &old.fingerprint, old.granted, &old.extra)
            == (&updated.scope, &updated.fingerprint, updated.granted, &updated.extra);
        if !is_same {
            *old = updated;
        }
        !is_same
    }

    /// Shows a notice if a dashboard asks for permissions that it does not have.
    pub(super) fn notify_of_missing_permissions(&mut self, index: usize, now: Time) {
        if let Some(dashboard) = self.dashboards.get(index).filter(|dashboard| !dashboard.permissions.granted) {
            let what = dashboard.definition.blockable();
            let notice = format!("{what} of {} are blocked: press T to review", dashboard.title());
            self.notify(notice, now);
        }
    }

    /// Grants the permissions of a definition that the user has edited in the program, without a review, if those of the
    /// definition before the edit are granted.
    pub(super) fn grant_own_edit(&mut self, index: usize, before: &Dashboard, after: &Dashboard) -> Vec<Effect> {
        let Some(scope) = self.dashboards.get(index).map(|dashboard| &dashboard.permissions.scope) else {
            return Vec::new();
        };
        let was_granted = scope.fingerprint(before).is_none_or(|fingerprint| self.grants.contains(&fingerprint));
        let new = scope.fingerprint(after).filter(|_| was_granted);
        self.insert_grants(new.into_iter().collect())
    }

    /// Grants the permissions of a dashboard, and these accesses.
    pub(super) fn grant_permissions(&mut self, id: DashboardId, accesses: &[Access], now: Time) -> Vec<Effect> {
        let Some(permissions) = self.dashboard(id).map(|dashboard| &dashboard.permissions) else {
            return Vec::new();
        };
        let access_lines = accesses.iter().map(|access| Grants::access_line(&permissions.scope, access));
        let lines: Vec<String> = permissions.fingerprint.iter().cloned().chain(access_lines).collect();
        let mut effects = self.insert_grants(lines);
        effects.extend(self.apply_grants(now));
        effects
    }

    /// Adds agreements. Returns the effects that save the new ones.
    fn insert_grants(&mut self, mut lines: Vec<String>) -> Vec<Effect> {
        lines.retain(|line| self.grants.insert(line.clone()));
        lines.into_iter().map(|line| Effect::Files(FilesEffect::SaveGrant(line))).collect()
    }

    /// Grants to a dashboard whose file was renamed in the program what it had under its old name, and nothing to a file
    /// that gets the old name later.
    pub(super) fn move_permissions(&mut self, index: usize) -> Vec<Effect> {
        let scope = self.scope_of(index);
        let Some(dashboard) = self.dashboards.get(index) else {
            return Vec::new();
        };
        let old_lines = self.grants.lines_in(&dashboard.permissions.scope);
        let extra = dashboard.permissions.extra.iter().map(|access| Grants::access_line(&scope, access));
        let fingerprint = scope.fingerprint(&dashboard.definition).filter(|_| dashboard.permissions.granted);
        let lines = fingerprint.into_iter().chain(extra).collect();
        let mut effects = self.remove_grants(old_lines);
        effects.extend(self.insert_grants(lines));
        self.update_permissions(index);
        effects
    }

    /// Forgets what was granted to a dashboard, for example because its file was deleted: another one may get its name.
    pub(super) fn forget_permissions(&mut self, id: DashboardId) -> Vec<Effect> {
        let lines = self.dashboard(id).map(|dashboard| self.grants.lines_in(&dashboard.permissions.scope));
        self.remove_grants(lines.unwrap_or_default())
    }

    /// Removes agreements. Returns the effect that removes them from the file.
    fn remove_grants(&mut self, lines: Vec<String>) -> Vec<Effect> {
        self.grants.remove(&lines);
        if lines.is_empty() { Vec::new() } else { vec![Effect::Files(FilesEffect::RevokeGrants(lines))] }
    }

    /// Withdraws everything that the user has granted to a dashboard.
    pub(super) fn revoke_permissions(&mut self, id: DashboardId, now: Time) -> Vec<Effect> {
        let mut effects = self.forget_permissions(id);
        effects.extend(self.apply_grants(now));
        effects
    }

    /// Updates all dashboards after an agreement has changed: two of them may share it.
    fn apply_grants(&mut self, now: Time) -> Vec<Effect> {
        let mut effects = Vec::new();
        for index in 0..self.dashboards.len() {
            if self.update_permissions(index) {
                effects.extend(self.apply_permissions(index, now));
            }
        }
        effects
    }

    /// Loads or unloads the scripts of a dashboard whose permissions have changed, and fetches what was blocked.
    pub(super) fn apply_permissions(&mut self, index: usize, now: Time) -> Vec<Effect> {
        for (_, state) in self.dashboards[index].tiles_mut() {
            let is_blocked =
                |error: &mut TileError| matches!(error, TileError::ImageUnavailable(error) if error.is_blocked_host());
            if state.error.take_if(is_blocked).is_some() {
                state.image_fetch = None;
            }
        }
        self.display.dirty = true;
        let mut effects = self.unload_scripts(index);
        effects.extend(self.load_scripts(index, now));
        effects
    }

    /// Returns whether a tile's dashboard has an access. If not, the access is remembered for the user to review.
    pub(super) fn allows_access(&mut self, tile: TileId, access: Access, now: Time) -> bool {
        let Some(TilePosition { dashboard, tile }) = self.position_of(tile) else {
            return false;
        };
        let dashboard = &mut self.dashboards[dashboard];
        let Some((tile, _)) = dashboard.tile(tile) else { return false };
        if dashboard.permissions.extra.contains(&access) || dashboard.definition.asks_for(tile, &access) {
            return true;
        }
        let name = if tile.name.is_empty() { "A tile" } else { &tile.name };
        let notice = format!("{name} may not {access} yet: press T to review");
        let blocked = &mut dashboard.permissions.blocked;
        if !blocked.contains(&access) {
            if blocked.len() < MAX_BLOCKED {
                blocked.push(access);
            }
            self.notify(notice, now);
        }
        false
    }
}
