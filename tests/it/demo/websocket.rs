//! The WebSocket of the broker, as web pages of different origins and programs see it.

use mqtt_dash::demo::{BrokerOptions, EmbeddedBroker, broker::loopback_any_port};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};

use crate::fixtures::client::within_timeout;

/// Requests a WebSocket, and returns the status of the answer.
async fn status_of(broker: &EmbeddedBroker, path: &str, headers: &[(&str, &str)]) -> String {
    let mut stream = TcpStream::connect(broker.websocket_address().unwrap()).await.unwrap();
    let mut request = format!(
        "GET {path} HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: mqtt\r\n"
    );
    for (name, value) in headers {
        request.extend([name, ": ", value, "\r\n"]);
    }
    stream.write_all(format!("{request}\r\n").as_bytes()).await.unwrap();
    let mut line = String::new();
    within_timeout(BufReader::new(stream).read_line(&mut line)).await.unwrap();
    line.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn foreign_web_pages_are_refused_and_programs_accepted() {
    let broker = EmbeddedBroker::start_with(BrokerOptions {
        websocket: Some(loopback_any_port()),
        allowed_origins: vec!["https://class.example.org".parse().unwrap()],
        ..BrokerOptions::default()
    })
    .await
    .unwrap();
    let host = broker.websocket_address().unwrap().to_string();
    for (path, headers, expected) in [
        ("/mqtt", &[("Host", host.as_str())][..], "101"),
        ("/mqtt", &[("Host", &host), ("Origin", "http://localhost:8080")], "101"),
        ("/mqtt", &[("Host", &host), ("Origin", "https://class.example.org")], "101"),
        ("/mqtt", &[("Host", &host), ("Origin", "https://evil.example")], "403"),
        ("/mqtt", &[("Host", &host), ("Origin", "null")], "403"),
        ("/mqtt", &[("Host", "evil.example"), ("Origin", "http://evil.example")], "403"),
        ("/mqtt", &[("Host", "evil.example")], "403"),
        ("/mqtt", &[], "403"),
        ("/", &[("Host", &host)], "404"),
    ] {
        assert_eq!(status_of(&broker, path, headers).await, expected, "{headers:?}");
    }
    broker.stop().await;
}
