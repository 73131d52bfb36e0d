//! The limits of what clients can make the broker keep in memory, and how they add up.
//!
//! The broker serves a workshop or a class: some hundred clients with small messages, and some with images. Messages
//! that are retained, queued and in flight have a limit of 64 MiB each, for all clients together: a few of the largest
//! packets, or some hundred thousand values. With the buffers and copies of the protocol library, a flood takes at most
//! a few hundred MiB.

use std::time::Duration;

use mqtt5::broker::storage::QueueLimits;

/// The maximum size of a packet over TCP, in bytes: the default of a profile.
pub(super) const MAX_PACKET_BYTES: usize = 16 << 20;
/// The maximum size of a packet over a WebSocket, in bytes. The library assembles a whole WebSocket message before it
/// passes it on, for each client, so that this is not covered by [`MAX_IN_FLIGHT_BYTES`].
pub(super) const MAX_WEBSOCKET_PACKET_BYTES: usize = 1 << 20;
/// The maximum size of a CONNECT packet, in bytes, with its will message. The broker keeps the will with the session.
pub(super) const MAX_CONNECT_BYTES: usize = 16 << 10;
/// The maximum size of any other packet that is no PUBLISH, in bytes.
pub(super) const MAX_CONTROL_BYTES: usize = 64 << 10;
/// The maximum size of topic and properties of a message together, in bytes. They are copied for each subscriber.
pub(super) const MAX_MESSAGE_HEAD_BYTES: usize = 4 << 10;

/// The maximum size of all messages that the broker receives or sends, in bytes: of those that are still incomplete,
/// that wait for a slow client, for its acknowledgment, or for the PUBREL packet of their publisher.
pub(super) const MAX_IN_FLIGHT_BYTES: usize = 64 << 20;
/// The maximum size of the buffers of all connections that have sent or got a large packet, in bytes.
pub(super) const MAX_BUFFER_BYTES: usize = 128 << 20;
/// The maximum size of the copies of one message for its subscribers, in bytes: each connection has one while it sends.
pub(super) const MAX_SEND_BYTES: usize = MAX_BUFFER_BYTES / 2;
/// The maximum size of all retained messages, in bytes.
pub(super) const MAX_RETAINED_BYTES: usize = 64 << 20;
/// The maximum number of retained messages.
pub(super) const MAX_RETAINED_MESSAGES: usize = 10_000;
/// A retained message up to this size, in bytes, is accepted even if the others take all of [`MAX_RETAINED_BYTES`]:
/// filling it must not stop the values of a device. There are at most [`MAX_RETAINED_MESSAGES`] of these.
pub(super) const SMALL_RETAINED_BYTES: usize = 1 << 10;
/// The maximum size of the messages in the queues of all sessions, in bytes.
pub(super) const MAX_QUEUED_BYTES: usize = 64 << 20;
/// The maximum size of the copies of one message in the queues of sessions, in bytes. A larger one goes only to clients
/// that can get it at once.
pub(super) const MAX_FAN_OUT_BYTES: usize = 32 << 20;
/// The limits of the queue of one session.
pub(super) const SESSION_QUEUE_LIMITS: QueueLimits = QueueLimits { max_messages: 10_000, max_bytes: 16 << 20 };

/// The maximum number of sessions, of connected clients and stored ones.
pub(super) const MAX_SESSIONS: usize = 500;
/// The maximum number of connections, including those that have not logged in yet.
pub(super) const MAX_CONNECTIONS: usize = 600;
/// How long the session of a disconnected client is stored.
pub(super) const SESSION_EXPIRY: Duration = Duration::from_hours(24);
/// The maximum number of subscriptions of a session.
pub(super) const MAX_SUBSCRIPTIONS: usize = 1_000;
/// The maximum size of the topic filters of a session, in bytes. The library has several copies of them.
pub(super) const MAX_FILTER_BYTES: usize = 64 << 10;
/// The maximum number of topic aliases of a connection.
pub(super) const MAX_TOPIC_ALIASES: u16 = 16;
/// The maximum number of messages of `QoS` 2 from a client that wait for its PUBREL packet. Common libraries send 100.
pub(super) const MAX_INCOMING_QOS2: u16 = 200;
/// The capacity of the two channels to each connected client, in messages. A client that falls behind further gets
/// messages of `QoS` 1 and 2 from its queue, and loses those of `QoS` 0.
pub(super) const CLIENT_CHANNEL_CAPACITY: usize = 2_000;

/// How long a packet may take from its first byte to its last.
pub(super) const PACKET_TIMEOUT: Duration = Duration::from_mins(1);
/// How long a client may neither read nor acknowledge messages while more than half of [`MAX_IN_FLIGHT_BYTES`] is in
/// use. Then it is disconnected, because others need the memory.
pub(super) const STALL_TIMEOUT: Duration = Duration::from_secs(10);
