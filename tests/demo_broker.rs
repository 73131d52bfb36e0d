//! The demo as its clients see it: a real broker on a loopback port, real clients of both versions of
//! MQTT, and the simulated board among them.
#![cfg(feature = "demo")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod demo_client;

use std::{io::Write as _, net::SocketAddr};

use demo_client::{Seen, V3, V5, within};
use mqtt_dash::{
    demo::{
        Access, BoardsPlan, Broker, Demo, DemoFault, DemoPlan, Press, accounts, broker::anywhere_here,
        client::BoardTask,
    },
    model::{
        line::LineState,
        profile::{Address, Profile, Secret},
    },
    mqtt::Login,
};
use rumqttc::QoS::{AtLeastOnce, AtMostOnce, ExactlyOnce};

const EXACTLY_ONCE: rumqttc::v5::mqttbytes::QoS = rumqttc::v5::mqttbytes::QoS::ExactlyOnce;

async fn broker() -> Broker {
    Broker::start(anywhere_here(), Access::ThisMachine).await.unwrap()
}

async fn demo() -> Demo {
    Demo::start(DemoPlan::default()).await.unwrap()
}

fn profile(address: SocketAddr) -> Profile {
    Profile::of_address(Address::parse(&format!("mqtt://{address}")).unwrap())
}

fn boards(plan: &BoardsPlan, address: SocketAddr) -> Vec<BoardTask> {
    let login = Login { client_id: plan.client_id(), ..Login::default() };
    mqtt_dash::demo::run_boards(plan, &profile(address), &login).unwrap()
}

fn seen(topic: &str, payload: &str, qos: u8, retain: bool) -> Seen {
    Seen { topic: topic.to_owned(), payload: payload.to_owned().into(), qos, retain }
}

#[tokio::test]
async fn every_quality_of_service_in_both_versions() {
    let broker = broker().await;
    let mut three = V3::join(broker.address(), "three").await;
    let mut five = V5::join(broker.address(), "five").await;
    three.subscribe("to/three/#", ExactlyOnce).await;
    five.subscribe("to/+/five", ExactlyOnce).await;
    for qos in [AtMostOnce, AtLeastOnce, ExactlyOnce] {
        let number = qos as u8;
        three.publish("to/x/five", qos, false, "from three").await;
        assert_eq!(five.message().await, seen("to/x/five", "from three", number, false));
        five.publish("to/three/a/b", qos, false, "from five").await;
        assert_eq!(three.message().await, seen("to/three/a/b", "from five", number, false));
    }
    broker.stop().await;
}

#[tokio::test]
async fn the_retained_message_waits_for_a_newcomer_and_can_be_cleared() {
    let broker = broker().await;
    let mut three = V3::join(broker.address(), "three").await;
    three.publish("kept", AtLeastOnce, true, "old").await;
    three.publish("kept", AtLeastOnce, true, "new").await;
    three.subscribe("echo", AtLeastOnce).await;
    three.publish("echo", AtLeastOnce, false, "").await;
    three.message().await;

    let mut five = V5::join(broker.address(), "five").await;
    five.subscribe("#", AtLeastOnce).await;
    assert_eq!(five.message().await, seen("kept", "new", 1, true));
    three.publish("kept", AtLeastOnce, true, "").await;
    assert_eq!(five.message().await, seen("kept", "", 1, false));

    let mut late = V3::join(broker.address(), "late").await;
    late.subscribe("#", AtLeastOnce).await;
    three.publish("now", AtLeastOnce, false, "first").await;
    assert_eq!(late.message().await.topic, "now");
    broker.stop().await;
}

