//! The notifications of the system that wait for the watcher thread, whose number is bounded.

use std::{
    path::PathBuf,
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::Sender,
    },
};

use super::WatchMessage;

/// How many notifications may wait for the thread. Beyond that, they are replaced by one that stands for all.
const MAX_WAITING_NOTIFICATIONS: usize = 256;

/// The notifications that wait for the thread, which may itself wait for `on_change`.
#[derive(Debug, Default)]
pub(super) struct Notifications {
    waiting: AtomicUsize,
    /// Whether there were more than [`MAX_WAITING_NOTIFICATIONS`], so that any file may have changed.
    overflowed: AtomicBool,
}

impl Notifications {
    /// Sends a notification to the thread, unless too many wait already.
    pub(super) fn push(&self, paths: Vec<PathBuf>, messages: &Sender<WatchMessage>) {
        let mut paths = paths;
        if self.waiting.load(Ordering::SeqCst) >= MAX_WAITING_NOTIFICATIONS {
            self.overflowed.store(true, Ordering::SeqCst);
            if self.waiting.load(Ordering::SeqCst) > 0 {
                // The thread notices the overflow with the next notification that waits.
                return;
            }
            paths = Vec::new();
        }
        self.waiting.fetch_add(1, Ordering::SeqCst);
        // The receiver is gone: shutting down.
        let _ = messages.send(WatchMessage::Changed(paths));
    }

    /// Removes a notification that the thread has received. Without paths, any file may have changed.
    pub(super) fn pop(&self, paths: Vec<PathBuf>) -> Vec<PathBuf> {
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        if self.overflowed.swap(false, Ordering::SeqCst) { Vec::new() } else { paths }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn notifications_beyond_the_limit_stand_for_any_file() {
        let notifications = Notifications::default();
        let (messages, receiver) = channel();
        for _ in 0..10 * MAX_WAITING_NOTIFICATIONS {
            notifications.push(vec!["a".into()], &messages);
        }
        let received: Vec<_> = receiver
            .try_iter()
            .map(|message| match message {
                WatchMessage::Changed(paths) => notifications.pop(paths),
                _ => panic!("only notifications were sent"),
            })
            .collect();
        assert_eq!(received.len(), MAX_WAITING_NOTIFICATIONS);
        assert!(received[0].is_empty() && received[1..].iter().all(|paths| paths.len() == 1));
        notifications.push(vec!["b".into()], &messages);
        assert!(matches!(receiver.try_recv(), Ok(WatchMessage::Changed(paths)) if paths == [PathBuf::from("b")]));
    }
}
