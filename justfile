# Shortcuts for common tasks. Install `just` with `cargo install just`, or read the commands here.

# List the recipes.
default:
    @just --list

# Run the demo: an embedded broker, simulated devices and their dashboards.
demo:
    cargo run --release -- demo

# Run the tests that need nothing but Cargo. Arguments filter them: `just test range_tile`.
test *args:
    cargo nextest run --locked {{ args }}

# Run all tests, including those against a real mosquitto, which must be installed.
test-all *args:
    cargo nextest run --locked --features mosquitto-tests {{ args }}

# Run the tests against mosquitto, RabbitMQ and aedes, or one of them: `just test-brokers rabbitmq`.
test-brokers *args:
    cargo test --locked --features conformance-tests --test conformance -- {{ args }}

# Review the changed insta snapshots.
review:
    cargo insta review

# Check format, lints, documentation and spelling.
lint:
    cargo fmt --check
    cargo clippy --locked --all-targets --features mosquitto-tests,conformance-tests -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items
    typos

# Check that the library builds with each cargo feature alone, and with none.
features:
    cargo hack check --locked --each-feature --no-dev-deps

# Check licenses, sources and banned crates.
deny:
    cargo deny check licenses bans sources

# Build the fuzz targets and run each for FUZZ_SECONDS, or the given ones: `just fuzz json_path`.
fuzz *targets:
    fuzz/run {{ targets }}

# Count the instructions of the hot paths and compare them with benches/instructions.txt. Needs valgrind.
instructions:
    cargo bench --locked --bench instructions

# Build the program as packages ship it: slow to build, small and fast.
dist:
    cargo build --locked --profile dist

# Build and test the firmware's portable core and its host build.
firmware:
    device/test/run

# Run the reference checks.
ci:
    .ci/run
