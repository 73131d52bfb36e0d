//! What the core cannot do itself: lines, pictures, the demo. Commands are carried out here.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::sync::mpsc::{self, Receiver, Sender};

use super::{Opening, Shelf, background::Arrival, files, keep::Keeper, notebook::Notebook, scripts::Runner};
use crate::{
    app::{Effect, Event, ImportResult, OpenedDashboards},
    config::{self, Profiles},
    model::{
        connection::{ConnectionEvent, ConnectionId},
        profile::Profile,
        settings::Settings,
    },
    mqtt::{Client, Login},
    picture::Studio,
    watch::Watch,
};

/// What is left for the loop to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Nothing.
    GoOn,
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back for a while.
    Suspend,
    /// Let the person edit this file, from this line on.
    Edit(PathBuf, usize),
    /// End.
    Quit,
}

/// A line that is open.
struct Held {
    /// The name of its profile.
    name: String,
    /// What the file of profiles said of it when it was opened.
    was: Option<Profile>,
    link: Client,
}

/// Everything outside that the core steers.
pub struct Outside {
    pub(super) shelf: Arc<Shelf>,
    links: Vec<Held>,
    watch: Option<Watch>,
    notebook: Notebook,
    pub(super) line_events: Sender<(ConnectionId, ConnectionEvent)>,
    pub(super) events: Sender<Event>,
    pub(super) keeper: Option<Keeper>,
    studio: Studio,
    scripts: Runner,
    pub(super) preparing: Sender<Arrival>,
    prepared: Receiver<Arrival>,
    #[cfg(feature = "demo")]
    demo: Option<crate::demo::Demo>,
}

impl std::fmt::Debug for Outside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outside").field("links", &self.links.len()).finish_non_exhaustive()
    }
}

impl Outside {
    /// Nothing is open yet; what lines say and what else happens goes to these.
    #[must_use]
    pub fn new(shelf: Shelf, line_events: Sender<(ConnectionId, ConnectionEvent)>, events: Sender<Event>) -> Self {
        let (preparing, prepared) = mpsc::channel(1);
        let shelf = Arc::new(shelf);
        Self {
            notebook: Notebook::new(Arc::clone(&shelf)),
            shelf,
            links: Vec::new(),
            watch: None,
            line_events,
            studio: Studio::new(events.clone()),
            scripts: Runner::new(events.clone()),
            events,
            keeper: None,
            preparing,
            prepared,
            #[cfg(feature = "demo")]
            demo: None,
        }
    }

    /// Opens a line, unless one of that name is open already.
    pub fn open(&mut self, opening: Opening) -> OpenedDashboards {
        if let Some(sentence) = opening.in_clear().filter(|sentence| !self.shelf.was_told(sentence)) {
            self.arrive(Arrival::ToTell(sentence));
        }
        let Opening { profile, login, sheets, seen } = opening;
        if let Some(watch) = &self.watch {
            for (path, seen) in seen {
                watch.add_read(path, seen);
            }
        }
        let known = self.links.iter().position(|held| held.name == profile.name);
        let line = ConnectionId(known.unwrap_or(self.links.len()));
        if known.is_none() {
            let held = self.hold(line, &profile, login);
            self.links.push(held);
        }
        OpenedDashboards { connection: line, profile, files: sheets }
    }

    /// The name of a line's profile.
    pub(super) fn name_of(&self, line: ConnectionId) -> Option<&str> {
        self.links.get(line.0).map(|held| held.name.as_str())
    }

    /// Works something out in the background and tells it.
    pub(super) fn tell(&self, work: impl FnOnce(&Shelf) -> Event + Send + 'static) {
        let (shelf, preparing) = (Arc::clone(&self.shelf), self.preparing.clone());
        tokio::task::spawn_blocking(move || {
            // A loop that has ended wants nothing any more.
            let _ = preparing.blocking_send(Arrival::Told(work(&shelf)));
        });
    }

    fn hold(&self, line: ConnectionId, profile: &Profile, login: Login) -> Held {
        Held {
            name: profile.name.clone(),
            was: self.shelf.named(&profile.name).cloned(),
            link: Client::open(line, profile.clone(), login, self.line_events.clone()),
        }
    }

