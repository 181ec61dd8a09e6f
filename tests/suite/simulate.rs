//! `byokc simulate`: scenarios from the command line, and all that can become of a route.

use serde_json::Value;

use crate::byokc::{Folder, Ran, project, run, snapshot};

const POLICY: &str = "provider openai { key env OPENAI_API_KEY  clearance internal  region us }
provider anthropic { key file \"keys/anthropic\"  clearance internal }
provider openrouter { key per_request  clearance internal  region eu, us  upstreams only mistral }
provider lab { protocol openai_compatible  base_url \"http://localhost:8000/v1\"  key none  clearance internal  region eu }

model lab/\"m4,gpu\" { context 100k  output 10k  supports tools }

allow default { openai/gpt-6-* anthropic/claude-* openrouter/mistralai/* lab/* }

pool balanced spread { openai/gpt-6-sol anthropic/claude-sonnet-5-5 }

route faq {
  accepts   internal
  primary   openai/gpt-6-luna
  fallback  lab/\"m4,gpu\" on rate_limit
  fallback  openrouter/mistralai/mistral-small-2603 on outage
}

route answer {
  accepts     internal
  primary     pool balanced on outage
  fallback    route faq on quota
  approve     team_lead
  max_input   8k
  deadline    20min
}
";

fn simulate(arguments: &[&str]) -> Ran {
    let arguments: Vec<&str> = ["simulate", "p.byok", "--as-of", "2026-11-24"].iter().chain(arguments).copied().collect();
    Folder::with(&[("p.byok", POLICY)]).run(&arguments)
}

fn document(arguments: &[&str]) -> Value {
    let ran = simulate(&[&["--output", "json"], arguments].concat());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let schema: Value = serde_json::from_str(&run(project(), &["schema", "simulation"], b"").stdout).unwrap();
    jsonschema::validate(&schema, &document).unwrap();
    document
}

/// Each run on one line.
fn told(document: &Value) -> Vec<String> {
    let event = |event: &Value| format!("{} {}", event["target"].as_str().unwrap(), event["outcome"].as_str().unwrap());
    let runs = document["runs"].as_array().unwrap().iter();
    runs.map(|run| {
        let events: Vec<String> = run["events"].as_array().unwrap().iter().map(event).collect();
        format!("{}: {}", run["route"].as_str().unwrap(), events.join(", "))
    })
    .collect()
}

#[test]
fn an_outage_that_holds_a_smaller_one_is_not_told() {
    let policy = "provider openai { key env OPENAI_API_KEY }
provider lab { protocol openai_compatible  base_url \"http://localhost:8000/v1\"  key none }
allow default { openai/gpt-6-* lab/* }
route faq {
  accepts   public
  primary   openai/gpt-6-luna
  fallback  openai/gpt-6-sol on network, server_error, overloaded
  fallback  openai/gpt-6-astra on network, server_error, overloaded
  fallback  lab/m on timeout
}
";
    let ran = Folder::with(&[("p.byok", policy)]).run(&["simulate", "p.byok", "--as-of", "2026-11-24", "--all", "--output", "json"]);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let outages = document["summary"][0]["outages"].as_array().unwrap().iter().filter(|outage| outage["kind"] == "provider");
    // Two calls fail where both are lost, and three where one is: that is found later, but says all.
    assert_eq!(outages.collect::<Vec<_>>(), [&serde_json::json!({ "kind": "provider", "lost": ["openai"] })]);
}

#[test]
fn every_route_in_a_scenario() {
    let ran = simulate(&["--down", "openai", "--missing", "anthropic"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    snapshot("simulate", "scenario", &ran.stdout);
}

#[test]
fn each_option_makes_a_call_fail() {
    assert_eq!(told(&document(&["faq"])), ["faq: openai/gpt-6-luna served"]);
    let found = told(&document(&["faq", "--fail", "openai/gpt-6-luna=rate_limit", "--fail", "lab/m4,gpu=network"]));
    let all = "faq: openai/gpt-6-luna rate_limit, lab/\"m4,gpu\" network, openrouter/mistralai/mistral-small-2603 served";
    assert_eq!(found, [all], "a target is named as the policy writes it, or without the quotes");
    // A target beats its provider, a missing key beats both.
    let found = told(&document(&["faq", "--fail", "openai=timeout", "--fail", "openai/gpt-6-luna=quota"]));
    assert_eq!(found, ["faq: openai/gpt-6-luna quota"]);
    let found = told(&document(&["faq", "--missing", "openai", "--down", "openai"]));
    assert_eq!(found, ["faq: openai/gpt-6-luna missing_key"]);
    assert_eq!(told(&document(&["answer", "--refuse", "team_lead"])), ["answer: "]);
}

#[test]
fn a_run_says_who_serves_or_what_to_do() {
    let served = &document(&["answer", "--down", "openai"])["runs"][0];
    assert_eq!(served["served_by"], "anthropic/claude-sonnet-5-5");
    assert!(served["fails_with"].is_null() && served["message"].is_null());
    let failed = &document(&["faq", "--fail", "openai=invalid_key"])["runs"][0];
    assert_eq!((&failed["served_by"], failed["fails_with"].as_str()), (&Value::Null, Some("invalid_key")));
    assert_eq!(
        failed["message"],
        "The faq route called OpenAI with the key in OPENAI_API_KEY, and OpenAI rejects it. \
         Set OPENAI_API_KEY to a key that OpenAI accepts, or switch this route to another provider."
    );
    let refused = &document(&["answer", "--refuse", "team_lead"])["runs"][0];
    assert_eq!(refused["fails_with"], "refused");
    assert!(refused["message"].as_str().unwrap().starts_with("The answer route called nobody"));
}

#[test]
fn all_that_can_become_of_each_route() {
    let ran = simulate(&["--all"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    snapshot("simulate", "all", &ran.stdout);
    let document = document(&["--all"]);
    let summary = &document["summary"];
    assert_eq!(
        summary[0]["can_serve"],
        serde_json::json!(["openai/gpt-6-luna", "lab/\"m4,gpu\"", "openrouter/mistralai/mistral-small-2603"])
    );
    assert_eq!(
        (&summary[0]["any_region"], &summary[1]["any_region"]),
        (&Value::Bool(false), &Value::Bool(true)),
        "anthropic says no region"
    );
    assert_eq!(summary[0]["companies"], serde_json::json!(["lab", "mistral", "openai", "openrouter"]));
    assert_eq!(summary[1]["most_calls"], 5);
    let outages = summary[0]["outages"].as_array().unwrap();
    let single: Vec<String> = outages.iter().filter(|outage| outage["lost"].as_array().unwrap().len() == 1).map(Value::to_string).collect();
    // Without its key OpenAI is asked no more, and nothing takes that; the router stands in for any other outage.
    assert_eq!(single, [r#"{"kind":"key","lost":["OPENAI_API_KEY"]}"#, r#"{"kind":"region","lost":["us"]}"#]);
    assert!(outages.contains(&serde_json::json!({ "kind": "provider", "lost": ["openai", "openrouter"] })), "{outages:#?}");
    // Every run ends served or with a class, and no two are the same.
    let mut told = told(&document);
    let all = told.len();
    told.sort_unstable();
    told.dedup();
    assert_eq!(told.len(), all);
    assert!(document["runs"].as_array().unwrap().iter().all(|run| run["served_by"].is_null() != run["fails_with"].is_null()));
}

#[test]
fn classes_that_lead_on_alike_are_one_run() {
    let found = told(&document(&["faq", "--all"]));
    let outages = found.iter().filter(|run| run.starts_with("faq: openai/gpt-6-luna overloaded, openrouter")).count();
    assert_eq!(outages, 14, "served, and a run for each of the classes that end it");
    assert!(!found.iter().any(|run| run.starts_with("faq: openai/gpt-6-luna timeout")), "{found:#?}");
    assert!(found.contains(&"faq: openai/gpt-6-luna quota".to_owned()), "endings are told apart");
    assert!(!found.iter().any(|run| run.contains("gpu\" missing_key")), "who needs no key misses none");
}

#[test]
fn too_many_runs_are_said() {
    let fallbacks: Vec<String> =
        (0..16).map(|number| format!("fallback openai/gpt-6-a{number} on outage fallback anthropic/claude-a{number} on quota")).collect();
    let many = format!("{POLICY}route many {{ accepts internal primary openai/gpt-6-luna {} }}\n", fallbacks.join(" "));
    let folder = Folder::with(&[("p.byok", &many)]);
    let ran = folder.run(&["simulate", "p.byok", "many", "--all", "--output", "json"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (4, ""));
    assert!(ran.stderr.starts_with("error: route `many` has more than 10,000 runs"), "{}", ran.stderr);
    let ran = folder.run(&["simulate", "p.byok", "many", "--all"]);
    assert!(ran.code == 0 && ran.stdout.starts_with("route many: more than 10,000 runs\n  can be served by "), "{ran:?}");
}

#[test]
fn what_is_not_known_is_wrong_usage() {
    for (arguments, help) in [
        (&["fag"][..], "did you mean `faq`?"),
        (&["--down", "opnai"], "did you mean `openai`?"),
        (&["--missing", "zzzzzzzz"], "there are openai, anthropic, openrouter, lab"),
        (&["--fail", "openai"], "write `--fail TARGET=CLASS`"),
        (&["--fail", "openai/gpt-6-lunar=quota"], "did you mean `openai/gpt-6-luna`?"),
        (&["--fail", "openai=outage"], "name one of them: overloaded, server_error, timeout, network"),
        (&["--fail", "openai=deadline"], "there are missing_key"),
        (&["--refuse", "team_leads"], "did you mean `team_lead`?"),
        (&["--down", "openai", "--fail", "openai=quota"], "keep one of the two options"),
        (&["--all", "--down", "openai"], "cannot be used with"),
        (&["--output", "sarif"], "there are human, json"),
    ] {
        let ran = simulate(arguments);
        assert!(ran.code == 2 && ran.stderr.contains(help), "{arguments:?}: {ran:?}");
        assert_eq!(ran.stdout, "", "{arguments:?}");
    }
}

#[test]
fn a_policy_with_errors_is_simulated_as_far_as_it_goes() {
    let cycle = format!("{POLICY}route a {{ accepts internal primary openai/gpt-6-luna fallback route a }}\n");
    let ran = Folder::with(&[("p.byok", &cycle)]).run(&["simulate", "p.byok"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("route faq\n") && !ran.stdout.contains("route a\n"), "{}", ran.stdout);
    assert!(ran.stderr.contains("there is 1 error in this policy"), "{}", ran.stderr);
}

#[test]
fn one_run_writes_both() {
    let folder = Folder::with(&[("p.byok", POLICY)]);
    let ran = folder.run(&["simulate", "p.byok", "faq", "--output", "json=out.json", "--output", "human"]);
    assert!(ran.code == 0 && ran.stdout.starts_with("route faq\n"), "{ran:?}");
    assert!(folder.read("out.json").starts_with("{\n  \"format\": \"byok-simulation/1\""));
    assert_eq!(folder.run(&["simulate", "p.byok", "--output", "json=p.byok"]).code, 2);
}

#[test]
fn where_it_is_processed_and_who_sees_it_is_told_as_claims_count_it() {
    let policy = "provider azure_openai { base_url \"https://example.openai.azure.com/openai/v1\"  key env AZURE  clearance public  region us }
provider router { protocol openrouter  base_url \"https://openrouter.ai/api/v1\"  key env ROUTER  clearance public  region jp  upstreams only google-vertex/europe }
model azure_openai/deployed { is azure/eu/gpt-4.1 }
allow default { azure_openai/* router/* }
route a { accepts public  primary azure_openai/deployed  fallback router/google/gemini-2.5-pro on outage }
";
    let ran = Folder::with(&[("p.byok", policy)]).run(&["simulate", "p.byok", "--all", "--output", "json", "--as-of", "2026-11-24"]);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    let summary = &document["summary"][0];
    assert_eq!(summary["companies"], serde_json::json!(["azure", "openrouter", "vertex"]), "{document:#}");
    assert_eq!(summary["regions"], serde_json::json!(["eu", "europe", "jp", "us"]));
}
