//! `byokc fmt`.

use crate::byokc::Folder;

const UNTIDY: &str = "language 1\nprovider openai{key env OPENAI_API_KEY clearance confidential}\n\n\n# why\nroute faq { # trailing\naccepts public allow openai/gpt-6-luna\nprimary openai/gpt-6-luna fallback none }\n";

#[test]
fn it_lays_out_keeps_comments_and_is_stable() {
    let folder = Folder::with(&[("p.byok", UNTIDY)]);
    assert_eq!(folder.run(&["fmt", "--check", "p.byok"]).code, 1);
    assert_eq!(folder.read("p.byok"), UNTIDY, "`--check` changes nothing");
    assert_eq!(folder.run(&["fmt", "p.byok"]).code, 0);
    let tidy = folder.read("p.byok");
    insta::with_settings!({ snapshot_path => "../../snapshots/fmt", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("untidy", tidy);
    });
    assert_eq!(folder.run(&["fmt", "--check", "p.byok"]).code, 0);
    let piped = folder.run_with(&["fmt", "-"], UNTIDY.as_bytes());
    assert_eq!((piped.code, piped.stdout), (0, tidy));
}

#[test]
fn a_file_with_a_syntax_error_is_left_as_it_is() {
    let broken = "route faq { accepts }\n";
    let folder = Folder::with(&[("p.byok", broken)]);
    let ran = folder.run(&["fmt", "p.byok"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("BYOK001"), "{}", ran.stdout);
    assert_eq!(folder.read("p.byok"), broken);
}
