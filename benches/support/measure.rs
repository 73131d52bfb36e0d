//! What is measured: times in order, and what the system says of a process (Linux only).

use std::{fs, time::Duration};

/// Times, as a row of a table: median, 99 of 100, the longest.
pub fn row(name: &str, mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |of_hundred: usize| times.get((times.len() * of_hundred / 100).min(times.len().saturating_sub(1)));
    let shown =
        |time: Option<&Duration>| time.map_or("-".to_owned(), |time| format!("{:.1}", time.as_secs_f64() * 1e3));
    let (median, most_of) = (shown(at(50)), shown(at(99)));
    format!("| {name:<42} | {:>7} | {median:>9} | {most_of:>9} | {:>9} |", times.len(), shown(times.last()))
}

/// The time that so many of a hundred do not exceed, in milliseconds.
pub fn at(times: &mut [Duration], of_hundred: usize) -> f64 {
    times.sort_unstable();
    let at = (times.len() * of_hundred / 100).min(times.len().saturating_sub(1));
    times.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}

/// The head of a table of [`row`]s.
pub const HEAD: &str = "\
|                                            | samples | median ms | 99 % ms   | most ms   |
|--------------------------------------------|--------:|----------:|----------:|----------:|";

/// What the system says of a process.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// Processor time since its start.
    pub cpu: Duration,
    /// Its memory in KiB.
    pub memory: u64,
    /// What of it is its own, not pages of its file, in KiB.
    pub own: u64,
    /// How often its threads have gone to sleep and woken up.
    pub wakes: u64,
    /// How long its threads were ready to run and had to wait for a processor that others used.
    pub waited: Duration,
}

impl Usage {
    /// Of the process with this number; zeros where the system does not say.
    pub fn of(pid: i32) -> Self {
        let read = |path: String| fs::read_to_string(path).unwrap_or_default();
        let stat = read(format!("/proc/{pid}/stat"));
        let fields = stat.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
        // User and system time, in hundredths of a second; the name and what is before it are cut off.
        let ticks: u64 = fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
        let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
        let (mut wakes, mut waited) = (0, 0);
        for task in tasks {
            let file = |name: &str| read(task.path().join(name).display().to_string());
            wakes += number(&file("status"), "voluntary_ctxt_switches:");
            // Nanoseconds of running, nanoseconds of waiting, how often it ran.
            waited += file("schedstat").split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
        }
        let status = read(format!("/proc/{pid}/status"));
        let (memory, own) = (number(&status, "VmRSS:"), number(&status, "RssAnon:"));
        Self { cpu: Duration::from_millis(ticks * 10), memory, own, wakes, waited: Duration::from_nanos(waited) }
    }
}

fn number(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()).and_then(|word| word.parse().ok()).unwrap_or_default()
}

/// The part of a core that was used.
pub fn percent(cpu: Duration, time: Duration) -> String {
    format!("{:.1} %", cpu.as_secs_f64() / time.as_secs_f64() * 100.0)
}

/// Whether this is a benchmark run, not a test run of the same target.
pub fn wanted() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}
