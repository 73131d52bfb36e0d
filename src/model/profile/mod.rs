//! How to reach a broker: a profile, as `profiles.toml` holds it.

mod address;
mod secret;
mod size;
mod tls;

use std::path::PathBuf;

pub use address::{Address, Scheme};
pub use secret::Secret;
pub use size::Size;
pub use tls::{Pin, Tls};

use super::{
    field::{Inner, Whole, words},
    key::{Key, Keyed, key},
    line::Qos,
    topic::{self, Topic},
    value::Complaint,
};

words! {
    /// The version of MQTT to speak.
    Protocol {
        V3 = "3.1.1" "MQTT 3.1.1, which every broker speaks.",
        V5 = "5" "MQTT 5.",
    }
}

/// What the broker publishes when this client dies.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Will {
    /// Where.
    pub topic: Option<Topic>,
    /// What.
    pub payload: String,
    /// With which quality of service.
    pub qos: Qos,
    /// Whether the broker keeps it for new subscribers.
    pub retain: bool,
}

impl Keyed for Will {
    const KEYS: &'static [Key<Self>] = &[
        key!(Option<Topic>, topic, "where the broker publishes it"),
        key!(String, payload, "what it publishes"),
        key!(Qos, qos, "with which quality of service"),
        key!(bool, retain, "whether the broker keeps it for new subscribers"),
    ];

    fn contradictions(&self) -> Vec<Complaint> {
        if self.topic.is_none() { Complaint::new("a last will needs a `topic`").into() } else { Vec::new() }
    }
}

/// How to reach a broker.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// What people call it.
    pub name: String,
    /// The folder that relative paths start from.
    pub folder: PathBuf,
    /// Where the broker is.
    pub url: Address,
    /// The client id; `None`: one is made once and kept.
    pub client_id: Option<String>,
    /// The user.
    pub username: Option<String>,
    /// Where the password comes from.
    pub password: Option<Secret>,
    /// The version of MQTT.
    pub protocol: Protocol,
    /// Seconds of silence after which the line is tested.
    pub keep_alive: Whole<1, 65_535>,
    /// Whether the broker forgets this client when the line goes down.
    pub clean_session: bool,
    /// Seconds that connecting may take.
    pub connect_timeout: Whole<1, 3_600>,
    /// The largest packet, in and out.
    pub max_packet_size: Size,
    /// The dashboard that is opened with it.
    pub dashboard: Option<String>,
    /// Whether the screen is kept on while connected.
    pub keep_awake: bool,
    /// Whom to trust.
    pub tls: Inner<Tls>,
    /// The last will.
    pub will: Option<Inner<Will>>,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            name: String::new(),
            folder: PathBuf::new(),
            url: Address::default(),
            client_id: None,
            username: None,
            password: None,
            protocol: Protocol::V3,
            keep_alive: Whole::new(15),
            clean_session: true,
            connect_timeout: Whole::new(5),
            max_packet_size: Size::from_mib(16),
            dashboard: None,
            keep_awake: false,
            tls: Inner::default(),
            will: None,
        }
    }
}

impl Profile {
    /// A profile of nothing but an address, named by it.
    #[must_use]
    pub fn of_address(url: Address) -> Self {
        Self { name: format!("{}:{}", url.bracketed_host(), url.port), url, ..Self::default() }
    }

    /// The path of a file that the profile names, seen from the profile's own folder.
    #[must_use]
    pub fn path(&self, path: &std::path::Path) -> PathBuf {
        self.folder.join(path)
    }
}

impl Keyed for Profile {
    const KEYS: &'static [Key<Self>] = &[
        key!(
            Address,
            url,
            "where the broker is: mqtt:// (port 1883), mqtts:// (8883), ws:// (80) or wss:// (443), path /mqtt unless said otherwise"
        ),
        key!(
            Option<String>,
            client_id,
            "the name by which the broker knows this client; made once per profile and kept when left out"
        ),
        key!(Option<String>, username, "the user to log in as"),
        key!(Option<Secret>, password, "the password, or better where it comes from"),
        key!(Protocol, protocol, "the version of MQTT to speak"),
        key!(Whole<1, 65_535>, keep_alive, "seconds of silence after which the line is tested"),
        key!(bool, clean_session, "false: the broker keeps subscriptions and messages while this client is away"),
        key!(Whole<1, 3_600>, connect_timeout, "seconds that connecting may take"),
        key!(Size, max_packet_size, "the largest packet, in and out"),
        key!(
            Option<String>,
            dashboard,
            "the dashboard opened with it; otherwise every dashboard that names this profile"
        ),
        key!(bool, keep_awake, "keep the screen on while connected"),
        key!(Inner<Tls>, tls, "whom to trust, for mqtts:// and wss://"),
        key!(Option<Inner<Will>>, will, "what the broker publishes when this client dies"),
    ];

    fn contradictions(&self) -> Vec<Complaint> {
        let mut wrong = Vec::new();
        if !self.clean_session && self.client_id.as_ref().is_none_or(String::is_empty) {
            wrong.push(
                Complaint::new("a persistent session needs a client id of its own")
                    .help("set `client_id`")
                    .key("clean_session"),
            );
        }
        if self.tls != Inner::default() && !self.url.scheme.secure() {
            wrong.push(
                Complaint::new("`tls` says nothing for a plain connection")
                    .help("use mqtts:// or wss:// in `url`, or leave `tls` out")
                    .key("tls"),
            );
        }
        if self.password.is_some() && self.username.is_none() && self.protocol == Protocol::V3 {
            wrong.push(
                Complaint::new("MQTT 3.1.1 allows no password without a user").help("set `username`").key("password"),
            );
        }
        if self.protocol == Protocol::V5 && self.keep_alive.get() < 5 {
            wrong.push(Complaint::new("with protocol 5 the least is 5 seconds").key("keep_alive"));
        }
        if self.client_id.as_ref().is_some_and(|id| id.len() > topic::MAX_BYTES || id.contains('\0')) {
            wrong.push(Complaint::new("this cannot be a client id").key("client_id"));
        }
        wrong
    }
}
