//! What surrounds the program: its files, a broker with another client, and a server of images; and the checks of
//! what the program does to them.

use std::time::{Duration, Instant};

use super::{
    action::{BrokerAction, ConfigFile, FileEdit, Publication},
    client::{OtherClient, Received},
    files::Files,
    oracle::{Oracle, Reason},
    statistics::Statistics,
};
use crate::fixtures::{
    broker::{BrokerConfig, BrokerFixture},
    http_server::HttpServerFixture,
    images::red_png,
};

/// How often messages may be sent again after a broker has ended.
const REPETITIONS: u64 = 20;
/// How long what is seen may be ahead of the file that explains it.
const GRACE: Duration = Duration::from_secs(2);

/// The surroundings.
pub struct World {
    /// The files.
    pub files: Files,
    /// Figures of the run.
    pub statistics: Statistics,
    broker: BrokerFixture,
    broker_state: Option<BrokerAction>,
    client: OtherClient,
    images: HttpServerFixture,
    oracle: Oracle,
    /// Whether the user has allowed scripts and URLs.
    has_consent: bool,
    /// Messages and requests that nothing explains yet, and since when.
    unexplained: Vec<(Suspicion, Instant)>,
    /// How many messages on topics that were to be cleared may come.
    clears: u64,
    /// How many messages tiles may publish.
    triggers: u64,
    tile_publishes: u64,
    /// Whether a dashboard was changed from outside in this session. Then the user may have edited another version of
    /// it, and until it is decided which one to keep, the screen is ahead of the file.
    edited_outside: bool,
}

/// Why a message should not have been published.
enum Fault {
    /// No version of a file allows it.
    Unexplained(String),
    /// Nothing could explain it.
    Certain(String),
}

enum Suspicion {
    Message(Received),
    ImageRequest,
}

impl World {
    /// Starts a broker, another client and a server of images, and writes the files.
    pub fn start(statistics: Statistics) -> Self {
        let broker = BrokerFixture::start(BrokerConfig { short_log: true, ..BrokerConfig::default() });
        let images = HttpServerFixture::start(red_png());
        let client = OtherClient::connect(broker.port);
        Self {
            files: Files::create(broker.port, &images.url),
            statistics,
            broker,
            broker_state: None,
            client,
            images,
            oracle: Oracle::default(),
            has_consent: false,
            unexplained: Vec::new(),
            clears: 0,
            triggers: 0,
            tile_publishes: 0,
            edited_outside: false,
        }
    }

    /// Writes all files as they were at the start, for the next session. With `damage_state`, half of what the program
    /// has saved in its state folder is gone.
    pub fn restore_files(&mut self, damage_state: bool) {
        self.files.restore();
        self.edited_outside = false;
        if damage_state {
            self.files.damage_state();
        }
    }

    /// Does something to the broker.
    pub fn act_on_broker(&mut self, action: BrokerAction) {
        match (action, self.broker_state) {
            (BrokerAction::Kill, _) => self.broker.kill(),
            (BrokerAction::Terminate, _) => self.broker.terminate(),
            (BrokerAction::Freeze, _) => self.broker.send_signal("STOP"),
            (BrokerAction::Recover, Some(BrokerAction::Freeze)) => self.broker.send_signal("CONT"),
            (BrokerAction::Recover, Some(_)) => self.broker.restart(),
            (BrokerAction::Recover, None) => return,
        }
        self.broker_state = (action != BrokerAction::Recover).then_some(action);
        if self.broker_state.is_some() {
            self.statistics.broker_ends += 1;
            self.triggers += REPETITIONS;
            // A confirmed deletion may be sent again.
            self.clears += self.clears.min(1) * 2;
        }
    }

    /// Publishes from the other client.
    pub fn publish(&mut self, publication: &Publication) {
        self.broker.discard_log();
        self.statistics.messages += self.client.publish(publication);
    }

