//! The JavaScript of tiles, in QuickJS.

mod answer;
mod engine;
mod realm;
mod source;
mod watch;

pub use engine::{Engine, MOST_KEPT};
pub use realm::{MEMORY, MOST_ORDERS, MOST_TEXT, TIME};
pub use source::MOST_SCRIPT;
