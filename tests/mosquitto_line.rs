//! The line against a real mosquitto, in both versions of MQTT.
#![cfg(feature = "mosquitto-tests")]

#[path = "support/line.rs"]
#[allow(dead_code, reason = "each program of tests uses a part of it")]
mod line;
#[path = "support/mosquitto.rs"]
mod mosquitto;
#[path = "support/stage.rs"]
#[allow(dead_code, reason = "each program of tests uses a part of it")]
mod stage;

use std::time::{Duration, Instant};

use line::{Line, hasty, order, profile};
use mosquitto::{Mosquitto, Offer, Tls};
use mqtt_dash::{
    app::Action,
    model::{
        field::{Inner, Whole},
        key::Field,
        line::{LineEvent, LineState, Order, Qos, Receipt, Wanted},
        profile::{Pin, Profile, Protocol, Size, Will},
        topic::{Filter, Topic},
        value::Value,
    },
    mqtt::{Limits, Login},
};
use stage::Stage;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Notify,
};

fn size(text: &str) -> Size {
    Size::read(&Value::Text(text.to_owned())).expect("a size")
}

/// No test may go on for ever.
async fn limited(test: impl Future<Output = ()>) {
    tokio::time::timeout(Duration::from_mins(1), test).await.expect("the test ends in time");
}

