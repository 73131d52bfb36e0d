//! Each reason for which a connection fails, with the cause that triggers it: one table for all sentences.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::Arc,
};

use mqtt_dash::{
    model::profile::{AlpnProtocols, MqttVersion, Profile},
    mqtt::install_crypto_provider,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::{
    RootCertStore, ServerConfig, ServerConnection, Stream,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    server::{WebPkiClientVerifier, danger::ClientCertVerifier},
};

use crate::fixtures::{
    broker::free_port,
    connection::{ConnectionFixture, profile},
};

/// A row of the table: the address without the host and the profile, and the sentence that must be shown.
struct Row {
    cause: &'static str,
    profile: Profile,
    expected: &'static str,
}

fn row(cause: &'static str, scheme: &str, port: u16, protocol: MqttVersion, expected: &'static str) -> Row {
    Row { cause, profile: insecure(&format!("{scheme}://localhost:{port}"), protocol), expected }
}

fn insecure(url: &str, protocol: MqttVersion) -> Profile {
    let mut profile = profile(url, protocol);
    profile.tls.0.insecure = true;
    profile
}

/// Fails if the reason for which a connection fails is not the one of the row.
async fn check(row: Row) {
    let reason = ConnectionFixture::open(row.profile, "me").wait_disconnected().await;
    println!("{}: {reason}", row.cause);
    assert!(reason.contains(row.expected), "{}\nexpected {}\n     got {reason}", row.cause, row.expected);
    assert!(!reason.contains(char::is_control), "{}: {reason:?}", row.cause);
    let has_succeeded = row.cause.starts_with("TLS, then");
    assert!(!has_succeeded || !reason.contains("does not answer with TLS"), "{}: {reason}", row.cause);
}

/// Starts a server that handles each connection with this function; returns its port.
pub(super) fn serve(handle: impl Fn(TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("the listener has an address").port();
    std::thread::spawn(move || listener.incoming().map_while(Result::ok).for_each(handle));
    port
}

/// Starts a server that reads once, answers with these bytes and closes the connection.
fn answer(bytes: impl Into<Vec<u8>>) -> u16 {
    let bytes = bytes.into();
    serve(move |mut stream| {
        let _ = stream.read(&mut [0; 4_096]);
        let _ = stream.write_all(&bytes);
    })
}

/// Starts a server that resets the connection instead of answering.
fn reset() -> u16 {
    serve(|stream| {
        // What is received but not read makes the system answer the close with a reset.
        let _ = stream.peek(&mut [0]);
    })
}

/// The certificates of a TLS server, and of its clients.
pub(super) struct Certificates {
    server: rustls::pki_types::CertificateDer<'static>,
    server_key: KeyPair,
    authority: CertifiedIssuer<'static, KeyPair>,
}

impl Certificates {
    pub(super) fn new() -> Self {
        let server_key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(["localhost".to_owned()]).expect("a valid name");
        let server = params.self_signed(&server_key).expect("a certificate").der().clone();
        let mut params = CertificateParams::new([]).expect("valid parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "of clients");
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key"));
        Self { server, server_key, authority: authority.expect("a certificate") }
    }

    pub(super) fn server_config(&self, requires_client_certificate: bool, alpn: &[&str]) -> Arc<ServerConfig> {
        let verifier: Arc<dyn ClientCertVerifier> = if requires_client_certificate {
            let mut roots = RootCertStore::empty();
            roots.add(self.authority.der().clone()).expect("a certificate authority");
            WebPkiClientVerifier::builder(roots.into()).build().expect("a verifier")
        } else {
            WebPkiClientVerifier::no_client_auth()
        };
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.server_key.serialize_der()));
        let builder = ServerConfig::builder().with_client_cert_verifier(verifier);
        let mut config = builder.with_single_cert(vec![self.server.clone()], key).expect("a configuration");
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        Arc::new(config)
    }
}

impl Certificates {
    /// Writes a client certificate that the server accepts, and its key.
    pub(super) fn write_client(&self, folder: &Path, cert: &str, key: &str) {
        let client = CertificateParams::new(["me".to_owned()]).expect("a valid name");
        let client_key = KeyPair::generate().expect("a key");
        let client = client.signed_by(&client_key, &self.authority).expect("a certificate");
        let write = |name: &str, text: String| {
            mqtt_dash::config::write_private(&folder.join(name), text.as_bytes()).expect("the file can be written");
        };
        write(cert, client.pem());
        write(key, client_key.serialize_pem());
    }
}

/// Starts a TLS server that reads once, answers with these bytes and closes the connection.
fn answer_in_tls(config: Arc<ServerConfig>, bytes: impl Into<Vec<u8>>) -> u16 {
    let bytes = bytes.into();
    serve(move |mut stream| {
        let mut session = ServerConnection::new(Arc::clone(&config)).expect("a TLS session");
        let mut tls = Stream::new(&mut session, &mut stream);
        // It fails if the handshake does.
        if tls.read(&mut [0; 4_096]).is_ok() {
            let _ = tls.write_all(&bytes);
            session.send_close_notify();
            let _ = session.write_tls(&mut stream);
        } else {
            let _ = session.write_tls(&mut stream);
        }
    })
}

/// An HTTP response without a body.
fn http(status: &str, headers: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n{headers}\r\n")
}

/// Starts a server that accepts each web socket with these headers and then closes the connection.
fn accept_web_socket(headers: &'static str) -> u16 {
    use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
    serve(move |mut stream| {
        let mut request = [0; 4_096];
        let length = stream.read(&mut request).unwrap_or_default();
        let request = String::from_utf8_lossy(&request[..length]).into_owned();
        let key = request.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ")).unwrap_or_default();
        let accept = derive_accept_key(key.as_bytes());
        let response = format!(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Accept: {accept}\r\n{headers}\r\n"
        );
        let _ = stream.write_all(response.as_bytes());
        let _ = stream.read(&mut [0; 4_096]);
    })
}

const V3: MqttVersion = MqttVersion::V311;
const V5: MqttVersion = MqttVersion::V5;

#[tokio::test]
async fn sentences_about_the_way_to_the_broker() {
    install_crypto_provider();
    let closed = free_port();
    let tls = Certificates::new();
    let tls_server = || answer_in_tls(tls.server_config(false, &[]), "");
    for row in [
        row("a closed port", "mqtt", closed, V3, "nothing listens on localhost:"),
        row("a closed port", "wss", closed, V5, "nothing listens on localhost:"),
        row(
            "a server that only closes",
            "mqtt",
            answer(""),
            V3,
            "closed the connection without an answer: is this a TLS",
        ),
        row("a server that only closes", "mqtt", answer(""), V5, "is this a TLS port (mqtts://) or MQTT 3.1.1 only?"),
        row(
            "a server that only closes",
            "mqtts",
            answer(""),
            V3,
            "is this a TLS port? without TLS, use mqtt:// or ws://",
        ),
        row("a server that only closes", "ws", answer(""), V3, "an answer: is the port right? is this a TLS"),
        row("a reset", "mqtt", reset(), V3, "closed the connection without an answer: is this a TLS"),
        row("a reset", "mqtt", reset(), V5, "is this a TLS port (mqtts://) or MQTT 3.1.1 only?"),
        row("a reset", "wss", reset(), V5, "is this a TLS port? without TLS, use mqtt:// or ws://"),
        row("a web server", "mqtt", answer(http("400 Bad Request", "")), V3, "is not MQTT: is the port right?"),
        row("a web server", "mqtt", answer(http("400 Bad Request", "")), V5, "is not MQTT: is the port right?"),
        row("a web server", "mqtts", answer(http("400 Bad Request", "")), V3, "does not answer with TLS"),
        row("a TLS port, asked plainly", "mqtt", tls_server(), V3, "a TLS port needs mqtts:// or wss://"),
        row("a TLS port, asked plainly", "mqtt", tls_server(), V5, "a TLS port needs mqtts:// or wss://"),
        row(
            "a TLS port, asked plainly",
            "ws",
            tls_server(),
            V3,
            "its answer is not HTTP: is the port right? is this a TLS",
        ),
    ] {
        check(row).await;
    }
}

#[tokio::test]
async fn each_failure_of_tls_is_told_by_its_name() {
    install_crypto_provider();
    let alert = |number: u8| answer(vec![21, 3, 3, 0, 2, 2, number]);
    let tls = Certificates::new();
    let server = |requires: bool, alpn: &[&str], bytes: &str| answer_in_tls(tls.server_config(requires, alpn), bytes);
    let with_alpn = |mut row: Row| {
        row.profile.tls.0.alpn = AlpnProtocols(vec!["other".to_owned()]);
        row
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let client = CertificateParams::new(["me".to_owned()]).expect("a valid name");
    let client_key = KeyPair::generate().expect("a key");
    let client = client.self_signed(&client_key).expect("a certificate");
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    mqtt_dash::config::write_private(&cert, client.pem().as_bytes()).expect("the file can be written");
    mqtt_dash::config::write_private(&key, client_key.serialize_pem().as_bytes()).expect("the file can be written");
    let with_certificate = |mut row: Row| {
        (row.profile.tls.0.cert, row.profile.tls.0.key) = (Some(cert.clone()), Some(key.clone()));
        row
    };
    let after_tls = "speaks TLS, but closed the connection before it answered in MQTT";
    for row in [
        row("an alert: no common cipher", "mqtts", alert(40), V3, "have no cipher suite in common"),
        row("an alert: too old", "mqtts", alert(70), V3, "supports only old versions of TLS"),
        row("an alert: another name", "mqtts", alert(112), V3, "the broker has no certificate for localhost:"),
        row("an alert: no certificate", "mqtts", alert(116), V3, "the broker requires a client certificate"),
        row(
            "an alert: no protocol",
            "mqtts",
            alert(120),
            V3,
            "wants an application protocol (ALPN): set `alpn` under [tls]",
        ),
        row("an internal error", "wss", alert(80), V3, "the broker reports an internal error"),
        with_alpn(row(
            "another application protocol",
            "mqtts",
            server(false, &["x-amzn-mqtt-ca"], ""),
            V3,
            "supports none of the application protocols in `alpn`",
        )),
        row("TLS, then closed", "mqtts", server(false, &[], ""), V3, after_tls),
        row("TLS, then closed", "mqtts", server(false, &[], ""), V5, "or an application protocol (`alpn` under [tls])"),
        with_alpn(row(
            "TLS, then closed",
            "mqtts",
            server(false, &["other"], ""),
            V5,
            "or another `alpn` under [tls]?",
        )),
        row(
            "TLS, then HTTP",
            "mqtts",
            server(false, &[], &http("400 Bad Request", "")),
            V3,
            "speaks TLS, but its answer is not",
        ),
        row(
            "TLS, then HTTP",
            "mqtts",
            server(false, &[], &http("400 Bad Request", "")),
            V5,
            "speaks TLS, but its answer is not",
        ),
        row("TLS, then nothing", "wss", server(false, &[], ""), V5, "it closed the connection without an answer"),
        row(
            "no client certificate",
            "mqtts",
            server(true, &[], ""),
            V3,
            "the broker requires a client certificate: set",
        ),
        row("no client certificate", "wss", server(true, &[], ""), V5, "the broker requires a client certificate: set"),
        with_certificate(row(
            "a foreign client certificate",
            "mqtts",
            server(true, &[], ""),
            V3,
            "rejected the client certificate (",
        )),
    ] {
        check(row).await;
    }
}

/// What only other implementations of TLS do.
#[cfg(all(unix, feature = "mosquitto-tests"))]
#[tokio::test]
async fn sentences_about_old_servers() {
    use crate::fixtures::openssl::Openssl;
    install_crypto_provider();
    for (cause, arguments, expected) in [
        ("RSA key exchange", "-tls1_2 -cipher AES128-SHA256", "have no cipher suite in common"),
        ("an unusual group", "-tls1_3 -groups ffdhe2048", "have no cipher suite in common"),
        ("TLS 1.1", "-tls1_1 -cipher ALL:@SECLEVEL=0", "supports only old versions of TLS"),
    ] {
        let server = Openssl::serve(arguments);
        check(row(cause, "mqtts", server.port, V3, expected)).await;
    }
}

#[tokio::test]
async fn sentences_about_web_sockets() {
    let status = |status: &str, headers: &str| answer(http(status, headers));
    let mqtt = "Sec-WebSocket-Protocol: mqtt\r\n";
    for row in [
        row(
            "401",
            "ws",
            status("401 Unauthorized", ""),
            V3,
            "401 Unauthorized: the web server wants a login of its own",
        ),
        row("403", "ws", status("403 Forbidden", ""), V3, "403 Forbidden: the web server does not allow this client"),
        row(
            "404",
            "ws",
            status("404 Not Found", ""),
            V3,
            "404 Not Found: it has nothing at /mqtt: is the path of the URL",
        ),
        row("400", "ws", status("400 Bad Request", ""), V3, "is /mqtt the path of the broker? is this a TLS port?"),
        row(
            "502",
            "ws",
            status("502 Bad Gateway", ""),
            V5,
            "502 Bad Gateway: the web server is there, the broker behind",
        ),
        row("500", "ws", status("500 Oh No", ""), V5, "500 Internal Server Error: the server has failed"),
        row(
            "302",
            "ws",
            status("302 Found", "Location: https://ann:geheim@login.example/?token=geheim\r\n"),
            V3,
            "it redirects to https://login.example/:",
        ),
        row("a page", "ws", status("200 OK", ""), V3, " answered 200 OK: is /mqtt the path of the broker?"),
        row("no HTTP", "ws", answer("SSH-2.0-x\r\n"), V3, "its answer is not HTTP: is the port right?"),
        row("another protocol", "ws", accept_web_socket(""), V3, "the WebSocket at /mqtt is not for MQTT"),
        row(
            "a WebSocket, then closed",
            "ws",
            accept_web_socket(mqtt),
            V3,
            "accepted the WebSocket, but closed it before it",
        ),
        row(
            "a WebSocket, then closed",
            "ws",
            accept_web_socket(mqtt),
            V5,
            "accepted the WebSocket, but closed it before it",
        ),
    ] {
        check(row).await;
    }
    let port = status("404 Not Found", "");
    let secret = Row {
        cause: "a path with a token",
        profile: profile(&format!("ws://localhost:{port}/a?token=geheim"), V3),
        expected: "it has nothing at /a: is",
    };
    check(secret).await;
}

#[tokio::test]
async fn sentences_about_refusals() {
    let connack_v5 = |code: u8, properties: &[u8]| {
        let length = u8::try_from(properties.len()).expect("a short packet");
        answer([&[0x20, length + 3, 0, code, length], properties].concat())
    };
    let text =
        |id: u8, text: &str| [&[id, 0, u8::try_from(text.len()).expect("a short text")], text.as_bytes()].concat();
    let (reason, server) = (|it: &str| text(31, it), |it: &str| text(28, it));
    for row in [
        row(
            "another version",
            "mqtt",
            answer([0x20, 2, 0, 1]),
            V3,
            "does not support MQTT 3.1.1: try protocol = \"5\"",
        ),
        row(
            "an older broker",
            "mqtt",
            answer([0x20, 2, 0, 1]),
            V5,
            "does not support MQTT 5: try protocol = \"3.1.1\"",
        ),
        row("another version", "mqtt", connack_v5(0x84, &[]), V5, "does not support MQTT 5: try protocol = \"3.1.1\""),
        row("a wrong client ID", "mqtt", answer([0x20, 2, 0, 2]), V3, "the broker rejected the client ID"),
        row("a busy broker", "mqtt", answer([0x20, 2, 0, 3]), V3, "refused for now: the broker is not available"),
        row("a wrong password", "mqtt", answer([0x20, 2, 0, 4]), V3, "refused: bad user name or password"),
        row("not allowed", "mqtt", answer([0x20, 2, 0, 5]), V3, "refused: not authorized: check user name, password"),
        row(
            "a wrong password",
            "mqtt",
            connack_v5(0x86, &reason("ask\u{1b}[2J Ann")),
            V5,
            "bad user name or password: ask [2J Ann",
        ),
        row("not allowed", "mqtt", connack_v5(0x87, &reason("locked")), V5, "password and client ID: locked"),
        row(
            "another server",
            "mqtt",
            connack_v5(0x9c, &server("b.example:1")),
            V5,
            "use the server b.example:1 for now",
        ),
        row(
            "a moved server",
            "mqtt",
            connack_v5(0x9d, &server("b.example")),
            V5,
            "has moved to the server b.example; the",
        ),
        row("too many connections", "mqtt", connack_v5(0x9f, &reason("wait")), V5, "connection rate exceeded: wait"),
        row("an unknown method", "mqtt", connack_v5(0x8c, &[]), V5, "requires another authentication method"),
        row("banned", "mqtt", connack_v5(0x8a, &[]), V5, "this client is banned"),
    ] {
        check(row).await;
    }
}
