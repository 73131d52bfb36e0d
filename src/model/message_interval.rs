//! How often a topic usually speaks, learned from its messages, and whether it has been silent for clearly longer.
//!
//! Only a steady rhythm counts: a door, a motion sensor or a lamp speaks when something happens, and its silence says
//! nothing. Each gap between two messages that is like those before it adds to a score, and each other one takes more
//! from it. A topic that was silent and came back has to show a longer rhythm than before.

use std::time::Duration;

use super::time::{Time, format_duration, format_interval, time_until_age_changes};

/// What arrives within this time after another message belongs to it: a device often publishes several things at once.
/// So shorter intervals are not told apart.
const BURST_MILLIS: u16 = 900;
/// The score of a rhythm that is known: six messages at equal distances have it.
const MIN_SCORE: u8 = 8;
/// For how long a rhythm must have been heard, in milliseconds: a switch that somebody plays with has one, too.
const MIN_HEARD_MILLIS: u32 = 15_000;
/// The most that is required of a topic that was often silent.
const MAX_REQUIRED_SCORE: u8 = 200;
/// The points of a gap that is nearly equal to the usual one; a similar one has one.
const EQUAL_POINTS: u8 = 2;
/// What another gap takes from the score.
const PENALTY: u8 = 4;
/// The points that a rhythm may have beyond what is required: several lost messages do not end it.
const MAX_SURPLUS: u8 = 16;
/// Silence is this many usual intervals and this time.
const SILENT_INTERVALS: u64 = 3;
const SILENCE_MARGIN_MILLIS: u64 = 2_000;

/// The interval at which messages arrive.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct MessageInterval {
    /// When the last message arrived, or since when silence is counted.
    last_at: Time,
    /// The usual gap between two messages, in milliseconds.
    usual_millis: u32,
    /// How long after the first message of its burst the last one arrived, in milliseconds.
    burst_millis: u16,
    /// How steady the rhythm is.
    score: u8,
    /// The score that the rhythm needs, at least [`MIN_SCORE`].
    required_score: u8,
    /// Whether the gap between `last_at` and the next message is one of the rhythm.
    counts: bool,
}

/// The silence of a topic that usually speaks regularly, or from which a message was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Silence {
    /// For how long it has been silent.
    pub elapsed: Duration,
    /// The interval at which it usually speaks; `None` if the tile says from when on its value is stale.
    pub usual: Option<Duration>,
}

impl Silence {
    /// Returns what the tile says, the longest text first.
    pub(crate) fn texts(self) -> [String; 3] {
        let elapsed = format_duration(self.elapsed);
        match self.usual.map(format_interval) {
            Some(usual) => [
                format!("! silent {elapsed}, due every {usual}"),
                format!("! {elapsed}, due {usual}"),
                format!("! {elapsed}"),
            ],
            None => [format!("! stale: nothing for {elapsed}"), format!("! stale {elapsed}"), format!("! {elapsed}")],
        }
    }
}

impl MessageInterval {
    /// Takes into account that a message has arrived which is nobody's answer.
    pub(super) fn receive(&mut self, now: Time) {
        let gap = now.millis_since(self.last_at) + u64::from(self.burst_millis);
        self.last_at = now;
        if !std::mem::replace(&mut self.counts, true) {
            self.burst_millis = 0;
            return;
        }
        match u16::try_from(gap) {
            Ok(burst_millis) if burst_millis < BURST_MILLIS => self.burst_millis = burst_millis,
            _ => {
                self.burst_millis = 0;
                self.learn(u32::try_from(gap).unwrap_or(u32::MAX));
            }
        }
    }

    /// Counts silence from now on, and the next gap not at all: what has happened is not part of the rhythm, such as a new
    /// connection. What was learned stays.
    pub(super) fn restart(&mut self, now: Time) {
        (self.last_at, self.burst_millis, self.counts) = (now, 0, false);
    }

    /// Returns the usual interval, at least one second; `None` if the topic does not speak regularly, as far as is known.
    pub(super) fn usual(&self) -> Option<Duration> {
        let is_regular = self.usual_millis > 0 && self.score >= self.needed_score();
        is_regular.then(|| Duration::from_millis(self.usual_millis.max(1_000).into()))
    }

    /// Returns the silence of a topic that usually speaks regularly, or for which a time is set; `None` if it is not
    /// silent for longer.
    pub(super) fn silence(&self, stale_after: Option<Duration>, now: Time) -> Option<Silence> {
        let elapsed = now.since(self.last_at);
        let limit = self.limit(stale_after)?;
        let usual = if stale_after.is_some() { None } else { self.usual() };
        (elapsed >= limit).then_some(Silence { elapsed, usual })
    }

    /// Returns when the topic becomes silent if nothing arrives, or when the text of its silence changes next.
    pub(super) fn next_change(&self, stale_after: Option<Duration>, now: Time) -> Option<Time> {
        let (elapsed, limit) = (now.since(self.last_at), self.limit(stale_after)?);
        let next = if elapsed < limit { limit } else { elapsed + time_until_age_changes(elapsed) };
        Some(self.last_at.saturating_add(next))
    }

