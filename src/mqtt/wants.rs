//! Which subscriptions are wanted, which were asked for on this connection, and what the broker
//! answered. No socket here.

use std::collections::{HashMap, HashSet, VecDeque};

use tokio::time::Instant;

use super::limits::{FILTERS, OPEN_REQUESTS};
use crate::model::{
    connection::{Qos, Subscription},
    topic::TopicFilter,
};

/// The most bytes of filters in one request, so that no request is near a broker's limit.
const BATCH_BYTES: usize = 32 << 10;

/// What to ask the broker next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// To subscribe to these.
    Subscribe(Vec<Subscription>),
    /// To unsubscribe from this.
    Unsubscribe(TopicFilter),
}

#[derive(Debug)]
struct Request {
    packet: Option<u16>,
    filters: Vec<Subscription>,
    since: Instant,
}

/// Which subscriptions are wanted and which are there.
#[derive(Debug, Default)]
pub(super) struct Wants {
    wanted: Vec<Subscription>,
    /// What was asked for on this connection, or is left from an earlier one of the same session.
    asked: HashMap<TopicFilter, Qos>,
    to_ask: VecDeque<Subscription>,
    to_drop: VecDeque<TopicFilter>,
    open: VecDeque<Request>,
}

impl Wants {
    /// From now on exactly these are wanted.
    pub(super) fn set(&mut self, wanted: &[Subscription]) {
        let mut best: HashMap<&TopicFilter, usize> = HashMap::new();
        let mut merged: Vec<Subscription> = Vec::with_capacity(wanted.len());
        for want in wanted {
            if let Some(&at) = best.get(&want.filter) {
                merged[at].qos = merged[at].qos.max(want.qos);
            } else {
                best.insert(&want.filter, merged.len());
                merged.push(want.clone());
            }
        }
        self.wanted = merged;
        self.compare();
    }

    /// A session is up: everything is asked for again. Where the broker has kept the session, what
    /// it kept and nobody wants any more is dropped.
    pub(super) fn session(&mut self, kept: bool) {
        self.open.clear();
        let left = if kept { std::mem::take(&mut self.asked) } else { HashMap::new() };
        self.asked.clear();
        self.compare();
        let wanted: HashSet<&TopicFilter> = self.wanted.iter().map(|want| &want.filter).collect();
        self.to_drop = left.into_keys().filter(|filter| !wanted.contains(filter)).collect();
    }

    fn compare(&mut self) {
        self.to_ask =
            self.wanted.iter().filter(|want| self.asked.get(&want.filter) != Some(&want.qos)).cloned().collect();
        let wanted: HashSet<&TopicFilter> = self.wanted.iter().map(|want| &want.filter).collect();
        self.to_drop = self.asked.keys().filter(|filter| !wanted.contains(filter)).cloned().collect();
    }

    /// What to ask next, if something is to be asked now.
    pub(super) fn next(&self) -> Option<Ask> {
        if let Some(filter) = self.to_drop.front() {
            return Some(Ask::Unsubscribe(filter.clone()));
        }
        if self.to_ask.is_empty() || self.open.len() >= OPEN_REQUESTS {
            return None;
        }
        let mut bytes = 0;
        let fits = |want: &&Subscription| {
            let first = bytes == 0;
            bytes += want.filter.as_str().len() + 3;
            first || bytes <= BATCH_BYTES
        };
        Some(Ask::Subscribe(self.to_ask.iter().take(FILTERS).take_while(fits).cloned().collect()))
    }

    /// What [`Self::next`] said was given to the client.
    pub(super) fn asked(&mut self, ask: Ask, now: Instant) {
        match ask {
            Ask::Unsubscribe(filter) => {
                self.to_drop.pop_front();
                self.asked.remove(&filter);
            }
            Ask::Subscribe(filters) => {
                self.to_ask.drain(..filters.len().min(self.to_ask.len()));
                self.asked.extend(filters.iter().map(|want| (want.filter.clone(), want.qos)));
                self.open.push_back(Request { packet: None, filters, since: now });
            }
        }
    }

    /// The client has written the next request to subscribe, with this packet id.
    pub(super) fn written(&mut self, packet: u16, now: Instant) {
        if let Some(request) = self.open.iter_mut().find(|request| request.packet.is_none()) {
            request.packet = Some(packet);
            request.since = now;
        }
    }

    /// The broker's answer: for each filter of that request nothing, or why it is refused. Gives
    /// those that were refused.
    pub(super) fn answered(&mut self, packet: u16, answers: Vec<Option<String>>) -> Vec<(TopicFilter, String)> {
        let Some(at) = self.open.iter().position(|request| request.packet == Some(packet)) else { return Vec::new() };
        let Some(request) = self.open.remove(at) else { return Vec::new() };
        let mut answers = answers.into_iter();
        let refused = request.filters.into_iter().filter_map(|want| {
            let answer = answers.next().unwrap_or_else(|| Some("the broker's answer leaves it out".to_owned()));
            answer.map(|why| (want.filter, why))
        });
        refused.collect()
    }

