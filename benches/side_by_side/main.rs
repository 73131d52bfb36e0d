//! This program beside what people would use instead: the bare loop of the client that is inside of
//! it, `mosquitto_sub`, and mqttui; in one run, on the same load, on this machine only. Prints a table
//! of goals and what was seen.
//!
//! `cargo bench --bench side_by_side` runs every part; behind `--` parts can be named: `rate`, `broker`,
//! `latency`, `start`, `idle`, `frames`, `json`, `scale`, `growth`.
//!
//! Messages come from this driver itself, which is a broker for one client and sends as fast as the
//! client takes; in the part `broker` they come through mosquitto, which is slower than most of the
//! clients.

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

/// What is measured together, by its name.
#[cfg(target_os = "linux")]
type Part = (&'static str, fn(&[subject::Subject], &mut table::Table));

#[cfg(target_os = "linux")]
fn main() {
    subject::be_bare();
    if !fixtures::measurement::is_bench_run() {
        return;
    }
    let named: Vec<String> = std::env::args().skip(1).filter(|name| !name.starts_with("--")).collect();
    let wanted = |part: &str| named.is_empty() || named.iter().any(|name| name == part);
    let others = subject::others();
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
