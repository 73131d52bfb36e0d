//! What the core cannot do itself: lines, pictures, the demo. Commands are carried out here.

use std::sync::Arc;

use tokio::sync::mpsc::{self, Receiver, Sender};

use super::{Opening, Shelf, notebook::Notebook, scripts::Runner};
use crate::{
    app::{Command, Event, Opened},
    model::{
        line::{LineEvent, LineId},
        memory::Memory,
        script::Outcome,
    },
    mqtt::Link,
    picture::Studio,
};

/// What is left for the loop to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing.
    GoOn,
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back for a while.
    Suspend,
    /// End.
    Quit,
}

/// Something that was prepared in the background.
enum Arrival {
    Opening(Box<(Opening, Memory)>),
    Remembered(LineId, Memory),
    #[cfg(feature = "demo")]
    Demo(Box<(crate::demo::Demo, Opening)>),
    Outcome(Box<Outcome>),
    Failed(String),
}

/// Everything outside that the core steers.
pub struct Outside {
    shelf: Arc<Shelf>,
    links: Vec<(String, Link)>,
    notebook: Notebook,
    line_events: Sender<(LineId, LineEvent)>,
    studio: Studio,
    scripts: Runner,
    preparing: Sender<Arrival>,
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
    pub fn new(shelf: Shelf, line_events: Sender<(LineId, LineEvent)>, events: Sender<Event>) -> Self {
        let (preparing, prepared) = mpsc::channel(1);
        let shelf = Arc::new(shelf);
        Self {
            notebook: Notebook::new(Arc::clone(&shelf)),
            shelf,
            links: Vec::new(),
            line_events,
            studio: Studio::new(events.clone()),
            scripts: Runner::new(events),
            preparing,
            prepared,
            #[cfg(feature = "demo")]
            demo: None,
        }
    }

    /// Opens a line, unless one of that name is open already.
    pub fn open(&mut self, opening: Opening) -> Opened {
        let Opening { profile, login, sheets } = opening;
        let known = self.links.iter().position(|(name, _)| *name == profile.name);
        let line = LineId(known.unwrap_or(self.links.len()));
        if known.is_none() {
            let link = Link::open(line, profile.clone(), login, self.line_events.clone());
            self.links.push((profile.name.clone(), link));
        }
        Opened { line, profile, sheets }
    }

    /// Carries a command out.
    pub fn owe(&mut self, command: Command) -> Next {
        let link = |line: LineId| self.links.get(line.0).map(|(_, link)| link);
        match command {
            Command::Publish(line, order) => {
                if let Some(link) = link(line) {
                    link.publish(order);
                }
            }
            Command::Want(line, wanted) => {
                if let Some(link) = link(line) {
                    link.want(wanted);
                }
            }
            Command::Reconnect(line) => {
                if let Some(link) = link(line) {
                    link.reconnect();
                }
            }
            Command::Decode(at, payload) => self.studio.unpack(at, payload),
            Command::Fetch(at, url, known) => self.studio.fetch(at, url, known),
            Command::Browse(address) => self.browse(address),
            Command::Scripts(tile, scripts) => self.scripts.set(tile, scripts),
            Command::Ask(call) => {
                if let Some(outcome) = self.scripts.call(*call) {
                    self.arrive(Arrival::Outcome(outcome));
                }
            }
            Command::Agree(fingerprint) => {
                if let Err(fault) = self.shelf.agree(&fingerprint) {
                    self.arrive(Arrival::Failed(fault.to_string()));
                }
            }
            Command::Keep(line, memory) => {
                if let Some((name, _)) = self.links.get(line.0) {
                    self.notebook.keep(name.clone(), memory);
                }
            }
            Command::Open(name) => self.open_profile(name),
            #[cfg(feature = "demo")]
            Command::Demo => self.start_demo(),
            #[cfg(feature = "demo")]
            Command::Button(long) => {
                if let Some(demo) = &self.demo {
                    demo.press_button(if long { crate::demo::Press::Long } else { crate::demo::Press::Short });
                }
            }
            // Without the demo no key asks for it.
            #[cfg(not(feature = "demo"))]
            Command::Demo | Command::Button(_) => {}
            Command::Redraw => return Next::Redraw,
            Command::Suspend => return Next::Suspend,
            Command::Quit => return Next::Quit,
        }
        Next::GoOn
    }

    /// What is remembered of the tiles of a line; nothing of a demo, which begins anew.
    #[must_use]
    pub fn remembered(&self, line: LineId) -> Option<Event> {
        #[cfg(feature = "demo")]
        if self.demo.is_some() {
            return None;
        }
        let (name, _) = self.links.get(line.0)?;
        Some(Event::Remembered(line, self.shelf.recall(name)))
    }

    /// Takes note of an event that began here.
    pub fn note(&mut self, event: &Event) {
        self.studio.note(event);
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

    /// Says goodbye on every line.
    pub async fn close(self) {
        self.notebook.close().await;
        futures_util::future::join_all(self.links.into_iter().map(|(_, link)| link.close())).await;
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
                self.arrive(Arrival::Remembered(opened.line, memory));
                Event::Opened(Box::new(opened))
            }
            Some(Arrival::Remembered(line, memory)) => Event::Remembered(line, memory),
            #[cfg(feature = "demo")]
            Some(Arrival::Demo(staged)) => {
                let (demo, opening) = *staged;
                self.demo = Some(demo);
                Event::Opened(Box::new(self.open(opening)))
            }
            Some(Arrival::Outcome(outcome)) => Event::Scripted(outcome),
            Some(Arrival::Failed(sentence)) => Event::Failed(sentence),
            None => std::future::pending().await,
        }
    }

    fn arrive(&self, arrival: Arrival) {
        let preparing = self.preparing.clone();
        // The loop itself stands behind this call, so it must not wait for itself.
        tokio::spawn(async move { preparing.send(arrival).await });
    }

    fn browse(&self, address: String) {
        let preparing = self.preparing.clone();
        tokio::task::spawn_blocking(move || {
            if let Err(sentence) = super::browse::browse(&address) {
                // A loop that has ended wants nothing any more.
                let _ = preparing.blocking_send(Arrival::Failed(sentence));
            }
        });
    }

    fn open_profile(&self, name: String) {
        let (shelf, preparing) = (Arc::clone(&self.shelf), self.preparing.clone());
        tokio::task::spawn_blocking(move || {
            let mut ask = |_: &str| {
                let instead =
                    format!("a password cannot be asked for here: start with mqtt-dash open --profile {name}");
                Err(std::io::Error::other(instead))
            };
            let arrival = match shelf.of_profile(&name, &mut ask) {
                Ok(opening) => {
                    let memory = shelf.recall(&opening.profile.name);
                    Arrival::Opening(Box::new((opening, memory)))
                }
                Err(fault) => Arrival::Failed(fault.to_string()),
            };
            // A loop that has ended wants nothing any more.
            let _ = preparing.blocking_send(arrival);
        });
    }

    #[cfg(feature = "demo")]
    fn start_demo(&self) {
        let (shelf, preparing) = (Arc::clone(&self.shelf), self.preparing.clone());
        tokio::spawn(async move {
            let arrival = match super::stage_demo(&shelf, crate::demo::DemoPlan::default()).await {
                Ok(staged) => Arrival::Demo(Box::new(staged)),
                Err(sentence) => Arrival::Failed(sentence),
            };
            // A loop that has ended wants nothing any more.
            let _ = preparing.send(arrival).await;
        });
    }
}
