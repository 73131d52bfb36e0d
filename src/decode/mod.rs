//! Decoders of payloads: what devices send that is no text becomes text, mostly JSON, and what is published becomes what
//! they expect. Bytes in, bytes out: no terminal, no disk and no network.
//!
//! To add a decoder, write its file with a struct that implements [`Codec`], then add `mod x;` and a line to [`CODECS`].
//! Files of dashboards, the forms, the documentation and the fuzz target `decoders` read that list.

mod base64;
mod cbor;
mod compression;
mod hexadecimal;
mod json_text;
mod message_pack;
#[cfg(feature = "protobuf")]
mod protobuf;
#[cfg(not(feature = "protobuf"))]
#[path = "protobuf_disabled.rs"]
mod protobuf;
mod sparkplug;

use std::{
    borrow::Cow,
    fmt,
    hash::{Hash, Hasher},
};

pub use protobuf::MessageType;
#[cfg(feature = "protobuf")]
pub use protobuf::{MessageTypeError, Schema};
pub use sparkplug::{
    EdgeNodes, ReceivedPayload, birth_filters, edge_node_filters, is_sparkplug_filter, is_sparkplug_topic,
};

/// The most bytes that a decoder returns. A tile reads them for each message.
const MAX_DECODED_BYTES: usize = 1 << 20;
/// The most bytes that are decoded: Base64 and hexadecimal digits of as many bytes as that.
const MAX_ENCODED_BYTES: usize = 2 * MAX_DECODED_BYTES;
/// The most bytes of CBOR and `MessagePack` that are decoded: each of them can be a value.
const MAX_STRUCTURED_BYTES: usize = 64 << 10;
/// How deep lists and maps can be inside each other.
const MAX_DEPTH: usize = 32;
/// How many decoders a payload can pass through.
pub(crate) const MAX_LAYERS: usize = 3;

/// Why a payload cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The payload is not of the format: the format, and why.
    #[error("not {0}: {1}")]
    Invalid(&'static str, String),
    /// The payload ends before the value does.
    #[error("not {0}: it ends too early")]
    EndsEarly(&'static str),
    /// There are bytes after the value.
    #[error("not {0}: there is more after the value")]
    TrailingBytes(&'static str),
    /// There is too much to decode: the format and the limit in KiB.
    #[error("too large for {0}: over {1} KiB")]
    TooLarge(&'static str, usize),
    /// Lists and maps are nested too deeply.
    #[error("{0} is nested too deeply (over {MAX_DEPTH} levels)")]
    TooDeep(&'static str),
    /// The metrics of Sparkplug B have only aliases.
    #[error("its metrics have no names until the edge node is born again")]
    UnnamedMetrics,
}

impl DecodeError {
    /// Returns it in few words.
    #[must_use]
    pub(crate) fn short_text(&self) -> String {
        match self {
            Self::Invalid(format, _) | Self::EndsEarly(format) | Self::TrailingBytes(format) => format!("not {format}"),
            Self::TooLarge(format, _) => format!("{format} too large"),
            Self::TooDeep(format) => format!("{format} too deep"),
            Self::UnnamedMetrics => "no names yet".to_owned(),
        }
    }
}

/// Why a text cannot be published in a format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it cannot be written as {format}: {reason}")]
pub struct EncodeError {
    format: &'static str,
    /// What is wrong with the text.
    reason: String,
}

impl EncodeError {
    /// Returns the error of a text that becomes an empty payload with the retain flag.
    pub(crate) fn deletes_retained(decoders: &[Decoder]) -> Self {
        let format = decoders.last().map_or("this", |decoder| decoder.codec().names().1);
        Self { format, reason: "all fields have their default value, and a retained empty message deletes".to_owned() }
    }
}

/// A format of payloads.
trait Codec: Sync {
    /// Returns its name in files, and in messages.
    fn names(&self) -> (&'static str, &'static str);

    /// Returns what a payload says.
    fn decode(&self, payload: &[u8]) -> Result<Vec<u8>, DecodeError>;

    /// Returns the payload that says something. `now` is the time in milliseconds since 1970.
    fn encode(&self, decoded: &[u8], now: u64) -> Result<Vec<u8>, EncodeError>;

    /// Returns whether the payload is a text.
    fn reads_text(&self) -> bool {
        false
    }

    /// Returns whether a payload begins as those of the format do, which no text does. Then it is tried whether all of the
    /// payload is of the format.
    fn recognizes(&self, _payload: &[u8]) -> bool {
        false
    }

    /// Returns whether an empty payload is a message of the format, and not only what deletes a retained message.
    fn reads_empty(&self) -> bool {
        false
    }

    /// Returns whether it returns bytes, which another decoder can read, and not a text that people read.
    fn returns_bytes(&self) -> bool {
        true
    }
}

/// The decoders that a name says all of.
const CODECS: [&dyn Codec; 8] = [
    &cbor::Cbor,
    &message_pack::MessagePack,
    &compression::Gzip,
    &compression::Zlib,
    &compression::Deflate,
    &base64::Base64,
    &hexadecimal::Hexadecimal,
    &sparkplug::SparkplugB,
];

/// A decoder.
#[derive(Clone, PartialEq, Eq)]
pub struct Decoder(Kind);

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    /// The index of one that a name says all of.
    Named(usize),
    /// Messages of this type.
    Protobuf(MessageType),
}

impl Decoder {
    /// Returns the decoders that a name says all of: those of tiles.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        (0..CODECS.len()).map(|index| Self(Kind::Named(index)))
    }

    /// Returns the decoder of messages of a type of Protocol Buffers.
    #[must_use]
    pub const fn of_message_type(message_type: MessageType) -> Self {
        Self(Kind::Protobuf(message_type))
    }

    /// Returns the decoder of what edge nodes of Sparkplug send.
    #[must_use]
    pub fn sparkplug() -> Option<Self> {
        Self::by_name("sparkplug")
    }

    /// Returns the decoder with this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::all().find(|decoder| decoder.name() == name)
    }

    /// Returns its name in files.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.codec().names().0
    }

    fn codec(&self) -> &dyn Codec {
        match &self.0 {
            Kind::Named(index) => CODECS[*index],
            Kind::Protobuf(message_type) => message_type,
        }
    }

    /// Returns whether another decoder can follow. Files are refused in which one follows another that makes JSON.
    #[must_use]
    pub fn can_be_followed(&self) -> bool {
        self.codec().returns_bytes()
    }
}

