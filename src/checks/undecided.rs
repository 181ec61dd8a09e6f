//! BYOK806: an assertion, a test or a bound that is read, but not decided.

use super::{Check, Context, Run};
use crate::analysis::outcomes::Verdict;
use crate::analysis::scenario::MAX_RUNS;
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::model::{Assertion, Route};
use crate::source::Sources;
use crate::text::{and, grouped, tick};

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
    found.extend(policy.routes.iter().filter_map(bounds));
    for assertion in &policy.assertions {
        let name = name(context.sources, assertion);
        found.push(
            Diagnostic::new(&CHECK.rule, assertion.span, format!("assertion `{name}` is read, but not decided"))
                .label("neither proved nor refuted")
                .about(SubjectKind::Assertion, name.clone())
                .note("this version of byokc does not decide assertions yet")
                .help(match &assertion.title {
                    Some(_) => accept("assertion", &name, "do not rely on it"),
                    None => "do not rely on it; a waiver can accept it once it has a title, `assert \"…\" …`".to_owned(),
                }),
        );
    }
    for (test, outcome) in policy.tests.iter().zip(context.outcomes) {
        let beyond = test.expect.iter().zip(&outcome.expects).find(|(_, judged)| matches!(judged.verdict, Verdict::Beyond));
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

/// One finding for all bounds of a route.
fn bounds(route: &Route<'_>) -> Option<Diagnostic> {
    let cost = route.cost.map(|cost| ("cost", cost.span));
    let deadline = route.deadline.map(|deadline| ("deadline", deadline.span));
    let bounds: Vec<_> = cost.into_iter().chain(deadline).collect();
    let words = and(bounds.iter().map(|(word, _)| tick(word)));
    let (name, verb) = (route.name.text, if bounds.len() == 1 { "is" } else { "are" });
    (!bounds.is_empty()).then(|| {
        let finding = Diagnostic::new(&CHECK.rule, route.name.span, format!("the {words} of route `{name}` {verb} read, but not decided"))
            .label("may break what it promises")
            .about(SubjectKind::Route, name)
            .note("this version of byokc does not compute worst cases yet; the compiled plan holds the bounds all the same")
            .help(accept("route", name, "work out by hand whether the chain can keep it"));
        bounds.iter().fold(finding, |finding, (word, span)| finding.at(*span, format!("this {word} is not known to be kept by every run")))
    })
}

fn accept(kind: &str, name: &str, instead: &str) -> String {
    let name = if kind == "route" { name.to_owned() } else { crate::syntax::text::quote(name) };
    format!("{instead}, or accept it for a while: `waive BYOK806 on {kind} {name} because \"…\" until DATE`")
}

/// What people call an assertion: its title, or its text.
fn name(sources: &Sources, assertion: &Assertion<'_>) -> String {
    let text = || sources.text(assertion.claim_span).split_whitespace().collect::<Vec<_>>().join(" ");
    assertion.title.as_ref().map_or_else(text, ToString::to_string)
}
