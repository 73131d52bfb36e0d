//! A local relay for one connection, from rumqttc to a connection with the broker.
//!
//! It is our own because rumqttc has no option for a socket that is already connected: it looks up one host name and
//! tries the addresses of that name without a timeout for each, and drops what the broker says when it refuses a
//! connection of MQTT 5. So the program connects, and gives rumqttc an HTTP CONNECT proxy, which is the relay.
//!
//! The relay listens on 127.0.0.1 and serves one connection, which has to present a random token (see
//! [`relay_client`](super::relay_client)): no other user of this machine can use it. [`RelayStatus`] tells how the
//! connection with the broker ended.

use std::{error::Error, io, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::{Bytes, BytesMut};
use futures_util::{
    SinkExt as _, StreamExt as _,
    stream::{SplitSink, SplitStream},
};
use rumqttc::{Proxy, ProxyAuth, ProxyType};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf, split},
    net::{TcpListener, TcpStream, tcp},
    select,
    sync::watch,
    time::{sleep, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{self, Message, error::ProtocolError},
};

use super::{
    Stream,
    connack::{ConnAckReader, Refusal},
    relay_client::{USER, accept},
};
use crate::model::profile::MqttVersion;

/// How long rumqttc may take to connect.
const ACCEPT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long what is left may take to be written to the broker when nobody is interested in the connection any more.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(3);

/// The size of the buffers, in bytes.
const BUFFER_BYTES: usize = 32 << 10;

/// The connection with the broker.
pub(super) enum Upstream {
    /// TCP or TLS.
    Bytes(Box<dyn Stream>),
    /// A WebSocket.
    WebSocket(Box<WebSocketStream<Box<dyn Stream>>>),
}

#[derive(Debug, Clone, Default)]
struct State {
    refusal: Option<Refusal>,
    /// How the connection with the broker ended.
    end: Option<Result<(), Arc<dyn Error + Send + Sync>>>,
}

/// What a relay knows of its connection with the broker.
#[derive(Debug, Clone)]
pub(in crate::mqtt) struct RelayStatus(watch::Receiver<State>);

impl RelayStatus {
    /// Returns why the broker has refused the connection, with MQTT 5.
    pub(in crate::mqtt) fn refusal(&self) -> Option<Refusal> {
        self.0.borrow().refusal.clone()
    }

    /// Returns the error that has ended the connection with the broker.
    pub(in crate::mqtt) fn error(&self) -> Option<Arc<dyn Error + Send + Sync>> {
        self.0.borrow().end.clone()?.err()
    }

    /// Waits until everything that rumqttc has written is written to the broker, after rumqttc has closed its connection.
    pub(in crate::mqtt) async fn finished(mut self) {
        // An error means that the relay has ended.
        let _ = self.0.wait_for(|state| state.end.is_some()).await;
    }
}

/// Starts a relay and returns it as a proxy for rumqttc.
///
/// # Errors
/// When this machine has no free port or no random numbers.
pub(super) async fn start(upstream: Upstream, protocol: MqttVersion) -> io::Result<(Proxy, RelayStatus)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    let token = random_token()?;
    let auth = ProxyAuth::Basic { username: USER.to_owned(), password: token.clone() };
    let (sender, receiver) = watch::channel(State::default());
    tokio::spawn(async move {
        let accepted = timeout(ACCEPT_TIMEOUT, accept(listener, &token)).await;
        let Ok(Ok(mut client)) = accepted else {
            return tracing::debug!("nobody has used the connection with the broker");
        };
        let abandoned = async {
            sender.closed().await;
            sleep(FLUSH_TIMEOUT).await;
        };
        let end = select! {
            end = run(&mut client, upstream, protocol, &sender) => end,
            () = abandoned => return tracing::debug!("the broker does not take the last packets"),
        };
        let end = end.map_err(Arc::from);
        sender.send_modify(|state| state.end = Some(end));
        // Only now rumqttc learns of the end, and asks why.
        drop(client);
    });
    Ok((Proxy { ty: ProxyType::Http, auth, addr: "127.0.0.1".to_owned(), port }, RelayStatus(receiver)))
}

fn random_token() -> io::Result<String> {
    let mut bytes = [0; 16];
    let random = rustls::crypto::ring::default_provider().secure_random;
    random.fill(&mut bytes).map_err(|_| io::Error::other("it has no random numbers"))?;
    Ok(BASE64.encode(bytes))
}

type AnyError = Box<dyn Error + Send + Sync>;

