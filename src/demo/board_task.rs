//! The task of a simulated board: passes messages between a [`Client`] and the [`DeviceCore`], calls the core
//! when it is due, and presses its button.

use std::time::Duration;

use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::{Instant, sleep_until},
};

use super::{
    board::{BoardIdentity, BoardSettings, ButtonPress, DeviceCore},
    button::ButtonSimulator,
    camera,
    device_port::SimulatedDevicePort,
    environment::EnvironmentSimulator,
    error::DemoError,
};
use crate::{
    model::{
        batch::MessageRef,
        connection::{ConnectionEvent, ConnectionId, ConnectionState, Qos},
        field_value::Nested,
        profile::{Profile, Will},
        topic::Topic,
    },
    mqtt::{Client, Login},
};

/// The capacity of the queue of connection events.
const EVENT_QUEUE_CAPACITY: usize = 32;
/// The capacity of the queue of button presses.
const PRESS_QUEUE_CAPACITY: usize = 8;
/// The interval of camera images. It is not a multiple of the lamp's animation periods, so that images show
/// different phases.
const CAMERA_PERIOD: Duration = Duration::from_millis(1_700);
/// The interval of camera images when the lamp has changed.
const MIN_CAMERA_PERIOD: Duration = Duration::from_millis(200);
/// The IP address that a simulated board publishes.
const BOARD_IP: &str = "127.0.0.1";

/// The configuration of a simulated board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BoardConfig {
    /// The identity that the board publishes.
    pub identity: BoardIdentity,
    /// The settings at the start.
    pub settings: BoardSettings,
    /// The seed of its environment.
    pub seed: u64,
    /// Whether it publishes camera images.
    pub camera: bool,
}

/// A running board. Dropping it stops it in the background; [`BoardTask::stop`] also waits until it has
/// disconnected.
#[derive(Debug)]
pub struct BoardTask {
    base_topic: String,
    press_sender: mpsc::Sender<ButtonPress>,
    connection_state: watch::Receiver<ConnectionState>,
    task: JoinHandle<()>,
}

impl BoardTask {
    /// Starts a board and keeps it connected. Replaces the will of the profile with the board's, and requests a
    /// clean session, which the broker discards when the connection ends.
    ///
    /// # Errors
    /// When the ID of the board is invalid.
    pub(crate) fn spawn(config: BoardConfig, profile: Profile, login: Login) -> Result<Self, DemoError> {
        let BoardConfig { identity, settings, seed, camera } = config;
        let mut device_port = SimulatedDevicePort::new(EnvironmentSimulator::new(seed));
        let core = DeviceCore::new(&identity, settings, Duration::ZERO, &mut device_port)
            .ok_or_else(|| DemoError::InvalidBoardId(identity.id.clone()))?;
        let base_topic = core.base_topic().to_owned();
        let (event_sender, events) = mpsc::channel(EVENT_QUEUE_CAPACITY);
        let profile = Profile { clean_session: true, will: Some(Nested(last_will(&base_topic))), ..profile };
        device_port.client = Some(Client::open(ConnectionId(0), profile, login, event_sender));
        // Subscribes before the connection is up, so that the subscription precedes everything that the board
        // publishes.
        if !device_port.try_subscribe(&format!("{base_topic}/+/set")) {
            tracing::warn!(base_topic, "the board cannot subscribe to its commands");
        }
        let (press_sender, press_receiver) = mpsc::channel(PRESS_QUEUE_CAPACITY);
        let (state_sender, connection_state) = watch::channel(ConnectionState::Connecting { attempt: 1 });
        let runner = BoardRunner {
            core,
            device_port,
            camera: camera.then(|| CameraPublisher {
                topic: format!("{base_topic}/camera"),
                last_published: None,
                lamp_changed: false,
            }),
            button: ButtonSimulator::default(),
            events,
            press_receiver,
            state_sender,
            started_at: Instant::now(),
            next_due: Duration::ZERO,
        };
        Ok(Self { base_topic, press_sender, connection_state, task: tokio::spawn(runner.run()) })
    }

    /// Returns the base topic, `esp32/<id>`, with which every topic of the board begins.
    #[must_use]
    pub fn base_topic(&self) -> &str {
        &self.base_topic
    }

    /// Returns the state of the board's connection, which can be watched.
    #[must_use]
    pub fn connection_state(&self) -> watch::Receiver<ConnectionState> {
        self.connection_state.clone()
    }

    /// Presses the board's button. The press is lost if the board is offline or too many presses are queued.
    pub(crate) fn press_button(&self, press: ButtonPress) {
        if self.press_sender.try_send(press).is_err() {
            tracing::debug!(base = self.base_topic, "a button press was dropped");
        }
    }

    /// Stops the board and waits until it has disconnected, a few seconds at most.
    pub(crate) async fn stop(self) {
        let Self { press_sender, task, .. } = self;
        drop(press_sender);
        if let Err(error) = task.await {
            tracing::error!(%error, "the task of the board failed");
        }
    }
}

