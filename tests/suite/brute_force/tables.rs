//! Compares the tables of a plan with the interpreter: the same calls, each with its timeout, its retries and what is masked.

use std::collections::BTreeSet;

use ::byokc::plan::{Next, Plan, Route};
use ::byokc::policy::model::Detector;

use super::time;
use super::world::World;
use crate::interpreter::compare::telling_answers;
use crate::interpreter::run::{Answer, Call, runs};

/// Every run by the table of a route, in words.
fn runs_of_table(route: &Route<'_>, answers: &[Answer]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<(String, u16)> = match &route.entries {
        None => vec![(String::new(), 0)],
        Some(entries) => entries.iter().map(|entry| (String::new(), *entry)).collect(),
    };
    while let Some((so_far, index)) = open.pop() {
        let attempt = &route.attempts[usize::from(index)];
        let masked: BTreeSet<&str> = route.redact.iter().chain(attempt.redact.iter()).map(|detector| &**detector).collect();
        for answer in answers {
            let told = format!("{so_far}{} {answer:?} {} {} {masked:?}; ", attempt.target, attempt.timeout_ms, attempt.retries);
            match answer.and_then(|class| attempt.next.get(class.as_str())) {
                None => drop(found.insert(told)),
                Some(Next::One(next)) => open.push((told, *next)),
                Some(Next::Any(any)) => open.extend(any.iter().map(|next| (told.clone(), *next))),
            }
        }
    }
    found
}

/// The same of a run of the interpreter.
fn in_words(world: &World<'_>, run: &[Call]) -> String {
    let word = |call: &Call| {
        let (timeout, retries) = time::timeout(world, call);
        let masked: BTreeSet<&str> = world.masked(call).into_iter().map(Detector::as_str).collect();
        format!("{} {:?} {timeout} {retries} {masked:?}; ", world.policy.targets[call.target].text, call.answer)
    };
    run.iter().map(word).collect()
}

/// Compares the tables of all routes.
pub(super) fn compare(world: &World<'_>, plan: &Plan<'_>, text: &str) {
    for (number, declared) in world.policy.routes.iter().enumerate() {
        let answers = telling_answers(&world.chains, number);
        let told: BTreeSet<String> = runs(&world.chains, number, &|_| answers.clone()).iter().map(|run| in_words(world, run)).collect();
        let found = runs_of_table(&plan.routes[declared.name.text], &answers);
        let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| one.difference(other).next().cloned();
        assert!(
            told == found,
            "{text}\n{}: told only {:?}, in the plan only {:?}",
            declared.name.text,
            only(&told, &found),
            only(&found, &told)
        );
    }
}
