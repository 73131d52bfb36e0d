//! The `mqtt-dash` binary: parses the arguments, runs the subcommand and returns its exit code.

fn main() -> std::process::ExitCode {
    mqtt_dash::ui::terminal::restore_on_panic();
    mqtt_dash::cli::main()
}
