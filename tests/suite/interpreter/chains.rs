//! What a policy says of whom a run calls, as plain data: the pools, and the chain of every route.

use byokc::failure::Failures;
use byokc::policy::model::{self, Policy};

/// Pools and chains. Targets, pools and routes are numbers, in the order of the policy's tables.
#[derive(Clone, Debug)]
pub(crate) struct Chains {
    pub(crate) pools: Vec<Pool>,
    pub(crate) routes: Vec<Vec<Alternative>>,
}

/// Peers.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    pub(crate) spread: bool,
    pub(crate) members: Vec<usize>,
}

/// One place of a chain; the first is the primary.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alternative {
    pub(crate) on: Failures,
    pub(crate) callee: Callee,
}

/// Who is called there.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Callee {
    Target(usize),
    Pool(usize),
    Route(usize),
}

impl Chains {
    /// Those of a policy.
    pub(crate) fn of(policy: &Policy<'_>) -> Self {
        let pools = policy
            .pools
            .iter()
            .map(|pool| Pool { spread: pool.spread, members: pool.members.iter().map(|member| member.value.0 as usize).collect() });
        let alternative = |step: &model::Alternative| Alternative {
            on: step.on,
            callee: match step.callee {
                model::Callee::Target(target) => Callee::Target(target.0 as usize),
                model::Callee::Pool(pool) => Callee::Pool(pool.0 as usize),
                model::Callee::Route(route) => Callee::Route(route.0 as usize),
            },
        };
        let routes = policy.routes.iter().map(|route| route.chain.iter().map(alternative).collect());
        Self { pools: pools.collect(), routes: routes.collect() }
    }
}
