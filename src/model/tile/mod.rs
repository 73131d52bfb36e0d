//! The definition of a tile, as in its file. Its state is in [`tile_state`](super::tile_state).

mod content;
mod decoding;
mod export;
mod layout;
mod payload;
mod publishing;
mod rows;
mod validation;

use super::{
    availability::Availability,
    connection::{Qos, RetainHandling},
    decoding::Decoding,
    field_value::{BoundedInt, Nested},
    id::DashboardId,
    json_path::JsonPath,
    kind::{self, TileKind},
    payload_template::PayloadTemplate,
    preserved_fields::PreservedFields,
    press::PressConfirmation,
    rare::Rare,
    schema::{DynFields, FieldInfo, FieldSpec, field, non_default_fields},
    script::TileScripts,
    topic::{Topic, TopicFilter},
    value::{ValidationError, Value},
};

use payload::{AutomaticInterval, TileMessages, message_field};

pub(crate) use layout::{MAX_SPAN, ShownOn, SpanCount, is_narrow};
pub(crate) use publishing::ImpliedReadOnly;
pub(crate) use rows::{ROWS_KEY, is_only_of_panel, is_only_of_rows, read_row, row_table};

/// The definition of a tile.
#[derive(Debug, Clone)]
pub struct Tile {
    /// The name, shown at the top.
    pub name: String,
    /// The topic filter to subscribe to.
    pub topic: Option<TopicFilter>,
    /// The JSON path that extracts the value from the payload.
    pub json_path: Option<JsonPath>,
    publish: Option<bool>,
    publish_topic: Option<Topic>,
    messages: Option<Box<TileMessages>>,
    /// The quality of service for subscribing and publishing.
    pub(crate) qos: Qos,
    /// Which retained messages the broker sends, with MQTT 5.
    pub(crate) retain_handling: RetainHandling,
    /// Whether published messages are retained.
    pub retain: bool,
    /// Whether a published value is shown immediately, without waiting for the echo.
    pub update_on_publish: bool,
    /// What is asked for before a press publishes.
    pub(crate) confirm: Option<PressConfirmation>,
    wait_for_echo: Option<bool>,
    /// The number of seconds to wait for the echo; 0: no limit.
    pub(crate) wait_timeout: BoundedInt<0, 86_400>,
    prefix: Rare<String>,
    postfix: Rare<String>,
    blink: Option<Box<str>>,
    on_receive: Option<Box<str>>,
    on_display: Option<Box<str>>,
    on_tap: Option<Box<str>>,
    width: SpanCount,
    height: SpanCount,
    only: ShownOn,
    availability: Rare<Nested<Availability>>,
    /// The kind of the tile, with its settings.
    pub kind: Box<dyn TileKind>,
    /// Data that only MQTT Dash uses. A copy of the tile is a different tile there and does not keep it.
    pub(crate) mqtt_dash: PreservedFields,
}

