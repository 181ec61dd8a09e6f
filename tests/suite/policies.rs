//! The policies to start from: each checks without errors, compiles, and is laid out as `fmt` would.

use std::path::PathBuf;

use crate::byokc::{project, run};

fn shipped() -> Vec<PathBuf> {
    let all = walkdir::WalkDir::new(project().join("policies")).sort_by_file_name().into_iter().map(|entry| entry.unwrap().into_path());
    all.filter(|path| path.extension().is_some_and(|extension| extension == "byok")).collect()
}

#[test]
fn each_is_clean() {
    assert!(shipped().len() >= 6, "five policies and the guardrails of one");
    let ran = run(project(), &["check", "--as-of", "2026-11-24", "--output", "json", "policies"], b"");
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["policies"].as_array().unwrap().len(), 5, "the guardrails are no policy of their own");
    for finding in report["findings"].as_array().unwrap() {
        assert_eq!(finding["code"], "BYOK806", "{finding}");
    }
}

#[test]
fn each_is_in_the_canonical_layout() {
    let ran = run(project(), &["fmt", "--check", "policies"], b"");
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));
}
