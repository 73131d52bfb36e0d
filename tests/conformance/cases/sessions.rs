//! Sessions: the will, a kept session, a client ID in use, a restart.

use mqtt_dash::model::{
    connection::Qos,
    field_value::Nested,
    profile::{BrokerUrl, Profile, Will},
    topic::Topic,
};

use crate::{
    context::{ADMIN, Context, PASSWORD, Transport},
    fixtures::{
        chaos_proxy::{ChaosProxy, Disruption},
        client::ClientOptions,
        connection::{ConnectionFixture, short_retry_limits},
    },
};

pub async fn will(context: Context<'_>) {
    let topic = context.name("status");
    let mut watcher = context.connected("watcher").await;
    watcher.subscribe(&[(&topic, Qos::AtLeastOnce)]).await;
    let will =
        Will { topic: Topic::new(&topic).ok(), payload: "gone".to_owned(), qos: Qos::AtLeastOnce, ..Will::default() };
    let with_will = Profile { will: Some(Nested(will)), ..context.profile() };
    let ended = context.connected_with(with_will.clone(), "ended", ADMIN).await;
    ended.client.close().await;
    context.publish(&topic, "here", &["-q", "1"]);
    assert_eq!(watcher.next_message_text().await, format!("{topic} here"), "a normal end publishes no will");
    let proxy = ChaosProxy::start(context.broker.port(Transport::Tcp)).await;
    let url = BrokerUrl::parse(&proxy.url()).expect("a valid URL");
    let _lost = context.connected_with(Profile { url, ..with_will }, "lost", ADMIN).await;
    proxy.disrupt_now(Disruption::Reset);
    assert_eq!(watcher.next_message_text().await, format!("{topic} gone"));
}

pub async fn kept_session(context: Context<'_>) {
    let topic = context.name("post");
    let kept = Profile { clean_session: false, ..context.profile() };
    let mut connection = context.connected_with(kept.clone(), "me", ADMIN).await;
    connection.subscribe(&[(&topic, Qos::AtLeastOnce)]).await;
    connection.client.close().await;
    for text in ["one", "two", "three"] {
        context.publish(&topic, text, &["-q", "1"]);
    }
    let mut connection = ConnectionFixture::open_with(kept, context.login("me", ADMIN), short_retry_limits());
    for text in ["one", "two", "three"] {
        assert_eq!(connection.next_message_text().await, format!("{topic} {text}"));
    }
    connection.wait_connected().await;
    connection.client.close().await;
    // A clean session ends the kept one.
    let clean = context.connected("me").await;
    clean.client.close().await;
}

pub async fn takeover(context: Context<'_>) {
    let topic = context.name("twin");
    let mut connection = context.connected("me").await;
    connection.subscribe(&[(&topic, Qos::AtLeastOnce)]).await;
    for _ in 0..4 {
        // A client that does not reconnect.
        let address = ([127, 0, 0, 1], context.broker.port(Transport::Tcp)).into();
        let rival = ClientOptions::new(context.version, address, &context.name("me")).credentials(ADMIN, PASSWORD);
        let _rival = rival.connect().await.expect("the other client is accepted");
        connection.wait_disconnected().await;
        connection.wait_connected().await;
    }
    connection.deliver(&topic).await;
}

pub async fn restart(context: Context<'_>) {
    let topic = context.name("lamp");
    let mut connection = context.connected("me").await;
    connection.subscribe(&[(&topic, Qos::AtLeastOnce)]).await;
    context.broker.stop();
    connection.wait_disconnected().await;
    context.broker.start_again();
    connection.wait_connected().await;
    // It has subscribed again without being asked.
    connection.deliver(&topic).await;
}
