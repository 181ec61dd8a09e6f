//! `byokc show`: the questions people ask.

use crate::byokc::{Folder, project, run, snapshot};

fn show(arguments: &[&str]) -> crate::byokc::Ran {
    let arguments: Vec<&str> = ["show", "--as-of", "2026-11-24"].iter().chain(arguments).copied().collect();
    run(&project().join("tests/corpus/show"), &arguments, b"")
}

#[test]
fn a_whole_policy() {
    let ran = show(&["support.byok"]);
    snapshot("show", "support", &ran.stdout);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

#[test]
fn what_each_proof_relies_on() {
    let ran = show(&["relies_on.byok"]);
    let claims: String = ran.stdout.split_inclusive('\n').skip_while(|line| !line.starts_with("What is claimed")).collect();
    snapshot("show", "relies_on", &claims);
}

#[test]
fn one_route() {
    let ran = show(&["support.byok", "final_response"]);
    snapshot("show", "route", &ran.stdout);
    assert_eq!(ran.code, 0);
}

#[test]
fn a_policy_with_errors_is_shown_all_the_same() {
    let ran = show(&["odd.byok"]);
    snapshot("show", "odd", &format!("{}\n{}", ran.stdout, ran.stderr));
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.starts_with("error: there "), "{}", ran.stderr);
    assert!(!ran.stdout.contains('\u{1b}'));
    snapshot("show", "odd_route", &show(&["odd.byok", "chat"]).stdout);
    snapshot("show", "unfinished_route", &show(&["odd.byok", "unfinished"]).stdout);
}

#[test]
fn no_line_ends_with_a_blank() {
    for arguments in [&["support.byok"][..], &["odd.byok"], &["odd.byok", "chat"]] {
        assert!(show(arguments).stdout.lines().all(|line| !line.ends_with(' ')));
    }
}

#[test]
fn what_cannot_be_shown() {
    let ran = show(&["support.byok", "reasonning"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (2, "error: there is no route `reasonning`\nhelp: did you mean `reasoning`?\n"));
    assert!(show(&["support.byok", "zzzzzzzzzzzz"]).stderr.contains("there are classification, retrieval"));
    assert_eq!(show(&["."]).code, 2, "a folder of two policies");
    assert_eq!(show(&["nowhere.byok"]).code, 4);
    let folder = Folder::with(&[("empty.byok", "# nothing\n")]);
    assert_eq!(folder.run(&["show", "empty.byok"]).code, 3);
}
