//! The edits of dashboard files that can be undone: only what each edit changed, within a limit on memory.

use std::{
    collections::{HashMap, VecDeque},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::app::{EditSummary, UndoDirection};

/// The maximum number of edits per file that can be undone.
const MAX_STEPS: usize = 200;
/// The maximum size of the texts of all edits, in bytes. Beyond that, the oldest edits are forgotten.
const MAX_BYTES: usize = 16 << 20;

type TextHash = [u8; 32];

fn hash(text: &str) -> TextHash {
    Sha256::digest(text).into()
}

/// A change of a text: the part that differs, and the hashes of the whole texts.
#[derive(Debug)]
struct TextChange {
    /// The number of changes that were recorded before, in all files.
    sequence: u64,
    /// What the edit did.
    summary: EditSummary,
    /// Where the part begins, in bytes.
    start: usize,
    old: String,
    new: String,
    old_hash: TextHash,
    new_hash: TextHash,
}

impl TextChange {
    fn between(old: &str, new: &str, summary: EditSummary, sequence: u64) -> Self {
        let mut start = old.bytes().zip(new.bytes()).take_while(|(one, other)| one == other).count();
        while !(old.is_char_boundary(start) && new.is_char_boundary(start)) {
            start -= 1;
        }
        let (old_rest, new_rest) = (&old[start..], &new[start..]);
        let from_end = old_rest.bytes().rev().zip(new_rest.bytes().rev());
        let mut common = from_end.take_while(|(one, other)| one == other).count();
        while !(old_rest.is_char_boundary(old_rest.len() - common)
            && new_rest.is_char_boundary(new_rest.len() - common))
        {
            common -= 1;
        }
        Self {
            sequence,
            summary,
            start,
            old: old_rest[..old_rest.len() - common].to_owned(),
            new: new_rest[..new_rest.len() - common].to_owned(),
            old_hash: hash(old),
            new_hash: hash(new),
        }
    }

    fn byte_count(&self) -> usize {
        self.old.len() + self.new.len()
    }

    /// Returns the text before the change from the one after it or, for a redo, the text after the change from
    /// the one before it. `None` if `text` is another text.
    fn apply(&self, text: &str, direction: UndoDirection) -> Option<String> {
        let (from, to, from_hash) = match direction {
            UndoDirection::Undo => (&self.new, &self.old, self.new_hash),
            UndoDirection::Redo => (&self.old, &self.new, self.old_hash),
        };
        if hash(text) != from_hash {
            return None;
        }
        let end = self.start + from.len();
        Some([text.get(..self.start)?, to, text.get(end..)?].concat())
    }
}

/// Why an edit cannot be undone or redone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UndoError {
    /// There is no edit.
    NothingLeft,
    /// The file does not contain the text that the edit left.
    FileModified,
}

#[derive(Debug, Default)]
struct FileHistory {
    /// The text after the last edit, undo or redo.
    last_text: String,
    undo: VecDeque<TextChange>,
    redo: VecDeque<TextChange>,
}

/// The edits of all files since the program started.
#[derive(Debug, Default)]
pub(super) struct UndoHistory {
    files: HashMap<PathBuf, FileHistory>,
    byte_count: usize,
    next_sequence: u64,
}

impl UndoHistory {
    /// Returns the text of a file after its last edit, undo or redo; `None` if there was none.
    pub(super) fn last_text(&self, path: &Path) -> Option<&str> {
        self.files.get(path).map(|file| file.last_text.as_str())
    }

    /// Returns how many edits of a file can be undone and redone.
    pub(super) fn counts(&self, path: &Path) -> (usize, usize) {
        self.files.get(path).map_or((0, 0), |file| (file.undo.len(), file.redo.len()))
    }

    /// Records an edit; what was undone before cannot be redone any more. An edit that changes nothing only
    /// sets the last text.
    pub(super) fn record(&mut self, path: &Path, old: &str, new: String, summary: EditSummary) {
        let file = self.files.entry(path.to_owned()).or_default();
        if old != new {
            let change = TextChange::between(old, &new, summary, self.next_sequence);
            self.next_sequence += 1;
            self.byte_count += change.byte_count();
            self.byte_count -= file.redo.drain(..).map(|change| change.byte_count()).sum::<usize>();
            file.undo.push_back(change);
            if file.undo.len() > MAX_STEPS {
                self.byte_count -= file.undo.pop_front().map_or(0, |change| change.byte_count());
            }
        }
        file.last_text = new;
        while self.byte_count > MAX_BYTES && self.forget_oldest() {}
    }

    /// Forgets the oldest edit of all files. Returns whether there was one.
    fn forget_oldest(&mut self) -> bool {
        let lists = self.files.values_mut().flat_map(|file| [&mut file.undo, &mut file.redo]);
        let oldest =
            lists.filter(|list| !list.is_empty()).min_by_key(|list| list.front().map(|change| change.sequence));
        let forgotten = oldest.and_then(VecDeque::pop_front);
        self.byte_count -= forgotten.as_ref().map_or(0, TextChange::byte_count);
        forgotten.is_some()
    }

