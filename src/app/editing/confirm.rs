//! Questions that are answered by yes or no, before something is gone or trusted.

use std::path::PathBuf;

use super::{super::App, Chore, Task};
use crate::{
    app::{Effect, TilePosition},
    model::{
        connection::{ConnectionState, PublishId, PublishRequest, Qos},
        edit::{DashboardEdit, ProfileEdit},
        field_value::Nested,
        profile::CertificatePin,
        time::Time,
        topic::Topic,
    },
};

/// A question that is answered by yes or no.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirm {
    /// What the box is called.
    pub title: String,
    /// The question and what has to be known for it, a paragraph each.
    pub text: Vec<String>,
    /// What yes is called at the foot.
    pub yes: &'static str,
    what: What,
}

#[derive(Debug, Clone, PartialEq)]
enum What {
    Tile { board: usize, at: usize },
    Clear { board: usize, topics: Vec<Topic> },
    Board(PathBuf),
    Unlock(PathBuf),
    Profile(String),
    Trust(String, CertificatePin),
    First(String),
}

impl Confirm {
    /// The tiles are somewhere else now; `None` when the one that it is about is gone.
    pub(super) fn follow(&mut self, moved: impl Fn(TilePosition) -> Option<TilePosition>) -> Option<()> {
        if let What::Tile { board, at } = &mut self.what {
            *at = moved(TilePosition { dashboard: *board, tile: *at })?.tile;
        }
        Some(())
    }

    /// The profile in the list of connections that it is about.
    pub(super) const fn of_profile(&self) -> Option<&str> {
        match &self.what {
            What::Profile(name) => Some(name.as_str()),
            _ => None,
        }
    }
}

impl App {
    pub(super) fn ask_delete(&mut self) {
        let (board, at) = (self.current_tab, self.current_dashboard().map_or(0, |board| board.selected));
        let Some((tile, _)) = self.selected_tile() else {
            return;
        };
        let name = if tile.name.is_empty() { tile.kind.name() } else { &tile.name };
        let text = vec![format!("Delete the tile {name}?"), "u brings it back.".to_owned()];
        let what = What::Tile { board, at };
        self.open_task(Task::Confirm(Confirm { title: "Delete".to_owned(), text, yes: "delete", what }));
    }

    /// Asks whether the retained messages of the selected tile are to be deleted.
    pub(super) fn ask_clear(&mut self, now: Time) -> Vec<Effect> {
        let Some((tile, _)) = self.selected_tile() else {
            return Vec::new();
        };
        let own = tile.topic.as_ref().and_then(crate::model::topic::TopicFilter::as_topic);
        let mut topics: Vec<Topic> = own.into_iter().chain(tile.target_topic()).collect();
        topics.dedup();
        if topics.is_empty() {
            self.notify("This tile names no single topic, so there is no retained message to delete", now);
            return Vec::new();
        }
        let mut text = vec!["Delete what the broker keeps for new subscribers on:".to_owned()];
        text.extend(topics.iter().map(|topic| format!("  {topic}")));
        text.push("This cannot be undone.".to_owned());
        let what = What::Clear { board: self.current_tab, topics };
        let title = "Delete retained messages".to_owned();
        self.open_task(Task::Confirm(Confirm { title, text, yes: "delete", what }));
        Vec::new()
    }

    pub(super) fn ask_remove(&mut self, path: PathBuf) {
        let text = vec![format!("Delete the file {}?", path.display()), "This cannot be undone.".to_owned()];
        let what = What::Board(path);
        self.open_task(Task::Confirm(Confirm { title: "Delete a dashboard".to_owned(), text, yes: "delete", what }));
    }

    /// Asks whether the lock of a dashboard is to be taken off.
    pub(super) fn ask_unlock(&mut self, number: usize) {
        let Some((board, path)) = self.dashboards.get(number).and_then(|board| Some((board, board.path.clone()?)))
        else {
            return;
        };
        let text = vec![
            format!("{} is locked, so that nobody edits it by mistake.", board.title()),
            "Take the lock off?".to_owned(),
        ];
        let what = What::Unlock(path);
        self.open_task(Task::Confirm(Confirm { title: "Locked".to_owned(), text, yes: "take it off", what }));
    }

