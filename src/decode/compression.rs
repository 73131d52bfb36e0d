//! Compressed payloads: gzip (RFC 1952), zlib (RFC 1950), and deflate (RFC 1951) without either of their headers.

use std::io::{self, Read as _, Write as _};

use flate2::{Compression, bufread, write};

use super::{Codec, DecodeError, EncodeError, MAX_DECODED_BYTES};

pub(super) struct Gzip;
pub(super) struct Zlib;
pub(super) struct Deflate;

/// Reads to the end, but no more than the limit, and nothing after the end of the compressed data.
fn read_all<'a, R: io::Read>(
    format: &'static str,
    reader: R,
    rest: impl FnOnce(R) -> &'a [u8],
) -> Result<Vec<u8>, DecodeError> {
    let mut decoded = Vec::new();
    let mut limited = reader.take(MAX_DECODED_BYTES as u64 + 1);
    limited.read_to_end(&mut decoded).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => DecodeError::EndsEarly(format),
        _ => DecodeError::Invalid(format, error.to_string()),
    })?;
    if decoded.len() > MAX_DECODED_BYTES {
        return Err(DecodeError::TooLarge(format, MAX_DECODED_BYTES >> 10));
    }
    if rest(limited.into_inner()).is_empty() { Ok(decoded) } else { Err(DecodeError::TrailingBytes(format)) }
}

/// Returns what an encoder has written: writing to memory does not fail.
fn written(result: io::Result<Vec<u8>>) -> Vec<u8> {
    result.unwrap_or_default()
}

impl Codec for Gzip {
    fn names(&self) -> (&'static str, &'static str) {
        ("gzip", "gzip")
    }

    fn recognizes(&self, payload: &[u8]) -> bool {
        payload.starts_with(&[0x1f, 0x8b])
    }

    fn decode(&self, payload: &[u8]) -> Result<Vec<u8>, DecodeError> {
        read_all("gzip", bufread::MultiGzDecoder::new(payload), bufread::MultiGzDecoder::into_inner)
    }

    fn encode(&self, decoded: &[u8], _now: u64) -> Result<Vec<u8>, EncodeError> {
        let mut encoder = write::GzEncoder::new(Vec::new(), Compression::default());
        Ok(written(encoder.write_all(decoded).and_then(|()| encoder.finish())))
    }
}

impl Codec for Zlib {
    fn names(&self) -> (&'static str, &'static str) {
        ("zlib", "zlib")
    }

    /// The method is deflate, and the first two bytes are a multiple of 31 (RFC 1950, section 2.2).
    fn recognizes(&self, payload: &[u8]) -> bool {
        matches!(payload, [method, flags, ..] if method & 0x0f == 8 && u16::from_be_bytes([*method, *flags]).is_multiple_of(31))
    }

    fn decode(&self, payload: &[u8]) -> Result<Vec<u8>, DecodeError> {
        read_all("zlib", bufread::ZlibDecoder::new(payload), bufread::ZlibDecoder::into_inner)
    }

    fn encode(&self, decoded: &[u8], _now: u64) -> Result<Vec<u8>, EncodeError> {
        let mut encoder = write::ZlibEncoder::new(Vec::new(), Compression::default());
        Ok(written(encoder.write_all(decoded).and_then(|()| encoder.finish())))
    }
}

impl Codec for Deflate {
    fn names(&self) -> (&'static str, &'static str) {
        ("deflate", "deflate")
    }

    fn decode(&self, payload: &[u8]) -> Result<Vec<u8>, DecodeError> {
        read_all("deflate", bufread::DeflateDecoder::new(payload), bufread::DeflateDecoder::into_inner)
    }

    fn encode(&self, decoded: &[u8], _now: u64) -> Result<Vec<u8>, EncodeError> {
        let mut encoder = write::DeflateEncoder::new(Vec::new(), Compression::default());
        Ok(written(encoder.write_all(decoded).and_then(|()| encoder.finish())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf hello | gzip -n`
    const HELLO: [u8; 25] = [
        0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0, 0x86, 0xa6, 0x10, 0x36, 0x05,
        0, 0, 0,
    ];

    #[test]
    fn file_of_gzip_is_read() {
        assert_eq!(Gzip.decode(&HELLO).as_deref(), Ok(&b"hello"[..]));
        assert_eq!(Gzip.decode(&HELLO[..20]), Err(DecodeError::EndsEarly("gzip")));
        let twice = [HELLO, HELLO].concat();
        assert_eq!(Gzip.decode(&twice).as_deref(), Ok(&b"hellohello"[..]), "RFC 1952, section 2.2");
        assert!(Gzip.decode(&[&HELLO[..], b"x"].concat()).is_err());
        let mut corrupt = HELLO;
        corrupt[18] ^= 1;
        assert!(Gzip.decode(&corrupt).unwrap_err().to_string().starts_with("not gzip: "));
    }

    #[test]
    fn little_that_becomes_much_is_too_large() {
        let zeros = vec![0; MAX_DECODED_BYTES + 1];
        for codec in [&Gzip as &dyn Codec, &Zlib, &Deflate] {
            let payload = codec.encode(&zeros, 0).unwrap();
            assert!(payload.len() < 2_000);
            assert_eq!(codec.decode(&payload), Err(DecodeError::TooLarge(codec.names().1, 1_024)));
            let fits = codec.encode(&zeros[1..], 0).unwrap();
            assert_eq!(codec.decode(&fits).map(|decoded| decoded.len()), Ok(MAX_DECODED_BYTES));
        }
    }
}
