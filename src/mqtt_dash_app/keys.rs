//! The keys of MQTT Dash's tiles and what they are here: one row for each.

use super::form::{Form, Word};

/// A key of the app.
pub(super) struct Row {
    /// Its name in the app's file.
    pub app: &'static str,
    /// The key of a tile that it is here, if it is one.
    pub ours: Option<&'static str>,
    /// What stands there.
    pub form: Form,
}

/// A kind of tile that the app has.
pub(super) struct KindRow {
    /// The `type` of the app.
    pub number: i64,
    /// The word for it here.
    pub word: &'static str,
    /// The keys that only this kind has.
    pub keys: &'static [Row],
}

/// The kind with this `type`.
pub(super) fn kind_of(number: i64) -> Option<&'static KindRow> {
    KINDS.iter().find(|kind| kind.number == number)
}

/// The kind with this word; a kind that the app does not have is a text there.
pub(super) fn kind_named(word: &str) -> &'static KindRow {
    KINDS.iter().find(|kind| kind.word == word).unwrap_or(&KINDS[0])
}

impl KindRow {
    /// Every key that a tile of this kind has, in the app's order.
    pub fn all(&self) -> impl Iterator<Item = &'static Row> + use<> {
        self.keys.iter().chain(&COMMON)
    }

    /// The app's name of one of our keys.
    pub fn app_name(&self, ours: &str) -> Option<&'static str> {
        self.all().find(|row| row.ours == Some(ours)).map(|row| row.app)
    }
}

const fn row(app: &'static str, ours: &'static str, form: Form) -> Row {
    Row { app, ours: Some(ours), form }
}

/// A key that means nothing here.
const fn alien(app: &'static str, form: Form) -> Row {
    Row { app, ours: None, form }
}

const SIZES: Form =
    Form::Words(&[(Word::Text("LARGE"), "large"), (Word::Text("MEDIUM"), "medium"), (Word::Text("SMALL"), "small")]);

static COMMON: [Row; 21] = [
    row("enableIntermediateState", "wait_for_echo", Form::Flag),
    row("enablePub", "publish", Form::Flag),
    alien("enteredIntermediateStateAt", Form::Whole),
    row("intermediateStateTimeout", "wait_timeout", Form::Whole),
    row("jsOnReceive", "on_receive", Form::Filled),
    row("jsonPath", "json_path", Form::Filled),
    alien("lastJsonPathValue", Form::Text),
    alien("lastPayload", Form::Text),
    row("qos", "qos", Form::Whole),
    row("retained", "retain", Form::Flag),
    row("topic", "topic", Form::Filled),
    row("topicPub", "publish_topic", Form::Filled),
    row("updateLastPayloadOnPub", "update_on_publish", Form::Flag),
    alien("id", Form::Text),
    row("jsBlinkExpression", "blink", Form::Filled),
    row("jsOnDisplay", "on_display", Form::Filled),
    row("jsOnTap", "on_tap", Form::Filled),
    alien("lastActivity", Form::Whole),
    alien("longId", Form::Whole),
    row("name", "name", Form::Text),
    alien("type", Form::Whole),
];

static KINDS: [KindRow; 6] = [
    KindRow {
        number: 1,
        word: "text",
        keys: &[
            row("mainTextSize", "text_size", SIZES),
            row("postfix", "postfix", Form::Text),
            row("prefix", "prefix", Form::Text),
            row("textColor", "text_color", Form::Color),
        ],
    },
    KindRow {
        number: 2,
        word: "switch",
        keys: &[
            row("iconOff", "off_icon", Form::Icon("ic_check_box_unchecked")),
            row("iconOn", "on_icon", Form::Icon("ic_check_box_checked")),
            row("offColor", "off_color", Form::Color),
            row("onColor", "on_color", Form::Color),
            row("payloadOff", "off", Form::Text),
            row("payloadOn", "on", Form::Text),
        ],
    },
    KindRow {
        number: 3,
        word: "range",
        keys: &[
            row("decimalPrecision", "decimals", Form::Whole),
            row(
                "displayPayloadValue",
                "show",
                Form::Words(&[(Word::Flag(true), "value"), (Word::Flag(false), "percent")]),
            ),
            row("maxValue", "max", Form::Number),
            row("minValue", "min", Form::Number),
            row("postfix", "postfix", Form::Text),
            row("prefix", "prefix", Form::Text),
            row("progressColor", "color", Form::Color),
        ],
    },
    KindRow {
        number: 4,
        word: "choice",
        keys: &[
            row("items", "options", Form::Options),
            row("mainTextSize", "text_size", SIZES),
            row("textColor", "text_color", Form::Color),
        ],
    },
    KindRow {
        number: 5,
        word: "image",
        keys: &[
            row("imageUrl", "url", Form::Filled),
            row(
                "kind",
                "source",
                Form::Words(&[(Word::Whole(1), "url"), (Word::Whole(2), "payload-url"), (Word::Whole(3), "payload")]),
            ),
            row("openUrl", "open_url", Form::Filled),
            row("reloadInterval", "reload", Form::Whole),
        ],
    },
    KindRow {
        number: 6,
        word: "color",
        keys: &[
            row("format", "format", Form::Words(&[(Word::Whole(0), "hex"), (Word::Whole(1), "number")])),
            row("icon", "icon", Form::Icon("")),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::{super::compatibility::SETTINGS, *};
    use crate::model::{kind, schema::DynFields as _, tile::Tile};

    #[test]
    fn every_row_stands_in_the_table_of_compatibility_and_no_other() {
        let told: Vec<_> = SETTINGS.iter().map(|row| (row.kind, row.app, row.ours)).collect();
        let of_kinds = KINDS.iter().flat_map(|kind| kind.keys.iter().map(|row| (Some(kind.word), row.app, row.ours)));
        let known: Vec<_> = of_kinds.chain(COMMON.iter().map(|row| (None, row.app, row.ours))).collect();
        for row in &known {
            assert_eq!(told.iter().filter(|told| *told == row).count(), 1, "{row:?}");
        }
        assert_eq!(told.len(), known.len());
    }

    #[test]
    fn every_row_leads_to_a_key_and_every_kind_has_its_rows() {
        for kind in kind::all() {
            let row = kind_named(kind.name());
            assert_eq!(row.word, kind.name());
            let keys: Vec<&str> = Tile::new(kind).fields().into_iter().map(|row| row.name).collect();
            for ours in row.all().filter_map(|row| row.ours) {
                assert!(keys.contains(&ours), "{ours} of {}", row.word);
            }
        }
    }
}
