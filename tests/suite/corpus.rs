//! Policies that must, and must not, have a finding: `tests/corpus/check/<name>_fires.byok` and `<name>_quiet.byok`.
//! A `.byok` file pasted into that folder is a test: its findings are a snapshot.

use byokc::checks::rules;

use crate::byokc::{project, run};

#[test]
fn every_policy_of_the_corpus() {
    insta::with_settings!({ snapshot_path => "../../snapshots/check", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::glob!("../corpus/check", "*.byok", |path| {
            let name = path.file_stem().unwrap().to_str().unwrap();
            let ran = run(&project().join("tests/corpus/check"), &["check", "--as-of", "2026-11-24", &format!("{name}.byok")], b"");
            if let Some(kind) = name.strip_suffix("_fires") {
                let code = code_of(kind);
                assert!(ran.stdout.contains(&code), "{name} lacks {code}:\n{}", ran.stdout);
            }
            if let Some(kind) = name.strip_suffix("_quiet") {
                let code = code_of(kind);
                assert!(!ran.stdout.contains(&code), "{name} has {code}:\n{}", ran.stdout);
                assert_eq!(ran.code, 0, "{name} is otherwise clean:\n{}", ran.stdout);
            }
            insta::with_settings!({ snapshot_suffix => "" }, {
                insta::assert_snapshot!(name, format!("exit {}\n{}", ran.code, ran.stdout));
            });
        });
    });
}

/// The code of a name such as `fallback_cycle`, or `fallback_cycle_through_pool`.
fn code_of(kind: &str) -> String {
    let kind = kind.replace('_', "-");
    let rule = rules().into_iter().filter(|rule| kind.starts_with(rule.name)).max_by_key(|rule| rule.name.len());
    rule.unwrap_or_else(|| panic!("{kind} begins with no finding's name")).code.to_string()
}