impl Hash for Decoder {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Returns what a payload looks like that a decoder cannot read.
fn looks_like(codec: &dyn Codec, payload: &[u8]) -> Option<&'static str> {
    const GZIP: [u8; 2] = [0x1f, 0x8b];
    if payload.starts_with(&GZIP) && codec.names().0 != "gzip" {
        return Some("gzip");
    }
    let is_text = std::str::from_utf8(payload).is_ok_and(|text| !text.chars().any(|c| c.is_control() && c != '\n'));
    match payload.trim_ascii_start().first()? {
        b'{' | b'[' if is_text => Some("JSON"),
        _ if is_text && !codec.reads_text() => Some("text"),
        _ => None,
    }
}

/// Returns what a payload says after each of these decoders, in their order. An empty payload says nothing, unless it is a
/// message of the format.
///
/// # Errors
/// If one of them cannot read what it gets, or if that is too large.
pub fn decode<'a>(decoders: &[Decoder], payload: &'a [u8]) -> Result<Cow<'a, [u8]>, DecodeError> {
    let mut decoded = Cow::Borrowed(payload);
    let says_nothing = payload.is_empty() && !decoders.first().is_some_and(|decoder| decoder.codec().reads_empty());
    for codec in decoders.iter().filter(|_| !says_nothing).map(Decoder::codec) {
        let format = codec.names().1;
        let limited = |bytes: &[u8], limit: usize| {
            let too_large = DecodeError::TooLarge(format, limit >> 10);
            if bytes.len() <= limit { Ok(()) } else { Err(too_large) }
        };
        limited(&decoded, MAX_ENCODED_BYTES)?;
        let result = codec.decode(&decoded).map_err(|error| match looks_like(codec, &decoded) {
            Some(other) => DecodeError::Invalid(format, format!("it looks like {other}")),
            None => error,
        })?;
        limited(&result, MAX_DECODED_BYTES)?;
        decoded = Cow::Owned(result);
    }
    Ok(decoded)
}

/// Returns the decoders that a payload is recognized by, and what it says. `None` if it is a text, or of no format.
#[must_use]
pub fn recognize(payload: &[u8]) -> Option<(Vec<Decoder>, Vec<u8>)> {
    recognize_by(payload, |_| true)
}

/// Returns what [`recognize`] returns, but only by formats that say all at once, and not what is compressed: little is
/// decoded from few bytes.
#[must_use]
pub fn recognize_value(payload: &[u8]) -> Option<(Vec<Decoder>, Vec<u8>)> {
    recognize_by(payload, |decoder| !decoder.can_be_followed())
}