/// Each test for both versions of MQTT.
macro_rules! both {
    ($($(#[$doc:meta])* async fn $name:ident($protocol:ident) $body:block)*) => {
        $($(#[$doc])* mod $name {
            use super::*;

            async fn it($protocol: Protocol) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn v3() {
                limited(it(Protocol::V3)).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn v5() {
                limited(it(Protocol::V5)).await;
            }
        })*
    };
}

/// The profile of a broker, with more of it set.
fn with(broker: &Mosquitto, host: &str, protocol: Protocol, change: impl FnOnce(&mut Profile)) -> Profile {
    let mut profile = profile(&broker.url(host), protocol);
    change(&mut profile);
    profile
}

fn plain(broker: &Mosquitto, protocol: Protocol) -> Profile {
    profile(&broker.url("localhost"), protocol)
}

/// The fingerprint that a sentence offers as a pin.
fn offered_pin(reason: &str) -> Pin {
    let (_, pin) = reason.split_once("pin = \"").expect("a pin is offered");
    let text = pin.trim_end_matches('"').into();
    Pin::read(&Value::Text(text)).expect("the pin reads back")
}

/// Stands between a line and its broker, and cuts all that goes through when told to.
async fn cutter(port: u16) -> (u16, std::sync::Arc<Notify>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let at = listener.local_addr().expect("its address").port();
    let cut = std::sync::Arc::new(Notify::new());
    let told = std::sync::Arc::clone(&cut);
    tokio::spawn(async move {
        while let Ok((mut line, _)) = listener.accept().await {
            let mut broker = TcpStream::connect(("127.0.0.1", port)).await.expect("the broker is there");
            tokio::select! {
                _ = tokio::io::copy_bidirectional(&mut line, &mut broker) => {}
                () = told.notified() => {}
            }
        }
    });
    (at, cut)
}

/// A message goes out and comes back.
async fn goes_round(line: &mut Line) {
    line.want(&[("round/trip", Qos::AtLeastOnce)]).await;
    line.link.publish(order(1, "round/trip", b"hello", Qos::AtLeastOnce));
    assert_eq!(line.receipt(1).await, Receipt::Acknowledged);
    assert_eq!(line.text().await, "round/trip hello");
}

both! {
    async fn every_quality_both_ways(protocol) {
        let broker = Mosquitto::start(Offer::default());
        let mut me = Line::connected(plain(&broker, protocol), "me").await;
        me.want(&[("lamp/#", Qos::ExactlyOnce)]).await;
        for (id, qos) in [(0, Qos::AtMostOnce), (1, Qos::AtLeastOnce), (2, Qos::ExactlyOnce)] {
            me.link.publish(order(id, "lamp/set", b"ON", qos));
            assert_eq!(me.any_receipt().await, (id, Receipt::Sent));
            if qos > Qos::AtMostOnce {
                assert_eq!(me.any_receipt().await, (id, Receipt::Acknowledged));
            }
            let message = me.message().await;
            assert_eq!((&*message.topic, &*message.payload), ("lamp/set", &b"ON"[..]));
            assert_eq!((message.qos, message.retain), (qos, false));
            broker.publish(&["-t", "lamp/state", "-m", "off", "-q", &qos.number().to_string()]);
            let message = me.message().await;
            assert_eq!((&*message.topic, &*message.payload, message.qos), ("lamp/state", &b"off"[..], qos));
        }
        me.link.close().await;
    }

    async fn retained_messages(protocol) {
        let broker = Mosquitto::start(Offer::default());
        broker.publish(&["-r", "-t", "house/temperature", "-m", "21.5"]);
        let mut me = Line::connected(plain(&broker, protocol), "me").await;
        me.want(&[("house/temperature", Qos::AtMostOnce)]).await;
        let message = me.message().await;
        assert_eq!((&*message.payload, message.retain), (&b"21.5"[..], true));
        let kept = Order { retain: true, ..order(1, "house/lamp", b"ON", Qos::AtLeastOnce) };
        me.link.publish(kept);
        assert_eq!(me.receipt(1).await, Receipt::Acknowledged);
        assert_eq!(broker.subscribe(&["-C", "1", "-F", "%r %t %p", "-t", "house/lamp"]), "1 house/lamp ON\n");
    }

    async fn wildcards(protocol) {
        let broker = Mosquitto::start(Offer::default());
        let mut me = Line::connected(plain(&broker, protocol), "me").await;
        me.want(&[("+/lamp", Qos::AtLeastOnce), ("école/#", Qos::AtLeastOnce)]).await;
        for topic in ["kitchen/fan", "kitchen/lamp", "kitchen/lamp/old", "école/été/日本"] {
            broker.publish(&["-q", "1", "-t", topic, "-m", "1"]);
        }
        assert_eq!(me.text().await, "kitchen/lamp 1");
        assert_eq!(me.text().await, "école/été/日本 1");
    }

    async fn only_what_is_wanted_now(protocol) {
        let broker = Mosquitto::start(Offer::default());
        let mut me = Line::connected(plain(&broker, protocol), "me").await;
        me.want(&[("a", Qos::AtLeastOnce), ("b", Qos::AtLeastOnce)]).await;
        me.want(&[("b", Qos::AtLeastOnce)]).await;
        broker.publish(&["-q", "1", "-t", "a", "-m", "1"]);
        broker.publish(&["-q", "1", "-t", "b", "-m", "2"]);
        assert_eq!(me.text().await, "b 2");
    }

    async fn a_thousand_subscriptions(protocol) {
        let broker = Mosquitto::start(Offer::default());
        let mut me = Line::connected(plain(&broker, protocol), "me").await;
        let topics: Vec<String> = (0..1_000).map(|n| format!("tile/{n}")).collect();
        me.want(&topics.iter().map(|topic| (topic.as_str(), Qos::AtMostOnce)).collect::<Vec<_>>()).await;
        broker.publish(&["-t", "tile/0", "-m", "first"]);
        broker.publish(&["-t", "tile/999", "-m", "last"]);
        assert_eq!(me.text().await, "tile/0 first");
        assert_eq!(me.text().await, "tile/999 last");
    }

    async fn the_last_will(protocol) {
        let broker = Mosquitto::start(Offer::default());
        let mut watcher = Line::connected(plain(&broker, protocol), "watcher").await;
        watcher.want(&[("status/me", Qos::AtLeastOnce)]).await;
        let will = |profile: &mut Profile| {
            profile.will = Some(Inner(Will {
                topic: Topic::new("status/me").ok(),
                payload: "gone".to_owned(),
                qos: Qos::AtLeastOnce,
                retain: true,
            }));
        };
        let polite = Line::connected(with(&broker, "localhost", protocol, will), "me").await;
        polite.link.close().await;
        let rude = Line::connected(with(&broker, "localhost", protocol, will), "me").await;
        rude.link.publish(order(1, "status/me", b"here", Qos::AtLeastOnce));
        assert_eq!(watcher.text().await, "status/me here", "who says goodbye has no will");
        // A second client with the same id ends the first one without a goodbye.
        let _rival = Line::connected(plain(&broker, protocol), "me").await;
        assert_eq!(watcher.text().await, "status/me gone");
    }

    async fn login(protocol) {
        let broker = Mosquitto::start(Offer { login: true, ..Offer::default() });
        let ann = |password: &str| Login {
            client_id: "me".to_owned(),
            username: Some("ann".to_owned()),
            password: Some(password.to_owned()),
        };
        let mut me = Line::open_with(plain(&broker, protocol), ann("s3cret"), hasty());
        me.up().await;
        goes_round(&mut me).await;
        let mut wrong = Line::open_with(plain(&broker, protocol), ann("guess"), hasty());
        let reason = wrong.stopped().await;
        assert!(reason.starts_with("refused: "), "{reason}");
        assert!(reason.contains("user name") && !reason.contains("guess"), "{reason}");
        wrong.link.reconnect();
        assert!(wrong.stopped().await.starts_with("refused: "), "a nudge tries again");
    }

    async fn tls_with_an_authority(protocol) {
        let broker = Mosquitto::start(Offer { tls: Tls::Authority, ..Offer::default() });
        let ca = broker.file("ca.pem");
        for host in ["localhost", "127.0.0.1"] {
            let trusting = with(&broker, host, protocol, |it| it.tls.0.ca = Some(ca.clone()));
            let mut me = Line::connected(trusting, "me").await;
            goes_round(&mut me).await;
            me.link.close().await;
        }
    }

    async fn an_unknown_certificate_is_refused_and_can_be_pinned(protocol) {
        let broker = Mosquitto::start(Offer { tls: Tls::SelfSigned, ..Offer::default() });
        let mut doubting = Line::open(plain(&broker, protocol), "me");
        let reason = doubting.down().await;
        assert!(reason.contains("signed by nobody trusted here"), "{reason}");
        let pin = offered_pin(&reason);
        let pinned = |pin| with(&broker, "localhost", protocol, |it| it.tls.0.pin = Some(pin));
        let mut me = Line::connected(pinned(pin), "me").await;
        goes_round(&mut me).await;
        let mut changed = Line::open(pinned(Pin([7; 32])), "me2");
        let reason = changed.down().await;
        assert!(reason.contains("HAS CHANGED") && reason.contains(&pin.to_string()), "{reason}");
        let mut careless = Line::connected(with(&broker, "localhost", protocol, |it| it.tls.0.insecure = true), "me3").await;
        goes_round(&mut careless).await;
    }

    async fn a_certificate_for_another_name_is_refused(protocol) {
        let broker = Mosquitto::start(Offer { tls: Tls::ForAnotherName, ..Offer::default() });
        let ca = Some(broker.file("ca.pem"));
        let mut me = Line::open(with(&broker, "localhost", protocol, |it| it.tls.0.ca = ca), "me");
        let reason = me.down().await;
        assert!(reason.contains("is not for localhost, but ") && reason.contains("broker.example"), "{reason}");
    }

    async fn a_certificate_of_the_client(protocol) {
        let broker = Mosquitto::start(Offer { tls: Tls::Mutual, ..Offer::default() });
        let ca = Some(broker.file("ca.pem"));
        let mut nobody = Line::open(with(&broker, "localhost", protocol, |it| it.tls.0.ca.clone_from(&ca)), "nobody");
        let reason = nobody.down().await;
        assert!(reason.contains("wants a certificate of this client"), "{reason}");
        let known = with(&broker, "localhost", protocol, |it| {
            it.tls.0.ca = ca;
            it.tls.0.cert = Some(broker.file("client.pem"));
            it.tls.0.key = Some(broker.file("client.key"));
        });
        let mut me = Line::connected(known, "me").await;
        goes_round(&mut me).await;
    }

    async fn web_socket(protocol) {
        let broker = Mosquitto::start(Offer { web: true, ..Offer::default() });
        for host in ["localhost", "127.0.0.1"] {
            let mut me = Line::connected(profile(&broker.url(host), protocol), "me").await;
            goes_round(&mut me).await;
            me.link.close().await;
        }
    }

    async fn secure_web_socket(protocol) {
        let broker = Mosquitto::start(Offer { web: true, tls: Tls::Authority, ..Offer::default() });
        let mut doubting = Line::open(plain(&broker, protocol), "me");
        let pin = offered_pin(&doubting.down().await);
        let trusting = with(&broker, "localhost", protocol, |it| it.tls.0.ca = Some(broker.file("ca.pem")));
        let pinned = with(&broker, "localhost", protocol, |it| it.tls.0.pin = Some(pin));
        for profile in [trusting, pinned] {
            let mut me = Line::connected(profile, "me").await;
            goes_round(&mut me).await;
            me.link.close().await;
        }
    }

    async fn tls_to_a_plain_port(protocol) {
        let broker = Mosquitto::start(Offer::default());
        for scheme in ["mqtts", "wss"] {
            let mut me = Line::open(profile(&format!("{scheme}://localhost:{}", broker.port), protocol), "me");
            let reason = me.down().await;
            assert!(reason.contains("is this a TLS port?"), "{scheme}: {reason}");
        }
    }

    async fn plain_to_a_tls_port(protocol) {
        let broker = Mosquitto::start(Offer { tls: Tls::Authority, ..Offer::default() });
        let mut me = Line::open(profile(&format!("mqtt://localhost:{}", broker.port), protocol), "me");
        let reason = me.down().await;
        assert!(reason.contains("is this a TLS port") || reason.contains("is the port right?"), "{reason}");
    }

    async fn nothing_listens(protocol) {
        let port = mosquitto::free_port();
        let mut me = Line::open(profile(&format!("mqtt://127.0.0.1:{port}"), protocol), "me");
        assert_eq!(me.down().await, format!("nothing listens on 127.0.0.1:{port}"));
        let mut me = Line::open(profile(&format!("ws://localhost:{port}"), protocol), "me");
        assert_eq!(me.down().await, format!("nothing listens on localhost:{port}"));
    }

    async fn an_unknown_host(protocol) {
        let mut me = Line::open(profile("mqtt://no-such-host.invalid", protocol), "me");
        let reason = me.down().await;
        assert!(reason.contains("no-such-host.invalid"), "{reason}");
    }

    async fn five_mebibytes(protocol) {
        let broker = Mosquitto::start(Offer::default());
        let mut me = Line::connected(plain(&broker, protocol), "me").await;
        me.want(&[("big", Qos::AtLeastOnce)]).await;
        let payload: Vec<u8> = (0..5 << 20).map(|n: u32| n.to_le_bytes()[0]).collect();
        for (id, qos) in [(1, Qos::AtLeastOnce), (2, Qos::ExactlyOnce)] {
            me.link.publish(order(id, "big", &payload, qos));
            assert_eq!(me.receipt(id).await, Receipt::Acknowledged);
            assert!(*me.message().await.payload == payload[..]);
        }
    }

    async fn too_large_to_send(protocol) {
        let broker = Mosquitto::start(Offer::default());
        let small = with(&broker, "localhost", protocol, |it| it.max_packet_size = size("1 KiB"));
        let mut me = Line::connected(small, "me").await;
        me.link.publish(order(1, "big", &[0; 2_000], Qos::AtLeastOnce));
        let Receipt::Dropped(why) = me.receipt(1).await else { panic!("it was sent") };
        assert_eq!(why, "not sent: it has 2.0 KiB, the profile's `max_packet_size` allows 1 KiB");
        goes_round(&mut me).await;
    }

    async fn too_large_to_take(protocol) {
        let broker = Mosquitto::start(Offer::default());
        broker.publish(&["-r", "-t", "big", "-m", &"x".repeat(20_000)]);
        let small = with(&broker, "localhost", protocol, |it| it.max_packet_size = size("10 KiB"));
        let mut me = Line::connected(small, "me").await;
        me.link.want(vec![Wanted { filter: Filter::new("big").expect("a filter"), qos: Qos::AtMostOnce }]);
        if protocol == Protocol::V5 {
            // The broker knows the limit and keeps such messages to itself.
            return goes_round(&mut me).await;
        }
        let notice = me.notice().await;
        assert!(notice.contains("a message of 19.5 KiB came") && notice.contains("allows 10 KiB"), "{notice}");
    }

    async fn a_duel_for_the_client_id(protocol) {
        let broker = Mosquitto::start(Offer::default());
        let mut me = Line::connected(plain(&broker, protocol), "twin").await;
        for _ in 0..3 {
            let _rival = Line::connected(plain(&broker, protocol), "twin").await;
            let reason = me.down().await;
            if let Some(reason) = reason.strip_prefix("stopped: ") {
                assert!(reason.contains("another client uses the id twin"), "{reason}");
                return;
            }
            me.up().await;
        }
        panic!("it goes on");
    }

    async fn a_kept_session_gets_what_came_meanwhile(protocol) {
        let broker = Mosquitto::start(Offer::default());
        let keeping = || with(&broker, "localhost", protocol, |it| it.clean_session = false);
        let mut me = Line::connected(keeping(), "me").await;
        me.want(&[("post", Qos::ExactlyOnce)]).await;
        me.link.close().await;
        for (qos, text) in [("1", "one"), ("2", "two"), ("1", "three")] {
            broker.publish(&["-q", qos, "-t", "post", "-m", text]);
        }
        let mut me = Line::open(keeping(), "me");
        for text in ["post one", "post two", "post three"] {
            assert_eq!(me.text().await, text);
        }
        me.up().await;
        me.link.close().await;
        let mut fresh = Line::connected(plain(&broker, protocol), "me").await;
        goes_round(&mut fresh).await;
    }

    async fn a_broker_that_dies_and_comes_back(protocol) {
        let mut broker = Mosquitto::start(Offer::default());
        let mut me = Line::connected(plain(&broker, protocol), "me").await;
        me.want(&[("lamp", Qos::AtLeastOnce)]).await;
        broker.kill();
        me.down().await;
        for id in 1..=50 {
            me.link.publish(order(id, "lamp", id.to_string().as_bytes(), Qos::AtLeastOnce));
        }
        broker.restart();
        for id in 1..=50 {
            assert_eq!(me.receipt(id).await, Receipt::Acknowledged);
            assert_eq!(me.text().await, format!("lamp {id}"), "subscribed again, and in order");
        }
    }

    async fn old_orders_are_dropped(protocol) {
        let mut broker = Mosquitto::start(Offer::default());
        let limits = Limits { order_life: Duration::from_millis(300), ..hasty() };
        let mut me = Line::open_with(plain(&broker, protocol), line::login("me"), limits);
        me.up().await;
        broker.kill();
        me.down().await;
        me.link.publish(order(1, "lamp", b"ON", Qos::AtLeastOnce));
        assert_eq!(me.receipt(1).await, Receipt::Dropped("not sent: the line is down".to_owned()));
        broker.restart();
        goes_round(&mut me).await;
    }

    async fn a_frozen_broker_is_noticed(protocol) {
        let broker = Mosquitto::start(Offer::default());
        let mut me = Line::connected(with(&broker, "localhost", protocol, |it| it.keep_alive = Whole::new(5)), "me").await;
        broker.signal("STOP");
        let started = Instant::now();
        assert_eq!(me.down().await, "the broker is silent");
        assert!(started.elapsed() < Duration::from_secs(15), "2 × keep-alive + 5 s");
        broker.signal("CONT");
        me.up().await;
    }

    async fn what_was_ordered_goes_out_before_the_goodbye(protocol) {
        let broker = Mosquitto::start(Offer::default());
        let mut watcher = Line::connected(plain(&broker, protocol), "watcher").await;
        watcher.want(&[("lamp", Qos::AtLeastOnce)]).await;
        let me = Line::connected(plain(&broker, protocol), "me").await;
        for id in 0..100 {
            me.link.publish(order(id, "lamp", id.to_string().as_bytes(), Qos::AtLeastOnce));
        }
        me.link.close().await;
        for id in 0..100 {
            assert_eq!(watcher.text().await, format!("lamp {id}"));
        }
    }

    async fn nothing_is_lost_or_out_of_order_through_many_cuts(protocol) {
        const ORDERS: u64 = 600;
        let broker = Mosquitto::start(Offer::default());
        let mut watcher = Line::connected(plain(&broker, protocol), "watcher").await;
        watcher.want(&[("count", Qos::AtLeastOnce)]).await;
        let (port, cut) = cutter(broker.port).await;
        let limits = Limits { takeovers: usize::MAX, ..hasty() };
        let mut me = Line::open_with(profile(&format!("mqtt://127.0.0.1:{port}"), protocol), line::login("me"), limits);
        me.up().await;
        let mut cuts = 0;
        for id in 0..ORDERS {
            me.link.publish(order(id, "count", id.to_string().as_bytes(), Qos::AtLeastOnce));
            if id % 20 == 10 {
                cut.notify_one();
                cuts += 1;
            }
            if id % 20 == 19 {
                // All twenty are out before the next twenty.
                assert_eq!(me.receipt(id).await, Receipt::Acknowledged);
            }
        }
        assert_eq!(cuts, 30);
        let mut last = None;
        while last != Some(ORDERS - 1) {
            let text = watcher.text().await;
            let number: u64 = text.trim_start_matches("count ").parse().expect("a number");
            // A message whose acknowledgement was cut off comes twice; nothing else may.
            assert!(Some(number) == last || number == last.map_or(0, |last| last + 1), "{number} after {last:?}");
            last = Some(number);
        }
    }
}

/// Twenty brokers are killed, each while commands are on their way. What is not confirmed is told apart
/// from what is, on every tile, within five seconds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_broker_did_not_confirm_says_so() {
    const KILLS: u32 = 20;
    let tile = |n: u32| {
        format!("[[tile]]\nkind = \"switch\"\nname = \"{n}\"\ntopic = \"s/{n}\"\npublish_topic = \"c/{n}\"\nqos = 1\n")
    };
    let board: String = (0..8).map(tile).collect();
    let (mut confirmed, mut flagged) = (0, 0);
    for kill in 0..KILLS {
        let protocol = if kill % 2 == 0 { Protocol::V3 } else { Protocol::V5 };
        let mut broker = Mosquitto::start(Offer::default());
        let mut me = Line::connected(plain(&broker, protocol), "me").await;
        let mut device = Line::connected(plain(&broker, Protocol::V5), "device").await;
        device.want(&[("c/+", Qos::AtLeastOnce)]).await;
        me.want(&[("s/+", Qos::AtLeastOnce)]).await;
        let mut stage = Stage::new(&board);
        for index in 0..8 {
            for order in stage::orders(stage.act(Action::PressTile(index))) {
                me.link.publish(order);
            }
        }
        // The device answers some of them; then the broker dies.
        for _ in 0..kill % 8 {
            let message = device.message().await;
            let state = message.topic.replace("c/", "s/");
            device.link.publish(order(1, &state, &message.payload, Qos::AtLeastOnce));
            device.receipt(1).await;
        }
        broker.kill();
        loop {
            let event = me.event().await;
            let down = matches!(event, LineEvent::State(LineState::Waiting { .. }));
            stage.line(event);
            if down {
                break;
            }
        }
        stage.app.settle(stage.now);
        stage.wait(5_000);
        let board = stage.app.board().expect("a board");
        for index in 0..8 {
            let (tile, state) = board.tile(index).expect("a tile");
            let is_confirmed = state.count > 0 && state.sent.is_none();
            let says_so = state.unconfirmed(tile, stage.now) || state.fault.is_some();
            assert!(is_confirmed != says_so, "kill {kill}, tile {index}: {state:?}");
            confirmed += u32::from(is_confirmed);
            flagged += u32::from(says_so);
        }
        let marks = stage.text().matches("? unconfirmed").count();
        assert!(marks > 0, "{}", stage.text());
    }
    println!("{KILLS} kills: {confirmed} commands confirmed, {flagged} flagged");
    assert_eq!(confirmed + flagged, 8 * KILLS);
}
