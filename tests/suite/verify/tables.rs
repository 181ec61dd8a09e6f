//! What is wrong with the routing part, or with who is reached, is found where it stands.

use serde_json::{Value, json};

use super::{faults, plan_of, redigest, shipped};

/// Changes a shipped plan, makes its digest good again, and looks for one fault.
fn finds(change: &dyn Fn(&mut Value), at: &str, says: &str) {
    let mut plan = shipped("support.byok");
    change(&mut plan);
    redigest(&mut plan);
    let found = faults(&plan);
    assert!(found.iter().any(|(place, message)| place == at && message.contains(says)), "{at}: {says}: {found:#?}");
}

#[test]
fn the_digest_is_that_of_the_routing_part() {
    let mut plan = shipped("support.byok");
    plan["routes"]["eval"]["title"] = json!("another");
    let found = faults(&plan);
    assert!(
        matches!(found.as_slice(), [(at, message)] if at == "/digest" && message.contains("it was changed, or the digest was")),
        "{found:?}"
    );
    redigest(&mut plan);
    assert_eq!(faults(&plan), []);
}

#[test]
fn reach_is_the_closed_set_in_both_directions() {
    let mut plan = shipped("support.byok");
    let entry = plan["claims"]["reach"]["reasoning"].as_array_mut().unwrap().remove(0);
    let found = faults(&plan);
    let missing = format!(
        "a run of `reasoning` reaches `{}/{}`, which is missing",
        entry["provider"].as_str().unwrap(),
        entry["model"].as_str().unwrap()
    );
    assert_eq!(found, [("/claims/reach/reasoning".to_owned(), missing)]);
    let mut plan = shipped("support.byok");
    plan["claims"]["reach"]["eval"].as_array_mut().unwrap().push(entry.clone());
    let found = faults(&plan);
    assert!(
        matches!(found.as_slice(), [(at, message)] if at == "/claims/reach/eval/1" && message.starts_with("no run of `eval` reaches")),
        "{found:?}"
    );
    for (member, value) in
        [("data", json!(["public"])), ("region", json!(null)), ("key_owner", json!("managed")), ("vendors", json!(["gemini", "openai"]))]
    {
        finds(&|plan| plan["claims"]["reach"]["eval"][0][member] = value.clone(), "/claims/reach/eval/0", &format!("is not so: {member}"));
    }
    finds(
        &|plan| drop(plan["claims"]["reach"].as_object_mut().unwrap().remove("eval")),
        "/claims/reach",
        "whom route `eval` reaches is missing",
    );
    finds(&|plan| plan["claims"]["reach"]["gone"] = json!([]), "/claims/reach/gone", "there is no route `gone`");
    let twice = |plan: &mut Value| {
        let again = plan["claims"]["reach"]["eval"][0].clone();
        plan["claims"]["reach"]["eval"].as_array_mut().unwrap().push(again);
    };
    finds(&twice, "/claims/reach/eval/1", "is there twice");
}

#[test]
fn a_table_leads_forward_to_an_end() {
    let next = |plan: &mut Value, value: Value| plan["routes"]["reasoning"]["attempts"][1]["next"] = value;
    let at = "/routes/reasoning/attempts";
    finds(&|plan| next(plan, json!({ "timeout": 0 })), &format!("{at}/0"), "`next` leads back");
    finds(&|plan| next(plan, json!({ "timeout": 1 })), &format!("{at}/1"), "`next` leads back");
    finds(&|plan| next(plan, json!({ "timeout": 2 })), &format!("{at}/1/next/timeout"), "it leads to none of the 2 attempts");
    finds(&|plan| next(plan, json!({ "bad_request": 0 })), &format!("{at}/1/next/bad_request"), "no run goes on after `bad_request`");
    finds(&|plan| next(plan, json!({ "timeout": [0] })), &format!("{at}/1/next/timeout"), "lists where the route has `entries`");
    finds(&|plan| plan["routes"]["reasoning"]["attempts"][0]["next"] = json!({}), &format!("{at}/1"), "no run gets to attempt 1");
    finds(&|plan| plan["routes"]["reasoning"]["attempts"] = json!([]), at, "there are 0 attempts");
    finds(&|plan| plan["routes"]["reasoning"]["entries"] = json!([]), "/routes/reasoning/entries", "has to start");
    let again = |plan: &mut Value| {
        let mut first = plan["routes"]["reasoning"]["attempts"][0].clone();
        first["next"] = json!({});
        plan["routes"]["reasoning"]["attempts"].as_array_mut().unwrap().push(first);
        next(plan, json!({ "timeout": 2 }));
    };
    finds(&again, &format!("{at}/0"), "again after this");
}

