//! How fast wrong logins may follow each other: for each user and address, and for each address.
//!
//! A wrong login is never forgotten early, and a right one is never refused: after some wrong logins, the next one
//! waits. So somebody who guesses gets a few passwords per minute, and the owner of the account waits a few seconds.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use tokio::time::Instant;

/// The number of wrong logins of a user from an address that cause no delay.
pub(super) const FREE_PER_USER: u32 = 5;
/// The delay between further wrong logins of a user from an address: 30 per minute.
pub(super) const DELAY_PER_USER: Duration = Duration::from_secs(2);
/// The number of wrong logins from an address that cause no delay, whatever the user: a class behind one address.
pub(super) const FREE_PER_ADDRESS: u32 = 30;
/// The delay between further wrong logins from an address.
pub(super) const DELAY_PER_ADDRESS: Duration = Duration::from_millis(500);
/// After this time without a wrong login, the earlier ones are forgotten.
const MEMORY: Duration = Duration::from_mins(10);
/// The maximum number of users with addresses, and of addresses, that are remembered. Beyond it the oldest is
/// forgotten.
pub(super) const MAX_ENTRIES: usize = 4_096;

/// Where a login comes from: an IPv4 address or the first 64 bits of an IPv6 address, which belong to one network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Origin(IpAddr);

impl From<IpAddr> for Origin {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into(),
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

/// What is counted: wrong logins from an address, or those of one user from it. Users are hashed, so that long names
/// take no memory.
type Key = (Origin, Option<u64>);

#[derive(Debug, Clone, Copy)]
struct WrongLogins {
    count: u32,
    last: Instant,
}

/// Counts wrong logins.
#[derive(Debug, Default)]
pub(super) struct LoginLimiter {
    wrong: HashMap<Key, WrongLogins>,
    user_hasher: RandomState,
}

impl LoginLimiter {
    fn user_key(&self, origin: Origin, user: &str) -> Key {
        (origin, Some(self.user_hasher.hash_one(user)))
    }

    /// Returns the number of wrong logins from an address that are remembered.
    pub(super) fn wrong_logins(&self, origin: Origin) -> u32 {
        self.wrong.get(&(origin, None)).map_or(0, |wrong| wrong.count)
    }

    /// Returns when the next login of a user from an address may be verified, or `None` if at once.
    pub(super) fn earliest(&self, origin: Origin, user: &str) -> Option<Instant> {
        let earliest = |key: Key, free: u32, delay: Duration| {
            self.wrong.get(&key).filter(|wrong| wrong.count >= free).map(|wrong| wrong.last + delay)
        };
        let of_user = earliest(self.user_key(origin, user), FREE_PER_USER, DELAY_PER_USER);
        of_user.max(earliest((origin, None), FREE_PER_ADDRESS, DELAY_PER_ADDRESS))
    }

    /// Records how a login was verified.
    pub(super) fn record(&mut self, origin: Origin, user: &str, is_right: bool, now: Instant) {
        let user_key = self.user_key(origin, user);
        if is_right {
            // Those of the address stay: an attacker with an account must not reset the limit with it.
            self.wrong.remove(&user_key);
            return;
        }
        for key in [user_key, (origin, None)] {
            self.make_room(key, now);
            let entry = self.wrong.entry(key).or_insert(WrongLogins { count: 0, last: now });
            *entry = WrongLogins { count: entry.count.saturating_add(1), last: now };
        }
    }

    fn make_room(&mut self, key: Key, now: Instant) {
        self.wrong.retain(|_, wrong| now.duration_since(wrong.last) < MEMORY);
        if self.wrong.len() < MAX_ENTRIES || self.wrong.contains_key(&key) {
            return;
        }
        if let Some(oldest) = self.wrong.iter().min_by_key(|(_, wrong)| wrong.last).map(|(key, _)| *key) {
            self.wrong.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(address: &str) -> Origin {
        address.parse::<IpAddr>().unwrap().into()
    }

    #[test]
    fn wrong_logins_delay_only_their_user_and_address() {
        let (mut limiter, now, guesser) = (LoginLimiter::default(), Instant::now(), origin("192.0.2.1"));
        for _ in 0..FREE_PER_USER {
            assert_eq!(limiter.earliest(guesser, "anna"), None);
            limiter.record(guesser, "anna", false, now);
        }
        assert_eq!(limiter.earliest(guesser, "anna"), Some(now + DELAY_PER_USER));
        assert_eq!(limiter.earliest(guesser, "bert"), None);
        assert_eq!(limiter.earliest(origin("192.0.2.2"), "anna"), None);
        limiter.record(guesser, "anna", true, now);
        assert_eq!(limiter.earliest(guesser, "anna"), None, "the right password");
    }

    #[test]
    fn many_users_from_one_address_are_delayed_and_a_right_login_changes_nothing() {
        let (mut limiter, now, guesser) = (LoginLimiter::default(), Instant::now(), origin("2001:db8::1"));
        for number in 0..FREE_PER_ADDRESS {
            assert_eq!(limiter.earliest(guesser, "zoe"), None);
            limiter.record(origin(&format!("2001:db8::{number}")), &format!("user{number}"), false, now);
        }
        limiter.record(guesser, "mallory", true, now);
        assert_eq!(limiter.earliest(guesser, "zoe"), Some(now + DELAY_PER_ADDRESS));
        assert_eq!(limiter.earliest(origin("2001:db8:0:1::1"), "zoe"), None);
        limiter.record(origin("192.0.2.9"), "x", false, now + MEMORY);
        assert_eq!(limiter.earliest(guesser, "zoe"), None, "forgotten");
    }

    #[test]
    fn addresses_of_one_host_in_both_notations_are_one() {
        assert_eq!(origin("::ffff:192.0.2.1"), origin("192.0.2.1"));
    }

    #[test]
    fn table_is_bounded_and_forgets_the_oldest() {
        let (mut limiter, start) = (LoginLimiter::default(), Instant::now());
        for number in 0..MAX_ENTRIES + 1_000 {
            let now = start + Duration::from_millis(number as u64);
            limiter.record(origin("192.0.2.1"), &format!("user{number}"), false, now);
            assert!(limiter.wrong.len() <= MAX_ENTRIES);
        }
        assert_eq!(limiter.wrong_logins(origin("192.0.2.1")) as usize, MAX_ENTRIES + 1_000);
    }
}
