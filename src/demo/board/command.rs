//! Commands: `<base>/<thing>/set` and its plain text, taken exactly as the contract writes it.

use super::{Mode, Rgb};

/// What a command may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thing {
    Lamp,
    Dim,
    Color,
    Mode,
    Interval,
}

impl Thing {
    pub(super) const ALL: [Self; 5] = [Self::Lamp, Self::Dim, Self::Color, Self::Mode, Self::Interval];

    /// Its level in the topic.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Lamp => "lamp",
            Self::Dim => "dim",
            Self::Color => "color",
            Self::Mode => "mode",
            Self::Interval => "interval",
        }
    }

    /// What its payload has to be.
    pub(super) const fn wants(self) -> &'static str {
        match self {
            Self::Lamp => "ON or OFF",
            Self::Dim => "a whole number from 0 to 100",
            Self::Color => "#RRGGBB",
            Self::Mode => "steady, blink or breathe",
            Self::Interval => "a whole number from 1 to 3600",
        }
    }

    /// The thing that a topic sets; `None`: the topic is no command to a thing of the board.
    pub(super) fn of_topic(base: &str, topic: &str) -> Option<Self> {
        let name = topic.strip_prefix(base)?.strip_prefix('/')?.strip_suffix("/set")?;
        Self::ALL.into_iter().find(|thing| thing.name() == name)
    }
}

/// A command that was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    Lamp(bool),
    Dim(u8),
    Color(Rgb),
    Mode(Mode),
    Interval(u16),
}

impl Command {
    /// Reads the payload of a command; `None`: it is refused.
    pub(super) fn read(thing: Thing, payload: &[u8]) -> Option<Self> {
        match thing {
            Thing::Lamp => match payload {
                b"ON" => Some(Self::Lamp(true)),
                b"OFF" => Some(Self::Lamp(false)),
                _ => None,
            },
            Thing::Dim => whole(payload, 0, 100).and_then(|percent| u8::try_from(percent).ok()).map(Self::Dim),
            Thing::Color => color(payload).map(Self::Color),
            Thing::Mode => [Mode::Steady, Mode::Blink, Mode::Breathe]
                .into_iter()
                .find(|mode| word(*mode).as_bytes() == payload)
                .map(Self::Mode),
            Thing::Interval => whole(payload, 1, 3_600).map(Self::Interval),
        }
    }
}

/// The word for a mode.
pub(super) const fn word(mode: Mode) -> &'static str {
    match mode {
        Mode::Steady => "steady",
        Mode::Blink => "blink",
        Mode::Breathe => "breathe",
    }
}

fn whole(payload: &[u8], min: u16, max: u16) -> Option<u16> {
    if payload.is_empty() || payload.len() > 4 || !payload.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = payload.iter().fold(0, |number, digit| number * 10 + u16::from(digit - b'0'));
    (min..=max).contains(&number).then_some(number)
}

fn color(payload: &[u8]) -> Option<Rgb> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    match payload {
        [b'#', digits @ ..] if digits.len() == 6 => {
            let mut channels = [0; 3];
            for (channel, pair) in channels.iter_mut().zip(digits.chunks_exact(2)) {
                *channel = digit(pair[0])? * 16 + digit(pair[1])?;
            }
            Some(Rgb(channels[0], channels[1], channels[2]))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_taken_and_refused() {
        use Thing::{Color, Dim, Interval, Lamp, Mode as Shining};
        for (thing, payload, wanted) in [
            (Lamp, "ON", Some(Command::Lamp(true))),
            (Lamp, "OFF", Some(Command::Lamp(false))),
            (Lamp, "on", None),
            (Lamp, "ON ", None),
            (Lamp, "ON\0", None),
            (Lamp, "1", None),
            (Lamp, "", None),
            (Dim, "0", Some(Command::Dim(0))),
            (Dim, "100", Some(Command::Dim(100))),
            (Dim, "101", None),
            (Dim, "-1", None),
            (Dim, "+5", None),
            (Dim, "1e3", None),
            (Dim, "50.0", None),
            (Dim, " 50", None),
            (Dim, "65636", None),
            (Dim, "", None),
            (Color, "#00ff7F", Some(Command::Color(Rgb(0, 255, 127)))),
            (Color, "00FF7F", None),
            (Color, "#00FF7", None),
            (Color, "#00FF7F0", None),
            (Color, "#00FF7G", None),
            (Color, "#", None),
            (Color, "#é#é", None),
            (Shining, "steady", Some(Command::Mode(Mode::Steady))),
            (Shining, "blink", Some(Command::Mode(Mode::Blink))),
            (Shining, "breathe", Some(Command::Mode(Mode::Breathe))),
            (Shining, "BLINK", None),
            (Shining, "", None),
            (Interval, "1", Some(Command::Interval(1))),
            (Interval, "3600", Some(Command::Interval(3_600))),
            (Interval, "0", None),
            (Interval, "3601", None),
            (Interval, "99999", None),
        ] {
            assert_eq!(Command::read(thing, payload.as_bytes()), wanted, "{thing:?} {payload:?}");
        }
    }

    #[test]
    fn topics_name_their_thing() {
        for thing in Thing::ALL {
            assert_eq!(Thing::of_topic("esp32/x", &format!("esp32/x/{}/set", thing.name())), Some(thing));
        }
        for topic in
            ["esp32/x/fan/set", "esp32/x/lamp/state", "esp32/xy/lamp/set", "esp32/x/lamp/dim/set", "esp32/x/set"]
        {
            assert_eq!(Thing::of_topic("esp32/x", topic), None, "{topic}");
        }
    }
}
