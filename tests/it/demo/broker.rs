//! The embedded broker and its clients.

//! MQTT, and the simulated board among them.
use std::{io::Write as _, net::SocketAddr};

use mqtt_dash::{
    demo::{Access, BrokerOptions, Demo, DemoError, DemoOptions, EmbeddedBroker, accounts, broker::loopback_any_port},
    model::{
        connection::Qos::{AtLeastOnce, AtMostOnce, ExactlyOnce},
        profile::{MqttVersion, PasswordSource},
    },
};

use super::message;
use crate::fixtures::{
    client::{ClientFixture, ClientOptions, Will, within_timeout},
    embedded_broker::start_broker,
};

#[tokio::test]
async fn broker_delivers_every_qos_in_both_versions() {
    let broker = start_broker().await;
    let mut v3 = ClientFixture::connect(MqttVersion::V311, broker.address(), "v3").await;
    let mut v5 = ClientFixture::connect(MqttVersion::V5, broker.address(), "v5").await;
    v3.subscribe("to/v3/#", ExactlyOnce).await;
    v5.subscribe("to/+/v5", ExactlyOnce).await;
    for qos in [AtMostOnce, AtLeastOnce, ExactlyOnce] {
        v3.publish("to/x/v5", qos, false, "from v3").await;
        assert_eq!(v5.next_message().await, message("to/x/v5", "from v3", qos, false));
        v5.publish("to/v3/a/b", qos, false, "from v5").await;
        assert_eq!(v3.next_message().await, message("to/v3/a/b", "from v5", qos, false));
    }
    broker.stop().await;
}

#[tokio::test]
async fn retained_message_is_delivered_to_new_subscriber_and_cleared() {
    let broker = start_broker().await;
    let mut v3 = ClientFixture::connect(MqttVersion::V311, broker.address(), "v3").await;
    v3.publish("retained", AtLeastOnce, true, "old").await;
    v3.publish("retained", AtLeastOnce, true, "new").await;
    v3.subscribe("echo", AtLeastOnce).await;
    v3.publish("echo", AtLeastOnce, false, "").await;
    v3.next_message().await;

    let mut v5 = ClientFixture::connect(MqttVersion::V5, broker.address(), "v5").await;
    v5.subscribe("#", AtLeastOnce).await;
    assert_eq!(v5.next_message().await, message("retained", "new", AtLeastOnce, true));
    v3.publish("retained", AtLeastOnce, true, "").await;
    assert_eq!(v5.next_message().await, message("retained", "", AtLeastOnce, false));

    let mut late = ClientFixture::connect(MqttVersion::V311, broker.address(), "late").await;
    late.subscribe("#", AtLeastOnce).await;
    v3.publish("now", AtLeastOnce, false, "first").await;
    assert_eq!(&*late.next_message().await.topic, "now");
    broker.stop().await;
}

#[tokio::test]
async fn will_of_lost_client_is_published() {
    let broker = start_broker().await;
    let mut watcher = ClientFixture::connect(MqttVersion::V311, broker.address(), "watcher").await;
    watcher.subscribe("state/#", AtLeastOnce).await;
    let will = Will { topic: "state/mortal", payload: "gone", qos: AtLeastOnce, retain: true };
    drop(ClientOptions::new(MqttVersion::V311, broker.address(), "mortal").will(will).connect().await.unwrap());
    assert_eq!(watcher.next_message().await, message("state/mortal", "gone", AtLeastOnce, false));
    let will = Will { topic: "state/v5", payload: "gone", qos: ExactlyOnce, retain: false };
    drop(ClientOptions::new(MqttVersion::V5, broker.address(), "mortal-5").will(will).connect().await.unwrap());
    assert_eq!(watcher.next_message().await, message("state/v5", "gone", AtLeastOnce, false));
    broker.stop().await;
}

#[tokio::test]
async fn large_message_is_delivered() {
    let broker = start_broker().await;
    let mut v3 = ClientFixture::connect(MqttVersion::V311, broker.address(), "v3").await;
    v3.subscribe("large", AtLeastOnce).await;
    let payload = "x".repeat(5_000_000);
    v3.publish("large", AtLeastOnce, false, &payload).await;
    assert_eq!(v3.next_message().await.payload.len(), payload.len());
    broker.stop().await;
}

#[tokio::test]
async fn broker_with_accounts_requires_valid_login() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "# the class\n{}", accounts::account_line("alice", "open sesame").unwrap()).unwrap();
    let access = Access::Accounts(file.path().to_owned());
    let demo = Demo::start(DemoOptions {
        broker: BrokerOptions { access, ..BrokerOptions::default() },
        ..DemoOptions::default()
    })
    .await
    .unwrap();
    let address = demo.broker().address();
    let login = |id: &str, user: &str, password: &str| {
        ClientOptions::new(MqttVersion::V311, address, id).credentials(user, password).connect()
    };
    let refused = Err("BadUserNamePassword".to_owned());
    assert_eq!(ClientOptions::new(MqttVersion::V311, address, "nobody").connect().await.map(drop), refused);
    assert_eq!(login("wrong", "alice", "open").await.map(drop), refused);
    assert_eq!(login("unknown", "bob", "open sesame").await.map(drop), refused);
    let mut alice = login("right", "alice", "open sesame").await.unwrap();
    alice.subscribe("esp32/demo/status", AtLeastOnce).await;
    assert_eq!(alice.next_payload().await, "online");

    let options = ClientOptions::new(MqttVersion::V5, address, "v5");
    assert_eq!(options.clone().connect().await.map(drop), refused);
    assert!(options.credentials("alice", "open sesame").connect().await.is_ok());

    let profile = demo.profile();
    let (Some(user), Some(PasswordSource::Plain(password))) = (&profile.username, &profile.password) else {
        panic!("the profile of the demo has no password")
    };
    assert!(login("demo", user, password.as_str()).await.is_ok());
    demo.stop().await;
}

