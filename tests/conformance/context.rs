//! What a case gets: a broker, a version of MQTT, and names that no other case uses.

use std::{
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use mqtt_dash::{
    model::{
        connection::{PublishStatus, Qos},
        profile::{MqttVersion, Profile, Secrets},
    },
    mqtt::Login,
};

use crate::{
    brokers::Broker,
    fixtures::{
        broker,
        connection::{ConnectionFixture, profile, publish_request, short_retry_limits},
        process,
    },
};

/// The user who may use all topics.
pub const ADMIN: &str = "ann";
/// The user who may use `allowed/#` and `ready/#` only.
pub const LIMITED: &str = "bob";
/// The password of both.
pub const PASSWORD: &str = "s3cret";

/// How a connection reaches a broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Plain TCP.
    Tcp,
    /// TLS.
    Tls,
    /// WebSocket.
    WebSocket,
    /// WebSocket over TLS.
    SecureWebSocket,
}

/// As it is in the name of a test.
pub fn version_name(version: MqttVersion) -> &'static str {
    match version {
        MqttVersion::V311 => "mqtt_3_1_1",
        MqttVersion::V5 => "mqtt_5",
    }
}

/// One run of a case.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The broker.
    pub broker: &'a Broker,
    /// The version of MQTT of the connections.
    pub version: MqttVersion,
    number: u32,
}

impl<'a> Context<'a> {
    /// A run with names of its own.
    pub fn new(broker: &'a Broker, version: MqttVersion) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self { broker, version, number: NEXT.fetch_add(1, Ordering::Relaxed) }
    }

    /// A topic or a client ID that only this run uses.
    pub fn name(&self, name: &str) -> String {
        format!("{name}{}", self.number)
    }

    /// A profile for plain TCP.
    pub fn profile(&self) -> Profile {
        self.profile_over(Transport::Tcp)
    }

    /// A profile for a transport.
    pub fn profile_over(&self, transport: Transport) -> Profile {
        let mut profile = profile(&self.broker.url(transport), self.version);
        if matches!(transport, Transport::Tls | Transport::SecureWebSocket) {
            profile.tls.0.ca = Some(self.broker.ca());
        }
        profile
    }

    /// A login as this user, with a client ID of this run.
    pub fn login(&self, client: &str, user: &str) -> Login {
        Login {
            client_id: self.name(client),
            username: Some(user.to_owned()),
            secrets: Secrets::password_only(PASSWORD.into()),
            ..Login::default()
        }
    }

    /// Opens a connection of [`ADMIN`] and waits until it is connected.
    pub async fn connected(&self, client: &str) -> ConnectionFixture {
        self.connected_with(self.profile(), client, ADMIN).await
    }

    /// Opens a connection and waits until it is connected.
    pub async fn connected_with(&self, profile: Profile, client: &str, user: &str) -> ConnectionFixture {
        let mut connection = ConnectionFixture::open_with(profile, self.login(client, user), short_retry_limits());
        connection.wait_connected().await;
        connection
    }

    /// Publishes with `mosquitto_pub`.
    pub fn publish(&self, topic: &str, payload: &str, more: &[&str]) {
        let mut command = self.command("mosquitto_pub");
        let output = process::output(command.args(["-t", topic, "-m", payload]).args(more));
        assert!(output.status.success(), "mosquitto_pub: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Starts `mosquitto_sub`, which prints what it receives as `RETAIN QOS PAYLOAD`, and ends after `count` messages.
    pub fn start_subscriber(&self, topic: &str, count: u32) -> Child {
        let mut command = self.command("mosquitto_sub");
        command.args(["-W", "60", "-q", "2", "-F", "%r %q %p", "-C", &count.to_string(), "-t", topic]);
        process::spawn(command.stdout(Stdio::piped()))
    }

    /// What `mosquitto_sub` receives of a topic.
    pub fn receive(&self, topic: &str, count: u32) -> String {
        let output = self.start_subscriber(topic, count).wait_with_output().expect("mosquitto_sub ends");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// A client of mosquitto as [`ADMIN`].
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(broker::program(program));
        let version = if self.version == MqttVersion::V5 { "mqttv5" } else { "mqttv311" };
        command.args(["-h", "127.0.0.1", "-p", &self.broker.port(Transport::Tcp).to_string(), "-V", version]);
        command.args(["-u", ADMIN, "-P", PASSWORD]);
        command
    }

    /// Publishes a message and receives it.
    pub async fn assert_round_trip(&self, connection: &mut ConnectionFixture, topic: &str) {
        connection.subscribe(&[(topic, Qos::AtLeastOnce)]).await;
        connection.client.publish(publish_request(900, topic, b"hello", Qos::AtLeastOnce));
        assert_eq!(connection.final_publish_status(900).await, PublishStatus::Acknowledged);
        assert_eq!(connection.next_message_text().await, format!("{topic} hello"));
    }
}
