//! `only PATTERN… serve ROUTE…`, `own keys on ROUTE…` and `no fallback on ROUTE…`, by the attempts of every run.

use byokc::policy::model::{Pattern, Routes};

use super::reaches::is_target;
use super::verdict::{Found, shortest};
use super::world::World;
use crate::interpreter::run::Call;

/// Every attempt matches one of the patterns.
pub(crate) fn only(world: &World<'_>, patterns: &[Pattern<'_>], routes: &Routes) -> Found {
    judge(world, routes, |call| !patterns.iter().any(|pattern| is_target(&world.targets[call.target], world.account(call), pattern)))
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

/// Each of the routes has one attempt. The first of any two is an entry, or leads to the other: a run of two calls shows both.
pub(crate) fn no_fallback(world: &World<'_>, routes: &Routes) -> Found {
    let routes = world.routes(routes);
    if routes.is_empty() {
        return Found::Nothing(true);
    }
    let several = routes.iter().filter(|route| world.reached[**route].len() > 1);
    shortest(several.map(|_| 2))
}
