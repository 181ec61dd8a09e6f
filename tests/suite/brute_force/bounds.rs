//! `cost`, `latency` and `attempts of … <= …`, by the dearest, slowest and longest of all runs.

use byokc::policy::model::{Bounded, Limit, Routes, Step};

use super::passes::orders;
use super::time;
use super::verdict::{Found, shortest};
use super::world::World;
use crate::interpreter::compare::telling_answers;
use crate::interpreter::run::{Call, each_run};

/// No run, or no workflow, takes more.
pub(crate) fn judge(world: &World<'_>, of: &Bounded, limit: Limit) -> Found {
    match of {
        Bounded::Routes(routes) => of_routes(world, routes, limit),
        Bounded::Workflow(workflow) => of_workflow(world, workflow.value.0 as usize, limit),
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
            let too_much = (1..=run.len()).find(|calls| is_too_much(world, &run[..*calls], limit));
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

/// The fewest steps of a workflow that are too much.
fn of_workflow(world: &World<'_>, workflow: usize, limit: Limit) -> Found {
    shortest(too_much_steps(world, workflow, limit).iter().map(Vec::len))
}

/// All steps that may be done together and are too much. Steps add up, each as often as it may be called, with all that they wait for; but those that do
/// not wait for each other take their time together, so of a latency they are those that wait one for the other.
pub(super) fn too_much_steps(world: &World<'_>, workflow: usize, limit: Limit) -> Vec<Vec<usize>> {
    let steps = &world.policy.workflows[workflow].steps;
    let own = steps.iter().map(|step| Some(worst(world, step.route?.value.0 as usize, limit)? * u128::from(step.at_most.value)));
    let own: Vec<Option<u128>> = own.collect();
    let mut done = if matches!(limit, Limit::Latency(_)) { chains(steps) } else { orders(world, workflow) };
    done.retain(|done| done.iter().map(|step| own[*step]).sum::<Option<u128>>().is_none_or(|sum| sum > most(limit)));
    done
}

/// What the worst run of a route comes to.
fn worst(world: &World<'_>, route: usize, limit: Limit) -> Option<u128> {
    let mut worst = Some(0);
    each(world, route, |run| {
        worst = worst.and_then(|worst: u128| Some(worst.max(measure(world, run, limit)?)));
    });
    worst
}

/// Every chain of steps, from one that waits for none to any that waits for the one before it.
fn chains(steps: &[Step<'_>]) -> Vec<Vec<usize>> {
    let waits_for = |step: usize| steps[step].after.iter().chain(&steps[step].judges).map(|before| before.value);
    let mut all = Vec::new();
    let mut longest: Vec<Vec<usize>> = (0..steps.len()).filter(|step| waits_for(*step).next().is_none()).map(|step| vec![step]).collect();
    while !longest.is_empty() {
        let longer = |chain: &Vec<usize>| {
            let last = *chain.last().unwrap();
            let next = (0..steps.len()).filter(|step| waits_for(*step).any(|before| before == last));
            next.map(|step| chain.iter().copied().chain([step]).collect()).collect::<Vec<Vec<usize>>>()
        };
        let next = longest.iter().flat_map(longer).collect();
        all.append(&mut longest);
        longest = next;
    }
    all
}

fn each(world: &World<'_>, route: usize, mut look: impl FnMut(&[Call])) {
    let answers = telling_answers(&world.chains, route);
    each_run(&world.chains, route, &|_| answers.clone(), &mut |run| look(run));
}

/// Whether calls of a run come to more than the limit, or nobody knows.
pub(super) fn is_too_much(world: &World<'_>, calls: &[Call], limit: Limit) -> bool {
    measure(world, calls, limit).is_none_or(|sum| sum > most(limit))
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

/// (1 + retries) × (largest prompt × input price + longest answer × output price), in picodollars, each product rounded up.
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
