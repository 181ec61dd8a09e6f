//! Whatever is done to a plan, it is judged and nothing panics.

use std::sync::OnceLock;

use byokc::verify::{read, verify};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{SHIPPED, redigest, shipped};

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
        let Ok(plan) = read(&plan.to_string()) else { return Ok(()) };
        prop_assert!(verify(&plan).err().is_none_or(|faults| !faults.is_empty()));
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
