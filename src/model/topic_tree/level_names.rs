//! The names of topic levels, each stored once: most levels of a large broker have the same few names.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// Names in one text, by their number. The hash is seeded: the names come from the broker.
#[derive(Debug, Clone, Default)]
pub(super) struct LevelNames {
    text: String,
    /// Where each name ends in the text.
    ends: Vec<u32>,
    numbers: HashTable<u32>,
    hasher: RandomState,
}

impl LevelNames {
    /// Returns the number of a name, which is added if it is new; `None` if the text has no room for it.
    pub fn intern(&mut self, name: &str) -> Option<u32> {
        let hash = self.hasher.hash_one(name);
        if let Some(number) = self.numbers.find(hash, |number| name_of(&self.text, &self.ends, *number) == name) {
            return Some(*number);
        }
        let end = u32::try_from(self.text.len() + name.len()).ok()?;
        let number = u32::try_from(self.ends.len()).ok()?;
        self.text.push_str(name);
        self.ends.push(end);
        let (text, ends, hasher) = (&self.text, &self.ends, &self.hasher);
        self.numbers.insert_unique(hash, number, |number| hasher.hash_one(name_of(text, ends, *number)));
        Some(number)
    }

    /// Returns the name with this number.
    pub fn get(&self, number: u32) -> &str {
        name_of(&self.text, &self.ends, number)
    }

    /// Returns the memory of the names in bytes.
    pub fn memory_bytes(&self) -> usize {
        self.text.len() + size_of_val(self.ends.as_slice()) + super::table_bytes(&self.numbers)
    }
}

fn name_of<'a>(text: &'a str, ends: &[u32], number: u32) -> &'a str {
    let number = number as usize;
    let start = number.checked_sub(1).map_or(0, |previous| ends[previous]);
    &text[start as usize..ends[number] as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_stored_once() {
        let mut names = LevelNames::default();
        let numbers: Vec<u32> =
            ["home", "", "lamp", "home", "", "été"].iter().filter_map(|name| names.intern(name)).collect();
        assert_eq!(numbers, [0, 1, 2, 0, 1, 3]);
        assert_eq!([0, 1, 2, 3].map(|number| names.get(number)), ["home", "", "lamp", "été"]);
        assert_eq!(names.text.len(), "homelampété".len());
    }
}
