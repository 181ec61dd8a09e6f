//! The interpreter itself, on chains whose runs anybody can tell who has read section 5 of the language reference.

use std::collections::BTreeSet;

use byokc::failure::{Failure, Failures};

use super::chains::Callee::{self, Pool, Route, Target};
use super::chains::{self, Alternative, Chains};
use super::run::{Answer, runs};

const TIMEOUT: Answer = Some(Failure::Timeout);
const RATE_LIMIT: Answer = Some(Failure::RateLimit);
const CONTEXT: Answer = Some(Failure::ContextLength);

fn on(class: Failure) -> Failures {
    Failures::of(&[class])
}

fn chains(pools: &[(bool, &[usize])], routes: &[&[(Callee, Failures)]]) -> Chains {
    let pools = pools.iter().map(|(spread, members)| chains::Pool { spread: *spread, members: members.to_vec() });
    let chain = |chain: &&[(Callee, Failures)]| chain.iter().map(|(callee, on)| Alternative { on: *on, callee: *callee }).collect();
    Chains { pools: pools.collect(), routes: routes.iter().map(chain).collect() }
}

/// The calls of every run where each target answers always the same, and how each ends.
fn told(chains: &Chains, answers: &[Answer]) -> BTreeSet<(Vec<usize>, Answer)> {
    let runs = runs(chains, 0, &|target| vec![answers[target]]);
    runs.iter().map(|run| (run.iter().map(|call| call.target).collect(), run.last().unwrap().answer)).collect()
}

/// The same where there is one run.
fn one(chains: &Chains, answers: &[Answer]) -> (Vec<usize>, Answer) {
    let told = told(chains, answers);
    assert_eq!(told.len(), 1, "{told:?}");
    told.into_iter().next().unwrap()
}

#[test]
fn an_alternative_that_was_passed_over_is_not_come_back_to() {
    let chains = chains(&[], &[&[(Target(0), Failures::NONE), (Target(1), on(Failure::ContextLength)), (Target(2), Failures::DEFAULT)]]);
    assert_eq!(one(&chains, &[TIMEOUT, None, CONTEXT]), (vec![0, 2], CONTEXT));
    assert_eq!(one(&chains, &[CONTEXT, TIMEOUT, None]), (vec![0, 1, 2], None));
    assert_eq!(one(&chains, &[Some(Failure::BadRequest), None, None]), (vec![0], Some(Failure::BadRequest)));
    assert_eq!(one(&chains, &[None, None, None]), (vec![0], None));
}

#[test]
fn a_pool_stands_for_its_members() {
    let chains = chains(&[(false, &[0, 1]), (false, &[2, 3])], &[&[(Pool(0), on(Failure::RateLimit)), (Pool(1), on(Failure::Timeout))]]);
    assert_eq!(one(&chains, &[RATE_LIMIT, TIMEOUT, TIMEOUT, None]), (vec![0, 1, 2, 3], None));
    assert_eq!(one(&chains, &[TIMEOUT, None, RATE_LIMIT, None]), (vec![0, 2], RATE_LIMIT));
}

#[test]
fn a_spread_pool_starts_anywhere() {
    let chains = chains(&[(true, &[0, 1, 2])], &[&[(Pool(0), on(Failure::Timeout))]]);
    let told = told(&chains, &[TIMEOUT, TIMEOUT, TIMEOUT]);
    assert_eq!(told, [vec![0, 1, 2], vec![1, 0, 2], vec![2, 0, 1]].map(|calls| (calls, TIMEOUT)).into());
}

#[test]
fn a_tried_member_is_no_choice_while_another_is_left() {
    let chains = chains(&[(true, &[0, 1, 2])], &[&[(Target(1), Failures::NONE), (Pool(0), on(Failure::Timeout))]]);
    assert_eq!(told(&chains, &[TIMEOUT; 3]), [vec![1, 0, 2], vec![1, 2, 0]].map(|calls| (calls, TIMEOUT)).into());
}

#[test]
fn a_pool_whose_members_were_all_tried_is_left_with_the_class_of_arrival() {
    let chains =
        chains(&[(true, &[0])], &[&[(Target(0), Failures::NONE), (Pool(0), on(Failure::Timeout)), (Target(1), Failures::DEFAULT)]]);
    assert_eq!(one(&chains, &[TIMEOUT, None]), (vec![0, 1], None));
}

#[test]
fn a_splice_goes_on_behind_itself_under_the_on_of_the_route_that_named_it() {
    let b: &[_] = &[(Target(1), Failures::NONE), (Target(2), on(Failure::RateLimit))];
    let a: &[_] = &[(Target(0), Failures::NONE), (Route(1), on(Failure::Timeout)), (Target(3), on(Failure::ContextLength))];
    let chains = chains(&[], &[a, b]);
    assert_eq!(one(&chains, &[TIMEOUT, CONTEXT, None, None]), (vec![0, 1, 3], None));
    assert_eq!(one(&chains, &[TIMEOUT, RATE_LIMIT, CONTEXT, None]), (vec![0, 1, 2, 3], None));
    assert_eq!(one(&chains, &[TIMEOUT, TIMEOUT, None, None]), (vec![0, 1], TIMEOUT));
    let run = &runs(&chains, 0, &|target| vec![[TIMEOUT, RATE_LIMIT, None, None][target]])[0];
    assert_eq!(run[2].way, [(0, 1), (1, 1)], "the splice, and the fallback in it");
}

#[test]
fn a_target_that_was_tried_fails_again_with_the_class_of_arrival() {
    // 0 failed with a rate limit; the run comes back to it by the timeout of 1, and goes on by that.
    let chains = chains(
        &[],
        &[&[
            (Target(0), Failures::NONE),
            (Target(1), on(Failure::RateLimit)),
            (Target(0), on(Failure::Timeout)),
            (Target(2), on(Failure::RateLimit)),
            (Target(3), on(Failure::Timeout)),
        ]],
    );
    assert_eq!(one(&chains, &[RATE_LIMIT, TIMEOUT, None, None]), (vec![0, 1, 3], None));
}
