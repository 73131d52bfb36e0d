//! The transport of a connection, between the socket and the protocol library: passes one packet at a time on, and
//! refuses what would take too much memory before it is read.

use std::{
    collections::HashMap,
    future::Future as _,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::{Buf as _, BytesMut};
use mqtt5::{QoS, broker::transport::WebSocketTransport};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::oneshot,
};

use super::{
    buffer_lease::BufferLease,
    connection::{AdmittedPublish, Connection},
    limits::{MAX_CONNECT_BYTES, MAX_CONTROL_BYTES},
    packet_head::{HeadContent, PublishHead, parse_head},
    stall_detector::StallDetector,
};

/// The number of bytes to read at once.
const READ_BYTES: usize = 4 << 10;
/// The number of packets after which other connections get their turn. Without it, a publisher whose packets have all
/// arrived would fill the channels of its subscribers before they can send.
const PACKETS_PER_TURN: u32 = 32;

/// The library's buffer doubles when it is full.
const INPUT_BUFFER_FACTOR: usize = 2;
/// The maximum number of messages of `QoS` 2 without a PUBREL packet, including those that the library has refused.
const MAX_UNRELEASED: usize = 1_000;

/// A stream of MQTT packets that is limited in what it makes the broker keep.
pub(super) struct PacketGate<S> {
    stream: S,
    connection: Arc<Connection>,
    max_packet_bytes: usize,
    /// The protocol level, after the first packet.
    version: Option<u8>,
    /// What was read and is not passed on yet.
    input: BytesMut,
    /// The number of bytes of the current packet that are still to be passed on or skipped.
    rest: Rest,
    packets_of_turn: u32,
    /// The size of each message of `QoS` 2 whose PUBREL packet has not arrived, by its packet ID.
    unreleased: HashMap<u16, usize>,
    /// What the current packet waits for before it is passed on.
    measurement: Option<oneshot::Receiver<()>>,
    /// The answers to refused packets.
    answers: BytesMut,
    /// Whether the library has begun to write a packet. Its end is a flush.
    is_writing: bool,
    is_refusing: bool,
    stall: StallDetector,
    /// The buffer for incoming packets.
    input_lease: BufferLease,
    /// The buffer for outgoing packets.
    output_lease: BufferLease,
}

#[derive(Debug, Clone, Copy)]
enum Rest {
    PassOn(usize),
    Skip(usize),
}

