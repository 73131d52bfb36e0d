//! The switch tile: on or off; with equal payloads, a button.

use super::{TileKind, non_empty_text, placeholder, switch_presets};
use crate::model::{
    color::Color,
    content::{PromptSpec, TileAction, TileContent},
    error::TileError,
    icon::Icon,
    mqtt_dash::{AppKey, AppKind, AppValueFormat},
    preset::Preset,
    schema::{FieldSpec, Schema, field},
    script_view::{ScriptValue, ScriptView},
    tile_value::TileValue,
};

/// A tile that is on or off.
#[derive(Debug, Clone)]
pub(crate) struct SwitchKind {
    on: String,
    off: String,
    on_label: Option<String>,
    off_label: Option<String>,
    on_icon: Option<Icon>,
    off_icon: Option<Icon>,
    on_color: Option<Color>,
    off_color: Option<Color>,
}

impl Default for SwitchKind {
    fn default() -> Self {
        Self {
            on: "1".to_owned(),
            off: "0".to_owned(),
            on_label: None,
            off_label: None,
            on_icon: None,
            off_icon: None,
            on_color: None,
            off_color: None,
        }
    }
}

impl Schema for SwitchKind {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(String, on as "Payload for on", "the payload that means on; if equal to `off`, the tile is a button"),
        field!(String, off as "Payload for off", "the payload that means off"),
        field!(
            Option<String>,
            on_label as "Text when on",
            "what the tile shows when on, such as \"open\"; default: the payload if it is a word, otherwise ON"
        ),
        field!(
            Option<String>,
            off_label as "Text when off",
            "what the tile shows when off, such as \"closed\"; default: the payload if it is a word, otherwise OFF"
        ),
        field!(Option<Icon>, on_icon as "Icon when on", "the icon when on"),
        field!(Option<Icon>, off_icon as "Icon when off", "the icon when off"),
        field!(Option<Color>, on_color as "Color when on", "the color when on"),
        field!(Option<Color>, off_color as "Color when off", "the color when off"),
    ];

    fn implied(&self, key: &str) -> Option<String> {
        match key {
            _ if self.is_button() => None,
            "on_label" => Some(self.label(true)),
            "off_label" => Some(self.label(false)),
            _ => None,
        }
    }
}

impl SwitchKind {
    /// Returns the text of a state.
    fn label(&self, on: bool) -> String {
        let (label, payload, fallback) =
            if on { (&self.on_label, &self.on, "ON") } else { (&self.off_label, &self.off, "OFF") };
        label.clone().unwrap_or_else(|| state_label(payload, fallback))
    }

    fn is_button(&self) -> bool {
        self.on == self.off
    }

    fn state(&self, value: Option<&TileValue>) -> Option<bool> {
        value?.index_in([&*self.on, &*self.off].into_iter()).map(|index| index == 0)
    }
}

/// Returns the label of a state: its payload if that is a short word, otherwise `fallback`.
fn state_label(payload: &str, fallback: &str) -> String {
    let short = (2..=8).contains(&payload.chars().count());
    if short && payload.chars().all(char::is_alphabetic) { payload.to_uppercase() } else { fallback.to_owned() }
}

/// The counterpart in the app MQTT Dash.
static MQTT_DASH_KIND: AppKind = AppKind {
    type_number: 2,
    keys: &[
        AppKey::new("iconOff", "off_icon", AppValueFormat::Icon("ic_check_box_unchecked")),
        AppKey::new("iconOn", "on_icon", AppValueFormat::Icon("ic_check_box_checked")),
        AppKey::new("offColor", "off_color", AppValueFormat::Color),
        AppKey::new("onColor", "on_color", AppValueFormat::Color),
        AppKey::new("payloadOff", "off", AppValueFormat::Text),
        AppKey::new("payloadOn", "on", AppValueFormat::Text),
    ],
};

