//! Edge nodes of Sparkplug send any bytes on any of their topics: what their metrics get names by never makes a payload that
//! cannot be decoded.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mqtt_dash::decode::{Decoder, EdgeNodes, decode};

const TOPICS: [&str; 5] =
    ["spBv1.0/G/NBIRTH/N", "spBv1.0/G/DBIRTH/N/D", "spBv1.0/G/NDATA/N", "spBv1.0/G/DDATA/N/D", "spBv1.0/G/NDEATH/N"];

fuzz_target!(|messages: Vec<(u8, Vec<u8>)>| {
    let decoders: Vec<Decoder> = Decoder::sparkplug().into_iter().collect();
    let mut nodes = EdgeNodes::default();
    for (topic, payload) in messages {
        let topic = TOPICS[usize::from(topic) % TOPICS.len()];
        let received = nodes.receive(topic, &payload);
        assert_eq!(nodes.complete(topic, &payload).is_some(), received.is_some());
        if let (Ok(_), Some(completed)) =
            (decode(&decoders, &payload), received.and_then(|received| received.completed))
        {
            // Names make it longer.
            let again = decode(&decoders, &completed);
            assert!(again.is_ok() || completed.len() > payload.len(), "{again:?}");
        }
    }
});
