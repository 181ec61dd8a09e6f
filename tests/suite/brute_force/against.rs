//! Compares what the compiler decides of every assertion with the brute force.

use ::byokc::analysis::claims::Verdict;
use ::byokc::compile::Compilation;
use proptest::prelude::*;

use super::decide::decide;
use super::random::policy;
use super::replay::replay;
use super::verdict::Found;
use super::with_world;
use super::world::World;

/// What the compiler says of an assertion; `None` where it does not decide it.
fn decided(verdict: &Verdict) -> Option<Found> {
    match verdict {
        Verdict::Proved => Some(Found::Holds),
        Verdict::Refuted(refutation) => Some(Found::Broken(refutation.events.len())),
        Verdict::Empty(empty) => Some(Found::Nothing(empty.error)),
        Verdict::Undecided(_) => None,
        Verdict::Unjudged => panic!("every route has its attempts"),
    }
}

/// Compares the verdicts on every assertion of a policy.
pub(super) fn compare(world: &World<'_>, compilation: &Compilation<'_>, text: &str) {
    let mut wrong = Vec::new();
    for (assertion, judgement) in world.policy.assertions.iter().zip(&compilation.judgements) {
        let claim = &text[assertion.claim_span.start as usize..assertion.claim_span.end as usize];
        let found = decide(world, &assertion.claim);
        if let Verdict::Refuted(refutation) = &judgement.verdict
            && let Err(why) = replay(world, compilation, &assertion.claim, refutation)
        {
            wrong.push(format!("{claim}: {why}\n{judgement:#?}"));
        }
        if let Some(decided) = decided(&judgement.verdict).filter(|decided| *decided != found) {
            wrong.push(format!("{claim}: by brute force {found:?}, but decided {decided:?}\n{judgement:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{text}\n{}", wrong.join("\n"));
}

proptest! {
    #![proptest_config(crate::interpreter::cases(128))]

    #[test]
    fn verdicts_on_many_policies(text in policy(16)) {
        with_world(&text, |world, compilation| compare(world, compilation, &text));
    }
}
