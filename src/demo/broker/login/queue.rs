//! The logins that wait for their verification, and which of them is next.
//!
//! A verification takes tens of milliseconds and 19 MiB, so there is one at a time. The queue is bounded in total, for
//! each address, and for each user and address; what does not fit is refused at once. The addresses take turns, so that
//! a flood from one of them delays the others by one verification.

use std::collections::HashMap;

use tokio::{sync::oneshot, time::Instant};

use super::limiter::{LoginLimiter, Origin};

/// The maximum number of logins that wait: a few seconds of verifications.
pub(super) const MAX_WAITING: usize = 256;
/// The maximum number of logins from one address that wait.
pub(super) const MAX_WAITING_PER_ADDRESS: usize = 40;
/// The maximum number of logins of one user from one address that wait. Clients of one user may start together.
pub(super) const MAX_WAITING_PER_USER: usize = 4;

/// The result of a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LoginResult {
    /// The password is right.
    Accepted,
    /// The user does not exist or the password is wrong.
    Rejected,
    /// Too many logins wait.
    Busy,
}

/// A login that waits.
#[derive(Debug)]
pub(super) struct WaitingLogin {
    pub origin: Origin,
    pub user: String,
    pub password: String,
    /// Closed when the client has given up.
    pub reply: oneshot::Sender<LoginResult>,
}

/// What to do next.
#[derive(Debug)]
pub(super) enum NextLogin {
    /// Verify this one.
    Verify(WaitingLogin),
    /// None may be verified before this time.
    WaitUntil(Instant),
    /// No login waits.
    Idle,
}

/// The logins that wait, and the wrong ones that were verified.
#[derive(Debug, Default)]
pub(super) struct LoginQueue {
    /// In the order of their arrival.
    waiting: Vec<WaitingLogin>,
    /// The turn in which an address of a waiting login was last served.
    turns: HashMap<Origin, u64>,
    last_turn: u64,
    limiter: LoginLimiter,
}

impl LoginQueue {
    /// Adds a login, or refuses it or another one.
    pub(super) fn push(&mut self, login: WaitingLogin) {
        self.waiting.retain(|waiting| !waiting.reply.is_closed());
        let from_origin = self.waiting.iter().filter(|waiting| waiting.origin == login.origin);
        let of_user = from_origin.clone().filter(|waiting| waiting.user == login.user).count();
        if from_origin.count() >= MAX_WAITING_PER_ADDRESS || of_user >= MAX_WAITING_PER_USER {
            return refuse(login);
        }
        if self.waiting.len() >= MAX_WAITING {
            // The address with the most wrong logins makes room for those with fewer.
            let wrong_logins = |login: &WaitingLogin| self.limiter.wrong_logins(login.origin);
            let worst = (0..self.waiting.len()).max_by_key(|index| wrong_logins(&self.waiting[*index]));
            match worst.filter(|index| wrong_logins(&self.waiting[*index]) > wrong_logins(&login)) {
                Some(index) => refuse(self.waiting.remove(index)),
                None => return refuse(login),
            }
        }
        self.waiting.push(login);
    }

    /// Removes the next login to verify: of the address that was served the longest time ago.
    pub(super) fn next(&mut self, now: Instant) -> NextLogin {
        self.waiting.retain(|waiting| !waiting.reply.is_closed());
        self.turns.retain(|origin, _| self.waiting.iter().any(|waiting| waiting.origin == *origin));
        let earliest: Vec<Option<Instant>> =
            self.waiting.iter().map(|waiting| self.limiter.earliest(waiting.origin, &waiting.user)).collect();
        let is_due = |index: &usize| earliest[*index].is_none_or(|earliest| earliest <= now);
        let turn = |index: &usize| self.turns.get(&self.waiting[*index].origin).copied();
        match (0..self.waiting.len()).filter(is_due).min_by_key(turn) {
            Some(index) => {
                let login = self.waiting.remove(index);
                self.last_turn += 1;
                self.turns.insert(login.origin, self.last_turn);
                NextLogin::Verify(login)
            }
            None => earliest.into_iter().flatten().min().map_or(NextLogin::Idle, NextLogin::WaitUntil),
        }
    }

    /// Records how a login was verified.
    pub(super) fn record(&mut self, origin: Origin, user: &str, is_right: bool, now: Instant) {
        self.limiter.record(origin, user, is_right, now);
    }
}

/// The client may have given up; then nobody waits for the reply.
fn refuse(login: WaitingLogin) {
    let _ = login.reply.send(LoginResult::Busy);
}

#[cfg(test)]
mod tests {
    use std::{net::IpAddr, time::Duration};

    use super::{super::limiter::*, *};

    fn origin(number: u8) -> Origin {
        IpAddr::from([192, 0, 2, number]).into()
    }

    /// Adds a login, and returns the receiver of its reply.
    fn push(queue: &mut LoginQueue, address: u8, user: &str) -> oneshot::Receiver<LoginResult> {
        let (reply, receiver) = oneshot::channel();
        queue.push(WaitingLogin { origin: origin(address), user: user.to_owned(), password: String::new(), reply });
        receiver
    }

