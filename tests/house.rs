//! The rules of the house, kept by reading the sources: who may import whom, how every file begins,
//! and that nothing unfinished stands anywhere.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What each room may import from this crate. `run`, `cli` and `main` may see all.
const MAY: &[(&str, &[&str])] = &[
    ("model", &["model"]),
    ("app", &["app", "model"]),
    ("ui", &["ui", "app", "model"]),
    ("mqtt", &["mqtt", "model"]),
    ("store", &["store", "model"]),
    ("watch", &["watch"]),
    ("script", &["script", "model"]),
    ("exchange", &["exchange", "model", "store"]),
    ("picture", &["picture", "app", "model"]),
    ("demo", &["demo", "model", "mqtt"]),
];

/// Crates that are a screen, a socket, a disk or a runtime: the core knows none of them.
const OUTSIDE: &[&str] =
    &["ratatui", "crossterm", "rumqttc", "tokio", "toml_edit", "directories", "image::", "std::fs", "std::net"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

fn files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    assert!(found.len() > 60, "the sources are where they are looked for");
    let named = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        (path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/"), text)
    };
    found.into_iter().map(named).collect()
}

/// The sources without their tests.
fn product() -> Vec<(String, String)> {
    let is_test = |name: &str| name.ends_with("tests.rs");
    let cut = |text: String| text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
    files().into_iter().filter(|(name, _)| !is_test(name)).map(|(name, text)| (name, cut(text))).collect()
}

fn room(name: &str) -> &str {
    name.split('/').next().unwrap().trim_end_matches(".rs")
}

#[test]
fn imports_point_down_only() {
    for (name, text) in product() {
        let Some((_, may)) = MAY.iter().find(|(known, _)| *known == room(&name)) else { continue };
        // `use crate::{a, b}` and `crate::a::…` alike.
        for part in text.split("crate::").skip(1) {
            let part = part.trim_start();
            let names: Vec<&str> = match part.strip_prefix('{') {
                Some(list) => top_level(list),
                None => vec![part.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap()],
            };
            for import in names.into_iter().filter(|import| !import.is_empty()) {
                assert!(may.contains(&import), "{name} imports crate::{import}; it may import {may:?}");
            }
        }
    }
}

/// The first names in a braced list, without what stands in inner braces.
fn top_level(list: &str) -> Vec<&str> {
    let mut depth = 0_i32;
    let mut names = Vec::new();
    let mut begin = Some(0);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begin = None,
            c if depth == 0 && begin.is_none() && c.is_alphabetic() => {
                begin = Some(at);
                names.push(first_word(&list[at..]));
            }
            _ => {}
        }
    }
    names.push(first_word(list.trim_start()));
    names
}

fn first_word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap()
}

#[test]
fn the_core_knows_no_screen_no_socket_no_disk() {
    for (name, text) in product().iter().filter(|(name, _)| ["model", "app"].contains(&room(name))) {
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for crate_name in OUTSIDE {
                let used = line.contains(&format!("{crate_name}::")) || line.contains(&format!("use {crate_name}"));
                assert!(!used, "{name}: {line}");
            }
        }
    }
}

#[test]
fn every_file_says_what_it_is() {
    for (name, text) in files() {
        assert!(text.starts_with("//! "), "{name} begins with a sentence about itself");
    }
}

/// The one file that may be unsafe: the border to the firmware's core, which is C.
const BORDER: &str = "demo/board/core.rs";

#[test]
fn only_the_border_to_the_firmware_is_unsafe_and_it_says_why() {
    let word = concat!("uns", "afe");
    let [build, tests, benches] =
        ["build.rs", "tests", "benches"].map(|place| Path::new(env!("CARGO_MANIFEST_DIR")).join(place));
    let mut found = vec![build];
    sources(&tests, &mut found);
    sources(&benches, &mut found);
    let found = found.into_iter().map(|path| (path.display().to_string(), fs::read_to_string(path).unwrap()));
    for (name, text) in files().into_iter().chain(found) {
        let code: Vec<&str> = text.lines().map(str::trim).collect();
        let uses = |line: &str| {
            !line.starts_with("//") && line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == word)
        };
        if name != BORDER {
            assert!(!code.iter().any(|line| uses(line)), "{name} holds {word} code");
            continue;
        }
        let block = |line: &str| {
            uses(line)
                && (line.contains(&format!("{word} {{"))
                    || line.contains(&format!("{word} impl"))
                    || line.starts_with(&format!("{word} extern \"C\" {{")))
        };
        let blocks: Vec<usize> = (0..code.len()).filter(|at| block(code[*at])).collect();
        assert!(blocks.len() > 10, "the border is where it is looked for");
        for at in blocks {
            let reason = code[..at].iter().rev().take(4).any(|line| line.starts_with("// SAFETY: "));
            assert!(reason, "{name}, line {}: no reason for {word} code", at + 1);
        }
    }
}

#[test]
fn files_stay_small() {
    const MOST: usize = 400;
    const TABLES: [&str; 2] = ["model/icon/table.rs", "ui/keys.rs"];
    for (name, text) in product() {
        if !TABLES.contains(&name.as_str()) {
            let lines = text.lines().count();
            assert!(lines <= MOST, "{name} has {lines} lines without its tests: is a room missing?");
        }
    }
}

#[test]
fn nothing_unfinished_stands_anywhere() {
    let words = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
        concat!("XX", "X"),
    ];
    for (name, text) in files() {
        for word in words {
            assert!(!text.contains(word), "{name} holds {word}");
        }
    }
}
