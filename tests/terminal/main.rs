//! The whole program as a person meets it: the real binary on a pseudo-terminal, with the embedded
//! broker behind it.
#![cfg(all(unix, feature = "demo"))]

mod awake;
mod boards;
#[path = "../support/desk.rs"]
mod desk;
mod ending;
#[path = "../support/escapes.rs"]
#[allow(dead_code, reason = "each program of tests uses a part of it")]
mod escapes;
mod hostile;
mod importing;
#[path = "../support/line.rs"]
#[allow(dead_code, reason = "each program of tests uses a part of it")]
mod line;
mod looking;
mod lost;
mod managing;
mod memory;
mod panic;
mod pictures;
mod pressing;
#[path = "../support/pty.rs"]
#[allow(dead_code, reason = "each program of tests uses a part of it")]
mod pty;
mod refused;
mod reloading;
mod sizes;
mod starting;
