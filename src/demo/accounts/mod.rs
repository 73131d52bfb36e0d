//! The accounts file of the demo's broker: who may connect, and what each account may read and write.
//!
//! A line of the file is `user:hash`, where the hash is an argon2 string such as
//! `$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`; [`account_line`] creates one. The lines `topic read FILTER`,
//! `topic write FILTER`, `topic readwrite FILTER` and `topic deny FILTER` below it limit the account (see
//! [`access_rules`]). Empty lines and lines that begin with `#` are ignored.

pub(super) mod access_rules;

use std::{
    collections::HashMap,
    fmt::Write as _,
    path::{Path, PathBuf},
};

use mqtt5::broker::PasswordAuthProvider;

use self::access_rules::{AccessRules, is_access_rule};
use super::error::{AccountError, DemoError};
use crate::file_access::{Requirement, check_access};

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

/// An account of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    /// The argon2 hash of the password.
    pub hash: String,
    /// What the account may read and write.
    pub rules: AccessRules,
}

/// The accounts by user name.
pub(super) type Accounts = HashMap<String, Account>;

/// Splits a line `user:hash`. The hash may be invalid.
fn split_account(line: &str) -> Option<(&str, &str)> {
    line.split_once(':').map(|(user, hash)| (user.trim(), hash.trim()))
}

/// Parses an accounts file. An error comes with its line number, from 1.
fn parse(bytes: &[u8]) -> Result<Accounts, (usize, AccountError)> {
    let mut accounts = Accounts::new();
    let mut lines: HashMap<String, usize> = HashMap::new();
    let mut last_user: Option<String> = None;
    for (line_number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let line = str::from_utf8(line).map_err(|_| (line_number, AccountError::InvalidUtf8))?;
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        // A user name may begin with `topic`; only an access rule has no hash.
        if is_access_rule(line) && !split_account(line).is_some_and(|(_, hash)| is_argon2_hash(hash)) {
            let user = last_user.as_ref().ok_or((line_number, AccountError::RuleWithoutAccount))?;
            if let Some(account) = accounts.get_mut(user) {
                account.rules.add_line(user, line).map_err(|error| (line_number, error))?;
            }
            continue;
        }
        let (user, hash) = split_account(line).ok_or((line_number, AccountError::MissingColon))?;
        if user.is_empty() {
            return Err((line_number, AccountError::MissingUser));
        }
        let user = user.to_owned();
        if !is_argon2_hash(hash) {
            return Err((line_number, AccountError::InvalidHash(user)));
        }
        if let Some(first) = lines.insert(user.clone(), line_number) {
            return Err((line_number, AccountError::DuplicateUser { user, first }));
        }
        accounts.insert(user.clone(), Account { hash: hash.to_owned(), rules: AccessRules::default() });
        last_user = Some(user);
    }
    Ok(accounts)
}

/// Reads an accounts file.
///
/// # Errors
/// When it cannot be read, others can read or write it, a line is invalid, or it has no account.
pub(super) fn load_accounts(path: &Path) -> Result<Accounts, DemoError> {
    let bytes =
        std::fs::read(path).map_err(|reason| DemoError::AccountsUnreadable { path: path.to_owned(), reason })?;
    check_access(path, Requirement::Secret)?;
    let accounts =
        parse(&bytes).map_err(|(line, wrong)| DemoError::InvalidAccountLine { path: path.to_owned(), line, wrong })?;
    if accounts.is_empty() { Err(DemoError::NoAccounts(path.to_owned())) } else { Ok(accounts) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzYWx0$uQwQ3Yp4jGmUXQdd7hQm8ztJ0wQv0sK0g8Yc4u0q3aE";

    #[test]
    fn account_line_round_trips_through_parser() {
        let generated = account_line("alice", "open sesame").unwrap();
        let accounts = parse(format!("# the class\n\n  {generated}\r\nbob : {HASH}\n").as_bytes()).unwrap();
        assert!(PasswordAuthProvider::verify_password("open sesame", &accounts["alice"].hash));
        assert!(!PasswordAuthProvider::verify_password("open", &accounts["alice"].hash));
        assert_eq!(accounts["bob"].hash, HASH);
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
            ("topic read a", 1, "this access rule has no account: put it below the line of its user"),
            (
                &format!("a:{HASH}\ntopic reads a"),
                2,
                "expected `topic read FILTER`, `topic write FILTER`, `topic readwrite FILTER` or `topic deny FILTER`",
            ),
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

    #[test]
    fn access_rules_belong_to_the_account_above_them() {
        let text = format!("anna:{HASH}\ntopic read class/#\n\n# his own\nbert:{HASH}\n  pattern readwrite b/%u\n");
        let accounts = parse(text.as_bytes()).unwrap();
        assert!(accounts["anna"].rules.may_read("class/1") && !accounts["anna"].rules.may_write("class/1"));
        assert!(accounts["bert"].rules.may_write("b/bert") && !accounts["bert"].rules.may_read("class/1"));
        let accounts = parse(format!("topic anna:{HASH}").as_bytes()).unwrap();
        assert!(accounts["topic anna"].rules.may_write("x"), "a user name that begins with `topic`");
    }

    #[test]
    fn credentials_debug_output_hides_password() {
        let credentials = Credentials::random().unwrap();
        assert!(!format!("{credentials:?}").contains(&credentials.password));
        assert_ne!(credentials, Credentials::random().unwrap());
    }
}
