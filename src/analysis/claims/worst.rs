//! Worst cases: what a run may cost, how long it may take, how many calls it may make.

use super::fewest::{self, Fewest};
use super::runs::{Call, Trace, likeliest};
use super::ways::too_many;
use super::{At, Event, Found, Judge, Refutation, Sum, Verdict};
use crate::analysis::bounds::{self, Bounds, Unbounded};
use crate::analysis::data;
use crate::automaton::Automaton;
use crate::failure::Failure;
use crate::policy::model::{Bounded, Limit, RouteId, Workflow, WorkflowId};
use crate::text::duration;
use crate::units::Money;

/// The worst case of one route's runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Worst {
    bounds: Bounds,
    /// The most calls of one run.
    calls: u64,
}

impl Worst {
    fn of(judge: &Judge<'_, '_>, route: RouteId) -> Option<Self> {
        let automaton = judge.automaton(route)?;
        let cell = judge.worst.get(route.0 as usize)?;
        Some(*cell.get_or_init(|| Self {
            bounds: bounds::of_route(judge.policy, judge.facts, route, automaton),
            calls: bounds::most_calls(automaton),
        }))
    }

    /// In the measure of a limit; `Err` where it has no bound.
    fn measure(self, limit: Limit) -> Result<u128, Unbounded> {
        match limit {
            Limit::Cost(_) => self.bounds.cost.map(|money| money.0),
            Limit::Latency(_) => Ok(u128::from(self.bounds.latency)),
            Limit::Attempts(_) => Ok(u128::from(self.calls)),
        }
    }
}

/// The limit as a number of its measure.
fn most(limit: Limit) -> u128 {
    match limit {
        Limit::Cost(money) => money.0,
        Limit::Latency(milliseconds) => u128::from(milliseconds),
        Limit::Attempts(calls) => u128::from(calls),
    }
}

/// A number of a limit's measure, for people.
fn shown(limit: Limit, amount: u128) -> String {
    match limit {
        Limit::Cost(_) => Money(amount).to_string(),
        Limit::Latency(_) => duration(u64::try_from(amount).unwrap_or(u64::MAX)),
        Limit::Attempts(_) => crate::text::count(usize::try_from(amount).unwrap_or(usize::MAX), "call"),
    }
}

pub(super) fn bound(judge: &Judge<'_, '_>, of: &Bounded, limit: Limit) -> (Verdict, Vec<Event>) {
    match of {
        Bounded::Routes(routes) => judge.each(routes, |id, automaton| of_route(judge, id, automaton, limit)),
        Bounded::Workflow(workflow) => of_workflow(judge, *workflow, limit),
    }
}

fn of_route(judge: &Judge<'_, '_>, id: RouteId, automaton: &Automaton, limit: Limit) -> Found {
    let Some(worst) = Worst::of(judge, id) else { return Found::Holds(Vec::new()) };
    let measured = worst.measure(limit);
    if measured.is_ok_and(|amount| amount <= most(limit)) {
        return Found::Holds(match limit {
            Limit::Cost(_) => declared(judge, automaton),
            Limit::Latency(_) => whole_answers(judge, id).into_iter().collect(),
            Limit::Attempts(_) => Vec::new(),
        });
    }
    let name = judge.policy[id].name.text;
    let word = limit.as_str();
    let (trace, events) = breaking(judge, id, automaton, limit);
    let message = match measured {
        Ok(amount) => format!("the {word} of route `{name}` may be {}, more than {}", shown(limit, amount), shown(limit, most(limit))),
        Err(why) => format!("the {word} of route `{name}` cannot be shown to have a bound: {}", why.describe(judge.policy)),
    };
    let help = match (measured, limit) {
        (Err(_), _) => format!(
            "give `{name}` a `max_input` and a `max_output`, and declare what is unknown: `model TARGET {{ input_price … output_price … }}`"
        ),
        (_, Limit::Cost(_)) => format!("lower `max_input`, `max_output` or `retry` of `{name}`, shorten its chain, or raise the limit"),
        (_, Limit::Latency(_)) => {
            format!("give `{name}` a `deadline`, lower its `timeout` or `retry`, shorten its chain, or raise the limit")
        }
        (_, Limit::Attempts(_)) => format!("shorten the chain of `{name}`, or raise the limit"),
    };
    Found::Breaks(Refutation { message, traces: vec![trace], events, help: vec![help], ..Refutation::default() })
}

