//! The errors of the demo, with messages for the user.

use std::{net::SocketAddr, path::PathBuf};

use crate::file_access::AccessError;

/// Why the demo does not start.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Another program listens on the port.
    #[error(
        "port {} on {} is in use: stop the program that listens there, or choose another port with `--listen {}` (0 is any free port)",
        .0.port(), .0.ip(), SocketAddr::new(.0.ip(), 0)
    )]
    PortInUse(SocketAddr),
    /// The system does not allow the user to listen on the port.
    #[error("no permission to listen on port {} of {}: choose one above 1023 with `--listen`", .0.port(), .0.ip())]
    PortForbidden(SocketAddr),
    /// The address is not an address of this machine.
    #[error(
        "{} is not an address of this machine; `--listen 0.0.0.0:{}` listens on all of its addresses", .0.ip(), .0.port()
    )]
    AddressNotLocal(SocketAddr),
    /// Listening failed for another reason.
    #[error("cannot listen on {address}: {reason}")]
    ListenFailed {
        /// The address to listen on.
        address: SocketAddr,
        /// The error message.
        reason: String,
    },
    /// The broker would be reachable from other machines, and no access rule was given.
    #[error(
        "{0} can be reached from other machines: use `--accounts FILE` to require passwords, or `--anonymous` to let everyone connect"
    )]
    AccessPolicyMissing(SocketAddr),
    /// The accounts file cannot be read.
    #[error("cannot read the accounts in {}: {reason}", path.display())]
    AccountsUnreadable {
        /// The file.
        path: PathBuf,
        /// The cause.
        reason: std::io::Error,
    },
    /// Other users of the machine can read, write or replace the accounts file.
    #[error(transparent)]
    AccountsNotPrivate(#[from] AccessError),
    /// A line of the accounts file is invalid.
    #[error("{}, line {line}: {wrong}", path.display())]
    InvalidAccountLine {
        /// The file.
        path: PathBuf,
        /// The line number, from 1.
        line: usize,
        /// The error in the line.
        wrong: AccountError,
    },
    /// The accounts file contains no account.
    #[error("{} contains no account; `mqtt-dash demo --hash-password USER` prints a line for it", .0.display())]
    NoAccounts(PathBuf),
    /// The user name or the password cannot be used for an account.
    #[error("{0}")]
    InvalidAccount(#[from] AccountError),
    /// The ID of a board is invalid.
    #[error(
        "`{0}` is not a valid board ID: use 1 to 32 letters, digits, `_` or `-`, including the number of each board"
    )]
    InvalidBoardId(String),
    /// Generating random numbers, or hashing with them, failed.
    #[error("cannot generate random numbers for a password: {0}")]
    RandomSourceFailed(String),
}

/// An error in an account. The line itself is never shown, because it may contain a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The colon is missing.
    #[error("expected `user:hash`; `mqtt-dash demo --hash-password USER` prints such a line")]
    MissingColon,
    /// The user name before the colon is missing.
    #[error("the user name before `:` is missing")]
    MissingUser,
    /// The text after the colon is not a supported hash.
    #[error("the password of `{0}` is not an argon2 hash; `mqtt-dash demo --hash-password {0}` prints the right line")]
    InvalidHash(String),
    /// An earlier line has the same user.
    #[error("`{user}` is already in line {first}: remove one of them")]
    DuplicateUser {
        /// The user name.
        user: String,
        /// The number of the earlier line, from 1.
        first: usize,
    },
    /// An access rule comes before the first account.
    #[error("this access rule has no account: put it below the line of its user")]
    RuleWithoutAccount,
    /// A line with an access rule has another form.
    #[error("expected `topic read FILTER`, `topic write FILTER`, `topic readwrite FILTER` or `topic deny FILTER`")]
    InvalidRule,
    /// The topic filter of an access rule is invalid.
    #[error("`{filter}` is not a topic filter: {reason}")]
    InvalidFilter {
        /// The filter.
        filter: String,
        /// The error in it.
        reason: String,
    },
    /// An access rule contains the placeholder of the client ID.
    #[error("`%c` is not supported, because clients choose their client ID: use `%u` for the user name")]
    ClientIdInRule,
    /// An access rule has the prefix of a shared subscription.
    #[error("write the topic filter without `$share/NAME/`: it applies to shared subscriptions, too")]
    SharedRule,
    /// An access rule contains `%u`, and the user name would change the levels of the filter.
    #[error("`%u` cannot stand for `{0}`, which contains `+`, `#` or `/`: write the topics out")]
    UserNotInFilter(String),
    /// The line is not UTF-8.
    #[error("invalid UTF-8")]
    InvalidUtf8,
    /// The user name is not allowed in the file.
    #[error(
        "`{0}` is not a valid user name: it must not be empty, contain `:` or line breaks, start with `#`, or start or end with blanks"
    )]
    InvalidUser(String),
    /// The password is empty.
    #[error("the password is empty")]
    EmptyPassword,
}
