//! The architecture, checked by parsing the sources: which module may import which, which crates the core
//! may use, and how a source file is written.

use crate::fixtures::repository::rust_sources;

use self::paths::SourcePaths;

mod paths;

/// What each top-level module may import from this crate. The others may import everything.
const ALLOWED_IMPORTS: &[(&str, &[&str])] = &[
    ("decode", &["decode"]),
    ("model", &["model", "decode"]),
    ("app", &["app", "model", "decode"]),
    ("ui", &["ui", "app", "model", "panics"]),
    ("mqtt", &["mqtt", "model", "file_access", "panics"]),
    ("config", &["config", "model", "decode", "file_access", "panics"]),
    ("watch", &["watch"]),
    ("script", &["script", "model"]),
    ("mqtt_dash_app", &["mqtt_dash_app", "model", "config"]),
    ("media", &["media", "app", "model", "panics"]),
    ("file_access", &["file_access"]),
    ("panics", &["panics"]),
    ("demo", &["demo", "model", "mqtt", "file_access"]),
];

/// Exceptions to [`ALLOWED_IMPORTS`]: file and module.
const IMPORT_EXCEPTIONS: &[(&str, &str)] = &[];

/// The modules of the core.
const CORE: [&str; 3] = ["decode", "model", "app"];

/// Crates and modules that reach the screen, the network, the disk, a clock or a runtime: the core uses none
/// of them.
const OUTSIDE: &[&[&str]] = &[
    &["ratatui"],
    &["crossterm"],
    &["rumqttc"],
    &["tokio"],
    &["toml_edit"],
    &["directories"],
    &["image"],
    &["std", "fs"],
    &["std", "net"],
    &["std", "thread"],
    &["std", "process"],
    &["std", "time", "Instant"],
    &["std", "time", "SystemTime"],
];

/// Exceptions to [`OUTSIDE`]: file and path.
const CORE_EXCEPTIONS: &[(&str, &str)] = &[];

/// The modules whose children must not import each other in a cycle. Inside a child, `mod.rs` and the other files name
/// each other: it declares and exports them, and they use what it defines.
const WITHOUT_CYCLES: [&str; 5] = ["model", "app", "app::editing", "app::form", "app::screens"];

/// The only file with unsafe code: the interface to the firmware's core, which is written in C.
const UNSAFE_FILE: &str = "demo/board/core.rs";

/// The files that write to the terminal.
const PRINTING_FILES: [&str; 2] = ["cli/output.rs", "ui/terminal.rs"];

/// The most lines of a source file without its tests.
const MAX_LINES: usize = 300;
/// The most lines of a function, from its signature to its closing brace.
const MAX_FUNCTION_LINES: usize = 50;
/// Files that consist of a single table.
const TABLES: [&str; 1] = ["model/icon/table.rs"];

fn sources() -> Vec<(String, String)> {
    let sources = rust_sources("src");
    assert!(sources.len() > 60, "only {} source files found", sources.len());
    sources
}

fn top_level_module(file: &str) -> &str {
    file.split('/').next().unwrap().trim_end_matches(".rs")
}

#[test]
fn modules_import_only_what_their_layer_allows() {
    let sources = SourcePaths::parse(&sources());
    for (module, _) in ALLOWED_IMPORTS {
        let exists = sources.files().any(|(file, _)| top_level_module(file) == *module);
        assert!(exists, "there is no module {module}");
    }
    let mut forbidden = Vec::new();
    for (file, paths) in sources.files() {
        let Some((_, allowed)) = ALLOWED_IMPORTS.iter().find(|(module, _)| *module == top_level_module(file)) else {
            continue;
        };
        for imported in paths.crate_modules() {
            if !allowed.contains(&imported) && !IMPORT_EXCEPTIONS.contains(&(file, imported)) {
                forbidden.push(format!("{file} imports crate::{imported}; allowed are {allowed:?}"));
            }
        }
    }
    assert!(forbidden.is_empty(), "{forbidden:#?}");
}

#[test]
fn modules_of_the_core_import_each_other_without_cycles() {
    let sources = SourcePaths::parse(&sources());
    for parent in WITHOUT_CYCLES {
        let mut imports = sources.imports_between_children(parent);
        assert!(imports.len() > 1, "{parent}: {imports:?}");
        // A module that imports none of the others is in no cycle, and then the same holds for those that import only
        // it.
        while let Some(leaf) = imports.iter().find(|(_, others)| others.is_empty()).map(|(module, _)| module.clone()) {
            imports.remove(&leaf);
            for imported in imports.values_mut() {
                imported.remove(&leaf);
            }
        }
        assert!(imports.is_empty(), "in {parent}, these are in a cycle, or import one that is: {imports:#?}");
    }
}

