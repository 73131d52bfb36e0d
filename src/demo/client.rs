//! The simulated board on the line: carries messages between a [`Link`] and the [`Core`], lets time
//! pass for it, and presses its button.

use std::time::Duration;

use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::{Instant, sleep_until},
};

use super::{
    board::{Core, Identity, Press, Settings},
    camera,
    fault::DemoFault,
    finger::Finger,
    ports::Ports,
    world::World,
};
use crate::{
    model::{
        batch::MessageRef,
        field::Inner,
        line::{LineEvent, LineId, LineState, Qos},
        profile::{Profile, Will},
        topic::Topic,
    },
    mqtt::{Link, Login},
};

/// What the line has to say that the board has not heard yet.
const EVENTS: usize = 32;
/// Presses of the button on their way to the board.
const PRESSES: usize = 8;
/// Between two pictures. No multiple of the periods in which a lamp blinks and breathes.
const PICTURE_PERIOD: Duration = Duration::from_millis(1_700);
/// Between two pictures when the lamp has changed.
const LEAST_PICTURE_PERIOD: Duration = Duration::from_millis(200);
/// The address that a simulated board tells.
const IP: &str = "127.0.0.1";

/// How a board starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// What it tells about itself.
    pub identity: Identity,
    /// How it was set when it was switched off.
    pub settings: Settings,
    /// Its room grows out of this.
    pub seed: u64,
    /// Whether it sends pictures too.
    pub camera: bool,
}

/// A board that runs. Dropped, it says goodbye in the background; [`BoardTask::stop`] also waits for
/// that.
#[derive(Debug)]
pub struct BoardTask {
    base: String,
    presses: mpsc::Sender<Press>,
    state: watch::Receiver<LineState>,
    task: JoinHandle<()>,
}

impl BoardTask {
    /// Switches a board on and keeps it connected. The last will is the board's own, and so is the
    /// session, which the broker forgets with the line.
    ///
    /// # Errors
    /// When the id cannot be one.
    pub fn spawn(start: Start, profile: Profile, login: Login) -> Result<Self, DemoFault> {
        let Start { identity, settings, seed, camera } = start;
        let mut ports = Ports::new(World::new(seed));
        let core = Core::new(&identity, settings, Duration::ZERO, &mut ports)
            .ok_or_else(|| DemoFault::BadId(identity.id.clone()))?;
        let base = core.base().to_owned();
        let (line_events, events) = mpsc::channel(EVENTS);
        let profile = Profile { clean_session: true, will: Some(Inner(last_will(&base))), ..profile };
        ports.link = Some(Link::open(LineId(0), profile, login, line_events));
        // Before the line is up, so that the commands are subscribed to before anything is told.
        if !ports.want(&format!("{base}/+/set")) {
            tracing::warn!(base, "no commands can be asked for");
        }
        let (presses, to_press) = mpsc::channel(PRESSES);
        let (told, state) = watch::channel(LineState::Connecting { attempt: 1 });
        let client = Client {
            core,
            ports,
            camera: camera.then(|| Camera { topic: format!("{base}/camera"), last: None, changed: false }),
            finger: Finger::default(),
            events,
            to_press,
            told,
            switched_on: Instant::now(),
            next_tick: Duration::ZERO,
        };
        Ok(Self { base, presses, state, task: tokio::spawn(client.live()) })
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

    /// Presses its button. While the board is offline, or has many presses to send, nothing comes of
    /// it.
    pub fn press_button(&self, press: Press) {
        if self.presses.try_send(press).is_err() {
            tracing::debug!(base = self.base, "a press of the button was lost");
        }
    }

    /// Switches it off and waits until its broker knows, some seconds at most.
    pub async fn stop(self) {
        let Self { presses, task, .. } = self;
        drop(presses);
        if let Err(fault) = task.await {
            tracing::error!(%fault, "the board has ended");
        }
    }
}

fn last_will(base: &str) -> Will {
    let topic = Topic::new(&format!("{base}/status")).ok();
    Will { topic, payload: "offline".to_owned(), qos: Qos::AtLeastOnce, retain: true }
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

    /// Sends a picture when it is time for one.
    fn look(&mut self, ports: &mut Ports) {
        self.changed |= std::mem::take(&mut ports.lit);
        if ports.now < self.due() {
            return;
        }
        if !ports.send(&self.topic, &camera::png(&ports.world.view(ports.now)), Qos::AtMostOnce, false) {
            tracing::debug!(topic = self.topic, "a picture was left out");
        }
        (self.last, self.changed) = (Some(ports.now), false);
    }
}

struct Client {
    core: Core,
    ports: Ports,
    camera: Option<Camera>,
    finger: Finger,
    events: mpsc::Receiver<(LineId, LineEvent)>,
    to_press: mpsc::Receiver<Press>,
    told: watch::Sender<LineState>,
    switched_on: Instant,
    /// When the board, the finger or the camera is due next.
    next_tick: Duration,
}

impl Client {
    async fn live(mut self) {
        loop {
            tokio::select! {
                press = self.to_press.recv() => match press {
                    Some(press) => self.press(press),
                    None => break,
                },
                Some((_, event)) = self.events.recv() => self.hear(event),
                () = sleep_until(self.switched_on + self.next_tick) => {}
            }
            self.turn();
        }
        self.ports.now = self.switched_on.elapsed();
        let said = self.core.leave(self.ports.now, &mut self.ports);
        tracing::debug!(base = self.core.base(), said, "the board is switched off");
        if let Some(link) = self.ports.link.take() {
            // What the line still says is of no interest, but it must have room to say it.
            self.events.close();
            link.close().await;
        }
    }

