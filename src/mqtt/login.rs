//! What a client presents to the broker and on the way there: its client ID, a user name and secrets, which may have to
//! be read again before an attempt, because they expire.

use std::{error::Error, fmt::Debug, sync::Arc, thread, time::Duration};

use tokio::sync::oneshot;

use super::{error::MqttError, tls::KeyCache};
use crate::model::{
    password::Password,
    profile::{SecretKey, Secrets},
};

/// Reads secrets again from their sources.
pub trait SecretReader: Debug + Send + Sync {
    /// Returns the secrets that the sources have now. Those that the user has entered are among `known`. May block.
    ///
    /// # Errors
    /// When a source has no secret. The text is a sentence for the user, without a secret.
    fn read(&self, known: &Secrets) -> Result<Secrets, Box<dyn Error + Send + Sync>>;
}

/// The client ID and the credentials of a connection. `Debug` does not show the secrets.
#[derive(Debug, Clone, Default)]
pub struct Login {
    /// The client ID.
    pub client_id: String,
    /// The user name.
    pub username: Option<String>,
    /// The secrets; those of the first attempt, if there is a reader.
    pub secrets: Secrets,
    /// Whether `secrets` has only what the user has entered: the reader reads the others before the first attempt, too.
    pub is_unread: bool,
    /// Reads the secrets again after each attempt that has presented them, if they may be other ones then.
    pub secret_reader: Option<Arc<dyn SecretReader>>,
    /// The private key of the client certificate, once it is decrypted.
    pub key_cache: KeyCache,
}

impl Login {
    /// Returns the password for the broker.
    pub(crate) fn password(&self) -> Option<&Password> {
        self.secrets.get(&SecretKey::Password)
    }
}

/// The result of a reader that runs on a thread of its own.
type PendingSecrets = oneshot::Receiver<Result<Secrets, MqttError>>;

/// How far secrets that can be read again have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SecretUse {
    /// They have not been read yet.
    Unread,
    /// They were just read.
    Fresh,
    /// They are still unused after an attempt that reached nobody, and may have expired since.
    Kept,
    /// The broker, or a server on the way, has them: the next attempt needs others.
    Presented,
}

/// The login of each attempt to connect.
///
/// While the broker is unreachable, the secrets are not read again: their commands would run each second.
pub(super) struct CurrentLogin {
    login: Login,
    secret_use: SecretUse,
    /// A reader that has not returned in time: the next attempt waits for it instead of starting another one.
    pending: Option<PendingSecrets>,
    /// How long an attempt waits for its secrets.
    timeout: Duration,
}

impl CurrentLogin {
    pub(super) const fn new(login: Login, timeout: Duration) -> Self {
        let secret_use = if login.is_unread { SecretUse::Unread } else { SecretUse::Fresh };
        Self { login, secret_use, pending: None, timeout }
    }

    /// Notes whether the attempt has presented the login. Returns whether it had old secrets that can be read again.
    pub(super) fn record_attempt(&mut self, was_presented: bool) -> bool {
        let next_use = if was_presented { SecretUse::Presented } else { SecretUse::Kept };
        let last_use = std::mem::replace(&mut self.secret_use, next_use);
        was_presented && last_use == SecretUse::Kept && self.login.secret_reader.is_some()
    }

    /// Returns the login for the next attempt, with the secrets that their sources have now if the last ones were
    /// presented.
    ///
    /// # Errors
    /// When they cannot be read in time.
    pub(super) async fn for_next_attempt(&mut self) -> Result<&Login, MqttError> {
        if matches!(self.secret_use, SecretUse::Unread | SecretUse::Presented)
            && let Some(reader) = &self.login.secret_reader
        {
            let pending =
                self.pending.get_or_insert_with(|| start_reading(Arc::clone(reader), self.login.secrets.clone()));
            let Ok(read) = tokio::time::timeout(self.timeout, pending).await else {
                let seconds = self.timeout.as_secs();
                let text =
                    format!("the secrets of the profile were not read within {seconds} s: do their sources respond?");
                return Err(MqttError::NoPassword(text));
            };
            self.pending = None;
            let interrupted =
                |_| MqttError::NoPassword("reading the secrets of the profile was interrupted".to_owned());
            self.login.secrets = read.map_err(interrupted)??;
            self.secret_use = SecretUse::Fresh;
        }
        Ok(&self.login)
    }
}

/// Reads secrets on a thread of its own, for which the end of the program does not wait.
fn start_reading(reader: Arc<dyn SecretReader>, known: Secrets) -> PendingSecrets {
    let (sender, receiver) = oneshot::channel();
    thread::spawn(move || {
        let secrets = reader.read(&known).map_err(|error| MqttError::NoPassword(error.to_string()));
        // The connection may have been closed since.
        let _ = sender.send(secrets);
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
            secrets: Secrets::password_only("s3cret".into()),
            ..Login::default()
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

    impl SecretReader for Source {
        fn read(&self, _: &Secrets) -> Result<Secrets, Box<dyn Error + Send + Sync>> {
            let number = self.questions.fetch_add(1, Ordering::SeqCst);
            if let Some(gate) = &self.gate {
                gate.wait();
            }
            self.answers[number].map(|answer| Secrets::password_only(answer.into())).map_err(Into::into)
        }
    }

    fn login_with(source: &Arc<Source>, timeout: Duration) -> CurrentLogin {
        let reader: Arc<dyn SecretReader> = Arc::<Source>::clone(source);
        let secrets = Secrets::password_only("first".into());
        let login = Login { secrets, secret_reader: Some(reader), ..Login::default() };
        CurrentLogin::new(login, timeout)
    }

    async fn next_password(login: &mut CurrentLogin) -> Result<String, MqttError> {
        let login = login.for_next_attempt().await?;
        Ok(login.password().map(|password| password.as_str().to_owned()).unwrap_or_default())
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
    async fn password_that_was_not_read_yet_is_read_until_its_source_has_one() {
        let source = Arc::new(Source { answers: vec![Err("locked"), Err("locked"), Ok("first")], ..Source::default() });
        let reader: Arc<dyn SecretReader> = Arc::<Source>::clone(&source);
        let login = Login { is_unread: true, secret_reader: Some(reader), ..Login::default() };
        let mut login = CurrentLogin::new(login, Duration::from_mins(1));
        for _ in 0..2 {
            assert_eq!(next_password(&mut login).await, Err(MqttError::NoPassword("locked".into())));
        }
        assert_eq!(next_password(&mut login).await, Ok("first".into()));
        login.record_attempt(false);
        assert_eq!(next_password(&mut login).await, Ok("first".into()), "the broker has not had it");
    }

    #[tokio::test]
    async fn source_that_does_not_answer_is_asked_only_once() {
        let source = Arc::new(Source { answers: vec![Ok("late")], gate: Some(Barrier::new(2)), ..Source::default() });
        let mut login = login_with(&source, Duration::from_millis(20));
        assert_eq!(next_password(&mut login).await, Ok("first".into()));
        login.record_attempt(true);
        for _ in 0..3 {
            let error = next_password(&mut login).await.unwrap_err().to_string();
            assert!(error.starts_with("the secrets of the profile were not read within "), "{error}");
        }
        source.gate.as_ref().unwrap().wait();
        login.timeout = Duration::from_mins(1);
        assert_eq!(next_password(&mut login).await, Ok("late".into()));
        assert_eq!(source.questions.load(Ordering::SeqCst), 1);
    }
}
