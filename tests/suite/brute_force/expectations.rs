//! Compares the verdict on every expectation of a test with what the interpreter says of it.

use ::byokc::analysis::outcomes::Verdict;
use proptest::prelude::*;

use super::random::policy;
use super::scenarios::{Told, Wrong, told, wrong};
use super::with_world;
use super::world::World;
use crate::interpreter::run::runs;

/// What is expected of a route: by number which form, and of which route's runs it is copied.
type Guess = (usize, usize, usize);

/// The runs of a route.
fn runs_of(world: &World<'_>, route: usize, wrong: &Wrong) -> Vec<Told> {
    if wrong.refuses(world, route) {
        return vec![(Vec::new(), Some(::byokc::failure::Failure::Refused))];
    }
    runs(&world.chains, route, &|target| vec![wrong.answer(world, target)]).iter().map(|run| told(run)).collect()
}

/// An expectation in words, and whether it holds on every run.
fn expectation(world: &World<'_>, wrong: &Wrong, (form, of, like): Guess) -> (String, bool) {
    let routes = world.chains.routes.len();
    let (route, like) = (of % routes, like % routes);
    let (own, other) = (runs_of(world, route, wrong), runs_of(world, like, wrong));
    let name = |target: usize| world.policy.targets[target].text.to_owned();
    let names = |targets: &[usize]| targets.iter().map(|target| name(*target)).collect::<Vec<_>>().join(", ");
    let called = |run: &Told| run.0.iter().map(|call| call.0).collect::<Vec<usize>>();
    let serves = |run: &Told| if run.1.is_none() { run.0.last().map(|call| call.0) } else { None };
    let mut some: Vec<usize> = other.iter().filter_map(serves).collect();
    some.sort_unstable();
    some.dedup();
    let tried = other.iter().map(called).find(|calls| !calls.is_empty()).unwrap_or_else(|| vec![0]);
    let fails = other.iter().find_map(|run| run.1);
    let (outcome, holds) = match (form % 4, fails) {
        (0, Some(class)) => (format!("fails {}", class.as_str()), own.iter().all(|run| run.1 == Some(class))),
        (1 | 2, _) if !some.is_empty() => {
            some.truncate(form);
            (format!("-> {}", names(&some)), own.iter().all(|run| serves(run).is_some_and(|target| some.contains(&target))))
        }
        _ => (format!("tries {}", names(&tried)), own.iter().all(|run| called(run) == tried)),
    };
    (format!("expect {} {outcome}", world.policy.routes[route].name.text), holds)
}

fn compare(text: &str, tests: &[(Wrong, Vec<Guess>)]) {
    let mut told = Vec::new();
    let mut with_tests = text.to_owned();
    with_world(text, |world, _| {
        for (number, (wrong, guesses)) in tests.iter().enumerate() {
            let expected: Vec<(String, bool)> = guesses.iter().map(|guess| expectation(world, wrong, *guess)).collect();
            let lines: Vec<&str> = expected.iter().map(|(line, _)| line.as_str()).collect();
            with_tests += &format!("test \"{number}\" {{ {} {} }}\n", wrong.lines(world).join(" "), lines.join(" "));
            told.extend(expected.into_iter().map(|(line, holds)| (number, line, holds)));
        }
    });
    with_world(&with_tests, |_, compilation| {
        let judged = compilation.outcomes.iter().flat_map(|outcome| &outcome.expects);
        for ((number, line, holds), judged) in told.iter().zip(judged) {
            assert_eq!(matches!(judged.verdict, Verdict::Passed), *holds, "{with_tests}\ntest {number}, {line}: {judged:?}");
            assert_eq!(matches!(judged.verdict, Verdict::Failed(_)), !holds, "{with_tests}\ntest {number}, {line}: {judged:?}");
        }
        let findings = compilation.diagnostics.iter().filter(|finding| finding.rule.code.0 == 803).count();
        assert_eq!(findings, told.iter().filter(|(.., holds)| !holds).count(), "{with_tests}");
    });
}

proptest! {
    #![proptest_config(crate::interpreter::cases(48))]

    #[test]
    fn verdicts_of_many_tests(
        text in policy(0),
        tests in proptest::collection::vec((wrong(), proptest::collection::vec((0..4usize, 0..4usize, 0..4usize), 1..3)), 8),
    ) {
        compare(&text, &tests);
    }
}
