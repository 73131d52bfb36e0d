//! Connections to mosquitto through a proxy, and through a web server with a login of its own.

use mqtt_dash::{
    model::connection::{ConnectionEvent, ConnectionState},
    model::field_value::BoundedInt,
    model::profile::{HttpHeaders, MqttVersion, PasswordSource, Profile, ProxySetting, SecretKey, Secrets},
    model::schema::FieldValue as _,
    mqtt::Login,
};

use super::{assert_round_trip, for_both_versions};
use crate::fixtures::{
    broker::{BrokerConfig, BrokerFixture, free_port},
    broker_certificates::Certificate,
    connection::{ConnectionFixture, profile, short_retry_limits},
    web_servers::WebServer,
};

for_both_versions! {
    http_proxy_leads_to_the_broker;
    socks_proxy_leads_to_the_broker;
    proxy_wants_a_login;
    proxy_of_another_kind_is_blamed;
    web_server_wants_http_basic;
    web_server_wants_a_header;
    idle_timeout_of_a_web_server_is_followed_by_a_reconnection;
}

fn with_proxy(scheme: &str, port: u16, profile: Profile) -> Profile {
    let text = format!("{scheme}://localhost:{port}");
    let proxy = ProxySetting::from_value(&text.as_str().into()).expect("the address of a proxy");
    Profile { proxy: Some(proxy), ..profile }
}

fn with_proxy_login(profile: Profile, password: &str) -> (Profile, Login) {
    let secrets = [(SecretKey::ProxyPassword, password.into())].into_iter().collect();
    let profile = Profile { proxy_username: Some("ann".to_owned()), ..profile };
    (profile, Login { client_id: "me".to_owned(), secrets, ..Login::default() })
}

async fn assert_connects(profile: Profile, login: Login) {
    let mut connection = ConnectionFixture::open_with(profile, login, short_retry_limits());
    connection.wait_connected().await;
    assert_round_trip(&mut connection).await;
    connection.client.close().await;
}

async fn refusal(profile: Profile, login: Login) -> String {
    ConnectionFixture::open_with(profile, login, short_retry_limits()).wait_disconnected().await
}

/// Returns why a login is refused for good, and which secret of it.
async fn refused_secret(profile: Profile, login: Login) -> (String, Option<SecretKey>) {
    let mut connection = ConnectionFixture::open_with(profile, login, short_retry_limits());
    connection
        .wait_for(|event| match event {
            ConnectionEvent::State(ConnectionState::Stopped { reason, refused_secret, .. }) => {
                Some((reason.clone(), refused_secret.clone()))
            }
            _ => None,
        })
        .await
}

fn login() -> Login {
    Login { client_id: "me".to_owned(), ..Login::default() }
}

/// Connects through a proxy of this kind with each transport, until the proxy ends.
async fn assert_leads_to_brokers(scheme: &str, start_proxy: fn(bool) -> WebServer, protocol: MqttVersion) {
    for (certificate, web_socket) in [(None, false), (Some(Certificate::SignedByCa), false), (None, true)] {
        let broker = BrokerFixture::start(BrokerConfig { certificate, web_socket, ..BrokerConfig::default() });
        let proxy = start_proxy(false);
        let mut profile = with_proxy(scheme, proxy.port, profile(&broker.url("localhost"), protocol));
        profile.tls.0.ca = certificate.map(|_| broker.path("ca.pem"));
        let mut connection = ConnectionFixture::open_with(profile, login(), short_retry_limits());
        connection.wait_connected().await;
        assert_round_trip(&mut connection).await;
        drop(proxy);
        connection.wait_disconnected().await;
        let reason = connection.wait_disconnected().await;
        assert!(reason.starts_with("nothing listens on the proxy localhost:"), "{reason}");
    }
}

async fn http_proxy_leads_to_the_broker(protocol: MqttVersion) {
    assert_leads_to_brokers("http", WebServer::http_proxy, protocol).await;
    let proxy = WebServer::http_proxy(false);
    let closed = with_proxy("http", proxy.port, profile(&format!("mqtt://localhost:{}", free_port()), protocol));
    let reason = refusal(closed, login()).await;
    assert!(reason.contains(": it cannot reach localhost:"), "{reason}");
}

async fn socks_proxy_leads_to_the_broker(protocol: MqttVersion) {
    assert_leads_to_brokers("socks5", WebServer::socks_proxy, protocol).await;
    let proxy = WebServer::socks_proxy(false);
    let closed = with_proxy("socks5", proxy.port, profile(&format!("mqtt://localhost:{}", free_port()), protocol));
    let reason = refusal(closed, login()).await;
    assert!(reason.contains("says that nothing listens on localhost:"), "{reason}");
}

