//! Takes the place of the script runner in builds without the feature `scripts`: every request fails with a
//! message that says so.

use super::runtime_event::EventSender;
use crate::model::{
    id::TileId,
    script::{ScriptError, ScriptRequest, ScriptResponse, TileScripts},
};

/// Refuses script requests.
pub(crate) struct ScriptRunner;

impl ScriptRunner {
    /// Creates a runner. It sends no events.
    #[must_use]
    pub fn new(_events: EventSender) -> Self {
        Self
    }

    /// Ignores the scripts of a tile.
    #[expect(clippy::unused_self, reason = "the signature is that of the runner with scripts")]
    pub fn set_scripts(&mut self, _tile: TileId, _scripts: TileScripts) {}

    /// Returns a failed response.
    #[expect(
        clippy::needless_pass_by_value,
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "the signature is that of the runner with scripts"
    )]
    pub fn run(&mut self, request: ScriptRequest) -> Option<Box<ScriptResponse>> {
        Some(Box::new(ScriptResponse {
            tile_id: request.tile_id,
            request_id: request.request_id,
            publish_requests: Vec::new(),
            urls_to_open: Vec::new(),
            result: Err(ScriptError::EngineUnavailable("this build has no script support".to_owned())),
        }))
    }
}
