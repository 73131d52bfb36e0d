//! What is promised, measured: `docs/reliability.md` has the table. Each promise has a quick test
//! that runs always; those that take minutes run when asked for:
//! `cargo test --release --test reliability -- --ignored --nocapture --test-threads=1`.
#![cfg(all(unix, feature = "demo"))]

mod banners;
mod blocked;
mod canary;
mod certificates;
#[path = "../support/chaos.rs"]
#[allow(dead_code, reason = "each program of tests uses a part of it")]
mod chaos;
mod cuts;
#[path = "../support/escapes.rs"]
#[allow(dead_code, reason = "each program of tests uses a part of it")]
mod escapes;
mod exact;
mod fuzzing;
mod hostile;
#[path = "../support/line.rs"]
#[allow(dead_code, reason = "each program of tests uses a part of it")]
mod line;
mod polite;
#[path = "../support/pty.rs"]
#[allow(dead_code, reason = "each program of tests uses a part of it")]
mod pty;
mod saves;
#[path = "../support/scripted.rs"]
#[allow(dead_code, reason = "each program of tests uses a part of it")]
mod scripted;
mod silence;
mod soak;
#[path = "../support/stage.rs"]
#[allow(dead_code, reason = "each program of tests uses a part of it")]
mod stage;