async fn proxy_wants_a_login(protocol: MqttVersion) {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let own_profile = profile(&broker.url("localhost"), protocol);
    for (scheme, proxy, missing, wrong) in [
        (
            "http",
            WebServer::http_proxy(true),
            "it wants a login: set `proxy_username` and `proxy_password`",
            "it refuses the login: are `proxy_username` and `proxy_password` right?",
        ),
        (
            "socks5",
            WebServer::socks_proxy(true),
            "wants a login: set `proxy_username` and `proxy_password`",
            "refuses the login: are `proxy_username` and `proxy_password` right?",
        ),
    ] {
        let profile = with_proxy(scheme, proxy.port, own_profile.clone());
        let reason = refusal(profile.clone(), login()).await;
        assert!(reason.starts_with("stopped: the proxy localhost:") && reason.contains(missing), "{reason}");
        let (profile, mut login) = with_proxy_login(profile, "guess");
        let (reason, secret) = refused_secret(profile.clone(), login.clone()).await;
        assert_eq!(secret, Some(SecretKey::ProxyPassword));
        assert!(reason.contains(wrong) && !reason.contains("guess"), "{reason}");
        login.secrets = [(SecretKey::ProxyPassword, "s3cret".into())].into_iter().collect();
        assert_connects(profile, login).await;
    }
}

async fn proxy_of_another_kind_is_blamed(protocol: MqttVersion) {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let profile = Profile { connect_timeout: BoundedInt::clamped(1), ..profile(&broker.url("localhost"), protocol) };
    let (http, socks) = (WebServer::http_proxy(false), WebServer::socks_proxy(false));
    let reason = refusal(with_proxy("socks5", http.port, profile.clone()), login()).await;
    assert!(reason.starts_with("the proxy localhost:"), "{reason}");
    assert!(reason.ends_with("is it an HTTP proxy? then use http://"), "{reason}");
    let reason = refusal(with_proxy("http", socks.port, profile.clone()), login()).await;
    assert!(reason.starts_with("the proxy localhost:"), "{reason}");
    let missing = ProxySetting::from_value(&"http://nohost.invalid:3128".into()).expect("the address of a proxy");
    let reason = refusal(Profile { proxy: Some(missing), ..profile }, login()).await;
    assert_eq!(reason, "no such host: the proxy nohost.invalid:3128");
}

/// A broker with a WebSocket, and nginx in front of it.
fn broker_behind_nginx() -> (BrokerFixture, WebServer) {
    let broker = BrokerFixture::start(BrokerConfig { web_socket: true, ..BrokerConfig::default() });
    let nginx = WebServer::nginx(broker.port);
    (broker, nginx)
}

async fn web_server_wants_http_basic(protocol: MqttVersion) {
    let (_broker, nginx) = broker_behind_nginx();
    let url = format!("ws://localhost:{}/basic", nginx.port);
    let without = profile(&url, protocol);
    let reason = refusal(without.clone(), login()).await;
    assert!(reason.contains("answered 401 Unauthorized: the web server wants a login of its own"), "{reason}");
    let with = Profile { username: Some("ann".to_owned()), basic_auth: true, ..without };
    let ann = |password: &str| Login {
        username: Some("ann".to_owned()),
        secrets: Secrets::password_only(password.into()),
        ..login()
    };
    let (reason, secret) = refused_secret(with.clone(), ann("guess")).await;
    assert_eq!(secret, Some(SecretKey::Password));
    assert!(
        reason.contains("401 Unauthorized: the web server refuses the login") && !reason.contains("guess"),
        "{reason}"
    );
    assert_connects(with, ann("s3cret")).await;
}

async fn web_server_wants_a_header(protocol: MqttVersion) {
    let (_broker, nginx) = broker_behind_nginx();
    let url = format!("ws://localhost:{}/bearer", nginx.port);
    let headers = HttpHeaders(vec![("Authorization".to_owned(), PasswordSource::Env("TOKEN".to_owned()))]);
    let profile = Profile { headers, ..profile(&url, protocol) };
    let with = |value: &str| {
        let secrets = [(SecretKey::Header("Authorization".to_owned()), value.into())].into_iter().collect();
        Login { secrets, ..login() }
    };
    let (reason, secret) = refused_secret(profile.clone(), with("Bearer old")).await;
    assert_eq!(secret, Some(SecretKey::Header("Authorization".to_owned())));
    assert!(reason.contains("answered 403 Forbidden: the web server refuses the login"), "{reason}");
    assert!(!reason.contains("old"), "{reason}");
    let reason = refusal(profile.clone(), with("Bearer t0ken\r\nX: y")).await;
    assert!(reason.contains("the header Authorization cannot be sent") && !reason.contains("t0ken"), "{reason}");
    assert_connects(profile, with("Bearer t0ken")).await;
}

async fn idle_timeout_of_a_web_server_is_followed_by_a_reconnection(protocol: MqttVersion) {
    let (_broker, nginx) = broker_behind_nginx();
    let mut connection =
        ConnectionFixture::connected(profile(&format!("ws://localhost:{}/idle", nginx.port), protocol), "me").await;
    for _ in 0..4 {
        connection.wait_disconnected().await;
        connection.wait_connected().await;
    }
    assert_round_trip(&mut connection).await;
}
