//! BYOK602: a route whose dearest run costs more than the route says.

use super::{Check, Context, Run};
use crate::analysis::bounds;
use crate::automaton::Automaton;
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::model::RouteId;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(602),
        name: "cost-exceeded",
        severities: Severities::Error,
        judged_on: "route",
        summary: "worst case exceeds the route's cost",
        fix: None,
        page: include_str!("cost_exceeded.md"),
    },
    run: Run::Attempts(check),
};

fn check(context: &Context<'_, '_>, id: RouteId, automaton: &Automaton, found: &mut Vec<Diagnostic>) {
    let policy = context.policy;
    let route = &policy[id];
    let Some(most) = route.cost else { return };
    // What has no bound is a finding of its own, BYOK603.
    let Ok(worst) = bounds::of_route(policy, context.facts, id, automaton).cost else { return };
    if worst <= most.value {
        return;
    }
    let name = route.name.text;
    let message = format!("one run of route `{name}` may cost {worst}, more than the {} it allows", most.value);
    let mut finding = Diagnostic::new(&CHECK.rule, most.span, message).label("may be exceeded").about(SubjectKind::Route, name);
    let mut seen = Vec::new();
    for attempt in &automaton.attempts {
        let place = automaton.place(attempt);
        if let (Ok(cost), false) = (bounds::attempt_cost(policy, context.facts, route, automaton, attempt), seen.contains(&attempt.place)) {
            finding = finding.at(place.span, format!("up to {cost}, retries included"));
        }
        seen.push(attempt.place);
    }
    found.push(
        finding
            .note("the dearest run is counted: the largest prompt and the longest answer, at the dearest tier that they reach, at today's and any announced price")
            .help(format!("lower `max_input`, `max_output` or `retry` of `{name}`, shorten its chain, or raise `cost` to {worst}")),
    );
}
