//! Claims about the worst case: what a run may cost, how long it may take, how many attempts it may make.

use std::collections::BTreeMap;

use super::Decision;
use crate::plan::{Attempt, Bounded, Limit, Model};
use crate::verify::attempts::{Called, Stop};
use crate::verify::money::{dollars, of_tokens, parse};
use crate::verify::world::World;

/// The worst case of one route, and the attempts that make it up.
struct Worst {
    amount: u128,
    run: Vec<String>,
}

/// Decides `cost|latency|attempts of … <= …`.
pub(super) fn within(world: &World<'_>, limit: &Limit<'_>, of: &Bounded<'_>) -> Decision {
    let most = match limit {
        Limit::Cost(text) => parse(text).unwrap_or(0),
        Limit::LatencyMs(number) | Limit::Attempts(number) => u128::from(*number),
    };
    let above =
        |what: String, worst: Worst| Decision::broken(format!("the worst run of {what} has {}", shown(limit, worst.amount)), worst.run);
    match of {
        Bounded::Routes(routes) => {
            for called in world.spoken_of(routes.as_ref()) {
                match of_route(called, limit) {
                    Ok(worst) if worst.amount <= most => {}
                    Ok(worst) => return above(format!("route `{}`", called.name), worst),
                    Err(unknown) => return unknown,
                }
            }
            Decision::Holds
        }
        Bounded::Workflow(name) => match of_workflow(world, name, limit) {
            Ok(worst) if worst.amount <= most => Decision::Holds,
            Ok(worst) => above(format!("workflow `{name}`"), worst),
            Err(unknown) => unknown,
        },
    }
}

/// The worst run of a route; `Err` where nobody can say.
fn of_route(called: &Called<'_>, limit: &Limit<'_>) -> Result<Worst, Decision> {
    let mut own = Vec::with_capacity(called.stops.len());
    for (index, stop) in called.stops.iter().enumerate() {
        own.push(match limit {
            Limit::Attempts(_) => 1,
            Limit::LatencyMs(_) => u128::from(slowest(stop.attempt)),
            Limit::Cost(_) => dearest(called, stop).map_err(|unknown| {
                Decision::broken(format!("it cannot be shown: the {unknown} of `{}` is unknown", stop.attempt.target), called.way(index))
            })?,
        });
    }
    let mut rest: Vec<(u128, Option<usize>)> = vec![(0, None); called.stops.len()];
    for index in called.order.iter().rev() {
        let next = called.follow(*index).filter_map(|next| Some((rest.get(next)?.0, next))).max_by_key(|(amount, _)| *amount);
        let amount = own.get(*index).copied().unwrap_or(u128::MAX).saturating_add(next.map_or(0, |(amount, _)| amount));
        if let Some(slot) = rest.get_mut(*index) {
            *slot = (amount, next.map(|(_, next)| next));
        }
    }
    let start = called.entries.iter().filter_map(|entry| Some((rest.get(*entry)?.0, *entry))).max_by_key(|(amount, _)| *amount);
    let (mut amount, mut run) = (start.map_or(u128::MAX, |(amount, _)| amount), vec![format!("route `{}` is called", called.name)]);
    let mut here = start.map(|(_, entry)| entry);
    while let Some(index) = here {
        run.push(format!("`{}` is called: {}", called.target(index), shown(limit, own.get(index).copied().unwrap_or(u128::MAX))));
        here = rest.get(index).and_then(|(_, next)| *next);
    }
    if let (Limit::LatencyMs(_), Some(deadline)) = (limit, called.route.deadline_ms) {
        amount = amount.min(u128::from(deadline));
    }
    Ok(Worst { amount, run })
}

/// Cost and attempts add up over the steps; latency is that of the longest path.
fn of_workflow(world: &World<'_>, name: &str, limit: &Limit<'_>) -> Result<Worst, Decision> {
    let mut whole = Worst { amount: 0, run: Vec::new() };
    let mut ends: BTreeMap<&str, u128> = BTreeMap::new();
    for stage in world.workflows.get(name).into_iter().flatten() {
        let Some(called) = world.routes.get(&*stage.step.route) else { continue };
        let worst = of_route(called, limit)?;
        let amount = worst.amount.saturating_mul(u128::from(stage.step.at_most));
        whole.run.push(format!("step `{name}/{}`, at most {} times, has {}", stage.name, stage.step.at_most, shown(limit, amount)));
        if let Limit::LatencyMs(_) = limit {
            let start = stage.step.after.iter().filter_map(|before| ends.get(&**before).copied()).max().unwrap_or(0);
            let end = start.saturating_add(amount);
            ends.insert(stage.name, end);
            whole.amount = whole.amount.max(end);
        } else {
            whole.amount = whole.amount.saturating_add(amount);
        }
    }
    Ok(whole)
}

/// What an attempt costs at most: (1 + retries) × (largest prompt × input price + longest answer × output price). `Err` names what is unknown.
fn dearest(called: &Called<'_>, stop: &Stop<'_>) -> Result<u128, &'static str> {
    let model = stop.model;
    let input = [called.route.max_input, stop.attempt.max_input, model.max_input].into_iter().flatten().min().ok_or("largest prompt")?;
    let output = [called.route.max_output, model.max_output].into_iter().flatten().min();
    let (input_price, output_price) = prices(model, input);
    let prompt = of_tokens(input_price.ok_or("price")?, input);
    let answer = match output_price.ok_or("price")? {
        // What costs nothing needs no limit: an embedding has no answer.
        0 => 0,
        price => of_tokens(price, output.ok_or("longest answer")?),
    };
    Ok(prompt.saturating_add(answer).saturating_mul(u128::from(stop.attempt.retries) + 1))
}

/// The dearest prices that a prompt of this length may be billed at.
fn prices(model: &Model<'_>, input: u64) -> (Option<u128>, Option<u128>) {
    let read = |price: &Option<crate::plan::Text<'_>>| price.as_ref().and_then(|price| parse(price));
    let reached = model.price_tiers.iter().filter(|tier| input > tier.above);
    reached.fold((read(&model.input_price), read(&model.output_price)), |(input, output), tier| {
        let dearer = |one: Option<u128>, other: Option<u128>| Some(one?.max(other?));
        (dearer(input, read(&tier.input_price)), dearer(output, read(&tier.output_price)))
    })
}

/// (1 + retries) × timeout, and the waits before each repetition: 1 s, 2 s, 4 s, …
pub(super) fn slowest(attempt: &Attempt<'_>) -> u64 {
    let waits = ((1u64 << attempt.retries.min(32)) - 1) * 1000;
    attempt.timeout_ms.saturating_mul(u64::from(attempt.retries) + 1).saturating_add(waits)
}

fn shown(limit: &Limit<'_>, amount: u128) -> String {
    match limit {
        Limit::Cost(_) => dollars(amount),
        Limit::LatencyMs(_) => format!("{amount} ms"),
        Limit::Attempts(_) => crate::text::count(usize::try_from(amount).unwrap_or(usize::MAX), "attempt"),
    }
}
