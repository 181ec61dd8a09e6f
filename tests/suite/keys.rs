//! `byokc keys` and `byokc check --keys`: what is there, what is not, and that no key is ever shown.

#[cfg(feature = "live")]
mod live;

use crate::byokc::{Folder, Ran, snapshot};

/// A key that must never be seen in any output.
const KEY: &str = "XyZZy-key-material-0123456789";

/// A policy with one provider `lab` and this for its key.
fn lab(key: &str) -> String {
    format!(
        "provider lab {{\n  protocol   openai_compatible\n  base_url   \"https://lab.example.com/v1\"\n  key        {key}\n  clearance  internal\n}}\n\
         model lab/m {{ context 8k output 1k supports streaming }}\nallow default {{ lab/* }}\n\
         route ask {{ accepts internal primary lab/m fallback none }}\n"
    )
}

/// What is said of a key from this source.
fn state(folder: &Folder, source: &str, arguments: &[&str]) -> (String, i32) {
    std::fs::write(folder.path("policy.byok"), lab(source)).unwrap();
    let ran = folder.run_env(&[&["keys", "policy.byok"], arguments].concat(), &[("LAB_KEY", KEY), ("EMPTY", "")]);
    silent(&ran);
    let line = ran.stdout.lines().nth(1).unwrap_or_else(|| panic!("no line: {ran:?}"));
    let state = line.split("provider lab").nth(1).unwrap().split("1 route: ask").next().unwrap().trim();
    (state.to_owned(), ran.code)
}

/// Neither the key nor a part of it.
fn silent(ran: &Ran) {
    for text in [&ran.stdout, &ran.stderr] {
        assert!(!text.contains("XyZZy") && !text.contains("material"), "{text}");
    }
}

#[test]
fn every_key_and_token() {
    let policy = include_str!("../corpus/show/support.byok");
    let folder = Folder::with(&[("policy.byok", policy)]);
    let ran = folder.run_env(&["keys", "policy.byok"], &[("OPENAI_API_KEY", KEY), ("GOOGLE_API_KEY", KEY), ("DOCS_TOKEN", KEY)]);
    silent(&ran);
    snapshot("keys", "support", &format!("exit {}\n{}\n{}", ran.code, ran.stdout, ran.stderr));
    let names = ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "OPENROUTER_API_KEY", "SUPPORT_AGENT_TOKEN", "DOCS_TOKEN"];
    let all: Vec<(&str, &str)> = names.iter().map(|name| (*name, KEY)).collect();
    assert_eq!(folder.run_env(&["keys", "policy.byok"], &all).code, 0);
}

#[test]
fn in_the_environment() {
    let folder = Folder::with(&[]);
    assert_eq!(state(&folder, "env LAB_KEY", &[]), ("found".to_owned(), 0));
    assert_eq!(state(&folder, "env NO_KEY", &[]), ("missing: the variable is not set".to_owned(), 1));
    assert_eq!(state(&folder, "env EMPTY", &[]), ("missing: the variable is empty".to_owned(), 1));
}

#[test]
fn in_a_file() {
    let folder = Folder::with(&[
        ("key", &format!("{KEY}\n")),
        ("empty", "\n"),
        ("two", "a\nb\n"),
        ("folder/file", ""),
        ("big", &"x".repeat(70_000)),
    ]);
    assert_eq!(state(&folder, "file \"key\"", &[]), ("found".to_owned(), 0));
    assert_eq!(state(&folder, "file \"empty\"", &[]), ("missing: the file is empty".to_owned(), 1));
    assert_eq!(state(&folder, "file \"nowhere\"", &[]), ("missing: the file does not exist".to_owned(), 1));
    assert_eq!(state(&folder, "file \"folder\"", &[]), ("missing: it is a folder".to_owned(), 1));
    assert_eq!(state(&folder, "file \"big\"", &[]), ("missing: the file holds more than 64 KiB".to_owned(), 1));
    assert!(state(&folder, "file \"two\"", &[]).0.contains("line breaks"));
}

#[test]
#[cfg(unix)]
fn from_a_program() {
    let folder = Folder::with(&[("key", KEY)]);
    let (said, code) = state(&folder, "exec \"cat\", \"key\"", &[]);
    assert_eq!((said.as_str(), code), ("not looked at: a program, which is run only with --allow-exec", 4));
    assert_eq!(state(&folder, "exec \"cat\", \"key\"", &["--allow-exec"]), ("found".to_owned(), 0));
    assert!(state(&folder, "exec \"cat\", \"nowhere\"", &["--allow-exec"]).0.contains("ends with exit code 1"));
    // No shell: the words are what the program gets.
    assert!(state(&folder, "exec \"cat key\"", &["--allow-exec"]).0.contains("cannot be started"));
    assert!(state(&folder, "exec \"echo\", \"$LAB_KEY\"", &["--allow-exec"]).0.contains("found"));
}

#[test]
#[cfg(unix)]
fn a_program_that_hangs_is_ended() {
    let folder = Folder::with(&[]);
    let start = std::time::Instant::now();
    let (said, code) = state(&folder, "exec \"sleep\", \"60\"", &["--allow-exec"]);
    assert_eq!((said.as_str(), code), ("missing: the program takes longer than 10s", 1));
    assert!(start.elapsed().as_secs() < 30);
}

#[test]
fn elsewhere() {
    let folder = Folder::with(&[]);
    let header = "comes with each request, in the header x-byok-key-lab";
    assert_eq!(state(&folder, "per_request", &[]), (header.to_owned(), 0));
    if !cfg!(feature = "keyring") {
        let (said, code) = state(&folder, "keyring \"service\" \"account\"", &[]);
        assert_eq!((said.as_str(), code), ("not looked at: this byokc was built without keyrings (feature `keyring`)", 4));
    }
}

#[test]
fn a_key_that_nobody_needs_may_be_missing() {
    let policy = lab("env LAB_KEY")
        + "provider spare { protocol openai_compatible base_url \"https://spare.example.com\" key env SPARE clearance internal }\n";
    let folder = Folder::with(&[("policy.byok", &policy)]);
    let ran = folder.run_env(&["keys", "policy.byok"], &[("LAB_KEY", KEY)]);
    assert!(ran.stdout.contains("nobody"), "{}", ran.stdout);
    assert_eq!(ran.code, 0);
}

#[test]
fn check_keys_finds_what_is_missing() {
    let folder = Folder::with(&[("policy.byok", &lab("env NO_KEY"))]);
    assert_eq!(folder.run(&["check", "policy.byok"]).code, 0);
    let ran = folder.run(&["check", "--keys", "policy.byok"]);
    snapshot("keys", "check", &ran.stdout);
    assert_eq!(ran.code, 1);
    let folder = Folder::with(&[("policy.byok", &lab("exec \"true\""))]);
    let ran = folder.run(&["check", "--keys", "policy.byok"]);
    let said = "error: the key of provider `lab` was not looked at: a program, which is run only with --allow-exec\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (4, said));
    assert_eq!(folder.run(&["check", "--keys", "--allow-exec", "policy.byok"]).code, 1);
    assert_eq!(folder.run(&["check", "--allow-exec", "policy.byok"]).code, 2);
}
