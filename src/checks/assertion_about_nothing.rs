//! BYOK802: an assertion that speaks of nothing, and so would hold whatever the policy said.

use super::{Check, Context, Run};
use crate::analysis::claims::Verdict;
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(802),
        name: "assertion-about-nothing",
        severities: Severities::Either,
        judged_on: "assertion",
        summary: "assertion about nothing",
        fix: None,
        page: include_str!("assertion_about_nothing.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (assertion, judgement) in context.policy.assertions.iter().zip(context.judgements) {
        let Verdict::Empty(empty) = &judgement.verdict else { continue };
        // Guardrails that many policies import speak of more than each of them has.
        if !context.policy.is_own(assertion.span) {
            continue;
        }
        let name = assertion.name(context.sources);
        let message = format!("assertion `{name}` is about nothing: {}", empty.message);
        let finding = Diagnostic::new(&CHECK.rule, assertion.span, message)
            .label("holds whatever the policy says")
            .about(SubjectKind::Assertion, name)
            .help("name what the policy has, or take the assertion out");
        found.push(if empty.error { finding } else { finding.warning() });
    }
}