#[tokio::test]
async fn the_last_will_of_a_client_that_dies() {
    let broker = broker().await;
    let mut watcher = V3::join(broker.address(), "watcher").await;
    watcher.subscribe("state/#", AtLeastOnce).await;
    let mut options = V3::options(broker.address(), "mortal");
    options.set_last_will(rumqttc::LastWill::new("state/mortal", "gone", AtLeastOnce, true));
    drop(V3::join_with(options).await.unwrap());
    assert_eq!(watcher.message().await, seen("state/mortal", "gone", 1, false));
    let mut options = V5::options(broker.address(), "mortal-5");
    options.set_last_will(rumqttc::v5::mqttbytes::v5::LastWill::new("state/five", "gone", EXACTLY_ONCE, false, None));
    drop(V5::join_with(options).await.unwrap());
    assert_eq!(watcher.message().await, seen("state/five", "gone", 1, false));
    broker.stop().await;
}

#[tokio::test]
async fn large_messages_pass() {
    let broker = broker().await;
    let mut three = V3::join(broker.address(), "three").await;
    three.subscribe("large", AtLeastOnce).await;
    let payload = "x".repeat(5_000_000);
    three.publish("large", AtLeastOnce, false, &payload).await;
    assert_eq!(three.message().await.payload.len(), payload.len());
    broker.stop().await;
}

#[tokio::test]
async fn accounts_are_asked_for() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "# the class\n{}", accounts::line("alice", "open sesame").unwrap()).unwrap();
    let access = Access::Accounts(file.path().to_owned());
    let demo = Demo::start(DemoPlan { access, ..DemoPlan::default() }).await.unwrap();
    let address = demo.broker().address();
    let login = |id: &str, user: &str, password: &str| {
        let mut options = V3::options(address, id);
        options.set_credentials(user, password);
        V3::join_with(options)
    };
    let refused = Err("BadUserNamePassword".to_owned());
    assert_eq!(V3::join_with(V3::options(address, "nobody")).await.map(drop), refused);
    assert_eq!(login("wrong", "alice", "open").await.map(drop), refused);
    assert_eq!(login("unknown", "bob", "open sesame").await.map(drop), refused);
    let mut alice = login("right", "alice", "open sesame").await.unwrap();
    alice.subscribe("esp32/demo/status", AtLeastOnce).await;
    assert_eq!(alice.message().await.payload, "online");

    let mut options = V5::options(address, "five");
    assert_eq!(V5::join_with(options.clone()).await.map(drop), refused);
    options.set_credentials("alice", "open sesame");
    assert!(V5::join_with(options).await.is_ok());

    let profile = demo.profile();
    let (Some(user), Some(Secret::Plain(password))) = (&profile.username, &profile.password) else {
        panic!("the profile of the demo brings no pass")
    };
    assert!(login("house", user, password).await.is_ok());
    demo.stop().await;
}

#[tokio::test]
async fn a_wrong_file_of_accounts_is_named_with_its_line() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_owned();
    let start = || Broker::start(anywhere_here(), Access::Accounts(path.clone()));
    let sentence = start().await.unwrap_err().to_string();
    assert!(sentence.ends_with("holds no account; `mqtt-dash demo --hash-password USER` prints a line for it"));
    writeln!(file, "\nalice:hunter2").unwrap();
    let sentence = start().await.unwrap_err().to_string();
    assert!(sentence.starts_with(&format!("{}, line 2: the password of `alice` is no", path.display())), "{sentence}");
    assert!(!sentence.contains("hunter2"), "{sentence}");
    file.close().unwrap();
    let sentence = start().await.unwrap_err().to_string();
    assert!(sentence.starts_with("cannot read the accounts in "), "{sentence}");
}

#[tokio::test]
async fn beyond_this_machine_someone_has_to_say_who_may_come_in() {
    let everywhere: SocketAddr = "0.0.0.0:0".parse().unwrap();
    let fault = Broker::start(everywhere, Access::ThisMachine).await.unwrap_err();
    assert!(matches!(fault, DemoFault::Open(_)), "{fault:?}");
    assert_eq!(
        fault.to_string(),
        "0.0.0.0:0 can be reached from other machines, so say who may come in: `--accounts FILE` with a line for each user, or `--anonymous` for everyone"
    );
    let elsewhere: SocketAddr = "192.0.2.1:1883".parse().unwrap();
    assert_eq!(
        Broker::start(elsewhere, Access::Anonymous).await.unwrap_err().to_string(),
        "192.0.2.1 is no address of this machine; `--listen 0.0.0.0:1883` listens on all of them"
    );
    let broker = Broker::start(everywhere, Access::Anonymous).await.unwrap();
    assert!(broker.near_address().ip().is_loopback());
    V3::join(broker.near_address(), "guest").await;
    broker.stop().await;
}

