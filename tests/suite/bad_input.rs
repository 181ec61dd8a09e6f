//! Any bytes at all give findings or a clear error: never a panic, a hang or half a file.

use crate::byokc::{Folder, Ran};

/// A run that ended by itself with a verdict, and said why.
fn judged(ran: &Ran) -> &Ran {
    assert!((0..=4).contains(&ran.code), "{ran:?}");
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    ran
}

/// `check` must refuse it with this code, and the other commands that read a policy must end with a verdict too.
fn refused(text: &[u8], code: i32) -> Ran {
    let folder = Folder::with(&[]);
    std::fs::write(folder.path("bad.byok"), text).unwrap();
    // The parser is the same for every command: a huge file goes through one.
    if text.len() < 500_000 {
        judged(&folder.run(&["compile", "bad.byok", "-o", "plan.json"]));
        assert!(!folder.path("plan.json").exists(), "a policy with errors has no plan");
        judged(&folder.run(&["fmt", "--check", "bad.byok"]));
        judged(&folder.run(&["check", "--output", "json", "bad.byok"]));
    }
    let ran = folder.run(&["check", "bad.byok"]);
    assert_eq!(judged(&ran).code, code, "{}{}", head(&ran.stdout), ran.stderr);
    ran
}

fn head(text: &str) -> String {
    text.chars().take(2000).collect()
}

const PROVIDERS: &str = "provider openai { key env OPENAI_API_KEY clearance confidential region us retention 30d }\n";

#[test]
fn ten_megabytes_of_open_braces() {
    let ran = refused("{".repeat(10_000_000).as_bytes(), 1);
    assert!(ran.stdout.contains("BYOK001"), "{}", head(&ran.stdout));
}

#[test]
fn deep_nesting() {
    refused(format!("route x {{ {} }} {}", "primary {".repeat(100_000), "}".repeat(100_000)).as_bytes(), 1);
}

#[test]
fn one_line_of_a_megabyte() {
    refused(format!("route x {{ accepts {} }}", "a, ".repeat(300_000)).as_bytes(), 1);
}

#[test]
fn ten_thousand_mistakes() {
    let ran = refused("route x { acepts internal }\n".repeat(10_000).as_bytes(), 1);
    assert!(ran.stdout.len() < 20_000_000);
}

#[test]
fn a_pattern_with_a_thousand_stars() {
    let stars = "*a".repeat(1_000);
    let text = format!(
        "{PROVIDERS}allow wild {{ openai/{stars} }}\nroute x {{ accepts internal allow wild primary openai/\"{}\" fallback none }}\n",
        "a".repeat(5_000)
    );
    let folder = Folder::with(&[("stars.byok", &text)]);
    judged(&folder.run(&["check", "stars.byok"]));
}

#[test]
fn a_nul_byte_and_invisible_characters() {
    let ran = refused(b"route x {\0 accepts internal }\n", 1);
    assert!(ran.stdout.contains("BYOK005"), "{}", ran.stdout);
    let ran = refused("# \u{202e}harmless\nroute x { accepts internal }\n".as_bytes(), 1);
    assert!(ran.stdout.contains("BYOK005") && !ran.stdout.contains('\u{202e}'), "{}", ran.stdout);
}

#[test]
fn bytes_that_are_not_utf8() {
    let ran = refused(b"route x {\n  accepts \xff\n}\n", 4);
    assert!(ran.stderr.contains("bad.byok is not UTF-8 text: line 2"), "{}", ran.stderr);
}

#[test]
fn every_format_is_whole_when_nothing_could_be_read() {
    let folder = Folder::with(&[]);
    for (format, begin) in [("json", "{"), ("sarif", "{"), ("gitlab", "["), ("junit", "<?xml")] {
        let ran = folder.run(&["check", "--output", format, "absent.byok"]);
        assert_eq!(ran.code, 4, "{ran:?}");
        assert!(ran.stdout.starts_with(begin), "{ran:?}");
        if begin != "<?xml" {
            serde_json::from_str::<serde_json::Value>(&ran.stdout).expect("well-formed");
        }
    }
}

#[test]
fn a_folder_without_policies_and_an_empty_policy_are_nothing_to_check() {
    let folder = Folder::with(&[("empty/readme.txt", ""), ("blank.byok", ""), ("comment.byok", "# nothing yet\n")]);
    for path in ["empty", "blank.byok", "comment.byok"] {
        let ran = folder.run(&["check", path]);
        assert_eq!(ran.code, 3, "{path}: {ran:?}");
        assert!(ran.stderr.contains("byokc init"), "{path}: {ran:?}");
    }
}

#[test]
fn a_path_that_is_not_there_is_said_by_name() {
    let folder = Folder::with(&[("good.byok", "language 1\n")]);
    let ran = folder.run(&["check", "good.byok", "absent.byok"]);
    assert_eq!(ran.code, 4);
    assert!(ran.stderr.contains("absent.byok does not exist"), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_said_by_name() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with(&[("locked.byok", "language 1\n")]);
    std::fs::set_permissions(folder.path("locked.byok"), std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(folder.path("locked.byok")).is_ok() {
        eprintln!("SKIPPED: this user may read every file, so none is unreadable");
        return;
    }
    let ran = folder.run(&["check", "locked.byok"]);
    assert_eq!(ran.code, 4);
    assert!(ran.stderr.contains("locked.byok cannot be read: permission denied"), "{}", ran.stderr);
}

#[test]
fn splices_that_multiply() {
    // Each route calls the one before it twice: 2^40 places.
    let mut text =
        format!("{PROVIDERS}allow default {{ openai/* }}\nroute r0 {{ accepts internal primary openai/gpt-6-luna fallback none }}\n");
    for route in 1..40 {
        let before = route - 1;
        text += &format!(
            "route r{route} {{ accepts internal primary openai/gpt-6-sol fallback route r{before} on outage fallback route r{before} on quota }}\n"
        );
    }
    let folder = Folder::with(&[("many.byok", &text)]);
    let ran = folder.run(&["check", "many.byok"]);
    assert_eq!(judged(&ran).code, 1);
    assert!(ran.stdout.contains("BYOK210"), "{}", head(&ran.stdout));
}

#[test]
fn a_write_that_fails_leaves_the_old_plan() {
    let policy = format!("{PROVIDERS}route x {{ accepts internal allow openai/gpt-6-luna primary openai/gpt-6-luna fallback none }}\n");
    let folder = Folder::with(&[("p.byok", &policy), ("plan.json", "old")]);
    let ran = folder.run(&["compile", "p.byok", "-o", "absent/plan.json"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    let ran = folder.run(&["compile", "p.byok", "-o", "plan.json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(folder.read("plan.json").starts_with('{'));
    let left: Vec<_> = std::fs::read_dir(folder.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "no temporary file is left: {left:?}");
}
