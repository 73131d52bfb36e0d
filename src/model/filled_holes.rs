//! What was filled into the holes of saved messages last, by the names of the holes.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};

/// How many holes are remembered, and how many bytes the text of one may have.
const MAX_HOLES: usize = 200;
const MAX_TEXT_BYTES: usize = 4 << 10;

/// The texts of holes. When there are too many, the one that was not used for the longest time is forgotten. In files, it is a
/// JSON object, whose order is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct FilledHoles {
    /// The names and texts; the one that was used last is last.
    holes: Vec<(String, String)>,
}

impl FilledHoles {
    /// Returns the text of a hole.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.holes.iter().find(|(hole, _)| hole == name).map(|(_, text)| text.as_str())
    }

    /// Adds the text of a hole, instead of the one before. One that is too long is not remembered.
    pub(super) fn add(&mut self, name: String, text: String) {
        if text.len() > MAX_TEXT_BYTES {
            return;
        }
        self.holes.retain(|(hole, _)| *hole != name);
        self.holes.push((name, text));
        let too_many = self.holes.len().saturating_sub(MAX_HOLES);
        self.holes.drain(..too_many);
    }

    /// Returns the names and texts; the one that was used last is last.
    pub(super) fn into_pairs(self) -> Vec<(String, String)> {
        self.holes
    }
}

impl Serialize for FilledHoles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.holes.iter().map(|(name, text)| (name, text)))
    }
}

impl<'de> Deserialize<'de> for FilledHoles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(HolesVisitor)
    }
}

/// Reads the holes in the order of the file.
struct HolesVisitor;

impl<'de> Visitor<'de> for HolesVisitor {
    type Value = FilledHoles;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FilledHoles, A::Error> {
        let mut holes = FilledHoles::default();
        while let Some((name, text)) = map.next_entry()? {
            holes.add(name, text);
        }
        Ok(holes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hole_that_was_not_used_for_the_longest_time_is_forgotten() {
        let mut holes = FilledHoles::default();
        let add = |holes: &mut FilledHoles, name: &str, text: &str| holes.add(name.to_owned(), text.to_owned());
        for number in 0..MAX_HOLES {
            add(&mut holes, &number.to_string(), "old");
        }
        add(&mut holes, "0", "used again");
        // Also after the program has been started again.
        let mut holes: FilledHoles = serde_json::from_str(&serde_json::to_string(&holes).unwrap()).unwrap();
        add(&mut holes, "new", "text");
        add(&mut holes, "long", &"x".repeat(MAX_TEXT_BYTES + 1));
        let texts = ["new", "0", "1", "2", "long"].map(|name| holes.get(name));
        assert_eq!(texts, [Some("text"), Some("used again"), None, Some("old"), None]);
    }
}
