//! The packets of received messages.

use super::Case;

pub async fn at_least_once(case: Case) {
    let (mut connection, mut broker) = case.session().await;
    broker.send(case.expected(b"\x32\x06\x00\x01a\x12\x34x", b"\x32\x07\x00\x01a\x12\x34\x00x")).await;
    broker.expect_bytes(b"\x40\x02\x12\x34").await;
    assert_eq!(connection.next_message_text().await, "a x");
}

pub async fn exactly_once(case: Case) {
    let (mut connection, mut broker) = case.session().await;
    broker.send(case.expected(b"\x34\x06\x00\x01a\xff\xffx", b"\x34\x07\x00\x01a\xff\xff\x00x")).await;
    broker.expect_bytes(b"\x50\x02\xff\xff").await;
    broker.send(b"\x62\x02\xff\xff").await;
    broker.expect_bytes(b"\x70\x02\xff\xff").await;
    assert_eq!(connection.next_message_text().await, "a x");
}

pub async fn in_chunks(case: Case) {
    let (mut connection, mut broker) = case.session().await;
    let bytes = case.expected(b"\x30\x04\x00\x01ax", b"\x30\x05\x00\x01a\x00x");
    for byte in bytes {
        broker.send(&[*byte]).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(connection.next_message_text().await, "a x");
    broker.send(&bytes.repeat(1_000)).await;
    for _ in 0..1_000 {
        assert_eq!(connection.next_message_text().await, "a x");
    }
}
