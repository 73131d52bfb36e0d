//! What the engine knows about the scripts of a tile: whether they are compiled, how much memory they keep, and
//! until when they are suspended after a timeout.

use std::time::{Duration, Instant};

use super::engine_data::SavedData;
use crate::model::script::{ScriptError, ScriptKind, TileScripts};

/// How long a tile's scripts are suspended after a timeout. Doubles with each timeout in a row.
const BASE_BACKOFF: Duration = Duration::from_millis(500);
/// How often the backoff doubles at most.
const MAX_BACKOFF_DOUBLINGS: u32 = 9;

/// The scripts of a tile in the engine.
#[derive(Default)]
pub(super) struct EngineTile {
    pub(super) scripts: TileScripts,
    pub(super) compile_states: [CompileState; ScriptKind::ALL.len()],
    /// The heap growth, in bytes, that the calls of this tile have caused.
    pub(super) data_bytes: usize,
    /// Whether a script names `event.data`.
    pub(super) uses_data: bool,
    pub(super) saved_data: SavedData,
    /// The number of timeouts in a row.
    timeout_count: u32,
    /// Until when the scripts are suspended after a timeout, and the error to report until then.
    backoff: Option<(Instant, ScriptError)>,
}

/// Whether a script is compiled.
#[derive(Clone, Default)]
pub(super) enum CompileState {
    #[default]
    Pending,
    Compiled,
    Failed(ScriptError),
}

impl EngineTile {
    /// Replaces the scripts. Nothing changes if they are the same.
    pub(super) fn set_scripts(&mut self, scripts: TileScripts) {
        if self.scripts != scripts {
            let uses_data = |script| scripts.get(script).is_some_and(|text| text.contains("data"));
            self.uses_data = ScriptKind::ALL.into_iter().any(uses_data);
            self.scripts = scripts;
            self.compile_states = <[CompileState; ScriptKind::ALL.len()]>::default();
            self.timeout_count = 0;
            self.backoff = None;
        }
    }

    /// Forgets what was lost with the realm: the compiled scripts and `event.data`.
    pub(super) fn reset_after_rebuild(&mut self) {
        self.data_bytes = 0;
        for state in &mut self.compile_states {
            if matches!(state, CompileState::Compiled) {
                *state = CompileState::Pending;
            }
        }
    }

    /// Returns the error to report while the scripts are suspended. `on_tap` runs anyway: the user pressed it.
    pub(super) fn backoff_error(&self, script: ScriptKind) -> Option<ScriptError> {
        let (until, error) = self.backoff.as_ref()?;
        (script != ScriptKind::OnTap && Instant::now() < *until).then(|| error.clone())
    }

    /// Suspends the scripts if a call ended with a timeout.
    pub(super) fn update_backoff(&mut self, error: Option<&ScriptError>) {
        match error {
            Some(error @ ScriptError::Timeout(..)) => {
                self.backoff = Some((Instant::now() + BASE_BACKOFF * (1 << self.timeout_count), error.clone()));
                self.timeout_count = MAX_BACKOFF_DOUBLINGS.min(self.timeout_count + 1);
            }
            _ => self.timeout_count = 0,
        }
    }
}
