//! The policies to start from: each checks without errors, compiles, and is laid out as `fmt` would.

use std::path::PathBuf;

use crate::byokc::{project, run};

fn shipped() -> Vec<PathBuf> {
    let all = walkdir::WalkDir::new(project().join("policies")).sort_by_file_name().into_iter().map(|entry| entry.unwrap().into_path());
    all.filter(|path| path.extension().is_some_and(|extension| extension == "byok")).collect()
}

#[test]
fn each_is_clean_but_for_what_is_not_decided_yet() {
    let files = shipped();
    assert!(files.len() >= 6, "five policies and the guardrails of one");
    for file in files {
        let ran = run(project(), &["check", "--as-of", "2026-11-24", "--output", "json", file.to_str().unwrap()], b"");
        assert_eq!(ran.code, 0, "{}", ran.stdout);
        let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        for finding in report["findings"].as_array().unwrap() {
            assert_eq!(finding["code"], "BYOK806", "{}: {finding}", file.display());
        }
    }
}

#[test]
fn each_is_in_the_canonical_layout() {
    let ran = run(project(), &["fmt", "--check", "policies"], b"");
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));
}
