//! BYOK207: a fallback to a route that does not accept the caller's data, that has a gate which the caller lacks, or that is of another kind.

use super::{Check, Context, Run};
use crate::analysis::data;
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::class::{ClassSet, Classes};
use crate::policy::model::{Alternative, Callee, Route, RouteId};
use crate::text::and;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(207),
        name: "unfit-route-fallback",
        severities: Severities::Error,
        judged_on: "alternative",
        summary: "alternative enters a route that does not accept the caller's data, has a gate that the caller lacks, or is of another kind",
        fix: None,
        page: include_str!("unfit_route_fallback.md"),
    },
    run: Run::Route(check),
};

fn check(context: &Context<'_, '_>, id: RouteId, route: &Route<'_>, found: &mut Vec<Diagnostic>) {
    for step in &route.chain {
        let Callee::Route(called) = step.callee else { continue };
        let into = &context.policy[called];
        // A route that falls back to itself has a finding of its own, BYOK201.
        if called != id && !route.broken && !into.broken {
            found.extend(finding(&context.policy.classes, route, step, into));
        }
    }
}

/// What a route hands on: what it accepts, after its own lowering, which counts only where it redacts.
fn carried(classes: &Classes, route: &Route<'_>) -> ClassSet {
    data::carried(classes, route.accepts.value, [route])
}

fn finding(classes: &Classes, route: &Route<'_>, step: &Alternative, into: &Route<'_>) -> Option<Diagnostic> {
    let (name, other) = (route.name.text, into.name.text);
    let mut reasons = Vec::new();
    let mut labels = Vec::new();
    let mut helps = Vec::new();
    if route.kind != into.kind {
        reasons.push(format!("serves {} requests, not {}", into.kind.as_str(), route.kind.as_str()));
        labels.push((into.name.span, format!("`{other}` is a route for {} requests", into.kind.as_str())));
        helps.push(format!("fall back to a route of kind {}", route.kind.as_str()));
    }
    let carried = carried(classes, route);
    let refused = carried.without(into.accepts.value);
    if !refused.is_empty() {
        let data = classes.describe(refused);
        reasons.push(format!("does not accept {data} data"));
        let lowered = match (route.lowers.is_empty(), data::lowering(route).is_empty()) {
            (true, _) => "",
            (false, true) => "; its lowering does not count, for it redacts nothing",
            (false, false) => ", even after its lowering",
        };
        labels.push((route.accepts.span, format!("`{name}` may carry {}{lowered}", classes.describe(carried))));
        labels.push((into.accepts.span, format!("`{other}` takes no more than {}", classes.describe(into.accepts.value))));
        helps.push(format!("let `{other}` accept {data}, or fall back to a route that does"));
    }
    if let Some(gate) = into.approve.as_ref().filter(|gate| route.approve.as_ref().is_none_or(|own| own.role.text != gate.role.text)) {
        let role = gate.role.text;
        reasons.push(format!("waits for approval by `{role}`, and `{name}` does not"));
        labels.push((gate.span, format!("a run that comes from `{name}` was not approved by `{role}`")));
        helps.push(format!("add `approve {role}` to route `{name}`, or fall back to a route without this gate"));
    }
    if reasons.is_empty() {
        return None;
    }
    let message = format!("route `{name}` falls back to route `{other}`, which {}", and(&reasons));
    let mut finding =
        Diagnostic::new(&CHECK.rule, step.callee_span, message).about(SubjectKind::Route, name).label("cannot be entered from here");
    for (span, text) in labels {
        finding = finding.at(span, text);
    }
    helps.into_iter().fold(finding, Diagnostic::help).into()
}
