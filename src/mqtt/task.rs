//! The task of a line: connects, talks, waits, and connects again.

use std::{future::pending, sync::Arc, time::Duration};

use tokio::{
    select,
    sync::Notify,
    time::{Instant, sleep, timeout},
};

use super::{
    Login,
    fault::Fault,
    line::Line,
    reach,
    reason::Peer,
    session::{Hand, Happening, Wire, v3, v5},
    talk::{self, End},
};
use crate::model::{
    connection::{ConnectionEvent, ConnectionState},
    profile::{MqttVersion, Profile},
};

/// How long a closed line still hands over what it has to say.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Keeps the line open until its link is dropped.
pub(super) async fn run(mut line: Line, profile: Profile, login: Login, nudge: Arc<Notify>) {
    while !line.closing {
        line.wake();
        line.outlet.state(ConnectionState::Connecting { attempt: line.backoff.failures() + 1 });
        let end = match profile.protocol {
            MqttVersion::V311 => Box::pin(attempt(&mut line, &profile, &login, v3::open)).await,
            MqttVersion::V5 => Box::pin(attempt(&mut line, &profile, &login, v5::open)).await,
        };
        line.up = false;
        match end {
            End::Closed => break,
            End::Fault(fault) => wait(&mut line, &fault, &nudge).await,
        }
    }
    let left = line.outbox.clear("not sent: the line was closed");
    line.outlet.receipts(left);
    let last_words = async {
        while line.outlet.is_waiting() {
            line.outlet.room().await;
            line.outlet.flush();
        }
    };
    if timeout(LAST_WORDS, last_words).await.is_err() {
        tracing::debug!("nobody took the last words of the line");
    }
}

/// One attempt, and if it succeeds the whole session.
async fn attempt<H: Hand, W: Wire>(
    line: &mut Line,
    profile: &Profile,
    login: &Login,
    open: impl Fn(&Profile, &Login, Peer, reach::Way) -> (H, W),
) -> End {
    let peer = Peer::new(profile, &login.client_id);
    let limit = profile.connect_timeout.to_duration();
    let late = || Fault::NoAnswer(peer.at.clone(), limit.as_secs());
    let connect = async {
        let way = reach::find(profile, &peer).await?;
        let (hand, mut wire) = open(profile, login, peer.clone(), way);
        match wire.poll().await? {
            Happening::Up(granted) => Ok((hand, wire, granted)),
            _ => Err(Fault::NotMqtt(peer.at.clone())),
        }
    };
    let Some(connected) = line.meanwhile(timeout(limit, connect)).await else { return End::Closed };
    let (hand, wire, granted) = match connected.unwrap_or_else(|_| Err(late())) {
        Ok(connected) => connected,
        Err(fault) => {
            // A broker that cannot be reached is no rival's doing, nor was what went before.
            line.rivals.reset();
            return End::Fault(fault);
        }
    };
    tracing::info!(at = peer.at, kept = granted.kept, "connected");
    let since = Instant::now();
    let end = talk::talk(line, wire, &hand, granted, profile.max_packet_size).await;
    if since.elapsed() >= line.limits.good_after {
        line.backoff.reset();
    }
    let said = line.outbox.died();
    line.outlet.receipts(said);
    match end {
        End::Fault(fault) => End::Fault(suspect(line, fault, &peer)),
        End::Closed => End::Closed,
    }
}

/// Whether a session that ended may have been taken over by a rival, and whether that was once too
/// often.
///
/// MQTT 5 has a word for it, but not every broker says it; in 3.1.1 the broker just closes the line.
/// That is taken for a rival's doing only where nothing that this client did can be the cause:
/// everything was answered, nothing was under way.
fn suspect(line: &mut Line, fault: Fault, peer: &Peer) -> Fault {
    let settled = line.wants.is_settled();
    let rival = match &fault {
        Fault::TakenOver(_) => true,
        Fault::Closed => settled && !line.broke_on_the_way,
        _ => false,
    };
    if rival && line.rivals.took_over(&line.limits, Instant::now()) {
        let id = &peer.client_id;
        return Fault::Refused(format!("another client uses the id {id}: the session was taken over again and again"));
    }
    if fault == Fault::Closed && !settled { Fault::ClosedOnSubscribe } else { fault }
}

/// Says why the line is down and waits: for the time to try again, or for a nudge.
async fn wait(line: &mut Line, fault: &Fault, nudge: &Notify) {
    tracing::warn!("{fault}");
    large(line, fault);
    if fault.is_final() {
        line.outlet.state(ConnectionState::Stopped { reason: fault.to_string() });
        line.meanwhile(async {
            select! { () = pending() => (), () = nudge.notified() => () }
        })
        .await;
        line.backoff.reset();
        line.rivals.reset();
        return;
    }
    let chance = fastrand::f64();
    let wait = if fault.found_nobody() {
        line.backoff.found_nobody(&line.limits, chance)
    } else {
        line.backoff.failed(&line.limits, chance)
    };
    let attempt = line.backoff.failures();
    let (reason, untrusted) = (fault.to_string(), fault.untrusted());
    line.outlet.state(ConnectionState::WaitingToRetry {
        reason,
        retry_in: wait,
        failed_attempts: attempt,
        untrusted_certificate: untrusted,
    });
    line.meanwhile(async {
        select! { () = sleep(wait) => (), () = nudge.notified() => () }
    })
    .await;
}

/// A message that is too large ends the line each time it comes; the second time it is said what
/// to do about it.
fn large(line: &mut Line, fault: &Fault) {
    if !matches!(fault, Fault::TooLarge(..)) {
        line.too_large = 0;
        return;
    }
    line.too_large = line.too_large.saturating_add(1);
    if line.too_large == 2 {
        line.outlet.news(ConnectionEvent::Notice(format!(
            "{fault}; the line breaks on it each time: raise the limit or delete it"
        )));
    }
}
