//! `byokc check`: which files are policies, exit codes, formats, fixes, required imports.

use crate::byokc::Folder;

const PROVIDER: &str =
    "provider openai {\n  key        env OPENAI_API_KEY\n  clearance  internal\n  region     us\n  retention  30d\n}\n\n";

fn route(name: &str, fallback: &str) -> String {
    format!("route {name} {{\n  accepts   internal\n  allow     openai/gpt-6-luna\n  primary   openai/gpt-6-luna\n{fallback}}}\n")
}

fn clean() -> String {
    format!("{PROVIDER}{}", route("faq", "  fallback  none\n"))
}

fn unsaid() -> String {
    format!("{PROVIDER}{}", route("faq", ""))
}

#[test]
fn a_warning_fails_only_where_asked() {
    let folder = Folder::with(&[("p.byok", &unsaid())]);
    assert_eq!(folder.run(&["check", "p.byok"]).code, 0);
    assert_eq!(folder.run(&["check", "--fail-on", "warning", "p.byok"]).code, 1);
    let error = unsaid().replace("openai/gpt-6-luna\n  primary", "openai/gpt-6-sol\n  primary");
    let folder = Folder::with(&[("p.byok", &error)]);
    assert_eq!(folder.run(&["check", "p.byok"]).code, 1);
    assert_eq!(folder.run(&["check", "--fail-on", "never", "p.byok"]).code, 0);
    assert_eq!(folder.run(&["check"]).code, 2);
}

#[test]
fn standard_input_is_a_policy() {
    let folder = Folder::with(&[]);
    let ran = folder.run_with(&["check", "-"], unsaid().as_bytes());
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.contains("<stdin>:8:7"), "{}", ran.stdout);
}

