//! Templates: tiles that a dashboard shows once for each device whose topic matches a pattern.

mod device;
pub(crate) mod name_patterns;
mod names;
pub(crate) mod pattern;
pub(crate) mod placeholder;
mod subscriptions;
mod validation;
pub(crate) mod variables;

use std::{borrow::Cow, time::Duration};

pub(crate) use device::{Device, DeviceList};
use name_patterns::NamePatterns;
use names::DeviceNames;
use pattern::TopicPattern;
use placeholder::Bindings;

use super::{
    availability::Availability,
    batch::MessageRef,
    decoder_rules::DecoderRules,
    decoding::Decoding,
    duration::BoundedDuration,
    field_value::{BoundedInt, Nested, string_enum},
    json_path::{JsonPath, find_all},
    schema::{FieldSpec, Schema, field},
    tile::Tile,
    value::ValidationError,
};

string_enum! {
    /// In which order devices are shown.
    DeviceOrder {
        FirstSeen = "first-seen" "In the order in which they have appeared.",
        Name = "name" "By name.",
        LastSeen = "last-seen" "The one that has sent something last comes first; at most once a minute.",
    }
}

/// The longest time after which a silent device is forgotten, in milliseconds: ten years.
const MAX_FORGET: u64 = 3_650 * 86_400_000;

/// Tiles that are shown once for each device.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    pub(crate) name: Option<String>,
    topic: Option<TopicPattern>,
    names: DeviceNames,
    name_topic: Option<TopicPattern>,
    name_path: Option<JsonPath>,
    decode: Decoding,
    only: NamePatterns,
    except: NamePatterns,
    has: Option<JsonPath>,
    pub(crate) sort: DeviceOrder,
    forget: Option<BoundedDuration<60_000, MAX_FORGET>>,
    limit: BoundedInt<1, 10_000>,
    pub(crate) availability: Nested<Availability>,
    /// The tiles of each device, in their order. Their texts have placeholders.
    pub tiles: Vec<Tile>,
    /// How many tiles of the dashboard come before it.
    pub position: usize,
}

impl Default for Template {
    fn default() -> Self {
        Self {
            name: None,
            topic: None,
            names: DeviceNames::default(),
            name_topic: None,
            name_path: None,
            decode: Decoding::default(),
            only: NamePatterns::default(),
            except: NamePatterns::default(),
            has: None,
            sort: DeviceOrder::default(),
            forget: None,
            limit: BoundedInt::clamped(200),
            availability: Nested::default(),
            tiles: Vec::new(),
            position: 0,
        }
    }
}

impl Schema for Template {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(Option<String>, name, "what messages call the template; default: its topic"),
        field!(
            Option<TopicPattern>,
            topic,
            "a topic on which each device sends, such as \"stat/{id}/POWER\": each text in place of {id} is a device; a \
             level can have text around the name, and {rest...} at the end is one level or more"
        ),
        field!(
            DeviceNames,
            names,
            "names of devices, such as { plug-7 = \"Washer\" }: what {name} stands for; default: the device's part of the topic"
        ),
        field!(
            Option<TopicPattern>,
            name_topic,
            "a topic on which a device, or the broker for it, sends its name; default if `name_path` is set: `topic`"
        ),
        field!(Option<JsonPath>, name_path, "which part of the JSON in that payload is the name; default: the payload"),
        field!(
            Decoding,
            decode,
            "how the payloads become text that `name_topic`, `name_path` and `has` read, such as \"cbor\"; tiles have their own `decode`"
        ),
        field!(
            NamePatterns,
            only,
            "show only devices whose part of the topic matches one of these, in which * stands for anything and ? for one character"
        ),
        field!(NamePatterns, except, "show no device whose part of the topic matches one of these"),
        field!(
            Option<JsonPath>,
            has,
            "show only devices whose payload on `topic` has something there, such as \"$.temperature\": for devices of several \
             kinds on one topic, as zigbee2mqtt has them"
        ),
        field!(
            DeviceOrder,
            sort,
            "the order of the devices: first-seen, which is remembered; name; last-seen: the newest message comes first"
        ),
        field!(
            Option<BoundedDuration<60_000, MAX_FORGET>>,
            forget,
            "after which time without a message a device is no longer shown, such as \"7d\"; default: never"
        ),
        field!(BoundedInt<1, 10_000>, limit, "how many devices are shown at most"),
        field!(
            Nested<Availability>,
            availability,
            "where each device says whether it is online, such as { topic = \"tele/{id}/LWT\" }; for its tiles that do not say it"
        ),
    ];

    fn validate(&self) -> Vec<ValidationError> {
        self.validate_fields()
    }
}

