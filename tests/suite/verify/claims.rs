//! Each form of claim: a plan in which it holds, and the same plan changed so that it does not, with a good digest.

use serde_json::{Value, json};

use super::{plan_of, redigest, verify};

const POLICY: &str = r#"language 1
provider openai { key env OPENAI_API_KEY clearance restricted region us }
provider anthropic { key env ANTHROPIC_API_KEY clearance restricted region us }
provider mistral { key env MISTRAL_API_KEY clearance restricted region eu }
provider openrouter { key env OPENROUTER_API_KEY clearance internal upstreams only mistral }
allow default { openai/* anthropic/* mistral/* openrouter/* }
route chat { max_input 20k max_output 1k
  accepts internal
  primary openai/gpt-6-luna
  fallback anthropic/claude-haiku-5-5 on outage, auth
}
route secret { max_input 20k max_output 1k accepts restricted primary anthropic/claude-haiku-5-5 fallback none }
route judge { max_input 20k max_output 1k accepts internal primary mistral/mistral-large-4 fallback none approve lead }
route open { max_input 20k max_output 1k accepts public primary openrouter/mistralai/mistral-small-2603 fallback none redact email }
route wide { max_input 20k max_output 1k
  accepts internal
  primary openai/gpt-6-luna
  fallback anthropic/claude-haiku-5-5 on outage
  fallback mistral/mistral-large-4 on outage
}
route send { max_input 20k max_output 1k accepts internal primary openai/gpt-6-luna fallback none tools mail }
tool mail { auth oauth "mail.send" effect external accepts internal returns public approve lead }
workflow w {
  step first { route chat }
  step check { after first route judge }
  step last { after check route send }
}
caller agent { token env AGENT_TOKEN workflows w routes open, secret, wide, chat }
"#;

const ALL: [&str; 4] = ["confidential", "internal", "public", "restricted"];

type Change = fn(&mut Value);

fn in_variable(plan: &mut Value, account: &str) {
    let account = &mut plan["providers"][account];
    (account["base_url"], account["region"]) = (json!({ "env": format!("ADDRESS_{}", account["title"]) }), json!(null));
}

fn target(plan: &mut Value, route: &str, index: usize, model: &str) {
    let attempt = &mut plan["routes"][route]["attempts"][index];
    let text = format!("{}/{model}", attempt["provider"].as_str().unwrap());
    attempt["model"] = json!(model);
    attempt["target"] = json!(text);
    let some = plan["models"].as_object().unwrap().values().next().unwrap().clone();
    plan["models"][text] = some;
}

/// A claim that holds, a change after which it does not, and what is then said.
#[rustfmt::skip]
const CASES: &[(&str, Change, &str)] = &[
    ("restricted reaches only anthropic", |plan| plan["routes"]["chat"]["accepts"] = json!(ALL), "`openai/gpt-6-luna` receives restricted data"),
    ("restricted reaches only anthropic", |plan| {
        plan["providers"]["anthropic"]["vendor"] = json!("acme");
        plan["providers"]["anthropic"]["misnamed"] = json!(true);
    }, "receives"),
    ("restricted reaches only anthropic/claude-*", |plan| target(plan, "secret", 0, "gpt-6-luna"), "`anthropic/gpt-6-luna` receives"),
    ("restricted reaches only anthropic/claude-*", |plan| target(plan, "secret", 0, "claude-x:free"), "`anthropic/claude-x:free` receives"),
    ("restricted reaches only region us", |plan| plan["providers"]["anthropic"]["region"] = json!(["us", "eu"]), "receives"),
    ("restricted reaches only region us", |plan| plan["providers"]["anthropic"]["region"] = json!(null), "receives"),
    ("restricted reaches only region us", |plan| plan["providers"]["anthropic"]["region"] = json!([]), "receives"),
    ("public reaches only openai, anthropic, mistral, openrouter", |plan| plan["providers"]["openrouter"]["upstreams"] = json!({ "only": ["mistral", "groq"] }), "receives"),
    ("restricted reaches only region us", |plan| plan["models"]["anthropic/claude-haiku-5-5"]["zone"] = json!("eu"), "receives"),
    ("public reaches only openai, anthropic, mistral, openrouter", |plan| plan["providers"]["openrouter"]["upstream_vendors"] = json!({ "only": ["groq"] }), "receives"),
    ("public reaches only openai, anthropic, mistral, openrouter", |plan| plan["providers"]["openrouter"]["upstreams"] = json!({ "any_except": ["groq"] }), "receives"),
    ("never confidential reaches openai", |plan| plan["routes"]["chat"]["accepts"] = json!(ALL), "`openai/gpt-6-luna` receives restricted data"),
    ("never restricted reaches openai", |plan| plan["providers"]["anthropic"]["host_vendor"] = json!("openai"), "`anthropic/claude-haiku-5-5` receives"),
    ("never restricted reaches region eu", |plan| plan["providers"]["anthropic"]["region"] = json!(null), "receives"),
    ("never restricted reaches region eu", |plan| plan["providers"]["anthropic"]["region"] = json!(["eu/west-1"]), "receives"),
    ("never restricted reaches anthropic/claude-opus-*", |plan| plan["models"]["anthropic/claude-haiku-5-5"]["aliases"] = json!(["claude-opus-9"]), "receives"),
    ("never restricted reaches anthropic/claude-opus-*", |plan| target(plan, "secret", 0, "Claude-Opus-9:free"), "receives"),
    ("never restricted reaches anthropic/claude-opus-*", |plan| plan["models"]["anthropic/claude-haiku-5-5"]["base"] = json!(null), "receives"),
    ("never internal reaches openrouter/mistralai/*", |plan| plan["routes"]["open"]["accepts"] = json!(["internal", "public"]), "receives internal data"),
    ("never public reaches openai/gpt-5*", |plan| {
        plan["providers"]["openrouter"]["upstreams"] = json!({ "any_except": [] });
        plan["models"]["openrouter/mistralai/mistral-small-2603"]["base"] = json!("openai/gpt-5.2");
    }, "`openrouter/mistralai/mistral-small-2603` receives"),
    ("never public reaches openai/mistral-small*", |plan| {
        plan["providers"]["openrouter"]["upstreams"] = json!({ "any_except": [] });
        plan["models"]["openrouter/mistralai/mistral-small-2603"]["base"] = json!(null);
    }, "receives"),
    ("only anthropic/claude-haiku-* serve secret", |plan| target(plan, "secret", 0, "claude-opus-9"), "`anthropic/claude-opus-9` may serve it"),
    ("every path to tool mail passes step check", |plan| plan["callers"]["agent"]["routes"] = json!(["send"]), "there is a way around it"),
    ("every path to tool mail passes step first", |plan| plan["workflows"]["w"]["steps"]["check"]["after"] = json!([]), "there is a way around it"),
    ("every path to tool mail passes approval by lead", |plan| plan["tools"]["mail"]["approve"] = json!(null), "there is a way around it"),
    ("every path to tool mail passes approval by lead", |plan| plan["tools"]["mail"]["approve"]["role"] = json!("intern"), "there is a way around it"),
    ("every path to step last passes step check", |plan| plan["workflows"]["w"]["steps"]["last"]["after"] = json!(["first"]), "there is a way around it"),
    ("every path to step last passes approval", |plan| plan["routes"]["judge"]["approve"] = json!(null), "there is a way around it"),
    ("every path to provider openrouter passes redaction of email", |plan| plan["routes"]["open"]["redact"] = json!([]), "there is a way around it"),
    ("every path to provider openrouter passes redaction of email", |plan| plan["providers"]["anthropic"]["vendor"] = json!("openrouter"), "there is a way around it"),
    ("chat survives losing any 1 provider", |plan| drop(plan["routes"]["chat"]["attempts"][0]["next"].as_object_mut().unwrap().remove("timeout")), "route `chat` does not serve when host `api.openai.com` is lost"),
    ("chat survives losing any 1 provider", |plan| plan["providers"]["anthropic"]["base_url"] = json!({ "url": "https://API.openai.com:443/x" }), "does not serve"),
    ("chat survives losing any 1 provider", |plan| plan["routes"]["chat"]["deadline_ms"] = json!(121_000), "does not serve"),
    ("chat survives losing any 1 provider", |plan| in_variable(plan, "anthropic"), "when host `api.openai.com` is lost"),
    ("chat survives losing any 1 provider", |plan| {
        in_variable(plan, "anthropic");
        in_variable(plan, "openai");
    }, "when the host that only a variable names is lost"),
    ("chat survives losing any 1 vendor", |plan| {
        plan["providers"]["openai"]["upstreams"] = json!({ "any_except": ["anthropic"] });
        plan["providers"]["anthropic"]["upstreams"] = json!({ "any_except": ["openai"] });
    }, "when a company that may serve behind is lost"),
    ("chat survives losing any 1 vendor", |plan| plan["providers"]["anthropic"]["host_vendor"] = json!("openai"), "when company `openai` is lost"),
    ("chat survives losing any 1 vendor", |plan| plan["providers"]["anthropic"]["upstreams"] = json!({ "any_except": [] }), "when company `openai` is lost"),
    ("chat survives losing any 1 key", |plan| plan["providers"]["anthropic"]["key"] = json!({ "env": "OPENAI_API_KEY" }), "when the key in variable `OPENAI_API_KEY` is lost"),
    ("wide survives losing any 1 region", |plan| plan["providers"]["mistral"]["region"] = json!(null), "when region `us` is lost"),
    ("wide survives losing any 1 region", |plan| plan["providers"]["mistral"]["region"] = json!(["us/east-1"]), "when region `us` is lost"),
    ("wide survives losing any 1 region", |plan| plan["models"]["mistral/mistral-large-4"]["zone"] = json!("us"), "when region `us` is lost"),
    ("wide survives losing any 2 providers", |plan| drop(plan["routes"]["wide"]["attempts"][1]["next"].as_object_mut().unwrap().remove("network")), "host `api.openai.com` and host `api.anthropic.com` are lost"),
    ("judge independent of chat", |plan| plan["models"]["mistral/mistral-large-4"]["base"] = json!("openai/gpt-6-luna"), "are one model"),
    ("judge independent of chat", |plan| plan["models"]["mistral/mistral-large-4"]["base"] = json!(null), "cannot be shown to be different models"),
    ("judge independent of chat by provider", |plan| plan["providers"]["mistral"]["base_url"] = json!({ "url": "https://api.openai.com/v2" }), "may be at one provider"),
    ("judge independent of chat by provider", |plan| in_variable(plan, "mistral"), "may be at one provider"),
    ("judge independent of chat by vendor", |plan| plan["providers"]["mistral"]["host_vendor"] = json!("anthropic"), "may be served by one company"),
    ("judge independent of chat by key", |plan| plan["providers"]["mistral"]["key"] = json!({ "env": "ANTHROPIC_API_KEY" }), "use one key"),
    ("cost of chat <= $0.011", |plan| plan["models"]["anthropic/claude-haiku-5-5"]["input_price"] = json!("99"), "the worst run of route `chat` has $"),
    ("cost of chat <= $0.011", |plan| plan["models"]["openai/gpt-6-luna"]["input_price"] = json!(null), "it cannot be shown: the price of `openai/gpt-6-luna` is unknown"),
    ("cost of chat <= $0.011", |plan| plan["models"]["openai/gpt-6-luna"]["price_tiers"][0]["above"] = json!(1), "$0.0"),
    ("cost of chat <= $0.011", |plan| plan["routes"]["chat"]["max_input"] = json!(null), "has $"),
    ("latency of chat <= 5min", |plan| plan["routes"]["chat"]["attempts"][1]["retries"] = json!(5), "the worst run of route `chat` has"),
    ("latency of workflow w <= 10min", |plan| plan["workflows"]["w"]["steps"]["check"]["at_most"] = json!(9), "the worst run of workflow `w` has"),
    ("attempts of workflow w <= 4", |plan| plan["workflows"]["w"]["steps"]["last"]["at_most"] = json!(2), "the worst run of workflow `w` has 5 attempts"),
    ("attempts of wide <= 3", |plan| {
        plan["routes"]["wide"] = plan["routes"]["wide"].clone();
        let mut more = plan["routes"]["open"]["attempts"][0].clone();
        more["next"] = json!({});
        plan["routes"]["wide"]["attempts"].as_array_mut().unwrap().push(more);
        plan["routes"]["wide"]["attempts"][2]["next"] = json!({ "quota": 3 });
    }, "the worst run of route `wide` has 4 attempts"),
    ("own keys on all routes", |plan| plan["providers"]["mistral"]["key_owner"] = json!("managed"), "is called with a key that is not your own"),
    ("no fallback on secret, judge", |plan| plan["routes"]["judge"] = plan["routes"]["chat"].clone(), "route `judge` has 2 attempts"),
];

#[test]
fn a_plan_is_refused_for_the_claim_that_does_not_hold() {
    let mut policy = POLICY.to_owned();
    for (claim, _, _) in CASES {
        if !policy.contains(&format!("assert {claim}\n")) {
            policy += &format!("assert {claim}\n");
        }
    }
    let plan = plan_of(&policy);
    let ran = verify(&plan);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["proved"].as_array().unwrap().len(), plan["claims"]["assertions"].as_array().unwrap().len());
    for (claim, change, says) in CASES {
        let mut changed = plan.clone();
        changed["claims"]["assertions"].as_array_mut().unwrap().retain(|other| other["claim"] == *claim);
        change(&mut changed);
        redigest(&mut changed);
        let ran = verify(&changed);
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        let faults = report["faults"].as_array().unwrap();
        let about = format!("the claim `{claim}` is said to be proved, but it does not hold: ");
        let found = faults.iter().find(|fault| fault["message"].as_str().unwrap().starts_with(&about));
        let found = found.unwrap_or_else(|| panic!("{claim}: {faults:#?}"));
        assert_eq!((ran.code, found["at"].as_str()), (1, Some("/claims/assertions/0")), "{claim}");
        assert!(found["message"].as_str().unwrap().contains(says), "{claim}: {found:#}");
        let run = found["run"].as_array().unwrap();
        assert!(!run.is_empty() || claim.starts_with("no fallback"), "{claim} shows a run");
    }
}

#[test]
fn what_was_decided_is_the_statement_and_a_claim_of_the_language() {
    let claims: std::collections::BTreeSet<&str> = CASES.iter().map(|(claim, ..)| *claim).collect();
    let more = ["cost of all routes <= $90.50", "only openai/\"gpt 6\", openai/*, anthropic/* serve chat", "latency of chat <= 90min"];
    let with = |claims: &[String]| plan_of(&claims.iter().fold(POLICY.to_owned(), |text, claim| format!("{text}assert {claim}\n")));
    let claims: Vec<String> = claims.iter().chain(&more).map(|claim| (*claim).to_owned()).collect();
    let mut plan = with(&claims);
    let statements = |plan: &Value| -> Vec<Value> {
        plan["claims"]["assertions"].as_array().unwrap().iter().map(|claim| claim["statement"].clone()).collect()
    };
    for claim in plan["claims"]["assertions"].as_array_mut().unwrap() {
        claim["claim"] = json!("all is well");
    }
    let report: Value = serde_json::from_str(&verify(&plan).stdout).unwrap();
    let told: Vec<String> = serde_json::from_value(report["proved"].clone()).unwrap();
    assert_eq!(statements(&with(&told)), statements(&plan), "{told:#?}");
    plan["claims"]["assertions"][0]["verdict"] = json!("undecided");
    let report: Value = serde_json::from_str(&verify(&plan).stdout).unwrap();
    assert_eq!(report["undecided"], json!([told[0]]));
}

#[test]
fn what_is_beyond_the_bound_is_not_proved() {
    let upstreams = |account: usize| (0..60).map(|number| format!("u{account}-{number}")).collect::<Vec<_>>().join(", ");
    let account = |number: usize| {
        let listed = upstreams(number);
        format!(
            "provider p{number} {{ protocol openai_compatible base_url \"https://h{number}.example/v1\" key env K{number} clearance public upstreams only {listed} }}\n"
        )
    };
    let accounts: String = (0..4).map(account).collect();
    let policy = format!(
        "language 1\n{accounts}allow default {{ p0/* p1/* p2/* p3/* }}\nroute r {{ accepts public primary p0/m fallback p1/m fallback p2/m fallback p3/m }}\n\
         assert r survives losing any 3 vendors\nassert r survives losing any 2 vendors\n"
    );
    let mut plan = plan_of(&policy);
    for claim in plan["claims"]["assertions"].as_array_mut().unwrap() {
        claim["verdict"] = json!("proved");
    }
    let found = super::faults(&plan);
    assert!(
        matches!(found.as_slice(), [(at, message)] if at == "/claims/assertions/0/verdict" && message.ends_with("take it as undecided")),
        "{found:?}"
    );
}