impl TileKind for SwitchKind {
    fn name(&self) -> &'static str {
        "switch"
    }

    fn description(&self) -> &'static str {
        "shows on or off; pressing publishes the opposite"
    }

    fn content(&self, value: Option<&TileValue>) -> Result<TileContent, TileError> {
        if self.is_button() {
            let label = "press".to_owned();
            return Ok(TileContent::Button { icon: self.on_icon, color: self.on_color, label });
        }
        Ok(match (self.state(value), non_empty_text(value)) {
            (Some(true), _) => {
                TileContent::Toggle { on: Some(true), icon: self.on_icon, color: self.on_color, text: self.label(true) }
            }
            (Some(false), _) => TileContent::Toggle {
                on: Some(false),
                icon: self.off_icon,
                color: self.off_color,
                text: self.label(false),
            },
            (None, Some(text)) => TileContent::Toggle { on: None, icon: None, color: None, text: text.to_owned() },
            _ => placeholder(value),
        })
    }

    fn press_action(&self, value: Option<&TileValue>) -> TileAction {
        match self.state(value) {
            _ if self.is_button() => TileAction::Publish(self.on.clone()),
            Some(true) => TileAction::Publish(self.off.clone()),
            Some(false) => TileAction::Publish(self.on.clone()),
            None if value.is_none() => TileAction::Publish(self.on.clone()),
            // The device reports something else, so which of both is meant is not known.
            None => {
                let options = [true, false].map(|on| (self.label(on), if on { &self.on } else { &self.off }.clone()));
                TileAction::Prompt(PromptSpec::Choice { options: options.into(), current: None })
            }
        }
    }

    fn guesses_press(&self, value: Option<&TileValue>) -> bool {
        value.is_none() && !self.is_button()
    }

    fn fixed_payloads(&self) -> Vec<String> {
        vec![self.on.clone(), self.off.clone()]
    }

    fn script_view(&self, content: TileContent) -> ScriptView {
        let (on, color) = match content {
            TileContent::Toggle { on, color, .. } => (on, color),
            TileContent::Button { color, .. } => (None, color),
            _ => (None, None),
        };
        ScriptView::new([("on", ScriptValue::Bool(on)), ("iconColor", ScriptValue::Color(color))])
    }

    fn apply_script_view(&self, content: Option<TileContent>, view: &ScriptView) -> TileContent {
        let color = view.color("iconColor");
        match (content, view.is_on("on")) {
            (Some(TileContent::Button { icon, label, .. }), _) => TileContent::Button { icon, color, label },
            (_, Some(true)) => {
                TileContent::Toggle { on: Some(true), icon: self.on_icon, color, text: self.label(true) }
            }
            (_, Some(false)) => {
                TileContent::Toggle { on: Some(false), icon: self.off_icon, color, text: self.label(false) }
            }
            (content, None) => content.unwrap_or(TileContent::Placeholder(String::new())),
        }
    }

    fn presets(&self) -> &'static [Preset] {
        switch_presets::PRESETS
    }

    fn mqtt_dash_kind(&self) -> Option<&'static AppKind> {
        Some(&MQTT_DASH_KIND)
    }

    fn sample(&self) -> (Box<dyn TileKind>, &'static str) {
        (Box::new(Self::default()), "1")
    }

    fn action_label(&self) -> &'static str {
        if self.is_button() { "press" } else { "switch" }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::tile_value, *};

    #[test]
    fn switch_press_publishes_opposite_state_and_asks_when_unknown() {
        let switch = SwitchKind { on: "ON".into(), off: "OFF".into(), ..SwitchKind::default() };
        assert_eq!(switch.press_action(Some(&tile_value("ON"))), TileAction::Publish("OFF".into()));
        assert_eq!(switch.press_action(Some(&tile_value("OFF"))), TileAction::Publish("ON".into()));
        let options = vec![("ON".to_owned(), "ON".to_owned()), ("OFF".to_owned(), "OFF".to_owned())];
        let asks = TileAction::Prompt(PromptSpec::Choice { options, current: None });
        assert_eq!(switch.press_action(Some(&tile_value("on"))), asks);
        assert_eq!(switch.press_action(None), TileAction::Publish("ON".into()));
        assert!(switch.guesses_press(None) && !switch.guesses_press(Some(&tile_value("OFF"))));
        assert_eq!(switch.payload_for_input("OFF"), Ok("OFF".into()));
    }

    #[test]
    fn switch_shows_unknown_payload_as_text() {
        let content = SwitchKind::default().content(Some(&tile_value("2"))).unwrap();
        assert_eq!(content, TileContent::Toggle { on: None, icon: None, color: None, text: "2".into() });
    }

    #[test]
    fn switch_state_label_is_its_payload_when_a_word() {
        for (payload, expected) in [("online", "ONLINE"), ("1", "ON"), ("{\"state\":1}", "ON"), ("an", "AN")] {
            assert_eq!(state_label(payload, "ON"), expected);
        }
    }

    #[test]
    fn label_is_shown_instead_of_the_payload() {
        let door = SwitchKind { on_label: Some("open".into()), ..SwitchKind::default() };
        let text = |payload| match door.content(Some(&tile_value(payload))).unwrap() {
            TileContent::Toggle { text, .. } => text,
            other => panic!("{other:?}"),
        };
        assert_eq!([text("1"), text("0"), text("2")], ["open", "OFF", "2"]);
        assert_eq!(Schema::implied(&door, "off_label").as_deref(), Some("OFF"));
        let press = door.press_action(Some(&tile_value("0")));
        assert_eq!(press, TileAction::Publish("1".into()), "what is published stays the payload");
    }

    #[test]
    fn switch_empty_payload_can_mean_off() {
        let switch = SwitchKind { off: String::new(), ..SwitchKind::default() };
        assert!(matches!(switch.content(Some(&tile_value(""))), Ok(TileContent::Toggle { on: Some(false), .. })));
    }

    #[test]
    fn switch_with_equal_payloads_is_a_button() {
        let button = SwitchKind { on: "go".into(), off: "go".into(), ..SwitchKind::default() };
        assert_eq!(button.press_action(Some(&tile_value("go"))), TileAction::Publish("go".into()));
        assert!(matches!(button.content(None), Ok(TileContent::Button { .. })));
        assert_eq!(button.action_label(), "press");
    }
}
