//! A broker that does what a test tells it to, byte for byte.

use mqtt_dash::model::profile::Protocol;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use crate::line::LIMIT;

/// The first bytes of packets (MQTT 3.1.1, section 2.2).
pub const PUBLISH: u8 = 0x30;
pub const PUBACK: u8 = 0x40;
pub const PUBREC: u8 = 0x50;
pub const PUBREL: u8 = 0x62;
pub const PUBCOMP: u8 = 0x70;
pub const SUBSCRIBE: u8 = 0x82;
pub const PINGREQ: u8 = 0xc0;
pub const DISCONNECT: u8 = 0xe0;

/// Where the line connects to.
pub struct Scripted {
    listener: TcpListener,
    pub port: u16,
    protocol: Protocol,
}

/// One connection of the line.
pub struct Connection {
    stream: TcpStream,
    protocol: Protocol,
    /// How many times it pinged.
    pub pings: usize,
}

impl Scripted {
    pub async fn start(protocol: Protocol) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("its address").port();
        Self { listener, port, protocol }
    }

    pub fn url(&self) -> String {
        format!("mqtt://127.0.0.1:{}", self.port)
    }

    /// Whether nobody else has connected meanwhile.
    pub async fn is_alone(&self) -> bool {
        timeout(std::time::Duration::ZERO, self.listener.accept()).await.is_err()
    }

    /// A connection of which nothing was read yet.
    pub async fn accept_raw(&self) -> Connection {
        let (stream, _) =
            timeout(LIMIT, self.listener.accept()).await.expect("it connects in time").expect("it connects");
        Connection { stream, protocol: self.protocol, pings: 0 }
    }

    /// A connection that has said CONNECT and waits for the answer.
    pub async fn accept(&self) -> Connection {
        let mut connection = self.accept_raw().await;
        assert_eq!(connection.packet().await.expect("a packet").0, 0x10, "CONNECT");
        connection
    }

    /// Reads whatever a connection says first, answers and closes it.
    pub async fn answer(&self, bytes: &[u8]) {
        let (mut stream, _) =
            timeout(LIMIT, self.listener.accept()).await.expect("it connects in time").expect("it connects");
        let mut said = [0; 4_096];
        assert!(stream.read(&mut said).await.expect("it says something") > 0);
        stream.write_all(bytes).await.expect("it can be answered");
    }

    /// A connection with a session.
    pub async fn session(&self) -> Connection {
        let mut connection = self.accept().await;
        connection.grant(&[]).await;
        connection
    }
}

impl Connection {
    pub async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("it can be sent");
    }

    /// Reads as many bytes as these, which they must be.
    pub async fn wants(&mut self, bytes: &[u8]) {
        let mut came = vec![0; bytes.len()];
        let read = timeout(LIMIT, self.stream.read_exact(&mut came)).await.expect("it says something in time");
        read.expect("it says something");
        assert_eq!(
            came,
            bytes,
            "{:?} came, {:?} is wanted",
            came.escape_ascii().to_string(),
            bytes.escape_ascii().to_string()
        );
    }

    /// Checks that nothing has come that was not read.
    pub async fn is_quiet(&mut self) {
        // A round of the line: what it had to say would be here.
        self.send(&[0xd0, 0]).await;
        tokio::task::yield_now().await;
        let mut byte = [0];
        let came = self.stream.try_read(&mut byte);
        assert!(came.is_err_and(|fault| fault.kind() == std::io::ErrorKind::WouldBlock), "{byte:?} came too early");
    }

    /// Waits for a round: the line asks whether anybody is there, and has read all that was sent before.
    pub async fn pinged(&mut self) {
        let (first, _) = self.packet().await.expect("a packet");
        assert_eq!(first, PINGREQ);
        self.send(&[0xd0, 0]).await;
    }

    /// CONNACK, in MQTT 5 with these properties.
    pub async fn grant(&mut self, properties: &[u8]) {
        match self.protocol {
            Protocol::V3 => self.send(&[0x20, 2, 0, 0]).await,
            Protocol::V5 => {
                let length = u8::try_from(properties.len()).expect("few properties");
                self.send(&[&[0x20, 3 + length, 0, 0, length], properties].concat()).await;
            }
        }
    }

    /// SUBACK with this code for the one filter.
    pub async fn subscribed(&mut self, packet: [u8; 2], code: u8) {
        match self.protocol {
            Protocol::V3 => self.send(&[0x90, 3, packet[0], packet[1], code]).await,
            Protocol::V5 => self.send(&[0x90, 4, packet[0], packet[1], 0, code]).await,
        }
    }

    /// PUBLISH; `first` may hold more than [`PUBLISH`]: DUP, the quality, retain.
    pub async fn publish(&mut self, first: u8, packet: Option<u8>, topic: &str, payload: &[u8]) {
        let mut body = vec![0, u8::try_from(topic.len()).expect("a short topic")];
        body.extend(topic.bytes());
        body.extend(packet.map(|id| [0, id]).into_iter().flatten());
        if self.protocol == Protocol::V5 {
            body.push(0);
        }
        body.extend(payload);
        let length = u8::try_from(body.len()).ok().filter(|length| *length < 128).expect("a short packet");
        self.send(&[&[first, length], &body[..]].concat()).await;
    }

    /// The next packet: its first byte and its body. Nothing at the end.
    pub async fn packet(&mut self) -> Option<(u8, Vec<u8>)> {
        let read = async {
            let first = self.stream.read_u8().await.ok()?;
            let (mut length, mut shift) = (0, 0);
            loop {
                let byte = self.stream.read_u8().await.ok()?;
                length |= usize::from(byte & 0x7f) << shift;
                shift += 7;
                if byte & 0x80 == 0 {
                    break;
                }
            }
            let mut body = vec![0; length];
            self.stream.read_exact(&mut body).await.ok()?;
            Some((first, body))
        };
        timeout(LIMIT, read).await.expect("a packet comes in time")
    }

    /// The next packet that is no ping; it must begin like this, but for flags of PUBLISH.
    pub async fn expect(&mut self, first: u8) -> Vec<u8> {
        loop {
            let (got, body) = self.packet().await.expect("a packet");
            if got == PINGREQ {
                self.pings += 1;
                self.send(&[0xd0, 0]).await;
                continue;
            }
            let kind = if first == PUBLISH { got & 0xf0 } else { got };
            assert_eq!(kind, first, "another packet: {got:#x} {body:?}");
            return body;
        }
    }

    /// The next packet, which must be a PUBLISH of at least once: its packet id and its payload.
    pub async fn published(&mut self) -> ([u8; 2], String) {
        let body = self.expect(PUBLISH).await;
        let topic = usize::from(body[1]) + 2;
        let payload = topic + 2 + usize::from(self.protocol == Protocol::V5);
        ([body[topic], body[topic + 1]], String::from_utf8_lossy(&body[payload..]).into_owned())
    }

    pub async fn acknowledge(&mut self, [high, low]: [u8; 2]) {
        self.send(&[PUBACK, 2, high, low]).await;
    }
}