async fn run(
    client: &mut TcpStream,
    upstream: Upstream,
    protocol: MqttVersion,
    state: &watch::Sender<State>,
) -> Result<(), AnyError> {
    let (from_client, to_client) = client.split();
    let (from_broker, to_broker) = upstream.split();
    select! {
        result = send(from_client, to_broker) => result,
        result = receive(from_broker, to_client, protocol, state) => result,
    }
}

/// Passes on what rumqttc sends, until it closes its connection.
async fn send(mut from_client: tcp::ReadHalf<'_>, mut to_broker: Writer) -> Result<(), AnyError> {
    let mut buffer = BytesMut::with_capacity(BUFFER_BYTES);
    loop {
        buffer.reserve(BUFFER_BYTES);
        // An error means that rumqttc has closed its connection without reading everything.
        if matches!(from_client.read_buf(&mut buffer).await, Ok(0) | Err(_)) {
            return to_broker.close().await;
        }
        to_broker.write(buffer.split().freeze()).await?;
    }
}

/// Passes on what the broker sends, until it closes the connection.
async fn receive(
    mut from_broker: Reader,
    mut to_client: tcp::WriteHalf<'_>,
    protocol: MqttVersion,
    state: &watch::Sender<State>,
) -> Result<(), AnyError> {
    let mut connack = (protocol == MqttVersion::V5).then(ConnAckReader::default);
    while let Some(bytes) = from_broker.read().await? {
        if let Some(refusal) = connack.as_mut().and_then(|reader| reader.add(&bytes)) {
            state.send_modify(|state| state.refusal = Some(refusal));
            return Ok(());
        }
        if to_client.write_all(&bytes).await.is_err() {
            // `send` notices it, too, and has to finish.
            return std::future::pending().await;
        }
    }
    Ok(())
}

impl Upstream {
    fn split(self) -> (Reader, Writer) {
        match self {
            Self::Bytes(stream) => {
                let (reader, writer) = split(stream);
                (Reader::Bytes(reader, BytesMut::with_capacity(BUFFER_BYTES)), Writer::Bytes(writer))
            }
            Self::WebSocket(socket) => {
                let (writer, reader) = (*socket).split();
                (Reader::WebSocket(reader), Writer::WebSocket(writer))
            }
        }
    }
}

enum Reader {
    Bytes(ReadHalf<Box<dyn Stream>>, BytesMut),
    WebSocket(SplitStream<WebSocketStream<Box<dyn Stream>>>),
}

impl Reader {
    /// Returns the next bytes, or `None` when the broker has closed the connection.
    async fn read(&mut self) -> Result<Option<Bytes>, AnyError> {
        match self {
            Self::Bytes(stream, buffer) => {
                buffer.reserve(BUFFER_BYTES);
                let length = stream.read_buf(buffer).await?;
                Ok((length > 0).then(|| buffer.split().freeze()))
            }
            Self::WebSocket(socket) => loop {
                match socket.next().await {
                    Some(Ok(Message::Binary(bytes))) => return Ok(Some(bytes)),
                    // MQTT 5, section 6: a server sends binary frames only.
                    Some(Ok(Message::Text(_))) => return Err(io::Error::from(io::ErrorKind::InvalidData).into()),
                    // Many servers close the connection without a closing handshake.
                    Some(
                        Ok(Message::Close(_))
                        | Err(
                            tungstenite::Error::ConnectionClosed
                            | tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake),
                        ),
                    )
                    | None => return Ok(None),
                    Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                    Some(Err(error)) => return Err(error.into()),
                }
            },
        }
    }
}

enum Writer {
    Bytes(WriteHalf<Box<dyn Stream>>),
    WebSocket(SplitSink<WebSocketStream<Box<dyn Stream>>, Message>),
}

impl Writer {
    async fn write(&mut self, bytes: Bytes) -> Result<(), AnyError> {
        match self {
            Self::Bytes(stream) => {
                stream.write_all(&bytes).await?;
                stream.flush().await?;
            }
            Self::WebSocket(socket) => socket.send(Message::Binary(bytes)).await?,
        }
        Ok(())
    }

