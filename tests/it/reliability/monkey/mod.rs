//! Random use of the program on a terminal, with a real mosquitto: keys, pastes, clicks, resizes, signals, files
//! that change from outside, a broker that comes and goes, and another client that publishes whatever it likes.
//!
//! After a few actions at most, the test checks that the program answers, that nothing was published that no tile
//! publishes or nobody has asked for, that no file is damaged, and what [`checks`], [`ending`] and [`world`] say
//! besides.
//!
//! The actions depend on the seed alone. A failure prints the seed, the session and the last actions. These variables
//! repeat it:
//!
//! * `MONKEY_SEED`: the seed,
//! * `MONKEY_SESSION`: only this session, and those before it with the same files,
//! * `MONKEY_ACTIONS`: only these actions of each session, for example `120..180`,
//! * `MONKEY_SECONDS`: how long the test runs; 60 if not set.

mod action;
mod checks;
mod client;
mod contents;
mod driver;
mod ending;
mod file_checks;
mod files;
mod messages;
mod oracle;
mod script;
mod statistics;
mod typist;
mod world;

use std::{
    collections::VecDeque,
    ops::Range,
    time::{Duration, Instant},
};

use fastrand::Rng;
use rustix::process::Signal;

use self::{action::Action, driver::Driver, ending::End, statistics::Statistics, world::World};
use crate::fixtures::cpu_lock::CpuLock;

/// How many of the last actions are printed.
const TAIL: usize = 60;
/// How many sessions use the same files: the second one begins with what the first one has saved.
const SESSIONS_PER_WORLD: u64 = 2;

/// What a failure prints.
struct Report {
    seed: u64,
    session: u64,
    tail: VecDeque<String>,
    screen: String,
}

impl Drop for Report {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Self { seed, session, tail, screen } = self;
            eprintln!("the last actions of the monkey:");
            for action in tail {
                eprintln!("  {action}");
            }
            eprintln!("the screen at the last check:\n{screen}\n");
            eprintln!(
                "to repeat it: MONKEY_SEED={seed} MONKEY_SESSION={session} cargo test --features mosquitto-tests --test it monkey"
            );
        }
    }
}

fn variable<T: std::str::FromStr>(name: &str) -> Option<T> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().ok().unwrap_or_else(|| panic!("{name}={text} is not valid")))
}

/// The actions of a session to perform.
fn action_range() -> Range<usize> {
    let Some(text) = variable::<String>("MONKEY_ACTIONS") else { return 0..usize::MAX };
    let limits = text.split_once("..").and_then(|(begin, end)| Some(begin.parse().ok()?..end.parse().ok()?));
    limits.unwrap_or_else(|| panic!("MONKEY_ACTIONS={text} is not like 120..180"))
}

fn arguments(rng: &mut Rng) -> &'static [&'static str] {
    match rng.u8(..6) {
        0 => &[],
        1 => &["open", "--kiosk", "a", "b"],
        2 => &["open", "b"],
        _ => &["open", "a", "b", "c", "d"],
    }
}

fn end(rng: &mut Rng) -> End {
    match rng.u8(..10) {
        0 => End::Signal(Signal::TERM, 143),
        1 => End::Signal(Signal::HUP, 129),
        2 => End::Signal(Signal::INT, 130),
        3 => End::Signal(Signal::QUIT, 131),
        4 => End::HangUp,
        5 => End::Kill,
        _ => End::Key,
    }
}

/// Runs a session: starts the program, performs the actions until the deadline, and ends it.
fn run_session(world: &mut World, seed: u64, session: u64, deadline: Instant) {
    let _lock = CpuLock::shared();
    let mut rng = Rng::with_seed(seed ^ session.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let arguments = arguments(&mut rng);
    let mut report = Report { seed, session, tail: VecDeque::new(), screen: String::new() };
    report.tail.push_back(format!("start with {arguments:?}"));
    let mut driver = Driver::start(world, arguments);
    let range = action_range();
    for (number, action) in script::session(&mut rng, session % 2 == 1).iter().enumerate() {
        if driver.has_ended() || Instant::now() > deadline {
            break;
        }
        if range.contains(&number) || *action == Action::EndOfNavigation {
            driver.screen_text().clone_into(&mut report.screen);
            report.tail.push_back(format!("{number}: {action}"));
            if report.tail.len() > TAIL {
                report.tail.pop_front();
            }
            driver.perform(action);
        }
    }
    let end = end(&mut rng);
    report.tail.push_back(format!("end with {end:?}"));
    driver.finish(end);
}

#[test]
fn random_use_finds_no_fault() {
    let begin = Instant::now();
    let deadline = begin + Duration::from_secs(variable("MONKEY_SECONDS").unwrap_or(60));
    let seed = variable("MONKEY_SEED").unwrap_or_else(|| fastrand::u64(..1_000_000_000));
    let only = variable("MONKEY_SESSION");
    println!("MONKEY_SEED={seed}");
    let mut statistics = Statistics::default();
    let mut first = only.unwrap_or(0) / SESSIONS_PER_WORLD * SESSIONS_PER_WORLD;
    while Instant::now() < deadline {
        let mut world = World::start(std::mem::take(&mut statistics));
        for session in first..first + SESSIONS_PER_WORLD {
            if Instant::now() > deadline || only.is_some_and(|only| session > only) {
                break;
            }
            if session > first {
                world.restore_files(session % 4 == 1);
            }
            run_session(&mut world, seed, session, deadline);
        }
        first += SESSIONS_PER_WORLD;
        statistics = world.statistics;
        println!("{:?}: {statistics}", begin.elapsed());
        if only.is_some() {
            break;
        }
    }
}
