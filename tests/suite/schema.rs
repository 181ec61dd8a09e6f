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
fn of_why_and_why_not() {
    let schema = schema("why");
    let json = ["--as-of", "2026-11-24", "--output", "json"];
    for (command, route, target, code) in [
        ("why", "final_response", "openai/gpt-5.2", 0),
        ("why", "policy_review", "openai/gpt-5.2", 1),
        ("why-not", "reasoning", "openrouter/openai/gpt-6-sol", 0),
        ("why-not", "retrieval", "azure_openai/support-prod", 0),
        ("why-not", "reasoning", "openai/gpt-5.2", 1),
    ] {
        let arguments: Vec<&str> = [command, "support.byok", route, target].into_iter().chain(json).collect();
        let ran = corpus(&arguments);
        assert_eq!(ran.code, code, "{command} {route} {target}");
        fits(&schema, &ran.stdout);
        let document: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(document["reaches"].as_bool(), Some((command == "why") == (code == 0)));
    }
    assert!(!schema.is_valid(&serde_json::json!({ "format": "byok-why/1" })));
}

#[test]
fn of_nothing_else() {
    assert_eq!(corpus(&["schema", "policy"]).code, 2);
}
