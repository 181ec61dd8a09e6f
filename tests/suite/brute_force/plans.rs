//! Compares what a plan's verifier says of every claim with the brute force.
//!
//! A policy with errors gives no plan. Here its errors are overlooked and every claim is said to be proved: the plan of a mistaken compiler. The verifier
//! must find each claim that does not hold, and none that does.

use ::byokc::catalogue::Catalogue;
use ::byokc::compile::{Options, compile};
use ::byokc::diagnostic::Severity;
use ::byokc::imports::NoImports;
use ::byokc::plan::{Verdict, lower};
use ::byokc::source::{Source, Sources};
use ::byokc::units::Date;
use ::byokc::verify::{read, verify};
use proptest::prelude::*;

use super::decide::decide;
use super::random::policy;
use super::tables;
use super::verdict::Found;
use super::world::World;

pub(super) fn compare(text: &str) {
    let sources = Sources::default();
    let root = sources.add(Source::new("p.byok", text));
    let options = Options { catalogue: Catalogue::builtin(), today: Date::new(2026, 11, 24).unwrap() };
    let mut compilation = compile(&sources, root, &NoImports, options);
    // All else that a plan says is as it is read, unless the policy is wrong in a way of its own.
    let only_claims = |code: u16| (801..=802).contains(&code);
    let sound = !compilation.diagnostics.iter().any(|finding| finding.severity == Severity::Error && !only_claims(finding.rule.code.0));
    compilation.diagnostics.clear();
    let world = World::of(&compilation.policy, &compilation.facts, Catalogue::builtin());
    let found: Vec<Found> = world.policy.assertions.iter().map(|assertion| decide(&world, &assertion.claim)).collect();
    let Ok(checked) = compilation.checked() else { panic!("no finding is left") };
    let honest = lower(&sources, &checked);
    let mut plan = read(&honest.to_json()).unwrap();
    tables::compare(&world, &plan, text);
    // Nobody says that a claim about nothing is proved.
    for (claim, found) in plan.claims.assertions.iter_mut().zip(&found) {
        claim.verdict = if matches!(found, Found::Nothing(_)) { Verdict::Undecided } else { Verdict::Proved };
    }
    let faults = verify(&plan).err().unwrap_or_default();
    for (index, (claim, found)) in plan.claims.assertions.iter().zip(&found).enumerate() {
        let place = format!("/claims/assertions/{index}");
        let refused = faults.iter().find(|fault| fault.at == place);
        assert_eq!(refused.is_some(), matches!(found, Found::Broken(_)), "{text}\n{}: {found:?}, but {refused:#?}", claim.claim);
    }
    let others: Vec<_> = faults.iter().filter(|fault| !fault.at.starts_with("/claims/assertions/")).collect();
    assert!(!sound || others.is_empty(), "{text}\n{others:#?}");
}

proptest! {
    #![proptest_config(crate::interpreter::cases(96))]

    #[test]
    fn verdicts_of_many_plans(text in policy(16)) {
        compare(&text);
    }
}
