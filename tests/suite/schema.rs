//! `byokc schema`: what byokc writes fits the schema that it prints.

use serde_json::Value;

use crate::byokc::{Ran, project, run};

fn corpus(arguments: &[&str]) -> Ran {
    run(&project().join("tests/corpus/show"), arguments, b"")
}

fn schema(document: &str) -> jsonschema::Validator {
    let ran = corpus(&["schema", document]);
    assert!(ran.code == 0 && ran.stdout.starts_with("{\n  ") && ran.stdout.ends_with("}\n"));
    jsonschema::validator_for(&serde_json::from_str(&ran.stdout).unwrap()).unwrap()
}

fn fits(schema: &jsonschema::Validator, text: &str) {
    let document: Value = serde_json::from_str(text).unwrap();
    let errors: Vec<_> = schema.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn of_plans() {
    let plan = corpus(&["compile", "support.byok", "--as-of", "2026-11-24"]);
    assert_eq!(plan.code, 0, "{}", plan.stderr);
    fits(&schema("plan"), &plan.stdout);
    assert!(!schema("plan").is_valid(&serde_json::json!({ "format": "byok-plan/1" })));
}

#[test]
fn of_findings() {
    for policy in ["support.byok", "odd.byok"] {
        fits(&schema("findings"), &corpus(&["check", policy, "--output", "json"]).stdout);
    }
}

#[test]
fn of_nothing_else() {
    assert_eq!(corpus(&["schema", "policy"]).code, 2);
}
