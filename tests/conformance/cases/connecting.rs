//! Transports and logins.

use mqtt_dash::{model::profile::Secrets, mqtt::Login};

use crate::{
    context::{ADMIN, Context, Transport},
    fixtures::connection::{ConnectionFixture, short_retry_limits},
};

async fn assert_connects(context: Context<'_>, transport: Transport) {
    let profile = context.profile_over(transport);
    let mut connection = context.connected_with(profile, "me", ADMIN).await;
    context.assert_round_trip(&mut connection, &context.name("connect")).await;
    connection.client.close().await;
}

pub async fn tcp(context: Context<'_>) {
    assert_connects(context, Transport::Tcp).await;
}

pub async fn tls(context: Context<'_>) {
    assert_connects(context, Transport::Tls).await;
}

pub async fn web_socket(context: Context<'_>) {
    assert_connects(context, Transport::WebSocket).await;
}

pub async fn secure_web_socket(context: Context<'_>) {
    assert_connects(context, Transport::SecureWebSocket).await;
}

pub async fn wrong_password_is_named(context: Context<'_>) {
    let wrong = Login { secrets: Secrets::password_only("barley-42".into()), ..context.login("me", ADMIN) };
    let mut connection = ConnectionFixture::open_with(context.profile(), wrong, short_retry_limits());
    let reason = connection.wait_disconnected().await;
    assert!(reason.contains("user name") && !reason.contains("barley"), "{reason}");
}
