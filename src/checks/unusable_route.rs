//! BYOK705: a route that nobody may use, although callers are declared.

use std::collections::BTreeMap;

use super::{Check, Context, Run};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::model::{Policy, RouteId, Step, Workflow};
use crate::source::Span;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(705),
        name: "unusable-route",
        severities: Severities::Warning,
        judged_on: "route",
        summary: "route that nobody may use, when callers are declared",
        fix: None,
        page: include_str!("unusable_route.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    let policy = context.policy;
    let Some(caller) = policy.callers.first() else { return };
    if policy.callers.iter().any(|caller| caller.all_routes) {
        return;
    }
    let used = used(context);
    let mut steps: BTreeMap<RouteId, (&Workflow<'_>, &Step<'_>, Span)> = BTreeMap::new();
    for (workflow, step) in policy.workflows.iter().flat_map(|workflow| workflow.steps.iter().map(move |step| (workflow, step))) {
        if let Some(route) = step.route {
            steps.entry(route.value).or_insert((workflow, step, route.span));
        }
    }
    for ((id, route), used) in context.routes().zip(used) {
        if used || !policy.is_own(route.name.span) {
            continue;
        }
        let name = route.name.text;
        let mut finding = Diagnostic::new(&CHECK.rule, route.name.span, format!("no caller may use route `{name}`"))
            .label("nobody calls it, and no route that somebody uses falls back to it")
            .about(SubjectKind::Route, name);
        finding = match steps.get(&id) {
            Some((workflow, step, place)) => finding
                .at(*place, format!("step `{}` uses it, but no caller may run workflow `{}`", step.name.text, workflow.name.text))
                .help(format!(
                    "add `{}` to the `workflows` of a caller such as `{}`, or remove both",
                    workflow.name.text, caller.name.text
                )),
            None => finding.help(format!("add `{name}` to the `routes` of a caller such as `{}`, or remove the route", caller.name.text)),
        };
        found.push(finding);
    }
}

/// For each route whether a caller calls it, directly or by a workflow, or a route falls back to it that one does.
fn used(context: &Context<'_, '_>) -> Vec<bool> {
    let policy: &Policy<'_> = context.policy;
    let direct = policy.callers.iter().flat_map(|caller| &caller.routes).map(|route| route.value);
    let workflows = policy.callers.iter().flat_map(|caller| &caller.workflows).map(|workflow| &policy[workflow.value]);
    let steps = workflows.flat_map(|workflow| &workflow.steps).filter_map(|step| step.route).map(|route| route.value);
    let mut used = vec![false; policy.routes.len()];
    let mut todo: Vec<RouteId> = direct.chain(steps).collect();
    while let Some(route) = todo.pop() {
        let Some(slot) = used.get_mut(route.0 as usize) else { continue };
        if !std::mem::replace(slot, true) {
            todo.extend(context.graph.calls(route).map(|hop| hop.to));
        }
    }
    used
}
