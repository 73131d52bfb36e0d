//! Chores: files go to the [`Keeper`], lines and logins are prepared in the background.

use std::{io, path::Path, sync::Arc};

use super::{Opening, OpeningFault, Outside, Shelf, background::Arrival, keep::Keeper, trial::trial};
use crate::{
    app::{
        Event,
        editing::{ConnectionTest, EditEffect, EditResult},
    },
    config,
    model::{
        connection::ConnectionId,
        dashboard::Dashboard,
        profile::{PasswordSource, Profile},
    },
    mqtt::Login,
};

impl Outside {
    /// Carries a chore out.
    pub(super) fn chore(&mut self, chore: EditEffect) {
        match chore {
            EditEffect::OpenOrCreateFirstDashboard(name) => self.open_profile(name, None, true),
            EditEffect::OpenWithPassword(name, password) => self.open_profile(name, Some(password.0), false),
            EditEffect::OpenFile(path, fallback) => self.open_file(&path, fallback),
            EditEffect::Reconnect(line, name) => {
                if let Some(profile) = self.shelf.named(&name).cloned() {
                    self.anew(line, profile);
                }
            }
            EditEffect::TestConnection(profile) => self.try_profile(*profile),
            file => {
                let (places, events) = (self.shelf.places(), self.events.clone());
                self.keeper.get_or_insert_with(|| Keeper::start(places, events)).owe(file);
            }
        }
    }

    /// Takes note of what was done.
    pub(super) fn note_done(&mut self, done: &EditResult) {
        match done {
            EditResult::ProfilesSaved(_, profiles) => self.shelf = Arc::new(self.shelf.with(profiles.clone())),
            EditResult::Created(path) | EditResult::Renamed(_, path) => self.look_at(path),
            _ => {}
        }
    }

    /// Opens the dashboards of a profile. `first`: makes one where there is none.
    pub(super) fn open_profile(&self, name: String, password: Option<String>, first: bool) {
        let known = self.holds(&name);
        self.prepare(move |shelf| {
            let asked = shelf.named(&name).is_some_and(|profile| profile.password == Some(PasswordSource::Prompt));
            if first && let Err(why) = first_dashboard(shelf, &name) {
                return Ok(Arrival::Failed(why));
            }
            if asked && password.is_none() && !known {
                return Ok(Arrival::Done(EditResult::PasswordRequired(name)));
            }
            // A line that is open logs in no more.
            let mut ask = |_: &str| Ok(password.clone().unwrap_or_default());
            match shelf.of_profile(&name, &mut ask) {
                Ok(opening) => Ok(remembered(shelf, opening)),
                Err(OpeningFault::NoDashboard { name, .. }) => Ok(Arrival::Done(EditResult::NoDashboard(name))),
                Err(fault) => Err(fault),
            }
        });
    }

    fn open_file(&self, path: &Path, fallback: Option<String>) {
        let open = self.held();
        let names = [path.display().to_string()];
        self.prepare(move |shelf| {
            let opened = open_names(shelf, &names, None, &open).or_else(|fault| match (&fault, fallback) {
                (OpeningFault::NoLine(_), Some(profile)) => open_names(shelf, &names, Some(&profile), &open),
                _ => Err(fault),
            });
            let mut openings = opened?;
            Ok(match openings.pop() {
                Some(opening) => remembered(shelf, opening),
                None => Arrival::Failed("there is nothing to open".to_owned()),
            })
        });
    }

    /// A line connects anew, with this profile.
    pub(super) fn anew(&self, line: ConnectionId, profile: Profile) {
        self.prepare(move |shelf| {
            shelf.opening(profile, &mut cannot_ask).map(|opening| Arrival::Anew(line, Box::new(opening)))
        });
    }

    fn try_profile(&self, profile: Profile) {
        let open = self.holds(&profile.name);
        let (shelf, events) = (Arc::clone(&self.shelf), self.events.clone());
        tokio::spawn(async move {
            let name = profile.name.clone();
            let asked = tokio::task::spawn_blocking(move || {
                let login = shelf.opening(profile.clone(), &mut cannot_ask).map(|opening| opening.login);
                (profile, login)
            });
            let tried = match asked.await {
                Ok((profile, Ok(login))) => {
                    let (profile, login) = harmless(profile, login, open);
                    trial(profile, login, &events).await
                }
                Ok((_, Err(fault))) => failed(fault.to_string()),
                Err(fault) => failed(fault.to_string()),
            };
            // A loop that has ended wants nothing any more.
            let _ = events.send(Event::EditFinished(Box::new(EditResult::TestFinished(name, tried)))).await;
        });
    }
}

/// An opening with what is remembered of its tiles.
fn remembered(shelf: &Shelf, opening: Opening) -> Arrival {
    let memory = shelf.recall(&opening.profile.name);
    Arrival::Opening(Box::new((opening, memory)))
}

fn failed(said: String) -> ConnectionTest {
    ConnectionTest { summary: said, success: false, untrusted_pin: None, messages: Vec::new() }
}

fn cannot_ask(_: &str) -> io::Result<String> {
    Err(io::Error::other("it is asked for when the connection is opened"))
}

/// A test leaves nothing behind and takes no session over: no last will, no session that is kept,
/// and another client id where the own one is in use or names a session.
fn harmless(profile: Profile, login: Login, open: bool) -> (Profile, Login) {
    let own = profile.clean_session && !open && profile.client_id.is_some();
    let client_id = if own { login.client_id } else { config::generate_client_id() };
    (Profile { will: None, clean_session: true, ..profile }, Login { client_id, ..login })
}

fn open_names(
    shelf: &Shelf,
    names: &[String],
    profile: Option<&str>,
    open: &[String],
) -> Result<Vec<Opening>, OpeningFault> {
    let mut ask = |whose: &str| {
        // A line that is open logs in no more.
        if open.iter().any(|name| whose.contains(name.as_str())) { Ok(String::new()) } else { cannot_ask(whose) }
    };
    shelf.of_dashboards(names, profile, None, &mut ask)
}

/// Makes an empty dashboard for a profile that has none.
fn first_dashboard(shelf: &Shelf, name: &str) -> Result<(), String> {
    match shelf.has_dashboard(name) {
        Ok(true) => return Ok(()),
        Ok(false) => {}
        Err(fault) => return Err(fault.to_string()),
    }
    let plain: String = name.chars().map(|c| if c.is_alphanumeric() || "-_ .".contains(c) { c } else { '-' }).collect();
    let plain = plain.trim_start_matches('.');
    let places = shelf.places();
    let free = (1..10_000)
        .map(|number| if number == 1 { plain.to_owned() } else { format!("{plain} {number}") })
        .find(|name| !places.dashboard_file(name).exists());
    let dashboard = Dashboard { profile: Some(name.to_owned()), ..Dashboard::default() };
    let path = places.dashboard_file(&free.unwrap_or_default());
    config::write_atomic(&path, config::dashboard_to_toml(&dashboard).as_bytes()).map_err(|fault| fault.to_string())
}
