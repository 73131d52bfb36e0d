//! A new tile for a part of a JSON payload: its kind and its name are proposed from the value and its path.

use serde_json::Value as Json;

use crate::{
    app::{App, EditAction, form::Form},
    model::{
        id::DashboardId,
        kind,
        one_line::one_line,
        payload_template::PayloadTemplate,
        preset::state_words,
        schema::{capitalized, set_fields},
        tile::Tile,
        time::Time,
        value::Value,
    },
};

/// The units of what the last level of a topic, or a part of it, names.
const UNITS: [(&str, &str); 17] = [
    ("temperature", " \u{b0}C"),
    ("temp", " \u{b0}C"),
    ("humidity", " %"),
    ("battery", " %"),
    ("brightness", " %"),
    ("power", " W"),
    ("energy", " kWh"),
    ("voltage", " V"),
    ("current", " A"),
    ("pressure", " hPa"),
    ("illuminance", " lx"),
    ("lux", " lx"),
    ("rssi", " dBm"),
    ("co2", " ppm"),
    ("noise", " dB"),
    ("frequency", " Hz"),
    ("uptime", " s"),
];
/// The unit of shares.
const PERCENT: &str = " %";
/// What devices call a latitude and a longitude.
const POSITIONS: [[&str; 2]; 4] = [["lat", "lon"], ["latitude", "longitude"], ["lat", "lng"], ["lat", "long"]];

/// A part of the payload of a message.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PayloadPart {
    /// The topic of the message.
    pub topic: String,
    /// The path that leads to the part.
    pub path: String,
    /// The part.
    pub value: Json,
    /// The value of `decode` of the tile that has received it, if it has one.
    pub decode: Option<Value>,
    /// What the tile is called, without the part; empty: only the part names it.
    pub device: String,
    /// The topic to publish to, if there is one.
    pub publish_topic: Option<String>,
}

impl PayloadPart {
    /// Returns a tile that shows the part.
    pub fn tile(&self) -> Option<Tile> {
        let switch_states = switch_states(&self.value);
        let position = position_members(&self.value);
        let kind = match &self.value {
            _ if switch_states.is_some() => "switch",
            _ if position.is_some() => "map",
            Json::String(text) if is_color(text) => "color",
            value => kind_of_number(value.as_f64(), unit_of(&self.path)),
        };
        let mut tile = Tile::new(kind::from_name(kind).ok()?);
        let mut entries = vec![
            ("name".to_owned(), Value::from(self.name().as_str())),
            ("topic".to_owned(), self.topic.as_str().into()),
        ];
        if let Some(members) = position {
            // The map reads the whole payload; what is not at its usual place is said.
            let paths = ["lat", "lon"].into_iter().zip(members);
            let others = paths.filter(|(key, member)| self.path != "$" || key != member);
            entries.extend(
                others.map(|(key, member)| (key.to_owned(), Value::from(format!("{}.{member}", self.path).as_str()))),
            );
        } else {
            entries.push(("json_path".to_owned(), self.path.as_str().into()));
            entries.extend(self.publishing(kind));
        }
        entries.extend(unit_entry(kind, self.value.as_f64(), unit_of(&self.path)));
        entries.extend(self.decode.clone().map(|decode| ("decode".to_owned(), decode)));
        if let Some((on, off)) = switch_states {
            entries.push(("on".to_owned(), on.as_str().into()));
            entries.push(("off".to_owned(), off.as_str().into()));
        }
        set_fields(&mut tile, &entries).ok()?;
        Some(tile)
    }

    fn name(&self) -> String {
        let part = name_for(&self.path);
        match self.device.as_str() {
            "" => part,
            device if part.is_empty() => device.to_owned(),
            // What a device says of itself as a whole has the name of the device.
            device if part == "State" => device.to_owned(),
            device => format!("{device} {}", part.to_lowercase()),
        }
    }

    /// Returns the keys that say what the tile publishes: JSON with the part, if it is a member of the whole.
    fn publishing(&self, kind: &str) -> Vec<(String, Value)> {
        let member = self.path.strip_prefix("$.").filter(|member| !member.contains(['.', '[']));
        let template = member.and_then(|member| PayloadTemplate::of_member(member, self.value.is_string()));
        match (&self.publish_topic, template) {
            (Some(topic), Some(template)) if matches!(kind, "switch" | "color") => vec![
                ("publish_topic".to_owned(), topic.as_str().into()),
                ("payload".to_owned(), template.as_str().into()),
            ],
            _ => vec![("publish".to_owned(), Value::Bool(false))],
        }
    }
}

