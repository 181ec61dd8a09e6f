//! Which brute force decides which claim.

use byokc::policy::model::Claim;

use super::verdict::Found;
use super::world::World;
use super::{bounds, independent, passes, reaches, serves, survives};

/// The verdict on a claim.
pub(crate) fn decide(world: &World<'_>, claim: &Claim<'_>) -> Found {
    match claim {
        Claim::ReachesOnly(classes, whom) => reaches::only(world, classes, whom),
        Claim::NeverReaches(classes, whom) => reaches::never(world, classes, whom),
        Claim::OnlyServe(patterns, routes) => serves::only(world, patterns, routes),
        Claim::Passes(goal, passage) => passes::judge(world, goal, passage),
        Claim::Survives(routes, most, loss) => survives::judge(world, routes, usize::from(most.value), *loss),
        Claim::Independent(one, other, by) => independent::judge(world, one.value.0 as usize, other.value.0 as usize, *by),
        Claim::Bound(of, limit) => bounds::judge(world, of, limit.value),
        Claim::OwnKeys(routes) => serves::own_keys(world, routes),
        Claim::NoFallback(routes) => serves::no_fallback(world, routes),
    }
}