fn broken(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

impl<S: AsyncRead + AsyncWrite + Unpin> PacketGate<S> {
    /// Creates the transport of a connection. Packets larger than `max_packet_bytes` end it.
    pub(super) fn new(stream: S, connection: Arc<Connection>, max_packet_bytes: usize) -> Self {
        Self {
            input_lease: connection.lease_buffer(),
            output_lease: connection.lease_buffer(),
            stream,
            connection,
            max_packet_bytes,
            version: None,
            input: BytesMut::new(),
            rest: Rest::PassOn(0),
            packets_of_turn: 0,
            unreleased: HashMap::new(),
            measurement: None,
            answers: BytesMut::new(),
            is_writing: false,
            is_refusing: false,
            stall: StallDetector::new(),
        }
    }

    /// Ends the connection if it holds memory that others need.
    fn poll_check(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        let is_wasted = |now| self.input_lease.is_wasted(now) || self.output_lease.is_wasted(now);
        self.stall.poll_check(cx, self.connection.is_memory_scarce(), is_wasted)
    }

    /// Decides what happens to the next packet, if its head has arrived.
    fn start_packet(&mut self) -> io::Result<bool> {
        let head = parse_head(&self.input, self.version).map_err(|_| broken("a malformed packet"))?;
        let Some(head) = head else { return Ok(false) };
        // The library has handled the packet before.
        self.connection.take_admitted();
        self.unreleased.remove(&self.connection.take_routed_early());
        let max_bytes = match head.content {
            HeadContent::First(_) => MAX_CONNECT_BYTES,
            HeadContent::Publish(_) => self.max_packet_bytes,
            HeadContent::Acknowledgment { .. } | HeadContent::Release(_) | HeadContent::Other => MAX_CONTROL_BYTES,
        };
        if head.packet_bytes > max_bytes {
            return Err(broken("a packet that is too large"));
        }
        self.rest = Rest::PassOn(head.packet_bytes);
        match head.content {
            HeadContent::First(version) => self.version = Some(version),
            HeadContent::Acknowledgment { is_final } => self.stall.acknowledged(is_final),
            HeadContent::Publish(publish) => self.start_message(publish, head.packet_bytes)?,
            HeadContent::Release(packet_id) => {
                let packet_bytes = self.unreleased.remove(&packet_id);
                let packet_bytes = packet_bytes.unwrap_or_else(|| self.connection.unreleased_bytes(packet_id));
                let measurement = self.connection.release(packet_bytes);
                self.measurement = measurement.map_err(|_| broken("a message that is too large for all sessions"))?;
            }
            HeadContent::Other => {}
        }
        Ok(true)
    }

    fn start_message(&mut self, publish: PublishHead, packet_bytes: usize) -> io::Result<()> {
        let refusal = publish.refusal(self.version);
        let PublishHead { qos, packet_id, head_bytes, packet } = publish;
        let permit = self.connection.acquire_permit(packet_bytes, head_bytes);
        let has_buffer = self.input_lease.grow(packet_bytes * INPUT_BUFFER_FACTOR);
        if let (Some(packet), Some(permit), true) = (packet, permit, has_buffer) {
            self.is_refusing = false;
            if let (QoS::ExactlyOnce, Some(packet_id)) = (qos, packet_id) {
                self.unreleased.insert(packet_id, packet_bytes);
                if self.unreleased.len() > MAX_UNRELEASED {
                    return Err(broken("too many messages of QoS 2 without a PUBREL packet"));
                }
            }
            self.connection.admit(AdmittedPublish { packet, permit, packet_bytes });
            return Ok(());
        }
        if !self.is_refusing {
            tracing::warn!(peer = %self.connection.peer(), packet_bytes, head_bytes, "the demo broker refuses messages");
        }
        self.is_refusing = true;
        self.rest = Rest::Skip(packet_bytes);
        self.answers.extend_from_slice(&refusal);
        Ok(())
    }

    /// Writes the answers between two packets of the library.
    fn poll_answers(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.answers.is_empty() && !self.is_writing {
            let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &self.answers))?;
            self.answers.advance(written);
            if self.answers.is_empty() {
                ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Reads more into `input`. Returns false at the end of the stream.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let mut chunk = [0; READ_BYTES];
        let mut buffer = ReadBuf::new(&mut chunk);
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer))?;
        self.input.extend_from_slice(buffer.filled());
        self.stall.packet_arrives();
        Poll::Ready(Ok(!buffer.filled().is_empty()))
    }

    /// Passes on what is left of the current packet, as far as it has arrived.
    fn poll_pass_on(&mut self, rest: usize, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let max = rest.min(buf.remaining());
        let passed = if self.input.is_empty() {
            let mut limited = ReadBuf::new(buf.initialize_unfilled_to(max));
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut limited))?;
            let passed = limited.filled().len();
            buf.advance(passed);
            passed
        } else {
            let passed = max.min(self.input.len());
            buf.put_slice(&self.input.split_to(passed));
            passed
        };
        self.rest = Rest::PassOn(rest - passed);
        if passed == rest {
            self.stall.packet_ended();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for PacketGate<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            this.poll_check(cx)?;
            ready!(this.poll_answers(cx))?;
            match this.rest {
                Rest::PassOn(0) | Rest::Skip(0) => {
                    if !this.start_packet()? {
                        if !ready!(this.poll_fill(cx))? {
                            return Poll::Ready(Ok(()));
                        }
                        continue;
                    }
                    this.packets_of_turn += 1;
                    if this.packets_of_turn == PACKETS_PER_TURN {
                        this.packets_of_turn = 0;
                        cx.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                }
                Rest::PassOn(rest) => {
                    if let Some(measurement) = &mut this.measurement {
                        // The task has ended with the broker.
                        let _ = ready!(Pin::new(measurement).poll(cx));
                        this.measurement = None;
                    }
                    return this.poll_pass_on(rest, cx, buf);
                }
                Rest::Skip(rest) => {
                    if this.input.is_empty() && !ready!(this.poll_fill(cx))? {
                        return Poll::Ready(Ok(()));
                    }
                    let skipped = rest.min(this.input.len());
                    this.input.advance(skipped);
                    this.rest = Rest::Skip(rest - skipped);
                    if skipped == rest {
                        this.stall.packet_ended();
                    }
                }
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for PacketGate<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.poll_check(cx)?;
        ready!(this.poll_answers(cx))?;
        if !this.is_writing {
            this.is_writing = true;
            if !this.output_lease.grow(buf.len()) {
                return Poll::Ready(Err(broken("too little memory for a large message")));
            }
            this.stall.writes_packet(buf.first().copied().unwrap_or_default());
        }
        let written = Pin::new(&mut this.stream).poll_write(cx, buf);
        this.stall.wrote(written.is_ready());
        written
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.poll_check(cx)?;
        let flushed = Pin::new(&mut this.stream).poll_flush(cx);
        this.stall.wrote(flushed.is_ready());
        if flushed.is_ready() {
            this.is_writing = false;
        }
        flushed
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

/// The library has one open kind of transport, which it calls a WebSocket.
impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin> WebSocketTransport for PacketGate<S> {
    fn peer_addr(&self) -> mqtt5::Result<SocketAddr> {
        Ok(self.connection.peer())
    }
}