    /// From now on files that are open are watched, and those of the profiles and the settings.
    pub fn watch(&mut self, events: Sender<Event>, settings: Sender<Result<Settings, String>>) {
        let preparing = self.preparing.clone();
        self.watch = Some(files::watch(self.shelf.places(), events, settings, move |profiles| {
            // A loop that has ended wants nothing any more.
            let _ = preparing.blocking_send(Arrival::Profiles(profiles));
        }));
    }

    /// The file of profiles was saved. Lines stay as they are: the person says when they may break.
    fn take_profiles(&mut self, profiles: Result<Profiles, String>) -> Event {
        let profiles = match profiles {
            Ok(profiles) => profiles,
            Err(sentence) => return Event::OperationFailed(sentence),
        };
        let changed = |held: &&Held| {
            let now = profiles.by_name(&held.name);
            now.is_some() && now != held.was.as_ref() && now != self.shelf.named(&held.name)
        };
        let sentence = self
            .links
            .iter()
            .find(changed)
            .map(|held| format!("The profile {} has changed: reconnecting connects anew with it", held.name));
        self.shelf = Arc::new(self.shelf.with(profiles));
        Event::ProfilesChanged(self.shelf.profiles(), sentence)
    }

    /// Tries a line again; with its profile as it is now, if that has changed.
    fn reconnect(&self, line: ConnectionId) {
        let Some(held) = self.links.get(line.0) else {
            return;
        };
        let Some(profile) = self.shelf.named(&held.name).filter(|now| held.was.as_ref() != Some(*now)).cloned() else {
            return held.link.reconnect();
        };
        self.anew(line, profile);
    }

    /// Carries a command out.
    pub fn owe(&mut self, command: Effect) -> Next {
        let link = |line: ConnectionId| self.links.get(line.0).map(|held| &held.link);
        match command {
            Effect::Publish(line, order) => {
                if let Some(link) = link(line) {
                    link.publish(order);
                }
            }
            Effect::SetSubscriptions(line, wanted) => {
                if let Some(link) = link(line) {
                    link.set_subscriptions(wanted);
                }
            }
            Effect::Reconnect(line) => self.reconnect(line),
            Effect::DecodePicture(at, payload) => self.studio.unpack(at, payload),
            Effect::FetchPicture(at, url, known) => self.studio.fetch(at, url, known),
            Effect::OpenUrl(address) => self.browse(address),
            Effect::SetScripts(tile, scripts) => self.scripts.set(tile, scripts),
            Effect::RunScript(call) => {
                if let Some(outcome) = self.scripts.call(*call) {
                    self.arrive(Arrival::Outcome(outcome));
                }
            }
            Effect::SaveTrustedFingerprint(fingerprint) => {
                if let Err(fault) = self.shelf.agree(&fingerprint) {
                    self.arrive(Arrival::Failed(fault.to_string()));
                }
            }
            Effect::OpenInEditor(path, tile) => {
                let line = config::tile_line_number(&path, tile);
                return Next::Edit(path, line);
            }
            Effect::SaveStateCache(line, memory) => {
                if let Some(held) = self.links.get(line.0) {
                    self.notebook.keep(held.name.clone(), memory);
                }
            }
            Effect::ConvertMqttDashExport(line, payload, partial) => self.import(line, payload, partial),
            Effect::OpenProfile(name) => self.open_profile(name, None, false),
            Effect::Edit(chore) => self.chore(chore),
            #[cfg(feature = "demo")]
            Effect::StartDemo => self.start_demo(),
            #[cfg(feature = "demo")]
            Effect::PressDemoButton(long) => {
                if let Some(demo) = &self.demo {
                    demo.press_button(if long {
                        crate::demo::ButtonPress::Long
                    } else {
                        crate::demo::ButtonPress::Short
                    });
                }
            }
            // Without the demo no key asks for it.
            #[cfg(not(feature = "demo"))]
            Effect::StartDemo | Effect::PressDemoButton(_) => {}
            Effect::Redraw => return Next::Redraw,
            Effect::Suspend => return Next::Suspend,
            Effect::Quit => return Next::Quit,
        }
        Next::GoOn
    }

