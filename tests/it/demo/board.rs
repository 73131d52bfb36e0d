//! The simulated board at the embedded broker.

//! MQTT, and the simulated board among them.
use std::net::SocketAddr;

use mqtt_dash::{
    demo::{Access, BoardsOptions, ButtonPress, Demo, DemoOptions, EmbeddedBroker, board_task::BoardTask},
    model::{
        connection::{
            ConnectionState,
            Qos::{AtLeastOnce, AtMostOnce},
        },
        profile::{BrokerUrl, MqttVersion, Profile},
    },
    mqtt::Login,
};

use super::message;
use crate::fixtures::{
    client::{ClientFixture, within_timeout},
    embedded_broker::start_broker,
};

async fn demo() -> Demo {
    Demo::start(DemoOptions::default()).await.unwrap()
}

fn profile(address: SocketAddr) -> Profile {
    Profile::from_broker_url(BrokerUrl::parse(&format!("mqtt://{address}")).unwrap())
}

fn boards(plan: &BoardsOptions, address: SocketAddr) -> Vec<BoardTask> {
    let login = Login { client_id: plan.client_id(), ..Login::default() };
    mqtt_dash::demo::spawn_boards(plan, &profile(address), &login).unwrap()
}

#[tokio::test]
async fn lamp_command_is_answered_and_invalid_one_refused() {
    let demo = demo().await;
    let mut client = ClientFixture::connect(MqttVersion::V311, demo.broker().address(), "client").await;
    client.subscribe("esp32/demo/lamp/state", AtLeastOnce).await;
    assert_eq!(client.next_payload().await, "OFF");
    client.publish("esp32/demo/lamp/set", AtMostOnce, false, "ON").await;
    assert_eq!(client.next_message().await, message("esp32/demo/lamp/state", "ON", AtLeastOnce, false));

    client.subscribe("esp32/demo/error", AtLeastOnce).await;
    client.publish("esp32/demo/lamp/set", AtLeastOnce, false, "maybe").await;
    assert_eq!(
        client.next_message().await,
        message("esp32/demo/error", "esp32/demo/lamp/set: must be ON or OFF", AtLeastOnce, false)
    );
    assert_eq!(client.next_payload().await, "ON");
    demo.stop().await;
}

#[tokio::test]
async fn board_publishes_whole_contract_unasked() {
    let demo = demo().await;
    let mut client = ClientFixture::connect(MqttVersion::V5, demo.broker().address(), "client").await;
    client.subscribe("esp32/#", AtMostOnce).await;
    client.subscribe("homeassistant/#", AtMostOnce).await;
    let names = [
        "status",
        "info",
        "telemetry",
        "lamp/state",
        "dim/state",
        "color/state",
        "mode/state",
        "interval/state",
        "camera",
    ];
    let mut missing: Vec<String> = names.map(|name| format!("esp32/demo/{name}")).into();
    missing.push("homeassistant/device/demo/config".to_owned());
    let mut telemetries = 0;
    while !missing.is_empty() || telemetries < 2 {
        let message = client.next_message().await;
        missing.retain(|topic| **topic != *message.topic);
        if message.topic.ends_with("/telemetry") {
            let telemetry: serde_json::Value = serde_json::from_slice(&message.payload).unwrap();
            for key in ["temperature", "adc", "rssi", "heap", "uptime"] {
                assert!(telemetry[key].is_number(), "{telemetry}");
            }
            telemetries += 1;
        }
        if message.topic.ends_with("/camera") {
            image::load_from_memory(&message.payload).unwrap();
        }
    }
    demo.stop().await;
}

#[tokio::test]
async fn button_presses_are_published_in_order() {
    let demo = demo().await;
    let mut client = ClientFixture::connect(MqttVersion::V5, demo.broker().address(), "client").await;
    client.subscribe("esp32/demo/status", AtMostOnce).await;
    assert_eq!(client.next_payload().await, "online");
    client.subscribe("esp32/demo/button", AtMostOnce).await;
    for press in [ButtonPress::Short, ButtonPress::Long, ButtonPress::Short] {
        demo.press_button(press);
    }
    for word in ["short", "long", "short"] {
        assert_eq!(client.next_payload().await, word);
    }
    demo.stop().await;
}

#[tokio::test]
async fn two_demos_are_independent() {
    let [one, two] = [demo().await, demo().await];
    let mut watcher = ClientFixture::connect(MqttVersion::V311, two.broker().address(), "watcher").await;
    watcher.subscribe("esp32/demo/lamp/state", AtLeastOnce).await;
    assert_eq!(watcher.next_payload().await, "OFF");
    let mut client = ClientFixture::connect(MqttVersion::V311, one.broker().address(), "client").await;
    client.subscribe("esp32/demo/lamp/state", AtLeastOnce).await;
    client.next_message().await;
    client.publish("esp32/demo/lamp/set", AtLeastOnce, false, "ON").await;
    assert_eq!(client.next_payload().await, "ON");
    watcher.publish("esp32/demo/lamp/state", AtLeastOnce, false, "mine").await;
    assert_eq!(watcher.next_payload().await, "mine");
    one.stop().await;
    two.stop().await;
}

#[tokio::test]
async fn board_reconnects_to_restarted_broker() {
    let first = start_broker().await;
    let address = first.address();
    let plan = BoardsOptions { count: 2, camera: false, ..BoardsOptions::default() };
    let boards = boards(&plan, address);
    assert_eq!([boards[0].base_topic(), boards[1].base_topic()], ["esp32/demo", "esp32/demo-2"]);
    let mut state = boards[1].connection_state();
    within_timeout(state.wait_for(|state| *state == ConnectionState::Connected)).await.unwrap();
    first.stop().await;
    within_timeout(state.wait_for(|state| matches!(state, ConnectionState::WaitingToRetry { .. }))).await.unwrap();
    let second = EmbeddedBroker::start(address, Access::LoopbackOnly).await.unwrap();
    within_timeout(state.wait_for(|state| *state == ConnectionState::Connected)).await.unwrap();

    let mut watcher = ClientFixture::connect(MqttVersion::V311, address, "watcher").await;
    watcher.subscribe("esp32/demo-2/status", AtLeastOnce).await;
    assert_eq!(watcher.next_payload().await, "online");
    drop(boards);
    // Messages that the first broker has not acknowledged are published again.
    while watcher.next_payload().await != "offline" {}
    second.stop().await;
}

#[tokio::test]
async fn unplugged_board_is_offline_by_its_will() {
    let broker = start_broker().await;
    let mut watcher = ClientFixture::connect(MqttVersion::V311, broker.address(), "watcher").await;
    watcher.subscribe("esp32/demo/status", AtLeastOnce).await;
    let address = broker.address();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let task = runtime.spawn(async move {
        let _boards = boards(&BoardsOptions::default(), address);
        std::future::pending::<()>().await;
    });
    assert_eq!(watcher.next_message().await, message("esp32/demo/status", "online", AtLeastOnce, false));
    runtime.shutdown_background();
    assert_eq!(watcher.next_message().await, message("esp32/demo/status", "offline", AtLeastOnce, false));
    drop(task);
    broker.stop().await;
}

#[tokio::test]
async fn invalid_board_id_is_rejected() {
    let broker = start_broker().await;
    let login = Login::default();
    let profile = profile(broker.address());
    let plan = BoardsOptions { id: "my board".to_owned(), ..BoardsOptions::default() };
    let error = mqtt_dash::demo::spawn_boards(&plan, &profile, &login).unwrap_err();
    assert!(error.to_string().starts_with("`my board` is not a valid board ID: use 1 to 32 letters"), "{error}");
    broker.stop().await;
}