    fn next(queue: &mut LoginQueue, now: Instant) -> Option<(Origin, String)> {
        match queue.next(now) {
            NextLogin::Verify(login) => Some((login.origin, login.user)),
            NextLogin::WaitUntil(_) | NextLogin::Idle => None,
        }
    }

    #[test]
    fn addresses_take_turns() {
        let (mut queue, now) = (LoginQueue::default(), Instant::now());
        let _flood: Vec<_> = (0..30).map(|number| push(&mut queue, 1, &format!("user{number}"))).collect();
        assert_eq!(next(&mut queue, now).unwrap().0, origin(1));
        let _anna = push(&mut queue, 2, "anna");
        assert_eq!(next(&mut queue, now).unwrap(), (origin(2), "anna".to_owned()), "before the rest of the flood");
        let _bert = push(&mut queue, 2, "bert");
        assert_eq!([next(&mut queue, now).unwrap().0, next(&mut queue, now).unwrap().0], [origin(1), origin(2)]);
    }

    #[test]
    fn queue_is_bounded_per_user_and_per_address() {
        let mut queue = LoginQueue::default();
        let mut of_anna: Vec<_> = (0..=MAX_WAITING_PER_USER).map(|_| push(&mut queue, 1, "anna")).collect();
        assert_eq!(of_anna.pop().unwrap().try_recv(), Ok(LoginResult::Busy));
        assert!(of_anna.iter_mut().all(|reply| reply.try_recv().is_err()), "the others wait");
        let mut others: Vec<_> =
            (MAX_WAITING_PER_USER..=MAX_WAITING_PER_ADDRESS).map(|n| push(&mut queue, 1, &n.to_string())).collect();
        assert_eq!(others.pop().unwrap().try_recv(), Ok(LoginResult::Busy));
        assert!(push(&mut queue, 2, "anna").try_recv().is_err(), "another address");
        drop(of_anna);
        assert!(push(&mut queue, 1, "bert").try_recv().is_err(), "those who gave up make room");
    }

    #[test]
    fn full_queue_refuses_the_address_with_the_most_wrong_logins() {
        let (mut queue, now) = (LoginQueue::default(), Instant::now());
        queue.record(origin(1), "x", false, now);
        queue.record(origin(2), "x", false, now);
        queue.record(origin(2), "x", false, now);
        let mut waiting: Vec<_> = (1..=MAX_WAITING / 32)
            .flat_map(|address| (0..32).map(move |user| (u8::try_from(address).unwrap(), user.to_string())))
            .map(|(address, user)| (address, push(&mut queue, address, &user)))
            .collect();
        assert_eq!(queue.waiting.len(), MAX_WAITING);
        let mut anna = push(&mut queue, 100, "anna");
        assert!(anna.try_recv().is_err(), "no wrong login from there");
        let refused: Vec<u8> =
            waiting.iter_mut().filter_map(|(address, reply)| reply.try_recv().is_ok().then_some(*address)).collect();
        assert_eq!(refused, [2]);
        queue.record(origin(101), "x", false, now);
        queue.record(origin(101), "x", false, now);
        assert_eq!(push(&mut queue, 101, "anna").try_recv(), Ok(LoginResult::Busy), "no better than the worst");
    }

    #[test]
    fn right_password_gets_in_after_an_attack_from_the_same_address() {
        let (mut queue, start) = (LoginQueue::default(), Instant::now());
        let mut now = start;
        let mut attack: Vec<_> = (0..200).map(|number| push(&mut queue, 1, &format!("anna{}", number % 5))).collect();
        while let NextLogin::Verify(login) = queue.next(now) {
            queue.record(login.origin, &login.user, false, now);
        }
        for _ in 0..100 {
            attack.extend((0..20).map(|_| push(&mut queue, 1, "anna0")));
            if let NextLogin::Verify(login) = queue.next(now) {
                queue.record(login.origin, &login.user, false, now);
            }
            now += DELAY_PER_USER;
        }
        let verified = now - start;
        assert!(verified < DELAY_PER_USER * 110, "the attack is slow, not stopped");
        // The attack ends, and its connections close.
        attack.clear();
        let _owner = push(&mut queue, 1, "anna0");
        let wait = match queue.next(now) {
            NextLogin::Verify(login) => (login.user == "anna0").then_some(Duration::ZERO),
            NextLogin::WaitUntil(time) => Some(time - now),
            NextLogin::Idle => None,
        };
        assert!(wait.unwrap() <= DELAY_PER_USER);
    }

    #[test]
    fn delayed_logins_do_not_delay_others() {
        let (mut queue, now) = (LoginQueue::default(), Instant::now());
        for _ in 0..FREE_PER_USER {
            queue.record(origin(1), "anna", false, now);
        }
        let _guess = push(&mut queue, 1, "anna");
        assert!(matches!(queue.next(now), NextLogin::WaitUntil(time) if time == now + DELAY_PER_USER));
        let _bert = push(&mut queue, 1, "bert");
        assert_eq!(next(&mut queue, now).unwrap().1, "bert");
        assert_eq!(next(&mut queue, now + DELAY_PER_USER).unwrap().1, "anna");
        assert!(matches!(queue.next(now), NextLogin::Idle));
    }
}
