//! The icons of tiles, each as a Unicode glyph and in ASCII.

mod synonyms;
mod table;

use super::{
    field_value::parse_text,
    schema::{FieldValue, ValueType},
    value::{ValidationError, Value, did_you_mean},
};
use table::{ICON_COUNT, ICONS};

/// The prefix of all icon names in MQTT Dash.
const MQTT_DASH_PREFIX: &str = "ic_";

/// An icon.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Icon(u16);

impl Icon {
    /// Returns the icon with this name, with or without the prefix of MQTT Dash: `light1_on` or
    /// `ic_light1_on`.
    #[must_use]
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let name = name.strip_prefix(MQTT_DASH_PREFIX).unwrap_or(name);
        Self::all().find(|icon| icon.name() == name)
    }

    /// Iterates over all icons, in the order in which to offer them.
    pub(crate) fn all() -> impl ExactSizeIterator<Item = Self> + DoubleEndedIterator + Clone {
        (0..ICON_COUNT).map(Self)
    }

    /// Returns the name in a file: `light1_on`.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        self.row().0
    }

    /// Returns the name in MQTT Dash: `ic_light1_on`.
    #[must_use]
    pub(crate) fn mqtt_dash_name(self) -> String {
        format!("{MQTT_DASH_PREFIX}{}", self.name())
    }

    /// Returns the glyph: a single character, one or two columns wide.
    #[must_use]
    pub(crate) fn glyph(self) -> &'static str {
        self.row().1
    }

    /// Returns the replacement in ASCII: one to three characters.
    #[must_use]
    pub(crate) fn ascii(self) -> &'static str {
        self.row().2
    }

    /// Returns other words for what the icon shows, separated by spaces; empty if there are none.
    #[must_use]
    pub(crate) fn synonyms(self) -> &'static str {
        synonyms::of(self.name())
    }

    fn row(self) -> &'static table::IconRow {
        &ICONS[usize::from(self.0)]
    }
}

impl std::fmt::Debug for Icon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Icon").field(&self.name()).finish()
    }
}