#[tokio::test]
async fn a_port_in_use_is_a_sentence_and_a_stopped_broker_frees_it() {
    let first = broker().await;
    let address = first.address();
    let fault = Broker::start(address, Access::ThisMachine).await.unwrap_err();
    assert_eq!(
        fault.to_string(),
        format!(
            "port {} on 127.0.0.1 is in use; end the program that listens there, or take another port with `--listen 127.0.0.1:0` (port 0 takes a free one)",
            address.port()
        )
    );
    let guest = V3::join(address, "guest").await;
    within(first.stop()).await;
    let second = Broker::start(address, Access::ThisMachine).await.unwrap();
    assert_eq!(second.address(), address);
    drop(guest);
    within(second.stop()).await;
}

async fn over_web(web: SocketAddr) -> V3 {
    let mut options = rumqttc::MqttOptions::new("web", format!("ws://{web}/mqtt"), web.port());
    options.set_transport(rumqttc::Transport::Ws);
    V3::join_with(options).await.unwrap()
}

#[tokio::test]
async fn one_who_stays_silent_holds_up_nobody() {
    let broker = Broker::start_with(anywhere_here(), Some(anywhere_here()), Access::ThisMachine).await.unwrap();
    let web = broker.web_address().unwrap();
    let _silent = tokio::net::TcpStream::connect(web).await.unwrap();
    let _still = tokio::net::TcpStream::connect(broker.address()).await.unwrap();
    over_web(web).await.subscribe("a", AtLeastOnce).await;
    within(broker.stop()).await;
    let again = Broker::start_with(anywhere_here(), Some(web), Access::ThisMachine).await.unwrap();
    assert_eq!(again.web_address(), Some(web));
}

#[tokio::test]
async fn web_sockets_reach_the_same_messages() {
    let broker = Broker::start_with(anywhere_here(), Some(anywhere_here()), Access::ThisMachine).await.unwrap();
    let web = broker.web_address().unwrap();
    let mut over_web = over_web(web).await;
    over_web.subscribe("a", AtLeastOnce).await;
    let mut three = V3::join(broker.address(), "three").await;
    three.publish("a", AtLeastOnce, false, "over tcp").await;
    assert_eq!(over_web.message().await, seen("a", "over tcp", 1, false));
    let taken = Broker::start_with(anywhere_here(), Some(web), Access::ThisMachine).await.unwrap_err();
    assert!(matches!(taken, DemoFault::PortInUse(address) if address == web), "{taken:?}");
    broker.stop().await;
}

#[tokio::test]
async fn a_lamp_is_pressed_and_answers() {
    let demo = demo().await;
    let mut client = V3::join(demo.broker().address(), "client").await;
    client.subscribe("esp32/demo/lamp/state", AtLeastOnce).await;
    assert_eq!(client.message().await.payload, "OFF");
    client.publish("esp32/demo/lamp/set", AtMostOnce, false, "ON").await;
    assert_eq!(client.message().await, seen("esp32/demo/lamp/state", "ON", 1, false));

    client.subscribe("esp32/demo/error", AtLeastOnce).await;
    client.publish("esp32/demo/lamp/set", AtLeastOnce, false, "maybe").await;
    assert_eq!(client.message().await, seen("esp32/demo/error", "esp32/demo/lamp/set: must be ON or OFF", 1, false));
    assert_eq!(client.message().await.payload, "ON");
    demo.stop().await;
}

