//! `byokc test`: which tests run, what is told of them, what is exercised, and exit codes.

use crate::byokc::{Folder, project, run, snapshot};

const PROVIDERS: &str = "provider openai { key env OPENAI_API_KEY  clearance internal }
provider anthropic { key env ANTHROPIC_API_KEY  clearance internal }

allow default { openai/gpt-6-* anthropic/claude-* }

route faq {
  accepts   internal
  primary   openai/gpt-6-luna
  fallback  anthropic/claude-haiku-5-5 on outage
}

route answer {
  accepts   internal
  primary   anthropic/claude-sonnet-5-5
  fallback  route faq on outage
}

";

const PASSES: &str = "test \"OpenAI is down\" {
  down    openai
  expect  faq -> anthropic/claude-haiku-5-5
}

";

const FAILS: &str = "test \"both are down\" {
  down    anthropic
  fail    openai with network
  expect  answer tries anthropic/claude-sonnet-5-5, openai/gpt-6-luna
  expect  faq fails server_error says \"ANTHROPIC_API_KEY\"
}

";

const IDLE: &str = "test \"nobody is called\" {
  down    anthropic, openai
  expect  faq fails server_error
}

test \"changes nothing\" {
  fail    anthropic/claude-sonnet-5-5 with quota
  expect  faq -> openai/gpt-6-luna
}

test \"expects nothing\" {
  missing  openai
}
";

fn policy(parts: &[&str]) -> Folder {
    Folder::with(&[("p.byok", &format!("{PROVIDERS}{}", parts.concat()))])
}

#[test]
fn each_test_is_told_and_what_differs_line_by_line() {
    let ran = policy(&[PASSES, FAILS, IDLE]).run(&["test", "p.byok"]);
    snapshot("test", "report", &format!("{}\n{}", ran.stdout, ran.stderr));
    assert_eq!(ran.code, 1);
}

