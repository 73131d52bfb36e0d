//! The task of a connection: connects, runs the network connection, waits, and connects again.

use std::{pin::Pin, sync::Arc, time::Duration};

use tokio::{
    select,
    sync::{Notify, futures::Notified},
    time::{Instant, sleep, timeout},
};

use super::{
    Login, OnRefusal,
    connection_task::ConnectionTask,
    endpoint::Endpoint,
    error::MqttError,
    limits::{DISCONNECT_TIMEOUT, SEARCH_DELAY},
    login::CurrentLogin,
    network_connection::{self, ConnectionEnd},
    outbox::ResumedPublish,
    session::{EventSource, Requester, SessionEvent, v3, v5},
    transport::{self, RelayStatus},
};
use crate::model::{
    connection::{ConnectionEvent, ConnectionState},
    profile::{MqttVersion, Profile},
};

/// How long a closed connection waits for its last events to be received.
const FINAL_FLUSH_TIMEOUT: Duration = Duration::from_millis(500);

/// Connects and reconnects until the [`Client`](super::Client) is closed or dropped.
pub(super) async fn run(mut connection: ConnectionTask, profile: Profile, login: Login, retry_now: Arc<Notify>) {
    let mut login = CurrentLogin::new(login, connection.limits.password_timeout);
    while !connection.closing {
        connection.discard_after_suspend();
        connection.event_sink.send_state(ConnectionState::Connecting { attempt: connection.backoff.failures() + 1 });
        let mut secrets_were_old = false;
        let end = match connection.run_until(login.for_next_attempt()).await {
            Some(Ok(current)) => {
                let mut was_presented = false;
                let end = attempt(&mut connection, &profile, current, &mut was_presented).await;
                secrets_were_old = login.record_attempt(was_presented);
                end
            }
            Some(Err(error)) => ConnectionEnd::Failed(error),
            None => ConnectionEnd::Closed,
        };
        connection.is_connected = false;
        match end {
            ConnectionEnd::Closed => break,
            // There is no next attempt, and nobody who could ask for one: a wait might never end.
            ConnectionEnd::Failed(error) if connection.closing => {
                tracing::debug!("while closing: {error}");
                break;
            }
            // What was read before the broker could be reached may have expired since: only a new one counts.
            ConnectionEnd::Failed(error) if error.is_permanent() && secrets_were_old => {
                tracing::info!("{error}, with secrets that were read earlier");
            }
            ConnectionEnd::Failed(error) => wait_before_retry(&mut connection, &error, &retry_now).await,
        }
    }
    let updates = connection.outbox.clear("not sent: the connection was closed");
    connection.event_sink.send_status_updates(updates);
    let final_flush = async {
        while connection.event_sink.has_pending() {
            connection.event_sink.wait_for_capacity().await;
            connection.event_sink.flush();
        }
    };
    if timeout(FINAL_FLUSH_TIMEOUT, final_flush).await.is_err() {
        tracing::debug!("the last events of the connection were not received");
    }
}

/// Connects with the profile's version of MQTT, and on success runs the network connection until it ends. Sets
/// `was_presented` if the broker, or a server on the way, may have the login.
async fn attempt(
    connection: &mut ConnectionTask,
    profile: &Profile,
    login: &Login,
    was_presented: &mut bool,
) -> ConnectionEnd {
    match profile.protocol {
        MqttVersion::V311 => {
            Box::pin(connect_and_run(connection, profile, login, was_presented, v3::create_client)).await
        }
        MqttVersion::V5 => {
            Box::pin(connect_and_run(connection, profile, login, was_presented, v5::create_client)).await
        }
    }
}

