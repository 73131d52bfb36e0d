//! The tile kinds: one file each.
//!
//! To add a kind, write `model/kind/x.rs` with a struct that implements [`Schema`](super::schema::Schema) (its keys
//! in a file and their defaults) and [`TileKind`] (what it shows, what pressing it does), then add `mod x;`
//! and `x::X` to the list below. Nothing else knows the kinds by name: files load it, `check` and the forms know its
//! keys, the list of kinds shows its sample, scripts see the fields that it names, exports use the counterpart in
//! MQTT Dash that it names, the generated reference `docs/files.md` lists it, and the screen draws the
//! [`TileContent`](super::content::TileContent) that it returns. Only content of a new type needs more: a variant of
//! `TileContent`, a widget in `ui/widgets`, and the two match arms that the compiler asks for: how it looks in one line
//! (`model/content_line.rs`), and which widget draws it.

mod button;
mod choice;
mod clock;
mod color;
mod common;
mod gauge;
mod heading;
mod image;
mod led;
mod log;
mod map;
mod note;
mod pad;
mod panel;
mod progress;
mod qr;
mod range;
mod range_presets;
mod switch;
mod switch_presets;
mod table;
mod table_column;
mod text;
mod tile_kind;

pub use common::{ExternalUrl, Section};
use common::{StaleAfter, Unit, missing_topic, non_empty_text, number_of, placeholder};
pub(crate) use panel::MAX_ROWS;
pub(crate) use text::TextKind;
pub use tile_kind::TileKind;

use super::value::{ValidationError, did_you_mean};

macro_rules! tile_kinds {
    ($($kind:ty),* $(,)?) => {
        const KINDS: &[fn() -> Box<dyn TileKind>] = &[$(|| Box::new(<$kind>::default())),*];
    };
}

// Every kind, in the order in which users see them.
tile_kinds![
    text::TextKind,
    switch::SwitchKind,
    range::RangeKind,
    choice::ChoiceKind,
    image::ImageKind,
    color::ColorKind,
    heading::HeadingKind,
    led::LedKind,
    gauge::GaugeKind,
    progress::ProgressKind,
    button::ButtonKind,
    pad::PadKind,
    panel::PanelKind,
    note::NoteKind,
    clock::ClockKind,
    qr::QrKind,
    log::LogKind,
    table::TableKind,
    map::MapKind,
];

/// Creates a tile kind with default settings for each kind.
pub fn all() -> impl Iterator<Item = Box<dyn TileKind>> {
    KINDS.iter().map(|new| new())
}

/// Creates the tile kind with this name, with default settings.
///
/// # Errors
/// If there is no such kind; the help suggests a similar one.
pub fn from_name(name: &str) -> Result<Box<dyn TileKind>, ValidationError> {
    all().find(|kind| kind.name() == name).ok_or_else(|| {
        let names: Vec<&str> = all().map(|kind| kind.name()).collect();
        ValidationError::new(format!("unknown tile kind `{name}`")).with_help(
            did_you_mean(name, names.iter().copied()).unwrap_or_else(|| format!("the kinds are {}", names.join(", "))),
        )
    })
}

/// Creates a panel without rows.
pub(crate) fn panel() -> Box<dyn TileKind> {
    Box::<panel::PanelKind>::default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{content::TileContent, tile_value::TileValue};

    /// Returns a value with this text, for the tests of the kinds.
    pub fn tile_value(text: &str) -> TileValue {
        TileValue {
            text: text.into(),
            payload: text.as_bytes().into(),
            updated_at: super::super::time::Time::default(),
            age_unknown: false,
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
        // Others show something that does not come from a message, such as an image from a fixed URL.
        let kinds: Vec<_> = all().filter(|kind| kind.content(None) == Ok(placeholder(None))).collect();
        assert!(kinds.len() >= 5, "{kinds:?}");
        for kind in kinds {
            assert_eq!(
                kind.content(Some(&tile_value(""))),
                Ok(TileContent::Placeholder("cleared".into())),
                "{}",
                kind.name()
            );
        }
    }
}
