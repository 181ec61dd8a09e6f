//! BYOK208: a route whose allowlist is empty, or that has none.

use super::{Check, Context, Run};
use crate::diagnostic::{Code, Diagnostic, Grade, Rule, Severities, SubjectKind};
use crate::edit::add_before;
use crate::policy::model::{Allowing, Callee, Policy, Route, TargetId};
use crate::text::{and, tick};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(208),
        name: "empty-allowlist",
        severities: Severities::Error,
        judged_on: "route",
        summary: "empty allowlist, or none",
        fix: Some(Grade::Review),
        page: include_str!("empty_allowlist.md"),
    },
    run: Run::Policy(check),
};

/// Whether a route's allowlist names nothing at all.
pub(super) fn is_empty(policy: &Policy<'_>, route: &Route<'_>) -> bool {
    route.allow.iter().all(|entry| match entry {
        Allowing::List(list) => policy[list.value].patterns.is_empty(),
        Allowing::Pattern(_) => false,
    })
}

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    // A route that names lists of which nothing is left, or of which an entry was bad, has been reported; one that is not whole may have a list.
    let reported = |route: &Route<'_>| if route.allow.is_empty() { route.allow_span.is_some() } else { route.broken || !route.allow_known };
    let empty = context.policy.routes.iter().filter(|route| is_empty(context.policy, route) && !reported(route) && route.whole);
    found.extend(empty.map(|route| finding(context, route)));
}

fn finding(context: &Context<'_, '_>, route: &Route<'_>) -> Diagnostic {
    let policy = context.policy;
    let name = route.name.text;
    let targets = called(policy, route);
    let finding = if route.allow.is_empty() {
        let finding = Diagnostic::new(&CHECK.rule, route.name.span, format!("route `{name}` has no allowlist, so it may call nobody"))
            .label("no `allow`, and there is no `allow default`");
        match route.chain.first().filter(|_| !targets.is_empty()) {
            Some(primary) => finding.help(format!("say whom it may call: `allow {}`", targets.join(", "))).fix(
                "allow what the route calls",
                Grade::Review,
                vec![add_before(context.sources, primary.span, "allow", &targets.join(", "))],
            ),
            None => finding.help("say whom it may call, `allow PROVIDER/MODEL`"),
        }
    } else {
        let lists: Vec<_> = route.allow.iter().filter_map(list).map(|list| &policy[list]).collect();
        let names: Vec<String> = lists.iter().map(|list| tick(list.name.text)).collect();
        let span = route.allow_span.unwrap_or(route.name.span);
        let mut finding = Diagnostic::new(&CHECK.rule, span, format!("route `{name}` may call nobody: allowlist {} is empty", and(&names)));
        for list in &lists {
            finding = finding.at(list.name.span, "admits nothing");
        }
        let into = names.first().cloned().unwrap_or_default();
        finding.label("an empty allowlist never means anybody").help(if targets.is_empty() {
            format!("add the targets that may be called to {into}")
        } else {
            format!("add what the route calls to allowlist {into}: {}", and(&targets))
        })
    };
    finding.about(SubjectKind::Route, name)
}

fn list(entry: &Allowing<'_>) -> Option<crate::policy::model::AllowId> {
    match entry {
        Allowing::List(list) => Some(list.value),
        Allowing::Pattern(_) => None,
    }
}

/// What a route's own chain calls.
fn called<'s>(policy: &Policy<'s>, route: &Route<'_>) -> Vec<&'s str> {
    let mut all: Vec<TargetId> = Vec::new();
    for step in &route.chain {
        match step.callee {
            Callee::Target(target) => all.push(target),
            Callee::Pool(pool) => all.extend(policy[pool].members.iter().map(|member| member.value)),
            Callee::Route(_) => {}
        }
    }
    let mut seen = Vec::new();
    all.retain(|target| {
        !seen.contains(target) && {
            seen.push(*target);
            true
        }
    });
    all.into_iter().map(|target| policy[target].text).collect()
}
