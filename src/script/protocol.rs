//! What the program and its engine processes send to each other: each message is a frame of its length, in four bytes,
//! and its contents in the format of [`postcard`].

use std::{
    borrow::Cow,
    io::{self, BufRead, Read as _},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::model::{
    id::TileId,
    script::{ScriptRequest, ScriptResponse, TileScripts},
};

/// The maximum length of the contents of a frame, in bytes. Several times the memory of a call: what does not fit would
/// exceed that, too.
const MAX_FRAME_BYTES: usize = 64 << 20;
/// The length of the length.
const HEADER_BYTES: usize = 4;

/// What an engine process shall do, in this order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum EngineCommand<'a> {
    /// Set the scripts of a tile.
    SetScripts(TileId, Cow<'a, TileScripts>),
    /// Remove a tile and its `event.data`.
    RemoveTile(TileId),
    /// Set the `event.data` of a tile, as an earlier process has reported it.
    RestoreData(TileId, Cow<'a, str>),
    /// Run scripts, and answer with the response.
    Run(Cow<'a, ScriptRequest>),
}

/// What an engine process says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum EngineMessage {
    /// The process runs this version of the program. The first message.
    Started(String),
    /// The process cannot run scripts; why.
    Failed(String),
    /// The `event.data` of a tile has changed to this, as JSON; empty if there is none that can be restored. Comes before
    /// the response to the request that has changed it.
    Data(TileId, String),
    /// The response to the oldest request that has none.
    Response(ScriptResponse),
}

/// Why a message cannot be passed on.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// It is larger than a frame may be.
    #[error("a message of {0} bytes is too large")]
    TooLarge(usize),
    /// The other side does not write what this one reads.
    #[error("a message is not valid: {0}")]
    Invalid(#[from] postcard::Error),
    /// The pipe is broken.
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Appends a message to a buffer.
///
/// # Errors
/// When the message is too large. The buffer is as before then.
pub fn append_frame(buffer: &mut Vec<u8>, message: &impl Serialize) -> Result<(), FrameError> {
    let contents = postcard::to_stdvec(message)?;
    let length = u32::try_from(contents.len()).ok().filter(|_| contents.len() <= MAX_FRAME_BYTES);
    let length = length.ok_or(FrameError::TooLarge(contents.len()))?;
    buffer.extend_from_slice(&length.to_le_bytes());
    buffer.extend_from_slice(&contents);
    Ok(())
}

/// Reads a message. Returns `None` at the end of the input.
///
/// # Errors
/// When the input cannot be read, or is not a message.
pub fn read_frame<T: DeserializeOwned>(input: &mut impl BufRead) -> Result<Option<T>, FrameError> {
    if input.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let mut header = [0; HEADER_BYTES];
    input.read_exact(&mut header)?;
    let length = contents_length(header)?;
    let mut contents = Vec::new();
    if input.take(length as u64).read_to_end(&mut contents)? < length {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
    }
    Ok(Some(postcard::from_bytes(&contents)?))
}

/// Takes the first message out of what has been received, and returns it with the number of bytes that it took; `None`
/// while it is not complete.
///
/// # Errors
/// When it is not a message.
pub(super) fn parse_frame<T: DeserializeOwned>(received: &[u8]) -> Result<Option<(T, usize)>, FrameError> {
    let Some((header, rest)) = received.split_first_chunk() else { return Ok(None) };
    let length = contents_length(*header)?;
    let Some(contents) = rest.get(..length) else { return Ok(None) };
    Ok(Some((postcard::from_bytes(contents)?, HEADER_BYTES + length)))
}

fn contents_length(header: [u8; HEADER_BYTES]) -> Result<usize, FrameError> {
    let length = usize::try_from(u32::from_le_bytes(header)).unwrap_or(usize::MAX);
    if length <= MAX_FRAME_BYTES { Ok(length) } else { Err(FrameError::TooLarge(length)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::script::{ScriptError, ScriptKind};

    fn response(request_id: u64, message: &str) -> EngineMessage {
        let error = ScriptError::Exception { script: ScriptKind::OnTap, line: Some(3), message: message.to_owned() };
        EngineMessage::Response(ScriptResponse {
            tile_id: TileId(1),
            request_id,
            publish_requests: Vec::new(),
            urls_to_open: Vec::new(),
            result: Err(error),
        })
    }

    #[test]
    fn messages_are_read_as_they_were_written() {
        let messages = [response(1, "x"), response(2, "")];
        let mut bytes = Vec::new();
        for message in &messages {
            append_frame(&mut bytes, message).unwrap();
        }
        let (first, length) = parse_frame::<EngineMessage>(&bytes).unwrap().unwrap();
        assert_eq!(first, messages[0]);
        for end in 0..length {
            assert!(parse_frame::<EngineMessage>(&bytes[..end]).unwrap().is_none());
        }
        let mut input = &bytes[..];
        assert_eq!(read_frame::<EngineMessage>(&mut input).unwrap().as_ref(), Some(&messages[0]));
        assert_eq!(read_frame::<EngineMessage>(&mut input).unwrap().as_ref(), Some(&messages[1]));
        assert_eq!(read_frame::<EngineMessage>(&mut input).unwrap(), None);
    }

    #[test]
    fn what_is_no_message_is_refused() {
        let mut bytes = Vec::new();
        append_frame(&mut bytes, &response(1, "x")).unwrap();
        let cut = &bytes[..bytes.len() - 1];
        assert!(matches!(read_frame::<EngineMessage>(&mut &*cut), Err(FrameError::Io(_))));
        for text in ["running 0 tests", "\u{1}\0\0\0\u{7f}", "\0\0\0\0"] {
            assert!(parse_frame::<EngineMessage>(text.as_bytes()).is_err(), "{text:?}");
            assert!(read_frame::<EngineMessage>(&mut text.as_bytes()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn message_that_is_too_large_is_refused_before_it_is_sent() {
        let mut bytes = vec![7];
        let large = response(1, &"x".repeat(MAX_FRAME_BYTES));
        assert!(matches!(append_frame(&mut bytes, &large), Err(FrameError::TooLarge(_))));
        assert_eq!(bytes, [7]);
    }

    #[test]
    fn topic_from_a_script_is_checked_again() {
        let bytes = postcard::to_stdvec("a/#").unwrap();
        assert!(postcard::from_bytes::<crate::model::topic::Topic>(&bytes).is_err());
    }
}
