//! Compares automata with a plain reading of the language reference, section 5: every run of many small chains, whatever each target fails with.

use std::collections::BTreeSet;

use super::*;
use crate::catalogue::Catalogue;
use crate::compile::{Options, compile};
use crate::imports::NoImports;
use crate::policy::failure::Failure;
use crate::policy::model::{Alternative, PoolId};
use crate::source::{Source, Sources};
use crate::units::Date;

/// Targets `x`, `y`, `z`; pools of `x y`, of `y x z`, and spread ones of the same; routes `a`, `b`, `c`, whose chains the tests replace.
const POLICY: &str = "
    provider p { protocol openai_compatible base_url \"http://localhost:1/v1\" key none }
    allow default { p/* }
    pool two { p/x p/y }
    pool three { p/y p/x p/z }
    pool two_spread spread { p/x p/y }
    pool three_spread spread { p/y p/x p/z }
    route a { accepts public primary p/x fallback p/y fallback p/z }
    route b { accepts public primary pool two fallback pool three }
    route c { accepts public primary pool two_spread fallback pool three_spread }
";

/// A run as the text tells it. Where a spread pool is entered, the tape says at which member.
struct Run<'a, 's> {
    policy: &'a Policy<'s>,
    fails: &'a [Failure],
    calls: Vec<TargetId>,
    tape: &'a mut Vec<(usize, usize)>,
    choices: usize,
}

impl Run<'_, '_> {
    /// Calls a target, or meets again one that was tried; the class that it failed with.
    fn call(&mut self, target: TargetId, arrived: Failure) -> Failure {
        if self.calls.contains(&target) {
            return arrived;
        }
        self.calls.push(target);
        self.fails[target.0 as usize]
    }

    fn callee(&mut self, step: &Alternative, mut class: Failure) -> Failure {
        match step.callee {
            Callee::Target(target) => self.call(target, class),
            Callee::Route(route) => self.route(route, class),
            Callee::Pool(pool) => {
                let mut members: Vec<TargetId> = self.policy[pool].members.iter().map(|member| member.value).collect();
                if self.policy[pool].spread {
                    self.choose_first(&mut members);
                }
                class = self.call(members.remove(0), class);
                for member in members {
                    if step.on.contains(class) {
                        class = self.call(member, class);
                    }
                }
                class
            }
        }
    }

    /// Enters a route at its primary; the class with which it has no further attempt.
    fn route(&mut self, route: RouteId, arrived: Failure) -> Failure {
        let (primary, fallbacks) = self.policy[route].chain.split_first().unwrap();
        let mut class = self.callee(primary, arrived);
        for step in fallbacks {
            if step.on.contains(class) {
                class = self.callee(step, class);
            }
        }
        class
    }

    /// Puts any member first that was not tried, where there is one; the others keep their order.
    fn choose_first(&mut self, members: &mut Vec<TargetId>) {
        let untried: Vec<TargetId> = members.iter().copied().filter(|member| !self.calls.contains(member)).collect();
        if !untried.is_empty() {
            if self.choices == self.tape.len() {
                self.tape.push((0, untried.len()));
            }
            let chosen = untried[self.tape[self.choices].0];
            self.choices += 1;
            members.retain(|member| *member != chosen);
            members.insert(0, chosen);
        }
    }
}

/// Every sequence of calls that the text permits.
fn runs_by_the_text(policy: &Policy<'_>, route: RouteId, fails: &[Failure]) -> BTreeSet<Vec<TargetId>> {
    let mut runs = BTreeSet::new();
    let mut tape = Vec::new();
    loop {
        let mut run = Run { policy, fails, calls: Vec::new(), tape: &mut tape, choices: 0 };
        // Nothing has failed yet, and nothing has been tried, so no class is asked for before the first call.
        run.route(route, Failure::BadRequest);
        runs.insert(run.calls);
        while tape.last().is_some_and(|(choice, of)| choice + 1 == *of) {
            tape.pop();
        }
        match tape.last_mut() {
            Some((choice, _)) => *choice += 1,
            None => return runs,
        }
    }
}

fn runs_of_automaton(automaton: &Automaton, fails: &[Failure]) -> BTreeSet<Vec<TargetId>> {
    fn walk(automaton: &Automaton, fails: &[Failure], at: u16, calls: &mut Vec<TargetId>, runs: &mut BTreeSet<Vec<TargetId>>) {
        let attempt = &automaton.attempts[at as usize];
        calls.push(attempt.target);
        let class = fails[attempt.target.0 as usize];
        let mut ends = true;
        for edge in automaton.next(attempt).iter().filter(|edge| edge.on.contains(class)) {
            ends = false;
            walk(automaton, fails, edge.to, calls, runs);
        }
        if ends {
            runs.insert(calls.clone());
        }
        calls.pop();
    }
    let mut runs = BTreeSet::new();
    for entry in &automaton.entries {
        walk(automaton, fails, *entry, &mut Vec::new(), &mut runs);
    }
    runs
}

/// With a policy whose chains may be replaced.
fn with_policy(test: impl FnOnce(&mut Policy<'_>)) {
    let sources = Sources::default();
    let root = sources.add(Source::new("a.byok", POLICY));
    let options = Options { catalogue: Catalogue::builtin(), today: Date::parse("2026-11-24").unwrap() };
    let mut policy = compile(&sources, root, &NoImports, options).policy;
    assert_eq!((policy.targets.len(), policy.pools.len(), policy.routes.len()), (3, 4, 3));
    test(&mut policy);
}

fn step(policy: &Policy<'_>, callee: Callee, on: Failures) -> Alternative {
    Alternative { on, callee, ..policy.routes[0].chain[0].clone() }
}

/// Compares all runs of route `a`, for every way in which the targets may fail.
fn compare(policy: &Policy<'_>, targets: usize) {
    let automaton = Automaton::build(policy, RouteId(0)).unwrap();
    for number in 0..CLASSES.len().pow(u32::try_from(targets).unwrap()) {
        let mut rest = number;
        let mut fails = [Failure::BadRequest; 3];
        for slot in fails.iter_mut().take(targets) {
            *slot = CLASSES[rest % CLASSES.len()];
            rest /= CLASSES.len();
        }
        let (told, built) = (runs_by_the_text(policy, RouteId(0), &fails), runs_of_automaton(&automaton, &fails));
        assert_eq!(told, built, "{fails:?}\n{}", describe(policy));
    }
    assert_in_order(&automaton);
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

fn describe(policy: &Policy<'_>) -> String {
    let mut text = String::new();
    for route in &policy.routes {
        text.push_str(route.name.text);
        for step in &route.chain {
            let callee = match step.callee {
                Callee::Target(target) => policy[target].text,
                Callee::Pool(pool) => policy[pool].name.text,
                Callee::Route(route) => policy[route].name.text,
            };
            text.extend(["  ", callee, " on ", &step.on.describe()]);
        }
        text.push('\n');
    }
    text
}

const CLASSES: [Failure; 3] = [Failure::Timeout, Failure::RateLimit, Failure::Quota];
const ON: [Failures; 3] =
    [Failures::of(&[Failure::Timeout]), Failures::of(&[Failure::RateLimit]), Failures::of(&[Failure::Timeout, Failure::RateLimit])];

fn target(number: u32) -> Callee {
    Callee::Target(TargetId(number))
}

fn all_steps(policy: &Policy<'_>, callees: &[Callee]) -> Vec<Alternative> {
    callees.iter().flat_map(|callee| ON.map(|on| step(policy, *callee, on))).collect()
}

/// Every chain of a primary and at most so many fallbacks.
fn all_chains(primaries: &[Alternative], fallbacks: &[Alternative], most: usize) -> Vec<Vec<Alternative>> {
    let mut chains: Vec<Vec<Alternative>> = primaries.iter().map(|primary| vec![primary.clone()]).collect();
    let mut longest = chains.clone();
    for _ in 0..most {
        let longer = |chain: &Vec<Alternative>| {
            fallbacks.iter().map(|next| [chain.as_slice(), std::slice::from_ref(next)].concat()).collect::<Vec<_>>()
        };
        longest = longest.iter().flat_map(longer).collect();
        chains.extend(longest.clone());
    }
    chains
}

#[test]
fn every_small_chain_of_one_route() {
    with_policy(|policy| {
        let two = [Callee::Pool(PoolId(0)), Callee::Pool(PoolId(2))];
        let mut primaries = all_steps(policy, &two);
        primaries.push(step(policy, target(0), ON[0]));
        let fallbacks = all_steps(policy, &[target(0), target(1), two[0], two[1]]);
        for chain in all_chains(&primaries, &fallbacks, 3) {
            policy.routes[0].chain = chain;
            compare(policy, 2);
        }
    });
}

#[test]
fn every_small_chain_of_two_routes() {
    with_policy(|policy| {
        let two = [Callee::Pool(PoolId(0)), Callee::Pool(PoolId(2))];
        let inner_primaries = [step(policy, target(0), ON[0]), step(policy, target(1), ON[0]), step(policy, two[1], ON[2])];
        let inner = all_chains(&inner_primaries, &all_steps(policy, &[target(0), target(1), two[0]]), 1);
        let spliced = all_steps(policy, &[Callee::Route(RouteId(1))]);
        let mut primaries = vec![step(policy, target(0), ON[0])];
        primaries.extend(two.map(|pool| step(policy, pool, ON[0])));
        let others = all_steps(policy, &[target(0), target(1), two[1]]);
        for primary in &primaries {
            for splice in &spliced {
                for other in &others {
                    for chain in [[primary, splice, other], [primary, other, splice]] {
                        policy.routes[0].chain = chain.map(Clone::clone).to_vec();
                        for called in &inner {
                            policy.routes[1].chain.clone_from(called);
                            compare(policy, 2);
                        }
                    }
                }
            }
        }
    });
}

#[test]
fn many_chains_of_three_routes() {
    with_policy(|policy| {
        let mut random = Random(7);
        for _ in 0..4000 {
            for route in [2, 1, 0u32] {
                let mut chain = Vec::new();
                for place in 0..=random.below(3) {
                    let mut callees: Vec<Callee> = (0..3).map(target).chain((0..4).map(PoolId).map(Callee::Pool)).collect();
                    if place > 0 {
                        callees.extend((route + 1..3).map(RouteId).flat_map(|route| [Callee::Route(route); 2]));
                    }
                    let callee = callees[random.below(callees.len())];
                    chain.push(step(policy, callee, ON[random.below(ON.len())]));
                }
                policy.routes[route as usize].chain = chain;
            }
            compare(policy, 3);
        }
    });
}

/// The same numbers each time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % limit as u64).unwrap()
    }
}
