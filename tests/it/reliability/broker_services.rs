//! The profiles in `docs/brokers.md`, with brokers that behave as the services document it.

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    sync::Arc,
};

use mqtt_dash::{
    model::profile::{AlpnProtocols, BrokerUrl, Profile, Secrets},
    mqtt::{Login, install_crypto_provider},
};
use rustls::{ServerConfig, ServerConnection, Stream};

use super::connection_errors::{Certificates, serve};
use crate::fixtures::{
    connection::{ConnectionFixture, short_retry_limits},
    packet, repository,
};

/// The profile of this name in the documentation.
fn documented(name: &str) -> Profile {
    let page = repository::read("docs/brokers.md");
    let blocks = page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let text: String = blocks.collect();
    let (profiles, problems) =
        mqtt_dash::config::read_profiles("page", &text, Path::new("/")).expect("the examples are valid");
    assert_eq!(problems.to_string(), "no problems");
    profiles.profiles.into_iter().find(|profile| profile.name == name).expect("the page has this profile")
}

/// What a CONNECT packet of MQTT 3.1.1 contains.
#[derive(Debug, PartialEq, Eq)]
struct Connect {
    client_id: String,
    username: Option<String>,
    password: Option<String>,
}

fn read_connect(stream: &mut impl Read) -> Option<Connect> {
    let (_, body) = packet::read(stream)?;
    let (flags, mut rest) = (body[7], &body[10..]);
    let mut text = || {
        let length = usize::from(u16::from_be_bytes([rest[0], rest[1]]));
        let (text, after) = rest[2..].split_at(length);
        rest = after;
        String::from_utf8_lossy(text).into_owned()
    };
    let client_id = text();
    let username = (flags & 0x80 != 0).then(&mut text);
    let password = (flags & 0x40 != 0).then(&mut text);
    Some(Connect { client_id, username, password })
}

/// Starts a broker that accepts whose CONNECT packet this function accepts, and refuses others.
fn broker(accepts: fn(&Connect) -> bool) -> u16 {
    serve(move |mut stream| answer(&mut stream, accepts))
}

fn answer(stream: &mut (impl Read + Write), accepts: fn(&Connect) -> bool) {
    let Some(connect) = read_connect(stream) else { return };
    println!("{connect:?}");
    let _ = stream.write_all(&[0x20, 2, 0, if accepts(&connect) { 0 } else { 5 }]);
    // Until the client closes the connection.
    let _ = stream.read(&mut [0; 64]);
}

/// Starts a broker as that of AWS on port 443: it wants its application protocol, and a client certificate.
fn aws(config: Arc<ServerConfig>) -> u16 {
    serve(move |mut stream: TcpStream| {
        let mut session = ServerConnection::new(Arc::clone(&config)).expect("a TLS session");
        while session.is_handshaking() {
            if session.complete_io(&mut stream).is_err() {
                return;
            }
        }
        if session.alpn_protocol() == Some(b"x-amzn-mqtt-ca") {
            answer(&mut Stream::new(&mut session, &mut stream), |connect| connect.client_id == "THING");
        }
    })
}

fn open(profile: Profile, password: Option<&str>) -> ConnectionFixture {
    let login = Login {
        client_id: profile.client_id.clone().unwrap_or_else(|| "generated".to_owned()),
        username: profile.username.clone(),
        secrets: password.map(|it| Secrets::password_only(it.into())).unwrap_or_default(),
        ..Login::default()
    };
    ConnectionFixture::open_with(profile, login, short_retry_limits())
}

fn at(profile: &Profile, scheme: &str, port: u16) -> Profile {
    let url = BrokerUrl::parse(&format!("{scheme}://localhost:{port}")).expect("a valid URL");
    Profile { url, ..profile.clone() }
}

#[tokio::test]
async fn profile_for_aws_on_port_443_offers_its_protocol() {
    install_crypto_provider();
    let certificates = Certificates::new();
    let port = aws(certificates.server_config(true, &["x-amzn-mqtt-ca", "http/1.1"]));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut profile = at(&documented("aws-443"), "mqtts", port);
    assert!(documented("aws-443").url.to_string().ends_with(":443"));
    certificates.write_client(folder.path(), "THING.cert.pem", "THING.private.key");
    (profile.base_dir, profile.tls.0.insecure) = (folder.path().to_owned(), true);
    open(profile.clone(), None).wait_connected().await;

    let mut other = profile.clone();
    other.tls.0.alpn = AlpnProtocols::default();
    let reason = open(other, None).wait_disconnected().await;
    assert!(reason.contains("speaks TLS, but closed the connection") && reason.contains("`alpn`"), "{reason}");
    profile.tls.0.cert = None;
    profile.tls.0.key = None;
    let reason = open(profile, None).wait_disconnected().await;
    assert!(reason.contains("the broker requires a client certificate"), "{reason}");
}

#[tokio::test]
async fn profile_for_azure_has_the_user_name_of_the_device() {
    let port = broker(|connect| {
        connect.client_id == "DEVICE"
            && connect.username.as_deref() == Some("HUB.azure-devices.net/DEVICE/?api-version=2021-04-12")
            && connect.password.as_deref().is_some_and(|it| it.starts_with("SharedAccessSignature sr="))
    });
    let profile = at(&documented("azure"), "mqtt", port);
    open(profile.clone(), Some("SharedAccessSignature sr=HUB&sig=x%3d&se=1")).wait_connected().await;
    let reason = open(profile, Some("a password")).wait_disconnected().await;
    assert!(reason.contains("not authorized"), "{reason}");
}

#[tokio::test]
async fn profile_for_adafruit_logs_in_with_name_and_key() {
    let port =
        broker(|connect| connect.username.as_deref() == Some("NAME") && connect.password.as_deref() == Some("aio_key"));
    open(at(&documented("adafruit"), "mqtt", port), Some("aio_key")).wait_connected().await;
}

#[tokio::test]
async fn profile_for_thingsboard_has_a_token_and_no_password() {
    let port = broker(|connect| {
        connect.username.as_deref() == Some("ACCESS-TOKEN")
            && connect.password.as_deref().unwrap_or_default().is_empty()
    });
    let profile = documented("thingsboard");
    assert_eq!(profile.password, None);
    open(at(&profile, "mqtt", port), None).wait_connected().await;
}

#[tokio::test]
async fn profile_for_myqtthub_has_the_client_id_of_a_device() {
    let port = broker(|connect| connect.client_id == "DEVICE" && connect.username.as_deref() == Some("USER"));
    open(at(&documented("myqtthub"), "mqtt", port), Some("x")).wait_connected().await;
}
