//! Which message of the selected topic is shown and what it is compared with, and the list of the messages below.

use super::{Explorer, MessagesBelow, Pane, WatchedTopic};

impl Explorer {
    fn selected_topic_mut(&mut self) -> Option<&mut WatchedTopic> {
        self.watched.get_mut(self.selected?)
    }

    /// Shows an older message of the selected topic, or a newer one. Returns whether there is one.
    pub fn show_older(&mut self, is_older: bool) -> bool {
        self.below = None;
        self.selected_topic_mut().is_some_and(|topic| topic.show_older(is_older))
    }

    /// Shows the message of the selected topic with this number, or selects it in the list of messages below.
    pub fn show_message(&mut self, number: u64) {
        self.pane = Pane::Topic;
        if let Some(below) = &mut self.below {
            if below.selected_number() == Some(number) {
                return self.open_message_below();
            }
            below.select(number);
        } else if let Some(topic) = self.selected_topic_mut() {
            topic.show(number);
        }
    }

    /// Compares messages of the selected topic with the one that is shown, or again with the one before.
    pub fn toggle_compared(&mut self) {
        if let Some(topic) = self.selected_topic_mut() {
            topic.toggle_compared();
        }
    }

    /// Lists the messages of the selected node and below it, or shows the topic again.
    pub fn toggle_messages_below(&mut self) {
        let Some(node) = self.selected else { return };
        let is_topic = self.tree.topic(node).is_some();
        if self.below.is_none() {
            self.below = Some(MessagesBelow::new(node));
        } else if is_topic {
            self.below = None;
        }
        self.pane = Pane::Topic;
    }

    /// Goes to the topic of the selected message in the list.
    pub fn open_message_below(&mut self) {
        let Some(node) = self.below.as_ref().and_then(MessagesBelow::selected_topic) else { return };
        self.end_find();
        self.select(node);
        self.below = None;
        self.tree.reveal(node);
        self.pane = Pane::Topic;
    }
}
