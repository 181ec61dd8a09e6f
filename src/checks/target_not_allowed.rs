//! BYOK202: a target that is not on the allowlist of a route on its path.

use super::empty_allowlist::is_empty;
use super::{Call, Check, Run};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities};
use crate::policy::matching::matches;
use crate::policy::model::{Allowing, Pattern, Route};
use crate::text::{and, tick};

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
    let mut closed: Vec<&Route<'_>> = Vec::new();
    for (_, route) in call.routes() {
        // An empty allowlist has a finding of its own, BYOK208.
        let refuses = route.allow_known && !is_empty(call.context.policy, route) && !call.context.lists.admits(route, call.attempt.target);
        if refuses && !closed.iter().any(|other| other.name == route.name) {
            closed.push(route);
        }
    }
    let first = closed.first()?;
    let (target, name) = (call.target.text, call.route.name.text);
    let whose = match closed.as_slice() {
        [only] if only.name == call.route.name => "its allowlist does not admit".to_owned(),
        [only] => format!("the allowlist of route `{}` does not admit", only.name.text),
        _ => {
            let names: Vec<String> = closed.iter().map(|route| tick(route.name.text)).collect();
            format!("the allowlists of routes {} do not admit", and(&names))
        }
    };
    let mut finding = call.finding(&CHECK.rule, format!("route `{name}` may call `{target}`, which {whose}")).label("not on the allowlist");
    for route in &closed {
        if let Some((list, except)) = taken_back(call, route) {
            if !finding.labels.iter().any(|label| label.span == except.span) {
                finding = finding.at(except.span, format!("taken back from `{list}` here"));
            }
        } else if let Some(span) = route.allow_span {
            finding = finding.at(span, format!("`{}` allows only {}", route.name.text, allowed(call, route)));
        } else if let Some(Allowing::List(list)) = route.allow.first() {
            finding = finding.at(call.context.policy[list.value].name.span, format!("`{}` allows only this list", route.name.text));
        }
    }
    Some(finding.help(match (closed.as_slice(), taken_back(call, first)) {
        ([_], Some((_, except))) => format!("call another target here, or narrow the exception `{}`", except.text),
        ([_], None) => format!("add `{target}` to {}, or call another target here", list_name(call, first)),
        _ => format!("call another target here, or let each of these routes allow `{target}`"),
    }))
}

/// The list that would admit a target, and its exception that keeps it from doing so.
fn taken_back<'a>(call: &Call<'a, '_>, route: &Route<'_>) -> Option<(&'a str, &'a Pattern<'a>)> {
    let covers = |pattern: &&Pattern<'_>| pattern.provider == Some(call.target.provider) && matches(&pattern.id, &call.target.id);
    route.allow.iter().find_map(|entry| {
        let Allowing::List(list) = entry else { return None };
        let list = &call.context.policy[list.value];
        list.patterns.iter().find(covers).and(list.except.iter().find(covers)).map(|except| (list.name.text, except))
    })
}

/// What a route allows: its lists and patterns by name, a few of them.
fn allowed(call: &Call<'_, '_>, route: &Route<'_>) -> String {
    let names: Vec<String> = route
        .allow
        .iter()
        .map(|entry| match entry {
            Allowing::List(list) => format!("list `{}`", call.context.policy[list.value].name.text),
            Allowing::Pattern(pattern) => tick(pattern.text),
        })
        .collect();
    match names.get(..4) {
        Some(some) if names.len() > 4 => format!("{} and {} more", some.join(", "), names.len() - 4),
        _ => and(&names),
    }
}

fn list_name(call: &Call<'_, '_>, route: &Route<'_>) -> String {
    match route.allow.first() {
        Some(Allowing::List(list)) => format!("allowlist `{}`", call.context.policy[list.value].name.text),
        _ => format!("the `allow` of route `{}`", route.name.text),
    }
}
