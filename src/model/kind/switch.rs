//! Something that is on or off; with equal payloads, a button.

use super::{Kind, quiet};
use crate::model::{
    color::Color,
    face::{Face, Reply},
    fault::Fault,
    icon::Icon,
    key::{Key, Keyed, key},
    reading::Reading,
    script::Look,
};

/// A tile that is on or off.
#[derive(Debug, Clone)]
pub struct Switch {
    on: String,
    off: String,
    on_icon: Option<Icon>,
    off_icon: Option<Icon>,
    on_color: Option<Color>,
    off_color: Option<Color>,
}

impl Default for Switch {
    fn default() -> Self {
        Self { on: "1".to_owned(), off: "0".to_owned(), on_icon: None, off_icon: None, on_color: None, off_color: None }
    }
}

impl Keyed for Switch {
    const KEYS: &'static [Key<Self>] = &[
        key!(String, on, "the payload that means on; equal to `off` it makes a button"),
        key!(String, off, "the payload that means off"),
        key!(Option<Icon>, on_icon, "the icon while on"),
        key!(Option<Icon>, off_icon, "the icon while off"),
        key!(Option<Color>, on_color, "the colour while on"),
        key!(Option<Color>, off_color, "the colour while off"),
    ];
}

impl Switch {
    fn is_button(&self) -> bool {
        self.on == self.off
    }

    fn state(&self, reading: Option<&Reading>) -> Option<bool> {
        let text = &*reading?.text;
        if text == self.on {
            Some(true)
        } else if text == self.off {
            Some(false)
        } else {
            None
        }
    }
}

/// What a state is called: its payload where that is a short word, else `otherwise`.
fn word(payload: &str, otherwise: &str) -> String {
    let short = (2..=8).contains(&payload.chars().count());
    if short && payload.chars().all(char::is_alphabetic) { payload.to_uppercase() } else { otherwise.to_owned() }
}

impl Kind for Switch {
    fn word(&self) -> &'static str {
        "switch"
    }

    fn about(&self) -> &'static str {
        "shows on or off; pressing publishes the other"
    }

    fn face(&self, reading: Option<&Reading>) -> Result<Face, Fault> {
        if self.is_button() {
            return Ok(Face::Button { icon: self.on_icon, color: self.on_color });
        }
        Ok(match (self.state(reading), reading) {
            (Some(true), _) => {
                Face::Toggle { on: Some(true), icon: self.on_icon, color: self.on_color, text: word(&self.on, "ON") }
            }
            (Some(false), _) => Face::Toggle {
                on: Some(false),
                icon: self.off_icon,
                color: self.off_color,
                text: word(&self.off, "OFF"),
            },
            (None, Some(reading)) if !reading.text.is_empty() => {
                Face::Toggle { on: None, icon: None, color: None, text: reading.text.to_string() }
            }
            _ => quiet(reading),
        })
    }

    fn press(&self, reading: Option<&Reading>) -> Reply {
        let wished = if self.state(reading) == Some(true) { &self.off } else { &self.on };
        Reply::Publish(wished.clone())
    }

    fn look(&self, face: Face) -> Look {
        match face {
            Face::Toggle { on, color, .. } => Look::Switch { on, color },
            Face::Button { color, .. } => Look::Switch { on: None, color },
            _ => Look::Switch { on: None, color: None },
        }
    }

    fn dressed(&self, face: Option<Face>, look: &Look) -> Face {
        match (face, look) {
            (Some(Face::Button { icon, .. }), Look::Switch { color, .. }) => Face::Button { icon, color: *color },
            (_, Look::Switch { on: Some(true), color }) => {
                Face::Toggle { on: Some(true), icon: self.on_icon, color: *color, text: word(&self.on, "ON") }
            }
            (_, Look::Switch { on: Some(false), color }) => {
                Face::Toggle { on: Some(false), icon: self.off_icon, color: *color, text: word(&self.off, "OFF") }
            }
            (face, _) => face.unwrap_or(Face::Quiet(String::new())),
        }
    }

    fn verb(&self) -> &'static str {
        if self.is_button() { "press" } else { "switch" }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::reading, *};

    #[test]
    fn pressing_sends_the_other_state_and_on_when_unknown() {
        let switch = Switch { on: "ON".into(), off: "OFF".into(), ..Switch::default() };
        assert_eq!(switch.press(Some(&reading("ON"))), Reply::Publish("OFF".into()));
        assert_eq!(switch.press(Some(&reading("OFF"))), Reply::Publish("ON".into()));
        assert_eq!(switch.press(Some(&reading("on"))), Reply::Publish("ON".into()));
        assert_eq!(switch.press(None), Reply::Publish("ON".into()));
    }

    #[test]
    fn a_payload_that_is_neither_is_unknown_and_shown() {
        let face = Switch::default().face(Some(&reading("2"))).unwrap();
        assert_eq!(face, Face::Toggle { on: None, icon: None, color: None, text: "2".into() });
    }

    #[test]
    fn a_state_is_called_by_its_payload_where_that_is_a_word() {
        for (payload, wanted) in [("online", "ONLINE"), ("1", "ON"), ("{\"state\":1}", "ON"), ("an", "AN")] {
            assert_eq!(word(payload, "ON"), wanted);
        }
    }

    #[test]
    fn an_empty_payload_can_mean_off() {
        let switch = Switch { off: String::new(), ..Switch::default() };
        assert!(matches!(switch.face(Some(&reading(""))), Ok(Face::Toggle { on: Some(false), .. })));
    }

    #[test]
    fn equal_payloads_make_a_button() {
        let button = Switch { on: "go".into(), off: "go".into(), ..Switch::default() };
        assert_eq!(button.press(Some(&reading("go"))), Reply::Publish("go".into()));
        assert!(matches!(button.face(None), Ok(Face::Button { .. })));
        assert_eq!(button.verb(), "press");
    }
}
