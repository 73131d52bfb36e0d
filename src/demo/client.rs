//! The simulated board on the line: a real MQTT client that carries messages between a broker and a
//! [`Board`], reads the sensors of the [`World`] for it and drives the lamp there.

use std::time::Duration;

use rumqttc::{AsyncClient, ConnectReturnCode, ConnectionError, Event, EventLoop, LastWill, MqttOptions, Packet, QoS};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::{Instant, sleep, sleep_until, timeout},
};

use super::{
    board::{self, Board, Out, Outputs, Outside, Press, Sensors, Start},
    camera,
    world::World,
};
use crate::model::line::LineState;

/// Messages on their way to the socket.
const OUTBOX: usize = 64;
/// Presses of the button on their way to the board.
const PRESSES: usize = 8;
/// The first wait before the line is tried again; it doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// A line that was up for so long was good: the waits begin anew.
const GOOD_LINE: Duration = Duration::from_secs(10);
/// Between two pictures. No multiple of the periods in which a lamp blinks and breathes.
const PICTURE_PERIOD: Duration = Duration::from_millis(1_700);
/// Between two pictures when the lamp has changed.
const LEAST_PICTURE_PERIOD: Duration = Duration::from_millis(200);

/// A board that runs. Dropped, it is cut off from its broker, which then publishes its last will.
#[derive(Debug)]
pub struct BoardTask {
    base: String,
    presses: mpsc::Sender<Press>,
    state: watch::Receiver<LineState>,
    task: JoinHandle<()>,
}

impl BoardTask {
    /// Switches a board on and keeps it connected. The last will in `options` is the board's own.
    #[must_use]
    pub fn spawn(start: Start, seed: u64, with_camera: bool, mut options: MqttOptions) -> Self {
        let board = board::make(start);
        let base = board.base().to_owned();
        options.set_last_will(LastWill::new(format!("{base}/status"), "offline", QoS::AtLeastOnce, true));
        options.set_clean_session(true);
        let (presses, to_press) = mpsc::channel(PRESSES);
        let (told, state) = watch::channel(LineState::Connecting { attempt: 1 });
        let camera = with_camera.then(|| Camera { topic: format!("{base}/camera"), last: None, changed: false });
        let client = Client {
            board,
            world: World::new(seed),
            camera,
            options,
            to_press,
            told,
            random: fastrand::Rng::with_seed(seed),
            switched_on: Instant::now(),
            next_tick: Duration::ZERO,
        };
        Self { base, presses, state, task: tokio::spawn(client.live()) }
    }

    /// `esp32/<id>`: every topic of the board begins with it.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// How its line is.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<LineState> {
        self.state.clone()
    }

    /// Presses its button. While the board is offline, or has many presses to send, nothing happens.
    pub fn press_button(&self, press: Press) {
        if self.presses.try_send(press).is_err() {
            tracing::debug!(base = self.base, "a press of the button was lost");
        }
    }
}

impl Drop for BoardTask {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Camera {
    topic: String,
    last: Option<Duration>,
    changed: bool,
}

impl Camera {
    fn due(&self) -> Duration {
        let period = if self.changed { LEAST_PICTURE_PERIOD } else { PICTURE_PERIOD };
        self.last.map_or(Duration::ZERO, |last| last + period)
    }
}

struct Client {
    board: Box<dyn Board>,
    world: World,
    camera: Option<Camera>,
    options: MqttOptions,
    to_press: mpsc::Receiver<Press>,
    told: watch::Sender<LineState>,
    random: fastrand::Rng,
    switched_on: Instant,
    /// When the board or the camera is due next.
    next_tick: Duration,
}

/// The outside of a board, for the length of one call.
struct Ports<'a> {
    line: &'a AsyncClient,
    world: &'a mut World,
    now: Duration,
    driven: Option<Outputs>,
}

impl Outside for Ports<'_> {
    fn publish(&mut self, out: Out<'_>) -> bool {
        let qos = if out.acknowledged { QoS::AtLeastOnce } else { QoS::AtMostOnce };
        self.line.try_publish(out.topic, qos, out.retain, out.payload).is_ok()
    }

    fn sensors(&mut self) -> Sensors {
        self.world.sensors(self.now)
    }

    fn drive(&mut self, outputs: Outputs) {
        self.world.drive(self.now, outputs);
        self.driven = Some(outputs);
    }
}

impl Client {
    async fn live(mut self) {
        let mut attempt = 1;
        loop {
            self.told.send_replace(LineState::Connecting { attempt });
            let began = Instant::now();
            let reason = self.session().await;
            attempt = if began.elapsed() >= GOOD_LINE { 1 } else { attempt + 1 };
            let retry_in = self.wait(attempt);
            tracing::info!(base = self.board.base(), reason, ?retry_in, "the board is offline");
            self.told.send_replace(LineState::Waiting { reason, retry_in, attempt: attempt - 1 });
            sleep(retry_in).await;
            while self.to_press.try_recv().is_ok() {}
        }
    }

