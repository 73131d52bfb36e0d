//! The [`explorer`](super::explorer) in the app: when it opens and closes, what reaches it, and what is subscribed to for
//! it.

use std::time::Duration;

use super::{
    App, Effect, FOOTER_ROWS, FilesEffect, HEADER_ROWS, Screen,
    explorer::{Explorer, WatchedMessage},
    screens::{explorer::ExplorerScreen, explorer_filters::ExplorerFilters, publish::PublishPrompt},
    topic_tile::command_topic,
};
use crate::{
    decode::EdgeNodes,
    model::{
        batch::Batch,
        connection::{ConnectionId, Qos, Subscription, SubscriptionOptions},
        edit::ProfileEdit,
        profile::Profile,
        settings::ExplorerLimits,
        text_list::TextList,
        time::Time,
        topic::TopicFilter,
        topic_tree::Limits,
    },
};

/// The rows of the screen that show no topic: the header, the footer, and the row above the topics.
const OTHER_ROWS: u16 = HEADER_ROWS + FOOTER_ROWS + 1;
/// How often what decays is drawn again.
const REDRAW_INTERVAL: Duration = Duration::from_secs(1);
/// How soon a search goes on.
const SEARCH_INTERVAL: Duration = Duration::from_millis(10);

impl App {
    /// Opens the explorer of the connection that is shown, or asks what to subscribe to.
    pub(super) fn open_explorer(&mut self, now: Time) {
        if matches!(self.focus, Screen::Explorer(_)) {
            return;
        }
        let Some(connection) = self.current_connection().or(self.connections.first()) else {
            return self.notify("Open a connection first: C lists them", now);
        };
        let id = connection.id;
        self.close_screen();
        self.open_explorer_of(id, now);
    }

    /// Opens the explorer of a connection, or asks what to subscribe to.
    pub(super) fn open_explorer_of(&mut self, id: ConnectionId, now: Time) {
        let Some(connection) = self.connection(id) else { return };
        let filters = connection.explore.clone();
        if filters.is_empty() { self.open_explorer_filters(id) } else { self.start_explorer(id, filters, now) }
    }

    /// Asks what to subscribe to.
    pub(super) fn open_explorer_filters(&mut self, connection: ConnectionId) {
        let Some(open) = self.connection(connection) else { return };
        let screen = ExplorerFilters::new(connection, open.subscriptions.tile_filters(), &open.explore);
        self.open(screen);
    }

    /// Shows the topics that these filters match. If the explorer is open already and they match no less than its own, it
    /// keeps what it has.
    pub(super) fn start_explorer(&mut self, connection: ConnectionId, filters: Vec<TopicFilter>, now: Time) {
        let Some(open) = self.connection_mut(connection) else { return };
        let round = open.next_exploration();
        let keeps = |explorer: &Explorer| {
            explorer.connection == connection && explorer.filters().iter().all(|filter| filters.contains(filter))
        };
        if let Some(explorer) = self.explorer.as_deref_mut().filter(|explorer| keeps(explorer)) {
            explorer.set_filters(filters, round);
        } else {
            self.abandon_retained_job(now);
            let mut edge_nodes = self.connection(connection).map(|open| open.edge_nodes.clone()).unwrap_or_default();
            // What the tiles have subscribed to is not all that the edge nodes have sent.
            edge_nodes.forget_numbers();
            let explorer = Explorer::new(connection, filters, round, (self.tree_limits(), now));
            self.explorer = Some(Box::new(explorer.with_decoding(self.decoder_rules.clone(), edge_nodes)));
        }
        self.request_earlier_deletion(connection, now);
        self.left_screen = None;
        self.open(ExplorerScreen);
        self.display.dirty = true;
    }

    /// Returns the limits of the tree of a new explorer.
    fn tree_limits(&self) -> Limits {
        let ExplorerLimits { topics, memory } = &self.explorer_limits;
        Limits { topics: topics.to_usize(), bytes: memory.to_usize() << 20 }
    }

    /// Remembers what the explorer subscribes to: in this run, and in the profile if it has a file.
    pub(super) fn keep_explorer_filters(&mut self, connection: ConnectionId, filters: &[TopicFilter]) -> Vec<Effect> {
        let Some(connection) = self.connection_mut(connection) else { return Vec::new() };
        filters.clone_into(&mut connection.explore);
        let name = connection.name.clone();
        let Some(profile) = self.editor_state.profiles.by_name(&name) else { return Vec::new() };
        let explore = TextList(filters.to_vec());
        if profile.explore == explore {
            return Vec::new();
        }
        let edit = ProfileEdit::Replace(name, Profile { explore, ..profile.clone() });
        vec![Effect::Files(FilesEffect::EditProfiles(Box::new(edit)))]
    }

    /// Returns what the explorer needs to be subscribed to.
    pub(super) fn explorer_subscriptions(&self) -> Option<(ConnectionId, Vec<Subscription>)> {
        let explorer = self.explorer.as_ref()?;
        let options = SubscriptionOptions { retained_round: explorer.round, ..Qos::AtMostOnce.into() };
        let subscriptions = explorer.filters().iter().map(|filter| Subscription::new(filter.clone(), options));
        Some((explorer.connection, subscriptions.collect()))
    }

