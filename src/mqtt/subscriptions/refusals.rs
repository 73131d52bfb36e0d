//! Which topic filters a broker refuses by closing the network connection, as `RabbitMQ` and aedes do.
//!
//! After such an end, the filters that were not acknowledged are suspects. On the next network connection they are asked
//! for group by group, with no other SUBSCRIBE packet in flight, and a group that ends it again is halved. A filter is
//! refused when it has ended [`REQUIRED_ENDS`] network connections alone: a broker that restarts or a network that fails
//! at the wrong moment does so once.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use tokio::time::Instant;

use crate::{model::topic::TopicFilter, mqtt::limits::MAX_FILTERS_PER_SUBSCRIBE};

/// The number of network connections that must end while a filter is the only one that is asked for.
const REQUIRED_ENDS: u8 = 2;

/// The number of retries in a row without the usual delay.
const MAX_QUICK_RETRIES: u8 = 100;

/// How long a refused filter is not asked for again.
const REFUSED_FOR: Duration = Duration::from_mins(10);

/// A network connection that ends within this time, although nothing was asked for, ends for another reason than a
/// subscription.
const SHORT_CONNECTION: Duration = Duration::from_secs(5);

/// What is known about the filters that a broker refuses by closing the network connection.
#[derive(Debug)]
pub(super) struct Refusals {
    /// The groups of filters of which one may be refused.
    suspects: Vec<Vec<TopicFilter>>,
    /// How many network connections ended while a filter was the only one asked for.
    ends: HashMap<TopicFilter, u8>,
    refused: HashMap<TopicFilter, Instant>,
    /// The filters that the broker has answered at least once.
    answered: HashSet<TopicFilter>,
    max_filters: usize,
    quick_retries: u8,
}

impl Default for Refusals {
    fn default() -> Self {
        Self {
            suspects: Vec::new(),
            ends: HashMap::new(),
            refused: HashMap::new(),
            answered: HashSet::new(),
            max_filters: MAX_FILTERS_PER_SUBSCRIBE,
            quick_retries: 0,
        }
    }
}

impl Refusals {
    /// Returns whether a filter is refused.
    pub(super) fn is_refused(&self, filter: &TopicFilter) -> bool {
        self.refused.contains_key(filter)
    }

    /// Iterates over the refused filters.
    pub(super) fn refused(&self) -> impl Iterator<Item = &TopicFilter> {
        self.refused.keys()
    }

    /// Returns whether a refused filter is being looked for. Then only one SUBSCRIBE packet may be in flight.
    pub(super) fn is_searching(&self) -> bool {
        !self.suspects.is_empty()
    }

    /// Returns whether a filter is one of the suspects.
    pub(super) fn is_suspect(&self, filter: &TopicFilter) -> bool {
        self.suspects.iter().any(|group| group.contains(filter))
    }

    /// Returns whether the broker has answered a request for a filter before.
    pub(super) fn is_answered(&self, filter: &TopicFilter) -> bool {
        self.answered.contains(filter)
    }

    /// Returns the filters to ask for together with this suspect, or none if it is none.
    pub(super) fn group_of(&self, filter: &TopicFilter) -> &[TopicFilter] {
        self.suspects.iter().find(|group| group.contains(filter)).map_or(&[], Vec::as_slice)
    }

    /// The number of filters that a SUBSCRIBE packet may have.
    pub(super) const fn max_filters(&self) -> usize {
        self.max_filters
    }

    /// Forgets old refusals, so that the filters are asked for again.
    pub(super) fn expire(&mut self, now: Instant) {
        self.refused.retain(|_, since| now.duration_since(*since) < REFUSED_FOR);
    }

    /// Returns when the last filter was refused.
    pub(super) fn newest(&self) -> Option<Instant> {
        self.refused.values().max().copied()
    }