/// What one call adds to a measure; `None`: no bound is known.
fn weight(judge: &Judge<'_, '_>, id: RouteId, automaton: &Automaton, attempt: u16, limit: Limit) -> Option<u128> {
    let at = automaton.attempts.get(usize::from(attempt))?;
    match limit {
        Limit::Cost(_) => bounds::attempt_cost(judge.policy, judge.facts, &judge.policy[id], automaton, at).ok().map(|money| money.0),
        Limit::Latency(_) => Some(u128::from(bounds::attempt_latency(judge.policy, automaton, at))),
        Limit::Attempts(_) => Some(1),
    }
}

/// For each attempt (or step) the worst run of so many calls that ends there: its sum, and the one before.
type Layer<T> = Vec<Option<(u128, Option<T>)>>;

/// A run with the fewest calls that is over the limit.
fn breaking(judge: &Judge<'_, '_>, id: RouteId, automaton: &Automaton, limit: Limit) -> (Trace, Vec<Event>) {
    let count = automaton.attempts.len();
    let weights: Vec<Option<u128>> = (0u16..).take(count).map(|attempt| weight(judge, id, automaton, attempt, limit)).collect();
    let weigh = |attempt: u16| weights.get(usize::from(attempt)).copied().flatten().unwrap_or(u128::MAX);
    let attempts = over(automaton, weigh, most(limit));
    let mut calls = Vec::new();
    let mut events = Vec::new();
    let mut sum = 0u128;
    for (index, attempt) in attempts.iter().enumerate() {
        let Some(at) = automaton.attempts.get(usize::from(*attempt)) else { continue };
        let next = attempts.get(index + 1);
        let failure = next.and_then(|to| automaton.next(at).iter().find(|edge| edge.to == *to)).and_then(|edge| likeliest(edge.on));
        let target = judge.policy[at.target].text;
        let happens = failure.map_or("is called", Failure::happens);
        sum = sum.saturating_add(weigh(*attempt));
        let own = weights.get(usize::from(*attempt)).copied().flatten().map(|own| shown(limit, own));
        let text = match own {
            None => format!("`{target}` is called, and nobody can say what that may cost"),
            Some(_) if matches!(limit, Limit::Attempts(_)) => format!("`{target}` {happens}"),
            Some(own) if next.is_some() || index == 0 => format!("`{target}` {happens}: {own}"),
            Some(own) => format!("`{target}` {happens}: {own}, and {} in all", shown(limit, sum)),
        };
        let text = match (limit, judge.policy[id].deadline) {
            (Limit::Latency(_), Some(deadline)) if next.is_none() && sum > u128::from(deadline.value) => {
                format!("{text}, cut off by the deadline of {}", duration(deadline.value))
            }
            _ => text,
        };
        calls.push(Call { attempt: *attempt, failure });
        events.push(Event { span: automaton.place(at).span, text });
    }
    (Trace { route: id, calls }, events)
}

