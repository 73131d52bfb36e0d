//! Topics seen lately, so that a topic that comes again costs no new memory.

use std::sync::Arc;

/// How many topics are remembered.
const SLOTS: usize = 4_096;

/// Longer topics are not remembered: they are rare, and a hostile broker could fill memory.
const LONGEST: usize = 256;

/// Topics seen lately.
#[derive(Debug)]
pub(super) struct Names(Box<[Option<Arc<str>>]>);

impl Default for Names {
    fn default() -> Self {
        Self(vec![None; SLOTS].into())
    }
}

impl Names {
    /// This topic, shared with earlier messages where it can be.
    pub(super) fn get(&mut self, topic: &str) -> Arc<str> {
        if topic.len() > LONGEST {
            return topic.into();
        }
        let slot = &mut self.0[slot(topic)];
        match slot {
            Some(known) if **known == *topic => Arc::clone(known),
            _ => Arc::clone(slot.insert(topic.into())),
        }
    }
}

/// FNV-1a, eight bytes at a time.
fn slot(topic: &str) -> usize {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for chunk in topic.as_bytes().chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = (hash ^ u64::from_le_bytes(word)).wrapping_mul(0x0100_0000_01b3);
        hash ^= hash >> 32;
    }
    usize::try_from(hash % SLOTS as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_that_comes_again_is_shared() {
        let mut names = Names::default();
        for n in 0..10_000 {
            let topic = format!("house/room{n}/lamp");
            let first = names.get(&topic);
            assert_eq!(&*first, topic);
            assert!(Arc::ptr_eq(&first, &names.get(&topic)));
        }
        let long = "x".repeat(LONGEST + 1);
        assert!(!Arc::ptr_eq(&names.get(&long), &names.get(&long)));
        assert_eq!(&*names.get(""), "");
    }
}
