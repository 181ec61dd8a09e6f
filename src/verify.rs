//! From a plan to whether it is what it says: all that can be derived from it is derived again, from the plan alone.
//!
//! Nothing of the compiler is used here but the plan's own types, and every rule is written a second time, so that a mistake there is not
//! repeated here. What is unknown, and every set, is read against the plan.
//!
//! Not derived again is what a plan no longer holds: allowlists and denies, what a route demands of regions, retention and capabilities,
//! and whether what is stated of companies and models is true.

use crate::plan::{FORMAT, Plan};

pub use document::{NotRead, distinct, read};
pub use fault::Fault;
pub use report::Report;

use fault::{Faults, at};
use world::World;

mod accounts;
mod attempts;
mod claims;
mod classes;
mod data;
mod document;
mod fault;
mod flow;
mod glob;
mod money;
mod names;
mod reach;
mod report;
mod table;
mod world;

/// What was derived again, and agreed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Routes.
    pub routes: usize,
    /// Attempts of all routes.
    pub attempts: usize,
    /// Entries of `claims.reach`.
    pub reach: usize,
    /// The claims that were proved again: the statements that were decided, in the language's form.
    pub proved: Vec<String>,
    /// The claims that the plan leaves undecided, likewise. They are no promise.
    pub undecided: Vec<String>,
}

/// Checks a plan. The work grows with its size, and for claims about losses with the number of choices, up to a bound.
pub fn verify(plan: &Plan<'_>) -> Result<Verified, Vec<Fault>> {
    let mut faults = Faults::default();
    let mut verified = Verified::default();
    faults.unless(plan.format == FORMAT, || at(["format"]), || format!("the format is `{}`, not `{FORMAT}`", plan.format));
    let digest = plan.compute_digest();
    faults.unless(
        plan.digest == digest,
        || at(["digest"]),
        || format!("the digest of the routing part is `{digest}`: it was changed, or the digest was"),
    );
    if let Some(world) = World::read(plan, &mut faults) {
        data::check(&world, &mut faults);
        verified.reach = reach::check(&world, &mut faults);
        (verified.proved, verified.undecided) = claims::check(&world, &mut faults);
        verified.routes = world.routes.len();
        verified.attempts = world.routes.values().map(|called| called.stops.len()).sum();
    }
    if faults.0.is_empty() { Ok(verified) } else { Err(faults.0) }
}
