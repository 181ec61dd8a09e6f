//! Whatever is done to a plan, it is judged and nothing panics.

use std::sync::OnceLock;

use byokc::plan::lower;
use byokc::verify::{read, verify};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{SHIPPED, redigest, shipped};
use crate::byokc::project;
use crate::properties::compiled;

fn plans() -> &'static [Value] {
    static PLANS: OnceLock<Vec<Value>> = OnceLock::new();
    PLANS.get_or_init(|| SHIPPED.iter().map(|policy| shipped(policy)).collect())
}

/// Every place in a document, as pointers.
fn places(value: &Value, here: &str, all: &mut Vec<String>) {
    all.push(here.to_owned());
    match value {
        Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| places(item, &format!("{here}/{index}"), all)),
        Value::Object(members) => {
            for (name, member) in members {
                places(member, &format!("{here}/{}", name.replace('~', "~0").replace('/', "~1")), all);
            }
        }
        _ => {}
    }
}

fn remove(plan: &mut Value, place: &str) {
    let Some((parent, name)) = place.rsplit_once('/') else { return };
    let name = name.replace("~1", "/").replace("~0", "~");
    match plan.pointer_mut(parent) {
        Some(Value::Array(items)) => drop(items.remove(name.parse().unwrap())),
        Some(Value::Object(members)) => drop(members.remove(&name)),
        _ => {}
    }
}

/// One change: at which place, as a part of all places; what stands there then, where anything does; and whether the digest is made good.
fn change() -> impl Strategy<Value = (f64, Option<usize>, f64)> {
    (0.0..1.0, proptest::option::of(0..12usize), 0.0..1.0)
}

fn apply(plan: &mut Value, (at, with, other): (f64, Option<usize>, f64)) -> String {
    let mut all = Vec::new();
    places(plan, "", &mut all);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a part of a small number")]
    let pick = |part: f64| all[(part * all.len() as f64) as usize].clone();
    let (place, from) = (pick(at), pick(other));
    let elsewhere = plan.pointer(&from).unwrap().clone();
    match with {
        None => remove(plan, &place),
        Some(with) => {
            *plan.pointer_mut(&place).unwrap() = match with {
                0 => json!(null),
                1 => json!(0),
                2 => json!(-1),
                3 => json!(u64::MAX),
                4 => json!(""),
                5 => json!("\u{202e}x/~"),
                6 => json!([]),
                7 => json!({}),
                8 => json!(65535),
                9 => json!("restricted"),
                _ => elsewhere,
            }
        }
    }
    place
}

/// Claims of most forms about a plan, few of which hold.
fn claims(plan: &Value) -> Vec<String> {
    let names = |part: &str| plan[part].as_object().unwrap().keys().cloned().collect::<Vec<String>>();
    let mut claims = vec!["own keys on all routes".to_owned()];
    for account in names("providers") {
        for class in names("data") {
            claims.push(format!("never {class} reaches {account}"));
            claims.push(format!("never {class} reaches {account}/*"));
            claims.push(format!("{class} reaches only {account}"));
        }
        claims.push(format!("every path to provider {account} passes approval"));
        claims.push(format!("every path to provider {account} passes redaction of email"));
    }
    for region in ["region eu", "region us"] {
        claims.extend(
            names("data").iter().flat_map(|class| [format!("{class} reaches only {region}"), format!("never {class} reaches {region}")]),
        );
    }
    for route in names("routes") {
        claims.push(format!("no fallback on {route}"));
        claims.extend(
            ["cost of", "latency of", "attempts of"].iter().zip(["$0.01", "30s", "1"]).map(|(of, most)| format!("{of} {route} <= {most}")),
        );
        for kind in ["provider", "vendor", "key", "region"] {
            claims.extend((1..3).map(|losing| format!("{route} survives losing any {losing} {kind}")));
        }
        for other in names("routes") {
            claims.extend(["provider", "vendor", "model", "key"].map(|by| format!("{route} independent of {other} by {by}")));
        }
    }
    for tool in names("tools") {
        claims.extend(["approval", "approval by nobody"].map(|passage| format!("every path to tool {tool} passes {passage}")));
    }
    claims
}

#[test]
fn what_is_refuted_cannot_be_said_to_be_proved() {
    // How many are refuted.
    let mut refuted = 0;
    for (policy, honest) in SHIPPED.iter().zip(plans()).filter(|(policy, _)| !policy.contains('/')) {
        let text = std::fs::read_to_string(project().join("policies").join(policy)).unwrap();
        let asserted = claims(honest).iter().fold(text, |text, claim| format!("{text}\nassert {claim}"));
        let judged = compiled(&asserted, |sources, mut compilation| {
            let names: Vec<_> = compilation.diagnostics.iter().filter(|finding| finding.rule.code.0 < 105).collect();
            assert!(names.is_empty(), "{policy}: {names:#?}");
            // What does not hold is an error, and of a policy with errors there is no plan.
            compilation.diagnostics.clear();
            let Ok(checked) = compilation.checked() else { panic!("no finding is left") };
            serde_json::from_str::<Value>(&lower(sources, &checked).to_json()).unwrap()
        });
        let mut plan = honest.clone();
        plan["claims"]["assertions"] = judged["claims"]["assertions"].clone();
        let mut told = Vec::new();
        for claim in plan["claims"]["assertions"].as_array_mut().unwrap() {
            told.push(claim["verdict"].take());
            claim["verdict"] = json!("proved");
        }
        redigest(&mut plan);
        let faults = verify(&read(&plan.to_string()).unwrap()).err().unwrap_or_default();
        for (index, told) in told.iter().enumerate() {
            let at = format!("/claims/assertions/{index}");
            let faulty = faults.iter().any(|fault| fault.at == at);
            assert_eq!(faulty, told == "refuted", "{policy}: {} is {told}", plan["claims"]["assertions"][index]["claim"]);
            refuted += usize::from(faulty);
        }
    }
    assert!(refuted > 200, "{refuted}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics(plan in 0..SHIPPED.len(), changes in proptest::collection::vec(change(), 1..4), proved in any::<bool>()) {
        let mut plan = plans()[plan].clone();
        let mut places = Vec::new();
        for change in changes {
            places.push(apply(&mut plan, change));
        }
        if proved {
            for claim in plan.pointer_mut("/claims/assertions").and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(claim) = claim.as_object_mut() {
                    claim.insert("verdict".into(), json!("proved"));
                }
            }
        }
        if plan.is_object() {
            redigest(&mut plan);
        }
        let Ok(known) = read(&plan.to_string()) else { return Ok(()) };
        let Err(faults) = verify(&known) else { return Ok(()) };
        prop_assert!(!faults.is_empty());
        for fault in faults {
            // Where something is missing, what it is missing from is there.
            let parent = fault.at.rsplit_once('/').map_or("", |(parent, _)| parent);
            prop_assert!(plan.pointer(&fault.at).or_else(|| plan.pointer(parent)).is_some(), "{fault:?}");
        }
    }

    #[test]
    fn no_change_of_the_routing_part_goes_unseen(plan in 0..SHIPPED.len(), change in change()) {
        let before = &plans()[plan];
        let mut plan = before.clone();
        let place = apply(&mut plan, change);
        let outside = ["/claims", "/digest", "/provenance"].iter().any(|part| place.starts_with(part));
        if let Ok(read_back) = read(&plan.to_string()) {
            let same = serde_json::to_value(&read_back).unwrap() == *before;
            prop_assert!(outside || same || verify(&read_back).is_err(), "{place}");
        }
    }
}
