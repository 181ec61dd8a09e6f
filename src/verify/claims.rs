//! Decides each claim again that is said to be proved, by plain search over the plan's tables.

use super::fault::{Fault, Faults, at};
use super::world::World;
use crate::plan::{Claim, Statement, Verdict};

mod apart;
mod bounds;
mod losses;
mod named;
mod receive;
mod ways;
mod words;

/// What came of a claim.
pub(super) enum Decision {
    /// It holds on every run.
    Holds,
    /// Some run breaks it.
    Broken {
        /// What is wrong, as a clause.
        why: String,
        /// What happens in that run, in order.
        run: Vec<String>,
    },
    /// It takes more than this search does: what.
    Beyond(String),
}

impl Decision {
    fn broken(why: impl Into<String>, run: Vec<String>) -> Self {
        Self::Broken { why: why.into(), run }
    }
}

/// The claims that hold, and those that nobody decided: each as the statement that was read, not in the author's words.
pub(super) fn check(world: &World<'_>, faults: &mut Faults) -> (Vec<String>, Vec<String>) {
    let (mut proved, mut undecided) = (Vec::new(), Vec::new());
    for (index, claim) in world.plan.claims.assertions.iter().enumerate() {
        let place = at(["claims", "assertions", &index.to_string()]);
        let about = name(claim);
        if let Some(wrong) = named::fault(world, &claim.statement) {
            faults.add(place + "/statement", format!("the claim {about} {wrong}"));
            continue;
        }
        match claim.verdict {
            Verdict::Undecided => undecided.push(words::words(world.plan, &claim.statement)),
            Verdict::Refuted => {
                faults.add(place + "/verdict", format!("the claim {about} is refuted; no policy with such a claim becomes a plan"));
            }
            Verdict::Proved => match decide(world, &claim.statement) {
                Decision::Holds => proved.push(words::words(world.plan, &claim.statement)),
                Decision::Broken { why, run } => {
                    let message = format!("the claim {about} is said to be proved, but it does not hold: {why}");
                    faults.0.push(Fault { run, ..Fault::new(place, message) });
                }
                Decision::Beyond(what) => {
                    let message = format!(
                        "the claim {about} is said to be proved, which is beyond what is decided again: {what}; take it as undecided"
                    );
                    faults.add(place + "/verdict", message);
                }
            },
        }
    }
    (proved, undecided)
}

fn name(claim: &Claim<'_>) -> String {
    claim.title.as_ref().map_or_else(|| format!("`{}`", claim.claim), |title| format!("`{}` ({title})", claim.claim))
}

fn decide(world: &World<'_>, statement: &Statement<'_>) -> Decision {
    match statement {
        Statement::ReachesOnly { classes, whom } => receive::reaches_only(world, classes, whom),
        Statement::NeverReaches { classes, whom } => receive::never_reaches(world, classes, whom),
        Statement::OnlyServe { patterns, routes } => receive::only_serve(world, patterns, routes.as_ref()),
        Statement::OwnKeys { routes } => receive::own_keys(world, routes.as_ref()),
        Statement::NoFallback { routes } => receive::no_fallback(world, routes.as_ref()),
        Statement::Passes { goal, passage } => ways::passes(world, goal, passage),
        Statement::Survives { kind, losing, routes } => losses::survives(world, *kind, usize::from(*losing), routes.as_ref()),
        Statement::Independent { by, routes } => apart::independent(world, *by, routes),
        Statement::Bound { limit, of } => bounds::within(world, limit, of),
    }
}