    /// Those filters that the broker has not answered for in time; they are not waited for any more.
    pub(super) fn overdue(&mut self, now: Instant, limit: std::time::Duration) -> Vec<TopicFilter> {
        let (late, open): (VecDeque<_>, VecDeque<_>) =
            self.open.drain(..).partition(|request| now.duration_since(request.since) >= limit);
        self.open = open;
        late.into_iter().flat_map(|request| request.filters).map(|want| want.filter).collect()
    }

    /// When [`Self::overdue`] will next have something to say.
    pub(super) fn deadline(&self, limit: std::time::Duration) -> Option<Instant> {
        self.open.iter().map(|request| request.since + limit).min()
    }

    /// Whether everything wanted was asked for and answered.
    pub(super) fn is_settled(&self) -> bool {
        self.open.is_empty() && self.to_ask.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn want(filter: &str, qos: Qos) -> Subscription {
        Subscription { filter: TopicFilter::new(filter).unwrap(), qos }
    }

    fn wants(filters: &[&str]) -> Vec<Subscription> {
        filters.iter().map(|filter| want(filter, Qos::AtMostOnce)).collect()
    }

    /// Asks for everything there is to ask and gives it as text: `+a` and `-a`.
    fn ask_all(wants: &mut Wants) -> Vec<String> {
        let mut said = Vec::new();
        while let Some(ask) = wants.next() {
            match &ask {
                Ask::Subscribe(filters) => said.extend(filters.iter().map(|want| format!("+{}", want.filter))),
                Ask::Unsubscribe(filter) => said.push(format!("-{filter}")),
            }
            wants.asked(ask, Instant::now());
        }
        said
    }

    #[test]
    fn only_the_difference_is_asked() {
        let mut it = Wants::default();
        it.set(&wants(&["a", "b"]));
        it.session(false);
        assert_eq!(ask_all(&mut it), ["+a", "+b"]);
        it.set(&wants(&["b", "c"]));
        assert_eq!(ask_all(&mut it), ["-a", "+c"]);
        it.set(&[want("b", Qos::AtLeastOnce), want("b", Qos::AtMostOnce), want("c", Qos::AtMostOnce)]);
        assert_eq!(ask_all(&mut it), ["+b"], "better than before, and the better of the two counts");
        assert_eq!(ask_all(&mut it), [""; 0]);
    }

    #[test]
    fn a_new_session_is_asked_for_everything() {
        let mut it = Wants::default();
        it.set(&wants(&["a", "b"]));
        it.session(false);
        ask_all(&mut it);
        it.session(false);
        assert_eq!(ask_all(&mut it), ["+a", "+b"]);
    }

    #[test]
    fn a_kept_session_drops_what_went_meanwhile() {
        let mut it = Wants::default();
        it.set(&wants(&["a", "b"]));
        it.session(false);
        ask_all(&mut it);
        it.set(&wants(&["b"]));
        it.session(true);
        assert_eq!(ask_all(&mut it), ["-a", "+b"]);
    }

    #[test]
    fn batches_are_small_and_few_at_once() {
        let mut it = Wants::default();
        let many: Vec<String> = (0..1_000).map(|n| format!("tile/{n}")).collect();
        it.set(&wants(&many.iter().map(String::as_str).collect::<Vec<_>>()));
        it.session(false);
        let now = Instant::now();
        for packet in 1..=8 {
            let Some(Ask::Subscribe(batch)) = it.next() else { panic!("a batch was due") };
            assert_eq!(batch.len(), FILTERS);
            it.asked(Ask::Subscribe(batch), now);
            it.written(packet, now);
        }
        assert_eq!(it.next(), None);
        assert_eq!(it.answered(1, vec![None; FILTERS]), []);
        assert!(it.next().is_some());
        let long = format!("x/{}", "y".repeat(60_000));
        it.set(&wants(&[&long, "a"]));
        it.session(false);
        let Some(Ask::Subscribe(batch)) = it.next() else { panic!("a batch was due") };
        assert_eq!(batch.len(), 1);
    }

    #[test]
    fn answers_find_their_filters() {
        let (mut it, now) = (Wants::default(), Instant::now());
        it.set(&wants(&["a", "b", "c"]));
        it.session(false);
        ask_all(&mut it);
        it.written(4, now);
        assert!(!it.is_settled());
        assert_eq!(it.answered(5, vec![]), [], "not asked");
        let refused = it.answered(4, vec![None, Some("not allowed".to_owned())]);
        let said: Vec<String> = refused.iter().map(|(filter, why)| format!("{filter}: {why}")).collect();
        assert_eq!(said, ["b: not allowed", "c: the broker's answer leaves it out"]);
        assert!(it.is_settled());
    }

    #[test]
    fn no_answer_is_said_once() {
        let (mut it, now) = (Wants::default(), Instant::now());
        let limit = Duration::from_secs(10);
        it.set(&wants(&["a"]));
        it.session(false);
        ask_all(&mut it);
        it.written(1, now);
        assert_eq!(it.deadline(limit), Some(now + limit));
        assert_eq!(it.overdue(now, limit), []);
        assert_eq!(it.overdue(now + limit, limit), [TopicFilter::new("a").unwrap()]);
        assert_eq!(it.overdue(now + limit, limit), []);
        assert_eq!(it.deadline(limit), None);
    }
}