impl Template {
    /// Creates a template that comes after this number of tiles of the dashboard.
    pub(crate) fn at(position: usize) -> Self {
        Self { position, ..Self::default() }
    }

    /// Returns the template without its tiles.
    pub(crate) fn without_tiles(&self) -> Self {
        Self { tiles: Vec::new(), ..self.clone() }
    }

    /// Returns what messages call it.
    pub(crate) fn display_name(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| self.topic_text())
    }

    /// Returns the topic on which devices appear, as it is in the file.
    pub(crate) fn topic_text(&self) -> &str {
        self.topic.as_ref().map_or("", TopicPattern::as_str)
    }

    /// Returns after which time without a message a device is no longer shown.
    pub(crate) fn forget_after(&self) -> Option<Duration> {
        self.forget.map(BoundedDuration::get)
    }

    /// Returns how many devices are shown at most.
    pub(crate) fn limit(&self) -> usize {
        self.limit.to_usize()
    }

    /// Returns the topic on which devices appear, with the variables of these bindings.
    pub(crate) fn topic(&self, variables: &Bindings<'_>) -> Option<TopicPattern> {
        with_variables(self.topic.as_ref()?, variables)
    }

    /// Returns the topic on which their names come, with the variables of these bindings; `None` if they do not come.
    pub(crate) fn name_topic(&self, variables: &Bindings<'_>) -> Option<TopicPattern> {
        let topic = self.name_topic.as_ref().or_else(|| self.topic.as_ref().filter(|_| self.name_path.is_some()))?;
        with_variables(topic, variables)
    }

    /// Returns which part of the payload on the topic of names is the name; `None`: all of it.
    pub(crate) const fn name_path(&self) -> Option<&JsonPath> {
        self.name_path.as_ref()
    }

    /// Returns what a message says, in which a name can be; `None` if it cannot be decoded.
    pub(crate) fn decoded<'a>(&self, message: MessageRef<'a>, rules: &DecoderRules) -> Option<Cow<'a, [u8]>> {
        rules.decoded(message.topic, self.decode.decoders(), message.payload).ok()
    }

    /// Returns whether a device is shown, as far as its part of the topic says.
    pub(crate) fn shows(&self, device: &Device) -> bool {
        (self.only.is_empty() || self.only.matches(&device.key)) && !self.except.matches(&device.key)
    }

    /// Returns whether a new device with this message is shown, as far as the payload says.
    pub(crate) fn accepts(&self, message: MessageRef<'_>, rules: &DecoderRules) -> bool {
        self.has.as_ref().is_none_or(|path| {
            let payload = self.decoded(message, rules);
            payload.is_some_and(|payload| find_all(&payload, &[path]).pop().is_some_and(|found| found.is_ok()))
        })
    }

    /// Returns the name of a device: the one in the file, or else the one that it has sent, or its part of the topic.
    pub(crate) fn name_of<'a>(&'a self, device: &'a Device) -> &'a str {
        let own = device.name.as_deref().filter(|name| !name.is_empty());
        self.names.name_of(&device.key).or(own).unwrap_or(&device.key)
    }

    /// Returns what the placeholders stand for in the tiles of a device.
    pub(crate) fn bindings<'a>(&'a self, device: &'a Device, variables: &Bindings<'a>) -> Bindings<'a> {
        let mut bindings = variables.clone();
        let names = self.topic.iter().flat_map(TopicPattern::names).filter(|name| !variables.binds(name));
        let names: Vec<&str> = names.collect();
        for (name, text) in names.iter().zip(device.captures(names.len())) {
            bindings.bind(name, text);
        }
        bindings.bind("name", self.name_of(device));
        bindings
    }
}

/// Returns a pattern in which variables are replaced; `None` if it is none then.
fn with_variables(pattern: &TopicPattern, variables: &Bindings<'_>) -> Option<TopicPattern> {
    TopicPattern::parse(&variables.apply(pattern.as_str())).ok()
}