    /// Returns from when on the topic is silent: what the tile says, or what its rhythm does. Nothing is known before the
    /// first connection.
    fn limit(&self, stale_after: Option<Duration>) -> Option<Duration> {
        match stale_after {
            Some(limit) => (self.last_at > Time::default()).then_some(limit),
            None => self.usual().map(|_| self.silence_limit()),
        }
    }

    fn silence_limit(&self) -> Duration {
        Duration::from_millis(SILENT_INTERVALS * u64::from(self.usual_millis) + SILENCE_MARGIN_MILLIS)
    }

    /// Returns the score from which on the rhythm is known. Short intervals need more points.
    fn needed_score(&self) -> u8 {
        let heard = (u32::from(EQUAL_POINTS) * MIN_HEARD_MILLIS) / self.usual_millis.max(1);
        self.required_score.max(MIN_SCORE).max(u8::try_from(heard).unwrap_or(u8::MAX))
    }

    /// Takes the time between two messages into account.
    fn learn(&mut self, gap: u32) {
        let difference = gap.abs_diff(self.usual_millis);
        let points = match difference {
            _ if difference <= (self.usual_millis / 20).max(150) => EQUAL_POINTS,
            _ if difference <= (self.usual_millis / 5).max(500) => 1,
            _ => return self.learn_other(gap),
        };
        // A quarter of the way, so that a single gap changes little.
        let step = difference / 4;
        self.usual_millis = if gap > self.usual_millis { self.usual_millis + step } else { self.usual_millis - step };
        let most = self.needed_score().saturating_add(MAX_SURPLUS);
        self.score = self.score.saturating_add(points).min(most);
        if self.score == most {
            // It has been steady for long: earlier silence counts less.
            self.required_score = self.required_score.saturating_sub(1);
        }
    }

