//! MQTT by hand, in both roles: a broker for one client that stamps what it publishes, and a
//! client that publishes as fast as it is told to. No library is between the clock and the socket.

use std::{
    io::{BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU8, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

/// A broker for one client, in the version of MQTT that the client speaks.
pub struct Wire {
    stream: Arc<Mutex<TcpStream>>,
    published: Receiver<Instant>,
    acknowledged: Receiver<Instant>,
    subscribed: Receiver<(usize, Instant)>,
    version: Arc<AtomicU8>,
}

/// Where it says what it hears.
struct Ears {
    published: Sender<Instant>,
    acknowledged: Sender<Instant>,
    subscribed: Sender<(usize, Instant)>,
    version: Arc<AtomicU8>,
}

impl Wire {
    /// A place to connect to.
    pub fn listen() -> (TcpListener, String) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("mqtt://{}", listener.local_addr().expect("its address"));
        (listener, url)
    }

    /// Takes the client in.
    pub fn accept(listener: &TcpListener) -> Self {
        let (stream, _) = listener.accept().expect("it connects");
        stream.set_nodelay(true).expect("no delay");
        let source = stream.try_clone().expect("the same line");
        let stream = Arc::new(Mutex::new(stream));
        let ((stamp, published), (acks, acknowledged), (filters, subscribed)) = (channel(), channel(), channel());
        let version = Arc::new(AtomicU8::new(4));
        let ears = Ears { published: stamp, acknowledged: acks, subscribed: filters, version: Arc::clone(&version) };
        let answers = Arc::clone(&stream);
        thread::spawn(move || serve(source, &answers, &ears));
        Self { stream, published, acknowledged, subscribed, version }
    }

    /// Writes packets.
    pub fn send(&self, packets: &[u8]) {
        self.stream.lock().expect("nobody has panicked with it").write_all(packets).expect("the line is up");
    }

    /// When the next message of the client came.
    pub fn published(&self, limit: Duration) -> Option<Instant> {
        self.published.recv_timeout(limit).ok()
    }

    /// Waits until so many filters were asked for; gives when.
    pub fn subscribed(&self, filters: usize, limit: Duration) -> Option<Instant> {
        let mut asked = 0;
        loop {
            let (more, at) = self.subscribed.recv_timeout(limit).ok()?;
            asked += more;
            if asked >= filters {
                return Some(at);
            }
        }
    }

    /// Sends this last message "at least once" and gives when the client has acknowledged it: all that
    /// was sent before it is taken then.
    pub fn taken(&self, topic: &str, payload: &str, limit: Duration) -> Option<Instant> {
        self.send(&publish(topic, payload, 0x32, self.is_v5()));
        self.acknowledged.recv_timeout(limit).ok()
    }

    /// Whether the client speaks MQTT 5.
    pub fn is_v5(&self) -> bool {
        self.version.load(Ordering::Relaxed) == 5
    }

    /// A second hand on the same line.
    pub fn hand(&self) -> Arc<Mutex<TcpStream>> {
        Arc::clone(&self.stream)
    }
}

fn serve(source: TcpStream, answers: &Mutex<TcpStream>, ears: &Ears) {
    let mut source = BufReader::new(source);
    while let Some((first, body)) = packet(&mut source) {
        let now = Instant::now();
        let v5 = ears.version.load(Ordering::Relaxed) == 5;
        let answer = match first >> 4 {
            // The version stands behind the name of the protocol.
            1 if body.get(6) == Some(&5) => {
                ears.version.store(5, Ordering::Relaxed);
                vec![0x20, 3, 0, 0, 0]
            }
            1 => vec![0x20, 2, 0, 0],
            3 => {
                if ears.published.send(now).is_err() {
                    return;
                }
                Vec::new()
            }
            4 => {
                if ears.acknowledged.send(now).is_err() {
                    return;
                }
                Vec::new()
            }
            8 => {
                let head = 2 + usize::from(v5);
                let count = filters(&body[head..]);
                let mut granted = vec![0x90];
                length(&mut granted, head + count);
                granted.extend_from_slice(&body[..2]);
                granted.resize(granted.len() + count + usize::from(v5), 0);
                if ears.subscribed.send((count, now)).is_err() {
                    return;
                }
                granted
            }
            12 => vec![0xd0, 0],
            _ => Vec::new(),
        };
        let sent = answers.lock().expect("nobody has panicked with it").write_all(&answer);
        if sent.is_err() {
            return;
        }
    }
}

/// How many filters a request to subscribe holds.
fn filters(mut rest: &[u8]) -> usize {
    let mut count = 0;
    while let [high, low, ..] = rest {
        let long = usize::from(u16::from_be_bytes([*high, *low]));
        rest = &rest[(2 + long + 1).min(rest.len())..];
        count += 1;
    }
    count
}

fn packet(source: &mut impl Read) -> Option<(u8, Vec<u8>)> {
    let mut byte = [0];
    source.read_exact(&mut byte).ok()?;
    let first = byte[0];
    let (mut long, mut shift) = (0, 0);
    loop {
        source.read_exact(&mut byte).ok()?;
        long |= usize::from(byte[0] & 0x7f) << shift;
        shift += 7;
        if byte[0] & 0x80 == 0 {
            break;
        }
    }
    let mut body = vec![0; long];
    source.read_exact(&mut body).ok()?;
    Some((first, body))
}

fn length(packet: &mut Vec<u8>, mut long: usize) {
    loop {
        let low = u8::try_from(long & 0x7f).expect("seven bits");
        long >>= 7;
        packet.push(if long > 0 { low | 0x80 } else { low });
        if long == 0 {
            return;
        }
    }
}

fn text(packet: &mut Vec<u8>, text: &str) {
    packet.extend_from_slice(&u16::try_from(text.len()).expect("a short text").to_be_bytes());
    packet.extend_from_slice(text.as_bytes());
}

/// A message of at most once.
pub fn message(topic: &str, payload: &str) -> Vec<u8> {
    publish(topic, payload, 0x30, false)
}

/// A message with this first byte; where it is to be acknowledged it has packet id 1.
pub fn publish(topic: &str, payload: &str, first: u8, v5: bool) -> Vec<u8> {
    let acknowledged = first & 6 != 0;
    let mut packet = vec![first];
    length(&mut packet, 2 + topic.len() + 2 * usize::from(acknowledged) + usize::from(v5) + payload.len());
    text(&mut packet, topic);
    if acknowledged {
        packet.extend_from_slice(&[0, 1]);
    }
    if v5 {
        packet.push(0);
    }
    packet.extend_from_slice(payload.as_bytes());
    packet
}

/// A client of a broker, which only publishes.
pub fn join(address: SocketAddr, id: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("the broker listens");
    let mut connect = vec![0x10];
    length(&mut connect, 10 + 2 + id.len());
    text(&mut connect, "MQTT");
    connect.extend_from_slice(&[4, 2, 0, 0]);
    text(&mut connect, id);
    stream.write_all(&connect).expect("it can be sent");
    let (first, body) = packet(&mut stream).expect("an answer");
    assert_eq!((first, body.as_slice()), (0x20, &[0, 0][..]), "the broker lets it in");
    stream
}

/// Sends `packets` in turn, evenly, so many a second, until the time is over; gives how many were
/// sent and how long it really took.
pub fn flood(
    mut send: impl FnMut(&[u8]),
    packets: &[Vec<u8>],
    each_second: u32,
    time: Duration,
    mut goes_on: impl FnMut() -> bool,
) -> (u64, Duration) {
    const TURN: Duration = Duration::from_millis(5);
    let start = Instant::now();
    let mut sent = 0_u64;
    let mut piece = Vec::new();
    let mut packets = packets.iter().cycle();
    while start.elapsed() < time && goes_on() {
        let due = start.elapsed().as_micros() * u128::from(each_second) / 1_000_000;
        piece.clear();
        while u128::from(sent) < due {
            piece.extend_from_slice(packets.next().expect("some packets"));
            sent += 1;
        }
        send(&piece);
        thread::sleep(TURN);
    }
    (sent, start.elapsed())
}
