//! A thousand tiles and 50,000 messages a second for 20 seconds through a broker: the messages that the broker
//! delivered compared with those that the program counted, how the program answers keys meanwhile, and what it
//! takes when idle.
//!
//! The broker is mosquitto with an unlimited queue. If it is not installed, it is the embedded broker, which drops
//! messages for slow readers, at a lower rate.

#[cfg(unix)]
#[path = "../../tests/fixtures/mod.rs"]
mod fixtures;
#[cfg(unix)]
mod source;
#[cfg(unix)]
mod unix;

#[cfg(unix)]
fn main() {
    if fixtures::measurement::is_bench_run() {
        unix::run();
    }
}

#[cfg(not(unix))]
fn main() {
    println!("this benchmark needs a pseudo-terminal");
}