    /// Takes a gap into account that is not like those before.
    fn learn_other(&mut self, gap: u32) {
        if Duration::from_millis(gap.into()) >= self.silence_limit() {
            if self.usual().is_some() {
                self.required_score = self.required_score.max(MIN_SCORE).saturating_mul(2).min(MAX_REQUIRED_SCORE);
            }
            self.score = 0;
        }
        self.score = self.score.saturating_sub(PENALTY);
        if self.score == 0 {
            self.usual_millis = gap;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A topic whose messages arrive at these distances, in milliseconds.
    struct Topic {
        interval: MessageInterval,
        now: Time,
        /// How often it was called silent before a message.
        silences: usize,
    }

    impl Topic {
        fn new() -> Self {
            let mut topic =
                Self { interval: MessageInterval::default(), now: Time::from_millis(1_700_000_000_000), silences: 0 };
            topic.interval.receive(topic.now);
            topic
        }

        fn after(gaps: impl IntoIterator<Item = u64>) -> Self {
            let mut topic = Self::new();
            topic.speak(gaps);
            topic
        }

        fn speak(&mut self, gaps: impl IntoIterator<Item = u64>) {
            for gap in gaps {
                self.now = self.now.saturating_add(Duration::from_millis(gap));
                self.silences += usize::from(self.interval.silence(None, self.now).is_some());
                self.interval.receive(self.now);
            }
        }

        fn usual_seconds(&self) -> Option<u64> {
            self.interval.usual().map(|usual| (usual + Duration::from_millis(500)).as_secs())
        }

        /// Returns after how many seconds without a message it is called silent.
        fn silent_after(&self) -> Option<u64> {
            (0..100_000)
                .find(|s| self.interval.silence(None, self.now.saturating_add(Duration::from_secs(*s))).is_some())
        }
    }

    /// Returns pseudo-random numbers above zero and below one.
    fn random(mut seed: u32) -> impl FnMut() -> f64 {
        move || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(seed | 1) / (f64::from(u32::MAX) + 1.0)
        }
    }

    fn to_millis(seconds: f64) -> u64 {
        u64::try_from(Duration::from_secs_f64(seconds).as_millis()).unwrap()
    }

    #[test]
    fn time_that_the_tile_sets_takes_the_place_of_the_rhythm() {
        let topic = Topic::after([10_000; 12]);
        let at = |seconds| topic.now.saturating_add(Duration::from_secs(seconds));
        let minute = Some(Duration::from_mins(1));
        let text = |seconds| topic.interval.silence(minute, at(seconds)).map(|silence| silence.texts()[0].clone());
        assert_eq!((text(59), text(60).as_deref()), (None, Some("! stale: nothing for 1 min")));
        assert_eq!(topic.interval.next_change(minute, at(5)), Some(at(60)));
        assert_eq!(topic.interval.next_change(minute, at(61)), Some(at(120)));
        assert_eq!(MessageInterval::default().silence(minute, at(0)), None, "never connected");
        let mut without_messages = MessageInterval::default();
        without_messages.restart(at(0));
        assert!(without_messages.silence(minute, at(60)).is_some());
    }

    #[test]
    fn interval_is_learned_from_some_messages_and_silence_is_clearly_longer() {
        for (gap, messages, silent_after) in
            [(1_000, 17, 5), (2_000, 10, 8), (10_000, 6, 32), (60_000, 6, 182), (3_600_000, 6, 10_802)]
        {
            assert_eq!(Topic::after(vec![gap; messages - 2]).silent_after(), None, "{gap}");
            let topic = Topic::after(vec![gap; messages - 1]);
            assert_eq!((topic.usual_seconds(), topic.silent_after()), (Some(gap / 1_000), Some(silent_after)), "{gap}");
        }
    }

    #[test]
    fn short_intervals_count_as_a_second() {
        for (gap, messages) in [(20, 3_000), (100, 600), (250, 240), (500, 120)] {
            let topic = Topic::after(vec![gap; messages]);
            assert_eq!(topic.interval.usual(), Some(Duration::from_secs(1)), "{gap}");
            assert!(topic.silent_after().is_some_and(|seconds| (4..=6).contains(&seconds)), "{gap}");
        }
    }

    #[test]
    fn bursts_jitter_and_lost_messages_do_not_confuse_it() {
        let mut random = random(1);
        let burst = [10, 30, 200, 9_760];
        let jitter: Vec<u64> = (0..40).map(|_| 9_000 + to_millis(random() * 2.0)).collect();
        let lost = (0..40).map(|number| if number % 8 == 7 { 20_000 } else { 10_000 });
        for gaps in [burst.repeat(10), jitter, lost.collect()] {
            let topic = Topic::after(gaps.clone());
            assert_eq!(topic.silences, 0, "{gaps:?}");
            assert!(topic.usual_seconds().is_some_and(|seconds| (10..=11).contains(&seconds)), "{gaps:?}");
        }
    }

    #[test]
    fn other_interval_is_learned() {
        let mut topic = Topic::after(vec![2_000; 50]);
        topic.speak(vec![5_000; 30]);
        assert_eq!((topic.usual_seconds(), topic.silences), (Some(5), 0));
    }

    #[test]
    fn what_speaks_irregularly_is_never_silent() {
        for (seed, mean_seconds) in [(1, 1.5), (2, 5.0), (3, 60.0), (4, 3_600.0)] {
            let mut random = random(seed);
            let gaps: Vec<u64> = (0..20_000).map(|_| to_millis(-random().ln() * mean_seconds)).collect();
            assert_eq!(Topic::after(gaps).silences, 0, "{mean_seconds}");
        }
        // A door: open, closed, and long nothing.
        let door = [4_000, 3_600_000, 7_000, 90_000, 5_000, 20_000_000, 4_500, 600_000].repeat(100);
        assert_eq!(Topic::after(door).silences, 0);
        // A motion sensor repeats itself while somebody is there.
        let motion = Topic::after([vec![10_000; 15], vec![1_200_000]].concat().repeat(50));
        assert!(motion.silences <= 2, "{}: it learns that these pauses are usual", motion.silences);
    }

    #[test]
    fn silence_ends_with_the_first_message_and_is_told_again_after_another_rhythm() {
        let mut topic = Topic::after(vec![2_000; 20]);
        topic.speak([60_000]);
        assert_eq!((topic.silences, topic.interval.silence(None, topic.now), topic.silent_after()), (1, None, None));
        topic.speak(vec![2_000; 20]);
        assert_eq!(topic.silent_after(), Some(8));
    }

    #[test]
    fn new_connection_starts_the_clock_anew_and_keeps_what_was_learned() {
        let mut topic = Topic::after(vec![2_000; 20]);
        topic.now = topic.now.saturating_add(Duration::from_hours(1));
        topic.interval.restart(topic.now);
        assert_eq!((topic.interval.silence(None, topic.now), topic.silent_after()), (None, Some(8)));
        topic.speak([700, 2_000]);
        assert_eq!((topic.silences, topic.usual_seconds(), topic.silent_after()), (0, Some(2), Some(8)));
    }

    #[test]
    fn next_change_is_when_silence_begins_and_then_every_second() {
        let topic = Topic::after(vec![2_000; 20]);
        let mut now = topic.now;
        let mut changes = Vec::new();
        for _ in 0..4 {
            now = topic.interval.next_change(None, now).unwrap();
            changes
                .push((now.since(topic.now).as_millis(), topic.interval.silence(None, now).unwrap().elapsed.as_secs()));
        }
        assert_eq!(changes, [(8_000, 8), (9_000, 9), (10_000, 10), (11_000, 11)]);
        assert_eq!(Topic::new().interval.next_change(None, now), None);
    }

    #[test]
    fn it_takes_few_bytes() {
        assert_eq!(size_of::<MessageInterval>(), 24);
    }
}
