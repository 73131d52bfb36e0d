//! The JavaScript of tiles: `on_receive`, `on_display`, `on_tap` and `blink`, in `QuickJS`.
//!
//! | file | what it is |
//! |---|---|
//! | `js_runtime.js` | what scripts see, and how they are called; written in their language |
//! | `realm` | one `QuickJS` with that in it, and the limits of time and memory |
//! | `source` | from the text of a script to a function |
//! | `answer` | between words and JavaScript values |
//! | `engine` | the scripts of all tiles |
//! | `worker`, `overseer` | the engine on a thread of its own, and what replaces it when it hangs |
//!
//! Every call starts in a clean scope: undeclared names and additions to `String.prototype` and its
//! like work as long as the call lasts, and nothing else that belongs to the language can be changed.
//! `event.data` lives on, for the scripts of its tile, until the program ends. A call may take
//! [`MAX_CALL_TIME`] and [`MAX_CALL_MEMORY_MIB`] MiB; a tile may keep [`MAX_DATA_MIB`] MiB. Scripts have `app.publish` and
//! `app.openUri`, which are wishes for the caller to grant, and nothing else that reaches out.
//!
//! A tile whose call ran for too long rests for a while, ever longer, and says so meanwhile.

mod convert;
mod deadline;
mod engine;
mod js_runtime;
mod source;
mod watchdog;
mod worker;

pub use engine::{Engine, MAX_DATA_MIB};
pub use js_runtime::{MAX_CALL_MEMORY_MIB, MAX_CALL_TIME, MAX_EFFECTS, MAX_TEXT_LENGTH};
pub use source::MAX_SCRIPT_BYTES;
pub use worker::{ScriptWorker, WorkerCommand};
