//! What is remembered of tiles from one run of the program to the next: the last reading, its time,
//! and what was sent and not answered.

use std::{collections::HashMap, sync::Arc};

use super::{
    face::Face,
    fault::Fault,
    line::{Message, OrderId, Qos},
    reading::Reading,
    state::{Progress, TileState},
    tile::Tile,
    time::Time,
};

/// A larger payload is not remembered, in bytes.
pub const MOST_PAYLOAD: usize = 64 << 10;
/// All that is remembered of one line takes no more than this, in bytes.
pub const MOST_ALL: usize = 4 << 20;
/// No order has this number: what was sent in another run.
const BEFORE: OrderId = OrderId(0);

/// What makes a tile the same one in the next run: its kind, topic, JSON path and name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileKey(pub [String; 4]);

impl TileKey {
    /// The key of a tile.
    #[must_use]
    pub fn of(tile: &Tile) -> Self {
        let topic = tile.topic.as_ref().map(ToString::to_string).unwrap_or_default();
        let path = tile.json_path.as_ref().map(|path| path.as_str().to_owned()).unwrap_or_default();
        Self([tile.kind.word().to_owned(), topic, path, tile.name.clone()])
    }
}

/// What a tile had sent when the program ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// What was sent.
    pub text: Arc<str>,
    /// When it was pressed.
    pub at: Time,
    /// Whether it was shown at once.
    pub shown: bool,
    /// Whether it got as far as the socket.
    pub left: bool,
}

/// What is remembered of a tile.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Kept {
    /// Its last reading that a message brought.
    pub reading: Option<Reading>,
    /// What was sent and not answered.
    pub asked: Option<Asked>,
}

impl Kept {
    /// What is worth remembering of a tile, if anything. Pictures are not.
    #[must_use]
    pub fn of(tile: &Tile, state: &TileState) -> Option<Self> {
        let before = state.sent.as_ref().and_then(|sent| sent.before.clone());
        let reading = before.unwrap_or_else(|| state.reading.clone());
        let small = |reading: &Reading| reading.payload.len() <= MOST_PAYLOAD && reading.text.len() <= MOST_PAYLOAD;
        let plain = |reading: &Reading| !matches!(tile.face(Some(reading)), Ok(Face::Picture));
        let asked = state.sent.as_ref().filter(|sent| tile.topic.is_some() && sent.text.len() <= MOST_PAYLOAD);
        let asked = asked.map(|sent| Asked {
            text: Arc::clone(&sent.text),
            at: sent.at,
            shown: sent.before.is_some(),
            left: sent.progress > Progress::Queued,
        });
        let kept = Self { reading: reading.filter(|reading| small(reading) && plain(reading)), asked };
        (kept != Self::default()).then_some(kept)
    }

    /// Gives a tile back what is remembered of it, unless something is known of it already. What it
    /// waits for longer than its time, or what never left, is a fault.
    pub fn recall(&self, tile: &Tile, state: &mut TileState, now: Time) {
        if state.count > 0 || state.reading.is_some() || state.sent.is_some() {
            return;
        }
        state.reading.clone_from(&self.reading);
        state.recalled = state.reading.is_some();
        match &self.asked {
            Some(asked) if asked.left => {
                state.publish(BEFORE, Arc::clone(&asked.text), asked.shown, asked.at);
                state.progress(BEFORE, Progress::Sent);
                state.expire(tile, now);
            }
            Some(asked) => {
                let what: String = asked.text.chars().take(24).collect();
                state.fault = Some(Fault::NotSent(format!("`{what}` was not sent before the program ended")));
            }
            None => {}
        }
    }

    /// When it was last touched.
    #[must_use]
    pub fn at(&self) -> Time {
        let reading = self.reading.as_ref().map(|reading| reading.at);
        reading.max(self.asked.as_ref().map(|asked| asked.at)).unwrap_or_default()
    }

    fn size(&self) -> usize {
        const REST: usize = 128;
        let reading = self.reading.as_ref().map_or(0, |reading| reading.payload.len() + reading.text.len());
        REST + reading + self.asked.as_ref().map_or(0, |asked| asked.text.len())
    }
}

/// What is remembered of the tiles of one line.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Memory {
    /// Each tile that is remembered.
    pub tiles: HashMap<TileKey, Kept>,
}

impl Memory {
    /// The reading that a tile that is new begins with: its own, or what it takes out of the newest
    /// payload that is remembered of its topic.
    #[must_use]
    pub fn reading_for(&self, tile: &Tile) -> Option<Reading> {
        let key = TileKey::of(tile);
        if let Some(reading) = self.tiles.get(&key).and_then(|kept| kept.reading.clone()) {
            return Some(reading);
        }
        let [_, topic, ..] = &key.0;
        let of_topic = self.tiles.iter().filter(|(other, _)| tile.topic.is_some() && other.0[1] == *topic);
        let newest = of_topic.filter_map(|(_, kept)| kept.reading.as_ref()).max_by_key(|reading| reading.at)?;
        let payload = Arc::clone(&newest.payload);
        let message = Message { topic: topic.as_str().into(), payload, qos: Qos::AtMostOnce, retain: true };
        TileState::knowing(tile, (&message).into(), newest.at).reading
    }

    /// Forgets what was touched longest ago until the rest is no more than [`MOST_ALL`].
    pub fn shrink(&mut self) {
        let size = |(key, kept): (&TileKey, &Kept)| kept.size() + key.0.iter().map(String::len).sum::<usize>();
        let mut left = MOST_ALL;
        if self.tiles.iter().map(size).sum::<usize>() <= left {
            return;
        }
        let mut all: Vec<(TileKey, Kept)> = self.tiles.drain().collect();
        all.sort_by_key(|(_, kept)| std::cmp::Reverse(kept.at()));
        let fits = |(key, kept): &(TileKey, Kept)| match left.checked_sub(size((key, kept))) {
            Some(rest) => {
                left = rest;
                true
            }
            None => false,
        };
        self.tiles = all.into_iter().take_while(fits).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_bounded_and_the_oldest_goes_first() {
        let mut memory = Memory::default();
        for number in 0..200_u64 {
            let payload: Arc<[u8]> = vec![b'x'; MOST_PAYLOAD / 2].into();
            let reading = Reading { text: "x".into(), payload, at: Time::from_millis(number) };
            let key = TileKey(["text".into(), number.to_string(), String::new(), String::new()]);
            memory.tiles.insert(key, Kept { reading: Some(reading), asked: None });
        }
        memory.shrink();
        assert!((100..130).contains(&memory.tiles.len()), "{}", memory.tiles.len());
        assert!(memory.tiles.values().all(|kept| kept.at().millis() > 70));
    }
}