fn last_will(base_topic: &str) -> Will {
    let topic = Topic::new(&format!("{base_topic}/status")).ok();
    Will { topic, payload: "offline".to_owned(), qos: Qos::AtLeastOnce, retain: true, ..Will::default() }
}

struct CameraPublisher {
    topic: String,
    last_published: Option<Duration>,
    lamp_changed: bool,
}

impl CameraPublisher {
    fn next_due(&self) -> Duration {
        let period = if self.lamp_changed { MIN_CAMERA_PERIOD } else { CAMERA_PERIOD };
        self.last_published.map_or(Duration::ZERO, |last| last + period)
    }

    /// Publishes an image if one is due.
    fn publish_if_due(&mut self, device_port: &mut SimulatedDevicePort) {
        self.lamp_changed |= std::mem::take(&mut device_port.light_changed);
        if device_port.now < self.next_due() {
            return;
        }
        if !device_port.try_publish(
            &self.topic,
            &camera::render_png(&device_port.environment.view(device_port.now)),
            Qos::AtMostOnce,
            false,
        ) {
            tracing::debug!(topic = self.topic, "a camera image was skipped");
        }
        (self.last_published, self.lamp_changed) = (Some(device_port.now), false);
    }
}

struct BoardRunner {
    core: DeviceCore,
    device_port: SimulatedDevicePort,
    camera: Option<CameraPublisher>,
    button: ButtonSimulator,
    events: mpsc::Receiver<(ConnectionId, ConnectionEvent)>,
    press_receiver: mpsc::Receiver<ButtonPress>,
    state_sender: watch::Sender<ConnectionState>,
    started_at: Instant,
    /// When the core, the button or the camera is due next.
    next_due: Duration,
}

impl BoardRunner {
    async fn run(mut self) {
        loop {
            tokio::select! {
                press = self.press_receiver.recv() => match press {
                    Some(press) => self.on_press(press),
                    None => break,
                },
                Some((_, event)) = self.events.recv() => self.on_connection_event(event),
                () = sleep_until(self.started_at + self.next_due) => {}
            }
            self.tick();
        }
        self.device_port.now = self.started_at.elapsed();
        let offline_published = self.core.go_offline(self.device_port.now, &mut self.device_port);
        tracing::debug!(base = self.core.base_topic(), offline_published, "the board stops");
        if let Some(client) = self.device_port.client.take() {
            // Closes the channel, so that the client does not block on sending its last events.
            self.events.close();
            client.close().await;
        }
    }

    fn on_press(&mut self, press: ButtonPress) {
        if !self.button.queue_press(press) {
            tracing::debug!(base = self.core.base_topic(), "a button press was dropped");
        }
    }

    fn on_connection_event(&mut self, event: ConnectionEvent) {
        self.device_port.now = self.started_at.elapsed();
        match event {
            ConnectionEvent::State(state) => self.on_connection_state(state),
            ConnectionEvent::Messages(messages) => messages.iter().for_each(|message| self.on_message(message)),
            ConnectionEvent::PublishStatus(id, status) => self.device_port.on_publish_status(id, &status),
            ConnectionEvent::SubscriptionRefused(filter, reason) => {
                tracing::warn!(filter = filter.as_str(), reason, "the broker refused the subscription to the commands");
            }
            ConnectionEvent::RoundTrip(_)
            | ConnectionEvent::SubscriptionGranted(_)
            | ConnectionEvent::SessionSubscriptions(_)
            | ConnectionEvent::MessagesDropped(_) => {}
            ConnectionEvent::Notice(notice) => tracing::info!(base = self.core.base_topic(), notice),
        }
    }

    fn on_connection_state(&mut self, state: ConnectionState) {
        let now = self.device_port.now;
        if state == ConnectionState::Connected {
            self.core.on_connected(now, BOARD_IP, &mut self.device_port);
        } else if *self.state_sender.borrow() == ConnectionState::Connected {
            self.core.on_disconnected(now, &mut self.device_port);
        }
        tracing::info!(base = self.core.base_topic(), ?state, "connection state of the board");
        self.state_sender.send_replace(state);
    }

    fn on_message(&mut self, message: MessageRef<'_>) {
        let topic_and_payload = (message.topic, message.payload);
        self.core.receive_message(self.device_port.now, topic_and_payload, message.retain, &mut self.device_port);
    }

    /// Runs what is due: the core, the button and the camera.
    fn tick(&mut self) {
        let now = self.started_at.elapsed();
        self.device_port.now = now;
        let mut wait = self.core.tick(now, &mut self.device_port);
        if let Some(down) = self.button.advance(now) {
            self.core.set_button(now, down, &mut self.device_port);
            wait = self.core.tick(now, &mut self.device_port);
        }
        let mut next_due = now + wait.max(Duration::from_millis(1));
        if let Some(due) = self.button.next_due() {
            next_due = next_due.min(due);
        }
        let connected = *self.state_sender.borrow() == ConnectionState::Connected;
        if let Some(camera) = self.camera.as_mut().filter(|_| connected) {
            camera.publish_if_due(&mut self.device_port);
            next_due = next_due.min(camera.next_due());
        }
        self.next_due = next_due;
    }
}