/// Connects, and on success runs the network connection until it ends. See [`attempt`].
async fn connect_and_run<R: Requester, S: EventSource>(
    connection: &mut ConnectionTask,
    profile: &Profile,
    login: &Login,
    was_presented: &mut bool,
    create_client: impl Fn(&Profile, &Login, Endpoint, transport::Route, &[ResumedPublish]) -> (R, S),
) -> ConnectionEnd {
    let endpoint = Endpoint::new(profile, &login.client_id);
    let connect_timeout = profile.connect_timeout.to_duration();
    let timeout_error = || MqttError::ConnectTimeout(endpoint.address.clone(), connect_timeout.as_secs());
    let resumed_at = Instant::now();
    let resumed = connection.outbox.resumable(resumed_at);
    let connect = async {
        let route = transport::find_route(profile, login, &endpoint).await;
        *was_presented = route.as_ref().err().is_none_or(MqttError::may_be_wrong_secret);
        let route = route?;
        let endpoint = Endpoint { relay: route.relay.clone(), ..endpoint.clone() };
        let relay = route.relay.clone();
        let (requester, mut event_source) = create_client(profile, login, endpoint.clone(), route, &resumed);
        match event_source.poll().await? {
            SessionEvent::Connected(connack) => Ok((requester, event_source, connack, relay)),
            _ => Err(MqttError::NotMqtt(endpoint.address.clone())),
        }
    };
    let Some(connected) = connection.run_until(timeout(connect_timeout, connect)).await else {
        return ConnectionEnd::Closed;
    };
    let connected = connected.unwrap_or_else(|_| Err(timeout_error()));
    *was_presented &= !connected.as_ref().is_err_and(MqttError::is_unanswered);
    let (requester, event_source, connack, relay) = match connected {
        Ok(connected) => connected,
        Err(error) => return ConnectionEnd::Failed(error),
    };
    connection.login_accepted = true;
    // The machine may have been suspended during the attempt, which then may resume what is too old.
    connection.discard_after_suspend();
    if connack.session_present && resumed != connection.outbox.resumable(resumed_at) {
        return ConnectionEnd::Failed(MqttError::ConnectionLost("a message expired meanwhile".to_owned()));
    }
    tracing::info!(address = endpoint.address, session_present = connack.session_present, "connected");
    let connected_at = Instant::now();
    let end = network_connection::run(connection, event_source, &requester, connack, profile.max_packet_size).await;
    end_network_connection(connection, end, connected_at, relay).await
}

/// Waits for the last packets to be written, and notes what the end of the network connection says. Returns the end to
/// report.
async fn end_network_connection(
    connection: &mut ConnectionTask,
    end: ConnectionEnd,
    connected_at: Instant,
    relay: Option<RelayStatus>,
) -> ConnectionEnd {
    // A relay may still write what rumqttc has written, and its DISCONNECT.
    if let (ConnectionEnd::Closed, Some(relay)) = (&end, relay)
        && timeout(DISCONNECT_TIMEOUT, relay.finished()).await.is_err()
    {
        tracing::debug!("the last packets may not have been sent");
    }
    let lasted = connected_at.elapsed();
    connection.backoff.record_session(lasted, connection.subscriptions.is_complete(), &connection.limits);
    let end = match end {
        ConnectionEnd::Failed(error) => ConnectionEnd::Failed(find_refused_packet(connection, error, lasted)),
        ConnectionEnd::Closed => ConnectionEnd::Closed,
    };
    let mut updates = connection.outbox.drop_transient();
    updates.extend(connection.outbox.requeue_inflight());
    connection.event_sink.send_status_updates(updates);
    end
}

