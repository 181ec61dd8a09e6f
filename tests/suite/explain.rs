//! `byokc explain`, and the reference that is made from the same pages.

use byokc::checks::rules;

use crate::byokc::{project, run, snapshot};

fn explain(arguments: &[&str]) -> crate::byokc::Ran {
    run(project(), &[&["explain"], arguments].concat(), b"")
}

#[test]
fn a_page_by_code_or_name() {
    let page = explain(&["BYOK102"]).stdout;
    snapshot("explain", "page_unknown_name", &page);
    for word in ["102", "byok102", "unknown-name", "UNKNOWN_NAME"] {
        assert_eq!(explain(&[word]).stdout, page, "{word}");
    }
}

#[test]
fn every_finding_has_a_page() {
    let list = explain(&[]).stdout;
    for rule in rules() {
        let ran = explain(&[&rule.code.to_string()]);
        assert_eq!(ran.code, 0);
        assert!(ran.stdout.starts_with(&format!("{} {}: ", rule.code, rule.name)));
        assert!(!ran.stdout.contains("```"), "{}", ran.stdout);
        assert!(list.contains(&rule.code.to_string()));
    }
}

#[test]
fn an_unknown_code_is_wrong_usage() {
    let ran = explain(&["unknown-nmae"]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (2, "error: there is no finding `unknown-nmae`\nhelp: did you mean BYOK102 `unknown-name`?\n")
    );
    assert_eq!(explain(&["BYOK999"]).code, 2);
    assert!(explain(&["something entirely different"]).stderr.contains("lists all of them"));
}

/// `UPDATE=1 cargo test --test suite reference` writes the file anew.
#[test]
fn the_reference_is_current() {
    let made = explain(&["--reference"]).stdout;
    let path = project().join("docs/findings.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(made == kept, "docs/findings.md is not current: run `UPDATE=1 cargo test --test suite reference`");
}
