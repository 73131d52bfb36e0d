//! What just happened: a log of the values of tiles that have changed, of what the user has published and what became
//! of it, of silent tiles, of connections, files and edits.
//!
//! It is no record of measurements. Of the values, only states are in it: a switch, a choice, a color, a text that is
//! not a number, and these once per tile and second, and less often if the tile has made most of the last entries. It is
//! limited in entries and bytes.

mod entry;
mod publish_outcome;
mod recording;

use std::{collections::HashMap, time::Duration};

use foldhash::fast::RandomState;

use crate::model::{connection::PublishId, id::TileId, numbered::Numbered, tile_state::PublishProgress, time::Time};

pub use entry::ActivitySubject;
pub(crate) use entry::{ActivityEntry, ActivityEvent};
pub(crate) use publish_outcome::PublishOutcome;
pub(super) use recording::ValueBefore;

/// The maximum number of entries.
const MAX_ENTRIES: usize = 500;
/// The maximum size of all entries in bytes.
const MAX_BYTES: usize = 128 << 10;
/// The maximum size of each text of an entry in bytes. Longer ones are cut.
const MAX_TEXT_BYTES: usize = 160;
/// Within this time after an entry, what happens to the same tile is added to that entry.
const MERGE_TIME: Duration = Duration::from_secs(1);
/// A tile with more than [`MAX_RECENT_CHANGES`] changes among this number of newest entries changes often. What it does
/// next is added to its newest entry, so that the entries of the other tiles stay.
const RECENT_ENTRIES: usize = 20;
/// The number of entries for changes of a tile among the newest ones; the same for losses of a connection, and for silence
/// of a tile.
const MAX_RECENT_CHANGES: usize = 4;

/// The log.
#[derive(Debug, Default)]
pub(crate) struct ActivityLog {
    entries: Numbered<ActivityEntry>,
    bytes: usize,
    /// The newest entries of each tile, of those that are still there.
    newest: HashMap<TileId, NewestEntries, RandomState>,
    /// The tiles that are silent, and when they spoke last.
    silent: Vec<(TileId, Time)>,
}

/// The numbers of the newest entries of a tile.
#[derive(Debug, Clone, Copy, Default)]
struct NewestEntries {
    changed: Option<u64>,
    published: Option<u64>,
}

