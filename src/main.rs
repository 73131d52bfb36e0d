//! `mqtt-dash`: arguments in, exit status out.

fn main() -> std::process::ExitCode {
    mqtt_dash::ui::terminal::restore_on_panic();
    mqtt_dash::cli::main()
}
