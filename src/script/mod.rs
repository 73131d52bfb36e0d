//! Runs the JavaScript of tiles, `on_receive`, `on_display`, `on_tap` and `blink`, in `QuickJS` sandboxes: one process
//! for each dashboard.
//!
//! | file | contents |
//! |---|---|
//! | `worker`, `supervisor` | in the program: the scripts of all dashboards, and of one, with its process |
//! | `engine_program`, `engine_client` | in the program: starting a process, and talking to it |
//! | `start_limit` | how often a process is started that ends again and again |
//! | `protocol` | what the program and a process send to each other |
//! | `engine_process`, `process_limits` | the main function of a process, and what it may use of the system |
//! | `progress`, `cpu_time` | which script runs, and for how long |
//! | `engine`, `engine_tile` | the scripts of all tiles of a dashboard, and of one tile |
//! | `engine_recovery` | what follows a call: repairs and limits |
//! | `engine_data` | the `event.data` that survives a process |
//! | `js_runtime` | a `QuickJS` runtime, and the limits of time and memory |
//! | `realm`, `js_runtime.js` | the JavaScript side: what scripts see, and how they are called |
//! | `source` | compiles the text of a script to a function |
//! | `color`, `convert` | convert between Rust types and JavaScript values |
//! | `deadline` | the time limit of a script |
//! | `js_error` | why a call failed |
//!
//! Scripts of a dashboard share no object with those of another one. Every call starts in a clean scope. Undeclared
//! names and additions to `String.prototype` and other prototypes last until the call ends; nothing else of the language
//! can be changed. `event.data` is shared by the scripts of a tile until the dashboard closes or the tile has no script
//! left. When a script of the dashboard ends its process, data of a few plain values is restored; other data is lost. A script is limited to `MAX_SCRIPT_TIME` and
//! `MAX_CALL_MEMORY_MIB` MiB, the data of a tile to [`MAX_DATA_MIB`] MiB. `app.publish` and `app.openUri`
//! are the only ways out of the sandbox. They only record a request; the caller decides what to do with it.
//!
//! The time of a script is checked between two steps, and a native function is one step. `js_runtime.js` limits what
//! those work on and removes what it cannot limit. Operators on huge texts and compiling remain: a script that does not
//! end within 100 ms for such a reason ends its process, see `engine_process`, and the tile's scripts are disabled.
//!
//! After a script that exceeded its time, the scripts of the tile are suspended for a while, twice as long
//! each time. The tile shows the error until then.

mod color;
mod convert;
mod cpu_time;
mod deadline;
mod engine;
mod engine_client;
mod engine_data;
mod engine_process;
mod engine_program;
mod engine_recovery;
mod engine_tile;
mod js_error;
mod js_runtime;
mod process_limits;
mod progress;
mod protocol;
mod realm;
mod source;
mod start_limit;
mod supervisor;
mod worker;

pub use engine::{Engine, MAX_DATA_MIB};
pub use engine_process::run_engine_process;
pub use engine_program::{ENGINE_SUBCOMMAND, EngineProgram};
pub use progress::ScriptProgress;
pub use worker::{RunError, ScriptWorker};
