//! BYOK806: an assertion or a test that is read, but not decided.

use super::{Check, Context, Run};
use crate::analysis::scenario::MAX_RUNS;
use crate::analysis::{claims, outcomes};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::text::grouped;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(806),
        name: "undecided",
        severities: Severities::Warning,
        judged_on: "assertion, test",
        summary: "assertion or test read but not decided",
        fix: None,
        page: include_str!("undecided.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    let policy = context.policy;
    for (assertion, judgement) in policy.assertions.iter().zip(context.judgements) {
        let claims::Verdict::Undecided(limit) = &judgement.verdict else { continue };
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
    for (test, outcome) in policy.tests.iter().zip(context.outcomes) {
        let beyond = test.expect.iter().zip(&outcome.expects).find(|(_, judged)| matches!(judged.verdict, outcomes::Verdict::Beyond));
        let Some((expectation, _)) = beyond else { continue };
        let (name, route) = (&test.name.value, policy[expectation.route.value].name.text);
        found.push(
            Diagnostic::new(&CHECK.rule, test.name.span, format!("test `{name}` is read, but not judged"))
                .label("neither passed nor failed")
                .at(expectation.span, format!("`{route}` has too many runs here"))
                .about(SubjectKind::Test, name.clone())
                .note(format!("the `spread` pools of `{route}` leave more than {} runs in this scenario", grouped(MAX_RUNS as u64)))
                .help(accept("test", name, "let fewer providers fail in it")),
        );
    }
}

fn accept(kind: &str, name: &str, instead: &str) -> String {
    let name = crate::syntax::text::quote(name);
    format!("{instead}, or accept it for a while: `waive BYOK806 on {kind} {name} because \"…\" until DATE`")
}
