//! BYOK806: an assertion or a test that is read, but not decided.

use super::{Check, Context, Run};
use crate::analysis::claims::Verdict;
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(806),
        name: "undecided",
        severities: Severities::Warning,
        judged_on: "assertion, test, route",
        summary: "assertion, test or bound read but not decided",
        fix: None,
        page: include_str!("undecided.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    let policy = context.policy;
    for (assertion, judgement) in policy.assertions.iter().zip(context.judgements) {
        let Verdict::Undecided(limit) = &judgement.verdict else { continue };
        let name = assertion.name(context.sources);
        found.push(
            Diagnostic::new(&CHECK.rule, assertion.span, format!("assertion `{name}` is read, but not decided"))
                .label("neither proved nor refuted")
                .about(SubjectKind::Assertion, name.clone())
                .note(format!("it is beyond what is looked at: {limit}"))
                .help(match &assertion.title {
                    Some(_) => accept("assertion", &name, "do not rely on it"),
                    None => "do not rely on it; a waiver can accept it once it has a title, `assert \"…\" …`".to_owned(),
                }),
        );
    }
    for test in &policy.tests {
        let name = &test.name.value;
        found.push(
            Diagnostic::new(&CHECK.rule, test.name.span, format!("test `{name}` is read, but not run"))
                .label("neither passed nor failed")
                .about(SubjectKind::Test, name.clone())
                .note("this version of byokc does not run tests yet")
                .help(accept("test", name, "do not rely on it")),
        );
    }
}

fn accept(kind: &str, name: &str, instead: &str) -> String {
    let name = crate::syntax::text::quote(name);
    format!("{instead}, or accept it for a while: `waive BYOK806 on {kind} {name} because \"…\" until DATE`")
}