impl ActivityLog {
    /// Returns the entries with their numbers, the newest first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = (u64, &ActivityEntry)> {
        self.entries.newest_first()
    }

    /// Returns whether nothing has happened yet.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Adds an entry, and drops the oldest ones beyond the limits. Returns its number.
    fn add(&mut self, at: Time, subject: ActivitySubject, name: &str, event: ActivityEvent) -> u64 {
        let entry = ActivityEntry { at, subject, name: cut(name), event };
        self.bytes += entry.bytes();
        let number = self.entries.push(entry);
        while self.entries.len() > MAX_ENTRIES || self.bytes > MAX_BYTES {
            self.drop_oldest();
        }
        number
    }

    fn drop_oldest(&mut self) {
        let Some(entry) = self.entries.pop_oldest() else { return };
        self.bytes -= entry.bytes();
        let ActivitySubject::Tile(id) = entry.subject else { return };
        if let Some(newest) = self.newest.get_mut(&id) {
            let first = self.entries.first_number();
            let is_kept = |number: &u64| *number >= first;
            newest.changed = newest.changed.filter(is_kept);
            newest.published = newest.published.filter(is_kept);
            if newest.changed.is_none() && newest.published.is_none() {
                self.newest.remove(&id);
            }
        }
    }

    /// Changes what an entry says, if it is still there.
    fn change(&mut self, number: u64, change: impl FnOnce(&mut ActivityEvent)) {
        if let Some(entry) = self.entries.get_mut(number) {
            self.bytes -= entry.bytes();
            change(&mut entry.event);
            self.bytes += entry.bytes();
        }
    }

    /// Returns what the newest entry of a kind about a tile says, with its number and its time.
    fn newest_of(&self, id: TileId, kind: impl FnOnce(&NewestEntries) -> Option<u64>) -> Option<(u64, &ActivityEntry)> {
        let number = self.newest.get(&id).and_then(kind)?;
        Some((number, self.entries.get(number)?))
    }

    /// Adds an entry for what may come and go often: a connection, or the messages of a tile. If it makes most of the newest
    /// entries, it is added to its last one, so that the others stay.
    fn add_recurring(&mut self, at: Time, subject: ActivitySubject, name: &str, event: ActivityEvent) {
        let recurs = event.recurrence();
        let is_same = |entry: &ActivityEntry| entry.subject == subject && entry.event.recurrence() == recurs;
        let recent = || self.entries.newest_first().take(RECENT_ENTRIES).filter(|(_, entry)| is_same(entry));
        let (newest, count) = (recent().next().map(|(number, _)| number), recent().count());
        match newest {
            Some(newest) if recurs.is_some() && count >= MAX_RECENT_CHANGES => {
                self.change(newest, |last| last.recur(at, event));
            }
            _ => {
                self.add(at, subject, name, event);
            }
        }
    }

    /// Records that a tile has got another value. What changes several times in a second, or very often, is one entry.
    fn add_change(&mut self, at: Time, id: TileId, name: &str, (from, to): (&str, &str), is_retained: bool) {
        if let Some(number) = self.entry_for_change(at, id) {
            return self.change(number, |event| {
                if let ActivityEvent::Changed { to: last, changes, last_at, .. } = event {
                    (*last, *changes, *last_at) = (cut(to), changes.saturating_add(1), at);
                }
            });
        }
        let event = ActivityEvent::Changed { from: cut(from), to: cut(to), changes: 1, last_at: at, is_retained };
        let number = self.add(at, ActivitySubject::Tile(id), name, event);
        self.newest.entry(id).or_default().changed = Some(number);
    }

    /// Returns the number of the entry to which a change of a tile is added, if it is none of its own: that of the last
    /// change, unless the user has published since.
    fn entry_for_change(&self, at: Time, id: TileId) -> Option<u64> {
        let (number, entry) = self.newest_of(id, |newest| newest.changed)?;
        if let ActivityEvent::Changed { last_at, .. } = entry.event
            && at.since(last_at) < MERGE_TIME
        {
            return Some(number);
        }
        let is_change = |entry: &&ActivityEntry| {
            entry.subject == ActivitySubject::Tile(id) && matches!(entry.event, ActivityEvent::Changed { .. })
        };
        let recent = self.entries.iter().rev().take(RECENT_ENTRIES).filter(is_change).count();
        let was_published = self.newest.get(&id).is_some_and(|newest| newest.published > Some(number));
        (recent >= MAX_RECENT_CHANGES && !was_published).then_some(number)
    }

    /// Records that the user has published the value of a tile. A key that is held is one entry.
    fn add_publish(&mut self, at: Time, tile: TileId, name: &str, id: PublishId, value: &str) {
        let event = ActivityEvent::Published { id, value: cut(value), last_at: at, outcome: PublishOutcome::Queued };
        let is_recent = |entry: &ActivityEntry| matches!(entry.event, ActivityEvent::Published { last_at, .. } if at.since(last_at) < MERGE_TIME);
        let recent = self.newest_of(tile, |newest| newest.published).filter(|(_, entry)| is_recent(entry));
        if let Some((number, _)) = recent {
            return self.change(number, |published| *published = event);
        }
        let number = self.add(at, ActivitySubject::Tile(tile), name, event);
        self.newest.entry(tile).or_default().published = Some(number);
    }

    /// Records what became of the value that a tile has published last; `only` is the request, if that is known.
    fn set_outcome(&mut self, tile: TileId, only: Option<PublishId>, new: PublishOutcome) {
        let Some((number, _)) = self.newest_of(tile, |newest| newest.published) else { return };
        self.change(number, |event| {
            if let ActivityEvent::Published { id, outcome, .. } = event
                && only.is_none_or(|only| only == *id)
                && !outcome.is_final()
            {
                *outcome = new;
            }
        });
    }

    /// Records how far a publish request of a tile got.
    pub(super) fn set_progress(&mut self, tile: TileId, id: PublishId, progress: PublishProgress) {
        let outcome = match progress {
            PublishProgress::Queued => PublishOutcome::Queued,
            PublishProgress::Sent => PublishOutcome::Sent,
            PublishProgress::Acknowledged => PublishOutcome::Acknowledged,
        };
        self.set_outcome(tile, Some(id), outcome);
    }

    /// Records that a publish request of a tile failed.
    pub(super) fn set_failed(&mut self, tile: TileId, id: PublishId, reason: &str) {
        self.set_outcome(tile, Some(id), PublishOutcome::Failed(cut(reason)));
    }

    /// Records that a publish request of a tile was canceled before it was sent.
    pub(super) fn set_canceled(&mut self, tile: TileId, id: PublishId) {
        self.set_outcome(tile, Some(id), PublishOutcome::Canceled);
    }

    /// Forgets what is only of use while these tiles are there. Their entries stay.
    pub(super) fn forget_tiles(&mut self, removed: &[TileId]) {
        self.silent.retain(|(tile, _)| !removed.contains(tile));
        for tile in removed {
            self.newest.remove(tile);
        }
    }
}

/// Returns a text that is not too long for an entry.
pub(super) fn cut(text: &str) -> Box<str> {
    if text.len() <= MAX_TEXT_BYTES {
        return text.into();
    }
    format!("{}…", &text[..text.floor_char_boundary(MAX_TEXT_BYTES)]).into()
}

#[cfg(test)]
mod tests;
