//! Authentication of the clients of the demo's broker: the accounts file, and the broker's authentication
//! provider.
//!
//! A line of the file is `user:hash`, where the hash is an argon2 string such as
//! `$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`; [`account_line`] creates one. Empty lines and lines that begin
//! with `#` are ignored.

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

/// The maximum number of wrong passwords from one address within [`LOGIN_WINDOW_SECONDS`].
const MAX_LOGIN_ATTEMPTS: u32 = 30;
const LOGIN_WINDOW_SECONDS: u64 = 60;

/// Who may connect to the broker.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Access {
    /// Every client on this machine. Listening on other than loopback addresses is refused.
    #[default]
    LoopbackOnly,
    /// Every client that can reach the broker; the user has allowed this explicitly.
    Anonymous,
    /// The users in this accounts file.
    Accounts(PathBuf),
}

/// A user name and a password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials({}, …)", self.user)
    }
}

impl Credentials {
    /// Generates random credentials for the demo's own clients.
    ///
    /// # Errors
    /// When the system provides no random numbers.
    pub fn random() -> Result<Self, DemoError> {
        let mut bytes = [0; 24];
        rustls::crypto::ring::default_provider()
            .secure_random
            .fill(&mut bytes)
            .map_err(|_| DemoError::RandomSourceFailed("the system provides none".to_owned()))?;
        let mut hex = bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        let password = hex.split_off(16);
        Ok(Self { user: format!("mqtt-dash-{hex}"), password })
    }
}

/// Returns the line `user:hash` of an accounts file for a user.
///
/// # Errors
/// When the user name is not allowed in the file, the password is empty, or hashing fails.
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

/// Parses an accounts file into a map from user to hash. An error comes with its line number, from 1.
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

/// The accounts that may connect.
struct AccountTable {
    /// From user to argon2 hash.
    accounts: HashMap<String, String>,
    internal_credentials: Credentials,
}

/// The authentication provider of the broker.
pub(super) struct AccountAuthProvider {
    /// `None` if every client may connect.
    account_table: Option<AccountTable>,
    limiter: AuthRateLimiter,
    /// Passwords are verified one at a time: each takes 19 MiB and tens of milliseconds, and the limiter
    /// would not count concurrent attempts.
    verification_permit: Semaphore,
}

impl AccountAuthProvider {
    /// Creates a provider for `access`. If it requires passwords, also returns credentials for the demo's own
    /// clients.
    ///
    /// # Errors
    /// When the accounts file cannot be read or is invalid, or the system provides no random numbers.
    pub(super) fn new(access: &Access) -> Result<(Self, Option<Credentials>), DemoError> {
        let account_table = match access {
            Access::LoopbackOnly | Access::Anonymous => None,
            Access::Accounts(path) => {
                Some(AccountTable { accounts: load_accounts(path)?, internal_credentials: Credentials::random()? })
            }
        };
        let internal_credentials = account_table.as_ref().map(|table| table.internal_credentials.clone());
        let provider = Self {
            account_table,
            limiter: AuthRateLimiter::new(MAX_LOGIN_ATTEMPTS, LOGIN_WINDOW_SECONDS, LOGIN_WINDOW_SECONDS),
            verification_permit: Semaphore::new(1),
        };
        Ok((provider, internal_credentials))
    }

    async fn verify_login(&self, user: Option<&str>, password: Option<&[u8]>, peer_address: SocketAddr) -> AuthResult {
        let Some(AccountTable { accounts, internal_credentials }) = &self.account_table else {
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

impl AuthProvider for AccountAuthProvider {
    fn authenticate<'a>(
        &'a self,
        connect: &'a ConnectPacket,
        client_addr: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = mqtt5::Result<AuthResult>> + Send + 'a>> {
        let (user, password) = (connect.username.as_deref(), connect.password.as_deref());
        Box::pin(async move { Ok(self.verify_login(user, password, client_addr).await) })
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
            ("\nalice\n", 2, "expected `user:hash`; `mqtt-dash demo --hash-password USER` prints such a line"),
            (":x", 1, "the user name before `:` is missing"),
            (
                "alice:hunter2",
                1,
                "the password of `alice` is not an argon2 hash; `mqtt-dash demo --hash-password alice` prints the right line",
            ),
            (
                "bob:$7$101$abc$def",
                1,
                "the password of `bob` is not an argon2 hash; `mqtt-dash demo --hash-password bob` prints the right line",
            ),
            (&format!("a:{HASH}\n#\na:{HASH}"), 3, "`a` is already in line 1: remove one of them"),
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
        let internal = Credentials::random().unwrap();
        let mut provider = AccountAuthProvider::new(&Access::Anonymous).unwrap().0;
        let accounts = HashMap::from([("bob".to_owned(), HASH.to_owned())]);
        provider.account_table = Some(AccountTable { accounts, internal_credentials: internal.clone() });
        let [guesser, other] = ["192.0.2.1:5", "192.0.2.2:5"].map(|address| address.parse().unwrap());
        for _ in 0..MAX_LOGIN_ATTEMPTS {
            let result = provider.verify_login(Some("alice"), Some(b"guess"), guesser).await;
            assert_eq!(result.reason_code, ReasonCode::BadUsernameOrPassword);
        }
        let login_from = async |peer| provider.verify_login(Some("alice"), Some(b"guess"), peer).await.reason_code;
        assert_eq!(login_from(guesser).await, ReasonCode::ServerBusy);
        assert_eq!(login_from(other).await, ReasonCode::BadUsernameOrPassword);
        let (user, password) = (Some(internal.user.as_str()), Some(internal.password.as_bytes()));
        assert!(provider.verify_login(user, password, guesser).await.authenticated);
    }

    #[test]
    fn credentials_debug_output_hides_password() {
        let credentials = Credentials::random().unwrap();
        assert!(!format!("{credentials:?}").contains(&credentials.password));
        assert_ne!(credentials, Credentials::random().unwrap());
    }
}
