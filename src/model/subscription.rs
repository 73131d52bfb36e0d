//! Subscriptions: a topic filter, and what is asked of the broker for it.

use super::{field_value::string_enum, message::Qos, topic::TopicFilter};

string_enum! {
    /// Which retained messages the broker sends for a subscription: Retain Handling (MQTT 5, section 3.8.3.1).
    RetainHandling {
        Always = "always" "All, whenever it is requested: after each connect.",
        New = "new" "All, if the session does not have the subscription already.",
        Never = "never" "None.",
    }
}

/// What is asked of the broker for a topic filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SubscriptionOptions {
    /// The highest quality of service of the messages.
    pub qos: Qos,
    /// Which retained messages the broker sends.
    pub retain_handling: RetainHandling,
    /// Is raised when the retained messages are wanted again: the broker sends them for each SUBSCRIBE packet, and one
    /// with the same options would not be sent again.
    pub retained_round: u32,
}

impl From<Qos> for SubscriptionOptions {
    fn from(qos: Qos) -> Self {
        Self { qos, ..Self::default() }
    }
}

impl SubscriptionOptions {
    /// Returns the options that bring everything that these and `other` bring.
    #[must_use]
    pub(crate) fn merged(self, other: Self) -> Self {
        let less_restrictive = |a: RetainHandling, b: RetainHandling| if a as u8 <= b as u8 { a } else { b };
        Self {
            qos: self.qos.max(other.qos),
            retain_handling: less_restrictive(self.retain_handling, other.retain_handling),
            retained_round: self.retained_round.max(other.retained_round),
        }
    }

    /// Returns whether these bring everything that `other` would bring.
    #[must_use]
    pub(crate) fn include(self, other: Self) -> bool {
        self.merged(other) == self
    }
}

/// A topic filter, and what is requested for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The topic filter.
    pub filter: TopicFilter,
    /// What is requested.
    pub options: SubscriptionOptions,
}

impl Subscription {
    /// Creates a subscription with these options, or with this `QoS` and all retained messages.
    #[must_use]
    pub fn new(filter: TopicFilter, options: impl Into<SubscriptionOptions>) -> Self {
        Self { filter, options: options.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_options_bring_what_each_of_them_brings() {
        let options = |qos, retain_handling| SubscriptionOptions { qos, retain_handling, retained_round: 0 };
        let all = [Qos::AtMostOnce, Qos::ExactlyOnce].into_iter().flat_map(|qos| {
            [RetainHandling::Always, RetainHandling::New, RetainHandling::Never].map(|handling| options(qos, handling))
        });
        let all: Vec<SubscriptionOptions> = all.collect();
        for (a, b) in all.iter().flat_map(|a| all.iter().map(move |b| (*a, *b))) {
            let merged = a.merged(b);
            assert!(merged.include(a) && merged.include(b) && merged == b.merged(a), "{a:?} {b:?}");
        }
        let (always, never) =
            (options(Qos::AtMostOnce, RetainHandling::Always), options(Qos::ExactlyOnce, RetainHandling::Never));
        assert_eq!(always.merged(never), options(Qos::ExactlyOnce, RetainHandling::Always));
        assert!(!always.include(never) && !never.include(always));
    }
}
