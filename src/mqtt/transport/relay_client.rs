//! Accepts the connection of rumqttc to a [`relay`](super::relay), among those that anything on this machine may open.

use std::{io, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    select,
    task::JoinSet,
    time::timeout,
};

/// How long a local connection may take to present the token.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(1);

/// The maximum number of local connections that may present the token at the same time.
const MAX_CANDIDATES: usize = 64;

/// The maximum size of the CONNECT request in bytes.
const MAX_REQUEST_BYTES: usize = 2_048;

/// The user name of the proxy; the token is its password.
pub(super) const USER: &str = "mqtt-dash";

/// Accepts connections until one presents the token. One that presents nothing delays no other.
///
/// # Errors
/// When no connection can be accepted, or the one with the token has gone.
pub(super) async fn accept(listener: TcpListener, token: &str) -> io::Result<TcpStream> {
    let expected = BASE64.encode(format!("{USER}:{token}"));
    let mut candidates = JoinSet::new();
    loop {
        let candidate = select! {
            accepted = listener.accept(), if candidates.len() < MAX_CANDIDATES => {
                let (mut client, _) = accepted?;
                candidates.spawn(async move {
                    let request = timeout(REQUEST_TIMEOUT, read_request(&mut client)).await;
                    (client, request)
                });
                continue;
            }
            Some(candidate) = candidates.join_next() => candidate,
        };
        if let Ok((mut client, Ok(Ok(request)))) = candidate
            && is_authorized(&request, &expected)
        {
            client.set_nodelay(true)?;
            client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
            return Ok(client);
        }
    }
}

/// Returns whether a request presents these credentials of the scheme `Basic`.
fn is_authorized(request: &str, expected: &str) -> bool {
    let header = request.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("proxy-authorization").then_some(value.trim())
    });
    let credentials = header.and_then(|value| value.split_once(' '));
    credentials.is_some_and(|(scheme, value)| scheme.eq_ignore_ascii_case("basic") && value == expected)
}

async fn read_request(client: &mut TcpStream) -> io::Result<String> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        if request.len() >= MAX_REQUEST_BYTES {
            return Err(io::Error::other("the CONNECT request is too long"));
        }
        request.push(client.read_u8().await?);
    }
    String::from_utf8(request).map_err(io::Error::other)
}
