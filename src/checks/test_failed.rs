//! BYOK803: a test that fails.

use super::{Check, Context, Run};
use crate::analysis::outcomes::{Mismatch, Verdict};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::model::{Expectation, Test};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(803),
        name: "test-failed",
        severities: Severities::Error,
        judged_on: "test",
        summary: "test failed",
        fix: None,
        page: include_str!("test_failed.md"),
    },
    run: Run::Policy(check),
};

/// One finding for each expectation that does not hold.
fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (test, outcome) in context.policy.tests.iter().zip(context.outcomes) {
        for (expectation, judged) in test.expect.iter().zip(&outcome.expects) {
            if let Verdict::Failed(mismatch) = &judged.verdict {
                found.push(finding(context, test, expectation, mismatch));
            }
        }
    }
}

fn finding(context: &Context<'_, '_>, test: &Test<'_>, expectation: &Expectation<'_>, mismatch: &Mismatch) -> Diagnostic {
    let (name, route) = (&test.name.value, context.policy[expectation.route.value].name.text);
    let mut finding = Diagnostic::new(&CHECK.rule, expectation.span, format!("test `{name}` failed: {}", mismatch.message))
        .label("expected here")
        .about(SubjectKind::Test, name.clone())
        .note(format!("ran: {}", mismatch.ran));
    for event in &mismatch.events {
        finding = finding.at(event.span, event.text.clone());
    }
    if let Some(said) = &mismatch.said {
        finding = finding.note(format!("it says: {said}"));
    }
    if let (wrong, 2..) = mismatch.runs {
        let all = mismatch.runs.1;
        finding = finding.note(format!(
            "the `spread` pools leave {all} runs here, and {wrong} of them {} not as expected",
            if wrong == 1 { "is" } else { "are" }
        ));
    }
    finding.help(match &mismatch.holds {
        _ if mismatch.said.is_some() => "expect a part of what it says".to_owned(),
        Some(holds) => format!("change what `{route}` does, or expect what it does: `expect {holds}`"),
        None => format!("change what `{route}` does, or what is expected of it"),
    })
}
