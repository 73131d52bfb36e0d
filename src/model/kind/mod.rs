//! Kinds of tile: one file for each.
//!
//! To add a kind: write `kind/x.rs` with a struct that is [`Schema`](super::key::Schema) (its keys in a
//! file, its defaults) and a [`TileKind`] (what it shows, what pressing it does), then add `mod x;` and
//! `x::X` to the list below. Nothing else changes: files load it, `check` knows its keys, the
//! reference in `docs/tiles.md` names them, and the screen draws whatever [`TileContent`] it gives. Only a
//! new *look* is more: a variant of [`TileContent`] and the arm in `ui/face` that the compiler asks for.

mod choice;
mod color;
mod image;
mod range;
mod switch;
mod text;

use std::fmt::Debug;

use super::{
    content::{PrefixSuffix, TextSize, TileAction, TileContent},
    error::TileError,
    schema::DynFields,
    script::ScriptView,
    tile_value::TileValue,
    value::{ValidationError, did_you_mean},
};

pub use self::image::ImageKind;

/// What every kind of tile must answer. `reading` is what the tile last knew, if anything.
pub trait TileKind: DynFields + Debug + Send + Sync + CloneTileKind {
    /// The word for it in a file.
    fn name(&self) -> &'static str;

    /// What it is for, in a short sentence without its full stop.
    fn description(&self) -> &'static str;

    /// What it shows.
    ///
    /// # Errors
    /// Why the reading cannot be shown.
    fn content(&self, value: Option<&TileValue>) -> Result<TileContent, TileError>;

    /// What pressing it does.
    fn press_action(&self, value: Option<&TileValue>) -> TileAction;

    /// What so many steps up (or down) do.
    fn step_action(&self, _value: Option<&TileValue>, _steps: i32) -> TileAction {
        TileAction::Nothing
    }

    /// What scripts may change of a face of this kind; of one without a value too.
    fn script_view(&self, content: TileContent) -> ScriptView {
        match content {
            TileContent::Text { prefix_suffix, text, color, .. } => {
                ScriptView::Text { text: format!("{}{text}{}", prefix_suffix.prefix, prefix_suffix.suffix), color }
            }
            _ => ScriptView::Text { text: String::new(), color: None },
        }
    }

    /// The face that scripts have made of `face`.
    fn apply_script_view(&self, content: Option<TileContent>, view: &ScriptView) -> TileContent {
        let size = match content {
            Some(TileContent::Text { size, .. }) => size,
            _ => self.text_size(),
        };
        match view {
            ScriptView::Text { text, color } => TileContent::Text {
                prefix_suffix: PrefixSuffix::default(),
                text: text.clone(),
                size,
                color: *color,
                known: true,
            },
            _ => content.unwrap_or(TileContent::Placeholder(String::new())),
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
    fn answer(&self, input: &str) -> Result<String, TileError> {
        Ok(input.to_owned())
    }

    /// What pressing it is called: `set`, `switch`.
    fn action_label(&self) -> &'static str;

    /// Whether it can be stepped.
    fn is_steppable(&self) -> bool {
        false
    }

    /// Whether `prefix` and `postfix` say something for it.
    fn supports_prefix_suffix(&self) -> bool {
        false
    }

    /// Whether pressing it publishes when the file does not say.
    fn publishes_by_default(&self) -> bool {
        true
    }

    /// The addresses that it fetches from or opens: the key that says so, and the address.
    fn external_urls(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Whether what it shows may lie at a URL.
    fn fetches_url(&self) -> bool {
        false
    }
}

macro_rules! tile_kinds {
    ($($kind:ty),* $(,)?) => {
        const KINDS: &[fn() -> Box<dyn TileKind>] = &[$(|| Box::new(<$kind>::default())),*];
    };
}

// THE list.
tile_kinds![
    text::TextKind,
    switch::SwitchKind,
    range::RangeKind,
    choice::ChoiceKind,
    image::ImageKind,
    color::ColorKind
];

/// One plain tile of each kind.
pub fn all() -> impl Iterator<Item = Box<dyn TileKind>> {
    KINDS.iter().map(|new| new())
}

/// A plain tile of the kind with this word.
///
/// # Errors
/// That there is no such kind, and which one may be meant.
pub fn from_name(name: &str) -> Result<Box<dyn TileKind>, ValidationError> {
    all().find(|kind| kind.name() == name).ok_or_else(|| {
        let names: Vec<&str> = all().map(|kind| kind.name()).collect();
        ValidationError::new(format!("there is no kind of tile named `{name}`")).with_help(
            did_you_mean(name, names.iter().copied()).unwrap_or_else(|| format!("the kinds are {}", names.join(", "))),
        )
    })
}

/// Makes boxes of kinds copyable; every kind that is `Clone` has it.
pub trait CloneTileKind {
    /// A copy in a box of its own.
    fn clone_box(&self) -> Box<dyn TileKind>;
}

impl<T: TileKind + Clone + 'static> CloneTileKind for T {
    fn clone_box(&self) -> Box<dyn TileKind> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn TileKind> {
    fn clone(&self) -> Self {
        (**self).clone_box()
    }
}

/// The face of a tile without a value.
fn placeholder(value: Option<&TileValue>) -> TileContent {
    TileContent::Placeholder(if value.is_none() { "nothing yet" } else { "cleared" }.to_owned())
}

/// The text of a reading; `None` where there is nothing to show.
fn non_empty_text(value: Option<&TileValue>) -> Option<&str> {
    value.map(|value| &*value.text).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reading with this text, for the tests of the kinds.
    pub fn tile_value(text: &str) -> TileValue {
        TileValue {
            text: text.into(),
            payload: text.as_bytes().into(),
            updated_at: super::super::time::Time::default(),
        }
    }

    #[test]
    fn kind_is_found_by_its_name() {
        for kind in all() {
            assert_eq!(from_name(kind.name()).unwrap().name(), kind.name());
        }
        assert_eq!(from_name("swich").unwrap_err().help.as_deref(), Some("did you mean `switch`?"));
    }

    #[test]
    fn tile_placeholder_tells_no_value_from_empty_payload() {
        for kind in all().filter(|kind| kind.name() != "image") {
            assert_eq!(kind.content(None), Ok(TileContent::Placeholder("nothing yet".into())), "{}", kind.name());
            assert_eq!(
                kind.content(Some(&tile_value(""))),
                Ok(TileContent::Placeholder("cleared".into())),
                "{}",
                kind.name()
            );
        }
    }
}
