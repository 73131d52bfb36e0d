//! Kinds of tile: one file for each.
//!
//! To add a kind: write `kind/x.rs` with a struct that is [`Keyed`](super::key::Keyed) (its keys in a
//! file, its defaults) and a [`Kind`] (what it shows, what pressing it does), then add `mod x;` and
//! `x::X` to the list below. Nothing else changes: files load it, `check` knows its keys, the
//! reference in `docs/tiles.md` names them, and the screen draws whatever [`Face`] it gives. Only a
//! new *look* is more: a variant of [`Face`] and the arm in `ui/face` that the compiler asks for.

mod choice;
mod color;
mod image;
mod range;
mod switch;
mod text;

use std::fmt::Debug;

use super::{
    face::{Affixes, Face, Reply, TextSize},
    fault::Fault,
    key::Table,
    reading::Reading,
    script::Look,
    value::{Complaint, did_you_mean},
};

pub use self::image::Image;

/// What every kind of tile must answer. `reading` is what the tile last knew, if anything.
pub trait Kind: Table + Debug + Send + Sync + Copies {
    /// The word for it in a file.
    fn word(&self) -> &'static str;

    /// What it is for, in a short sentence without its full stop.
    fn about(&self) -> &'static str;

    /// What it shows.
    ///
    /// # Errors
    /// Why the reading cannot be shown.
    fn face(&self, reading: Option<&Reading>) -> Result<Face, Fault>;

    /// What pressing it does.
    fn press(&self, reading: Option<&Reading>) -> Reply;

    /// What so many steps up (or down) do.
    fn step(&self, _reading: Option<&Reading>, _steps: i32) -> Reply {
        Reply::Nothing
    }

    /// What scripts may change of a face of this kind; of one without a value too.
    fn look(&self, face: Face) -> Look {
        match face {
            Face::Text { affixes, text, color, .. } => {
                Look::Text { text: format!("{}{text}{}", affixes.before, affixes.behind), color }
            }
            _ => Look::Text { text: String::new(), color: None },
        }
    }

    /// The face that scripts have made of `face`.
    fn dressed(&self, face: Option<Face>, look: &Look) -> Face {
        let size = match face {
            Some(Face::Text { size, .. }) => size,
            _ => self.text_size(),
        };
        match look {
            Look::Text { text, color } => {
                Face::Text { affixes: Affixes::default(), text: text.clone(), size, color: *color, known: true }
            }
            _ => face.unwrap_or(Face::Quiet(String::new())),
        }
    }

    /// How large its text is drawn.
    fn text_size(&self) -> TextSize {
        TextSize::Medium
    }

    /// The payload for an answer to its question.
    ///
    /// # Errors
    /// Why this is no answer.
    fn answer(&self, text: &str) -> Result<String, Fault> {
        Ok(text.to_owned())
    }

    /// What pressing it is called: `set`, `switch`.
    fn verb(&self) -> &'static str;

    /// Whether it can be stepped.
    fn steps(&self) -> bool {
        false
    }

    /// Whether `prefix` and `postfix` say something for it.
    fn has_affixes(&self) -> bool {
        false
    }

    /// Whether pressing it publishes when the file does not say.
    fn publishes(&self) -> bool {
        true
    }

    /// The addresses that it fetches from or opens: the key that says so, and the address.
    fn addresses(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Whether what it shows may lie at a URL.
    fn fetches(&self) -> bool {
        false
    }
}

macro_rules! kinds {
    ($($kind:ty),* $(,)?) => {
        const KINDS: &[fn() -> Box<dyn Kind>] = &[$(|| Box::new(<$kind>::default())),*];
    };
}

// THE list.
kinds![text::Text, switch::Switch, range::Range, choice::Choice, image::Image, color::Swatch];

/// One plain tile of each kind.
pub fn all() -> impl Iterator<Item = Box<dyn Kind>> {
    KINDS.iter().map(|new| new())
}

/// A plain tile of the kind with this word.
///
/// # Errors
/// That there is no such kind, and which one may be meant.
pub fn named(word: &str) -> Result<Box<dyn Kind>, Complaint> {
    all().find(|kind| kind.word() == word).ok_or_else(|| {
        let words: Vec<&str> = all().map(|kind| kind.word()).collect();
        Complaint::new(format!("there is no kind of tile named `{word}`")).help(
            did_you_mean(word, words.iter().copied()).unwrap_or_else(|| format!("the kinds are {}", words.join(", "))),
        )
    })
}

/// Makes boxes of kinds copyable; every kind that is `Clone` has it.
pub trait Copies {
    /// A copy in a box of its own.
    fn copy(&self) -> Box<dyn Kind>;
}

impl<T: Kind + Clone + 'static> Copies for T {
    fn copy(&self) -> Box<dyn Kind> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Kind> {
    fn clone(&self) -> Self {
        (**self).copy()
    }
}

/// The face of a tile without a value.
fn quiet(reading: Option<&Reading>) -> Face {
    Face::Quiet(if reading.is_none() { "nothing yet" } else { "cleared" }.to_owned())
}

/// The text of a reading; `None` where there is nothing to show.
fn shown(reading: Option<&Reading>) -> Option<&str> {
    reading.map(|reading| &*reading.text).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reading with this text, for the tests of the kinds.
    pub fn reading(text: &str) -> Reading {
        Reading { text: text.into(), payload: text.as_bytes().into(), at: super::super::time::Time::default() }
    }

    #[test]
    fn kinds_are_found_by_their_word() {
        for kind in all() {
            assert_eq!(named(kind.word()).unwrap().word(), kind.word());
        }
        assert_eq!(named("swich").unwrap_err().help.as_deref(), Some("did you mean `switch`?"));
    }

    #[test]
    fn a_tile_without_a_value_is_quiet_and_one_with_an_empty_payload_is_cleared() {
        for kind in all().filter(|kind| kind.word() != "image") {
            assert_eq!(kind.face(None), Ok(Face::Quiet("nothing yet".into())), "{}", kind.word());
            assert_eq!(kind.face(Some(&reading(""))), Ok(Face::Quiet("cleared".into())), "{}", kind.word());
        }
    }
}