    /// Forgets the filters that are no longer desired.
    pub(super) fn retain(&mut self, is_desired: impl Fn(&TopicFilter) -> bool) {
        self.refused.retain(|filter, _| is_desired(filter));
        self.ends.retain(|filter, _| is_desired(filter));
        self.answered.retain(&is_desired);
        self.retain_suspects(is_desired);
    }

    fn retain_suspects(&mut self, is_suspect: impl Fn(&TopicFilter) -> bool) {
        for group in &mut self.suspects {
            group.retain(&is_suspect);
        }
        self.suspects.retain(|group| !group.is_empty());
    }

    /// Forgets all refusals, so that everything is asked for again.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Notes that the broker has answered a request for a filter: it does not close the network connection for it.
    pub(super) fn record_answer(&mut self, filter: &TopicFilter) {
        self.ends.remove(filter);
        self.answered.insert(filter.clone());
        self.retain_suspects(|suspect| suspect != filter);
    }

    /// Notes that the broker has closed the network connection after `lasted`, with the filters of these packets
    /// unanswered. If they are not the sole possible cause, they are only suspected. Returns whether the next attempt
    /// should be made at once, because it brings the search forward.
    pub(super) fn record_end(
        &mut self,
        unanswered: &[Vec<TopicFilter>],
        is_sole_cause: bool,
        lasted: Duration,
        now: Instant,
    ) -> bool {
        let Some(first) = unanswered.first() else {
            if is_sole_cause && lasted < SHORT_CONNECTION && !self.is_searching() {
                self.refused.clear();
            }
            return false;
        };
        if lasted >= SHORT_CONNECTION {
            self.quick_retries = 0;
        }
        // The filters have been accepted in smaller packets: their number is what the broker does not accept.
        if first.len() > 1 && first.iter().all(|filter| self.is_answered(filter)) {
            self.max_filters = (first.len() / 2).max(1);
        }
        self.retain_suspects(|suspect| !unanswered.iter().flatten().any(|filter| filter == suspect));
        match unanswered {
            [only] if is_sole_cause && only.len() == 1 => self.record_end_with(&only[0], now),
            [only] if is_sole_cause => self.suspects.extend(only.chunks(only.len().div_ceil(2)).map(<[_]>::to_vec)),
            several => self.suspects.extend_from_slice(several),
        }
        self.quick_retries = self.quick_retries.saturating_add(1);
        self.quick_retries <= MAX_QUICK_RETRIES
    }

