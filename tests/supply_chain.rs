//! What this program is made of: `deny.toml` says what is allowed and why, and here the whys are
//! checked.

use std::{collections::BTreeSet, fs, path::Path};

use toml::{Table, Value};

fn read(name: &str) -> Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(path).expect("a file").parse().expect("TOML")
}

fn text<'a>(table: &'a Value, key: &str) -> &'a str {
    table.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn packages() -> Vec<Value> {
    read("Cargo.lock")["package"].as_array().expect("packages").clone()
}

/// Who depends on this version of a package.
fn who_needs(name: &str, version: &str) -> BTreeSet<String> {
    let alike = packages().iter().filter(|package| text(package, "name") == name).count();
    let wanted = if alike > 1 { format!("{name} {version}") } else { name.to_owned() };
    let needs = |package: &&Value| {
        let all = package.get("dependencies").and_then(Value::as_array);
        all.is_some_and(|all| all.iter().any(|one| one.as_str() == Some(&wanted)))
    };
    packages().iter().filter(needs).map(|package| text(package, "name").to_owned()).collect()
}

/// The versions of a package that begin so.
fn versions(name: &str, begin: &str) -> Vec<String> {
    let of = |package: &Value| text(package, "version").to_owned();
    let mut found: Vec<String> = packages().iter().filter(|package| text(package, "name") == name).map(of).collect();
    found.retain(|version| version.starts_with(begin));
    found
}

#[test]
fn the_old_webpki_is_reached_by_rumqttc_alone() {
    let old = versions("rustls-webpki", "0.102");
    assert_eq!(old.len(), 1, "if it is gone, so are the exceptions of deny.toml");
    assert_eq!(who_needs("rustls-webpki", &old[0]), ["rumqttc".to_owned()].into());
    let new = versions("rustls-webpki", "0.103");
    assert!(who_needs("rustls-webpki", &new[0]).contains("rustls"), "certificates are checked by the new one");
    let pemfile = versions("rustls-pemfile", "");
    assert_eq!(who_needs("rustls-pemfile", &pemfile[0]), ["rumqttc".to_owned()].into());
}

#[test]
fn each_exception_has_a_reason() {
    let deny = read("deny.toml");
    let ignored = deny["advisories"]["ignore"].as_array().expect("exceptions");
    assert_eq!(ignored.len(), 5);
    for one in ignored {
        assert!(text(one, "id").starts_with("RUSTSEC-") && text(one, "reason").len() > 10, "{one}");
    }
}

#[test]
fn everything_comes_from_the_registry_and_nothing_banned_is_there() {
    let deny = read("deny.toml");
    let registry = format!("registry+{}", deny["sources"]["allow-registry"][0].as_str().expect("a registry"));
    let banned: Vec<&str> =
        deny["bans"]["deny"].as_array().expect("bans").iter().map(|ban| text(ban, "crate")).collect();
    for package in packages() {
        let name = text(&package, "name");
        assert!(!banned.contains(&name), "{name} is banned");
        if name != env!("CARGO_PKG_NAME") {
            assert_eq!(text(&package, "source"), registry, "{name}");
            assert_eq!(text(&package, "checksum").len(), 64, "{name}");
        }
    }
}

/// Dependencies bring no more than is used: their defaults are off wherever they have some that matter.
#[test]
fn the_line_brings_no_second_tls() {
    let cargo = read("Cargo.toml");
    for name in ["rumqttc", "rustls", "ureq", "image", "mqtt5", "rquickjs", "ratatui"] {
        let off = cargo["dependencies"][name].get("default-features").and_then(Value::as_bool);
        assert_eq!(off, Some(false), "{name}");
    }
    for absent in ["native-tls", "openssl", "openssl-sys", "aws-lc-rs", "aws-lc-sys"] {
        assert_eq!(versions(absent, ""), Vec::<String>::new(), "{absent}");
    }
}

/// Each part of a licence must offer something that is allowed: `(MIT OR GPL-2.0-only) AND ISC`.
fn may_be_used(licence: &str, allowed: &[&str]) -> bool {
    licence.replace(" / ", " OR ").replace('/', " OR ").split(" AND ").all(|part| {
        part.trim_matches(['(', ')', ' ']).split(" OR ").any(|one| allowed.contains(&one.trim_matches(['(', ')', ' '])))
    })
}

#[test]
fn every_licence_is_allowed() {
    let deny = read("deny.toml");
    let allowed: Vec<&str> =
        deny["licenses"]["allow"].as_array().expect("licences").iter().filter_map(Value::as_str).collect();
    assert!(may_be_used("(Apache-2.0 OR GPL-2.0-only) AND ISC", &allowed));
    assert!(!may_be_used("MIT AND GPL-3.0-only", &allowed) && !may_be_used("", &allowed));
    let host = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let platform = if cfg!(target_os = "linux") { vec!["--filter-platform", &host] } else { Vec::new() };
    let output = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .args(platform)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("what cargo knows");
    let packages = told["packages"].as_array().expect("packages");
    assert!(packages.len() > 100);
    let unclear: Vec<String> = packages
        .iter()
        .filter(|package| !may_be_used(package["license"].as_str().unwrap_or_default(), &allowed))
        .map(|package| format!("{} {}: {}", package["name"], package["version"], package["license"]))
        .collect();
    assert!(unclear.is_empty(), "{unclear:#?}");
}
