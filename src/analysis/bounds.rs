//! The worst case of a run: what it may cost and how long it may take (language reference, section 6, bounds).

use super::data;
use crate::automaton::{Attempt, Automaton};
use crate::policy::facts::Facts;
use crate::policy::model::{Policy, Route, RouteId, TargetId, Workflow};
use crate::units::Money;

/// The worst case of one run. Approvals wait outside both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// What the dearest run costs, or why nobody can say.
    pub cost: Result<Money, Unbounded>,
    /// How long the slowest run takes, in milliseconds; without a deadline it speaks of answers that are not streamed.
    pub latency: u64,
}

/// Why a cost has no bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unbounded {
    /// The largest prompt for this target is unknown: neither the route nor the model says.
    MaxInput(TargetId),
    /// The longest answer of this target is unknown: neither the route nor the model says.
    MaxOutput(TargetId),
    /// The price of this target is unknown.
    Price(TargetId),
    /// The amount is larger than can be counted.
    TooLarge,
}

impl Unbounded {
    /// In words, to stand after `unbounded: `.
    pub fn describe(self, policy: &Policy<'_>) -> String {
        match self {
            Self::MaxInput(target) => format!("no max_input, and the limit of {} is unknown", policy[target].text),
            Self::MaxOutput(target) => format!("no max_output, and the limit of {} is unknown", policy[target].text),
            Self::Price(target) => format!("the price of {} is unknown", policy[target].text),
            Self::TooLarge => "more than can be counted".to_owned(),
        }
    }
}

/// The worst case of a route: over every run, whatever fails.
///
/// Every attempt counts with its own largest prompt, so where attempts differ in `up to` the sum may be more than one prompt can cost.
pub fn of_route(policy: &Policy<'_>, facts: &[Facts<'_>], route: RouteId, automaton: &Automaton) -> Bounds {
    let called = &policy[route];
    let attempts = &automaton.attempts;
    let mut dearest: Vec<Result<Money, Unbounded>> = vec![Ok(Money::ZERO); attempts.len()];
    let mut slowest: Vec<u64> = vec![0; attempts.len()];
    for index in backwards(automaton) {
        let Some(attempt) = attempts.get(index) else { continue };
        let after = automaton.next(attempt).iter().map(|edge| usize::from(edge.to));
        let rest = after.clone().filter_map(|next| dearest.get(next).copied()).fold(Ok(Money::ZERO), dearer);
        let wait = after.filter_map(|next| slowest.get(next).copied()).max().unwrap_or(0);
        let cost = attempt_cost(policy, facts, called, automaton, attempt);
        if let (Some(dear), Some(slow)) = (dearest.get_mut(index), slowest.get_mut(index)) {
            *dear = cost.and_then(|cost| rest.and_then(|rest| cost.checked_add(rest).ok_or(Unbounded::TooLarge)));
            *slow = attempt_latency(policy, automaton, attempt).saturating_add(wait);
        }
    }
    let entries = automaton.entries.iter().map(|entry| usize::from(*entry));
    let latency = entries.clone().filter_map(|entry| slowest.get(entry).copied()).max().unwrap_or(0);
    Bounds {
        cost: entries.filter_map(|entry| dearest.get(entry).copied()).fold(Ok(Money::ZERO), dearer),
        latency: called.deadline.map_or(latency, |deadline| latency.min(deadline.value)),
    }
}

/// The worst case of a workflow whose routes have these: cost adds up over steps and their `at_most`, latency is the longest path.
/// `None` where a step has no bounds or steps wait for each other in a circle.
pub fn of_workflow(workflow: &Workflow<'_>, routes: impl Fn(RouteId) -> Option<Bounds>) -> Option<Bounds> {
    let mut own = Vec::with_capacity(workflow.steps.len());
    for step in &workflow.steps {
        own.push(routes(step.route.as_ref()?.value)?);
    }
    let mut cost = Ok(Money::ZERO);
    for (step, bounds) in workflow.steps.iter().zip(&own) {
        let times = bounds.cost.and_then(|cost| cost.checked_mul(step.at_most.value).ok_or(Unbounded::TooLarge));
        cost = cost.and_then(|sum: Money| times.and_then(|more| sum.checked_add(more).ok_or(Unbounded::TooLarge)));
    }
    let mut ends: Vec<u64> = vec![0; own.len()];
    for index in data::order(workflow)? {
        let (step, bounds) = (workflow.steps.get(index)?, own.get(index)?);
        let start = data::before(step).filter_map(|before| ends.get(before).copied()).max().unwrap_or(0);
        *ends.get_mut(index)? = start.saturating_add(bounds.latency.saturating_mul(step.at_most.value));
    }
    let latency = ends.into_iter().max().unwrap_or(0);
    Some(Bounds { cost, latency })
}

