//! BYOK804: a test that expects nothing, or a line of its scenario that concerns no route of which it expects something.

use super::{Check, Context, Run};
use crate::analysis::scenario::needs_key;
use crate::automaton::Automaton;
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::model::{Failing, ProviderId, Route, Test};
use crate::source::Span;
use crate::text::{and, tick};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(804),
        name: "idle-test",
        severities: Severities::Either,
        judged_on: "test",
        summary: "test that expects nothing, or with a line that concerns no expected route",
        fix: None,
        page: include_str!("idle_test.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    for test in &context.policy.tests {
        let name = &test.name.value;
        if test.expect.is_empty() {
            let finding = Diagnostic::new(&CHECK.rule, test.name.span, format!("test `{name}` expects nothing"))
                .label("passes whatever happens")
                .about(SubjectKind::Test, name.clone());
            found.push(finding.help("say what should come of it, such as `expect ROUTE -> TARGET` or `expect ROUTE fails CLASS`"));
            continue;
        }
        // Of a route with errors of its own nobody can say whom it concerns.
        let expected: Option<Vec<_>> = test
            .expect
            .iter()
            .map(|expectation| Some((&context.policy[expectation.route.value], context.automaton(expectation.route.value)?)))
            .collect();
        if let Some(expected) = expected {
            lines(context, test, &expected, found);
        }
    }
}

fn lines<'s>(context: &Context<'_, 's>, test: &Test<'s>, expected: &[(&Route<'s>, &Automaton)], found: &mut Vec<Diagnostic>) {
    let policy = context.policy;
    let calls = |wanted: &dyn Fn(ProviderId, &str) -> bool| {
        let targets = expected.iter().flat_map(|(_, automaton)| &automaton.attempts).map(|attempt| &policy[attempt.target]);
        targets.into_iter().any(|target| wanted(target.provider, &target.id))
    };
    let mut names: Vec<String> = Vec::new();
    for (route, _) in expected {
        let name = tick(route.name.text);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let (names, need) = (and(&names), if names.len() == 1 { "needs" } else { "need" });
    let mut idle = |span: Span, subject: &str, why: String| {
        let message = format!("`{subject}` changes nothing in test `{}`: {why}", test.name.value);
        let finding = Diagnostic::new(&CHECK.rule, span, message).warning().label("changes nothing");
        let finding = finding.about(SubjectKind::Test, test.name.value.clone());
        found.push(finding.help(format!("take `{subject}` out, or expect something of a route that it concerns")));
    };
    let account = |provider: ProviderId| policy[provider].name.text;
    let uncalled = |subject: &str| format!("no run of {names} can call {}", tick(subject));
    for missing in &test.missing {
        let name = account(missing.value);
        if !calls(&|provider, _| provider == missing.value) {
            idle(missing.span, &format!("missing {name}"), uncalled(name));
        } else if !needs_key(policy, missing.value) {
            idle(missing.span, &format!("missing {name}"), format!("`{name}` needs no key"));
        }
    }
    for down in &test.down {
        let name = account(down.value);
        if !calls(&|provider, _| provider == down.value) {
            idle(down.span, &format!("down {name}"), uncalled(name));
        }
    }
    for (failing, _) in &test.fail {
        let called = match &failing.value {
            Failing::Provider(wanted) => calls(&|provider, _| provider == *wanted),
            Failing::Target(wanted, id) => calls(&|provider, other| provider == *wanted && other == &**id),
        };
        if !called {
            let written = context.sources.text(failing.span);
            idle(failing.span, &format!("fail {written}"), uncalled(written));
        }
    }
    for role in &test.refuse {
        if !expected.iter().any(|(route, _)| route.approve.as_ref().is_some_and(|gate| gate.role.text == role.text)) {
            let why = format!("{names} {need} no approval of `{}`", role.text);
            idle(role.span, &format!("refuse {}", role.text), why);
        }
    }
}
