//! Compiles the firmware's core, `device/core`, into the program: the board of the demo is that core.

/// The folder of the firmware's core.
#[cfg(feature = "demo")]
const CORE: &str = "device/core";
/// Tells Rust how C has laid out what crosses the border.
#[cfg(feature = "demo")]
const LAYOUT: &str = "src/demo/board/layout.c";

#[cfg(feature = "demo")]
fn main() {
    println!("cargo::rerun-if-changed={CORE}");
    println!("cargo::rerun-if-changed={LAYOUT}");
    let entries = std::fs::read_dir(CORE).unwrap_or_else(|fault| panic!("{CORE} cannot be read: {fault}"));
    let mut sources: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    sources.retain(|path| path.extension().is_some_and(|end| end == "c"));
    sources.sort();
    cc::Build::new()
        .files(sources)
        .file(LAYOUT)
        .include(CORE)
        .std("c11")
        .warnings(true)
        .extra_warnings(true)
        .flag_if_supported("-Wconversion")
        .compile("device_core");
}

#[cfg(not(feature = "demo"))]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}
