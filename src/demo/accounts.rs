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

use super::error::{AccountError, DemoError};

/// Wrong passwords that one address may send within [`LOGIN_WINDOW_SECONDS`].
const ATTEMPTS: u32 = 30;
const LOGIN_WINDOW_SECONDS: u64 = 60;

/// Who may come in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Access {
    /// Everyone on this machine. Listening beyond it is refused.
    #[default]
    LoopbackOnly,
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
    pub fn random() -> Result<Self, DemoError> {
        let mut bytes = [0; 24];
        rustls::crypto::ring::default_provider()
            .secure_random
            .fill(&mut bytes)
            .map_err(|error| DemoError::RandomSourceFailed(format!("{error:?}")))?;
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
pub fn account_line(user: &str, password: &str) -> Result<String, DemoError> {
    if user.is_empty() || user != user.trim() || user.starts_with('#') || user.contains([':', '\n', '\r', '\0']) {
        return Err(AccountError::InvalidUser(user.escape_debug().to_string()).into());
    }
    if password.is_empty() {
        return Err(AccountError::EmptyPassword.into());
    }
    let hash = PasswordAuthProvider::hash_password(password)
        .map_err(|error| DemoError::RandomSourceFailed(error.to_string()))?;
    Ok(format!("{user}:{hash}"))
}

fn is_argon2_hash(text: &str) -> bool {
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
fn parse(bytes: &[u8]) -> Result<HashMap<String, String>, (usize, AccountError)> {
    let mut accounts: HashMap<String, String> = HashMap::new();
    let mut lines: HashMap<String, usize> = HashMap::new();
    for (line_number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let line = str::from_utf8(line).map_err(|_| (line_number, AccountError::InvalidUtf8))?;
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (user, hash) = line.split_once(':').ok_or((line_number, AccountError::MissingColon))?;
        let (user, hash) = (user.trim().to_owned(), hash.trim());
        if user.is_empty() {
            return Err((line_number, AccountError::MissingUser));
        }
        if !is_argon2_hash(hash) {
            return Err((line_number, AccountError::InvalidHash(user)));
        }
        if let Some(first) = lines.insert(user.clone(), line_number) {
            return Err((line_number, AccountError::DuplicateUser { user, first }));
        }
        accounts.insert(user, hash.to_owned());
    }
    Ok(accounts)
}

fn load_accounts(path: &Path) -> Result<HashMap<String, String>, DemoError> {
    let bytes =
        std::fs::read(path).map_err(|reason| DemoError::AccountsUnreadable { path: path.to_owned(), reason })?;
    let accounts =
        parse(&bytes).map_err(|(line, wrong)| DemoError::InvalidAccountLine { path: path.to_owned(), line, wrong })?;
    if accounts.is_empty() { Err(DemoError::NoAccounts(path.to_owned())) } else { Ok(accounts) }
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
    verification_permit: Semaphore,
}

impl Door {
    /// The door for those whom `access` names. One that asks comes with a pass for the house.
    pub(super) fn new(access: &Access) -> Result<(Self, Option<Pass>), DemoError> {
        let account_table = match access {
            Access::LoopbackOnly | Access::Anonymous => None,
            Access::Accounts(path) => Some(Guests { accounts: load_accounts(path)?, house: Pass::random()? }),
        };
        let internal_credentials = account_table.as_ref().map(|account_table| account_table.house.clone());
        let provider = Self {
            guests: account_table,
            limiter: AuthRateLimiter::new(ATTEMPTS, LOGIN_WINDOW_SECONDS, LOGIN_WINDOW_SECONDS),
            verification_permit: Semaphore::new(1),
        };
        Ok((provider, internal_credentials))
    }

    async fn ask(&self, user: Option<&str>, password: Option<&[u8]>, peer_address: SocketAddr) -> AuthResult {
        let Some(Guests { accounts, house: internal_credentials }) = &self.guests else {
            return user.map_or_else(AuthResult::success, AuthResult::success_with_user);
        };
        let rejected = AuthResult::fail(ReasonCode::BadUsernameOrPassword);
        let (Some(user), Some(password)) = (user, password.and_then(|bytes| str::from_utf8(bytes).ok())) else {
            return rejected;
        };
        if user == internal_credentials.user && password == internal_credentials.password {
            return AuthResult::success_with_user(user);
        }
        let Ok(_permit) = self.verification_permit.acquire().await else { return rejected };
        if !self.limiter.check_rate_limit(peer_address.ip()) {
            return AuthResult::fail(ReasonCode::ServerBusy);
        }
        let verified = match accounts.get(user) {
            Some(hash) => verify_password(password.to_owned(), hash.clone()).await,
            None => false,
        };
        self.limiter.cleanup_expired();
        self.limiter.record_attempt(peer_address.ip(), verified);
        if verified { AuthResult::success_with_user(user) } else { rejected }
    }
}

async fn verify_password(password: String, hash: String) -> bool {
    let verify = move || PasswordAuthProvider::verify_password(&password, &hash);
    tokio::task::spawn_blocking(verify).await.unwrap_or(false)
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
    fn account_line_round_trips_through_parser() {
        let generated = account_line("alice", "open sesame").unwrap();
        let accounts = parse(format!("# the class\n\n  {generated}\r\nbob : {HASH}\n").as_bytes()).unwrap();
        assert!(PasswordAuthProvider::verify_password("open sesame", &accounts["alice"]));
        assert!(!PasswordAuthProvider::verify_password("open", &accounts["alice"]));
        assert_eq!(accounts["bob"], HASH);
    }

    #[test]
    fn account_parser_reports_line_and_reason() {
        for (text, line, message) in [
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
            let (error_line, error) = parse(text.as_bytes()).unwrap_err();
            assert_eq!((error_line, error.to_string().as_str()), (line, message), "{text}");
        }
        assert_eq!(parse(b"\n\xff:x"), Err((2, AccountError::InvalidUtf8)));
    }

    #[test]
    fn account_line_rejects_invalid_user_and_empty_password() {
        for user in ["", "a:b", " a", "a ", "#a", "a\nb"] {
            assert!(
                matches!(account_line(user, "x"), Err(DemoError::InvalidAccount(AccountError::InvalidUser(_)))),
                "{user:?}"
            );
        }
        assert!(matches!(account_line("a", ""), Err(DemoError::InvalidAccount(AccountError::EmptyPassword))));
    }

    #[tokio::test]
    async fn login_rate_limit_applies_per_peer_address() {
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
    fn credentials_debug_output_hides_password() {
        let credentials = Pass::random().unwrap();
        assert!(!format!("{credentials:?}").contains(&credentials.password));
        assert_ne!(credentials, Pass::random().unwrap());
    }
}
