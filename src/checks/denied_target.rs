//! BYOK203: a target that a `deny` forbids.

use super::{Call, Check, Run};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(203),
        name: "denied-target",
        severities: Severities::Error,
        judged_on: "attempt",
        summary: "target denied",
        fix: None,
        page: include_str!("denied_target.md"),
    },
    run: Run::Attempt(check),
};

fn check(call: &Call<'_, '_>) -> Option<Diagnostic> {
    let (route, denial) =
        call.routes().find_map(|(id, route)| Some((route, call.context.lists.denials(id, call.attempt.target).next()?)))?;
    let (target, pattern) = (call.target.text, denial.pattern);
    let whose = match &denial.deny.routes {
        Some(_) => format!(" for route `{}`", route.name.text),
        None => String::new(),
    };
    let mut finding = call
        .finding(&CHECK.rule, format!("route `{}` may call `{target}`, which is denied{whose}", call.route.name.text))
        .label("denied")
        .at(pattern.span, format!("denied{whose} here"));
    if let Some(because) = &denial.deny.because {
        finding = finding.note(format!("the reason given: {because}"));
    }
    if pattern.owner != call.provider.name.text {
        finding =
            finding.note(format!("`{}` is an account of `{}`, and a deny covers all of them", call.provider.name.text, pattern.owner));
    }
    let by_id = crate::policy::matching::covers(&pattern.id, &call.target.id);
    if let Some(base) = call.facts.base.as_deref().filter(|_| !by_id) {
        finding = finding.note(format!("`{target}` is another name of `{base}`, which `{}` covers", pattern.text));
    }
    Some(finding.help("call another target here; a deny wins over every allowlist, so allowing it changes nothing"))
}
