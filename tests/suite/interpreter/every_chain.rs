//! Every small policy: of one route with up to three fallbacks, and of two routes of which one falls back to the other.
//!
//! Bounds: targets `w` and `x`, the pool of the two with and without `spread`; `on` holds the one, the other or both of two classes, and targets serve or
//! fail with one of these or with a third. Classes that stand in the same `on`s lead the same way, so more of them would show nothing more.

use byokc::failure::{Failure, Failures};

use super::chains::Callee::{self, Pool, Route, Target};
use super::compare::{Step, compare, set_chain, with_policy};
use super::run::Answer;

const ANSWERS: [Answer; 4] = [None, Some(Failure::Timeout), Some(Failure::RateLimit), Some(Failure::Quota)];
const ON: [Failures; 3] =
    [Failures::of(&[Failure::Timeout]), Failures::of(&[Failure::RateLimit]), Failures::of(&[Failure::Timeout, Failure::RateLimit])];

fn steps(callees: &[Callee]) -> Vec<Step> {
    callees.iter().flat_map(|callee| ON.map(|on| (*callee, on))).collect()
}

/// Every chain of one of the primaries and at most so many of the fallbacks.
fn chains(primaries: &[Step], fallbacks: &[Step], most: usize) -> Vec<Vec<Step>> {
    let mut longest: Vec<Vec<Step>> = primaries.iter().map(|primary| vec![*primary]).collect();
    let mut all = longest.clone();
    for _ in 0..most {
        longest = longest
            .iter()
            .flat_map(|chain| fallbacks.iter().map(|next| [chain.as_slice(), &[*next]].concat()).collect::<Vec<_>>())
            .collect();
        all.extend(longest.clone());
    }
    all
}

#[test]
fn every_small_policy_of_one_route() {
    with_policy(|policy| {
        let mut primaries = steps(&[Pool(0), Pool(1)]);
        primaries.push((Target(0), ON[0]));
        for chain in chains(&primaries, &steps(&[Target(0), Target(1), Pool(0), Pool(1)]), 3) {
            set_chain(policy, 0, &chain);
            compare(policy, &ANSWERS);
        }
    });
}

#[test]
fn every_small_policy_of_two_routes() {
    with_policy(|policy| {
        let firsts = [(Target(0), ON[0]), (Target(1), ON[0]), (Pool(0), ON[1]), (Pool(1), ON[2])];
        let called = chains(&firsts, &steps(&[Target(0), Target(1), Pool(1)]), 1);
        let splices = steps(&[Route(1)]);
        let others = steps(&[Target(0), Target(1), Pool(1)]);
        for first in [(Target(0), ON[0]), (Pool(0), ON[2]), (Pool(1), ON[2])] {
            for splice in &splices {
                for other in &others {
                    for chain in [vec![first, *splice, *other], vec![first, *other, *splice], vec![first, *splice, *other, *splice]] {
                        set_chain(policy, 0, &chain);
                        for called in &called {
                            set_chain(policy, 1, called);
                            compare(policy, &ANSWERS);
                        }
                    }
                }
            }
        }
    });
}