/// Notes which packets the broker may have refused by closing the network connection, which lasted so long. Returns the
/// error to report.
///
/// MQTT 3.1.1 has no other way to refuse a message (section 3.3.5), and some brokers refuse subscriptions so, too.
fn find_refused_packet(connection: &mut ConnectionTask, error: MqttError, lasted: Duration) -> MqttError {
    if !error.may_be_refusal() {
        return error;
    }
    let now = Instant::now();
    let topic = connection.outbox.suspect_topic(now).map(ToString::to_string);
    let subscriptions_complete = connection.subscriptions.is_complete();
    connection.subscriptions.record_end(lasted, topic.is_none(), now);
    let packet = match &topic {
        Some(topic) => format!("after a message to {topic}"),
        None if subscriptions_complete => return error,
        None => "after SUBSCRIBE".to_owned(),
    };
    match (error, topic) {
        (MqttError::ClosedByBroker, Some(topic)) => MqttError::ClosedOnPublish(topic),
        (MqttError::ClosedByBroker, None) => MqttError::ClosedOnSubscribe,
        (MqttError::ConnectionLost(reason), _) => MqttError::ConnectionLost(format!("{reason}, {packet}")),
        (MqttError::PacketRefused(reason), _) => MqttError::PacketRefused(format!("{reason}, {packet}")),
        (error, _) => error,
    }
}

/// Reports why the connection is down, then waits until the next attempt is due or `retry_now` is notified.
async fn wait_before_retry(connection: &mut ConnectionTask, error: &MqttError, retry_now: &Notify) {
    tracing::warn!("{error}");
    report_repeated_too_large(connection, error);
    let reconnect_requested = next_request(retry_now);
    let refused_secret = error.refused_secret();
    if error.is_permanent() && !connection.login_accepted && connection.on_refusal == OnRefusal::Stop {
        connection.event_sink.send_state(ConnectionState::Stopped {
            reason: error.to_string(),
            cause: error.failure_cause(),
            refused_secret,
        });
        connection.run_until(reconnect_requested).await;
        return connection.backoff.reset();
    }
    let delay = retry_delay(connection, error);
    connection.event_sink.send_state(ConnectionState::WaitingToRetry {
        reason: error.to_string(),
        cause: error.failure_cause(),
        retry_in: delay,
        failed_attempts: connection.backoff.failures(),
        untrusted_certificate: error.untrusted_pin(),
        session_taken_over: matches!(error, MqttError::SessionTakenOver(_)),
        refused_secret,
    });
    let is_requested = connection.run_until(async {
        select! { () = sleep(delay) => false, () = reconnect_requested => true }
    });
    if is_requested.await == Some(true) {
        connection.subscriptions.forget_refusals();
    }
}

/// Counts a failure, and returns the delay before the next attempt.
fn retry_delay(connection: &mut ConnectionTask, error: &MqttError) -> Duration {
    if connection.subscriptions.take_search_due() {
        return SEARCH_DELAY;
    }
    let (backoff, limits, jitter) = (&mut connection.backoff, &connection.limits, fastrand::f64());
    match error {
        MqttError::SessionTakenOver(_) => backoff.record_takeover(limits, jitter),
        error if error.is_unreachable() => backoff.record_unreachable(limits, jitter),
        error if !error.is_permanent() && !matches!(error, MqttError::NoPassword(_)) => {
            backoff.record_failure(limits, jitter)
        }
        _ if connection.login_accepted => backoff.record_refusal(limits, jitter),
        _ => backoff.record_hopeless(limits, jitter),
    }
}

/// Returns a future that is ready at the next request to reconnect. A request that was made before, while the
/// connection was up, does not count.
fn next_request(retry_now: &Notify) -> Pin<Box<Notified<'_>>> {
    loop {
        let mut request = Box::pin(retry_now.notified());
        if !request.as_mut().enable() {
            return request;
        }
    }
}

/// Sends a notice when a second packet in a row is too large. A retained message that is too large ends
/// every network connection.
fn report_repeated_too_large(connection: &mut ConnectionTask, error: &MqttError) {
    if !matches!(error, MqttError::PacketTooLarge(..)) {
        connection.consecutive_too_large = 0;
        return;
    }
    connection.consecutive_too_large = connection.consecutive_too_large.saturating_add(1);
    if connection.consecutive_too_large == 2 {
        connection.event_sink.send_event(ConnectionEvent::Notice(format!(
            "{error}; it closes every connection: raise the limit or delete the message"
        )));
    }
}

