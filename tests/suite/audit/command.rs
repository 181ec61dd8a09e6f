//! The commands: what they print, and how they end.

use serde_json::Value;

use super::{compiled, legal, plan};
use crate::byokc::{Folder, project, run};

/// A folder with a plan and a log in two files.
fn place() -> (Folder, Vec<Vec<u8>>) {
    let text = compiled("tests/suite/audit", "everything.byok");
    let lines = legal(&plan(&text), 1, 12).1;
    let folder = Folder::with(&[("plan.json", &text)]);
    std::fs::write(folder.path("audit.jsonl.000001"), lines[..9].concat()).unwrap();
    std::fs::write(folder.path("audit.jsonl"), lines[9..].concat()).unwrap();
    std::fs::write(folder.path("audit.jsonl.bak"), "no log").unwrap();
    (folder, lines)
}

#[test]
fn a_log_is_verified_with_the_files_put_aside() {
    let (folder, lines) = place();
    let ran = folder.run(&["audit", "verify", "audit.jsonl", "--plan", "plan.json"]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    assert_eq!(ran.stderr, "reading audit.jsonl.000001, audit.jsonl\n");
    let head = format!("audit.jsonl is whole, and only what the plan allows has happened: {} records in 2 files, ", lines.len());
    assert!(ran.stdout.starts_with(&head), "{}", ran.stdout);
    let head = ran.stdout.lines().find_map(|line| line.strip_prefix("head: ")).expect("the head is there to be kept");
    assert!(head.ends_with(&format!("@{}", lines.len())));
    let known = folder.run(&["audit", "verify", "audit.jsonl", "--head", head]);
    assert_eq!(known.code, 0, "{}", known.stdout);
    assert!(known.stdout.contains("only the chain was checked"), "{}", known.stdout);
    let cut = folder.run(&["audit", "verify", "audit.jsonl.000001", "--head", head]);
    assert_eq!((cut.code, cut.stdout.contains("was cut off")), (1, true), "{}", cut.stdout);
    let piped = folder.run_with(&["audit", "verify", "-", "--plan", "plan.json"], &lines.concat());
    assert_eq!((piped.code, piped.stderr.as_str()), (0, ""), "{}", piped.stdout);
}

#[test]
fn what_is_wrong_stands_first() {
    let (folder, lines) = place();
    let mut changed = lines.clone();
    changed.remove(4);
    let ran = folder.run_with(&["audit", "verify", "-"], &changed.concat());
    assert_eq!(ran.code, 1);
    let first = ran.stdout.lines().next().unwrap();
    assert_eq!(first, "error: record 6 (<stdin>:5): record 5 before it was removed, or it is of another log");
    assert!(ran.stdout.contains("help: do not rely on what comes after the first fault"), "{}", ran.stdout);
}

#[test]
fn each_way_to_end_has_its_code() {
    let (folder, lines) = place();
    std::fs::write(folder.path("empty.jsonl"), "").unwrap();
    std::fs::write(folder.path("bad.json"), folder.read("plan.json").replacen("\"retries\": 2", "\"retries\": 3", 1)).unwrap();
    for (arguments, code, words) in [
        (vec!["verify", "empty.jsonl"], 3, "has no record"),
        (vec!["show", "empty.jsonl"], 3, "has no record"),
        (vec!["show", "plan.json"], 3, "has no record"),
        (vec!["verify", "nowhere.jsonl"], 4, "nowhere.jsonl cannot be read"),
        (vec!["show", "nowhere.jsonl"], 4, "nowhere.jsonl cannot be read"),
        (vec!["verify"], 2, "required"),
        (vec!["verify", "audit.jsonl", "--head", "12"], 2, "64 hexadecimal digits"),
        (vec!["verify", "audit.jsonl", "--plan", "nowhere.json"], 4, "nowhere.json"),
        (vec!["verify", "audit.jsonl", "--plan", "bad.json"], 1, "bad.json is refused"),
        (vec!["verify", "audit.jsonl", "--plan", "audit.jsonl"], 3, "audit.jsonl"),
        (vec!["verify", "audit.jsonl", "--output", "json=audit.jsonl"], 2, "would overwrite"),
    ] {
        let ran = folder.run(&[&["audit"], &*arguments].concat());
        assert_eq!(ran.code, code, "{arguments:?}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(words), "{arguments:?}: {}", ran.stderr);
    }
    assert_eq!(folder.read("audit.jsonl"), String::from_utf8(lines[9..].concat()).unwrap(), "nothing was written over");
}

#[test]
fn a_log_that_begins_later_is_taken_after_the_record_that_is_named() {
    let (folder, lines) = place();
    let hash = byokc::audit::Head::default().after(lines[8].strip_suffix(b"\n").unwrap()).text();
    let rest = lines[9..].concat();
    assert_eq!(folder.run_with(&["audit", "verify", "-"], &rest).code, 1);
    let ran = folder.run_with(&["audit", "verify", "-", "--after", &format!("{hash}@9")], &rest);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    assert!(ran.stdout.contains("note: the log begins at record 10"), "{}", ran.stdout);
}

#[test]
fn the_report_fits_its_schema() {
    let (folder, lines) = place();
    let schema: Value = serde_json::from_str(&run(project(), &["schema", "audit"], b"").stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let without: Vec<u8> = [&lines[..3], &lines[5..]].concat().concat();
    for (log, code) in [(lines.concat(), 0), (without, 1)] {
        let ran = folder.run_with(&["audit", "verify", "-", "--plan", "plan.json", "--output", "json"], &log);
        assert_eq!(ran.code, code);
        let document: Value = serde_json::from_str(&ran.stdout).unwrap();
        let wrong: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        assert_eq!((document["format"].as_str(), document["verified"].as_bool()), (Some("byok-audit/1"), Some(code == 0)));
        assert_eq!(document["faults"].as_array().unwrap().is_empty(), code == 0);
    }
}

#[test]
fn a_log_is_shown_and_doubted_where_it_was_changed() {
    let (folder, lines) = place();
    let ran = folder.run(&["audit", "show", "audit.jsonl"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("Who saw what\n") && ran.stdout.contains("What it cost, by route\n"), "{}", ran.stdout);
    assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
    let only = folder.run(&["audit", "show", "audit.jsonl", "--route", "any_of", "--last", "1"]);
    assert!(only.stdout.contains("any_of") && !only.stdout.contains("-> chat"), "{}", only.stdout);
    let changed: Vec<u8> = [&lines[..3], &lines[5..]].concat().concat();
    let ran = folder.run_with(&["audit", "show", "-"], &changed);
    assert_eq!(ran.code, 0);
    assert!(ran.stderr.starts_with("warning: <stdin>:4 is no whole record, or does not follow the one before"), "{}", ran.stderr);
    assert!(ran.stderr.contains("byokc audit verify"), "{}", ran.stderr);
}