#[test]
fn in_a_folder_imported_files_are_not_policies_of_their_own() {
    let team = format!("import \"org.byok\"\n\n{}", route("faq", "  fallback  none\n"));
    let folder = Folder::with(&[("a/team.byok", &team), ("a/org.byok", PROVIDER), ("a/.hidden/x.byok", "junk"), ("b.byok", &clean())]);
    let ran = folder.run(&["check", "--output", "json", "a"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["policies"], serde_json::json!(["a/team.byok"]));
    assert_eq!((report["summary"]["files"].as_u64(), report["findings"].as_array().unwrap().len()), (Some(2), 0), "{report}");
    // Each file named is a policy, and never merged with another.
    let ran = folder.run(&["check", "--output", "json", "a/team.byok", "b.byok"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["policies"], serde_json::json!(["a/team.byok", "b.byok"]));
    assert_eq!(ran.code, 0, "{report}");
}

#[test]
fn an_import_may_not_leave_the_root() {
    let importer = format!("import \"../secret.byok\"\n\n{}", clean());
    let folder = Folder::with(&[("inside/p.byok", &importer), ("secret.byok", "data a < b\n")]);
    let ran = folder.run(&["check", "inside/p.byok"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("BYOK003") && ran.stdout.contains("lies outside the root"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("data a"), "nothing of the file is shown");
    let ran = folder.run(&["check", "--root", ".", "inside/p.byok"]);
    assert!(!ran.stdout.contains("BYOK003"), "{}", ran.stdout);
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_does_not_lead_out_of_the_root() {
    let importer = format!("import \"link.byok\"\n\n{}", clean());
    let folder = Folder::with(&[("inside/p.byok", &importer), ("secret.byok", "data a < b\n")]);
    std::os::unix::fs::symlink(folder.path("secret.byok"), folder.path("inside/link.byok")).unwrap();
    let ran = folder.run(&["check", "inside/p.byok"]);
    assert!(ran.stdout.contains("lies outside the root"), "{}", ran.stdout);
}

#[test]
fn an_import_cycle_is_drawn() {
    let folder = Folder::with(&[
        ("a.byok", &format!("import \"b.byok\"\n\n{}", clean())),
        ("b.byok", "import \"c.byok\"\n"),
        ("c.byok", "import \"a.byok\"\n"),
    ]);
    let ran = folder.run(&["check", "a.byok"]);
    assert_eq!(ran.code, 1);
    insta::with_settings!({ snapshot_path => "../../snapshots/check", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("import_cycle", ran.stdout);
    });
}

#[test]
fn safe_fixes_are_applied_and_the_rest_reported() {
    let folder = Folder::with(&[("p.byok", &unsaid())]);
    let ran = folder.run(&["check", "--fix", "--fail-on", "warning", "p.byok"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("fixed 1 finding"), "{}", ran.stderr);
    assert!(
        folder.read("p.byok").contains("fallback none") || folder.read("p.byok").contains("fallback  none"),
        "{}",
        folder.read("p.byok")
    );
}

#[test]
fn a_required_import_is_asked_for() {
    let team = format!("import \"org.byok\"\n\n{}", clean());
    let folder = Folder::with(&[("team.byok", &team), ("alone.byok", &clean()), ("org.byok", "deny openai/*-pro\n")]);
    assert_eq!(folder.run(&["check", "--require", "org.byok", "team.byok"]).code, 0);
    let ran = folder.run(&["check", "--require", "org.byok", "alone.byok"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("does not import `org.byok`"), "{}", ran.stdout);
}

#[test]
fn one_run_writes_every_format() {
    let folder = Folder::with(&[("p.byok", &unsaid())]);
    let formats = ["json", "sarif", "github", "gitlab", "junit", "markdown", "human"];
    let outputs: Vec<String> = formats.iter().map(|format| format!("--output={format}=out.{format}")).collect();
    let mut arguments = vec!["check", "p.byok"];
    arguments.extend(outputs.iter().map(String::as_str));
    let ran = folder.run(&arguments);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran:?}");
    for format in formats {
        assert!(folder.read(&format!("out.{format}")).contains("BYOK204"), "{format}");
    }
    let again = Folder::with(&[("p.byok", &unsaid())]);
    again.run(&arguments);
    for format in formats {
        let name = format!("out.{format}");
        assert_eq!(folder.read(&name), again.read(&name), "the same input gives the same bytes");
    }
}

#[test]
fn the_findings_document_fits_its_schema() {
    let folder = Folder::with(&[("p.byok", &unsaid())]);
    let report: serde_json::Value = serde_json::from_str(&folder.run(&["check", "--output", "json", "p.byok"]).stdout).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&folder.run(&["schema", "findings"]).stdout).unwrap();
    jsonschema::validate(&schema, &report).unwrap();
}

#[test]
fn dates_are_judged_for_the_day_that_is_given() {
    let text = clean().replace("gpt-6-luna", "gpt-4o-2024-05-13");
    let folder = Folder::with(&[("p.byok", &text)]);
    let before = folder.run(&["check", "--as-of", "2026-01-01", "--output", "json", "p.byok"]).stdout;
    let after = folder.run(&["check", "--as-of", "2036-01-01", "--output", "json", "p.byok"]).stdout;
    assert!(!before.contains("\"error\"") && after.contains("BYOK504"), "{before}{after}");
    assert_eq!(folder.run(&["check", "--as-of", "soon", "p.byok"]).code, 2);
}

/// A key that no provider gave out, in the form of Anthropic's; put together here so that no scanner of secrets takes it for one.
fn planted() -> String {
    format!("sk-ant-{}-{}AA", "api03", "q7Jw0ZbXc5VtRm2LnY8pKs4HdGf9TeUaWi1Oj6Cx3Bv".repeat(2))
}

#[test]
fn a_key_written_down_is_shown_by_no_command() {
    let key = planted();
    let escaped = key.replacen('s', "\\u{73}", 1);
    for text in [
        clean().replace("env OPENAI_API_KEY", &format!("file \"{key}\"")),
        clean().replace("route faq {", &format!("route faq {{\n  because   \"{key}\"")),
        clean().replace("route faq {", &format!("route faq {{\n  title     \"{escaped}\"")),
        clean().replace("provider openai {", &format!("# {key}\nprovider openai {{")),
    ] {
        let folder = Folder::with(&[("p.byok", &text)]);
        for arguments in [
            &["check", "p.byok"][..],
            &["check", "--output", "json", "p.byok"],
            &["check", "--output", "sarif", "p.byok"],
            &["check", "--output", "markdown", "p.byok"],
            &["compile", "p.byok"],
            &["show", "p.byok"],
            &["show", "p.byok", "faq"],
            &["keys", "p.byok"],
            &["graph", "p.byok"],
            &["test", "p.byok", "--mutate"],
            &["simulate", "p.byok", "--missing", "openai"],
            &["simulate", "p.byok", "--missing", "openai", "--output", "json"],
        ] {
            let ran = folder.run(arguments);
            assert!(!ran.stdout.contains(&key) && !ran.stderr.contains(&key), "{arguments:?}: {ran:?}");
        }
        let ran = folder.run(&["check", "p.byok"]);
        assert!(ran.code == 1 && ran.stdout.contains("BYOK303"), "{}", ran.stdout);
    }
}

#[test]
fn a_password_in_an_address_is_not_shown() {
    let text = clean().replace("  region     us", "  region     us\n  base_url   \"https://me:hunter2pw@llm.example.com/v1\"");
    let folder = Folder::with(&[("p.byok", &text)]);
    for arguments in [&["check", "p.byok"][..], &["check", "--output", "json", "p.byok"], &["compile", "p.byok"], &["show", "p.byok"]] {
        let ran = folder.run(arguments);
        assert!(!ran.stdout.contains("hunter2pw") && !ran.stderr.contains("hunter2pw"), "{arguments:?}: {ran:?}");
    }
    assert!(folder.run(&["check", "p.byok"]).stdout.contains("BYOK306"));
}

#[test]
fn reports_do_not_overwrite_each_other_or_the_policy() {
    let folder = Folder::with(&[("p.byok", &clean())]);
    for arguments in [
        &["check", "p.byok", "--output", "json=o", "--output", "sarif=./o"][..],
        &["check", "p.byok", "--output", "json", "--output", "sarif"],
        &["check", "p.byok", "--output", "json=p.byok"],
    ] {
        assert_eq!(folder.run(arguments).code, 2, "{arguments:?}");
    }
    assert_eq!(folder.read("p.byok"), clean());
}

#[test]
fn an_empty_policy_beside_a_good_one_is_no_pass() {
    let folder = Folder::with(&[("p.byok", &clean()), ("empty.byok", "# nothing\n"), ("org.byok", "deny openai/*-pro\n")]);
    assert_eq!(folder.run(&["check", "p.byok", "empty.byok"]).code, 3);
    assert_eq!(folder.run(&["check", "org.byok"]).code, 0, "denies are something to check");
}

#[test]
fn a_missing_import_is_one_finding() {
    let text = clean().replace(PROVIDER, "import \"org.byok\"\n\n");
    let ran = Folder::with(&[("p.byok", &text)]).run(&["check", "p.byok"]);
    assert!(ran.stdout.contains("BYOK003") && !ran.stdout.contains("BYOK102"), "{}", ran.stdout);
    assert_eq!(ran.code, 1);
}

#[test]
fn every_format_is_whole_when_the_run_cannot_be_done() {
    let folder = Folder::with(&[("p.byok", &clean()), ("bad.json", "{")]);
    for arguments in [
        &["check", "p.byok", "--output", "json", "--require", "absent.byok"][..],
        &["check", "p.byok", "--output", "json", "--catalogue", "bad.json"],
    ] {
        let ran = folder.run(arguments);
        assert_eq!(ran.code, 4, "{arguments:?}: {ran:?}");
        serde_json::from_str::<serde_json::Value>(&ran.stdout).expect("well-formed");
    }
}
