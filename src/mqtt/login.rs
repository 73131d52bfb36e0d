//! What a client presents to the broker: its client ID, a user name and a password, which may have to be read again
//! before an attempt, because it expires.

use std::{error::Error, fmt::Debug, sync::Arc, thread, time::Duration};

use tokio::sync::oneshot;

use super::error::MqttError;
use crate::model::password::Password;

/// Reads a password again from its source.
pub trait PasswordReader: Debug + Send + Sync {
    /// Returns the password that the source has now. May block.
    ///
    /// # Errors
    /// When the source has no password. The text is a sentence for the user, without a password.
    fn read(&self) -> Result<Password, Box<dyn Error + Send + Sync>>;
}

/// The client ID and the credentials of a connection. `Debug` does not show the password.
#[derive(Debug, Clone, Default)]
pub struct Login {
    /// The client ID.
    pub client_id: String,
    /// The user name.
    pub username: Option<String>,
    /// The password; of the first attempt, if there is a reader.
    pub password: Option<Password>,
    /// Reads the password again after each attempt that has presented it, if it may be another one then.
    pub password_reader: Option<Arc<dyn PasswordReader>>,
}

/// The result of a reader that runs on a thread of its own.
type PendingPassword = oneshot::Receiver<Result<Password, MqttError>>;

/// How far a password that can be read again has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PasswordUse {
    /// It was just read.
    Fresh,
    /// It is still unused after an attempt that did not reach the broker, and may have expired since.
    Kept,
    /// The broker has it: the next attempt needs another one.
    Presented,
}

/// The login of each attempt to connect.
///
/// While the broker is unreachable, the password is not read again: its command would run each second.
pub(super) struct CurrentLogin {
    login: Login,
    password_use: PasswordUse,
    /// A reader that has not returned in time: the next attempt waits for it instead of starting another one.
    pending: Option<PendingPassword>,
    /// How long an attempt waits for its password.
    timeout: Duration,
}

impl CurrentLogin {
    pub(super) const fn new(login: Login, timeout: Duration) -> Self {
        Self { login, password_use: PasswordUse::Fresh, pending: None, timeout }
    }

    /// Notes whether the attempt has presented the login to the broker. Returns whether it was an old password that can
    /// be read again.
    pub(super) fn record_attempt(&mut self, was_presented: bool) -> bool {
        let next_use = if was_presented { PasswordUse::Presented } else { PasswordUse::Kept };
        let last_use = std::mem::replace(&mut self.password_use, next_use);
        was_presented && last_use == PasswordUse::Kept && self.login.password_reader.is_some()
    }

    /// Returns the login for the next attempt, with the password that its source has now if the last one was presented.
    ///
    /// # Errors
    /// When the password cannot be read in time.
    pub(super) async fn for_next_attempt(&mut self) -> Result<&Login, MqttError> {
        if self.password_use == PasswordUse::Presented
            && let Some(reader) = &self.login.password_reader
        {
            let pending = self.pending.get_or_insert_with(|| start_reading(Arc::clone(reader)));
            let Ok(read) = tokio::time::timeout(self.timeout, pending).await else {
                let seconds = self.timeout.as_secs();
                let text = format!("the password was not read within {seconds} s: does its source respond?");
                return Err(MqttError::NoPassword(text));
            };
            self.pending = None;
            let interrupted = |_| MqttError::NoPassword("reading the password was interrupted".to_owned());
            self.login.password = Some(read.map_err(interrupted)??);
            self.password_use = PasswordUse::Fresh;
        }
        Ok(&self.login)
    }
}

/// Reads a password on a thread of its own, for which the end of the program does not wait.
fn start_reading(reader: Arc<dyn PasswordReader>) -> PendingPassword {
    let (sender, receiver) = oneshot::channel();
    thread::spawn(move || {
        let password = reader.read().map_err(|error| MqttError::NoPassword(error.to_string()));
        // The connection may have been closed since.
        let _ = sender.send(password);
    });
    receiver
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;

    #[test]
    fn login_debug_hides_password() {
        let login = Login {
            client_id: "me".into(),
            username: Some("ann".into()),
            password: Some("s3cret".into()),
            password_reader: None,
        };
        let debug_text = format!("{login:?}");
        assert!(debug_text.contains("ann") && !debug_text.contains("s3cret"), "{debug_text}");
    }

    /// A source that has another answer each time.
    #[derive(Debug, Default)]
    struct Source {
        answers: Vec<Result<&'static str, &'static str>>,
        questions: AtomicUsize,
        /// Waited for before each answer.
        gate: Option<Barrier>,
    }

    impl PasswordReader for Source {
        fn read(&self) -> Result<Password, Box<dyn Error + Send + Sync>> {
            let number = self.questions.fetch_add(1, Ordering::SeqCst);
            if let Some(gate) = &self.gate {
                gate.wait();
            }
            self.answers[number].map(Password::from).map_err(Into::into)
        }
    }

    fn login_with(source: &Arc<Source>, timeout: Duration) -> CurrentLogin {
        let reader: Arc<dyn PasswordReader> = Arc::<Source>::clone(source);
        let login = Login { password: Some("first".into()), password_reader: Some(reader), ..Login::default() };
        CurrentLogin::new(login, timeout)
    }

    async fn next_password(login: &mut CurrentLogin) -> Result<String, MqttError> {
        let login = login.for_next_attempt().await?;
        Ok(login.password.as_ref().map(|password| password.as_str().to_owned()).unwrap_or_default())
    }

    #[tokio::test]
    async fn password_is_read_again_after_it_was_presented() {
        let source =
            Arc::new(Source { answers: vec![Ok("second"), Err("no token"), Ok("third")], ..Source::default() });
        let mut login = login_with(&source, Duration::from_mins(1));
        assert_eq!(next_password(&mut login).await, Ok("first".into()));
        for _ in 0..3 {
            assert!(!login.record_attempt(false));
            assert_eq!(next_password(&mut login).await, Ok("first".into()));
        }
        assert_eq!(source.questions.load(Ordering::SeqCst), 0);
        assert!(login.record_attempt(true), "it is old");
        assert_eq!(next_password(&mut login).await, Ok("second".into()));
        assert!(!login.record_attempt(true), "it was just read");
        assert_eq!(next_password(&mut login).await, Err(MqttError::NoPassword("no token".into())));
        assert_eq!(next_password(&mut login).await, Ok("third".into()));
        assert_eq!(source.questions.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn source_that_does_not_answer_is_asked_only_once() {
        let source = Arc::new(Source { answers: vec![Ok("late")], gate: Some(Barrier::new(2)), ..Source::default() });
        let mut login = login_with(&source, Duration::from_millis(20));
        assert_eq!(next_password(&mut login).await, Ok("first".into()));
        login.record_attempt(true);
        for _ in 0..3 {
            let error = next_password(&mut login).await.unwrap_err().to_string();
            assert!(error.starts_with("the password was not read within "), "{error}");
        }
        source.gate.as_ref().unwrap().wait();
        login.timeout = Duration::from_mins(1);
        assert_eq!(next_password(&mut login).await, Ok("late".into()));
        assert_eq!(source.questions.load(Ordering::SeqCst), 1);
    }
}
