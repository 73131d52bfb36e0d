//! Who may come in: the file of accounts, and the door that asks for them.
//!
//! A line is `user:hash`, where the hash is an argon2 string such as
//! `$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`; [`line()`] makes one. Empty lines and lines that begin
//! with `#` say nothing.

use std::{
    collections::HashMap,
    fmt::Write as _,
    future::Future,
    net::SocketAddr,
    path::{Path, PathBuf},
    pin::Pin,
};

use mqtt5::{
    broker::{AuthProvider, AuthResult, PasswordAuthProvider, auth::AuthRateLimiter},
    packet::connect::ConnectPacket,
    protocol::v5::reason_codes::ReasonCode,
};
use tokio::sync::Semaphore;

use super::fault::{AccountFault, DemoFault};

/// Wrong passwords that one address may send within [`WINDOW_SECONDS`].
const ATTEMPTS: u32 = 30;
const WINDOW_SECONDS: u64 = 60;

/// Who may come in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Access {
    /// Everyone on this machine. Listening beyond it is refused.
    #[default]
    ThisMachine,
    /// Everyone who can reach the broker, as the person has said in so many words.
    Anonymous,
    /// The users in this file.
    Accounts(PathBuf),
}

/// A user and a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Pass {
    /// The user.
    pub user: String,
    /// The password.
    pub password: String,
}

impl std::fmt::Debug for Pass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pass({}, …)", self.user)
    }
}

impl Pass {
    /// A pass that nobody can guess, for the demo's own clients.
    ///
    /// # Errors
    /// When the machine gives no random numbers.
    pub fn random() -> Result<Self, DemoFault> {
        let mut bytes = [0; 24];
        rustls::crypto::ring::default_provider()
            .secure_random
            .fill(&mut bytes)
            .map_err(|fault| DemoFault::Random(format!("{fault:?}")))?;
        let mut hex = bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        let password = hex.split_off(16);
        Ok(Self { user: format!("mqtt-dash-{hex}"), password })
    }
}

/// The line of a file of accounts for this user: `user:hash`.
///
/// # Errors
/// When a line cannot hold the user's name, or the password is empty.
pub fn line(user: &str, password: &str) -> Result<String, DemoFault> {
    if user.is_empty() || user != user.trim() || user.starts_with('#') || user.contains([':', '\n', '\r', '\0']) {
        return Err(AccountFault::BadUser(user.escape_debug().to_string()).into());
    }
    if password.is_empty() {
        return Err(AccountFault::NoPassword.into());
    }
    let hash = PasswordAuthProvider::hash_password(password).map_err(|fault| DemoFault::Random(fault.to_string()))?;
    Ok(format!("{user}:{hash}"))
}

fn is_hash(text: &str) -> bool {
    let base64 = |part: &str| {
        part.len() >= 11 && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
    };
    let parts: Vec<&str> = text.split('$').collect();
    matches!(
        parts.as_slice(),
        ["", "argon2id" | "argon2i" | "argon2d", "v=19", parameters, salt, hash]
            if parameters.starts_with("m=") && base64(salt) && base64(hash)
    )
}

/// Reads the text of a file of accounts: user → hash. A fault comes with its line, from 1.
fn parse(bytes: &[u8]) -> Result<HashMap<String, String>, (usize, AccountFault)> {
    let mut accounts: HashMap<String, String> = HashMap::new();
    let mut lines: HashMap<String, usize> = HashMap::new();
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let line = str::from_utf8(line).map_err(|_| (number, AccountFault::NotText))?;
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (user, hash) = line.split_once(':').ok_or((number, AccountFault::NoColon))?;
        let (user, hash) = (user.trim().to_owned(), hash.trim());
        if user.is_empty() {
            return Err((number, AccountFault::NoUser));
        }
        if !is_hash(hash) {
            return Err((number, AccountFault::NoHash(user)));
        }
        if let Some(first) = lines.insert(user.clone(), number) {
            return Err((number, AccountFault::Twice { user, first }));
        }
        accounts.insert(user, hash.to_owned());
    }
    Ok(accounts)
}

fn load(path: &Path) -> Result<HashMap<String, String>, DemoFault> {
    let bytes =
        std::fs::read(path).map_err(|reason| DemoFault::AccountsUnreadable { path: path.to_owned(), reason })?;
    let accounts =
        parse(&bytes).map_err(|(line, wrong)| DemoFault::AccountsLine { path: path.to_owned(), line, wrong })?;
    if accounts.is_empty() { Err(DemoFault::NoAccounts(path.to_owned())) } else { Ok(accounts) }
}

/// Whom a door that asks lets in.
struct Guests {
    accounts: HashMap<String, String>,
    house: Pass,
}

/// The door of the broker.
pub(super) struct Door {
    /// `None`: everyone comes in.
    guests: Option<Guests>,
    limiter: AuthRateLimiter,
    /// One guest is asked at a time: a check takes 19 MiB and tens of milliseconds, and attempts that
    /// run side by side would not be counted.
    turn: Semaphore,
}

impl Door {
    /// The door for those whom `access` names. One that asks comes with a pass for the house.
    pub(super) fn new(access: &Access) -> Result<(Self, Option<Pass>), DemoFault> {
        let guests = match access {
            Access::ThisMachine | Access::Anonymous => None,
            Access::Accounts(path) => Some(Guests { accounts: load(path)?, house: Pass::random()? }),
        };
        let house = guests.as_ref().map(|guests| guests.house.clone());
        let door = Self {
            guests,
            limiter: AuthRateLimiter::new(ATTEMPTS, WINDOW_SECONDS, WINDOW_SECONDS),
            turn: Semaphore::new(1),
        };
        Ok((door, house))
    }