    /// Returns what a file contains after the last edit is undone, or the last undone one redone, if it
    /// contains `text` now.
    ///
    /// # Errors
    /// If there is no such edit, or `text` is not what it left.
    pub(super) fn text_after(&self, path: &Path, text: &str, direction: UndoDirection) -> Result<String, UndoError> {
        let file = self.files.get(path).ok_or(UndoError::NothingLeft)?;
        let steps = match direction {
            UndoDirection::Undo => &file.undo,
            UndoDirection::Redo => &file.redo,
        };
        steps.back().ok_or(UndoError::NothingLeft)?.apply(text, direction).ok_or(UndoError::FileModified)
    }

    /// Records that the text of [`text_after`](Self::text_after) was written. Returns what the edit had done.
    pub(super) fn finish(&mut self, path: &Path, text: String, direction: UndoDirection) -> Option<EditSummary> {
        let file = self.files.get_mut(path)?;
        file.last_text = text;
        let (source, target) = match direction {
            UndoDirection::Undo => (&mut file.undo, &mut file.redo),
            UndoDirection::Redo => (&mut file.redo, &mut file.undo),
        };
        let change = source.pop_back()?;
        let summary = change.summary.clone();
        target.push_back(change);
        Some(summary)
    }

    /// Keeps the edits of a file that was renamed.
    pub(super) fn rename(&mut self, from: &Path, to: PathBuf) {
        if let Some(file) = self.files.remove(from)
            && let Some(replaced) = self.files.insert(to, file)
        {
            self.byte_count -= replaced.undo.iter().chain(&replaced.redo).map(TextChange::byte_count).sum::<usize>();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path() -> PathBuf {
        PathBuf::from("/x.toml")
    }

    fn summary() -> EditSummary {
        EditSummary::ChangedSettings
    }

    #[test]
    fn change_is_the_part_that_differs_at_character_boundaries() {
        for (old, new, start, old_part, new_part) in [
            ("name = \"a\"\n", "name = \"b\"\n", 8, "a", "b"),
            ("", "x", 0, "", "x"),
            ("aa", "a", 1, "a", ""),
            ("ä", "ö", 0, "ä", "ö"),
            ("x\u{e4}y", "x\u{f6}y", 1, "\u{e4}", "\u{f6}"),
            ("\u{12345}", "\u{12745}", 0, "\u{12345}", "\u{12745}"),
        ] {
            let change = TextChange::between(old, new, summary(), 0);
            assert_eq!((change.start, &*change.old, &*change.new), (start, old_part, new_part), "{old} {new}");
            assert_eq!(change.apply(new, UndoDirection::Undo).as_deref(), Some(old));
            assert_eq!(change.apply(old, UndoDirection::Redo).as_deref(), Some(new));
            assert_eq!(change.apply("another", UndoDirection::Undo), None);
        }
    }

    #[test]
    fn many_edits_of_a_large_file_keep_only_what_changed() {
        let mut history = UndoHistory::default();
        let large = "x".repeat(64 << 10);
        let text = |number: usize| format!("{large}{number}{large}");
        for number in 0..20 {
            history.record(&path(), &text(number), text(number + 1), summary());
        }
        assert_eq!(history.counts(&path()), (20, 0));
        assert!(history.byte_count < 1_000, "{} bytes", history.byte_count);
        for number in (0..20).rev() {
            let undone = history.text_after(&path(), &text(number + 1), UndoDirection::Undo).unwrap();
            assert_eq!(undone, text(number));
            history.finish(&path(), undone, UndoDirection::Undo);
        }
        assert_eq!(history.text_after(&path(), &text(0), UndoDirection::Undo), Err(UndoError::NothingLeft));
    }

    #[test]
    fn oldest_edits_are_forgotten_beyond_the_memory_limit() {
        let mut history = UndoHistory::default();
        let text = |number: usize| number.to_string().repeat(1 << 20);
        for number in 0..12 {
            history.record(&path(), &text(number % 10), text((number + 1) % 10), summary());
            assert!(history.byte_count <= MAX_BYTES);
        }
        let (undo_count, _) = history.counts(&path());
        assert_eq!(undo_count, 8, "each edit holds 2 MiB");
        assert!(history.text_after(&path(), &text(2), UndoDirection::Undo).is_ok(), "the newest edit is kept");
    }

    #[test]
    fn file_modified_meanwhile_is_not_undone() {
        let mut history = UndoHistory::default();
        history.record(&path(), "a", "b".to_owned(), summary());
        assert_eq!(history.text_after(&path(), "c", UndoDirection::Undo), Err(UndoError::FileModified));
        assert_eq!(history.text_after(&path(), "b", UndoDirection::Undo).as_deref(), Ok("a"));
    }
}
