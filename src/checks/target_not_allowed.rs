//! BYOK202: a target that is not on the allowlist of a route on its path.

use super::{Call, Check, Run};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities};
use crate::policy::model::{Allowing, Route};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(202),
        name: "target-not-allowed",
        severities: Severities::Error,
        judged_on: "attempt",
        summary: "target not on the allowlist of a route on its path",
        fix: None,
        page: include_str!("target_not_allowed.md"),
    },
    run: Run::Attempt(check),
};

fn check(call: &Call<'_, '_>) -> Option<Diagnostic> {
    let closed: Vec<&Route<'_>> = call
        .routes()
        // An empty allowlist has a finding of its own, BYOK208.
        .filter(|(_, route)| !route.allow.is_empty() && !call.context.lists.admits(route, call.attempt.target))
        .map(|(_, route)| route)
        .collect();
    let first = closed.first()?;
    let target = call.target.text;
    let names: Vec<String> = closed.iter().map(|route| format!("`{}`", route.name.text)).collect();
    let mut finding = call
        .finding(
            &CHECK.rule,
            format!("route `{}` may call `{target}`, which the allowlist of {} does not admit", call.route.name.text, names.join(" and ")),
        )
        .label("not on the allowlist");
    for route in &closed {
        if let Some(span) = route.allow_span {
            finding = finding.at(span, format!("`{}` allows only these", route.name.text));
        }
    }
    Some(finding.help(format!("add `{target}` to {}, or take this target out of the chain", list_name(call, first))))
}

fn list_name(call: &Call<'_, '_>, route: &Route<'_>) -> String {
    match route.allow.first() {
        Some(Allowing::List(list)) => format!("allowlist `{}`", call.context.policy[list.value].name.text),
        _ => format!("the `allow` of route `{}`", route.name.text),
    }
}
