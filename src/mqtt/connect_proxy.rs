//! A way round an address that does not answer, for TLS.
//!
//! The client takes one name both for finding the broker and for checking its certificate, and tries
//! the addresses of that name in their order, with no limit to each. Where the first is silent and
//! another one answers, it is led there as through a proxy: one connection, inside this process,
//! of bytes that stay encrypted from end to end.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// How long the client may take to come.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest request that it may begin with.
const MAX_REQUEST_BYTES: usize = 2_048;

/// Opens a way to this address for one connection; gives the port of this machine that leads there.
pub(super) async fn open(broker_address: SocketAddr) -> io::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        if let Err(error) = relay(listener, broker_address).await {
            tracing::debug!(%broker_address, "the way round ends: {error}");
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

/// The client, once it has asked for its way. What it asks for is known.
async fn accept_connect(listener: TcpListener) -> io::Result<TcpStream> {
    let (mut client, _) = listener.accept().await?;
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        if request.len() >= MAX_REQUEST_BYTES {
            return Err(io::Error::other("a request without an end"));
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