impl FieldValue for Icon {
    const VALUE_TYPE: ValueType = ValueType::Custom("an icon name such as \"light1_on\"");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        parse_text(value, Self::VALUE_TYPE, |name| {
            Self::from_name(name).ok_or_else(|| {
                let stripped = name.strip_prefix(MQTT_DASH_PREFIX).unwrap_or(name);
                let help = did_you_mean(stripped, Self::all().map(Self::name))
                    .unwrap_or_else(|| format!("expected {}", Self::VALUE_TYPE));
                ValidationError::new(format!("unknown icon `{name}`")).with_help(help)
            })
        })
    }

    fn to_value(&self) -> Option<Value> {
        Some(self.name().into())
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, ops::RangeInclusive};

    use unicode_width::UnicodeWidthStr;

    use super::*;

    /// The ranges of wide emoji in Unicode 9; characters in the gaps only became wide later.
    const EMOJI: [RangeInclusive<u32>; 6] =
        [0x2300..=0x262f, 0x2638..=0x2689, 0x2690..=0x2bff, 0x1f18e..=0x1f6d2, 0x1f6eb..=0x1f6f6, 0x1f910..=0x1f91e];

    /// Suffixes of names with opposite meaning.
    const OPPOSITE_SUFFIXES: [(&str, &str); 11] = [
        ("_on", "_off"),
        ("_checked", "_unchecked"),
        ("_opened_outline", "_closed_outline"),
        ("_up", "_down"),
        ("_full", "_empty"),
        ("_strong", "_weak"),
        ("_filled", "_outline"),
        ("_in", "_out"),
        ("_next", "_previous"),
        ("_forward", "_rewind"),
        ("_active", "_inactive"),
    ];

    /// Other icons that users are likely to show in turn on one tile.
    const ALTERNATING_ICONS: [&[&str]; 17] = [
        &["favorite", "favorite_border"],
        &["bookmark", "bookmark_border"],
        &["label", "label_outline"],
        &["help", "help_outline"],
        &["info", "info_outline"],
        &["error", "error_outline"],
        &["call", "call_end"],
        &["cast", "cast_connected"],
        &["cloud_done", "cloud_queue", "cloud_off"],
        &["screen_share", "stop_screen_share"],
        &["bluetooth", "bluetooth_connected", "bluetooth_searching", "bluetooth_disabled"],
        &["gps_fixed", "gps_not_fixed", "gps_off"],
        &["play_arrow", "pause", "stop", "fiber_manual_record", "skip_next", "skip_previous"],
        &["battery_unknown", "battery_alert", "battery_charging_full", "battery_20", "battery_full"],
        &["battery_20", "battery_30", "battery_50", "battery_60", "battery_80", "battery_90", "battery_full"],
        &[
            "signal_cellular_off",
            "signal_cellular_null",
            "signal_cellular_0_bar",
            "signal_cellular_1_bar",
            "signal_cellular_2_bar",
            "signal_cellular_3_bar",
            "signal_cellular_4_bar",
        ],
        &[
            "signal_wifi_off",
            "signal_wifi_0_bar",
            "signal_wifi_1_bar",
            "signal_wifi_2_bar",
            "signal_wifi_3_bar",
            "signal_wifi_4_bar",
        ],
    ];

    fn icon(name: &str) -> Icon {
        Icon::from_name(name).unwrap_or_else(|| panic!("no icon {name}"))
    }

    fn validation_error(value: &Value) -> ValidationError {
        Icon::from_value(value).unwrap_err().remove(0)
    }

    #[test]
    fn icons_of_mqtt_dash_are_complete_and_unique() {
        let names: HashSet<_> = Icon::all().map(Icon::name).collect();
        assert_eq!(Icon::all().len(), 438);
        assert_eq!(names.len(), 438);
    }

    #[test]
    fn icon_glyph_is_one_character_of_unambiguous_width() {
        for icon in Icon::all() {
            let glyph = icon.glyph();
            let code = glyph.chars().next().map_or(0, u32::from);
            assert_eq!(glyph.chars().count(), 1, "{icon:?}");
            match glyph.width() {
                1 => assert!((0x21..0xe000).contains(&code), "{icon:?} is narrow, but an emoji or private"),
                2 => assert!(
                    EMOJI.iter().any(|range| range.contains(&code)),
                    "{icon:?} is wide, but not an emoji of Unicode 9"
                ),
                width => panic!("{icon:?} is {width} columns wide"),
            }
        }
    }

    #[test]
    fn icon_ascii_is_short_and_printable() {
        for icon in Icon::all() {
            let ascii = icon.ascii();
            assert!((1..=3).contains(&ascii.len()), "{icon:?}");
            assert!(ascii.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()), "{icon:?}");
            assert_eq!(ascii, ascii.trim(), "{icon:?}");
        }
    }

    #[test]
    fn opposite_icons_differ_in_shape_and_not_in_width() {
        let mut pairs = 0;
        for one in Icon::all() {
            for (suffix, opposite_suffix) in OPPOSITE_SUFFIXES {
                let Some(stem) = one.name().strip_suffix(suffix) else { continue };
                let Some(other) = Icon::from_name(&format!("{stem}{opposite_suffix}")) else { continue };
                pairs += 1;
                assert_ne!(one.glyph(), other.glyph(), "{one:?} {other:?}");
                assert_ne!(one.ascii(), other.ascii(), "{one:?} {other:?}");
                assert_eq!(one.glyph().width(), other.glyph().width(), "{one:?} {other:?}");
                assert_eq!(one.ascii().len(), other.ascii().len(), "{one:?} {other:?}");
            }
        }
        assert_eq!(pairs, 38, "number of pairs");
    }

    #[test]
    fn alternating_icons_differ_in_shape_and_not_in_width() {
        for names in ALTERNATING_ICONS {
            let glyphs: HashSet<_> = names.iter().map(|name| icon(name).glyph()).collect();
            let asciis: HashSet<_> = names.iter().map(|name| icon(name).ascii()).collect();
            let widths: HashSet<_> = glyphs.iter().map(|glyph| glyph.width()).collect();
            assert_eq!((glyphs.len(), asciis.len(), widths.len()), (names.len(), names.len(), 1), "{names:?}");
        }
    }

    #[test]
    fn icon_is_found_with_and_without_the_prefix() {
        for icon in Icon::all() {
            assert_eq!(Icon::from_name(icon.name()), Some(icon));
            assert_eq!(Icon::from_name(&icon.mqtt_dash_name()), Some(icon));
            assert_eq!(Icon::from_value(&icon.to_value().unwrap()), Ok(icon));
        }
        assert_eq!(Icon::from_name("ic_"), None);
        assert_eq!(Icon::from_name("ic_ic_sun"), None);
        assert_eq!(icon("ic_light1_on").name(), "light1_on");
        assert_eq!(icon("light1_on").mqtt_dash_name(), "ic_light1_on");
    }

    #[test]
    fn unknown_icon_name_suggests_the_nearest() {
        let error = validation_error(&"ic_ligth1_on".into());
        assert_eq!(error.message, "unknown icon `ic_ligth1_on`");
        assert_eq!(error.help.as_deref(), Some("did you mean `light1_on`?"));
        assert_eq!(
            validation_error(&"zzzzzzzz".into()).help.as_deref(),
            Some("expected an icon name such as \"light1_on\"")
        );
        assert_eq!(
            validation_error(&Value::Integer(7)).message,
            "expected an icon name such as \"light1_on\", found a whole number"
        );
    }
}
