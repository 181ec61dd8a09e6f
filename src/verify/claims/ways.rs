//! Claims about ways: whatever leads to a tool, step or provider passes a step, an approval or redaction.

use std::collections::BTreeSet;

use super::Decision;
use crate::plan::{Gate, Goal, Passage, Texts};
use crate::verify::accounts::is_called;
use crate::verify::attempts::{Called, Stop, masks};
use crate::verify::flow::{Stage, before};
use crate::verify::world::World;

/// A call that somebody may make.
struct Way<'w, 'p> {
    called: &'w Called<'p>,
    /// The workflow and the step that makes it; none: a caller does.
    step: Option<(&'p str, &'w Stage<'p>)>,
    /// The steps that were done before.
    before: BTreeSet<&'p str>,
}

/// Decides `every path to … passes …`.
pub(super) fn passes(world: &World<'_>, goal: &Goal<'_>, passage: &Passage<'_>) -> Decision {
    for way in ways(world) {
        for index in arrivals(world, &way, goal) {
            if !is_passed(world, &way, index, goal, passage) {
                return Decision::broken("there is a way around it", shown(&way, index, goal));
            }
        }
    }
    Decision::Holds
}

/// Every call: those of the callers or, where nobody is declared, of every workflow and of every route that none uses.
fn ways<'w, 'p>(world: &'w World<'p>) -> impl Iterator<Item = Way<'w, 'p>> {
    let plan = world.plan;
    let (mut direct, mut workflows): (BTreeSet<&str>, BTreeSet<&str>) = (BTreeSet::new(), BTreeSet::new());
    for caller in plan.callers.values() {
        direct.extend(caller.routes.iter().map(|route| &**route));
        workflows.extend(caller.workflows.iter().map(|workflow| &**workflow));
    }
    if plan.callers.is_empty() {
        workflows.extend(world.workflows.keys());
        let used: BTreeSet<&str> = world.workflows.values().flatten().map(|stage| &*stage.step.route).collect();
        direct.extend(world.routes.keys().filter(|route| !used.contains(*route)));
    }
    let direct = direct.into_iter().filter_map(|route| Some(Way { called: world.routes.get(route)?, step: None, before: BTreeSet::new() }));
    let stages = workflows.into_iter().filter_map(|name| world.workflows.get_key_value(name));
    let stages = stages.flat_map(|(name, stages)| stages.iter().map(move |stage| (*name, stage)));
    let steps = stages.filter_map(|(name, stage)| {
        let before = before(plan.workflows.get(name)?, stage.step);
        Some(Way { called: world.routes.get(&*stage.step.route)?, step: Some((name, stage)), before })
    });
    direct.chain(steps)
}

/// The attempts of a call at which the goal is there.
fn arrivals(world: &World<'_>, way: &Way<'_, '_>, goal: &Goal<'_>) -> Vec<usize> {
    let arrives = |stop: &Stop<'_>| match goal {
        Goal::Tool(tool) => way.called.route.tools.contains(tool),
        Goal::Steps(steps) => way.step.is_some_and(|(workflow, stage)| is_step(steps, workflow, stage.name)),
        Goal::Provider(name) => is_called(name, &stop.attempt.provider, stop.provider) || world.permits(stop.provider, name),
    };
    way.called.stops.iter().enumerate().filter(|(_, stop)| arrives(stop)).map(|(index, _)| index).collect()
}

fn is_step(steps: &Texts<'_>, workflow: &str, name: &str) -> bool {
    steps.iter().any(|step| step.split_once('/') == Some((workflow, name)))
}

fn is_passed(world: &World<'_>, way: &Way<'_, '_>, index: usize, goal: &Goal<'_>, passage: &Passage<'_>) -> bool {
    match passage {
        Passage::Steps(steps) => way.step.is_some_and(|(workflow, stage)| {
            is_step(steps, workflow, stage.name) || way.before.iter().any(|name| is_step(steps, workflow, name))
        }),
        Passage::Redaction(detectors) => {
            let Some(stop) = way.called.stops.get(index) else { return false };
            detectors.iter().all(|detector| masks(way.called.route, stop.attempt).any(|masked| masked == detector))
        }
        Passage::Approval { role } => {
            let holds = |gate: &Option<Gate<'_>>| gate.as_ref().is_some_and(|gate| role.as_ref().is_none_or(|role| *role == gate.role));
            let earlier = || {
                let (workflow, _) = way.step?;
                let stages = world.workflows.get(workflow)?.iter().filter(|other| way.before.contains(other.name));
                let mut routes = stages.filter_map(|other| world.routes.get(&*other.step.route));
                routes.find(|called| holds(&called.route.approve))
            };
            let at_goal = match goal {
                Goal::Tool(tool) => world.plan.tools.get(tool).is_some_and(|tool| holds(&tool.approve)),
                Goal::Steps(_) | Goal::Provider(_) => earlier().is_some(),
            };
            at_goal || holds(&way.called.route.approve)
        }
    }
}

fn shown(way: &Way<'_, '_>, index: usize, goal: &Goal<'_>) -> Vec<String> {
    let mut run: Vec<String> = Vec::new();
    if let Some((workflow, stage)) = way.step {
        run.extend(way.before.iter().map(|step| format!("step `{workflow}/{step}` is done")));
        run.push(format!("step `{workflow}/{}` begins", stage.name));
    }
    run.extend(way.called.way(index));
    let target = way.called.target(index);
    run.push(match goal {
        Goal::Tool(tool) => format!("`{target}` calls tool `{tool}`"),
        Goal::Steps(_) | Goal::Provider(_) => format!("`{target}` is called"),
    });
    run
}