#[test]
fn only_tests_are_judged() {
    // An error elsewhere is for `check` to tell.
    let folder = policy(&[PASSES, "route late { accepts restricted  primary openai/gpt-6-luna  fallback none }\n"]);
    assert_eq!(folder.run(&["check", "p.byok"]).code, 1);
    let ran = folder.run(&["test", "p.byok"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
}

#[test]
fn a_filter_chooses_by_name() {
    let folder = policy(&[PASSES, FAILS]);
    assert_eq!(folder.run(&["test", "p.byok"]).code, 1);
    let ran = folder.run(&["test", "p.byok", "--filter", "openai IS"]);
    assert!(ran.code == 0 && ran.stdout.contains("1 test: 1 passed") && !ran.stdout.contains("both are down"), "{ran:?}");
    let ran = folder.run(&["test", "p.byok", "--filter", "no such"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (3, "error: no test has `no such` in its name\n"));
    assert!(ran.stdout.ends_with("nothing was tested\n"), "{}", ran.stdout);
}

#[test]
fn without_a_test_there_is_nothing_to_pass() {
    let folder = policy(&[]);
    let ran = folder.run(&["test", "p.byok"]);
    assert!(ran.code == 3 && ran.stderr.starts_with("error: there is no test\nhelp: a test is a scenario"), "{ran:?}");
    assert_eq!(folder.run(&["test", "p.byok", "nowhere.byok"]).code, 4);
    assert_eq!(folder.run(&["test"]).code, 2);
    assert_eq!(folder.run(&["test", "p.byok", "--min-coverage", "101"]).code, 2);
}

#[test]
fn coverage_is_asked_for_by_number() {
    // Two of the five attempts: those of the route that is expected to do something.
    let folder = policy(&[PASSES]);
    assert_eq!(folder.run(&["test", "p.byok", "--min-coverage", "40"]).code, 0);
    let ran = folder.run(&["test", "p.byok", "--min-coverage", "41"]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (1, "error: the tests of p.byok exercise 2 of 5 attempts, and 41% is asked for\n"),
        "{}",
        ran.stdout
    );
    let whole = policy(&[PASSES, FAILS.replace(", openai/gpt-6-luna", ", openai/gpt-6-luna, anthropic/claude-haiku-5-5").as_str()]);
    let ran = whole.run(&["test", "p.byok", "--min-coverage", "100"]);
    assert!(ran.stdout.contains("coverage: 5 of 5 attempts, 100%"), "{}", ran.stdout);
}

#[test]
fn what_cannot_be_judged_is_no_pass() {
    for broken in ["test \"broken\" { down openay  expect faq -> openai/gpt-6-luna }\n", "route {\n"] {
        let ran = policy(&[PASSES, broken]).run(&["test", "p.byok"]);
        assert!(ran.code == 4 && ran.stderr.contains("it from being read whole, so a test may be missing"), "{ran:?}");
    }
    let cycle = PROVIDERS.replace("anthropic/claude-haiku-5-5 on outage", "route answer on outage");
    let folder = Folder::with(&[("p.byok", &format!("{cycle}{PASSES}"))]);
    let ran = folder.run(&["test", "p.byok"]);
    assert_eq!(ran.code, 4);
    assert!(ran.stdout.contains("not judged  OpenAI is down\n    route `faq` has errors of its own\n"), "{}", ran.stdout);
    assert!(!folder.run(&["check", "p.byok"]).stdout.contains("BYOK803"), "one cause, one finding");
}

/// A policy of five `spread` pools whose choices multiply to 16,807 runs when no call gets through.
fn beyond() -> String {
    let part = |name: char| {
        let members: String = (0..7).map(|number| format!(" openai/gpt-6-{name}{number}")).collect();
        format!("pool {name} spread {{{members} }}\nroute r{name} {{ accepts internal primary pool {name} on timeout fallback none }}\n")
    };
    let parts: String = "vwxyz".chars().map(part).collect();
    let fallbacks: String = "wxyz".chars().map(|name| format!(" fallback route r{name} on network")).collect();
    format!(
        "{PROVIDERS}{parts}route many {{ accepts internal primary pool v on timeout{fallbacks} }}
         test \"no connection\" {{ fail openai with network expect many fails network }}\n"
    )
}

#[test]
fn more_runs_than_are_played_are_said() {
    let folder = Folder::with(&[("p.byok", &beyond())]);
    let ran = folder.run(&["test", "p.byok"]);
    assert!(ran.code == 4 && ran.stdout.contains("route `many` has more than 10,000 runs here"), "{ran:?}");
    let found = folder.run(&["check", "p.byok"]).stdout;
    assert!(found.contains("BYOK806") && found.contains("test `no connection` is read, but not judged"), "{found}");
}

#[test]
fn one_run_writes_every_format() {
    let folder = policy(&[PASSES, FAILS, IDLE, "test \"<&>\" { expect faq -> openai/gpt-6-sol }\n"]);
    let formats = ["json", "sarif", "github", "gitlab", "junit", "markdown", "human"];
    let outputs: Vec<String> = formats.iter().map(|format| format!("--output={format}=out.{format}")).collect();
    let mut arguments = vec!["test", "p.byok"];
    arguments.extend(outputs.iter().map(String::as_str));
    let ran = folder.run(&arguments);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (1, "", ""));
    snapshot("test", "junit", &folder.read("out.junit"));
    let report: serde_json::Value = serde_json::from_str(&folder.read("out.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&folder.run(&["schema", "findings"]).stdout).unwrap();
    jsonschema::validate(&schema, &report).unwrap();
    let codes: Vec<&str> = report["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["BYOK803", "BYOK804", "BYOK804", "BYOK803"]);
    assert_eq!(report["summary"]["tests"], 6);
    // Of the tests that were run only.
    let ran = folder.run(&["test", "p.byok", "--filter", "both", "--output", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((report["summary"]["tests"].as_u64(), report["findings"].as_array().unwrap().len()), (Some(1), 1));
}

#[test]
fn every_format_is_whole_when_the_run_cannot_be_done() {
    let folder = Folder::with(&[("p.byok", PROVIDERS), ("bad.json", "{")]);
    let ran = folder.run(&["test", "p.byok", "--output", "json", "--catalogue", "bad.json"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    serde_json::from_str::<serde_json::Value>(&ran.stdout).expect("well-formed");
}

#[test]
fn shipped_policies_pass_their_tests() {
    let ran = run(project(), &["test", "policies", "--as-of", "2026-11-24"], b"");
    assert!(ran.code == 0 && ran.stdout.ends_with("5 tests: 5 passed\n"), "{ran:?}");
}

const GATED: &str = "route gated {
  accepts   internal
  primary   openai/gpt-6-luna
  fallback  route payouts
  approve   lead
}

route payouts {
  accepts   internal
  primary   openai/gpt-6-sol
  fallback  none
  redact    email, phone
  approve   lead
}

deny openai/*-pro

";

#[test]
fn changes_that_nothing_notices_are_told() {
    let folder = policy(&[PASSES, GATED, "assert faq survives losing any 1 provider\n"]);
    let ran = folder.run(&["test", "p.byok", "--mutate"]);
    snapshot("test", "mutate", &ran.stdout);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(folder.run(&["test", "p.byok", "--mutate"]).stdout, ran.stdout, "the same input gives the same bytes");
}

#[test]
fn changes_are_tried_of_a_policy_that_holds_only() {
    let ran = policy(&[PASSES, FAILS]).run(&["test", "p.byok", "--mutate"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.ends_with("\np.byok: no change was tried: there is 1 error in it, mend it first\n"), "{}", ran.stdout);
    // Assertions are enough to notice a change.
    let folder = policy(&["assert faq survives losing any 1 provider\n"]);
    assert_eq!(folder.run(&["test", "p.byok"]).code, 3);
    let ran = folder.run(&["test", "p.byok", "--mutate"]);
    assert!(ran.code == 0 && ran.stdout.contains("p.byok: 5 changes: 1 noticed, "), "{ran:?}");
}

#[test]
fn changes_are_told_to_people() {
    let folder = policy(&[PASSES]);
    assert_eq!(folder.run(&["test", "p.byok", "--mutate", "--filter", "down"]).code, 2);
    let ran = folder.run(&["test", "p.byok", "--mutate", "--output", "json"]);
    assert!(ran.code == 2 && ran.stderr.contains("add `--output human`"), "{ran:?}");
    let ran = folder.run(&["test", "p.byok", "--mutate", "--output", "json=out.json", "--output", "human"]);
    assert!(ran.code == 0 && ran.stdout.contains("no test and no assertion notices"), "{ran:?}");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&folder.read("out.json")).unwrap()["summary"]["tests"], 1);
}
