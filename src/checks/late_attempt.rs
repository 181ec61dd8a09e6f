//! BYOK601: a deadline that passes before the last attempt has begun.

use super::{Check, Context, Run};
use crate::analysis::bounds::latest_start;
use crate::automaton::Automaton;
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::model::RouteId;
use crate::text::duration;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(601),
        name: "late-attempt",
        severities: Severities::Error,
        judged_on: "route",
        summary: "the last attempt's first try may not start before the deadline",
        fix: None,
        page: include_str!("late_attempt.md"),
    },
    run: Run::Attempts(check),
};

fn check(context: &Context<'_, '_>, id: RouteId, automaton: &Automaton, found: &mut Vec<Diagnostic>) {
    let policy = context.policy;
    let route = &policy[id];
    let Some(deadline) = route.deadline else { return };
    let Some((start, attempt)) = latest_start(policy, automaton).filter(|(start, _)| *start >= deadline.value) else { return };
    let Some(attempt) = automaton.attempts.get(usize::from(attempt)) else { return };
    let (name, target) = (route.name.text, policy[attempt.target].text);
    let (start, within) = (duration(start), duration(deadline.value));
    let message = format!("route `{name}` may come to `{target}` only after {start}, but its deadline is {within}");
    found.push(
        Diagnostic::new(&CHECK.rule, deadline.span, message)
            .label("over by then")
            .at(automaton.place(attempt).span, format!("may be called as late as {start} after the start"))
            .about(SubjectKind::Route, name)
            .note("every attempt before it may take its timeout, and again for each retry, with waits of 1s, 2s, 4s, … between")
            .help(format!(
                "lower `timeout` or `retry` of `{name}`, give single targets less time with `within`, or set `deadline` above {start}"
            )),
    );
}
