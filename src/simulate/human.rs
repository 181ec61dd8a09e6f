//! The report of a simulation for people: who is called, in order, and how each run ends; or what can become of each route.

use std::ops::RangeInclusive;

use super::{Outage, RouteRuns, Simulation, Summary};
use crate::analysis::claims::outages::MOST;
use crate::analysis::outcomes::events;
use crate::analysis::scenario::{MAX_RUNS, Run};
use crate::failure::Failures;
use crate::policy::model::{Policy, TargetId};
use crate::source::Span;
use crate::text::{and, count, duration, grouped, one_line};

/// What each run does, event by event with the line that leads there, and what a person is told where it fails.
pub fn human(simulation: &Simulation<'_, '_>) -> String {
    simulation.routes.iter().map(|route| one_route(simulation, route)).collect::<Vec<_>>().join("\n")
}

fn one_route(simulation: &Simulation<'_, '_>, route: &RouteRuns<'_>) -> String {
    let name = simulation.compilation.policy[route.route].name.text;
    let Ok(runs) = &route.runs else {
        return format!("route {name}: more than {} runs\n", grouped(MAX_RUNS as u64));
    };
    let told = runs.iter().map(|run| one_run(simulation, route, run));
    if runs.len() == 1 {
        return format!("route {name}\n{}", told.collect::<String>());
    }
    let numbered = told.zip(1..).map(|(text, number)| format!("route {name}, run {number} of {}\n{text}", runs.len()));
    numbered.collect::<Vec<_>>().join("\n")
}

fn one_run(simulation: &Simulation<'_, '_>, route: &RouteRuns<'_>, run: &Run) -> String {
    let policy = &simulation.compilation.policy;
    let events = events(policy, route.automaton, route.route, run);
    let wide = events.iter().map(|event| event.text.chars().count()).max().unwrap_or(0);
    let mut lines: Vec<String> =
        events.iter().map(|event| format!("  {:wide$}  {}", one_line(&event.text), place(simulation, event.span))).collect();
    lines.extend(run.message(policy, route.route).map(|message| format!("  {}", one_line(&message))));
    lines.join("\n") + "\n"
}

fn place(simulation: &Simulation<'_, '_>, span: Span) -> String {
    one_line(&simulation.sources.at(span)).into_owned()
}

/// What can become of each route.
pub fn summaries(simulation: &Simulation<'_, '_>) -> String {
    let policy = &simulation.compilation.policy;
    let one = |route: &RouteRuns<'_>| {
        let runs = match &route.runs {
            Ok(runs) => count(runs.len(), "run"),
            Err(_) => format!("more than {} runs", grouped(MAX_RUNS as u64)),
        };
        let facts = facts(policy, &simulation.summary(route));
        let wide = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        let lines: Vec<String> = facts.iter().map(|(name, value)| format!("  {name:wide$}  {}\n", one_line(value))).collect();
        format!("route {}: {runs}\n{}", policy[route.route].name.text, lines.concat())
    };
    simulation.routes.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn facts(policy: &Policy<'_>, summary: &Summary<'_>) -> Vec<(&'static str, String)> {
    let text = |target: &TargetId| policy[*target].text;
    let cost = match summary.bounds.cost {
        Ok(money) => money.to_string(),
        Err(reason) => format!("unbounded: {}", reason.describe(policy)),
    };
    let all = |names: &[&str], any: bool, whoever: &str| match (names, any) {
        ([], true) => whoever.to_owned(),
        (names, true) => format!("{}, and {whoever}", names.join(", ")),
        (names, false) => names.join(", "),
    };
    let mut facts = vec![
        ("can be served by", summary.can_serve.iter().map(text).collect::<Vec<_>>().join(", ")),
        ("can fail with", Failures::of(&summary.can_fail_with).describe()),
        ("single points of failure", outages(summary, 1..=1)),
        ("smallest other outages", outages(summary, 2..=usize::from(MOST))),
        ("worst case", format!("{}, {}, cost {cost}", count(summary.most_calls, "call"), duration(summary.bounds.latency))),
        ("seen by", all(&summary.companies, summary.any_company, "anybody that a router chooses")),
        ("processed in", all(&summary.regions, summary.any_region, "unknown places")),
    ];
    let mut alike: Vec<(Vec<&str>, Failures)> = Vec::new();
    for (target, classes) in &summary.ends {
        match alike.iter_mut().find(|(_, known)| known == classes) {
            Some((targets, _)) => targets.push(text(target)),
            None => alike.push((vec![text(target)], *classes)),
        }
    }
    let ends = alike.iter().zip(0..).map(|((targets, classes), index)| {
        (if index == 0 { "can end" } else { "" }, format!("at {} on {}", targets.join(", "), classes.describe()))
    });
    facts.splice(2..2, ends.collect::<Vec<_>>());
    facts
}

/// The smallest outages of so many things.
fn outages(summary: &Summary<'_>, sizes: RangeInclusive<usize>) -> String {
    let told = |outage: &Outage| {
        let kind = outage.kind.as_str();
        let kind = if outage.lost.len() == 1 { kind.to_owned() } else { format!("{kind}s") };
        format!("{kind} {}", and(&outage.lost))
    };
    let found = summary.outages.iter().filter(|outage| sizes.contains(&outage.lost.len())).map(told);
    let undecided = summary.undecided.iter().filter(|_| *sizes.start() > 1).map(|kind| format!("{}: too many to look at", kind.as_str()));
    let told = found.chain(undecided).collect::<Vec<_>>().join("; ");
    if told.is_empty() { "none".to_owned() } else { told }
}
