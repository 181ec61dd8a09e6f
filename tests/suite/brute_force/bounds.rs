//! `cost`, `latency` and `attempts of … <= …`, by the dearest, slowest and longest of all runs.

use byokc::policy::model::{Bounded, Limit, Routes, Workflow};

use super::time;
use super::verdict::{Found, shortest};
use super::world::World;
use crate::interpreter::compare::telling_answers;
use crate::interpreter::run::{Call, each_run};

/// No run, or no workflow, takes more.
pub(crate) fn judge(world: &World<'_>, of: &Bounded, limit: Limit) -> Found {
    match of {
        Bounded::Routes(routes) => of_routes(world, routes, limit),
        Bounded::Workflow(workflow) => {
            let workflow = &world.policy.workflows[workflow.value.0 as usize];
            let worst = of_workflow(world, workflow, limit);
            if worst.is_none_or(|worst| worst > most(limit)) { Found::Broken(0) } else { Found::Holds }
        }
    }
}

fn of_routes(world: &World<'_>, routes: &Routes, limit: Limit) -> Found {
    let routes = world.routes(routes);
    if routes.is_empty() {
        return Found::Nothing(true);
    }
    let mut breaking = Vec::new();
    for route in routes {
        each(world, route, |run| {
            // A run that is too much may have been so before its end.
            let too_much = (1..=run.len()).find(|calls| measure(world, &run[..*calls], limit).is_none_or(|sum| sum > most(limit)));
            breaking.extend(too_much);
        });
    }
    shortest(breaking)
}

fn most(limit: Limit) -> u128 {
    match limit {
        Limit::Cost(money) => money.0,
        Limit::Latency(milliseconds) => u128::from(milliseconds),
        Limit::Attempts(calls) => u128::from(calls),
    }
}

/// Steps add up, each as often as it may be called; but steps that do not wait for each other take their time together.
fn of_workflow(world: &World<'_>, workflow: &Workflow<'_>, limit: Limit) -> Option<u128> {
    let mut own = Vec::new();
    for step in &workflow.steps {
        let mut worst = Some(0);
        each(world, step.route.unwrap().value.0 as usize, |run| {
            worst = worst.and_then(|worst: u128| Some(worst.max(measure(world, run, limit)?)));
        });
        own.push(worst? * u128::from(step.at_most.value));
    }
    if !matches!(limit, Limit::Latency(_)) {
        return Some(own.iter().sum());
    }
    /// The slowest chain of steps that ends with one.
    fn until(workflow: &Workflow<'_>, own: &[u128], step: usize) -> u128 {
        let before = workflow.steps[step].after.iter().chain(&workflow.steps[step].judges);
        own[step] + before.map(|before| until(workflow, own, before.value)).max().unwrap_or(0)
    }
    (0..own.len()).map(|step| until(workflow, &own, step)).max()
}

fn each(world: &World<'_>, route: usize, mut look: impl FnMut(&[Call])) {
    let answers = telling_answers(&world.chains);
    each_run(&world.chains, route, &|_| answers.clone(), &mut |run| look(run));
}

/// What calls come to; `None` where nobody knows.
fn measure(world: &World<'_>, calls: &[Call], limit: Limit) -> Option<u128> {
    let called = &world.policy.routes[calls[0].way[0].0];
    match limit {
        Limit::Attempts(_) => Some(calls.len() as u128),
        Limit::Cost(_) => calls.iter().map(|call| cost(world, call)).sum(),
        Limit::Latency(_) => {
            let sum = calls.iter().map(|call| time::at_most(world, call)).sum::<u64>();
            Some(u128::from(called.deadline.map_or(sum, |deadline| sum.min(deadline.value))))
        }
    }
}

/// (1 + retries) × (max_input × input price + max_output × output price), in picodollars, each product rounded up.
fn cost(world: &World<'_>, call: &Call) -> Option<u128> {
    let called = &world.policy.routes[call.way[0].0];
    let (route, alternative) = *call.way.last().unwrap();
    let own = &world.policy.routes[route];
    let facts = &world.facts[call.target];
    let up_to = own.chain[alternative].up_to;
    let input = [called.max_input.map(|at| at.value), up_to.map(|at| at.value), facts.max_input].into_iter().flatten().min()?;
    let output = [called.max_output.map(|at| at.value), facts.max_output].into_iter().flatten().min();
    let (input_price, output_price) = facts.prices(input);
    let (input_price, output_price) = (input_price?.0, output_price?.0);
    // What costs nothing needs no limit.
    let output = if output_price == 0 { 0 } else { output? };
    let once = (u128::from(input) * input_price).div_ceil(1_000_000) + (u128::from(output) * output_price).div_ceil(1_000_000);
    Some(once * (u128::from(own.retry) + 1))
}
