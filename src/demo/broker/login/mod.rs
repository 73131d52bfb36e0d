//! Verifies the passwords of the broker's clients, in a task of its own.
//!
//! An unknown user costs the same work as a wrong password: the password is verified against the hash of some account,
//! and rejected. A password that was right once is recognized by a keyed hash in memory, so that clients that reconnect
//! neither wait behind others nor cost a verification.

mod limiter;
mod queue;

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    net::IpAddr,
};

use mqtt5::broker::PasswordAuthProvider;
use sha2::{Digest as _, Sha256};
use tokio::{
    select,
    sync::{mpsc, oneshot},
    task::{JoinHandle, spawn_blocking},
    time::{Instant, sleep_until},
};

pub(super) use self::queue::LoginResult;
use self::queue::{LoginQueue, NextLogin, WaitingLogin};
use crate::demo::{accounts::Accounts, error::DemoError};

/// The capacity of the channel to the task. The task never waits for long.
const CHANNEL_CAPACITY: usize = 64;

/// Verifies logins. Clones reach the same task, which ends with the last of them.
#[derive(Debug, Clone)]
pub(super) struct LoginService {
    requests: mpsc::Sender<WaitingLogin>,
}

impl LoginService {
    /// Starts the task for the accounts: from user name to argon2 hash.
    ///
    /// # Errors
    /// When the system provides no random numbers.
    pub(super) fn start(accounts: &Accounts) -> Result<Self, DemoError> {
        let hashes = accounts.iter().map(|(user, account)| (user.clone(), account.hash.clone())).collect();
        let (requests, receiver) = mpsc::channel(CHANNEL_CAPACITY);
        let verifier = LoginVerifier::new(hashes)?;
        tokio::spawn(verifier.run(receiver));
        Ok(Self { requests })
    }

    /// Verifies a login from an address. Waits behind others, and after wrong logins.
    pub(super) async fn verify(&self, user: &str, password: &str, address: IpAddr) -> LoginResult {
        let (reply, result) = oneshot::channel();
        let login =
            WaitingLogin { origin: address.into(), user: user.to_owned(), password: password.to_owned(), reply };
        match self.requests.send(login).await {
            Ok(()) => result.await.unwrap_or(LoginResult::Busy),
            Err(_) => LoginResult::Busy,
        }
    }
}

/// The state of the task.
struct LoginVerifier {
    /// From user name to argon2 hash.
    hashes: HashMap<String, String>,
    /// The users in a fixed order: one of them stands in for each unknown user.
    users: Vec<String>,
    stand_in_hasher: RandomState,
    /// From user name to the keyed hash of the password that was right.
    recognized: HashMap<String, [u8; 32]>,
    recognition_key: [u8; 32],
    queue: LoginQueue,
    /// The number of argon2 verifications.
    verifications: u64,
}

/// A login that is being verified.
type Verification = Option<(WaitingLogin, JoinHandle<bool>)>;

impl LoginVerifier {
    fn new(hashes: HashMap<String, String>) -> Result<Self, DemoError> {
        let mut recognition_key = [0; 32];
        rustls::crypto::ring::default_provider()
            .secure_random
            .fill(&mut recognition_key)
            .map_err(|error| DemoError::RandomSourceFailed(format!("{error:?}")))?;
        Ok(Self {
            users: hashes.keys().cloned().collect(),
            hashes,
            stand_in_hasher: RandomState::new(),
            recognized: HashMap::new(),
            recognition_key,
            queue: LoginQueue::default(),
            verifications: 0,
        })
    }

    async fn run(mut self, mut requests: mpsc::Receiver<WaitingLogin>) {
        let mut verification: Verification = None;
        loop {
            let mut wait_until = None;
            if verification.is_none() {
                match self.queue.next(Instant::now()) {
                    NextLogin::Verify(login) => verification = Some(self.start_verification(login)),
                    NextLogin::WaitUntil(time) => wait_until = Some(time),
                    NextLogin::Idle => {}
                }
            }
            select! {
                request = requests.recv() => match request {
                    Some(login) => self.admit(login),
                    None => return,
                },
                verified = finished(&mut verification) => {
                    if let Some((login, _)) = verification.take() {
                        self.finish(login, verified);
                    }
                }
                () = sleep_until(wait_until.unwrap_or_else(Instant::now)), if wait_until.is_some() => {}
            }
        }
    }

    /// Accepts a password that was right before, and queues all others.
    fn admit(&mut self, login: WaitingLogin) {
        if self.recognized.get(&login.user) == Some(&self.keyed_hash(&login)) {
            answer(login, LoginResult::Accepted);
        } else {
            self.queue.push(login);
        }
    }

