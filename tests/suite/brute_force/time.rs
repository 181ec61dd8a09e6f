//! How long a call may take.

use byokc::failure::{Failure, Failures};

use super::world::World;
use crate::interpreter::run::Call;

/// The most: every try runs into the timeout, and before each further one there is a wait of 1s, 2s, 4s, …
pub(crate) fn at_most(world: &World<'_>, call: &Call) -> u64 {
    let (timeout, retries) = timeout(world, call);
    let mut sum = timeout;
    let mut wait = 1000;
    for _ in 0..retries {
        sum += wait + timeout;
        wait *= 2;
    }
    sum
}

/// What a failure of this class may take: a missing key nothing; one that is not tried again one timeout.
pub(crate) fn of_failure(world: &World<'_>, call: &Call) -> u64 {
    match call.answer {
        Some(Failure::MissingKey) => 0,
        Some(class) if !Failures::DEFAULT.contains(class) => timeout(world, call).0,
        _ => at_most(world, call),
    }
}

/// "Timeout and retry are the attempt's own": those of the route whose chain names it, or of the place itself.
pub(super) fn timeout(world: &World<'_>, call: &Call) -> (u64, u8) {
    let (route, alternative) = *call.way.last().unwrap();
    let own = &world.policy.routes[route];
    (own.chain[alternative].within.map_or(own.timeout, |within| within.value), own.retry)
}