fn recognize_by(payload: &[u8], is_tried: impl Fn(&Decoder) -> bool) -> Option<(Vec<Decoder>, Vec<u8>)> {
    let (mut decoders, mut decoded) = (Vec::new(), Cow::Borrowed(payload));
    while decoders.len() < MAX_LAYERS && std::str::from_utf8(&decoded).is_err() {
        let mut candidates = Decoder::all().filter(|decoder| is_tried(decoder) && decoder.codec().recognizes(&decoded));
        let found = candidates.find_map(|decoder| {
            let inner = decode(std::slice::from_ref(&decoder), &decoded).ok()?.into_owned();
            Some((decoder, inner))
        });
        let Some((decoder, inner)) = found else { break };
        decoders.push(decoder);
        decoded = Cow::Owned(inner);
    }
    (!decoders.is_empty()).then(|| (decoders, decoded.into_owned()))
}

/// Returns the payload of which these decoders make the bytes again. An empty one stays empty: it deletes what the broker
/// retains. `now` is the time in milliseconds since 1970, which some formats have in each message.
///
/// # Errors
/// If one of them cannot write what it gets.
pub fn encode<'a>(decoders: &[Decoder], decoded: &'a [u8], now: u64) -> Result<Cow<'a, [u8]>, EncodeError> {
    let mut payload = Cow::Borrowed(decoded);
    for decoder in decoders.iter().rev().filter(|_| !decoded.is_empty()) {
        payload = Cow::Owned(decoder.codec().encode(&payload, now)?);
    }
    Ok(payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoders(names: &[&str]) -> Vec<Decoder> {
        names.iter().map(|name| Decoder::by_name(name).unwrap()).collect()
    }

    #[test]
    fn layers_are_decoded_in_their_order_and_encoded_backwards() {
        let text = br#"{"t":21.5,"on":true}"#;
        for layers in [&[][..], &["cbor"], &["gzip", "msgpack"], &["base64", "zlib", "cbor"], &["hex", "deflate"]] {
            let decoders = decoders(layers);
            let payload = encode(&decoders, text, 0).unwrap();
            assert_eq!(decode(&decoders, &payload).as_deref(), Ok(&text[..]), "{layers:?}");
        }
        assert_eq!(decode(&decoders(&["gzip", "cbor"]), b"").as_deref(), Ok(&b""[..]), "a cleared topic");
        assert_eq!(encode(&decoders(&["gzip", "cbor"]), b"", 0).as_deref(), Ok(&b""[..]));
    }

    #[test]
    fn binary_formats_are_recognized_and_texts_are_not() {
        let text = br#"{"t":21.5,"on":true}"#;
        for layers in
            [&["gzip"][..], &["zlib"], &["cbor"], &["msgpack"], &["gzip", "cbor"], &["gzip", "zlib", "msgpack"]]
        {
            let payload = encode(&decoders(layers), text, 0).unwrap();
            let (found, decoded) = recognize(&payload).unwrap();
            assert_eq!((found, decoded.as_slice()), (decoders(layers), &text[..]), "{layers:?}");
        }
        for payload in
            [&b""[..], b"ON", text, b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", &[0xa1], &[0x1f, 0x8b], &[0x80, 0x00]]
        {
            assert_eq!(recognize(payload), None, "{payload:?}");
        }
    }

    #[test]
    fn rubbish_is_an_error_of_every_decoder_that_names_the_format() {
        for decoder in Decoder::all() {
            let error = decode(std::slice::from_ref(&decoder), &[0xc1, 0xff, 0, 0xff]).unwrap_err().to_string();
            assert!(error.starts_with("not "), "{decoder:?}: {error}");
            assert!(!error.contains('\n') && error.len() < 90, "{error}");
        }
    }

    #[test]
    fn error_says_what_the_payload_looks_like() {
        let error = |name: &str, payload: &[u8]| {
            decode(&decoders(&[name]), payload).err().map(|error| error.to_string()).unwrap_or_default()
        };
        assert_eq!(error("cbor", br#"{"a":1}"#), "not CBOR: it looks like JSON");
        assert_eq!(error("gzip", b"garbage"), "not gzip: it looks like text");
        assert_eq!(error("base64", br#"{"a":1}"#), "not Base64: it looks like JSON");
        assert_eq!(error("hex", b"ON"), "not hexadecimal: it has other characters");
        assert_eq!(
            error("msgpack", &encode(&decoders(&["gzip"]), b"x", 0).unwrap()),
            "not MessagePack: it looks like gzip"
        );
    }

    #[test]
    fn every_prefix_of_a_payload_is_an_error_or_a_smaller_value() {
        let text = br#"{"name":"x","list":[1,-2,3.5,null,"long enough to be compressed, compressed, compressed"]}"#;
        for decoder in Decoder::all().filter(|decoder| Some(decoder) != Decoder::sparkplug().as_ref()) {
            let decoders = [decoder];
            let payload = encode(&decoders, text, 0).unwrap();
            for end in 1..payload.len() {
                assert_ne!(decode(&decoders, &payload[..end]).as_deref(), Ok(&text[..]), "{decoders:?} {end}");
            }
        }
    }
}