    fn start_verification(&mut self, login: WaitingLogin) -> (WaitingLogin, JoinHandle<bool>) {
        self.verifications += 1;
        let known = self.hashes.get(&login.user);
        let hash = known.or_else(|| self.stand_in(&login.user)).cloned().unwrap_or_default();
        let (password, is_known) = (login.password.clone(), known.is_some());
        let verify = move || PasswordAuthProvider::verify_password(&password, &hash) && is_known;
        (login, spawn_blocking(verify))
    }

    /// Returns the hash of the account that stands in for an unknown user: always the same one, as if the user existed.
    fn stand_in(&self, user: &str) -> Option<&String> {
        let count = u64::try_from(self.users.len()).ok().filter(|count| *count > 0)?;
        let index = usize::try_from(self.stand_in_hasher.hash_one(user) % count).ok()?;
        self.hashes.get(&self.users[index])
    }

    fn finish(&mut self, login: WaitingLogin, is_right: bool) {
        self.queue.record(login.origin, &login.user, is_right, Instant::now());
        if is_right {
            self.recognized.insert(login.user.clone(), self.keyed_hash(&login));
        }
        answer(login, if is_right { LoginResult::Accepted } else { LoginResult::Rejected });
    }

    fn keyed_hash(&self, login: &WaitingLogin) -> [u8; 32] {
        let user_length = login.user.len().to_be_bytes();
        let parts = [&self.recognition_key[..], &user_length, login.user.as_bytes(), login.password.as_bytes()];
        parts.into_iter().fold(Sha256::new(), Sha256::chain_update).finalize().into()
    }
}

/// The client may have given up; then nobody waits for the reply.
fn answer(login: WaitingLogin, result: LoginResult) {
    let _ = login.reply.send(result);
}

/// Waits for the verification, or forever if there is none.
async fn finished(verification: &mut Verification) -> bool {
    match verification {
        Some((_, verified)) => verified.await.unwrap_or(false),
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::accounts::account_line;

    fn hash(password: &str) -> String {
        account_line("x", password).unwrap().split_once(':').unwrap().1.to_owned()
    }

    fn login(user: &str, password: &str) -> (WaitingLogin, oneshot::Receiver<LoginResult>) {
        let (reply, result) = oneshot::channel();
        let origin = IpAddr::from([192, 0, 2, 1]).into();
        (WaitingLogin { origin, user: user.to_owned(), password: password.to_owned(), reply }, result)
    }

    /// Passes one login through the verifier, and returns its result and the argon2 verifications that it cost.
    async fn verify(verifier: &mut LoginVerifier, user: &str, password: &str) -> (LoginResult, u64) {
        let before = verifier.verifications;
        let (waiting, mut result) = login(user, password);
        verifier.admit(waiting);
        if let NextLogin::Verify(waiting) = verifier.queue.next(Instant::now()) {
            let mut verification = Some(verifier.start_verification(waiting));
            let is_right = finished(&mut verification).await;
            verifier.finish(verification.unwrap().0, is_right);
        }
        (result.try_recv().unwrap(), verifier.verifications - before)
    }

    #[tokio::test]
    async fn unknown_user_costs_the_same_verification_as_a_wrong_password() {
        let hashes = HashMap::from([("anna".to_owned(), hash("open")), ("bert".to_owned(), hash("sesame"))]);
        let mut verifier = LoginVerifier::new(hashes).unwrap();
        assert_eq!(verify(&mut verifier, "anna", "wrong").await, (LoginResult::Rejected, 1));
        // The stand-in of some of these has the password: it is still wrong.
        for number in 0..8 {
            let user = format!("nobody{number}");
            assert!(verifier.stand_in(&user).is_some_and(|hash| hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")));
            assert_eq!(verify(&mut verifier, &user, "open").await, (LoginResult::Rejected, 1));
        }
    }

    #[tokio::test]
    async fn right_password_is_recognized_without_a_verification_during_an_attack() {
        let mut verifier = LoginVerifier::new(HashMap::from([("anna".to_owned(), hash("open"))])).unwrap();
        assert_eq!(verify(&mut verifier, "anna", "open").await, (LoginResult::Accepted, 1));
        let attack: Vec<_> = (0..1_000).map(|number| login("anna", &format!("guess{number}"))).collect();
        let _replies: Vec<_> = attack.into_iter().map(|(waiting, reply)| (verifier.admit(waiting), reply)).collect();
        let (waiting, mut result) = login("anna", "open");
        verifier.admit(waiting);
        assert_eq!(result.try_recv(), Ok(LoginResult::Accepted));
        assert_eq!(verifier.verifications, 1);
        let (waiting, mut result) = login("bert", "open");
        verifier.admit(waiting);
        assert!(result.try_recv().is_err(), "the password of another user is not recognized");
    }
}
