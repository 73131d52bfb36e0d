//! The broker of the benchmark.

use std::{
    fs::OpenOptions,
    io::Write as _,
    net::SocketAddr,
    process::{Command, Stdio},
};

use mqtt_dash::demo::EmbeddedBroker;
use tokio::runtime::Runtime;

use crate::fixtures::{
    broker::{BrokerConfig, BrokerFixture},
    embedded_broker::start_broker,
};

/// The broker of the benchmark.
pub enum Source {
    /// mosquitto with an unlimited queue.
    Mosquitto(BrokerFixture),
    /// The embedded broker.
    Embedded(EmbeddedBroker, Runtime),
}

impl Source {
    /// Starts mosquitto if it is installed, else the embedded broker.
    pub fn start() -> Self {
        let mut command = Command::new("mosquitto");
        let is_installed = command.arg("-h").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
        if is_installed {
            let mut broker = BrokerFixture::start(BrokerConfig::default());
            let config = broker.path("mosquitto.conf");
            let mut file = OpenOptions::new().append(true).open(config).expect("the configuration exists");
            writeln!(file, "max_queued_messages 0\nlog_type error").expect("the configuration can be written");
            broker.kill();
            broker.restart();
            return Self::Mosquitto(broker);
        }
        let runtime = Runtime::new().expect("the runtime starts");
        let broker = runtime.block_on(start_broker());
        Self::Embedded(broker, runtime)
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        match self {
            Self::Mosquitto(broker) => SocketAddr::from(([127, 0, 0, 1], broker.port)),
            Self::Embedded(broker, _) => broker.address(),
        }
    }

    /// Stops it.
    pub fn stop(self) {
        if let Self::Embedded(broker, runtime) = self {
            runtime.block_on(broker.stop());
        }
    }

    /// How many messages a second it can deliver.
    pub fn rate(&self) -> u32 {
        match self {
            Self::Mosquitto(_) => 50_000,
            Self::Embedded(..) => 5_000,
        }
    }

    /// Its name for the report.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Mosquitto(_) => "mosquitto",
            Self::Embedded(..) => "the embedded broker (mosquitto is not installed, so the rate is lower)",
        }
    }
}