    /// Notes that the network connection ended while this was the only filter asked for.
    fn record_end_with(&mut self, filter: &TopicFilter, now: Instant) {
        let ends = self.ends.entry(filter.clone()).or_default();
        *ends += 1;
        if *ends >= REQUIRED_ENDS {
            self.ends.remove(filter);
            self.refused.insert(filter.clone(), now);
        } else {
            self.suspects.push(vec![filter.clone()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(50);

    fn filters(names: &[&str]) -> Vec<TopicFilter> {
        names.iter().map(|name| TopicFilter::new(name).unwrap()).collect()
    }

    /// Plays a broker that closes the network connection for a forbidden filter. Returns the refused filters and how
    /// many network connections ended.
    fn search(all: &[TopicFilter], is_forbidden: impl Fn(&TopicFilter) -> bool) -> (Vec<String>, usize) {
        let mut refusals = Refusals::default();
        for ends in 0.. {
            assert!(ends < 200, "the search does not end");
            let mut pending: Vec<TopicFilter> = all.iter().filter(|name| !refusals.is_refused(name)).cloned().collect();
            let mut closed = false;
            while let Some(first) = pending.first() {
                let packet: Vec<TopicFilter> = match refusals.group_of(first) {
                    [] => pending.iter().filter(|name| !refusals.is_suspect(name)).take(8).cloned().collect(),
                    group => group.to_vec(),
                };
                closed = packet.iter().any(&is_forbidden);
                if closed {
                    assert!(refusals.record_end(&[packet], true, SOON, Instant::now()));
                    break;
                }
                for filter in &packet {
                    refusals.record_answer(filter);
                }
                pending.retain(|filter| !packet.contains(filter));
            }
            if !closed {
                let mut refused: Vec<String> = refusals.refused().map(TopicFilter::to_string).collect();
                refused.sort();
                return (refused, ends);
            }
        }
        unreachable!()
    }

    #[test]
    fn refused_filters_are_found_in_halves() {
        let names: Vec<String> = (0..20).map(|number| format!("t/{number:02}")).collect();
        let all = filters(&names.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(search(&all, |_| false), (vec![], 0));
        let (refused, ends) = search(&all, |filter| filter.as_str() == "t/11");
        assert_eq!((refused, ends), (vec!["t/11".to_owned()], 5));
        let forbidden = ["t/00", "t/01", "t/07", "t/19"];
        assert_eq!(search(&all, |filter| forbidden.contains(&filter.as_str())).0, forbidden);
        assert_eq!(search(&all, |_| true).0.len(), 20);
    }

    #[test]
    fn one_restart_of_the_broker_refuses_nothing() {
        let (mut refusals, all, now) = (Refusals::default(), filters(&["a", "b"]), Instant::now());
        refusals.record_end(&[vec![all[0].clone()]], true, SOON, now);
        assert!(refusals.refused().next().is_none() && refusals.is_searching());
        refusals.record_answer(&all[0]);
        assert!(!refusals.is_searching());
        refusals.record_end(&[vec![all[0].clone()]], true, SOON, now);
        assert!(refusals.refused().next().is_none(), "the broker has answered between the two ends");
    }

    #[test]
    fn broker_that_closes_every_connection_refuses_nothing_for_long() {
        let (mut refusals, filter, now) = (Refusals::default(), filters(&["a"]), Instant::now());
        for _ in 0..2 {
            refusals.record_end(std::slice::from_ref(&filter), true, SOON, now);
        }
        assert!(refusals.is_refused(&filter[0]));
        assert!(!refusals.record_end(&[], true, SOON, now), "there is nothing to find out: the usual delay");
        assert!(!refusals.is_refused(&filter[0]), "it is closed although the filter was not asked for");
    }

    #[test]
    fn refused_filter_is_asked_for_again_later_or_when_the_user_reconnects() {
        let (mut refusals, filter, now) = (Refusals::default(), filters(&["a"]), Instant::now());
        let refuse = |refusals: &mut Refusals| {
            for _ in 0..2 {
                refusals.record_end(std::slice::from_ref(&filter), true, SOON, now);
            }
        };
        refuse(&mut refusals);
        refusals.expire(now + REFUSED_FOR / 2);
        assert!(refusals.is_refused(&filter[0]));
        refusals.expire(now + REFUSED_FOR);
        assert!(!refusals.is_refused(&filter[0]));
        refuse(&mut refusals);
        refusals.forget();
        assert!(!refusals.is_refused(&filter[0]));
    }

    #[test]
    fn packets_get_smaller_when_the_broker_does_not_accept_so_many_filters() {
        let (mut refusals, all, now) = (Refusals::default(), filters(&["a", "b", "c", "d"]), Instant::now());
        for filter in &all {
            refusals.record_answer(filter);
        }
        refusals.record_end(std::slice::from_ref(&all), true, SOON, now);
        assert_eq!(refusals.max_filters(), 2);
        assert_eq!(refusals.group_of(&all[3]), &all[2..]);
    }

    #[test]
    fn retries_without_delay_are_bounded() {
        let (mut refusals, now) = (Refusals::default(), Instant::now());
        let quick = (0..300).filter(|number| {
            let filter = filters(&[&format!("t/{number}")]);
            refusals.record_end(&[filter], true, SOON, now)
        });
        assert_eq!(quick.count(), usize::from(MAX_QUICK_RETRIES));
    }
}
