//! mqtt-dash compared with the alternatives: the bare event loop of rumqttc, `mosquitto_sub` and mqttui, in
//! one run with the same load. Prints a table of goals and results.
//!
//! `cargo bench --bench side_by_side` runs every part; parts can be named after `--`: `rate`, `broker`,
//! `latency`, `start`, `idle`, `frames`, `json`, `scale`, `growth`.
//!
//! This program is the broker and sends as fast as its client reads. In the part `broker` the messages come
//! through mosquitto, which is slower than most clients.

#[cfg(target_os = "linux")]
#[path = "../../tests/fixtures/mod.rs"]
mod fixtures;
#[cfg(target_os = "linux")]
mod parts;
#[cfg(target_os = "linux")]
mod runs;
#[cfg(target_os = "linux")]
mod subject;
#[cfg(target_os = "linux")]
mod table;

/// A part of the benchmark and its name.
#[cfg(target_os = "linux")]
type Part = (&'static str, fn(&[subject::Subject], &mut table::Table));

#[cfg(target_os = "linux")]
fn main() {
    subject::run_bare_loop_if_requested();
    if !fixtures::measurement::is_bench_run() {
        return;
    }
    let named: Vec<String> = std::env::args().skip(1).filter(|name| !name.starts_with("--")).collect();
    let wanted = |part: &str| named.is_empty() || named.iter().any(|name| name == part);
    let others = subject::installed();
    let mut table = table::Table::default();
    let parts: [Part; 9] = [
        ("json", |_, table| parts::json_paths(table)),
        ("frames", |_, table| parts::frames(table)),
        ("start", runs::start),
        ("latency", runs::latency),
        ("rate", runs::rate),
        ("broker", runs::through_broker),
        ("idle", runs::idle),
        ("scale", |_, table| runs::scale(table)),
        ("growth", |_, table| runs::growth(table)),
    ];
    for (name, part) in parts {
        if wanted(name) {
            println!("{name} …");
            part(&others, &mut table);
        }
    }
    println!("\n{table}");
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("this benchmark reads /proc: it needs Linux");
}
