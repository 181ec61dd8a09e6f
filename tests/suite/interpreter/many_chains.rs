//! Random policies of three routes, four targets and four pools, two of them `spread`, with the groups of classes that people write.

use byokc::failure::{Failure, Failures};
use proptest::prelude::*;

use super::chains::Callee::{self, Pool, Route, Target};
use super::chains::Chains;
use super::compare::{compare, set_chain, telling_answers, with_policy};

const ON: [Failures; 5] = [
    Failures::OUTAGE,
    Failures::LIMITS,
    Failures::of(&[Failure::RateLimit]),
    Failures::ANY,
    Failures::of(&[Failure::ContextLength, Failure::Timeout]),
];

/// A chain of numbers: whom, and after which failures.
type Numbers = Vec<(usize, usize)>;

fn numbers() -> impl Strategy<Value = [Numbers; 3]> {
    proptest::array::uniform3(proptest::collection::vec((0..14usize, 0..ON.len()), 1..4))
}

/// Whom a number means: a target, a pool or (twice as often) a later route; a primary is no route.
fn callee(route: usize, place: usize, number: usize) -> Callee {
    match number {
        0..4 => Target(number),
        4..8 => Pool(number - 4),
        _ if place == 0 || route == 2 => Target(number % 4),
        _ => Route(if route == 1 { 2 } else { 1 + number % 2 }),
    }
}

proptest! {
    #![proptest_config(super::cases(512))]

    #[test]
    fn many_policies_of_three_routes(numbers in numbers()) {
        with_policy(|policy| {
            for (route, chain) in numbers.iter().enumerate() {
                let chain: Vec<_> = chain.iter().enumerate().map(|(place, (number, on))| (callee(route, place, *number), ON[*on])).collect();
                set_chain(policy, route, &chain);
            }
            compare(policy, &telling_answers(&Chains::of(policy), 0));
        });
    }
}
