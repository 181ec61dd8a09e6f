//! BYOK801: an assertion that some run breaks, with a shortest such run.

use super::{Check, Context, Run};
use crate::analysis::claims::{Refutation, Verdict};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::model::Assertion;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(801),
        name: "assertion-refuted",
        severities: Severities::Error,
        judged_on: "assertion",
        summary: "assertion refuted",
        fix: None,
        page: include_str!("assertion_refuted.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (assertion, judgement) in context.policy.assertions.iter().zip(context.judgements) {
        if let Verdict::Refuted(refutation) = &judgement.verdict {
            found.push(finding(context, assertion, refutation));
        }
    }
}

fn finding(context: &Context<'_, '_>, assertion: &Assertion<'_>, refutation: &Refutation) -> Diagnostic {
    let name = assertion.name(context.sources);
    let message = format!("assertion `{name}` does not hold: {}", refutation.message);
    let mut finding = Diagnostic::new(&CHECK.rule, assertion.span, message).label("refuted").about(SubjectKind::Assertion, name);
    for event in refutation.places.iter().chain(&refutation.events) {
        finding = finding.at(event.span, event.text.clone());
    }
    let run: Vec<&str> = refutation.events.iter().map(|event| event.text.as_str()).collect();
    if run.len() > 1 {
        let short = if refutation.approximate { "of which none can be left out" } else { "and nothing shorter does" };
        finding = finding.note(format!("what breaks it, {short}: {}", run.join("; ")));
    }
    finding.notes.extend(refutation.notes.iter().cloned());
    finding.help.extend(refutation.help.iter().cloned());
    finding
}
