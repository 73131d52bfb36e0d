//! A local HTTP CONNECT proxy for one TLS connection, which leads rumqttc to a chosen address.
//!
//! It is our own because rumqttc's proxy support is only the client side of HTTP CONNECT: it needs a
//! proxy to connect to. rumqttc also has no option for the socket address. It uses one host name for
//! the DNS lookup and for the certificate check, and tries the addresses of that name in order, without
//! a timeout for each. If the first address does not answer and another one does,
//! [`transport`](super::transport) gives rumqttc this proxy, which relays to the address that answers.
//! The certificate is still checked against the host name, and TLS stays encrypted end to end.
//!
//! The proxy listens on 127.0.0.1, accepts one connection and limits the size of the request. Its
//! response is constant.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// How long rumqttc may take to send its request, and the broker to accept the connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The maximum size of the CONNECT request in bytes.
const MAX_REQUEST_BYTES: usize = 2_048;

/// Starts a proxy to `broker_address` for one connection and returns its port on 127.0.0.1.
pub(super) async fn open(broker_address: SocketAddr) -> io::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        if let Err(error) = relay(listener, broker_address).await {
            tracing::debug!(%broker_address, "the connection through the local proxy ended: {error}");
        }
    });
    Ok(port)
}

async fn relay(listener: TcpListener, broker_address: SocketAddr) -> io::Result<()> {
    let mut client = timeout(CONNECT_TIMEOUT, accept_connect(listener)).await??;
    let mut broker = timeout(CONNECT_TIMEOUT, TcpStream::connect(broker_address)).await??;
    for stream in [&client, &broker] {
        stream.set_nodelay(true)?;
    }
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
    copy_bidirectional(&mut client, &mut broker).await.map(|_| ())
}

/// Accepts the connection of rumqttc and reads its CONNECT request. The host in the request is not
/// used, because the broker's address is already known.
async fn accept_connect(listener: TcpListener) -> io::Result<TcpStream> {
    let (mut client, _) = listener.accept().await?;
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        if request.len() >= MAX_REQUEST_BYTES {
            return Err(io::Error::other("the CONNECT request is too long"));
        }
        request.push(client.read_u8().await?);
    }
    Ok(client)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn connect_proxy_relays_bytes_both_ways() {
        let broker = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = open(broker.local_addr().unwrap()).await.unwrap();
        let mut client = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        client.write_all(b"CONNECT broker.example:8883 HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let (mut broker, _) = broker.accept().await.unwrap();
        let mut response = [0; 19];
        client.read_exact(&mut response).await.unwrap();
        assert_eq!(&response, b"HTTP/1.1 200 OK\r\n\r\n");
        client.write_all(b"ping").await.unwrap();
        let mut received = [0; 4];
        broker.read_exact(&mut received).await.unwrap();
        broker.write_all(b"pong").await.unwrap();
        client.read_exact(&mut received).await.unwrap();
        assert_eq!(&received, b"pong");
        drop(broker);
        assert_eq!(client.read(&mut received).await.unwrap(), 0);
    }
}
