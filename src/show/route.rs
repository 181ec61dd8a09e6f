//! Everything about one route.

use crate::analysis::{bounds, reach};
use crate::automaton::{Attempt, Automaton};
use crate::compile::Compilation;
use crate::policy::model::{Allowing, Callee, Policy, Route, RouteId};
use crate::text::{Table, count, duration, one_line, tokens};

use super::words::{self, list};
use super::{Section, runs};

/// The answers for one route.
pub fn route(compilation: &Compilation<'_>, id: RouteId) -> String {
    let policy = &compilation.policy;
    let route = &policy[id];
    let mut facts = facts(policy, id, route);
    let Some(automaton) = compilation.automaton(id) else {
        facts.push(("attempts", "not known: see its errors".to_owned()));
        return head(route, &facts);
    };
    let worst = bounds::of_route(policy, &compilation.facts, id, automaton);
    let attempts = count(automaton.attempts.len(), "attempt");
    facts.push(("worst case", format!("{attempts}, {}, cost {}", duration(worst.latency), runs::cost(compilation, worst))));
    head(route, &facts) + &attempts_of(compilation, id, automaton).render()
}

fn head(route: &Route<'_>, facts: &[(&str, String)]) -> String {
    let wide = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let lines = facts.iter().map(|(name, value)| format!("  {name:wide$}  {}\n", one_line(value)));
    format!("route {}\n{}", route.name.text, lines.collect::<String>())
}

fn facts(policy: &Policy<'_>, id: RouteId, route: &Route<'_>) -> Vec<(&'static str, String)> {
    let (masked, unsent) = words::redaction(route);
    let mut facts = vec![("title", route.title.to_string())];
    facts.extend(route.because.as_ref().map(|because| ("because", because.to_string())));
    facts.push(("kind", route.kind.as_str().to_owned()));
    facts.push(("data", format!("up to {}", policy.classes.describe(route.accepts.value))));
    facts.push(("allowed", allowed(policy, route)));
    facts.push(("keys", if route.prefers_byok.value { "own keys first, managed ones after" } else { "own keys only" }.to_owned()));
    facts.push(("demands", demands(route)));
    facts.push(("limits", limits(route)));
    facts.push(("tools", list(route.tools.iter().map(|tool| policy[tool.value].name.text))));
    facts.push(("approval", route.approve.as_ref().map_or(words::NONE.to_owned(), words::gate)));
    facts.push(("masked", masked));
    facts.push(("not sent", unsent));
    facts.push(("lowers", words::lowers(policy, &route.lowers)));
    facts.push(("audit", route.audit.value.as_str().to_owned()));
    facts.push(("called by", list(called_by(policy, id))));
    facts
}

fn allowed(policy: &Policy<'_>, route: &Route<'_>) -> String {
    list(route.allow.iter().map(|entry| match entry {
        Allowing::List(list) => {
            let allow = &policy[list.value];
            let texts = |patterns: &[crate::policy::model::Pattern<'_>]| words::list(patterns.iter().map(|pattern| pattern.text));
            let except = if allow.except.is_empty() { String::new() } else { format!(" except {}", texts(&allow.except)) };
            format!("{} ({}{except})", allow.name.text, texts(&allow.patterns))
        }
        Allowing::Pattern(pattern) => pattern.text.to_owned(),
    }))
}

fn demands(route: &Route<'_>) -> String {
    let region = route.region.iter().map(|region| format!("region {}", list(region.value.iter().map(|slug| slug.text))));
    let retention = route.retention.map(|retention| format!("retention {}", words::retention(retention.value)));
    let training = route.training_never.map(|_| "training never".to_owned());
    let needs = route.needs.iter().map(|need| need.value.in_policy().to_owned());
    let context = route.needs_context.map(|need| format!("context {}", tokens(need.value)));
    let output = route.needs_output.map(|need| format!("output {}", tokens(need.value)));
    list(region.chain(retention).chain(training).chain(needs).chain(context).chain(output))
}

fn limits(route: &Route<'_>) -> String {
    let input = route.max_input.map(|limit| format!("prompt {}", tokens(limit.value)));
    let output = route.max_output.map(|limit| format!("answer {}", tokens(limit.value)));
    let deadline = route.deadline.map(|limit| format!("deadline {}", duration(limit.value)));
    let cost = route.cost.map(|limit| format!("cost {}", limit.value));
    list(input.into_iter().chain(output).chain(deadline).chain(cost))
}

/// Callers, steps and routes that lead here.
fn called_by(policy: &Policy<'_>, id: RouteId) -> Vec<String> {
    let callers = policy.callers.iter().filter(|caller| caller.routes.iter().any(|route| route.value == id));
    let callers = callers.map(|caller| format!("caller {}", caller.name.text));
    let steps = policy.workflows.iter().flat_map(|workflow| {
        let steps = workflow.steps.iter().filter(|step| step.route.as_ref().is_some_and(|route| route.value == id));
        steps.map(|step| format!("step {}/{}", workflow.name.text, step.name.text))
    });
    let routes = policy.routes.iter().filter(|route| route.chain.iter().any(|step| step.callee == Callee::Route(id)));
    let routes = routes.map(|route| format!("route {}", route.name.text));
    callers.chain(steps).chain(routes).collect()
}

fn attempts_of(compilation: &Compilation<'_>, id: RouteId, automaton: &Automaton) -> Section {
    let policy = &compilation.policy;
    let mut table = Table::new(&["#", "target", "receives up to", "key", "whose", "region", "tries", "timeout", "then"]).right(&[0, 6, 7]);
    for (number, attempt) in automaton.attempts.iter().enumerate() {
        let place = automaton.place(attempt);
        let own = &policy[place.route];
        let within = own.chain.get(usize::from(place.alternative)).and_then(|step| step.within);
        let target = &policy[attempt.target];
        let provider = &policy[target.provider];
        table.row([
            number.to_string(),
            target.text.to_owned() + &words::behind(provider),
            policy.classes.describe(reach::received(policy, id, automaton, attempt)),
            words::key(provider),
            words::owner(provider).to_owned(),
            words::region(provider),
            (u32::from(own.retry) + 1).to_string(),
            duration(within.map_or(own.timeout, |within| within.value)),
            then(automaton, attempt),
        ]);
    }
    let section = Section::new("Attempts", table);
    match automaton.entries.as_slice() {
        [_] => section,
        entries => section.note(format!("A run starts at any of {}.", list(entries.iter().map(ToString::to_string)))),
    }
}

/// `1 after outage, rate_limit; 2 after quota`.
fn then(automaton: &Automaton, attempt: &Attempt) -> String {
    let edges = automaton.next(attempt).iter().map(|edge| format!("{} after {}", edge.to, edge.on.describe()));
    let edges: Vec<String> = edges.collect();
    if edges.is_empty() { "the run ends".to_owned() } else { edges.join("; ") }
}
