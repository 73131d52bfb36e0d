//! The handle of an engine process.

use std::{collections::HashMap, time::Duration};

use bytes::{Buf as _, BytesMut};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, ChildStdin, ChildStdout},
    runtime::Handle,
    sync::{OwnedSemaphorePermit, mpsc::Sender},
    time::timeout,
};

use super::{
    engine_data::MAX_SAVED_LENGTH,
    engine_process::SCRIPT_TIME_EXIT_CODE,
    engine_program::EngineProgram,
    protocol::{EngineCommand, EngineMessage, FrameError, append_frame, parse_frame},
};
use crate::model::{
    id::TileId,
    script::{ScriptRequest, ScriptResponse},
};

/// How long a process may take to start or to answer. Scripts have milliseconds: such a process does not run at all.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a process that has closed its output, or that was killed, may take to end.
const END_TIMEOUT: Duration = Duration::from_secs(1);
/// The maximum size of the `event.data` of a tile, in bytes: a UTF-16 code unit takes three bytes at most.
const MAX_DATA_BYTES: usize = 3 * MAX_SAVED_LENGTH;
/// How many bytes of commands are written at once.
const WRITE_BYTES: usize = 64 << 10;
/// How many bytes of messages are read at once, or more.
const READ_BYTES: usize = 16 << 10;

/// An engine process. It is killed when the handle is dropped.
pub(super) struct EngineClient {
    process: Process,
    input: ChildStdin,
    output: MessageReader,
    _permit: OwnedSemaphorePermit,
}

/// A process that is killed when this is dropped, and leaves no zombie while the program runs.
struct Process(Option<Child>);

impl Drop for Process {
    fn drop(&mut self) {
        // Outside of a runtime, the program is about to end, and the `Child` kills the process.
        if let (Some(mut child), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            // If this fails, it has ended.
            let _ = child.start_kill();
            runtime.spawn(async move { child.wait().await });
        }
    }
}

/// Why a process answers no more.
#[derive(Debug, thiserror::Error)]
enum Silence {
    #[error("their process has ended")]
    Closed,
    #[error("their process did not answer within {} s", RESPONSE_TIMEOUT.as_secs())]
    TimedOut,
    #[error("their process sent what is not valid")]
    Invalid,
}

/// How far the exchange with a process got.
pub(super) enum Exchange {
    /// All requests are answered.
    Complete,
    /// The receiver of the responses is gone.
    Unwanted,
    /// The process answers no more. The number of requests that it has answered; the next one was running or has not begun.
    Broken(usize, Box<BrokenEngine>),
}

/// A process that answers no more.
pub(super) struct BrokenEngine(EngineClient, Silence);

/// Why a process has ended.
pub(super) enum EngineEnd {
    /// A script took too long.
    ScriptTime,
    /// Anything else; what.
    Other(String),
}

impl EngineClient {
    /// Starts a process, and waits until it can run scripts.
    ///
    /// # Errors
    /// When it cannot be started; why.
    pub async fn start(program: &EngineProgram, permit: OwnedSemaphorePermit) -> Result<Self, String> {
        let mut child = program.spawn().map_err(|error| format!("their process cannot be started: {error}"))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("their process has no pipes".to_owned());
        };
        let output = MessageReader { pipe: output, received: BytesMut::new() };
        let mut client = Self { process: Process(Some(child)), input, output, _permit: permit };
        match client.output.read().await {
            Ok(messages) => match messages.into_iter().next() {
                Some(EngineMessage::Started(version)) if version == env!("CARGO_PKG_VERSION") => Ok(client),
                Some(EngineMessage::Started(version)) => {
                    Err(format!("the program was replaced by version {version}; start it again"))
                }
                Some(EngineMessage::Failed(reason)) => Err(reason),
                _ => Err(Silence::Invalid.to_string()),
            },
            Err(silence) => Err(match BrokenEngine(client, silence).end().await {
                EngineEnd::ScriptTime => Silence::Invalid.to_string(),
                EngineEnd::Other(reason) => reason,
            }),
        }
    }

    /// Returns whether the process has ended while nothing was asked from it.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.process.0.as_mut().map(Child::try_wait), Some(Ok(None)))
    }

    /// Sends commands, and passes on the responses to the requests among them. `data` is what the process reports of the
    /// `event.data` of tiles.
    pub async fn exchange(
        mut self,
        commands: impl Iterator<Item = EngineCommand<'_>>,
        requests: &[ScriptRequest],
        responses: &Sender<Vec<ScriptResponse>>,
        data: &mut HashMap<TileId, String>,
    ) -> (Option<Self>, Exchange) {
        let (mut answered, mut reports) = (0, 0);
        let Self { input, output, .. } = &mut self;
        let write = async {
            // What cannot be written, because the process has ended, is not answered either.
            let _ = write_commands(input, commands).await;
            Ok(())
        };
        let read = async {
            while answered < requests.len() {
                let mut messages = output.read().await.map_err(Some)?;
                reports += take_data(&mut messages, &requests[answered..], data).map_err(Some)?;
                let messages = matching_responses(messages, &requests[answered..]).map_err(Some)?;
                answered += messages.len();
                if reports > answered + 1 {
                    return Err(Some(Silence::Invalid));
                }
                if !messages.is_empty() {
                    responses.send(messages).await.map_err(|_| None)?;
                }
            }
            Ok(())
        };
        match tokio::try_join!(write, read) {
            Ok(_) => (Some(self), Exchange::Complete),
            Err(None) => (None, Exchange::Unwanted),
            Err(Some(silence)) => (None, Exchange::Broken(answered, Box::new(BrokenEngine(self, silence)))),
        }
    }
}

