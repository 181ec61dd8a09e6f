//! `only PATTERN… serve ROUTE…`, `own keys on ROUTE…` and `no fallback on ROUTE…`, by the attempts of every run.

use byokc::policy::model::{Pattern, Routes};

use super::reaches::is_target;
use super::verdict::{Found, shortest};
use super::world::World;
use crate::interpreter::run::Call;

/// Every attempt matches one of the patterns.
pub(crate) fn only(world: &World<'_>, patterns: &[Pattern<'_>], routes: &Routes) -> Found {
    judge(world, routes, |call| breaks_only(world, patterns, call))
}

/// Whether a call matches none of the patterns.
pub(super) fn breaks_only(world: &World<'_>, patterns: &[Pattern<'_>], call: &Call) -> bool {
    !patterns.iter().any(|pattern| is_target(&world.targets[call.target], world.account(call), pattern))
}

/// No attempt goes to an account that somebody else owns or pays.
pub(crate) fn own_keys(world: &World<'_>, routes: &Routes) -> Found {
    judge(world, routes, |call| world.account(call).managed)
}

fn judge(world: &World<'_>, routes: &Routes, breaks: impl Fn(&Call) -> bool) -> Found {
    let routes = world.routes(routes);
    if routes.is_empty() {
        return Found::Nothing(true);
    }
    let attempts = routes.iter().flat_map(|route| world.attempts(*route));
    shortest(attempts.filter(|(call, _)| breaks(call)).map(|(_, calls)| calls))
}

/// Each of the routes has one attempt. Where a run may start at one of several, a single call shows another one; else two calls do.
pub(crate) fn no_fallback(world: &World<'_>, routes: &Routes) -> Found {
    let routes = world.routes(routes);
    if routes.is_empty() {
        return Found::Nothing(true);
    }
    let several = routes.into_iter().filter(|route| world.reached[*route].len() > 1);
    shortest(several.map(|route| if starts(world, route) > 1 { 1 } else { 2 }))
}

/// At how many targets a run may start.
pub(super) fn starts(world: &World<'_>, route: usize) -> usize {
    world.attempts(route).filter(|(_, calls)| *calls == 1).count()
}
