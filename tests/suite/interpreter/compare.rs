//! Compares an automaton with the interpreter: the same runs, call by call, whatever each target answers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use byokc::automaton::{Automaton, What};
use byokc::catalogue::Catalogue;
use byokc::compile::{Options, compile};
use byokc::failure::{Failure, Failures};
use byokc::imports::NoImports;
use byokc::policy::model::{self, Policy, RouteId};
use byokc::source::{Source, Sources};
use byokc::units::Date;

use super::chains::{Alternative, Callee, Chains};
use super::run::{Answer, Call, runs};

/// One answer for each way in which a route can tell classes apart: to serve, and of the classes that are alike the first.
pub(crate) fn telling_answers(chains: &Chains, route: usize) -> Vec<Answer> {
    std::iter::once(None).chain(alike(chains, route).iter().map(|classes| classes.first().copied())).collect()
}

/// All classes, those together that stand in the same `on`s of a route.
pub(crate) fn alike(chains: &Chains, route: usize) -> Vec<Vec<Failure>> {
    let steps = steps_of(chains, route);
    let mut groups: BTreeMap<Vec<bool>, Vec<Failure>> = BTreeMap::new();
    for class in Failure::ALL {
        let seen = steps.iter().map(|step| step.on.contains(class)).collect();
        groups.entry(seen).or_default().push(class);
    }
    groups.into_values().collect()
}

/// Every place of a route's chain, and of those that it splices in.
fn steps_of(chains: &Chains, route: usize) -> Vec<&Alternative> {
    let spliced = |step: &Alternative| if let Callee::Route(called) = step.callee { steps_of(chains, called) } else { Vec::new() };
    let own = chains.routes[route].iter();
    own.clone().chain(own.flat_map(spliced)).collect()
}

/// Every run of an automaton.
fn runs_of_automaton(automaton: &Automaton, answers: &[Answer]) -> Vec<Vec<Call>> {
    fn walk(automaton: &Automaton, answers: &[Answer], at: u16, calls: &mut Vec<Call>, runs: &mut Vec<Vec<Call>>) {
        let attempt = &automaton.attempts[at as usize];
        let place = automaton.place(attempt);
        assert_eq!(place.what, What::Target(attempt.target));
        let way: Vec<_> = automaton.path(place).iter().map(|hop| (hop.route.0 as usize, usize::from(hop.alternative))).collect();
        for answer in answers {
            calls.push(Call { target: attempt.target.0 as usize, answer: *answer, way: way.clone() });
            let next = automaton.next(attempt).iter().filter(|edge| answer.is_some_and(|class| edge.on.contains(class)));
            let mut ends = true;
            for edge in next {
                ends = false;
                walk(automaton, answers, edge.to, calls, runs);
            }
            if ends {
                runs.push(calls.clone());
            }
            calls.pop();
        }
    }
    let mut runs = Vec::new();
    for entry in &automaton.entries {
        walk(automaton, answers, *entry, &mut Vec::new(), &mut runs);
    }
    runs
}

/// Compares all runs of the first route.
pub(crate) fn compare(policy: &Policy<'_>, answers: &[Answer]) {
    let automaton = Automaton::build(policy, RouteId(0)).unwrap();
    let chains = Chains::of(policy);
    let told = runs(&chains, 0, &|_| answers.to_vec());
    let built = runs_of_automaton(&automaton, answers);
    if in_words(&told) != in_words(&built) {
        let policy = describe(&chains);
        let (told, built) = (in_words(&told), in_words(&built));
        let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| one.difference(other).next().cloned();
        panic!("{policy}told only: {:?}\nbuilt only: {:?}", only(&told, &built), only(&built, &told));
    }
    assert_eq!(told.len(), built.len(), "no run comes twice\n{}", describe(&chains));
    assert_in_order(&automaton);
}

/// A run as a line: two runs that differ differ in words.
fn in_words(runs: &[Vec<Call>]) -> BTreeSet<String> {
    let word = |call: &Call| format!("{} {:?} by {:?}; ", call.target, call.answer, call.way);
    runs.iter().map(|run| run.iter().map(word).collect()).collect()
}

/// Attempts are numbered in order of first reach, and lead to later places only.
fn assert_in_order(automaton: &Automaton) {
    let mut reached = 0;
    let reaches = automaton.attempts.iter().flat_map(|attempt| automaton.next(attempt).iter().map(|edge| edge.to));
    for to in automaton.entries.iter().copied().chain(reaches) {
        assert!(to <= reached, "{to} is reached before {reached}");
        reached = reached.max(to + 1);
    }
    assert_eq!(reached as usize, automaton.attempts.len());
    for attempt in &automaton.attempts {
        assert!(automaton.next(attempt).iter().all(|edge| automaton.attempts[edge.to as usize].place > attempt.place));
    }
}

fn describe(chains: &Chains) -> String {
    let mut text = format!("{:?}\n", chains.pools);
    for (number, chain) in chains.routes.iter().enumerate() {
        write!(text, "route {number}:").unwrap();
        for step in chain {
            write!(text, "  {:?} on {}", step.callee, step.on.describe()).unwrap();
        }
        text.push('\n');
    }
    text
}

/// Targets `w x y z` are 0 to 3; pools 0 to 3; routes `a b c`, whose chains and pools the tests replace.
const POLICY: &str = "
    provider p { protocol openai_compatible base_url \"http://localhost:1/v1\" key none }
    allow default { p/* }
    pool two { p/w p/x }
    pool two_spread spread { p/w p/x }
    pool more { p/x p/w p/y }
    pool more_spread spread { p/x p/w p/y p/z }
    route a { accepts public primary pool two fallback pool more_spread }
    route b { accepts public primary pool more fallback none }
    route c { accepts public primary pool two_spread fallback none }
";

/// With a policy whose chains may be replaced.
pub(crate) fn with_policy(test: impl FnOnce(&mut Policy<'_>)) {
    let sources = Sources::default();
    let root = sources.add(Source::new("a.byok", POLICY));
    let options = Options { catalogue: Catalogue::builtin(), today: Date::new(2026, 11, 24).unwrap() };
    let mut policy = compile(&sources, root, &NoImports, options).policy;
    assert_eq!((policy.targets.len(), policy.pools.len(), policy.routes.len()), (4, 4, 3));
    test(&mut policy);
}

/// One place of a chain.
pub(crate) type Step = (Callee, Failures);

/// Replaces a route's chain.
pub(crate) fn set_chain(policy: &mut Policy<'_>, route: usize, chain: &[Step]) {
    let like = policy.routes[route].chain[0].clone();
    let number = |number: usize| u32::try_from(number).unwrap();
    let step = |(callee, on): &Step| model::Alternative {
        on: *on,
        callee: match *callee {
            Callee::Target(target) => model::Callee::Target(model::TargetId(number(target))),
            Callee::Pool(pool) => model::Callee::Pool(model::PoolId(number(pool))),
            Callee::Route(route) => model::Callee::Route(RouteId(number(route))),
        },
        ..like.clone()
    };
    policy.routes[route].chain = chain.iter().map(step).collect();
}
