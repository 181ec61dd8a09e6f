//! `byokc init`: a policy to start from.

use crate::byokc::{Folder, snapshot};

#[test]
fn the_starter_checks_clean_and_is_laid_out() {
    let folder = Folder::with(&[]);
    let ran = folder.run(&["init", "a/b"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));
    snapshot("init", "next_steps", &ran.stderr);
    let check = folder.run(&["check", "--as-of", "2026-11-24", "--fail-on", "warning", "a/b/policy.byok"]);
    assert_eq!(check.code, 0, "{}", check.stdout);
    assert_eq!(folder.run(&["fmt", "--check", "a/b"]).code, 0);
    assert_eq!(folder.run(&["compile", "a/b"]).code, 0);
}

#[test]
fn nothing_is_overwritten() {
    let folder = Folder::with(&[("policy.byok", "mine")]);
    let ran = folder.run(&["init"]);
    assert_eq!(ran.code, 4);
    snapshot("init", "exists", &ran.stderr);
    assert_eq!(folder.read("policy.byok"), "mine");
    assert_eq!(folder.run(&["init", "policy.byok"]).code, 4, "a file is no folder");
}
