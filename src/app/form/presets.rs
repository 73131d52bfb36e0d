//! The field that offers the presets of a tile kind: a choice fills other fields, and says which.

use super::{
    Form,
    field::FieldKey,
    pick_list::{PickList, PickRow},
};
use crate::model::{
    kind,
    preset::{Preset, PresetFit, PresetSubject},
};

/// The key of the field, which no file has.
pub(super) const PRESET_KEY: FieldKey = ("preset", None);

/// The value of the row that brings back what the fields were.
const BEFORE: &str = "As it was";
/// The value of the row with the limits that the topic has had so far.
const SEEN: &str = "seen";

impl Form {
    /// Returns whether the field with the presets has the focus.
    #[must_use]
    pub(in crate::app) fn focuses_preset(&self) -> bool {
        self.focused_field().is_some_and(|field| field.key == PRESET_KEY)
    }

    /// Returns the presets of the selected kind.
    fn presets(&self) -> &'static [Preset] {
        let kind = self.kind_name().and_then(|name| kind::from_name(name).ok());
        kind.map_or(&[], |kind| kind.presets())
    }

    /// Returns the preset that the fields have now.
    #[must_use]
    pub(crate) fn applied_preset(&self) -> Option<&'static Preset> {
        let has = |(key, text): &(&'static str, &str)| self.typed_text((key, None)) == *text;
        self.presets().iter().find(|preset| preset.fields.iter().all(has))
    }

    /// Returns the preset that fits best what the topic carries, unless the fields have one that fits as well.
    #[must_use]
    pub(in crate::app) fn proposed_preset(&self, subject: &PresetSubject<'_>) -> Option<&'static Preset> {
        let fits = self.presets().iter().map(|preset| (preset.fit(subject).0, preset));
        let (best_fit, best) = fits.min_by_key(|(fit, _)| *fit)?;
        let applied_fit = self.applied_preset().map_or(PresetFit::None, |preset| preset.fit(subject).0);
        (best_fit < applied_fit).then_some(best)
    }

    /// Returns the list of presets, those first that fit what the topic carries.
    pub(in crate::app) fn preset_list(&self, subject: &PresetSubject<'_>) -> PickList {
        let mut presets: Vec<_> = self.presets().iter().map(|preset| (preset.fit(subject), preset)).collect();
        presets.sort_by_key(|((fit, _), _)| *fit);
        let row = |((fit, path), preset): ((PresetFit, Option<String>), &Preset)| {
            let mark = if fit < PresetFit::None { "fits: " } else { "" };
            let at_path = path.as_ref().map(|path| format!(" · at {path}")).unwrap_or_default();
            let fills = preset.fields.iter().map(|(key, text)| (*key, (*text).to_owned()));
            PickRow {
                fills: path.map(|path| ("json_path", path)).into_iter().chain(fills).collect(),
                ..PickRow::from_label(preset.name, &format!("{mark}{}{at_path}", preset.detail))
            }
        };
        let before = PickRow {
            fills: self.before_preset.clone(),
            ..PickRow::from_label(BEFORE, "what the fields were before the last preset")
        };
        let rows = presets.into_iter().map(row).chain(self.seen_row());
        let before = Some(before).filter(|row| !row.fills.is_empty());
        PickList::new("Presets", "no preset found", rows.chain(before).collect())
    }

    /// Returns the row with the limits that the topic has had so far.
    fn seen_row(&self) -> Option<PickRow> {
        self.field_index("max")?;
        let (min, max) = self.seen_numbers()?;
        let fills = vec![("min", min.to_string()), ("max", max.to_string())];
        let label = format!("{min} to {max}");
        (min < max).then(|| PickRow {
            fills,
            value: SEEN.to_owned(),
            ..PickRow::from_label(&label, "seen on the topic so far")
        })
    }

    /// Fills the fields of a row. Returns what has changed, as a sentence.
    pub(super) fn fill(&mut self, row: &PickRow) -> String {
        // What only the previous preset has set does not stay.
        let cleared = self.applied_preset().filter(|_| row.value != BEFORE).map_or(&[][..], |preset| preset.fields);
        let is_filled = |key: &str| row.fills.iter().any(|(filled, _)| *filled == key);
        let cleared = cleared.iter().filter(|(key, _)| !is_filled(key)).map(|(key, _)| (*key, String::new()));
        let fills: Vec<_> = row.fills.iter().cloned().chain(cleared).collect();
        let before = fills.iter().map(|(key, _)| (*key, self.typed_text((key, None)).to_owned())).collect();
        let mut changes = Vec::new();
        for (key, text) in &fills {
            let Some(field) = self.fields.iter_mut().find(|field| field.key == (*key, None)) else { continue };
            let (old, was_default) = (field.entry.text().to_owned(), field.is_default());
            if old == *text {
                continue;
            }
            field.set_text(text);
            let shown = if text.is_empty() { "–" } else { text };
            let replaced = if was_default || old.is_empty() { String::new() } else { format!(" (was {old})") };
            changes.push(format!("{} {shown}{replaced}", field.label));
        }
        self.before_preset = before;
        self.validate();
        let changes = if changes.is_empty() { "nothing to change".to_owned() } else { changes.join(", ") };
        match self.missing_target_hint() {
            Some(hint) => format!("{}: {changes}. {hint}", row.label),
            None => format!("{}: {changes}", row.label),
        }
    }
}
