//! What can go wrong with the demo, as sentences for the person at the keyboard.

use std::{net::SocketAddr, path::PathBuf};

/// Why the demo does not start.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Someone else listens there.
    #[error(
        "port {} on {} is in use; end the program that listens there, or take another port with `--listen {}` (port 0 takes a free one)",
        .0.port(), .0.ip(), SocketAddr::new(.0.ip(), 0)
    )]
    PortInUse(SocketAddr),
    /// The system does not give this port to an ordinary user.
    #[error("port {} on {} is not allowed to you; take one above 1023 with `--listen`", .0.port(), .0.ip())]
    PortForbidden(SocketAddr),
    /// The address belongs to another machine.
    #[error("{} is no address of this machine; `--listen 0.0.0.0:{}` listens on all of them", .0.ip(), .0.port())]
    AddressNotLocal(SocketAddr),
    /// Listening failed in another way.
    #[error("cannot listen on {address}: {reason}")]
    ListenFailed {
        /// Where it was tried.
        address: SocketAddr,
        /// What the system or the broker said.
        reason: String,
    },
    /// Others could reach the broker, and nobody said who may come in.
    #[error(
        "{0} can be reached from other machines, so say who may come in: `--accounts FILE` with a line for each user, or `--anonymous` for everyone"
    )]
    AccessPolicyMissing(SocketAddr),
    /// The file of accounts cannot be read.
    #[error("cannot read the accounts in {}: {reason}", path.display())]
    AccountsUnreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// A line of the file of accounts is wrong.
    #[error("{}, line {line}: {wrong}", path.display())]
    InvalidAccountLine {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// What is wrong, and what to do.
        wrong: AccountError,
    },
    /// The file of accounts names nobody.
    #[error("{} holds no account; `mqtt-dash demo --hash-password USER` prints a line for it", .0.display())]
    NoAccounts(PathBuf),
    /// No account can be made of this user and password.
    #[error("{0}")]
    InvalidAccount(#[from] AccountError),
    /// No board can be called so.
    #[error(
        "`{0}` cannot be the id of a board: 1 to 32 letters, digits, `_` or `-`; the numbers of several boards count"
    )]
    InvalidBoardId(String),
    /// The source of random numbers or the hash failed.
    #[error("this machine gives no random numbers for a password: {0}")]
    RandomSourceFailed(String),
}

/// What is wrong with an account. The line itself is never shown: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// There is no colon.
    #[error("`user:hash` is wanted; `mqtt-dash demo --hash-password USER` prints such a line")]
    MissingColon,
    /// There is nothing before the colon.
    #[error("the user's name is missing before the `:`")]
    MissingUser,
    /// What stands behind the colon is no hash that can be used.
    #[error(
        "the password of `{0}` is no argon2 hash; `mqtt-dash demo --hash-password {0}` prints the line to put here"
    )]
    InvalidHash(String),
    /// The same user stands in an earlier line.
    #[error("`{user}` stands in line {first} already; keep one of the two")]
    DuplicateUser {
        /// The user.
        user: String,
        /// The earlier line, from 1.
        first: usize,
    },
    /// The bytes are no text.
    #[error("this is no UTF-8 text")]
    InvalidUtf8,
    /// A name that a line of the file cannot hold.
    #[error(
        "`{0}` cannot be a user's name: it may hold no `:` and no line break, nor begin with `#` or blanks, nor end with blanks"
    )]
    InvalidUser(String),
    /// An empty password.
    #[error("the password is empty")]
    EmptyPassword,
}
