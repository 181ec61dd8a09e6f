//! Which model serves which task, what follows on failure, and the worst case.

use crate::analysis::bounds::{self, Bounds};
use crate::automaton::Automaton;
use crate::compile::Compilation;
use crate::failure::Failures;
use crate::policy::model::{RouteId, TargetId};
use crate::text::{Table, duration};

use super::Section;
use super::words::{NONE, list};

pub(super) fn tasks(compilation: &Compilation<'_>) -> Option<Section> {
    let policy = &compilation.policy;
    let mut table = Table::new(&["task", "data up to", "first", "then"]);
    for (index, route) in policy.routes.iter().enumerate() {
        let id = RouteId(u32::try_from(index).unwrap_or(u32::MAX));
        let Some(automaton) = compilation.automaton(id) else {
            table.row([route.name.text.to_owned(), policy.classes.describe(route.accepts.value), "not known: see its errors".to_owned()]);
            continue;
        };
        let first = automaton.entries.iter().filter_map(|entry| automaton.attempts.get(usize::from(*entry)));
        let mut first: Vec<TargetId> = first.map(|attempt| attempt.target).collect();
        first.dedup();
        let mut then: Vec<TargetId> = Vec::new();
        for attempt in &automaton.attempts {
            if !first.contains(&attempt.target) && !then.contains(&attempt.target) {
                then.push(attempt.target);
            }
        }
        let texts = |targets: &[TargetId]| targets.iter().map(|target| policy[*target].text).collect::<Vec<_>>();
        table.row([
            route.name.text.to_owned(),
            policy.classes.describe(route.accepts.value),
            texts(&first).join(" or "),
            list(texts(&then)),
        ]);
    }
    Section::new("Which model serves which task?", table).unless_empty()
}

pub(super) fn fallbacks(compilation: &Compilation<'_>) -> Option<Section> {
    let policy = &compilation.policy;
    let mut table = Table::new(&["task", "from", "to", "after"]);
    let mut alone = Vec::new();
    for (id, automaton) in compilation.attempted() {
        let steps = steps(automaton);
        if steps.is_empty() {
            alone.push(policy[id].name.text);
        }
        for (from, to, on) in steps {
            let texts = [policy[id].name.text, policy[from].text, policy[to].text].map(str::to_owned);
            table.row(texts.into_iter().chain([on.describe()]));
        }
    }
    let mut section = Section::new("Which tasks may fall back, where and when?", table);
    if !alone.is_empty() {
        section = section.note(format!("No fallback: {}.", alone.join(", ")));
    }
    section.note("Any other failure ends the run and is reported as it is.").unless_empty()
}

/// Who follows whom after which failures, each pair once.
fn steps(automaton: &Automaton) -> Vec<(TargetId, TargetId, Failures)> {
    let mut steps: Vec<(TargetId, TargetId, Failures)> = Vec::new();
    for attempt in &automaton.attempts {
        for edge in automaton.next(attempt) {
            let Some(next) = automaton.attempts.get(usize::from(edge.to)) else { continue };
            match steps.iter_mut().find(|(from, to, _)| (*from, *to) == (attempt.target, next.target)) {
                Some((_, _, on)) => *on = on.union(edge.on),
                None => steps.push((attempt.target, next.target, edge.on)),
            }
        }
    }
    steps
}

pub(super) fn bounds(compilation: &Compilation<'_>) -> Option<Section> {
    let policy = &compilation.policy;
    let mut table = Table::new(&["of", "attempts", "time", "cost", "limit"]).right(&[1]);
    for (id, automaton) in compilation.attempted() {
        let route = &policy[id];
        let bounds = bounds::of_route(policy, &compilation.facts, id, automaton);
        let limit = route.cost.map_or(NONE.to_owned(), |cost| cost.value.to_string());
        let attempts = automaton.attempts.len().to_string();
        table.row([route.name.text.to_owned(), attempts, duration(bounds.latency), cost(compilation, bounds), limit]);
    }
    for workflow in &policy.workflows {
        let of_route = |id| Some(bounds::of_route(policy, &compilation.facts, id, compilation.automaton(id)?));
        let bounds = bounds::of_workflow(workflow, of_route);
        let (time, cost) =
            bounds.map_or(("not known".to_owned(), "not known".to_owned()), |bounds| (duration(bounds.latency), cost(compilation, bounds)));
        table.row([format!("workflow {}", workflow.name.text), NONE.to_owned(), time, cost, NONE.to_owned()]);
    }
    Section::new("What is the worst case of one run?", table)
        .note("Every retry and every fallback of the longest run counted, at the largest prompt and answer; approvals wait outside it.")
        .unless_empty()
}

pub(super) fn cost(compilation: &Compilation<'_>, bounds: Bounds) -> String {
    match bounds.cost {
        Ok(money) => money.to_string(),
        Err(reason) => format!("unbounded: {}", reason.describe(&compilation.policy)),
    }
}