    /// What is remembered of the tiles of a line; nothing of a demo, which begins anew.
    #[must_use]
    pub fn remembered(&self, line: ConnectionId) -> Option<Event> {
        #[cfg(feature = "demo")]
        if self.demo.is_some() {
            return None;
        }
        let name = &self.links.get(line.0)?.name;
        Some(Event::StateCacheLoaded(line, self.shelf.recall(name)))
    }

    /// Takes note of an event that began here.
    pub fn note(&mut self, event: &Event) {
        self.studio.note(event);
        if let Event::EditFinished(done) = event {
            self.note_done(done);
        }
    }

    /// Whether a demo runs.
    #[must_use]
    pub const fn runs_demo(&self) -> bool {
        #[cfg(feature = "demo")]
        return self.demo.is_some();
        #[cfg(not(feature = "demo"))]
        return false;
    }

    /// Keeps a demo running until [`close`](Self::close).
    #[cfg(feature = "demo")]
    pub fn keep(&mut self, demo: crate::demo::Demo) {
        self.demo = Some(demo);
    }

    /// Writes what is still to be written and says goodbye on every line.
    pub async fn close(self) {
        if let Some(keeper) = self.keeper {
            keeper.finish();
        }
        self.notebook.close().await;
        futures_util::future::join_all(self.links.into_iter().map(|held| held.link.close())).await;
        #[cfg(feature = "demo")]
        if let Some(demo) = self.demo {
            demo.stop().await;
        }
    }

    /// Waits for something that was prepared in the background.
    pub async fn arrival(&mut self) -> Event {
        match self.prepared.recv().await {
            Some(Arrival::Opening(prepared)) => {
                let (opening, memory) = *prepared;
                let opened = self.open(opening);
                self.arrive(Arrival::Remembered(opened.connection, memory));
                Event::DashboardsOpened(Box::new(opened))
            }
            Some(Arrival::Remembered(line, memory)) => Event::StateCacheLoaded(line, memory),
            Some(Arrival::Anew(line, opening)) => {
                let Opening { profile, login, .. } = *opening;
                let anew = self.hold(line, &profile, login);
                if let Some(held) = self.links.get_mut(line.0) {
                    // The old link says goodbye in the background.
                    *held = anew;
                }
                Event::ConnectionReconfigured(line, Box::new(profile))
            }
            Some(Arrival::Profiles(profiles)) => self.take_profiles(profiles),
            Some(Arrival::Done(done)) => Event::EditFinished(Box::new(done)),
            #[cfg(feature = "demo")]
            Some(Arrival::Demo(staged)) => {
                let (demo, opening) = *staged;
                self.demo = Some(demo);
                Event::DashboardsOpened(Box::new(self.open(opening)))
            }
            Some(Arrival::Outcome(outcome)) => Event::ScriptFinished(outcome),
            Some(Arrival::Told(event)) => {
                if let Event::ImportFinished(ImportResult::DashboardsOpened(opened, _)) = &event {
                    opened.files.iter().filter_map(|sheet| sheet.path.as_deref()).for_each(|path| self.look_at(path));
                }
                event
            }
            Some(Arrival::Failed(sentence)) => Event::OperationFailed(sentence),
            Some(Arrival::ToTell(sentence)) => {
                self.shelf.note_told(&sentence);
                Event::OperationFailed(sentence)
            }
            None => std::future::pending().await,
        }
    }

    /// From now on this file is watched too.
    pub(super) fn look_at(&self, path: &Path) {
        if let Some(watch) = &self.watch {
            watch.add(path.to_owned());
        }
    }

    /// Whether a line with a profile of this name is open.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.links.iter().any(|held| held.name == name)
    }

    /// The names of the profiles of the lines that are open.
    pub(super) fn held(&self) -> Vec<String> {
        self.links.iter().map(|held| held.name.clone()).collect()
    }
}
