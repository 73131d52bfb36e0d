//! The task of a line: connects, talks, waits, and connects again.

use std::{future::pending, sync::Arc, time::Duration};

use tokio::{
    select,
    sync::Notify,
    time::{Instant, sleep, timeout},
};

use super::{
    Login,
    connection_task::ConnectionTask,
    endpoint::Endpoint,
    error::MqttError,
    network_connection::{self, ConnectionEnd},
    session::{EventSource, Requester, SessionEvent, v3, v5},
    transport,
};
use crate::model::{
    connection::{ConnectionEvent, ConnectionState},
    profile::{MqttVersion, Profile},
};

/// How long a closed line still hands over what it has to say.
const FINAL_FLUSH_TIMEOUT: Duration = Duration::from_millis(500);

/// Keeps the line open until its link is dropped.
pub(super) async fn run(mut connection: ConnectionTask, profile: Profile, login: Login, retry_now: Arc<Notify>) {
    while !connection.closing {
        connection.discard_after_suspend();
        connection.event_sink.send_state(ConnectionState::Connecting { attempt: connection.backoff.failures() + 1 });
        let end = match profile.protocol {
            MqttVersion::V311 => Box::pin(connect_and_run(&mut connection, &profile, &login, v3::create_client)).await,
            MqttVersion::V5 => Box::pin(connect_and_run(&mut connection, &profile, &login, v5::create_client)).await,
        };
        connection.is_connected = false;
        match end {
            ConnectionEnd::Closed => break,
            ConnectionEnd::Failed(error) => wait_before_retry(&mut connection, &error, &retry_now).await,
        }
    }
    let updates = connection.outbox.clear("not sent: the line was closed");
    connection.event_sink.send_status_updates(updates);
    let final_flush = async {
        while connection.event_sink.has_pending() {
            connection.event_sink.wait_for_capacity().await;
            connection.event_sink.flush();
        }
    };
    if timeout(FINAL_FLUSH_TIMEOUT, final_flush).await.is_err() {
        tracing::debug!("nobody took the last words of the line");
    }
}

/// One attempt, and if it succeeds the whole session.
async fn connect_and_run<H: Requester, W: EventSource>(
    connection: &mut ConnectionTask,
    profile: &Profile,
    login: &Login,
    create_client: impl Fn(&Profile, &Login, Endpoint, transport::Route) -> (H, W),
) -> ConnectionEnd {
    let endpoint = Endpoint::new(profile, &login.client_id);
    let connect_timeout = profile.connect_timeout.to_duration();
    let timeout_error = || MqttError::ConnectTimeout(endpoint.address.clone(), connect_timeout.as_secs());
    let connect = async {
        let route = transport::find_route(profile, &endpoint).await?;
        let (requester, mut event_source) = create_client(profile, login, endpoint.clone(), route);
        match event_source.poll().await? {
            SessionEvent::Connected(connack) => Ok((requester, event_source, connack)),
            _ => Err(MqttError::NotMqtt(endpoint.address.clone())),
        }
    };
    let Some(connected) = connection.run_until(timeout(connect_timeout, connect)).await else {
        return ConnectionEnd::Closed;
    };
    let (requester, event_source, connack) = match connected.unwrap_or_else(|_| Err(timeout_error())) {
        Ok(connected) => connected,
        Err(error) => {
            // A broker that cannot be reached is no rival's doing, nor was what went before.
            connection.takeover_detector.reset();
            return ConnectionEnd::Failed(error);
        }
    };
    tracing::info!(at = endpoint.address, kept = connack.session_present, "connected");
    let connected_at = Instant::now();
    let end = network_connection::run(connection, event_source, &requester, connack, profile.max_packet_size).await;
    if connected_at.elapsed() >= connection.limits.backoff_reset_after {
        connection.backoff.reset();
    }
    let update = connection.outbox.requeue_inflight();
    connection.event_sink.send_status_updates(update);
    match end {
        ConnectionEnd::Failed(error) => ConnectionEnd::Failed(detect_takeover(connection, error, &endpoint)),
        ConnectionEnd::Closed => ConnectionEnd::Closed,
    }
}

/// Whether a session that ended may have been taken over by a rival, and whether that was once too
/// often.
///
/// MQTT 5 has a word for it, but not every broker says it; in 3.1.1 the broker just closes the line.
/// That is taken for a rival's doing only where nothing that this client did can be the cause:
/// everything was answered, nothing was under way.
fn detect_takeover(connection: &mut ConnectionTask, error: MqttError, endpoint: &Endpoint) -> MqttError {
    let subscriptions_complete = connection.subscriptions.is_complete();
    let taken_over = match &error {
        MqttError::SessionTakenOver(_) => true,
        MqttError::Closed => subscriptions_complete && !connection.had_inflight_publishes,
        _ => false,
    };
    if taken_over && connection.takeover_detector.record_takeover(&connection.limits, Instant::now()) {
        let client_id = &endpoint.client_id;
        return MqttError::ConnectionRefused(format!(
            "another client uses the id {client_id}: the session was taken over again and again"
        ));
    }
    if error == MqttError::Closed && !subscriptions_complete { MqttError::ClosedOnSubscribe } else { error }
}

/// Says why the line is down and waits: for the time to try again, or for a nudge.
async fn wait_before_retry(connection: &mut ConnectionTask, error: &MqttError, retry_now: &Notify) {
    tracing::warn!("{error}");
    report_repeated_too_large(connection, error);
    if error.is_permanent() {
        connection.event_sink.send_state(ConnectionState::Stopped { reason: error.to_string() });
        connection
            .run_until(async {
                select! { () = pending() => (), () = retry_now.notified() => () }
            })
            .await;
        connection.backoff.reset();
        connection.takeover_detector.reset();
        return;
    }
    let jitter = fastrand::f64();
    let delay = if error.is_unreachable() {
        connection.backoff.record_unreachable(&connection.limits, jitter)
    } else {
        connection.backoff.record_failure(&connection.limits, jitter)
    };
    let attempt = connection.backoff.failures();
    let (reason, untrusted) = (error.to_string(), error.untrusted_pin());
    connection.event_sink.send_state(ConnectionState::WaitingToRetry {
        reason,
        retry_in: delay,
        failed_attempts: attempt,
        untrusted_certificate: untrusted,
    });
    connection
        .run_until(async {
            select! { () = sleep(delay) => (), () = retry_now.notified() => () }
        })
        .await;
}

/// A message that is too large ends the line each time it comes; the second time it is said what
/// to do about it.
fn report_repeated_too_large(connection: &mut ConnectionTask, error: &MqttError) {
    if !matches!(error, MqttError::PacketTooLarge(..)) {
        connection.consecutive_too_large = 0;
        return;
    }
    connection.consecutive_too_large = connection.consecutive_too_large.saturating_add(1);
    if connection.consecutive_too_large == 2 {
        connection.event_sink.send_event(ConnectionEvent::Notice(format!(
            "{error}; the line breaks on it each time: raise the limit or delete it"
        )));
    }
}
