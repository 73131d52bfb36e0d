//! Logging in, TLS and WebSocket with mosquitto, in both versions of MQTT.

use mqtt_dash::{
    model::profile::{CertificatePin, MqttVersion, Secrets},
    mqtt::Login,
};

use super::{assert_round_trip, for_both_versions, local_profile, profile_with};
use crate::fixtures::{
    broker::{BrokerConfig, BrokerFixture, free_port},
    broker_certificates::Certificate,
    connection::{ConnectionFixture, offered_pin, profile, short_retry_limits},
};

for_both_versions! {
    login_is_accepted_or_refused;
    tls_with_ca_connects;
    unknown_certificate_is_refused_and_can_be_pinned;
    certificate_for_other_host_is_refused;
    client_certificate_is_required_and_accepted;
    web_socket_connects;
    secure_web_socket_connects_with_ca_or_pin;
    tls_to_plain_port_is_explained;
    plain_to_tls_port_is_explained;
    closed_port_is_explained;
    unknown_host_is_named;
}

async fn login_is_accepted_or_refused(protocol: MqttVersion) {
    let broker = BrokerFixture::start(BrokerConfig { password: true, ..BrokerConfig::default() });
    let ann = |password: &str| Login {
        client_id: "me".to_owned(),
        username: Some("ann".to_owned()),
        secrets: Secrets::password_only(password.into()),
        ..Login::default()
    };
    let mut connection =
        ConnectionFixture::open_with(local_profile(&broker, protocol), ann("s3cret"), short_retry_limits());
    connection.wait_connected().await;
    assert_round_trip(&mut connection).await;
    let mut wrong = ConnectionFixture::open_with(local_profile(&broker, protocol), ann("guess"), short_retry_limits());
    let reason = wrong.wait_stopped().await;
    assert!(reason.starts_with("refused: "), "{reason}");
    assert!(reason.contains("user name") && !reason.contains("guess"), "{reason}");
    wrong.client.reconnect();
    assert!(wrong.wait_stopped().await.starts_with("refused: "), "reconnecting tries again");
}

async fn tls_with_ca_connects(protocol: MqttVersion) {
    let broker =
        BrokerFixture::start(BrokerConfig { certificate: Some(Certificate::SignedByCa), ..BrokerConfig::default() });
    let ca = broker.path("ca.pem");
    for host in ["localhost", "127.0.0.1"] {
        let with_ca = profile_with(&broker, host, protocol, |profile| profile.tls.0.ca = Some(ca.clone()));
        let mut connection = ConnectionFixture::connected(with_ca, "me").await;
        assert_round_trip(&mut connection).await;
        connection.client.close().await;
    }
}

async fn unknown_certificate_is_refused_and_can_be_pinned(protocol: MqttVersion) {
    let broker =
        BrokerFixture::start(BrokerConfig { certificate: Some(Certificate::SelfSigned), ..BrokerConfig::default() });
    let mut untrusting = ConnectionFixture::open(local_profile(&broker, protocol), "me");
    let reason = untrusting.wait_disconnected().await;
    assert!(reason.contains("is self-signed"), "{reason}");
    let pin = offered_pin(&reason);
    let pinned = |pin| profile_with(&broker, "localhost", protocol, |profile| profile.tls.0.pin = Some(pin));
    let mut connection = ConnectionFixture::connected(pinned(pin), "me").await;
    assert_round_trip(&mut connection).await;
    let mut changed = ConnectionFixture::open(pinned(CertificatePin([7; 32])), "me2");
    let reason = changed.wait_disconnected().await;
    assert!(reason.contains("HAS CHANGED") && reason.contains(&pin.to_string()), "{reason}");
    let mut insecure = ConnectionFixture::connected(
        profile_with(&broker, "localhost", protocol, |profile| profile.tls.0.insecure = true),
        "me3",
    )
    .await;
    assert_round_trip(&mut insecure).await;
}

async fn certificate_for_other_host_is_refused(protocol: MqttVersion) {
    let broker =
        BrokerFixture::start(BrokerConfig { certificate: Some(Certificate::WrongHostName), ..BrokerConfig::default() });
    let ca = Some(broker.path("ca.pem"));
    let mut connection =
        ConnectionFixture::open(profile_with(&broker, "localhost", protocol, |profile| profile.tls.0.ca = ca), "me");
    let reason = connection.wait_disconnected().await;
    assert!(reason.contains("is not valid for localhost, only for ") && reason.contains("broker.example"), "{reason}");
}