    /// Asks the broker for all retained messages again: then it is known which topics have one.
    pub(super) fn refresh_explorer(&mut self, now: Time) {
        let Some(explorer) = &mut self.explorer else { return };
        explorer.tree.forget_retained();
        explorer.dropped = 0;
        let connection = explorer.connection;
        if let Some(open) = self.connections.iter_mut().find(|open| open.id == connection) {
            explorer.round = open.next_exploration();
        }
        self.retained.expect_messages(now);
        self.notify("Asked the broker for its retained messages again", now);
    }

    /// Ends the explorer if no screen shows it.
    pub(super) fn close_unused_explorer(&mut self, now: Time) {
        let is_of_explorer = |screen: &Screen| matches!(screen, Screen::Explorer(_) | Screen::ExplorerFilters(_));
        if self.explorer.is_some()
            && !is_of_explorer(&self.focus)
            && !self.left_screen.as_ref().is_some_and(is_of_explorer)
        {
            self.abandon_retained_job(now);
            self.retained.forget_earlier();
            self.explorer = None;
        }
    }

    /// Passes messages to the explorer.
    pub(super) fn record_in_explorer(&mut self, connection: ConnectionId, messages: &Batch, now: Time) {
        let Some(explorer) = self.explorer.as_mut().filter(|explorer| explorer.connection == connection) else {
            return;
        };
        messages.iter().for_each(|message| explorer.record(message, now));
        self.retained.note_messages(messages, now);
        self.display.dirty |= matches!(self.focus, Screen::Explorer(_)) || self.screen_below().is_some();
        if self.retained.is_busy() {
            messages.iter().for_each(|message| self.confirm_retained(connection, message, now));
        }
    }

    /// Counts messages that have not reached the explorer.
    pub(super) fn record_dropped_messages(&mut self, connection: ConnectionId, count: u64) {
        if let Some(explorer) = self.explorer.as_mut().filter(|explorer| explorer.connection == connection) {
            explorer.record_dropped(count);
        }
    }

    /// Takes into account that the profile of the connection has changed. Another broker has other topics.
    pub(super) fn on_explored_connection_reconfigured(&mut self, id: ConnectionId, other_broker: bool, now: Time) {
        if !other_broker {
            return;
        }
        self.forget_retained_of(id, now);
        let limits = self.tree_limits();
        let Some(explorer) = self.explorer.as_mut().filter(|explorer| explorer.connection == id) else { return };
        let (filters, round) = (explorer.filters().to_vec(), explorer.round);
        **explorer = Explorer::new(id, filters, round, (limits, now))
            .with_decoding(self.decoder_rules.clone(), EdgeNodes::default());
        self.request_earlier_deletion(id, now);
        if matches!(self.focus, Screen::Confirm(_)) && self.screen_below().is_some() {
            self.close_screen();
        }
    }

    /// Returns the number of rows for topics.
    pub(super) fn explorer_rows(&self) -> usize {
        let input_rows = u16::from(self.explorer.as_ref().is_some_and(|explorer| explorer.find.is_some()));
        self.size.1.saturating_sub(OTHER_ROWS + input_rows).into()
    }

    /// Finds out what the explorer shows. Call it before drawing a frame.
    pub(super) fn prepare_explorer(&mut self, now: Time) {
        let height = self.explorer_rows();
        if !matches!(self.focus, Screen::Explorer(_)) && self.screen_below().is_none() {
            return;
        }
        if let Some(explorer) = &mut self.explorer {
            if let Some(find) = &mut explorer.find {
                find.advance(&explorer.tree, now);
            }
            explorer.prepare_rows(height, now);
        }
    }

    /// Returns when the explorer looks different without another event.
    pub(super) fn next_explorer_change(&self, now: Time) -> Option<Time> {
        let explorer = self.explorer.as_ref().filter(|_| matches!(self.focus, Screen::Explorer(_)))?;
        let is_searching = explorer.find.as_ref().is_some_and(|find| find.is_searching(&explorer.tree));
        Some(now.saturating_add(if is_searching { SEARCH_INTERVAL } else { REDRAW_INTERVAL }))
    }

    /// Opens the prompt for a message to the selected topic, or to the one beside it that the device listens to.
    pub(super) fn open_publish_prompt(&mut self) -> Vec<Effect> {
        let Some(explorer) = &self.explorer else { return Vec::new() };
        let shown = explorer.selected_topic().and_then(|topic| topic.shown());
        // What is known only in part must not take the place of the whole.
        let whole = shown.filter(|message| message.is_whole());
        let topic = match explorer.selected.map(|node| explorer.tree.path(node)) {
            Some(path) if shown.is_some() => command_topic(&explorer.tree, &path).unwrap_or(path),
            Some(path) => format!("{path}/"),
            None => String::new(),
        };
        // The prompt encodes what it says by the rule for the topic.
        let rule = self.decoder_rules.decoders_of(&topic).filter(|decoders| !decoders.is_empty());
        let text = |message: &WatchedMessage| {
            let is_encoded_again = rule.is_some() && rule == message.context.decoders.as_ref();
            let bytes = if is_encoded_again { message.shown_payload() } else { &message.payload };
            String::from_utf8(bytes.to_vec()).ok()
        };
        let payload = whole.and_then(text).unwrap_or_default();
        let connection = explorer.connection;
        let mut prompt = PublishPrompt::new(connection, topic, payload);
        prompt.complete(self);
        self.open(prompt);
        let history = self.request_sent_messages(connection);
        // The file may have been edited since.
        history.into_iter().chain([Effect::Files(FilesEffect::LoadSavedMessages)]).collect()
    }
}
