//! `mqtt-dash`: arguments in, exit status out.

#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    mqtt_dash::ui::terminal::restore_on_panic();
    mqtt_dash::cli::main()
}