async fn client_certificate_is_required_and_accepted(protocol: MqttVersion) {
    let broker =
        BrokerFixture::start(BrokerConfig { certificate: Some(Certificate::Mutual), ..BrokerConfig::default() });
    let ca = Some(broker.path("ca.pem"));
    let mut without_certificate = ConnectionFixture::open(
        profile_with(&broker, "localhost", protocol, |profile| profile.tls.0.ca.clone_from(&ca)),
        "nobody",
    );
    let reason = without_certificate.wait_disconnected().await;
    assert!(reason.contains("requires a client certificate"), "{reason}");
    let with_certificate = profile_with(&broker, "localhost", protocol, |it| {
        it.tls.0.ca = ca;
        it.tls.0.cert = Some(broker.path("client.pem"));
        it.tls.0.key = Some(broker.path("client.key"));
    });
    let mut connection = ConnectionFixture::connected(with_certificate, "me").await;
    assert_round_trip(&mut connection).await;
}

async fn web_socket_connects(protocol: MqttVersion) {
    let broker = BrokerFixture::start(BrokerConfig { web_socket: true, ..BrokerConfig::default() });
    for host in ["localhost", "127.0.0.1"] {
        let mut connection = ConnectionFixture::connected(profile(&broker.url(host), protocol), "me").await;
        assert_round_trip(&mut connection).await;
        connection.client.close().await;
    }
}

async fn secure_web_socket_connects_with_ca_or_pin(protocol: MqttVersion) {
    let broker = BrokerFixture::start(BrokerConfig {
        web_socket: true,
        certificate: Some(Certificate::SignedByCa),
        ..BrokerConfig::default()
    });
    let mut untrusting = ConnectionFixture::open(local_profile(&broker, protocol), "me");
    let pin = offered_pin(&untrusting.wait_disconnected().await);
    let with_ca =
        profile_with(&broker, "localhost", protocol, |profile| profile.tls.0.ca = Some(broker.path("ca.pem")));
    let pinned = profile_with(&broker, "localhost", protocol, |profile| profile.tls.0.pin = Some(pin));
    for profile in [with_ca, pinned] {
        let mut connection = ConnectionFixture::connected(profile, "me").await;
        assert_round_trip(&mut connection).await;
        connection.client.close().await;
    }
}

async fn tls_to_plain_port_is_explained(protocol: MqttVersion) {
    let broker = BrokerFixture::start(BrokerConfig::default());
    for scheme in ["mqtts", "wss"] {
        let mut connection =
            ConnectionFixture::open(profile(&format!("{scheme}://localhost:{}", broker.port), protocol), "me");
        let reason = connection.wait_disconnected().await;
        assert!(reason.contains("is this a TLS port?"), "{scheme}: {reason}");
    }
}

async fn plain_to_tls_port_is_explained(protocol: MqttVersion) {
    let broker =
        BrokerFixture::start(BrokerConfig { certificate: Some(Certificate::SignedByCa), ..BrokerConfig::default() });
    let mut connection = ConnectionFixture::open(profile(&format!("mqtt://localhost:{}", broker.port), protocol), "me");
    let reason = connection.wait_disconnected().await;
    assert!(reason.contains("is this a TLS port") || reason.contains("is the port right?"), "{reason}");
}

async fn closed_port_is_explained(protocol: MqttVersion) {
    let port = free_port();
    let mut connection = ConnectionFixture::open(profile(&format!("mqtt://127.0.0.1:{port}"), protocol), "me");
    assert_eq!(connection.wait_disconnected().await, format!("nothing listens on 127.0.0.1:{port}"));
    let mut connection = ConnectionFixture::open(profile(&format!("ws://localhost:{port}"), protocol), "me");
    assert_eq!(connection.wait_disconnected().await, format!("nothing listens on localhost:{port}"));
}

async fn unknown_host_is_named(protocol: MqttVersion) {
    let mut connection = ConnectionFixture::open(profile("mqtt://no-such-host.invalid", protocol), "me");
    let reason = connection.wait_disconnected().await;
    assert!(reason.contains("no-such-host.invalid"), "{reason}");
}