    async fn ask(&self, user: Option<&str>, password: Option<&[u8]>, from: SocketAddr) -> AuthResult {
        let Some(Guests { accounts, house }) = &self.guests else {
            return user.map_or_else(AuthResult::success, AuthResult::success_with_user);
        };
        let wrong = AuthResult::fail(ReasonCode::BadUsernameOrPassword);
        let (Some(user), Some(password)) = (user, password.and_then(|bytes| str::from_utf8(bytes).ok())) else {
            return wrong;
        };
        if user == house.user && password == house.password {
            return AuthResult::success_with_user(user);
        }
        let Ok(_turn) = self.turn.acquire().await else { return wrong };
        if !self.limiter.check_rate_limit(from.ip()) {
            return AuthResult::fail(ReasonCode::ServerBusy);
        }
        let right = match accounts.get(user) {
            Some(hash) => check(password.to_owned(), hash.clone()).await,
            None => false,
        };
        self.limiter.cleanup_expired();
        self.limiter.record_attempt(from.ip(), right);
        if right { AuthResult::success_with_user(user) } else { wrong }
    }
}

async fn check(password: String, hash: String) -> bool {
    let check = move || PasswordAuthProvider::verify_password(&password, &hash);
    tokio::task::spawn_blocking(check).await.unwrap_or(false)
}

impl AuthProvider for Door {
    fn authenticate<'a>(
        &'a self,
        connect: &'a ConnectPacket,
        client_addr: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = mqtt5::Result<AuthResult>> + Send + 'a>> {
        Box::pin(
            async move { Ok(self.ask(connect.username.as_deref(), connect.password.as_deref(), client_addr).await) },
        )
    }

    fn authorize_publish<'a>(
        &'a self,
        _client_id: &str,
        _user_id: Option<&'a str>,
        _topic: &'a str,
    ) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>> {
        Box::pin(std::future::ready(true))
    }

    fn authorize_subscribe<'a>(
        &'a self,
        _client_id: &str,
        _user_id: Option<&'a str>,
        _topic_filter: &'a str,
    ) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>> {
        Box::pin(std::future::ready(true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzYWx0$uQwQ3Yp4jGmUXQdd7hQm8ztJ0wQv0sK0g8Yc4u0q3aE";

    #[test]
    fn a_made_line_is_read_again() {
        let made = line("alice", "open sesame").unwrap();
        let accounts = parse(format!("# the class\n\n  {made}\r\nbob : {HASH}\n").as_bytes()).unwrap();
        assert!(PasswordAuthProvider::verify_password("open sesame", &accounts["alice"]));
        assert!(!PasswordAuthProvider::verify_password("open", &accounts["alice"]));
        assert_eq!(accounts["bob"], HASH);
    }

    #[test]
    fn each_wrong_line_is_named() {
        for (text, line, sentence) in [
            ("\nalice\n", 2, "`user:hash` is wanted; `mqtt-dash demo --hash-password USER` prints such a line"),
            (":x", 1, "the user's name is missing before the `:`"),
            (
                "alice:hunter2",
                1,
                "the password of `alice` is no argon2 hash; `mqtt-dash demo --hash-password alice` prints the line to put here",
            ),
            (
                "bob:$7$101$abc$def",
                1,
                "the password of `bob` is no argon2 hash; `mqtt-dash demo --hash-password bob` prints the line to put here",
            ),
            (&format!("a:{HASH}\n#\na:{HASH}"), 3, "`a` stands in line 1 already; keep one of the two"),
        ] {
            let (at, fault) = parse(text.as_bytes()).unwrap_err();
            assert_eq!((at, fault.to_string().as_str()), (line, sentence), "{text}");
        }
        assert_eq!(parse(b"\n\xff:x"), Err((2, AccountFault::NotText)));
    }

    #[test]
    fn names_that_a_line_cannot_hold_are_refused() {
        for user in ["", "a:b", " a", "a ", "#a", "a\nb"] {
            assert!(matches!(line(user, "x"), Err(DemoFault::Account(AccountFault::BadUser(_)))), "{user:?}");
        }
        assert!(matches!(line("a", ""), Err(DemoFault::Account(AccountFault::NoPassword))));
    }

    #[tokio::test]
    async fn who_guesses_too_often_has_to_wait_but_nobody_else() {
        let house = Pass::random().unwrap();
        let mut door = Door::new(&Access::Anonymous).unwrap().0;
        let accounts = HashMap::from([("bob".to_owned(), HASH.to_owned())]);
        door.guests = Some(Guests { accounts, house: house.clone() });
        let [guesser, other] = ["192.0.2.1:5", "192.0.2.2:5"].map(|address| address.parse().unwrap());
        for _ in 0..ATTEMPTS {
            let answer = door.ask(Some("alice"), Some(b"guess"), guesser).await;
            assert_eq!(answer.reason_code, ReasonCode::BadUsernameOrPassword);
        }
        let again = async |from| door.ask(Some("alice"), Some(b"guess"), from).await.reason_code;
        assert_eq!(again(guesser).await, ReasonCode::ServerBusy);
        assert_eq!(again(other).await, ReasonCode::BadUsernameOrPassword);
        assert!(door.ask(Some(&house.user), Some(house.password.as_bytes()), guesser).await.authenticated);
    }

    #[test]
    fn a_pass_is_never_shown() {
        let pass = Pass::random().unwrap();
        assert!(!format!("{pass:?}").contains(&pass.password));
        assert_ne!(pass, Pass::random().unwrap());
    }
}
