//! Replays refutations: what is shown is a run of the interpreter, and on it the thing happens that was claimed not to.

use ::byokc::analysis::claims::{Refutation, Trace};
use ::byokc::compile::Compilation;
use ::byokc::policy::model::{Bounded, Claim, Goal, Passage, Routes};

use super::passes::{arrives, is_there, passes, ways};
use super::world::World;
use super::{bounds, independent, reaches, serves, survives};
use crate::interpreter::run::{Answer, Call, runs};

/// Whether a refutation holds what it promises; else what is wrong with it.
pub(super) fn replay(world: &World<'_>, compilation: &Compilation<'_>, claim: &Claim<'_>, refutation: &Refutation) -> Result<(), String> {
    let mut told = Vec::new();
    for trace in &refutation.traces {
        told.push(run_of(world, compilation, trace).ok_or_else(|| format!("no run is told by {trace:?}"))?);
    }
    let happens = match claim {
        Claim::ReachesOnly(classes, whom) => {
            last(&told).is_some_and(|call| reaches::carries(world, classes, call) && reaches::breaks_only(world, whom, call))
        }
        Claim::NeverReaches(classes, whom) => {
            last(&told).is_some_and(|call| reaches::carries(world, classes, call) && reaches::breaks_never(world, whom, call))
        }
        Claim::OnlyServe(patterns, routes) => {
            is_of(world, routes, &told) && last(&told).is_some_and(|call| serves::breaks_only(world, patterns, call))
        }
        Claim::OwnKeys(routes) => is_of(world, routes, &told) && last(&told).is_some_and(|call| world.account(call).managed),
        Claim::NoFallback(routes) => is_of(world, routes, &told) && is_second(world, &told[0].calls),
        Claim::Passes(goal, passage) => leads_around(world, goal, passage, refutation, &told),
        Claim::Survives(routes, most, loss) => {
            is_of(world, routes, &told)
                && survives::may_fail(world, &told[0].calls, usize::from(most.value), *loss)
                && survives::fails_after(world, &told[0].whole) == Some(told[0].calls.len())
        }
        Claim::Independent(one, other, by) => {
            let [mine, theirs] = told.as_slice() else { return Err("two runs are compared".to_owned()) };
            let routes = [mine, theirs].map(|told| told.calls[0].way[0].0);
            let (mine, theirs) = (mine.calls.last().unwrap(), theirs.calls.last().unwrap());
            routes == [one, other].map(|route| route.value.0 as usize) && independent::share(world, mine, theirs, *by)
        }
        Claim::Bound(Bounded::Routes(routes), limit) => {
            is_of(world, routes, &told) && bounds::is_too_much(world, &told[0].calls, limit.value)
        }
        Claim::Bound(Bounded::Workflow(workflow), limit) => {
            let steps: Vec<usize> = refutation.steps.iter().map(|(_, step)| *step).collect();
            let too_much = bounds::too_much_steps(world, workflow.value.0 as usize, limit.value);
            refutation.steps.iter().all(|(of, _)| *of == workflow.value) && too_much.contains(&steps)
        }
    };
    if happens { Ok(()) } else { Err(format!("on {:?} that does not happen", refutation.traces)) }
}

/// A run that is told, as far as it is, and to its end.
struct Told {
    calls: Vec<Call>,
    whole: Vec<Call>,
}

/// The run of the interpreter on which the same targets are called, each answering as told.
fn run_of(world: &World<'_>, compilation: &Compilation<'_>, trace: &Trace) -> Option<Told> {
    let automaton = compilation.automaton(trace.route)?;
    let target = |attempt: u16| automaton.attempts[usize::from(attempt)].target.0 as usize;
    let told: Vec<(usize, Answer)> = trace.calls.iter().map(|call| (target(call.attempt), call.failure)).collect();
    let answers = |target: usize| vec![told.iter().find(|(called, _)| *called == target).and_then(|(_, answer)| *answer)];
    let runs = runs(&world.chains, trace.route.0 as usize, &answers);
    let alike = |run: &&Vec<Call>| run.len() >= told.len() && run.iter().zip(&told).all(|(call, (target, _))| call.target == *target);
    let whole = runs.iter().find(alike)?;
    (!told.is_empty()).then(|| Told { calls: whole[..told.len()].to_vec(), whole: whole.clone() })
}

fn last(told: &[Told]) -> Option<&Call> {
    if let [told] = told { told.calls.last() } else { None }
}

fn is_of(world: &World<'_>, routes: &Routes, told: &[Told]) -> bool {
    last(told).is_some_and(|call| world.routes(routes).contains(&call.way[0].0))
}

/// Whether calls show a second attempt: one behind another, or another at which the run may start.
fn is_second(world: &World<'_>, calls: &[Call]) -> bool {
    calls.len() > 1 || serves::starts(world, calls[0].way[0].0) > 1
}

/// Whether the steps, and then the calls of the run, are a way around the passage.
fn leads_around(world: &World<'_>, goal: &Goal<'_>, passage: &Passage<'_>, refutation: &Refutation, told: &[Told]) -> bool {
    let before: Vec<usize> = refutation.steps.iter().map(|(_, step)| *step).collect();
    ways(world).iter().any(|way| {
        let so_far = way.steps.split_last().map_or(&[][..], |(_, before)| before);
        let workflow = refutation.steps.iter().all(|(workflow, _)| way.workflow == Some(workflow.0 as usize));
        let around = |call: &Call| is_there(world, goal, call) && !passes(world, way, goal, call, passage);
        let calls = match told {
            // A step is got to whoever is called.
            [] => world.attempts(way.route).any(|(call, _)| around(call)),
            [told] => told.calls[0].way[0].0 == way.route && told.calls.last().is_some_and(around),
            _ => false,
        };
        workflow && so_far == before && arrives(world, way, goal) && calls
    })
}