impl Tile {
    const COMMON_FIELDS: &'static [FieldSpec<Self>] = &[
        field!(String, name, "the name, shown at the top of the tile"),
        field!(
            Option<TopicFilter>,
            topic,
            "the topic filter to subscribe to; may contain the wildcards + and #; optional for a button"
        ),
        field!(Option<JsonPath>, json_path as "Part of the JSON", "which part of the JSON in the payload to show, as a JSON path"),
        field!(
            Option<bool>,
            publish as "Publishes",
            "whether pressing the tile publishes; default: true, except for images, and for tiles without \
             `publish_topic` on a topic that looks like a state or a measurement: …/state, …/status, …/sensor/…, tele/…, \
             stat/…, zigbee2mqtt/…, …/humidity, …/voltage, …/battery, for text tiles …/temperature, …/power, and for those \
             with `json_path` and without `payload`"
        ),
        field!(Option<Topic>, publish_topic as "Publishes to", "the topic that pressing publishes to; default: the value of `topic`"),
        message_field!(
            Option<PayloadTemplate>,
            payload as "Payload",
            "what is published around the value, such as '{\"brightness\": {{value}}}'; {{value}} stands for what the tile \
             would publish without it, and is escaped in the quotes of JSON; \\{{ stands for two braces"
        ),
        field!(
            Option<PressConfirmation>,
            confirm as "Asks first",
            "what a press asks for before it publishes: a question such as \"Open the garage?\", or \"hold\": Enter or \
             the mouse button must be held for a second"
        ),
        message_field!(
            Option<String>,
            on_connect as "On connect",
            "a payload that is published automatically, once the connection is established and you have allowed it; to \
             `publish_topic`, or else to `topic`"
        ),
        message_field!(
            Option<AutomaticInterval>,
            every as "Again every",
            "how often the payload of `on_connect` is published again while connected, such as \"30s\"; at least \"1s\""
        ),
        field!(Qos, qos as "QoS", "the quality of service for subscribing and publishing"),
        field!(
            RetainHandling,
            retain_handling as "Gets retained",
            "MQTT 5: which retained messages the broker sends: always, after each connect; new: only if the kept session has no such subscription; never"
        ),
        field!(bool, retain, "whether the broker retains the messages that the tile publishes"),
        field!(bool, update_on_publish as "Show at once", "show the new value immediately, without waiting for the echo"),
        field!(
            Option<bool>,
            wait_for_echo as "Wait for echo",
            "show a spinner after publishing until a message arrives; default: true if `update_on_publish` is false"
        ),
        field!(BoundedInt<0, 86_400>, wait_timeout as "Wait at most (s)", "seconds until the spinner stops and an error is shown; 0: never"),
        field!(Rare<String>, prefix as "Text before", "text before the value"),
        field!(Rare<String>, postfix as "Text after", "text after the value"),
        field!(
            Option<Box<str>>,
            blink as "Blink if",
            "blink if this is true: an expression over `val` and `secs`, such as \"val < 10 || val > 90\""
        ),
        message_field!(
            Decoding,
            decode as "Decoded from",
            "cbor, msgpack, sparkplug, gzip, zlib, deflate, base64 or hex, or several such as \"gzip, cbor\": how the payload becomes text, \
             and what the tile publishes becomes such a payload"
        ),
        field!(Option<Box<str>>, on_receive as "On a message", "a script that runs for every message"),
        field!(Option<Box<str>>, on_display as "On display", "a script that changes what the tile shows"),
        field!(Option<Box<str>>, on_tap as "On a press", "a script that runs when the tile is pressed"),
        field!(SpanCount, width as "Columns", "how many columns of tiles the tile takes"),
        field!(SpanCount, height as "Rows", "how many rows of tiles the tile takes"),
        field!(
            ShownOn,
            only as "Only on screens",
            "show the tile only on such terminals: narrow: of less than 60 columns, or taller than wide; wide: all others"
        ),
        field!(
            Rare<Nested<Availability>>,
            availability,
            "where the device says whether it is online: `topic`, `online`, `offline`, `json_path`"
        ),
    ];

    /// The field that follows those of the kind.
    const MQTT_DASH_FIELD: FieldSpec<Self> = field!(
        PreservedFields,
        mqtt_dash,
        "data from an import, kept for exporting to MQTT Dash again; may be deleted"
    );

    /// Creates a tile of this kind with default settings.
    #[must_use]
    pub fn new(kind: Box<dyn TileKind>) -> Self {
        Self {
            name: String::new(),
            topic: None,
            json_path: None,
            publish: None,
            publish_topic: None,
            messages: None,
            qos: Qos::default(),
            retain_handling: RetainHandling::default(),
            retain: false,
            update_on_publish: true,
            confirm: None,
            wait_for_echo: None,
            wait_timeout: BoundedInt::clamped(0),
            prefix: Rare::default(),
            postfix: Rare::default(),
            blink: None,
            on_receive: None,
            on_display: None,
            on_tap: None,
            width: SpanCount::default(),
            height: SpanCount::default(),
            only: ShownOn::Any,
            availability: Rare::default(),
            kind,
            mqtt_dash: PreservedFields::default(),
        }
    }

    /// Returns the fields that every tile has, whatever its kind.
    #[must_use]
    pub fn common_fields() -> Vec<FieldInfo> {
        let default_tile = kind::all().next().map(Self::new);
        Self::COMMON_FIELDS.iter().map(|spec| spec.info(default_tile.as_ref())).collect()
    }

    fn field_spec(key: &str) -> Option<&'static FieldSpec<Self>> {
        Self::COMMON_FIELDS.iter().chain([&Self::MQTT_DASH_FIELD]).find(|spec| spec.name == key)
    }

    /// Returns where the device of the tile says whether it is online, if the file says it.
    pub(crate) fn availability(&self) -> Option<&Availability> {
        self.availability.get().map(|availability| &availability.0)
    }

    /// Returns the name or, without one, the kind.
    #[must_use]
    pub(crate) fn display_name(&self) -> &str {
        if self.name.is_empty() { self.kind.name() } else { &self.name }
    }

    /// Returns the key and the source text of each script.
    pub(crate) fn scripts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("on_receive", &self.on_receive),
            ("on_display", &self.on_display),
            ("on_tap", &self.on_tap),
            ("blink", &self.blink),
        ]
        .into_iter()
        .filter_map(|(key, text)| text.as_deref().map(|text| (key, text)))
    }

    /// Returns whether the tile has an `on_receive` script.
    #[must_use]
    pub(crate) fn has_receive_script(&self) -> bool {
        self.on_receive.is_some()
    }

    /// Returns the scripts in the form that the script engine takes, without the dashboard, which a tile does not know.
    #[must_use]
    pub(crate) fn to_scripts(&self) -> TileScripts {
        let shared = |text: &Option<Box<str>>| text.as_deref().map(Into::into);
        TileScripts {
            dashboard: DashboardId::default(),
            on_receive: shared(&self.on_receive),
            on_display: shared(&self.on_display),
            on_tap: shared(&self.on_tap),
            blink: shared(&self.blink),
        }
    }
}

