//! The program against a real mosquitto broker.

#[cfg(unix)]
mod decoders;
#[cfg(unix)]
mod explorer;
#[cfg(unix)]
mod json_devices;
#[cfg(unix)]
mod kept_session;
mod messages;
mod outages;
#[cfg(unix)]
mod program;
mod transports;
mod watch;
mod web_servers;

use std::time::Duration;

use mqtt_dash::model::{
    connection::{PublishStatus, Qos},
    profile::{MqttVersion, Profile},
};

use crate::fixtures::{
    broker::BrokerFixture,
    connection::{ConnectionFixture, profile, publish_request},
};

/// How long a test may take.
const TEST_TIMEOUT: Duration = Duration::from_mins(1);

/// Makes two tests of each function, one for each version of MQTT.
macro_rules! for_both_versions {
    ($($name:ident;)*) => {
        $(mod $name {
            use mqtt_dash::model::profile::MqttVersion;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn mqtt_3_1_1() {
                crate::mosquitto::with_timeout(super::$name(MqttVersion::V311)).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn mqtt_5() {
                crate::mosquitto::with_timeout(super::$name(MqttVersion::V5)).await;
            }
        })*
    };
}
use for_both_versions;

async fn with_timeout(test: impl Future<Output = ()>) {
    tokio::time::timeout(TEST_TIMEOUT, test).await.expect("the test takes too long");
}

/// A profile of the broker with changes.
fn profile_with(
    broker: &BrokerFixture,
    host: &str,
    protocol: MqttVersion,
    change: impl FnOnce(&mut Profile),
) -> Profile {
    let mut profile = profile(&broker.url(host), protocol);
    change(&mut profile);
    profile
}

/// A profile of the broker on `localhost`.
fn local_profile(broker: &BrokerFixture, protocol: MqttVersion) -> Profile {
    profile(&broker.url("localhost"), protocol)
}

/// Publishes a message and receives it.
async fn assert_round_trip(connection: &mut ConnectionFixture) {
    connection.subscribe(&[("round/trip", Qos::AtLeastOnce)]).await;
    connection.client.publish(publish_request(1, "round/trip", b"hello", Qos::AtLeastOnce));
    assert_eq!(connection.final_publish_status(1).await, PublishStatus::Acknowledged);
    assert_eq!(connection.next_message_text().await, "round/trip hello");
}