#[cfg(test)]
mod tests {
    use std::{
        error::Error,
        sync::atomic::{AtomicUsize, Ordering},
    };

    use futures_util::FutureExt;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
        sync::mpsc,
    };

    use super::*;
    use crate::{
        model::{
            connection::ConnectionId,
            profile::{BrokerUrl, Secrets},
        },
        mqtt::{Client, Limits, SecretReader},
    };

    /// A source that has another password each time: `token1`, `token2`.
    #[derive(Debug, Default)]
    struct Tokens(AtomicUsize);

    impl SecretReader for Tokens {
        fn read(&self, _: &Secrets) -> Result<Secrets, Box<dyn Error + Send + Sync>> {
            let token = format!("token{}", self.0.fetch_add(1, Ordering::SeqCst) + 1);
            Ok(Secrets::password_only(token.into()))
        }
    }

    /// Reads CONNECT, which ends with the password.
    async fn read_connect(listener: &TcpListener) -> (TcpStream, String) {
        let (mut stream, _) = listener.accept().await.unwrap();
        assert_eq!(stream.read_u8().await.unwrap(), 0x10);
        let mut connect = vec![0; usize::from(stream.read_u8().await.unwrap())];
        stream.read_exact(&mut connect).await.unwrap();
        let length = connect.iter().rev().take_while(|byte| **byte != 0 && byte.is_ascii_alphanumeric()).count();
        let password = String::from_utf8_lossy(&connect[connect.len() - length..]).into_owned();
        (stream, password)
    }

    #[tokio::test]
    async fn password_is_not_read_while_the_broker_is_unreachable_and_at_once_when_it_has_expired() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let tokens = Arc::new(Tokens::default());
        let reader: Arc<dyn SecretReader> = Arc::<Tokens>::clone(&tokens);
        let login = Login {
            client_id: "me".into(),
            username: Some("ann".into()),
            secrets: Secrets::password_only("token0".into()),
            secret_reader: Some(reader),
            ..Login::default()
        };
        let limits = Limits { unreachable_backoff: Duration::from_millis(5), ..Limits::default() };
        let profile = Profile::from_broker_url(BrokerUrl::parse(&format!("mqtt://{address}")).unwrap());
        let (sender, mut events) = mpsc::channel(64);
        let _client = Client::open_with(ConnectionId(1), profile, login, sender, limits);
        let sixth_attempt = async {
            while let Some((_, event)) = events.recv().await {
                if matches!(event, ConnectionEvent::State(ConnectionState::Connecting { attempt: 6 })) {
                    return;
                }
            }
        };
        timeout(Duration::from_secs(20), sixth_attempt).await.unwrap();
        assert_eq!(tokens.0.load(Ordering::SeqCst), 0);
        let broker = async {
            let listener = TcpListener::bind(address).await.unwrap();
            let (mut stream, password) = read_connect(&listener).await;
            assert_eq!(password, "token0");
            // Not authorized.
            stream.write_all(&[0x20, 2, 0, 5]).await.unwrap();
            let (mut stream, password) = read_connect(&listener).await;
            assert_eq!(password, "token1");
            stream.write_all(&[0x20, 2, 0, 0]).await.unwrap();
            drop(stream);
            assert_eq!(read_connect(&listener).await.1, "token2", "the broker has had the last one");
        };
        timeout(Duration::from_secs(20), broker).await.unwrap();
    }

    #[test]
    fn request_to_reconnect_counts_only_while_the_task_waits() {
        let retry_now = Notify::new();
        retry_now.notify_one();
        assert!(next_request(&retry_now).now_or_never().is_none(), "the request was made before");
        let request = next_request(&retry_now);
        retry_now.notify_one();
        assert!(request.now_or_never().is_some());
    }
}
