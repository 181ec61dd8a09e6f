//! `every path to GOAL passes PASSAGE`, by every order in which the steps of every workflow may be done.
//!
//! What happens on a way: each step that is done, or the direct call of a route; then the calls of that route, or of the last step's.

use std::collections::BTreeSet;

use byokc::policy::model::{Detector, Gate, Goal, Passage, ToolId};

use super::verdict::{Found, shortest};
use super::world::World;
use crate::interpreter::run::Call;

/// A call of a route: directly, or as the last of some steps of a workflow.
pub(super) struct Way {
    pub(super) route: usize,
    pub(super) workflow: Option<usize>,
    /// The steps in the order in which they are done, the one that calls the route last.
    pub(super) steps: Vec<usize>,
}

/// Every way to the one passes the other.
pub(crate) fn judge(world: &World<'_>, goal: &Goal<'_>, passage: &Passage<'_>) -> Found {
    let mut any = false;
    let mut breaking = Vec::new();
    for way in ways(world).iter().filter(|way| arrives(world, way, goal)) {
        for (call, calls) in world.attempts(way.route).filter(|(call, _)| is_there(world, goal, call)) {
            any = true;
            if !passes(world, way, goal, call, passage) {
                breaking.push(way.steps.len().max(1) + how_far(goal, passage, calls));
            }
        }
    }
    if any { shortest(breaking) } else { Found::Nothing(true) }
}

/// A step is got to when it calls its route, whoever is called then; only redaction asks who. All else is got to by a call.
fn how_far(goal: &Goal<'_>, passage: &Passage<'_>, calls: usize) -> usize {
    match (goal, passage) {
        (Goal::Step(..), Passage::Step(..) | Passage::Approval(..)) => 0,
        _ => calls,
    }
}

/// Whether a way ends where the goal may be got to.
pub(super) fn arrives(world: &World<'_>, way: &Way, goal: &Goal<'_>) -> bool {
    match goal {
        Goal::Tool(tool) => world.policy.routes[way.route].tools.iter().any(|offered| offered.value == tool.value),
        Goal::Step(_, steps) => is_any(way, way.steps.last(), steps),
        Goal::Provider(_) => true,
    }
}

/// Whether the goal may be got to by this call.
pub(super) fn is_there(world: &World<'_>, goal: &Goal<'_>, call: &Call) -> bool {
    match goal {
        Goal::Provider(name) => world.may_be_seen_by(world.account(call), name.text),
        Goal::Tool(_) | Goal::Step(..) => true,
    }
}

pub(super) fn passes(world: &World<'_>, way: &Way, goal: &Goal<'_>, call: &Call, passage: &Passage<'_>) -> bool {
    match passage {
        Passage::Step(_, steps) => way.steps.iter().any(|step| is_any(way, Some(step), steps)),
        Passage::Redaction(detectors) => {
            let masked: BTreeSet<Detector> = world.masked(call).into_iter().collect();
            detectors.iter().all(|detector| masked.contains(&detector.value))
        }
        Passage::Approval(_, role) => {
            let of_route = |route: usize| world.policy.routes[route].approve.as_ref();
            let gates: Vec<&Gate<'_>> = match goal {
                Goal::Tool(tool) => of_tool(world, tool.value).into_iter().chain(of_route(way.route)).collect(),
                Goal::Step(..) | Goal::Provider(_) => {
                    let steps = way.steps.iter().map(|step| step_route(world, way.workflow.unwrap(), *step));
                    steps.chain([way.route]).filter_map(of_route).collect()
                }
            };
            gates.iter().any(|gate| role.is_none_or(|role| gate.role.text == role.text))
        }
    }
}

fn of_tool<'p>(world: &World<'p>, tool: ToolId) -> Option<&'p Gate<'p>> {
    world.policy.tools[tool.0 as usize].approve.as_ref()
}

fn is_any(way: &Way, step: Option<&usize>, steps: &[(byokc::policy::model::WorkflowId, usize)]) -> bool {
    steps.iter().any(|(workflow, index)| way.workflow == Some(workflow.0 as usize) && step == Some(index))
}

fn step_route(world: &World<'_>, workflow: usize, step: usize) -> usize {
    world.policy.workflows[workflow].steps[step].route.unwrap().value.0 as usize
}

/// Every way: of the callers, or where there are none, into every workflow and to every route that no workflow uses.
pub(super) fn ways(world: &World<'_>) -> Vec<Way> {
    let policy = world.policy;
    let used: BTreeSet<usize> =
        policy.workflows.iter().flat_map(|workflow| &workflow.steps).filter_map(|step| Some(step.route?.value.0 as usize)).collect();
    let (routes, workflows): (BTreeSet<usize>, BTreeSet<usize>) = if policy.callers.is_empty() {
        ((0..policy.routes.len()).filter(|route| !used.contains(route)).collect(), (0..policy.workflows.len()).collect())
    } else {
        (
            policy.callers.iter().flat_map(|caller| &caller.routes).map(|route| route.value.0 as usize).collect(),
            policy.callers.iter().flat_map(|caller| &caller.workflows).map(|workflow| workflow.value.0 as usize).collect(),
        )
    };
    let mut ways: Vec<Way> = routes.into_iter().map(|route| Way { route, workflow: None, steps: Vec::new() }).collect();
    for workflow in workflows {
        for steps in orders(world, workflow) {
            ways.push(Way { route: step_route(world, workflow, *steps.last().unwrap()), workflow: Some(workflow), steps });
        }
    }
    ways
}

/// Every order in which some of the steps may be done, none twice, each behind all that it waits for.
pub(super) fn orders(world: &World<'_>, workflow: usize) -> Vec<Vec<usize>> {
    let steps = &world.policy.workflows[workflow].steps;
    let mut all: Vec<Vec<usize>> = Vec::new();
    let mut longest = vec![Vec::new()];
    while !longest.is_empty() {
        let next = longest.iter().flat_map(|done: &Vec<usize>| {
            let ready = (0..steps.len()).filter(|step| {
                let waits = steps[*step].after.iter().chain(&steps[*step].judges).all(|before| done.contains(&before.value));
                waits && !done.contains(step)
            });
            ready.map(|step| done.iter().copied().chain([step]).collect::<Vec<usize>>()).collect::<Vec<_>>()
        });
        longest = next.collect();
        all.extend(longest.clone());
    }
    all
}