/// The dearer of two; what has no bound is dearest.
fn dearer(one: Result<Money, Unbounded>, other: Result<Money, Unbounded>) -> Result<Money, Unbounded> {
    one.and_then(|one| other.map(|other| one.max(other)))
}

/// (1 + retries) × (largest prompt × input price + longest answer × output price).
pub fn attempt_cost(
    policy: &Policy<'_>,
    facts: &[Facts<'_>],
    called: &Route<'_>,
    automaton: &Automaton,
    attempt: &Attempt,
) -> Result<Money, Unbounded> {
    let target = attempt.target;
    let place = automaton.place(attempt);
    let own = &policy[place.route];
    let facts = facts.get(target.0 as usize).ok_or(Unbounded::Price(target))?;
    let up_to = own.chain.get(usize::from(place.alternative)).and_then(|step| step.up_to);
    let limits = [called.max_input.map(|limit| limit.value), up_to.map(|limit| limit.value), facts.max_input];
    let input = limits.into_iter().flatten().min().ok_or(Unbounded::MaxInput(target))?;
    let limits = [called.max_output.map(|limit| limit.value), facts.max_output];
    let output = limits.into_iter().flatten().min().ok_or(Unbounded::MaxOutput(target));
    let (input_price, output_price) = facts.prices(input);
    let input_cost = input_price.ok_or(Unbounded::Price(target))?.for_tokens(input).ok_or(Unbounded::TooLarge)?;
    let output_price = output_price.ok_or(Unbounded::Price(target))?;
    // What costs nothing needs no limit: an embedding has no answer.
    let output_cost =
        if output_price == Money::ZERO { Money::ZERO } else { output_price.for_tokens(output?).ok_or(Unbounded::TooLarge)? };
    let once = input_cost.checked_add(output_cost).ok_or(Unbounded::TooLarge)?;
    once.checked_mul(u64::from(own.retry) + 1).ok_or(Unbounded::TooLarge)
}

/// (1 + retries) × timeout, and the waits before each retry: 1s, 2s, 4s, …; in milliseconds.
pub fn attempt_latency(policy: &Policy<'_>, automaton: &Automaton, attempt: &Attempt) -> u64 {
    let retries = policy[automaton.place(attempt).route].retry;
    let waits = ((1u64 << retries.min(32)) - 1) * 1000;
    attempt_timeout(policy, automaton, attempt).saturating_mul(u64::from(retries) + 1).saturating_add(waits)
}

/// How long one try may take, in milliseconds.
pub fn attempt_timeout(policy: &Policy<'_>, automaton: &Automaton, attempt: &Attempt) -> u64 {
    let place = automaton.place(attempt);
    let own = &policy[place.route];
    let within = own.chain.get(usize::from(place.alternative)).and_then(|step| step.within);
    within.map_or(own.timeout, |within| within.value)
}

/// The most calls that one run makes.
pub fn most_calls(automaton: &Automaton) -> u64 {
    let mut longest = vec![0u64; automaton.attempts.len()];
    for index in backwards(automaton) {
        let Some(attempt) = automaton.attempts.get(index) else { continue };
        let after = automaton.next(attempt).iter().filter_map(|edge| longest.get(usize::from(edge.to)).copied()).max().unwrap_or(0);
        if let Some(slot) = longest.get_mut(index) {
            *slot = after + 1;
        }
    }
    automaton.entries.iter().filter_map(|entry| longest.get(usize::from(*entry)).copied()).max().unwrap_or(0)
}

/// The latest start of an attempt's first try after the run's own start, over all runs, in milliseconds; with the attempt. `None` without attempts.
pub fn latest_start(policy: &Policy<'_>, automaton: &Automaton) -> Option<(u64, u16)> {
    let mut starts = vec![0u64; automaton.attempts.len()];
    for index in backwards(automaton).into_iter().rev() {
        let Some(attempt) = automaton.attempts.get(index) else { continue };
        let end = starts.get(index).copied().unwrap_or(0).saturating_add(attempt_latency(policy, automaton, attempt));
        for edge in automaton.next(attempt) {
            if let Some(slot) = starts.get_mut(usize::from(edge.to)) {
                *slot = end.max(*slot);
            }
        }
    }
    starts.into_iter().zip(0u16..).max_by_key(|(start, attempt)| (*start, std::cmp::Reverse(*attempt)))
}

/// The attempts from the last place back: a run only ever goes on to a later place, so every successor stands before.
fn backwards(automaton: &Automaton) -> Vec<usize> {
    let mut order: Vec<usize> = (0..automaton.attempts.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(automaton.attempts.get(*index).map(|attempt| attempt.place)));
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use crate::compile::{Options, compile};
    use crate::imports::NoImports;
    use crate::source::{Source, Sources};

    const START: &str = "
        provider lab { protocol openai_compatible base_url \"http://localhost:1/v1\" key none clearance restricted }
        model lab/a { context 100k output 10k input_price $1.00 output_price $10.00 }
        model lab/b { context 100k output 10k input_price $2.00 output_price $20.00 }
        model lab/c { context 100k output 10k input_price $4.00 output_price $40.00 }
        model lab/free { context 100k output 10k }
        allow default { lab/* }\n";

    fn bounds(route: &str) -> Vec<Bounds> {
        let sources = Sources::default();
        let root = sources.add(Source::new("policy.byok", format!("{START}{route}")));
        let options = Options { catalogue: Catalogue::builtin(), today: Catalogue::builtin().date() };
        let compilation = compile(&sources, root, &NoImports, options);
        let errors: Vec<_> =
            compilation.diagnostics.iter().filter(|finding| finding.severity == crate::diagnostic::Severity::Error).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let routes = (0..).map(RouteId).take(compilation.policy.routes.len());
        let all = |id| Some(of_route(&compilation.policy, &compilation.facts, id, compilation.automaton(id)?));
        let workflows = compilation.policy.workflows.iter().map(|workflow| of_workflow(workflow, all).unwrap());
        routes.filter_map(all).chain(workflows).collect()
    }

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    #[test]
    fn a_single_attempt() {
        let found = bounds("route r { accepts public primary lab/a fallback none max_input 20k max_output 1k retry 2 timeout 10s }");
        // 3 × (20k × $1 + 1k × $10 a million); 3 × 10s and waits of 1s and 2s.
        assert_eq!(found, [Bounds { cost: Ok(money("0.09")), latency: 33_000 }]);
    }

    #[test]
    fn the_dearest_run_is_not_the_longest_list() {
        // After a outage comes b, after a rate limit c: no run pays for all three.
        let found = bounds(
            "route r { accepts public primary lab/a fallback lab/b on outage fallback lab/c on rate_limit
             max_input 100k max_output 10k retry 0 timeout 1s }",
        );
        // a then b ($0.20 + $0.40), b then c on its rate limit ($0.80): a, b, c after all.
        assert_eq!(found, [Bounds { cost: Ok(money("1.40")), latency: 3000 }]);
        let found = bounds(
            "route r { accepts public primary lab/a fallback lab/c on rate_limit fallback lab/b on auth
             max_input 100k max_output 10k retry 0 timeout 1s }
             route s { accepts public primary lab/a fallback lab/b on missing_key max_input 100k max_output 10k retry 0 deadline 1500ms timeout 1s }",
        );
        assert_eq!(found.last().unwrap(), &Bounds { cost: Ok(money("0.60")), latency: 1500 });
    }

    #[test]
    fn limits_of_the_attempt_and_the_model_hold() {
        let found = bounds("route r { accepts public primary lab/a up to 10k fallback none retry 0 }");
        assert_eq!(found, [Bounds { cost: Ok(money("0.11")), latency: 60_000 }]);
    }

    #[test]
    fn the_unknown_has_no_bound() {
        let found = bounds("route r { accepts public primary lab/a fallback lab/free retry 0 }");
        assert_eq!(found, [Bounds { cost: Err(Unbounded::Price(TargetId(1))), latency: 120_000 }]);
        let found = bounds("route r { accepts public primary lab/other fallback none retry 0 }");
        assert_eq!(found, [Bounds { cost: Err(Unbounded::MaxInput(TargetId(0))), latency: 60_000 }]);
    }

    #[test]
    fn a_spread_pool_starts_at_its_dearest() {
        let found = bounds(
            "pool p spread { lab/a lab/c }
             route r { accepts public primary pool p on missing_key fallback none max_input 100k max_output 10k retry 0 timeout 1s }",
        );
        assert_eq!(found, [Bounds { cost: Ok(money("1.00")), latency: 2000 }]);
        // Only a run that starts at the second goes on to the first with more time.
        let found = bounds(
            "pool p spread { lab/a lab/b }
             route r { accepts public primary pool p on missing_key fallback lab/a within 1min on outage
             max_input 100k max_output 10k retry 0 timeout 1s }",
        );
        assert_eq!(found, [Bounds { cost: Ok(money("0.60")), latency: 61_000 }]);
    }

    #[test]
    fn a_workflow_adds_up_and_waits_along_its_longest_path() {
        let found = bounds(
            "route r { accepts public primary lab/a fallback none max_input 100k max_output 10k retry 0 timeout 1s }
             workflow w { step one { route r at_most 3 times } step two { route r } step three { after one, two route r } }",
        );
        assert_eq!(found.last().unwrap(), &Bounds { cost: Ok(money("1.00")), latency: 4000 });
        // In whatever order the steps are written.
        let found = bounds(
            "route r { accepts public primary lab/a fallback none max_input 100k max_output 10k retry 0 timeout 1s }
             workflow w { step three { after two route r } step two { after one route r } step one { route r } }",
        );
        assert_eq!(found.last().unwrap(), &Bounds { cost: Ok(money("0.60")), latency: 3000 });
    }
}