/// Two tiles are equal if they would be written to a file in the same way.
impl PartialEq for Tile {
    fn eq(&self, other: &Self) -> bool {
        self.kind.name() == other.kind.name() && non_default_fields(self) == non_default_fields(other)
    }
}

impl DynFields for Tile {
    fn fields(&self) -> Vec<FieldInfo> {
        let own = self.kind.fields();
        let mut fields = Self::common_fields();
        fields.retain(|common| own.iter().all(|own| own.name != common.name));
        fields.extend(own);
        fields.push(Self::MQTT_DASH_FIELD.info(None));
        fields
    }

    fn get(&self, key: &str) -> Option<Value> {
        self.kind.get(key).or_else(|| Self::field_spec(key).and_then(|spec| (spec.get)(self)))
    }

    fn set(&mut self, key: &str, value: &Value) -> Option<Result<(), Vec<ValidationError>>> {
        // A kind may give a common key a meaning of its own.
        let of_kind = self.kind.set(key, value);
        of_kind.or_else(|| Self::field_spec(key).map(|spec| (spec.set)(self, value)))
    }

    fn validate(&self) -> Vec<ValidationError> {
        let mut errors = if self.is_panel() { self.panel_errors() } else { self.validate_common_fields() };
        errors.extend(self.kind.validate());
        errors
    }

    fn implied(&self, key: &str) -> Option<String> {
        let yes_or_no = |flag| Some(if flag { "yes" } else { "no" }.to_owned());
        match key {
            "publish" => yes_or_no(self.publishes()),
            "publish_topic" => self.target_topic().map(|topic| topic.to_string()),
            "wait_for_echo" => yes_or_no(self.waits_for_echo()),
            _ => self.kind.implied(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            content::{PrefixSuffix, TileContent},
            schema::set_fields,
            tile_value::TileValue,
            time::Time,
        },
        *,
    };

    fn tile(kind: &str, entries: &[(&str, Value)]) -> Result<Tile, Vec<String>> {
        let mut tile = Tile::new(kind::from_name(kind).unwrap());
        let entries: Vec<_> = entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        match set_fields(&mut tile, &entries) {
            Ok(()) => Ok(tile),
            Err(errors) => Err(errors.into_iter().map(|error| error.message).collect()),
        }
    }

    #[test]
    fn tile_publishes_to_its_own_topic_unless_overridden() {
        let target_topic =
            |entries: &[(&str, Value)]| tile("switch", entries).unwrap().target_topic().map(|topic| topic.to_string());
        assert_eq!(target_topic(&[("topic", "a".into())]).as_deref(), Some("a"));
        assert_eq!(target_topic(&[("topic", "a".into()), ("publish_topic", "b".into())]).as_deref(), Some("b"));
        assert_eq!(target_topic(&[("topic", "a/+".into())]), None);
        assert_eq!(target_topic(&[("topic", "a".into()), ("publish", Value::Bool(false))]), None);
    }

    #[test]
    fn tile_validation_reports_all_errors_together() {
        let errors = tile(
            "switch",
            &[
                ("topic", "a".into()),
                ("json_path", "$.x".into()),
                ("publish", Value::Bool(true)),
                ("postfix", "!".into()),
                ("wait_timeout", Value::Integer(3)),
                ("nme", "x".into()),
            ],
        )
        .unwrap_err();
        assert_eq!(errors.len(), 4, "{errors:#?}");
    }

    #[test]
    fn tile_content_includes_prefix_and_postfix() {
        let tile = tile("text", &[("prefix", "~".into()), ("postfix", " °C".into())]).unwrap();
        let value = TileValue {
            text: "23".into(),
            payload: Vec::new().into(),
            updated_at: Time::default(),
            age_unknown: false,
        };
        let expected = PrefixSuffix { prefix: "~".into(), suffix: " °C".into(), ..PrefixSuffix::default() };
        assert!(
            matches!(tile.content(Some(&value)), Ok(TileContent::Text { prefix_suffix, .. }) if prefix_suffix == expected)
        );
    }
}
