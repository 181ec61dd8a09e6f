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
    let denial = call.routes().find_map(|(id, _)| call.context.lists.denials(id, call.attempt.target).next())?;
    let target = call.target.text;
    let mut finding = call
        .finding(&CHECK.rule, format!("route `{}` may call `{target}`, which is denied", call.route.name.text))
        .label("denied")
        .at(denial.pattern.span, "denied here");
    if let Some(because) = &denial.deny.because {
        finding = finding.note(format!("the reason given: {because}"));
    }
    if denial.pattern.id != call.target.id
        && let Some(base) = &call.facts.base
    {
        finding = finding.note(format!("`{}` covers it by its vendor or as another name of `{base}`", denial.pattern.text));
    }
    Some(finding.help("choose another target for this place, or take the deny back"))
}
