//! How many instructions it takes to process messages, render frames and load dashboards. They are counted
//! by callgrind, so the result does not depend on how busy the machine is.
//!
//! `cargo bench --bench instructions` compares with `benches/instructions.txt` and fails if a part takes 10 %
//! more; `-- --write` updates that file, to be committed with the change that is the reason. Needs valgrind.

use std::{
    env,
    fmt::Write as _,
    fs,
    hint::black_box,
    process::{Command, ExitCode},
};

use mqtt_dash::{
    config::read_dashboard,
    model::json_path::{JsonPath, find_all},
};

#[path = "../tests/fixtures/mod.rs"]
mod fixtures;

use fixtures::{
    load::{self, NOW, payload, render_frame},
    measurement::is_bench_run,
};

/// The variable that makes this program the one that is counted: how often to run a part, and its name.
const COUNTED: &str = "INSTRUCTIONS_OF";
const BASELINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions.txt");
/// The preparation of a part is not to be counted: the part is run a few and many times, and the difference
/// is divided by the runs in between.
const RUNS: [u64; 2] = [5, 25];
/// A part may take this many times the instructions of the baseline.
const TOLERANCE: f64 = 1.1;

/// A part: its name says what one run does; it is prepared once and run repeatedly.
type Part = (&'static str, fn() -> Box<dyn FnMut(usize)>);

const PARTS: [Part; 6] = [
    ("1,000 messages for 1,000 tiles with a JSON path", || {
        let mut app = load::app(1_000, "watch");
        Box::new(move |turn| {
            app.update(load::batch(0..1_000, turn), NOW);
            app.resolve_values(NOW);
        })
    }),
    ("a frame of 200 tiles, one of which has changed", || {
        let (mut app, mut screen, theme) = (load::app(200, "watch"), load::FrameBuffers::default(), load::theme());
        Box::new(move |turn| {
            app.update(load::batch(6..7, turn), NOW);
            black_box(render_frame(&mut app, &mut screen, &theme));
        })
    }),
    ("a frame of 200 tiles that all have changed", || {
        let (mut app, mut screen, theme) = (load::app(200, "watch"), load::FrameBuffers::default(), load::theme());
        Box::new(move |turn| {
            app.update(load::batch(0..200, turn), NOW);
            black_box(render_frame(&mut app, &mut screen, &theme));
        })
    }),
    ("four values out of one payload of 92 bytes", || {
        let paths = ["$.value", "$.on", "$.unit", "$.seq"].map(|path| JsonPath::parse(path).expect("a path"));
        Box::new(move |turn| drop(black_box(find_all(payload(turn).as_bytes(), &paths.each_ref()))))
    }),
    ("a JSON path that names many places", || {
        let path = JsonPath::parse("$..value").expect("a path");
        Box::new(move |turn| drop(black_box(find_all(payload(turn).as_bytes(), &[&path]))))
    }),
    ("a dashboard of 200 tiles, read from its text", || {
        let text = load::dashboard(200, "watch");
        Box::new(move |_| drop(black_box(read_dashboard("bench.toml", &text))))
    }),
];

fn main() -> ExitCode {
    if let Ok(wanted) = env::var(COUNTED) {
        let (runs, name) = wanted.split_once(' ').expect("a number and a name");
        let (_, prepare) = PARTS.iter().find(|(part, _)| *part == name).expect("a known part");
        let mut part = prepare();
        (0..runs.parse().expect("a number")).for_each(&mut part);
        return ExitCode::SUCCESS;
    }
    if !is_bench_run() {
        return ExitCode::SUCCESS;
    }
    if cfg!(debug_assertions) {
        println!("counted in a debug build: the numbers mean nothing");
        return ExitCode::FAILURE;
    }
    let counts: Vec<(&str, u64)> = PARTS.iter().map(|(name, _)| (*name, instructions(name))).collect();
    if env::args().any(|argument| argument == "--write") {
        return write(&counts);
    }
    compare(&counts)
}

/// The instructions of one run of a part.
fn instructions(name: &str) -> u64 {
    let [few, many] = RUNS.map(|runs| {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
        let program = env::current_exe().expect("the path of this program");
        let output = valgrind.arg(program).env(COUNTED, format!("{runs} {name}")).output();
        let output = output.expect("valgrind is installed (`apt-get install valgrind`)");
        let report = String::from_utf8_lossy(&output.stderr);
        let count = report.lines().find_map(|line| line.split_once("Collected :")).map(|(_, count)| count.trim());
        count
            .and_then(|count| count.parse::<u64>().ok())
            .unwrap_or_else(|| panic!("callgrind reports no count: {report}"))
    });
    many.saturating_sub(few) / (RUNS[1] - RUNS[0])
}

fn compiler() -> String {
    let output = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())).arg("--version").output();
    output.map_or_else(|_| "unknown".to_owned(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[expect(clippy::disallowed_methods, reason = "a file of this repository, not of a user")]
fn write(counts: &[(&str, u64)]) -> ExitCode {
    let mut text = format!("# Instructions of one run, by {}; see benches/instructions.rs.\n", compiler());
    for (name, count) in counts {
        let _ = writeln!(text, "{count:>10}  {name}");
    }
    print!("{text}");
    fs::write(BASELINE, text).expect("the file can be written");
    ExitCode::SUCCESS
}

fn compare(counts: &[(&str, u64)]) -> ExitCode {
    let baseline = fs::read_to_string(BASELINE).expect("benches/instructions.txt");
    let expected = |name: &str| {
        let line = baseline.lines().find_map(|line| line.trim().split_once("  ").filter(|(_, known)| *known == name));
        line.and_then(|(count, _)| count.parse::<u64>().ok())
    };
    println!("baseline {}", baseline.lines().next().unwrap_or_default().trim_start_matches("# "));
    println!("counted by {}\n", compiler());
    let mut exceeded = 0;
    for (name, count) in counts {
        let Some(before) = expected(name) else {
            println!("{count:>10}  {name}: not in the baseline");
            exceeded += 1;
            continue;
        };
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let ratio = *count as f64 / before as f64;
        let verdict = if ratio > TOLERANCE { "  TOO MANY" } else { "" };
        println!("{count:>10}  {name}: {:+.1} %{verdict}", (ratio - 1.) * 100.);
        exceeded += u32::from(ratio > TOLERANCE);
    }
    if exceeded > 0 {
        println!("\n{exceeded} parts take more than 10 % more; `-- --write` updates the baseline");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