async fn write_commands(
    input: &mut ChildStdin,
    commands: impl Iterator<Item = EngineCommand<'_>>,
) -> Result<(), FrameError> {
    let mut buffer = Vec::new();
    for command in commands {
        append_frame(&mut buffer, &command)?;
        if buffer.len() >= WRITE_BYTES {
            input.write_all(&buffer).await?;
            buffer.clear();
        }
    }
    Ok(input.write_all(&buffer).await?)
}

/// Takes what messages say about the `event.data` of the tiles of these requests. Returns how many messages did. A process
/// is believed only what it may say: code that escaped from the engine must not fill the memory of this program.
fn take_data(
    messages: &mut Vec<EngineMessage>,
    requests: &[ScriptRequest],
    data: &mut HashMap<TileId, String>,
) -> Result<usize, Silence> {
    let is_expected = |tile: TileId, text: &str| {
        text.len() <= MAX_DATA_BYTES && requests.iter().any(|request| request.tile_id == tile)
    };
    let total = messages.len();
    let mut is_valid = true;
    messages.retain_mut(|message| {
        let EngineMessage::Data(tile, text) = message else { return true };
        if text.is_empty() {
            data.remove(tile);
        } else if is_expected(*tile, text) {
            data.insert(*tile, std::mem::take(text));
        } else {
            is_valid = false;
        }
        false
    });
    if is_valid { Ok(total - messages.len()) } else { Err(Silence::Invalid) }
}

/// Returns the responses, if they are those to the first ones of these requests.
fn matching_responses(
    messages: Vec<EngineMessage>,
    requests: &[ScriptRequest],
) -> Result<Vec<ScriptResponse>, Silence> {
    let mut requests = requests.iter();
    let matching = |message| match (message, requests.next()) {
        (EngineMessage::Response(response), Some(request))
            if (response.tile_id, response.request_id) == (request.tile_id, request.request_id) =>
        {
            Ok(response)
        }
        _ => Err(Silence::Invalid),
    };
    messages.into_iter().map(matching).collect()
}

impl BrokenEngine {
    /// Kills the process if it still runs, and returns why it has ended.
    pub async fn end(self) -> EngineEnd {
        let Self(EngineClient { mut process, .. }, silence) = self;
        let status = match (&silence, process.0.take()) {
            (Silence::Closed, Some(mut child)) => timeout(END_TIMEOUT, child.wait()).await.ok().and_then(Result::ok),
            (_, child) => {
                drop(Process(child));
                None
            }
        };
        match status {
            Some(status) if status.code() == Some(SCRIPT_TIME_EXIT_CODE.into()) => EngineEnd::ScriptTime,
            Some(status) => EngineEnd::Other(format!("their process has ended ({status})")),
            None => EngineEnd::Other(silence.to_string()),
        }
    }
}

/// Reads the messages of a process.
struct MessageReader {
    pipe: ChildStdout,
    received: BytesMut,
}

impl MessageReader {
    /// Waits for messages, and returns all that are there.
    async fn read(&mut self) -> Result<Vec<EngineMessage>, Silence> {
        let read = async {
            loop {
                let mut messages = Vec::new();
                while let Some((message, length)) = parse_frame(&self.received).map_err(|_| Silence::Invalid)? {
                    self.received.advance(length);
                    messages.push(message);
                }
                if !messages.is_empty() {
                    return Ok(messages);
                }
                self.received.reserve(READ_BYTES);
                match self.pipe.read_buf(&mut self.received).await {
                    Ok(0) | Err(_) => return Err(Silence::Closed),
                    Ok(_) => {}
                }
            }
        };
        timeout(RESPONSE_TIMEOUT, read).await.unwrap_or(Err(Silence::TimedOut))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::script::ScriptEvent;

    #[test]
    fn process_may_report_only_the_data_of_tiles_that_were_asked() {
        let requests = [ScriptRequest { tile_id: TileId(1), request_id: 1, event: ScriptEvent::Tap }];
        let report = |tile: u32, text: String| {
            let mut data = HashMap::new();
            let taken = take_data(&mut vec![EngineMessage::Data(TileId(tile), text)], &requests, &mut data);
            (taken.is_ok(), data.len())
        };
        assert_eq!(report(1, "5".to_owned()), (true, 1));
        assert_eq!(report(1, "x".repeat(MAX_DATA_BYTES)), (true, 1));
        assert_eq!(report(1, "x".repeat(MAX_DATA_BYTES + 1)), (false, 0));
        assert_eq!(report(2, "5".to_owned()), (false, 0));
    }
}
