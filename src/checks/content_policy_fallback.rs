//! BYOK214: a fallback after a refusal of the content, which looks for a laxer model.

use super::{Check, Context, Run};
use crate::diagnostic::{Code, Diagnostic, Edit, Grade, Rule, Severities, SubjectKind};
use crate::failure::{Failure, Failures};
use crate::policy::model::{Alternative, Callee, Policy, Route, RouteId};
use crate::text::tick;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(214),
        name: "content-policy-fallback",
        severities: Severities::Warning,
        judged_on: "alternative",
        summary: "fallback on content_policy (also by `any`): shopping for a laxer model",
        fix: Some(Grade::Review),
        page: include_str!("content_policy_fallback.md"),
    },
    run: Run::Route(check),
};

fn check(context: &Context<'_, '_>, _: RouteId, route: &Route<'_>, found: &mut Vec<Diagnostic>) {
    for (index, step) in route.chain.iter().enumerate() {
        if step.on.contains(Failure::ContentPolicy) && (index > 0 || has_peers(context.policy, step)) {
            found.push(finding(context, route, index, step));
        }
    }
}

/// Whether a primary is a pool whose further members follow under its `on`.
fn has_peers(policy: &Policy<'_>, step: &Alternative) -> bool {
    matches!(step.callee, Callee::Pool(pool) if policy[pool].members.len() > 1)
}

fn finding(context: &Context<'_, '_>, route: &Route<'_>, index: usize, step: &Alternative) -> Diagnostic {
    let name = route.name.text;
    let to = match step.callee {
        Callee::Target(target) => tick(context.policy[target].text),
        Callee::Route(called) => format!("route `{}`", context.policy[called].name.text),
        Callee::Pool(pool) if index > 0 => format!("pool `{}`", context.policy[pool].name.text),
        Callee::Pool(pool) => format!("the next member of pool `{}`", context.policy[pool].name.text),
    };
    let said = step.on_span.map_or("", |span| context.sources.text(span));
    let by_name = said.contains(Failure::ContentPolicy.as_str());
    let rest = step.on.without(Failures::of(&[Failure::ContentPolicy]));
    let finding = Diagnostic::new(
        &CHECK.rule,
        step.on_span.unwrap_or(step.span),
        format!("route `{name}` takes a request that was refused for its content to {to}, which may be laxer"),
    )
    .about(SubjectKind::Route, name)
    .label(if by_name { "called after a refusal too" } else { "`any` includes content_policy" });
    match step.on_span {
        Some(span) if !rest.is_empty() => {
            let text = format!("{}{}", if said.starts_with("on ") { "on " } else { "" }, rest.describe());
            finding.help(format!("let a refusal stand: `on {}`", rest.describe())).fix(
                "leave content_policy out",
                Grade::Review,
                vec![Edit { span, text }],
            )
        }
        _ => finding.help("let a refusal stand: take this fallback out, or name the failures of the service after which it may be called"),
    }
}