#[test]
fn core_uses_no_screen_network_disk_or_runtime() {
    let sources = SourcePaths::parse(&sources());
    let mut forbidden = Vec::new();
    for (file, paths) in sources.files().filter(|(file, _)| CORE.contains(&top_level_module(file))) {
        for outside in OUTSIDE {
            let name = outside.join("::");
            if paths.uses(outside) && !CORE_EXCEPTIONS.contains(&(file, name.as_str())) {
                forbidden.push(format!("{file} uses {name}"));
            }
        }
    }
    assert!(forbidden.is_empty(), "{forbidden:#?}");
}

#[test]
fn every_source_file_begins_with_its_documentation() {
    for (file, text) in sources() {
        assert!(text.starts_with("//! "), "{file} does not begin with `//! `");
    }
}

#[test]
fn unsafe_code_is_in_one_file_and_each_block_has_a_reason() {
    let word = concat!("uns", "afe");
    let others = ["tests", "benches"].into_iter().flat_map(rust_sources);
    let build = ("build.rs".to_owned(), crate::fixtures::repository::read("build.rs"));
    for (file, text) in sources().into_iter().chain(others).chain([build]) {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let is_used = |line: &str| {
            !line.starts_with("//") && line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == word)
        };
        if file != UNSAFE_FILE {
            assert!(!lines.iter().any(|line| is_used(line)), "{file} has {word} code");
            continue;
        }
        let is_block = |line: &str| {
            is_used(line)
                && (line.contains(&format!("{word} {{"))
                    || line.contains(&format!("{word} impl"))
                    || line.starts_with(&format!("{word} extern \"C\" {{")))
        };
        let blocks: Vec<usize> = (0..lines.len()).filter(|index| is_block(lines[*index])).collect();
        assert!(blocks.len() > 10, "only {} blocks in {file}", blocks.len());
        for index in blocks {
            let has_reason = lines[..index].iter().rev().take(4).any(|line| line.starts_with("// SAFETY: "));
            assert!(has_reason, "{file}, line {}: {word} code without a reason", index + 1);
        }
    }
}

#[test]
fn source_files_without_their_tests_have_at_most_300_lines() {
    for (file, text) in sources() {
        if TABLES.contains(&file.as_str()) || file.ends_with("tests.rs") {
            continue;
        }
        let lines = text.lines().count() - lines_of_tests(&text);
        assert!(lines <= MAX_LINES, "{file} has {lines} lines without its tests");
    }
}

/// Returns the number of lines of the test modules in a file.
fn lines_of_tests(text: &str) -> usize {
    let mut lines = text.lines();
    let mut count = 0;
    while let Some(line) = lines.next() {
        if line == "#[cfg(test)]" {
            let module =
                lines.by_ref().take_while(|line| *line != "}" && !(line.starts_with("mod ") && line.ends_with(';')));
            count += 2 + module.count();
        }
    }
    count
}

/// Finds the end of a function by its indentation, which rustfmt keeps.
#[test]
fn functions_have_at_most_50_lines() {
    let is_function = |line: &str| {
        let declaration = line.split("fn ").next().unwrap_or_default();
        line.contains("fn ")
            && declaration.split_whitespace().all(|word| {
                word.starts_with("pub")
                    || ["const", "async", concat!("uns", "afe"), "in", "extern", "\"C\""].contains(&word)
                    || word.ends_with(')')
            })
    };
    let mut found = 0;
    for (file, text) in sources() {
        let lines: Vec<&str> = text.lines().collect();
        for (start, line) in lines.iter().enumerate().filter(|(_, line)| is_function(line)) {
            let indentation = &line[..line.len() - line.trim_start().len()];
            let end = lines[start..].iter().position(|line| {
                line.strip_prefix(indentation).is_some_and(|rest| rest.starts_with('}') || rest.ends_with(';'))
                    || (line.ends_with(" {}") && line.starts_with(indentation))
            });
            let length = end.map_or(usize::MAX, |end| end + 1);
            assert!(length <= MAX_FUNCTION_LINES, "{file}, line {}: a function of {length} lines", start + 1);
            found += 1;
        }
    }
    assert!(found > 2_000, "only {found} functions found");
}

/// What subcommands print is sanitized in one place; the terminal of the dashboard gets frames of sanitized cells.
#[test]
fn only_one_file_of_the_command_line_prints() {
    let prints = [concat!("print", "!("), concat!("print", "ln!("), "io::stdout()", "io::stderr()"];
    for (file, text) in sources().iter().filter(|(file, _)| !PRINTING_FILES.contains(&file.as_str())) {
        for (number, line) in (1..).zip(text.lines()) {
            let is_query = line.contains(".is_terminal()");
            let found = prints.iter().find(|print| line.contains(**print) && !is_query);
            assert!(found.is_none(), "{file}, line {number}: {} outside of {PRINTING_FILES:?}", found.unwrap_or(&""));
        }
    }
}

#[test]
fn sources_contain_no_unfinished_code() {
    let words = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
        concat!("XX", "X"),
    ];
    for (file, text) in sources() {
        for word in words {
            assert!(!text.contains(word), "{file} contains {word}");
        }
    }
}