    /// Changes a file from outside.
    pub fn edit_file(&mut self, file: ConfigFile, edit: FileEdit) {
        self.check_files(true);
        self.files.edit(file, edit);
        self.edited_outside |= matches!(file, ConfigFile::Dashboard(_));
        self.statistics.file_edits += 1;
    }

    /// Allows tiles to publish so many messages more.
    pub fn add_triggers(&mut self, count: usize) {
        self.triggers += u64::try_from(count).unwrap_or(u64::MAX);
    }

    /// Notes that the user has confirmed to delete the retained messages of a tile: at most two topics.
    pub fn confirm_clearing(&mut self) {
        self.clears += 2;
    }

    fn check_files(&mut self, user_may_delete: bool) {
        self.files.check(user_may_delete).unwrap_or_else(|fault| panic!("{fault}"));
        self.statistics.files_written += std::mem::take(&mut self.files.written_by_program);
        for text in self.files.take_texts() {
            self.oracle.learn(&text);
        }
    }

    /// Checks the files and the messages. With `navigating`, the user has only looked.
    pub fn check(&mut self, user_may_delete: bool, navigating: bool) {
        self.check_files(user_may_delete);
        self.has_consent |= self.files.has_consent();
        let now = Instant::now();
        self.unexplained.extend(self.client.take_received().into_iter().map(|message| {
            self.statistics.publishes += 1;
            (Suspicion::Message(message), now)
        }));
        if self.images.requests() > 0 && !self.unexplained.iter().any(|(one, _)| matches!(one, Suspicion::ImageRequest))
        {
            self.unexplained.push((Suspicion::ImageRequest, now));
        }
        for (suspicion, since) in std::mem::take(&mut self.unexplained) {
            match self.fault(&suspicion, navigating) {
                None => {}
                Some(_) if since.elapsed() < GRACE && !navigating => self.unexplained.push((suspicion, since)),
                Some(Fault::Unexplained(_)) if self.edited_outside => self.statistics.unverified += 1,
                Some(Fault::Unexplained(fault) | Fault::Certain(fault)) => panic!("{fault}"),
            }
        }
        assert!(
            self.tile_publishes <= self.triggers,
            "tiles have published {} messages after {} keys and clicks that could cause one",
            self.tile_publishes,
            self.triggers
        );
        for url in self.files.opened_urls() {
            assert!(self.is_known_url(&url), "the browser was opened with {url}");
        }
    }

    /// Why a message or a request should not have been sent.
    fn fault(&mut self, suspicion: &Suspicion, navigating: bool) -> Option<Fault> {
        let message = match suspicion {
            Suspicion::ImageRequest => {
                let fault = "an image was fetched without the consent of the user";
                return (!self.has_consent).then(|| Fault::Certain(fault.to_owned()));
            }
            Suspicion::Message(message) => message,
        };
        let shown = format!(
            "{:?}, QoS {}, retain {}: \"{}\"",
            message.topic,
            message.qos,
            message.retain,
            message.payload[..message.payload.len().min(200)].escape_ascii()
        );
        match self.oracle.reason_for(message) {
            None => {
                let known = self.oracle.describe(&message.topic);
                Some(Fault::Unexplained(format!("nothing can publish {shown}; {known}")))
            }
            Some(Reason::Tile | Reason::Clear) if navigating => {
                Some(Fault::Certain(format!("the user has only navigated, but this was published: {shown}")))
            }
            Some(Reason::Script) if !self.has_consent => {
                Some(Fault::Certain(format!("a script has run without consent: {shown}")))
            }
            Some(Reason::Clear) if self.clears == 0 => {
                Some(Fault::Certain(format!("nobody has confirmed to delete this: {shown}")))
            }
            Some(Reason::Clear) => {
                self.clears -= 1;
                None
            }
            Some(Reason::Tile) => {
                self.tile_publishes += 1;
                None
            }
            Some(Reason::Script | Reason::Will) => None,
        }
    }

    fn is_known_url(&self, url: &str) -> bool {
        url.starts_with(&self.images.url) || self.oracle.knows_url(url)
    }
}
