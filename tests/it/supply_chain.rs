//! What `cargo deny check licenses bans sources` cannot check: that `deny.toml` itself stays strict, that
//! each of its exceptions has a reason, and that the reasons are still true.

use std::{collections::BTreeSet, process::Command};

use serde_json::Value as Json;
use toml::{Table, Value};

use crate::fixtures::{process, repository};

fn toml(name: &str) -> Table {
    repository::read(name).parse().expect("valid TOML")
}

fn text<'a>(table: &'a Value, key: &str) -> &'a str {
    table.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The packages for this platform, from `cargo metadata`.
fn metadata() -> Json {
    let host = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let platform = if cfg!(target_os = "linux") { vec!["--filter-platform", &host] } else { Vec::new() };
    let mut command = Command::new(env!("CARGO"));
    command.args(["metadata", "--format-version", "1", "--locked", "--offline"]).args(platform);
    let output = process::output(command.current_dir(repository::path("")));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("valid JSON")
}

fn packages(metadata: &Json) -> &[Json] {
    metadata["packages"].as_array().expect("a list of packages")
}

/// The identifiers of the packages with this name.
fn package_ids<'a>(metadata: &'a Json, name: &str) -> Vec<&'a str> {
    let is_meant = |package: &&Json| package["name"] == name;
    packages(metadata).iter().filter(is_meant).filter_map(|package| package["id"].as_str()).collect()
}

/// The names of the packages that depend on a package.
fn dependents<'a>(metadata: &'a Json, id: &str) -> BTreeSet<&'a str> {
    let nodes = metadata["resolve"]["nodes"].as_array().expect("a list of resolved packages");
    let depends = |node: &&Json| {
        node["dependencies"].as_array().is_some_and(|dependencies| dependencies.iter().any(|other| other == id))
    };
    let ids: BTreeSet<&str> = nodes.iter().filter(depends).filter_map(|node| node["id"].as_str()).collect();
    let is_dependent = |package: &&Json| package["id"].as_str().is_some_and(|id| ids.contains(id));
    packages(metadata).iter().filter(is_dependent).filter_map(|package| package["name"].as_str()).collect()
}

#[test]
fn rumqttc_brings_no_tls_of_its_own() {
    let metadata = metadata();
    for name in ["rustls-webpki", "tokio-rustls"] {
        for id in package_ids(&metadata, name) {
            assert!(!dependents(&metadata, id).contains("rumqttc"), "the features of rumqttc add {id}");
        }
    }
}

#[test]
fn every_exception_in_deny_toml_has_a_reason() {
    let deny = toml("deny.toml");
    let ignored = deny["advisories"]["ignore"].as_array().expect("a list of exceptions");
    assert_eq!(ignored.len(), 0);
    for exception in ignored {
        let has_reason = text(exception, "id").starts_with("RUSTSEC-") && text(exception, "reason").len() > 10;
        assert!(has_reason, "{exception}");
    }
    for ban in deny["bans"]["deny"].as_array().expect("a list of bans") {
        assert!(text(ban, "reason").len() > 10, "{ban}");
    }
}

#[test]
fn deny_toml_forbids_other_sources_and_copyleft_licenses() {
    let deny = toml("deny.toml");
    for kind in ["unknown-registry", "unknown-git"] {
        assert_eq!(text(&deny["sources"], kind), "deny", "{kind}");
    }
    let registries = deny["sources"]["allow-registry"].as_array().expect("a list of registries");
    assert_eq!(registries, &[Value::from("https://github.com/rust-lang/crates.io-index")]);
    let licenses = deny["licenses"]["allow"].as_array().expect("a list of licenses");
    let is_copyleft = |license: &&Value| license.as_str().is_none_or(|name| name.contains("GPL"));
    assert_eq!(licenses.iter().find(is_copyleft), None);
}

/// `cargo deny` finds the crates that `deny.toml` bans; two more must not be there either.
#[test]
fn rustls_with_ring_is_the_only_tls_library() {
    let deny = toml("deny.toml");
    let bans = deny["bans"]["deny"].as_array().expect("a list of bans");
    let banned: BTreeSet<&str> = bans.iter().map(|ban| text(ban, "crate")).collect();
    assert_eq!(banned, ["aws-lc-rs", "aws-lc-sys", "openssl-sys"].into());
    let lock = toml("Cargo.lock");
    let locked = lock["package"].as_array().expect("a list of packages").iter().map(|package| text(package, "name"));
    let locked: BTreeSet<&str> = locked.collect();
    assert!(locked.contains("rustls") && locked.len() > 100, "{} packages", locked.len());
    for absent in ["native-tls", "openssl"] {
        assert!(!locked.contains(absent), "{absent}");
    }
}

/// Their default features would add a second TLS library, image formats or a C library.
#[test]
fn dependencies_with_large_defaults_have_them_disabled() {
    let cargo = toml("Cargo.toml");
    for name in ["rumqttc", "rustls", "ureq", "image", "mqtt5", "rquickjs", "ratatui"] {
        let default_features = cargo["dependencies"][name].get("default-features").and_then(Value::as_bool);
        assert_eq!(default_features, Some(false), "{name}");
    }
}
