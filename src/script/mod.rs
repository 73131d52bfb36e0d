//! Runs the JavaScript of tiles, `on_receive`, `on_display`, `on_tap` and `blink`, in a `QuickJS` sandbox.
//!
//! | file | contents |
//! |---|---|
//! | `js_runtime.js` | the JavaScript side: what scripts see, and how they are called |
//! | `realm` | the scope of a dashboard, with that script |
//! | `js_runtime` | one `QuickJS` runtime with the realms of all dashboards, and the limits of time and memory |
//! | `source` | compiles the text of a script to a function |
//! | `color` | the colors of scripts |
//! | `convert` | converts between Rust types and JavaScript values |
//! | `deadline` | the time limit of a call |
//! | `js_error` | why a call failed |
//! | `engine`, `engine_tile` | the scripts of all tiles, and of one tile |
//! | `engine_recovery` | what follows a call: repairs and limits |
//! | `worker`, `watchdog` | the engine on its own thread, and the thread that replaces it when it hangs |
//!
//! Each dashboard has a realm: its scripts share no object with those of another dashboard. Every call starts in a
//! clean scope. Undeclared names and additions to `String.prototype` and other prototypes last until the call ends;
//! nothing else of the language can be changed. `event.data` is shared by the scripts of a tile until the program
//! ends or the tile has no script left. A call is limited to `MAX_CALL_TIME` and
//! `MAX_CALL_MEMORY_MIB` MiB, the data of a tile to [`MAX_DATA_MIB`] MiB. `app.publish` and `app.openUri`
//! are the only ways out of the sandbox. They only record a request; the caller decides what to do with it.
//!
//! The time of a call is checked between two steps, and a native function is one step. `js_runtime.js` limits what those
//! work on and removes what it cannot limit. Operators on huge texts remain, see `watchdog`.
//!
//! After a call that exceeded its time, the scripts of the tile are suspended for a while, twice as long
//! each time. The tile shows the error until then.

mod color;
mod convert;
mod deadline;
mod engine;
mod engine_recovery;
mod engine_tile;
mod js_error;
mod js_runtime;
mod realm;
mod source;
mod watchdog;
mod worker;

pub use engine::{Engine, MAX_DATA_MIB};
pub use worker::{ScriptWorker, WorkerCommand};