#[test]
fn reach_holds_where_a_models_id_sends_requests() {
    let plan = plan_of(
        r#"language 1
        provider azure_openai { base_url "https://example.openai.azure.com/openai/v1" key env AZURE_OPENAI_API_KEY region us clearance public }
        model azure_openai/deployed { is azure/eu/gpt-4.1 context 100k output 10k }
        allow default { azure_openai/* }
        route a { accepts public primary azure_openai/deployed fallback none }"#,
    );
    assert_eq!(plan["claims"]["reach"]["a"][0]["region"], json!(["eu", "us"]));
    assert_eq!(faults(&plan), []);
    for (region, zone) in [(json!(["us"]), json!("eu")), (json!(["eu", "us"]), json!("jp")), (json!(null), json!("eu"))] {
        let mut plan = plan.clone();
        plan["claims"]["reach"]["a"][0]["region"] = region;
        plan["models"]["azure_openai/deployed"]["zone"] = zone;
        redigest(&mut plan);
        assert!(faults(&plan).iter().any(|(at, message)| at == "/claims/reach/a/0" && message.ends_with("is not so: region")));
    }
}

#[test]
fn what_is_said_of_an_account_fits_together() {
    let set = |members: Value| {
        move |plan: &mut Value| {
            for (member, value) in members.as_object().unwrap() {
                plan["providers"]["gemini"][member] = value.clone();
            }
        }
    };
    let variable = set(json!({ "base_url": { "env": "GEMINI_URL" }, "region": ["eu"] }));
    finds(&variable, "/providers/gemini/region", "its address is in a variable");
    for (upstreams, companies) in [
        (json!(null), json!({ "only": ["mistral"] })),
        (json!({ "any_except": ["mistral"] }), json!({ "only": ["mistral"] })),
        (json!({ "only": ["mistral"] }), json!({ "any_except": ["mistral"] })),
        (json!({ "only": ["mistral"] }), json!({ "only": ["mistral", "openai"] })),
        (json!({ "only": ["mistral"] }), json!({ "only": [] })),
        (json!({ "any_except": ["mistral"] }), json!({ "any_except": ["mistral", "openai"] })),
        (json!({ "any_except": ["google-vertex/europe"] }), json!({ "any_except": ["vertex"] })),
    ] {
        let change = set(json!({ "upstreams": upstreams, "upstream_vendors": companies }));
        finds(&change, "/providers/gemini/upstream_vendors", "not the companies of `upstreams`");
    }
}

#[test]
fn every_name_leads_somewhere() {
    for (pointer, value, at, says) in [
        ("/routes/eval/attempts/0/provider", json!("gone"), "/routes/eval/attempts/0/provider", "there is no provider `gone`"),
        ("/routes/eval/attempts/0/model", json!("other"), "/routes/eval/attempts/0/target", "is not model `other`"),
        ("/routes/eval/tools", json!(["gone"]), "/routes/eval/tools", "there is no tool `gone`"),
        ("/routes/eval/accepts", json!(["confidential"]), "/routes/eval/accepts", "without those below"),
        ("/routes/eval/accepts", json!(["gone"]), "/routes/eval/accepts", "not in `data`"),
        ("/routes/eval/kind", json!("poem"), "/routes/eval/kind", "`poem` is not openai"),
        ("/routes/eval/redact", json!(["names"]), "/routes/eval/attempts/0/redact", "`names` is not email"),
        ("/routes/eval/answers", json!(["reasoning"]), "/routes/eval/answers", "leads to route `reasoning` too"),
        ("/routes/eval/cost", json!("$1"), "/routes/eval/cost", "no decimal number"),
        ("/workflows/support/steps/draft/route", json!("gone"), "/workflows/support/steps/draft/route", "there is no route `gone`"),
        ("/workflows/support/steps/draft/after", json!(["gone"]), "/workflows/support/steps/draft/after", "there is no step `gone`"),
        ("/workflows/support/steps/triage/after", json!(["grade"]), "/workflows/support/steps", "steps wait for each other"),
        (
            "/workflows/support/steps/grade/after",
            json!(["send"]),
            "/workflows/support/steps/grade/judges",
            "comes after the one that it judges",
        ),
        ("/callers/support_agent/routes", json!(["gone"]), "/callers/support_agent/routes", "there is no route `gone`"),
        ("/sources/tickets/holds", json!(["gone"]), "/sources/tickets/holds", "not in `data`"),
        ("/data/public", json!(["public", "internal"]), "/data/internal", "lie below each other"),
        ("/data/restricted", json!(["restricted", "internal"]), "/data/restricted", "but not all that lies below"),
    ] {
        let says = if pointer.ends_with("kind") { "`poem` is not chat" } else { says };
        finds(&|plan| *plan.pointer_mut(pointer).unwrap() = value.clone(), at, says);
    }
}

#[test]
fn nobody_is_sent_what_he_is_not_cleared_for() {
    let set = |pointer: &'static str, value: Value| move |plan: &mut Value| *plan.pointer_mut(pointer).unwrap() = value.clone();
    finds(&set("/providers/gemini/clearance", json!(["public"])), "/routes/eval/attempts/0", "provider `gemini` is not cleared");
    finds(&set("/providers/gemini/key_owner", json!("managed")), "/routes/eval/attempts/0", "not your own");
    finds(&set("/tools/search_docs/accepts", json!(["public"])), "/routes/reasoning/tools", "which it does not accept");
    finds(&set("/tools/search_docs/returns", json!(["restricted"])), "/routes/reasoning/tools", "which the route does not accept");
    finds(&set("/workflows/support/steps/triage/lowers", json!([])), "/workflows/support/steps/retrieve", "sends confidential data");
}

#[test]
fn only_redaction_makes_data_less_sensitive() {
    let policy = r#"language 1
        provider openai { key env OPENAI_API_KEY clearance internal }
        allow default { openai/* }
        route masked { accepts confidential primary openai/gpt-6-luna fallback none redact email, secret minimize strip images, files
          lowers confidential to internal because "no names" }"#;
    let plan = plan_of(policy);
    assert_eq!(faults(&plan), []);
    for (pointer, value) in [("/routes/masked/redact", json!([])), ("/routes/masked/minimize/strip", json!(["images"]))] {
        let mut plan = plan.clone();
        *plan.pointer_mut(pointer).unwrap() = value;
        redigest(&mut plan);
        let found = faults(&plan);
        assert!(
            matches!(found.as_slice(), [(at, message)] if at == "/routes/masked/attempts/0" && message.contains("it masks nothing")),
            "{found:?}"
        );
    }
    let mut plan = plan;
    plan["routes"]["masked"]["lowers"] = json!([]);
    redigest(&mut plan);
    assert!(faults(&plan).iter().any(|(_, message)| message.contains("may receive confidential data")));
}