/// The attempts of a run with the fewest calls whose weights add up to more than so much; none where there is no such run.
fn over(automaton: &Automaton, weigh: impl Fn(u16) -> u128, most: u128) -> Vec<u16> {
    let count = automaton.attempts.len();
    let mut layers: Vec<Layer<u16>> = Vec::new();
    let mut layer: Layer<u16> = vec![None; count];
    for entry in &automaton.entries {
        if let Some(slot) = layer.get_mut(usize::from(*entry)) {
            *slot = Some((weigh(*entry), None));
        }
    }
    while layer.iter().any(Option::is_some) {
        let sums = (0u16..).zip(&layer).filter_map(|(attempt, slot)| Some((attempt, slot.as_ref()?.0)));
        let worst = sums.clone().filter(|(_, sum)| *sum > most).max_by_key(|(attempt, sum)| (*sum, std::cmp::Reverse(*attempt)));
        let mut next: Layer<u16> = vec![None; count];
        for (from, sum) in sums {
            let Some(at) = automaton.attempts.get(usize::from(from)) else { continue };
            for edge in automaton.next(at) {
                let more = sum.saturating_add(weigh(edge.to));
                if let Some(slot) = next.get_mut(usize::from(edge.to)).filter(|slot| slot.is_none_or(|(known, _)| more > known)) {
                    *slot = Some((more, Some(from)));
                }
            }
        }
        layers.push(layer);
        if let Some((last, _)) = worst {
            return walk_back(&layers, last, usize::from);
        }
        layer = next;
    }
    Vec::new()
}

fn of_workflow(judge: &Judge<'_, '_>, at: At<WorkflowId>, limit: Limit) -> (Verdict, Vec<Event>) {
    let workflow = &judge.policy[at.value];
    if let Some(limit) = too_many(workflow) {
        return (Verdict::Undecided(limit), Vec::new());
    }
    let mut own: Vec<Result<u128, Unbounded>> = Vec::with_capacity(workflow.steps.len());
    for step in &workflow.steps {
        let Some(worst) = step.route.filter(|_| !step.broken).and_then(|route| Worst::of(judge, route.value)) else {
            return (Verdict::Unjudged, Vec::new());
        };
        own.push(worst.measure(limit).map(|amount| amount.saturating_mul(u128::from(step.at_most.value))));
    }
    let Some(befores) = judge.befores(at.value) else { return (Verdict::Unjudged, Vec::new()) };
    let breaking = match limit {
        Limit::Latency(_) => chain(workflow, &own, most(limit)).map(|steps| Fewest { steps, exact: true }),
        _ => fewest::over(&own, most(limit), befores),
    };
    let mut all = Sum::default();
    all.add(match breaking {
        Some(steps) => Found::Breaks(workflow_refutation(judge, at.value, limit, &own, &steps)),
        None => Found::Holds(workflow_reliance(judge, workflow, limit)),
    });
    all.verdict()
}

/// The fewest steps, each after the one before it, that take longer than the limit together.
fn chain(workflow: &Workflow<'_>, own: &[Result<u128, Unbounded>], most: u128) -> Option<Vec<usize>> {
    let amount = |step: usize| own.get(step).and_then(|amount| amount.ok()).unwrap_or(0);
    // For each length and last step the slowest chain: its sum, and the step before.
    let mut layers: Vec<Layer<usize>> = Vec::new();
    let mut layer: Layer<usize> =
        workflow.steps.iter().enumerate().map(|(index, step)| data::before(step).next().is_none().then(|| (amount(index), None))).collect();
    while layer.iter().any(Option::is_some) {
        let sums = layer.iter().enumerate().filter_map(|(step, slot)| Some((step, slot.as_ref()?.0)));
        let worst = sums.filter(|(_, sum)| *sum > most).max_by_key(|(step, sum)| (*sum, std::cmp::Reverse(*step)));
        let next = |index: usize| {
            let before = data::before(workflow.steps.get(index)?).filter_map(|before| Some((before, layer.get(before)?.as_ref()?.0)));
            let (before, sum) = before.max_by_key(|(_, sum)| *sum)?;
            Some((sum.saturating_add(amount(index)), Some(before)))
        };
        let following: Layer<usize> = (0..own.len()).map(next).collect();
        layers.push(layer);
        if let Some((last, _)) = worst {
            return Some(walk_back(&layers, last, |step| step));
        }
        layer = following;
    }
    None
}

