//! A queue whose items have numbers, in the order in which they came: an item keeps its number while older ones are dropped.

use std::collections::VecDeque;

/// A queue of numbered items.
#[derive(Debug, Clone)]
pub(crate) struct Numbered<T> {
    /// The newest item is last.
    items: VecDeque<T>,
    /// The number of the oldest item: how many have been dropped.
    first: u64,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { items: VecDeque::new(), first: 0 }
    }
}

impl<T> Numbered<T> {
    /// Adds an item. Returns its number.
    pub fn push(&mut self, item: T) -> u64 {
        self.items.push_back(item);
        self.first + self.items.len() as u64 - 1
    }

    /// Drops the oldest item. Returns it, if there was one.
    pub fn pop_oldest(&mut self) -> Option<T> {
        let oldest = self.items.pop_front()?;
        self.first += 1;
        Some(oldest)
    }

    /// Returns the items, the oldest first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &T> + DoubleEndedIterator {
        self.items.iter()
    }

    /// Returns the items to change them, with their numbers, the oldest first.
    pub fn numbered_mut(&mut self) -> impl Iterator<Item = (u64, &mut T)> {
        (self.first..).zip(&mut self.items)
    }

    /// Returns the items with their numbers, the newest first.
    pub fn newest_first(&self) -> impl ExactSizeIterator<Item = (u64, &T)> {
        self.items.iter().enumerate().map(|(index, item)| (self.first + index as u64, item)).rev()
    }

    /// Returns how many items there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Returns whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Returns the number of the oldest item that is there or will be.
    pub const fn first_number(&self) -> u64 {
        self.first
    }

    /// Returns the number of the newest item, if there is one.
    pub fn newest_number(&self) -> Option<u64> {
        (!self.items.is_empty()).then(|| self.first + self.items.len() as u64 - 1)
    }

    /// Returns the newest item.
    pub fn newest(&self) -> Option<&T> {
        self.items.back()
    }

    /// Returns the item with a number, if it is still there.
    pub fn get(&self, number: u64) -> Option<&T> {
        self.items.get(self.index(number)?)
    }

    /// Returns the item with a number to change it, if it is still there.
    pub fn get_mut(&mut self, number: u64) -> Option<&mut T> {
        let index = self.index(number)?;
        self.items.get_mut(index)
    }

    fn index(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.first)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_keep_their_numbers() {
        let mut queue = Numbered::default();
        assert_eq!((queue.newest_number(), queue.pop_oldest()), (None, None));
        assert_eq!(['a', 'b', 'c'].map(|item| queue.push(item)), [0, 1, 2]);
        assert_eq!(queue.pop_oldest(), Some('a'));
        assert_eq!((queue.get(0), queue.get(1), queue.get(3)), (None, Some(&'b'), None));
        assert_eq!(queue.newest_first().collect::<Vec<_>>(), [(2, &'c'), (1, &'b')]);
        assert_eq!((queue.first_number(), queue.newest_number(), queue.newest()), (1, Some(2), Some(&'c')));
        queue.numbered_mut().filter(|(number, _)| *number == 2).for_each(|(_, item)| *item = 'd');
        assert_eq!(queue.get_mut(2), Some(&mut 'd'));
        assert_eq!((queue.pop_oldest(), queue.pop_oldest(), queue.newest_number()), (Some('b'), Some('d'), None));
        assert_eq!(queue.push('e'), 3);
    }
}