#[tokio::test]
async fn everything_of_the_contract_comes_by_itself() {
    let demo = demo().await;
    let mut client = V5::join(demo.broker().address(), "client").await;
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
        let message = client.message().await;
        missing.retain(|topic| *topic != message.topic);
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
async fn the_button_is_pressed_and_told() {
    let demo = demo().await;
    let mut client = V5::join(demo.broker().address(), "client").await;
    client.subscribe("esp32/demo/status", AtMostOnce).await;
    assert_eq!(client.message().await.payload, "online");
    client.subscribe("esp32/demo/button", AtMostOnce).await;
    for press in [Press::Short, Press::Long, Press::Short] {
        demo.press_button(press);
    }
    for word in ["short", "long", "short"] {
        assert_eq!(client.message().await.payload, word);
    }
    demo.stop().await;
}

#[tokio::test]
async fn two_demos_at_once_know_nothing_of_each_other() {
    let [one, two] = [demo().await, demo().await];
    let mut watcher = V3::join(two.broker().address(), "watcher").await;
    watcher.subscribe("esp32/demo/lamp/state", AtLeastOnce).await;
    assert_eq!(watcher.message().await.payload, "OFF");
    let mut client = V3::join(one.broker().address(), "client").await;
    client.subscribe("esp32/demo/lamp/state", AtLeastOnce).await;
    client.message().await;
    client.publish("esp32/demo/lamp/set", AtLeastOnce, false, "ON").await;
    assert_eq!(client.message().await.payload, "ON");
    watcher.publish("esp32/demo/lamp/state", AtLeastOnce, false, "mine").await;
    assert_eq!(watcher.message().await.payload, "mine");
    one.stop().await;
    two.stop().await;
}

#[tokio::test]
async fn a_board_comes_back_to_a_broker_that_comes_back() {
    let first = broker().await;
    let address = first.address();
    let plan = BoardsPlan { count: 2, camera: false, ..BoardsPlan::default() };
    let boards = boards(&plan, address);
    assert_eq!([boards[0].base(), boards[1].base()], ["esp32/demo", "esp32/demo-2"]);
    let mut state = boards[1].state();
    within(state.wait_for(|state| *state == LineState::Connected)).await.unwrap();
    first.stop().await;
    within(state.wait_for(|state| matches!(state, LineState::Waiting { .. }))).await.unwrap();
    let second = Broker::start(address, Access::ThisMachine).await.unwrap();
    within(state.wait_for(|state| *state == LineState::Connected)).await.unwrap();

    let mut watcher = V3::join(address, "watcher").await;
    watcher.subscribe("esp32/demo-2/status", AtLeastOnce).await;
    assert_eq!(watcher.message().await.payload, "online");
    drop(boards);
    // What the first broker had not acknowledged is said once more.
    while watcher.message().await.payload != "offline" {}
    second.stop().await;
}

#[tokio::test]
async fn a_board_whose_plug_is_pulled_is_offline_by_its_last_will() {
    let broker = broker().await;
    let mut watcher = V3::join(broker.address(), "watcher").await;
    watcher.subscribe("esp32/demo/status", AtLeastOnce).await;
    let address = broker.address();
    let elsewhere = tokio::runtime::Runtime::new().unwrap();
    let task = elsewhere.spawn(async move {
        let _boards = boards(&BoardsPlan::default(), address);
        std::future::pending::<()>().await;
    });
    assert_eq!(watcher.message().await, seen("esp32/demo/status", "online", 1, false));
    elsewhere.shutdown_background();
    assert_eq!(watcher.message().await, seen("esp32/demo/status", "offline", 1, false));
    drop(task);
    broker.stop().await;
}

#[tokio::test]
async fn an_id_that_is_none_is_a_sentence() {
    let broker = broker().await;
    let login = Login::default();
    let profile = profile(broker.address());
    let plan = BoardsPlan { id: "my board".to_owned(), ..BoardsPlan::default() };
    let fault = mqtt_dash::demo::run_boards(&plan, &profile, &login).unwrap_err();
    assert!(fault.to_string().starts_with("`my board` cannot be the id of a board: 1 to 32 letters"), "{fault}");
    broker.stop().await;
}