/// From the last of a chain through the layers to its first.
fn walk_back<T: Copy>(layers: &[Layer<T>], last: T, index: impl Fn(T) -> usize) -> Vec<T> {
    let mut chain = vec![last];
    for layer in layers.iter().rev() {
        let at = chain.last().and_then(|at| layer.get(index(*at)).copied().flatten());
        chain.extend(at.and_then(|(_, before)| before));
    }
    chain.reverse();
    chain
}

fn workflow_refutation(
    judge: &Judge<'_, '_>,
    id: WorkflowId,
    limit: Limit,
    own: &[Result<u128, Unbounded>],
    shown_by: &Fewest,
) -> Refutation {
    let workflow = &judge.policy[id];
    let name = workflow.name.text;
    let mut sum = 0u128;
    let mut endless = None;
    let mut events = Vec::new();
    for index in &shown_by.steps {
        let (Some(step), Some(amount)) = (workflow.steps.get(*index), own.get(*index)) else { continue };
        let Some(route) = step.route else { continue };
        let called = judge.policy[route.value].name.text;
        let times = match step.at_most.value {
            1 => String::new(),
            times => format!(" up to {times} times"),
        };
        let amount = match amount {
            Ok(amount) => {
                sum = sum.saturating_add(*amount);
                shown(limit, *amount)
            }
            Err(why) => {
                endless = Some(*why);
                "no bound".to_owned()
            }
        };
        events.push(Event { span: step.name.span, text: format!("step `{}` calls route `{called}`{times}: {amount}", step.name.text) });
    }
    let word = limit.as_str();
    let message = match endless {
        None => {
            format!("the {word} of workflow `{name}` may be more than {}: so far it is {}", shown(limit, most(limit)), shown(limit, sum))
        }
        Some(why) => format!("the {word} of workflow `{name}` cannot be shown to have a bound: {}", why.describe(judge.policy)),
    };
    Refutation {
        message,
        steps: shown_by.steps.iter().map(|step| (id, *step)).collect(),
        approximate: !shown_by.exact,
        events,
        help: vec![format!(
            "lower what one run of these routes may take, or how often a step calls its route (`at_most`); or raise the limit"
        )],
        ..Refutation::default()
    }
}

/// A proof about a workflow counts on how often each step calls its route, and on what is declared of the models.
fn workflow_reliance(judge: &Judge<'_, '_>, workflow: &Workflow<'_>, limit: Limit) -> Vec<Event> {
    let mut relies_on = Vec::new();
    for step in &workflow.steps {
        let Some(route) = step.route else { continue };
        let (name, called, times) = (step.name.text, judge.policy[route.value].name.text, step.at_most.value);
        let often = if times == 1 { "once".to_owned() } else { format!("{times} times") };
        relies_on.push(Event { span: step.at_most.span, text: format!("step `{name}` calls route `{called}` at most {often}") });
        match (limit, judge.automaton(route.value)) {
            (Limit::Cost(_), Some(automaton)) => relies_on.extend(declared(judge, automaton)),
            (Limit::Latency(_), _) => relies_on.extend(whole_answers(judge, route.value)),
            _ => {}
        }
    }
    relies_on
}

/// Without a deadline, nothing bounds how long an answer may stream.
fn whole_answers(judge: &Judge<'_, '_>, id: RouteId) -> Option<Event> {
    let route = &judge.policy[id];
    let text = format!("answers of route `{}`, which has no `deadline`, are not streamed", route.name.text);
    route.deadline.is_none().then_some(Event { span: route.name.span, text })
}

/// Declared prices and limits of the models that a route calls.
fn declared(judge: &Judge<'_, '_>, automaton: &Automaton) -> Vec<Event> {
    let models = automaton.attempts.iter().filter_map(|attempt| {
        let target = &judge.policy[attempt.target];
        let model = judge.policy.models.get(target.model? as usize)?;
        let said = model.context.is_some()
            || model.output.is_some()
            || model.input_price.is_some()
            || model.output_price.is_some()
            || model.is.is_some();
        said.then(|| Event { span: model.name.span, text: format!("facts about `{}` are declared in the policy", target.text) })
    });
    models.collect()
}
