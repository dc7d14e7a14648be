//! What holds for the whole house: licences, what is linked, what is written down.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Licences a dependency may have. MPL-2.0 only for crates that are used unmodified, OFL and Ubuntu only for
/// fonts, IJG for the JPEG tables.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "IJG",
    "ISC",
    "MIT",
    "MPL-2.0",
    "OFL-1.1",
    "Ubuntu-font-1.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
];

/// Crates that speak to a network. D-Bus (`zbus`, for file dialogs and screen readers) and X11 (`x11rb`) speak to
/// this machine's own session only.
const NETWORK: &[&str] = &[
    "attohttpc",
    "curl",
    "egui_inspection",
    "h2",
    "hyper",
    "isahc",
    "mio",
    "native-tls",
    "openssl",
    "quinn",
    "reqwest",
    "rustls",
    "socket2",
    "surf",
    "tokio",
    "tungstenite",
    "ureq",
    "webbrowser",
];

/// The traps of DICOM that viewers meet are numbered, and each has a test that is named after it. 29 (segmentations)
/// has no code yet.
#[test]
fn every_trap_has_a_test_of_its_number() {
    let mut held = BTreeSet::new();
    for folder in ["src", "tests"] {
        for file in rust_files(&root().join(folder)) {
            let text = std::fs::read_to_string(file).unwrap();
            for name in text.split("fn trap_").skip(1).filter_map(|rest| rest.split('(').next()) {
                // "20_21_22_pet_of_every_unit" holds three.
                held.extend(name.split('_').map_while(|part| part.parse::<u32>().ok()));
            }
        }
    }
    let missing: Vec<u32> = (1..=30).filter(|n| *n != 29 && !held.contains(n)).collect();
    assert!(missing.is_empty(), "no test for {missing:?}");
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let inside = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = |path: PathBuf| if path.is_dir() { rust_files(&path) } else { vec![path] };
    inside.flat_map(files).filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Cargo's own account of the default build for this machine, without a look at any network.
fn metadata() -> Value {
    let rustc = Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(rustc.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--locked", "--format-version", "1", "--filter-platform", host])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    serde_json::from_slice(&cargo.stdout).unwrap()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

/// Name and activated features of every package that the default build links: no tests, no build scripts.
fn linked() -> BTreeMap<String, Vec<String>> {
    let metadata = metadata();
    let names: BTreeMap<&str, &str> =
        metadata["packages"].as_array().unwrap().iter().map(|p| (text(p, "id"), text(p, "name"))).collect();
    let nodes: BTreeMap<&str, &Value> =
        metadata["resolve"]["nodes"].as_array().unwrap().iter().map(|n| (text(n, "id"), n)).collect();
    let mut found = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![metadata["resolve"]["root"].as_str().unwrap()];
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        let node = nodes[id];
        let features = node["features"].as_array().unwrap().iter().map(|f| f.as_str().unwrap().to_owned());
        found.entry(names[id].to_owned()).or_insert_with(Vec::new).extend(features);
        for dependency in node["deps"].as_array().unwrap() {
            if dependency["dep_kinds"].as_array().unwrap().iter().any(|kind| kind["kind"].is_null()) {
                open.push(text(dependency, "pkg"));
            }
        }
    }
    found
}

/// Whether an SPDX expression can be met with allowed licences alone. Old manifests write "/" for OR.
fn is_allowed(licence: &str) -> bool {
    let spaced = licence.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (allowed, rest) = either(&words);
    allowed && rest.is_empty()
}

fn either<'a>(words: &'a [&'a str]) -> (bool, &'a [&'a str]) {
    let (mut allowed, mut rest) = both(words);
    while let ["OR", more @ ..] = rest {
        if more.is_empty() {
            return (false, rest); // nothing to choose from: not an expression
        }
        let (other, after) = both(more);
        (allowed, rest) = (allowed || other, after);
    }
    (allowed, rest)
}

fn both<'a>(words: &'a [&'a str]) -> (bool, &'a [&'a str]) {
    let (mut allowed, mut rest) = one(words);
    while let ["AND", more @ ..] = rest {
        let (other, after) = one(more);
        (allowed, rest) = (allowed && other, after);
    }
    (allowed, rest)
}

fn one<'a>(words: &'a [&'a str]) -> (bool, &'a [&'a str]) {
    match words {
        ["(", inside @ ..] => {
            let (allowed, rest) = either(inside);
            (allowed, rest.get(1..).unwrap_or_default())
        }
        // An exception only permits more.
        [licence, "WITH", _, rest @ ..] | [licence, rest @ ..] => (ALLOWED.contains(licence), rest),
        [] => (false, words),
    }
}

#[test]
fn licence_expressions_are_read() {
    for good in [
        "MIT",
        "MIT/Apache-2.0",
        "GPL-2.0-only OR MIT",
        "(MIT OR GPL-3.0) AND OFL-1.1",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(is_allowed(good), "{good}");
    }
    for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR ISC) AND LGPL-2.1", "MIT OR", "SSPL-1.0 OR GPL-2.0-only"] {
        assert!(!is_allowed(bad), "{bad}");
    }
}

#[test]
fn every_dependency_has_an_allowed_licence() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "only {} packages were listed", packages.len());
    let refused: Vec<String> = packages
        .iter()
        .filter(|package| !is_allowed(text(package, "license")))
        .map(|package| {
            format!("{} {}: {:?}", text(package, "name"), text(package, "version"), text(package, "license"))
        })
        .collect();
    assert!(refused.is_empty(), "licences that are not on the list:\n{}", refused.join("\n"));
}

#[test]
fn the_default_build_can_neither_be_driven_from_outside_nor_reach_a_network() {
    let linked = linked();
    assert!(!linked["eframe"].iter().any(|feature| feature == "inspection"), "inspection is on by default");
    assert!(linked.contains_key("rusqlite"), "the walk over the dependencies found too little");
    let network: Vec<_> = NETWORK.iter().filter(|name| linked.contains_key(**name)).collect();
    assert!(network.is_empty(), "crates that reach a network: {network:?}");
}

#[test]
fn no_source_opens_a_connection() {
    for (file, source) in texts().into_iter().filter(|(file, _)| file.starts_with("src")) {
        for word in ["std::net", "core::net", "TcpStream", "TcpListener", "UdpSocket"] {
            assert!(!source.contains(word), "{} names {word}", file.display());
        }
    }
}

#[test]
fn no_path_of_somebodys_machine_is_written_down() {
    // Put together here, so that this file does not hold them itself.
    let paths = ["root", "work", "home", "Users"].map(|folder| format!("/{folder}/"));
    let texts = texts();
    assert!(texts.len() > 100, "only {} files were read", texts.len());
    for (file, text) in texts {
        for path in &paths {
            assert!(!text.contains(path.as_str()), "{} names {path}", file.display());
        }
    }
}

/// The dependencies of a manifest with what it says of them, without comments.
fn dependencies(manifest: &str) -> BTreeMap<String, String> {
    let section = manifest.split("\n[dependencies]\n").nth(1).unwrap_or_default();
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    let entries = lines.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "));
    entries
        .map(|(name, spec)| (name.to_owned(), spec.split(" #").next().unwrap_or_default().trim().to_owned()))
        .collect()
}

/// Plain cargo does not see `fuzz`, which takes modules of this package in by their files: what they need, it names
/// in the same words.
#[test]
fn the_fuzz_crate_names_what_its_modules_need() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).unwrap();
    let (own, fuzz) = (dependencies(&read("Cargo.toml")), dependencies(&read("fuzz/Cargo.toml")));
    assert!(own.len() > 20 && fuzz.len() > 10, "{} and {}", own.len(), fuzz.len());
    let taken = read("fuzz/src/lib.rs");
    let modules: Vec<&str> =
        taken.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert!(modules.len() > 5);
    let sources: Vec<String> = modules
        .iter()
        .flat_map(|module| rust_files(&root().join("src").join(module)))
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect();
    for (name, spec) in &own {
        let path = format!("{}::", name.replace('-', "_"));
        if sources.iter().any(|source| source.contains(&path)) {
            assert_eq!(fuzz.get(name), Some(spec), "{name}");
        }
    }
}

#[test]
fn every_dependency_says_what_it_is_for() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let (mut in_dependencies, mut block_has_reason, mut seen) = (false, false, 0);
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            in_dependencies = line.ends_with("dependencies]");
        }
        if line.is_empty() || line.starts_with('[') {
            block_has_reason = false;
        } else if line.starts_with('#') {
            block_has_reason = true;
        } else if in_dependencies {
            seen += 1;
            assert!(block_has_reason || line.contains(" # "), "Cargo.toml gives no reason for: {line}");
        }
    }
    assert!(seen > 20, "only {seen} dependencies were read");
}

/// Every text file of the repository, by its path in it.
fn texts() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                let skipped = ["target", ".git"].iter().any(|name| path.ends_with(name));
                if !skipped {
                    folders.push(path);
                }
            } else if !path.ends_with(".git") // a file in a linked worktree
                && let Ok(text) = std::fs::read_to_string(&path)
            {
                found.push((path.strip_prefix(root()).unwrap().to_owned(), text));
            }
        }
    }
    found.sort();
    found
}
