//! `mqtt-dash`: arguments in, exit status out.
fn main() {}