    /// Doubling, and a quarter more or less, so that many boards do not come back at once.
    fn wait(&mut self, attempt: u32) -> Duration {
        let doubled = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(2)));
        doubled.min(LONGEST_WAIT).mul_f32(0.75 + 0.5 * self.random.f32())
    }

    /// One connection, from its first byte to its last. Returns why it ended.
    ///
    /// The line's own future is never thrown away before it is done, unless the line is thrown away.
    async fn session(&mut self) -> String {
        let (line, mut events) = AsyncClient::new(self.options.clone(), OUTBOX);
        events.network_options.set_tcp_nodelay(true);
        let patience = self.options.keep_alive() * 2 + Duration::from_secs(5);
        let mut online = false;
        loop {
            let heeded = match self.next(&line, &mut events, patience, online).await {
                Ok(event) => self.heed(&line, event, &mut online),
                Err(reason) => Err(reason),
            };
            if let Err(reason) = heeded {
                return reason;
            }
        }
    }

    fn heed(&mut self, line: &AsyncClient, event: Event, online: &mut bool) -> Result<(), String> {
        match event {
            Event::Incoming(Packet::ConnAck(_)) => line
                .try_subscribe(format!("{}/+/set", self.board.base()), QoS::AtLeastOnce)
                .map_err(|fault| format!("the commands could not be subscribed to: {fault}"))?,
            Event::Incoming(Packet::SubAck(_)) => {
                *online = true;
                self.told.send_replace(LineState::Connected);
                self.call(line, |board, now, ports| board.connected(now, ports));
            }
            Event::Incoming(Packet::Publish(message)) => self.call(line, |board, now, ports| {
                board.message(now, &message.topic, &message.payload, message.retain, ports);
            }),
            _ => {}
        }
        Ok(())
    }

    /// The next event of the line; while it is waited for, the board lives on.
    async fn next(
        &mut self,
        line: &AsyncClient,
        events: &mut EventLoop,
        patience: Duration,
        online: bool,
    ) -> Result<Event, String> {
        let poll = timeout(patience, events.poll());
        tokio::pin!(poll);
        loop {
            let next_tick = self.switched_on + self.next_tick;
            tokio::select! {
                event = &mut poll => return match event {
                    Ok(Ok(event)) => Ok(event),
                    Ok(Err(fault)) => Err(reason(&fault)),
                    Err(_) => Err("the broker is silent".to_owned()),
                },
                () = sleep_until(next_tick), if online => self.call(line, |_, _, _| {}),
                Some(press) = self.to_press.recv(), if online => {
                    self.call(line, |board, now, ports| board.button(now, press, ports));
                }
            }
        }
    }

    /// Lets the board do this and whatever else is due by now.
    fn call(&mut self, line: &AsyncClient, what: impl FnOnce(&mut dyn Board, Duration, &mut Ports<'_>)) {
        let now = self.switched_on.elapsed();
        let mut ports = Ports { line, world: &mut self.world, now, driven: None };
        what(self.board.as_mut(), now, &mut ports);
        let wait = self.board.tick(now, &mut ports);
        let driven = ports.driven.is_some();
        self.next_tick = now + wait.max(Duration::from_millis(1));
        if let Some(camera) = &mut self.camera {
            camera.changed |= driven;
            if now >= camera.due() {
                let picture = camera::png(&self.world.view(now));
                if line.try_publish(camera.topic.as_str(), QoS::AtMostOnce, false, picture).is_err() {
                    tracing::debug!(topic = camera.topic, "a picture was left out");
                }
                (camera.last, camera.changed) = (Some(now), false);
            }
            self.next_tick = self.next_tick.min(camera.due());
        }
    }
}

/// Why a connection ended, as a sentence without its full stop.
fn reason(fault: &ConnectionError) -> String {
    match fault {
        ConnectionError::ConnectionRefused(code) => match code {
            ConnectReturnCode::BadUserNamePassword => "refused: bad user name or password".to_owned(),
            ConnectReturnCode::NotAuthorized => "refused: not authorized".to_owned(),
            ConnectReturnCode::BadClientId => "refused: the broker does not take this client id".to_owned(),
            ConnectReturnCode::ServiceUnavailable => "refused: the broker is unavailable".to_owned(),
            other => format!("refused: {other:?}"),
        },
        ConnectionError::Io(fault) => fault.to_string(),
        other => other.to_string(),
    }
}