/// Returns the units of what the last word of a path or a topic names, with the space before it.
pub(super) fn unit_of(path: &str) -> Option<&'static str> {
    let last = path.rsplit('/').next().unwrap_or_default().to_lowercase();
    UNITS.iter().find(|(word, _)| last.split(['_', '-', ' ', '.']).any(|part| part == *word)).map(|(_, unit)| *unit)
}

/// Returns the kind of a tile for a number with a unit: what is in percent has limits.
pub(super) fn kind_of_number(number: Option<f64>, unit: Option<&str>) -> &'static str {
    if unit == Some(PERCENT) && is_percentage(number) { "gauge" } else { "text" }
}

fn is_percentage(number: Option<f64>) -> bool {
    number.is_some_and(|number| (0.0..=100.0).contains(&number))
}

/// Returns the key of a tile for the unit of a number, if it can have that unit.
pub(super) fn unit_entry(kind: &str, number: Option<f64>, unit: Option<&'static str>) -> Option<(String, Value)> {
    let unit = unit.filter(|unit| number.is_some() && (*unit != PERCENT || is_percentage(number)))?;
    Some((if kind == "gauge" { "unit" } else { "postfix" }.to_owned(), unit.into()))
}

/// Returns the names of the members that say where something is, if there are such: the latitude and the longitude.
pub(super) fn position_members(value: &Json) -> Option<[&'static str; 2]> {
    let has_numbers = |names: &[&str; 2]| names.iter().all(|name| value.get(name).is_some_and(Json::is_number));
    POSITIONS.into_iter().find(has_numbers)
}

/// Returns the payloads for on and off, if the value is one of two states.
pub(super) fn switch_states(value: &Json) -> Option<(String, String)> {
    let text = match value {
        Json::Bool(_) => return Some(("true".to_owned(), "false".to_owned())),
        Json::String(text) => text,
        _ => return None,
    };
    let (on, off) = kind::from_name("switch").ok().and_then(|kind| state_words(kind.presets(), text))?;
    // The other state is written as this one is.
    let spell = |word: &str| match text.chars().nth(1) {
        Some(second) if second.is_uppercase() => word.to_uppercase(),
        _ if text.starts_with(char::is_uppercase) => capitalized(word),
        _ => word.to_owned(),
    };
    Some((spell(on), spell(off)))
}

/// Returns whether a text is a color as devices write it: `#rrggbb`.
pub(super) fn is_color(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|digits| {
        matches!(digits.len(), 3 | 6 | 8) && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

/// Returns a name for what a device calls so: in words, with a capital letter.
pub(super) fn name_from(word: &str) -> String {
    capitalized(&one_line(&word.replace(['_', '-', '.'], " ")))
}

/// Returns a name for the part at a path: its last name, with the index below it.
fn name_for(path: &str) -> String {
    let separated = path.trim_start_matches('$').replace("['", "\0").replace("']", "\0").replace('.', "\0");
    let last = separated.split('\0').rfind(|part| !part.is_empty()).unwrap_or_default();
    let (name, index) = last.split_once('[').unwrap_or((last, ""));
    let name = name_from(name);
    let index = index.trim_end_matches(']').replace("][", " ");
    format!("{name} {index}").trim().to_owned()
}

impl App {
    /// Opens the form for a new tile that shows a part of a payload.
    pub(super) fn open_form_for_part(&mut self, part: &PayloadPart) {
        self.open_form_for_new(part.tile(), &part.path);
    }

    /// Returns the dashboard to which tiles are added; asks for what is missing otherwise.
    pub(super) fn dashboard_for_tiles(&mut self, now: Time) -> Option<DashboardId> {
        let Some(dashboard) = self.current_dashboard() else {
            self.notify("No dashboard is open: mqtt-dash open NAME, then E, adds tiles to it", now);
            return None;
        };
        let id = dashboard.id;
        if dashboard.path.is_none() {
            self.prompt_save_as(id, EditAction::Add);
            return None;
        }
        Some(id)
    }

    /// Opens the form for a new tile. `what` is what it would show: there may be no tile for it.
    pub(super) fn open_form_for_new(&mut self, tile: Option<Tile>, what: &str) {
        let now = self.editor_state.now;
        let Some(id) = self.dashboard_for_tiles(now) else { return };
        let Some(tile) = tile else {
            return self.notify(format!("No tile can show {what}: add one by hand"), now);
        };
        // What was proposed counts as no change: leaving the form loses nothing that the user has typed.
        self.open(Form::for_tile(id, None, &tile));
    }
}
