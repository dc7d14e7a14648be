//! The house stands on its ranks: a module names only lower ones, and egui stays in the window.

use std::path::{Path, PathBuf};

const RANKS: &[(&str, u32)] = &[
    ("geometry", 0),
    ("clinical", 0),
    ("volume", 1),
    ("dicom", 2),
    ("marks", 2),
    ("alignment", 2),
    ("outcome", 2),
    ("render", 3),
    ("cohort", 3),
    ("intake", 3),
    ("project", 3),
    ("phantom", 4),
    ("export", 4),
    ("hanging", 4),
    ("workbench", 5),
    ("app", 6),
    ("command_line", 6),
];

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// Every module of the crate that a source text names, through `crate::a` or `crate::{a, b::c}`.
fn named_modules(source: &str) -> Vec<String> {
    let code: String =
        source.lines().filter(|line| !line.trim_start().starts_with("//")).fold(String::new(), |mut all, line| {
            all.push_str(line);
            all.push('\n');
            all
        });
    let mut names = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            let mut first = true;
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => first = true,
                    c if depth == 0 && first && (c.is_alphanumeric() || c == '_') => word.push(c),
                    c if c.is_whitespace() => {}
                    _ => first = false,
                }
                if (!first || c == ',') && !word.is_empty() {
                    names.push(std::mem::take(&mut word));
                }
            }
            if !word.is_empty() {
                names.push(word);
            }
        } else {
            names.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    names
}

fn rank(module: &str) -> Option<u32> {
    RANKS.iter().find(|(name, _)| *name == module).map(|(_, rank)| *rank)
}

#[test]
fn a_module_names_only_lower_ranks() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (module, own) in RANKS {
        let mut files = Vec::new();
        rust_files(&src.join(module), &mut files);
        assert!(!files.is_empty(), "the module {module} has no source");
        for file in files {
            let source = std::fs::read_to_string(&file).unwrap();
            for name in named_modules(&source) {
                seen += 1;
                let Some(other) = rank(&name) else { continue };
                if name != *module && other >= *own {
                    wrong.push(format!(
                        "{} (in {module}, rank {own}) names {name}, rank {other}",
                        file.strip_prefix(&src).unwrap().display()
                    ));
                }
            }
        }
    }
    assert!(seen > 0, "no names were read at all");
    assert!(wrong.is_empty(), "a module may name only lower ranks:\n{}", wrong.join("\n"));
}

#[test]
fn every_module_of_the_crate_has_a_rank() {
    let lib = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    for line in lib.lines().filter_map(|line| line.strip_prefix("pub mod ")) {
        let module = line.trim_end_matches(';');
        assert!(rank(module).is_some(), "{module} has no rank: say in tests/ranks.rs where it stands");
    }
}

#[test]
fn egui_is_named_in_the_window_only() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    for file in files {
        let inside = file.strip_prefix(&src).unwrap();
        if inside.starts_with("app") || inside == Path::new("main.rs") {
            continue;
        }
        let source = std::fs::read_to_string(&file).unwrap();
        for word in ["egui::", "eframe::", "use egui", "use eframe"] {
            assert!(!source.contains(word), "{} names {word}", inside.display());
        }
    }
}

#[test]
fn the_rank_test_reads_groups() {
    assert_eq!(named_modules("use crate::{volume::Volume, app, dicom::{a, b}};"), ["volume", "app", "dicom"]);
    assert_eq!(named_modules("let x = crate::marks::Mask::new();"), ["marks"]);
    assert!(named_modules("// crate::app is above").is_empty());
}