#[tokio::test]
async fn invalid_accounts_file_is_reported_with_its_line() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_owned();
    let start = || EmbeddedBroker::start(loopback_any_port(), Access::Accounts(path.clone()));
    let sentence = start().await.unwrap_err().to_string();
    assert!(sentence.ends_with("contains no account; `mqtt-dash demo --hash-password USER` prints a line for it"));
    writeln!(file, "\nalice:hunter2").unwrap();
    let sentence = start().await.unwrap_err().to_string();
    assert!(sentence.starts_with(&format!("{}, line 2: the password of `alice` is not", path.display())), "{sentence}");
    assert!(!sentence.contains("hunter2"), "{sentence}");
    file.close().unwrap();
    let sentence = start().await.unwrap_err().to_string();
    assert!(sentence.starts_with("cannot read the accounts in "), "{sentence}");
}

#[tokio::test]
async fn public_address_requires_access_rule() {
    let all_addresses: SocketAddr = "0.0.0.0:0".parse().unwrap();
    let error = EmbeddedBroker::start(all_addresses, Access::LoopbackOnly).await.unwrap_err();
    assert!(matches!(error, DemoError::AccessPolicyMissing(_)), "{error:?}");
    assert_eq!(
        error.to_string(),
        "0.0.0.0:0 can be reached from other machines: use `--accounts FILE` to require passwords, or `--anonymous` to let everyone connect"
    );
    let foreign_address: SocketAddr = "192.0.2.1:1883".parse().unwrap();
    assert_eq!(
        EmbeddedBroker::start(foreign_address, Access::Anonymous).await.unwrap_err().to_string(),
        "192.0.2.1 is not an address of this machine; `--listen 0.0.0.0:1883` listens on all of its addresses"
    );
    let broker = EmbeddedBroker::start(all_addresses, Access::Anonymous).await.unwrap();
    assert!(broker.connect_address().ip().is_loopback());
    ClientFixture::connect(MqttVersion::V311, broker.connect_address(), "guest").await;
    broker.stop().await;
}

#[tokio::test]
async fn port_in_use_is_reported_and_freed_by_stop() {
    let first = start_broker().await;
    let address = first.address();
    let error = EmbeddedBroker::start(address, Access::LoopbackOnly).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "port {} on 127.0.0.1 is in use: stop the program that listens there, or choose another port with `--listen 127.0.0.1:0` (0 is any free port)",
            address.port()
        )
    );
    let guest = ClientFixture::connect(MqttVersion::V311, address, "guest").await;
    within_timeout(first.stop()).await;
    let second = EmbeddedBroker::start(address, Access::LoopbackOnly).await.unwrap();
    assert_eq!(second.address(), address);
    drop(guest);
    within_timeout(second.stop()).await;
}

fn with_websocket(address: SocketAddr) -> BrokerOptions {
    BrokerOptions { websocket: Some(address), ..BrokerOptions::default() }
}

async fn over_web(web: SocketAddr) -> ClientFixture {
    ClientOptions::new(MqttVersion::V311, web, "web").web_socket().connect().await.unwrap()
}

#[tokio::test]
async fn silent_connections_block_neither_clients_nor_stop() {
    let broker = EmbeddedBroker::start_with(with_websocket(loopback_any_port())).await.unwrap();
    let web = broker.websocket_address().unwrap();
    let _silent_web_socket = tokio::net::TcpStream::connect(web).await.unwrap();
    let _silent_tcp = tokio::net::TcpStream::connect(broker.address()).await.unwrap();
    over_web(web).await.subscribe("a", AtLeastOnce).await;
    within_timeout(broker.stop()).await;
    let again = EmbeddedBroker::start_with(with_websocket(web)).await.unwrap();
    assert_eq!(again.websocket_address(), Some(web));
}

#[tokio::test]
async fn web_socket_client_receives_messages_of_tcp_client() {
    let broker = EmbeddedBroker::start_with(with_websocket(loopback_any_port())).await.unwrap();
    let web = broker.websocket_address().unwrap();
    let mut over_web = over_web(web).await;
    over_web.subscribe("a", AtLeastOnce).await;
    let mut v3 = ClientFixture::connect(MqttVersion::V311, broker.address(), "v3").await;
    v3.publish("a", AtLeastOnce, false, "over tcp").await;
    assert_eq!(over_web.next_message().await, message("a", "over tcp", AtLeastOnce, false));
    let taken = EmbeddedBroker::start_with(with_websocket(web)).await.unwrap_err();
    assert!(matches!(taken, DemoError::PortInUse(address) if address == web), "{taken:?}");
    broker.stop().await;
}