    async fn close(&mut self) -> Result<(), AnyError> {
        match self {
            Self::Bytes(stream) => stream.shutdown().await?,
            Self::WebSocket(socket) => match socket.close().await {
                Ok(()) | Err(tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed) => {}
                Err(error) => return Err(error.into()),
            },
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{
        pin::Pin,
        task::{Context, Poll},
    };

    use tokio::{
        io::{AsyncRead, AsyncWrite, ReadBuf},
        sync::mpsc,
    };

    use super::*;

    async fn relay_to_broker(protocol: MqttVersion) -> (Proxy, RelayStatus, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let upstream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (proxy, status) = start(Upstream::Bytes(Box::new(upstream)), protocol).await.unwrap();
        (proxy, status, listener.accept().await.unwrap().0)
    }

    async fn connect(proxy: &Proxy, password: &str) -> TcpStream {
        let mut client = TcpStream::connect(("127.0.0.1", proxy.port)).await.unwrap();
        let login = BASE64.encode(format!("{USER}:{password}"));
        let request = format!("CONNECT localhost:1 HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic {login}\r\n\r\n");
        client.write_all(request.as_bytes()).await.unwrap();
        client
    }

    fn token(proxy: &Proxy) -> String {
        match &proxy.auth {
            ProxyAuth::Basic { password, .. } => password.clone(),
            ProxyAuth::None => panic!("the relay asks for no token"),
        }
    }

    async fn read<const N: usize>(stream: &mut TcpStream) -> [u8; N] {
        let mut bytes = [0; N];
        stream.read_exact(&mut bytes).await.unwrap();
        bytes
    }

    #[tokio::test]
    async fn relay_passes_bytes_both_ways_and_its_end() {
        let (proxy, status, mut broker) = relay_to_broker(MqttVersion::V311).await;
        let mut client = connect(&proxy, &token(&proxy)).await;
        assert_eq!(&read::<19>(&mut client).await, b"HTTP/1.1 200 OK\r\n\r\n");
        client.write_all(b"ping").await.unwrap();
        assert_eq!(&read(&mut broker).await, b"ping");
        broker.write_all(b"pong").await.unwrap();
        assert_eq!(&read(&mut client).await, b"pong");
        client.write_all(b"last").await.unwrap();
        drop(client);
        status.finished().await;
        assert_eq!(&read(&mut broker).await, b"last");
        assert_eq!(broker.read(&mut [0]).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn relay_serves_only_who_has_the_token() {
        let (proxy, _status, mut broker) = relay_to_broker(MqttVersion::V311).await;
        let mut other = connect(&proxy, "guess").await;
        assert_eq!(other.read(&mut [0; 9]).await.unwrap(), 0);
        let mut client = connect(&proxy, &token(&proxy)).await;
        assert_eq!(&read::<19>(&mut client).await, b"HTTP/1.1 200 OK\r\n\r\n");
        client.write_all(b"mine").await.unwrap();
        assert_eq!(&read(&mut broker).await, b"mine");
    }

    #[tokio::test]
    async fn idle_local_connections_do_not_keep_the_client_out() {
        let (proxy, _status, mut broker) = relay_to_broker(MqttVersion::V311).await;
        let mut idle = Vec::new();
        for _ in 0..20 {
            idle.push(TcpStream::connect(("127.0.0.1", proxy.port)).await.unwrap());
        }
        let mut client = connect(&proxy, &token(&proxy)).await;
        assert_eq!(&read::<19>(&mut client).await, b"HTTP/1.1 200 OK\r\n\r\n");
        client.write_all(b"mine").await.unwrap();
        assert_eq!(&read(&mut broker).await, b"mine");
        assert_eq!(idle[0].read(&mut [0]).await.unwrap(), 0, "the others are closed");
    }

    /// A connection with a broker that neither reads nor writes. It tells of each attempt to write.
    struct Stuck(mpsc::UnboundedSender<()>);

    impl AsyncRead for Stuck {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            Poll::Pending
        }
    }

    impl AsyncWrite for Stuck {
        fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
            self.0.send(()).unwrap();
            Poll::Pending
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Pending
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Pending
        }
    }

    #[tokio::test]
    async fn relay_ends_with_its_client_although_the_broker_reads_nothing() {
        let (sender, mut writes) = mpsc::unbounded_channel();
        let (proxy, status) = start(Upstream::Bytes(Box::new(Stuck(sender))), MqttVersion::V311).await.unwrap();
        let mut client = connect(&proxy, &token(&proxy)).await;
        read::<19>(&mut client).await;
        client.write_all(b"ping").await.unwrap();
        assert_eq!(writes.recv().await, Some(()));
        drop((client, status));
        let ended = async { while writes.recv().await.is_some() {} };
        timeout(Duration::from_mins(1), ended).await.expect("the relay drops its connection with the broker");
    }

    #[tokio::test]
    async fn relay_tells_why_the_broker_has_refused() {
        let (proxy, status, mut broker) = relay_to_broker(MqttVersion::V5).await;
        let mut client = connect(&proxy, &token(&proxy)).await;
        read::<19>(&mut client).await;
        broker.write_all(&[0x20, 8, 0, 0x87, 5, 31, 0, 2, b'n', b'o']).await.unwrap();
        assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
        assert_eq!(status.refusal().unwrap().reason_string.as_deref(), Some("no"));
    }
}