    pub(super) fn ask_delete_profile(&mut self, name: String) {
        let text = vec![
            format!("Delete the connection {name}?"),
            "Its dashboards stay; they open again once they name another one.".to_owned(),
        ];
        let what = What::Profile(name);
        self.open_task(Task::Confirm(Confirm { title: "Delete a connection".to_owned(), text, yes: "delete", what }));
    }

    pub(super) fn ask_first(&mut self, name: String) {
        let text = vec![format!("No dashboard belongs to {name} yet. Make one?")];
        let what = What::First(name);
        self.open_task(Task::Confirm(Confirm { title: "First dashboard".to_owned(), text, yes: "make it", what }));
    }

    /// The certificate that the line of the dashboard does not trust.
    #[must_use]
    pub fn untrusted(&self) -> Option<(&str, CertificatePin)> {
        let line = self.current_connection()?;
        match &line.state {
            ConnectionState::WaitingToRetry { untrusted_certificate: Some(pin), .. }
                if self.editor_state.profiles.by_name(&line.name).is_some() =>
            {
                Some((&line.name, *pin))
            }
            _ => None,
        }
    }

    pub(super) fn ask_trust(&mut self) -> Vec<Effect> {
        if let Some((name, pin)) = self.untrusted() {
            let name = name.to_owned();
            self.trust(name, pin);
        }
        Vec::new()
    }

    /// Shows a certificate and asks whether it is to be trusted.
    pub(super) fn trust(&mut self, name: String, pin: CertificatePin) {
        let text = vec![
            format!("Nobody trusted here vouches for the certificate of {name}. Its fingerprint:"),
            pin.to_string(),
            "Is it the broker's own? Then trust exactly this certificate?".to_owned(),
        ];
        let what = What::Trust(name, pin);
        let title = "Trust this certificate?".to_owned();
        self.open_task(Task::Confirm(Confirm { title, text, yes: "trust this certificate", what }));
    }

    pub(super) fn confirmed(&mut self, confirm: Confirm, now: Time) -> Vec<Effect> {
        match confirm.what {
            What::Tile { board, at } => self.edit_board(board, DashboardEdit::DeleteTile(at)),
            What::Clear { board, topics } => {
                let Some(line) = self.dashboards.get(board).map(|board| board.connection) else {
                    return Vec::new();
                };
                self.notify("The broker is asked to forget", now);
                let order = |topic: Topic| {
                    self.last_publish_id = PublishId(self.last_publish_id.0 + 1);
                    let id = self.last_publish_id;
                    Effect::Publish(
                        line,
                        PublishRequest { id, topic, payload: [].into(), qos: Qos::AtLeastOnce, retain: true },
                    )
                };
                topics.into_iter().map(order).collect()
            }
            What::Board(path) => vec![Effect::Edit(Chore::Remove(path))],
            What::Unlock(path) => {
                self.notify("The lock is off: this dashboard can be edited", now);
                let number = self.dashboards.iter().position(|board| board.path.as_ref() == Some(&path));
                number.map(|number| self.lock(number, false)).unwrap_or_default()
            }
            What::Profile(name) => {
                self.list_lines(None);
                vec![Effect::Edit(Chore::Profiles(Box::new(ProfileEdit::Delete(name))))]
            }
            What::Trust(name, pin) => {
                let Some(known) = self.editor_state.profiles.by_name(&name) else {
                    return Vec::new();
                };
                let mut profile = known.clone();
                profile.tls =
                    Nested(crate::model::profile::TlsSettings { pin: Some(pin), insecure: false, ..profile.tls.0 });
                vec![Effect::Edit(Chore::Profiles(Box::new(ProfileEdit::Replace(name, profile))))]
            }
            What::First(name) => {
                self.editor_state.first = true;
                vec![Effect::Edit(Chore::First(name))]
            }
        }
    }
}
