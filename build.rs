//! Compiles the firmware's portable core, `device/core`, into the program: the demo's boards run it.

/// The directory of the firmware's core.
#[cfg(feature = "demo")]
const CORE: &str = "device/core";
/// Exports the memory layout of the C types, which Rust checks against its own.
#[cfg(feature = "demo")]
const LAYOUT: &str = "src/demo/board/layout.c";

#[cfg(feature = "demo")]
fn main() {
    println!("cargo::rerun-if-changed={CORE}");
    println!("cargo::rerun-if-changed={LAYOUT}");
    let entries = std::fs::read_dir(CORE).unwrap_or_else(|error| panic!("cannot read {CORE}: {error}"));
    let mut sources: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    sources.retain(|path| path.extension().is_some_and(|extension| extension == "c"));
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