    fn press(&mut self, press: Press) {
        if !self.finger.press(press) {
            tracing::debug!(base = self.core.base(), "a press of the button was lost");
        }
    }

    fn hear(&mut self, event: LineEvent) {
        self.ports.now = self.switched_on.elapsed();
        match event {
            LineEvent::State(state) => self.state(state),
            LineEvent::Messages(messages) => messages.iter().for_each(|message| self.message(message)),
            LineEvent::Receipt(order, receipt) => self.ports.note(order, &receipt),
            LineEvent::Refused(filter, why) => {
                tracing::warn!(filter = filter.as_str(), why, "the board gets no commands");
            }
            LineEvent::Notice(notice) => tracing::info!(base = self.core.base(), notice),
        }
    }

    fn state(&mut self, state: LineState) {
        let now = self.ports.now;
        if state == LineState::Connected {
            self.core.connected(now, IP, &mut self.ports);
        } else if *self.told.borrow() == LineState::Connected {
            self.core.disconnected(now, &mut self.ports);
        }
        tracing::info!(base = self.core.base(), ?state, "the line of the board");
        self.told.send_replace(state);
    }

    fn message(&mut self, message: MessageRef<'_>) {
        let said = (message.topic, message.payload);
        self.core.message(self.ports.now, said, message.retain, &mut self.ports);
    }

    /// Lets the board, the finger and the camera do what is due by now.
    fn turn(&mut self) {
        let now = self.switched_on.elapsed();
        self.ports.now = now;
        let mut wait = self.core.tick(now, &mut self.ports);
        if let Some(down) = self.finger.move_on(now) {
            self.core.button(now, down, &mut self.ports);
            wait = self.core.tick(now, &mut self.ports);
        }
        let mut next = now + wait.max(Duration::from_millis(1));
        if let Some(due) = self.finger.due() {
            next = next.min(due);
        }
        let connected = *self.told.borrow() == LineState::Connected;
        if let Some(camera) = self.camera.as_mut().filter(|_| connected) {
            camera.look(&mut self.ports);
            next = next.min(camera.due());
        }
        self.next_tick = next;
    }
}
