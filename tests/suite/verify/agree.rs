//! Two ways to decide a claim, the compiler's on the policy and the plain search on the plan, agree on random policies.

use std::cell::RefCell;
use std::collections::BTreeMap;

use byokc::analysis::claims::Verdict;
use byokc::plan::lower;
use byokc::verify::{read, verify};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::random::policies;
use crate::properties::with;

#[test]
fn the_compiler_and_the_plain_search_agree() {
    // For each form of claim how often it held, and how often it did not.
    let tally: RefCell<BTreeMap<String, (u32, u32)>> = RefCell::default();
    let config = Config { cases: 80, failure_persistence: None, ..Config::default() };
    let run = TestRunner::new(config).run(&policies(), |policy| {
        let text = policy.text();
        let plan = with(&text, |sources, compilation| compilation.checked().ok().map(|checked| lower(sources, &checked).to_json()));
        let Some(plan) = plan else {
            // A few policies have errors of their own.
            return Ok(());
        };
        let mut plan: Value = serde_json::from_str(&plan).unwrap();
        let claims = policy.claims();
        let asserted: String = claims.iter().map(|(claim, _)| format!("assert {claim}\n")).collect();
        let verdicts: Vec<Option<bool>> = with(&(text.clone() + &asserted), |_, compilation| {
            compilation
                .judgements
                .iter()
                .map(|judgement| match judgement.verdict {
                    Verdict::Proved | Verdict::Empty(_) => Some(true),
                    Verdict::Refuted(_) => Some(false),
                    Verdict::Undecided(_) | Verdict::Unjudged => None,
                })
                .collect()
        });
        prop_assert_eq!(verdicts.len(), claims.len(), "every name is known");
        let held_claim = |(claim, statement): &(String, Value)| json!({ "claim": claim, "relies_on": [], "statement": statement, "title": null, "verdict": "proved" });
        plan["claims"]["assertions"] = claims.iter().map(held_claim).collect();
        let plan = read(&plan.to_string()).unwrap();
        let faults = verify(&plan).err().unwrap_or_default();
        for (index, ((claim, statement), verdict)) in claims.iter().zip(&verdicts).enumerate() {
            let fault = faults.iter().find(|fault| fault.at == format!("/claims/assertions/{index}"));
            prop_assert_eq!(verdict.unwrap_or(fault.is_none()), fault.is_none(), "{}: {:?}\n{}", claim, fault, text);
            let (form, rest) = statement.as_object().and_then(|form| form.iter().next()).unwrap();
            let part = ["kind", "by", "passage", "limit"].iter().find_map(|part| rest.get(part)).map(Value::to_string).unwrap_or_default();
            let mut tally = tally.borrow_mut();
            let (held, broken) = tally.entry(format!("{form} {}", part.split([':', '[']).next().unwrap_or_default())).or_default();
            *held += u32::from(*verdict == Some(true));
            *broken += u32::from(*verdict == Some(false));
        }
        prop_assert_eq!(faults.len(), verdicts.iter().filter(|verdict| **verdict == Some(false)).count(), "{:?}", faults);
        Ok(())
    });
    if let Err(error) = run {
        panic!("{error}");
    }
    let tally = tally.into_inner();
    assert!(tally.len() >= 16 && tally.values().all(|(held, broken)| *held > 0 && *broken > 0), "{tally:#?}");
}
