//! `byokc verify`: a plan is what it says, or it is refused for what it is not.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::byokc::{Folder, Ran, project, run};

mod agree;
mod claims;
mod mutated;
mod random;
mod tables;

const SHIPPED: [&str; 5] = ["support.byok", "minimal.byok", "eu-only.byok", "team/policy.byok", "local-first.byok"];

/// The plan of a policy, as JSON.
fn plan_of(policy: &str) -> Value {
    let folder = Folder::with(&[("p.byok", policy)]);
    let ran = folder.run(&["compile", "--as-of", "2026-11-24", "p.byok"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).unwrap()
}

fn shipped(policy: &str) -> Value {
    let ran = run(&project().join("policies"), &["compile", "--as-of", "2026-11-24", policy], b"");
    assert_eq!(ran.code, 0, "{policy}: {}", ran.stderr);
    serde_json::from_str(&ran.stdout).unwrap()
}

/// Gives a plan the digest of what it holds now, as its documentation says.
fn redigest(plan: &mut Value) {
    let mut routing = plan.clone();
    for outside in ["claims", "digest", "provenance"] {
        routing.as_object_mut().unwrap().remove(outside);
    }
    let canonical = serde_json_canonicalizer::to_vec(&routing).unwrap();
    let hash: String = Sha256::digest(canonical).iter().map(|byte| format!("{byte:02x}")).collect();
    plan["digest"] = json!(format!("sha256:{hash}"));
}

fn verify(plan: &Value) -> Ran {
    Folder::with(&[]).run_with(&["verify", "-", "--output", "json"], plan.to_string().as_bytes())
}

/// The faults of a plan, each with its place.
fn faults(plan: &Value) -> Vec<(String, String)> {
    let ran = verify(plan);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    let faults: Vec<Value> = report["faults"].as_array().unwrap().clone();
    assert_eq!((ran.code, report["verified"] == true), if faults.is_empty() { (0, true) } else { (1, false) }, "{ran:?}");
    faults.iter().map(|fault| (fault["at"].as_str().unwrap().to_owned(), fault["message"].as_str().unwrap().to_owned())).collect()
}

#[test]
fn every_shipped_plan_is_what_it_says() {
    for policy in SHIPPED {
        let plan = shipped(policy);
        let ran = verify(&plan);
        assert_eq!(ran.code, 0, "{policy}: {}", ran.stdout);
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(report["digest"], plan["digest"]);
        assert_eq!(report["routes"].as_u64().unwrap(), plan["routes"].as_object().unwrap().len() as u64);
        assert!(report["reach"].as_u64() > Some(0));
        let of =
            |verdict: &str| plan["claims"]["assertions"].as_array().unwrap().iter().filter(|claim| claim["verdict"] == verdict).count();
        assert_eq!(report["proved"].as_array().unwrap().len(), of("proved"), "{policy}");
        assert_eq!(report["undecided"].as_array().unwrap().len(), of("undecided"), "{policy}");
    }
}

#[test]
fn the_report_fits_its_schema() {
    let schema: Value = serde_json::from_str(&run(project(), &["schema", "verification"], b"").stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut plan = shipped("support.byok");
    for _ in 0..2 {
        let document: Value = serde_json::from_str(&verify(&plan).stdout).unwrap();
        let wrong: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        assert_eq!(document["format"], "byok-verification/1");
        plan["digest"] = json!("sha256:0");
    }
}

#[test]
fn people_read_a_few_lines() {
    let folder = Folder::with(&[("plan.json", &shipped("minimal.byok").to_string())]);
    let ran = folder.run(&["verify", "plan.json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(
        ran.stdout.starts_with("plan.json is what it says: its digest, 1 route with 1 attempt and 1 entry of reach\n"),
        "{}",
        ran.stdout
    );
    let mut plan = shipped("support.byok");
    plan["providers"]["openai"]["clearance"] = json!(["public"]);
    redigest(&mut plan);
    let ran = Folder::with(&[("plan.json", &plan.to_string())]).run(&["verify", "plan.json"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stdout.contains("error: plan.json at /routes/classification/attempts/0: `openai/gpt-6-luna` may receive"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("  1. route `classification` is called\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("help: compile the policy again"), "{}", ran.stdout);
}

#[test]
fn what_is_no_plan_is_not_checked() {
    let findings = run(project(), &["check", "policies/minimal.byok", "--output", "json"], b"").stdout;
    for (text, code, says) in [
        ("", 3, "is empty"),
        (" \n", 3, "is empty"),
        ("[]", 3, "is no plan"),
        ("{}", 3, "it has no `format`"),
        ("{", 3, "is not JSON"),
        ("language 1", 3, "is not JSON"),
        (findings.as_str(), 3, "is `byok-findings/1`, not a plan"),
        (r#"{"format": "byok-plan/2"}"#, 1, "it is a plan of the format `byok-plan/2`; this byokc knows `byok-plan/1` only"),
        (r#"{"format": "byok-plan/1"}"#, 1, "it is not what `byok-plan/1` says: missing field"),
    ] {
        let ran = Folder::with(&[]).run_with(&["verify", "-"], text.as_bytes());
        assert_eq!(ran.code, code, "{text}: {ran:?}");
        assert!((ran.stdout + &ran.stderr).contains(says), "{text}");
    }
    let folder = Folder::with(&[("a/b", "")]);
    assert_eq!(folder.run(&["verify", "gone.json"]).code, 4);
    assert_eq!(folder.run(&["verify", "a"]).code, 4);
    assert_eq!(folder.run_with(&["verify", "-"], b"\xff").code, 4);
    assert_eq!(folder.run(&["verify"]).code, 2);
    assert_eq!(folder.run(&["verify", "a/b", "--output", "yaml"]).code, 2);
}

#[test]
fn what_the_format_does_not_know_is_refused() {
    let plan = shipped("support.byok");
    let refused = |change: &dyn Fn(&mut Value), says: &str| {
        let mut plan = plan.clone();
        change(&mut plan);
        redigest(&mut plan);
        let found = faults(&plan);
        assert!(found.iter().any(|(_, message)| message.contains(says)), "{says}: {found:?}");
    };
    refused(&|plan| plan["extra"] = json!(1), "unknown field `extra`");
    refused(&|plan| plan["routes"]["eval"]["attempts"][0]["also"] = json!(1), "unknown field `also`");
    refused(&|plan| plan["claims"]["assertions"][0]["statement"] = json!({ "is_nice": {} }), "unknown variant `is_nice`");
    refused(&|plan| plan["claims"]["assertions"][0]["verdict"] = json!("likely"), "unknown variant `likely`");
    refused(&|plan| plan["claims"]["assertions"][4]["statement"]["own_keys"]["unless"] = json!(1), "unknown field `unless`");
    refused(&|plan| plan["claims"]["assertions"][4]["statement"]["own_keys"]["routes"] = json!(["gone"]), "names route `gone`");
    refused(&|plan| plan["claims"]["assertions"][0]["verdict"] = json!("refuted"), "is refuted");
    let twice = plan.to_string().replacen("\"routes\":{", "\"routes\":{\"eval\":null,", 1);
    let mut twice: Vec<u8> = twice.into_bytes();
    twice.push(b'\n');
    let ran = Folder::with(&[]).run_with(&["verify", "-"], &twice);
    assert!(ran.code == 1 && ran.stdout.contains("it can be read in two ways: member `eval` stands twice"), "{ran:?}");
}
