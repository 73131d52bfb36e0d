//! The sentences in the row above the keys: notices, which stay for some seconds, and failures, which stay until the
//! user does something.

use std::{collections::VecDeque, time::Duration};

use super::App;
use crate::model::{credentials::mask_urls, time::Time};

/// The shortest time that a notice stays.
const MIN_DURATION: Duration = Duration::from_secs(5);
/// The longest time that a notice stays: a longer one is cut on the screen.
const MAX_DURATION: Duration = Duration::from_secs(30);
/// The speed at which a notice is read, in bytes per second: a long notice stays longer.
const BYTES_PER_SECOND: u64 = 25;

/// The maximum number of failures that wait to be seen. The oldest ones go first.
const MAX_FAILURES: usize = 20;

/// A sentence in the row above the keys.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    /// The sentence.
    pub text: String,
    /// Whether it says that something has failed.
    pub is_failure: bool,
    /// When it disappears; `None` if it stays until the user does something.
    expires_at: Option<Time>,
}

/// The notice and the failures that are not out of date. The newest failure is shown, then the older ones, then the
/// notice.
#[derive(Debug, Default)]
pub(super) struct Notices {
    notice: Option<Notice>,
    /// The oldest first.
    failures: VecDeque<Notice>,
}

impl Notices {
    /// Forgets what the user has seen when an action comes. An older failure, or the notice behind it, is shown then.
    pub(super) fn acknowledge(&mut self) {
        if self.failures.pop_back().is_none() {
            self.notice = None;
        }
    }

    /// Forgets the notice, which is out of date. The failures stay until they are seen.
    pub(super) fn forget_notice(&mut self) {
        self.notice = None;
    }

    /// Forgets what is out of date. Returns whether that is anything.
    pub(super) fn expire(&mut self, now: Time) -> bool {
        let is_over = |notice: &Notice| notice.expires_at.is_some_and(|end| end <= now);
        let count = self.failures.len();
        self.failures.retain(|failure| !is_over(failure));
        self.notice.take_if(|notice| is_over(notice)).is_some() || self.failures.len() < count
    }

    /// Returns when the next one is out of date.
    pub(super) fn next_expiry(&self) -> Option<Time> {
        self.notice.iter().chain(&self.failures).filter_map(|notice| notice.expires_at).min()
    }
}

impl App {
    /// Returns the sentence in the row above the keys.
    #[must_use]
    pub(crate) fn notice(&self) -> Option<&Notice> {
        self.display.notices.failures.back().or(self.display.notices.notice.as_ref())
    }

    /// Returns how many more failures are shown after this one.
    #[must_use]
    pub(crate) fn more_failures(&self) -> usize {
        self.display.notices.failures.len().saturating_sub(1)
    }

    /// Shows a notice for some seconds.
    pub(crate) fn notify(&mut self, text: impl Into<String>, now: Time) {
        let text = mask_urls(&text.into()).into_owned();
        let expires_at = Some(end_of_reading(&text, now));
        self.display.notices.notice = Some(Notice { text, is_failure: false, expires_at });
        self.display.dirty = true;
    }

    /// Says that something has failed, until the user does something. Several failures are shown one after the other, the
    /// newest first, and each of them once. In kiosk mode nobody may do something: there they are shown for some seconds.
    pub(crate) fn report_failure(&mut self, text: impl Into<String>, now: Time) {
        let text = mask_urls(&text.into()).into_owned();
        let expires_at = self.environment.kiosk.then(|| end_of_reading(&text, now));
        let failures = &mut self.display.notices.failures;
        failures.retain(|failure| failure.text != text);
        if failures.len() >= MAX_FAILURES {
            failures.pop_front();
        }
        failures.push_back(Notice { text, is_failure: true, expires_at });
        self.display.dirty = true;
    }
}

/// Returns when a sentence that is shown now has been read.
fn end_of_reading(text: &str, now: Time) -> Time {
    let reading_time = Duration::from_secs(u64::try_from(text.len()).unwrap_or_default() / BYTES_PER_SECOND);
    now.saturating_add(reading_time.clamp(MIN_DURATION, MAX_DURATION))
}

#[cfg(test)]
mod tests {
    use crate::app::{Action, tests::AppFixture};

    fn shown(fixture: &AppFixture) -> &str {
        fixture.app.notice().map_or("", |notice| &notice.text)
    }

    #[test]
    fn failure_stays_until_the_user_does_something_and_hides_no_later_notice() {
        let mut fixture = AppFixture::new(Vec::new());
        fixture.app.report_failure("disk full", fixture.now);
        fixture.advance(3_600_000);
        assert_eq!(shown(&fixture), "disk full");
        fixture.app.notify("saved elsewhere", fixture.now);
        assert_eq!(shown(&fixture), "disk full", "it has not been read yet");
        fixture.dispatch(Action::Redraw);
        assert_eq!(shown(&fixture), "saved elsewhere");
        fixture.dispatch(Action::Redraw);
        assert_eq!(shown(&fixture), "");
    }

    #[test]
    fn failures_are_shown_one_after_the_other_and_none_is_lost() {
        let mut fixture = AppFixture::new(Vec::new());
        for text in ["a", "b", "a", "c"] {
            fixture.app.report_failure(text, fixture.now);
        }
        for expected in [("c", 2), ("a", 1), ("b", 0), ("", 0)] {
            assert_eq!((shown(&fixture), fixture.app.more_failures()), expected);
            fixture.dispatch(Action::Redraw);
        }
        for number in 0..100 {
            fixture.app.report_failure(number.to_string(), fixture.now);
        }
        assert_eq!((shown(&fixture), fixture.app.more_failures()), ("99", super::MAX_FAILURES - 1));
    }

    #[test]
    fn notice_and_in_kiosk_mode_failure_end_without_a_key() {
        let mut fixture = AppFixture::new(Vec::new());
        fixture.app.environment.kiosk = true;
        fixture.app.report_failure("disk full", fixture.now);
        fixture.app.notify("n".repeat(500), fixture.now);
        assert_eq!(fixture.app.next_wakeup(fixture.now), Some(fixture.now.saturating_add(super::MIN_DURATION)));
        fixture.advance(5_000);
        assert_eq!(shown(&fixture).len(), 500, "20 s to read it");
        fixture.advance(15_000);
        assert_eq!(shown(&fixture), "");
    }
}
