//! BYOK704: a judge that may be the very model whose work it judges.

use super::{Check, Context, Run};
use crate::automaton::Place;
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::model::{RouteId, TargetId, Workflow};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(704),
        name: "partial-judge",
        severities: Severities::Warning,
        judged_on: "step",
        summary: "judge shares a model with what it judges",
        fix: None,
        page: include_str!("partial_judge.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    for workflow in &context.policy.workflows {
        found.extend((0..workflow.steps.len()).filter_map(|step| of_step(context, workflow, step)));
    }
}

fn of_step(context: &Context<'_, '_>, workflow: &Workflow<'_>, index: usize) -> Option<Diagnostic> {
    let judge = workflow.steps.get(index)?;
    let judges = judge.judges?;
    let judged = workflow.steps.get(judges.value)?;
    let (by, of) = (called(context, judge.route?.value), called(context, judged.route?.value));
    let (mine, theirs) = by.iter().find_map(|mine| Some((mine, of.iter().find(|theirs| same_model(context, mine.0, theirs.0))?)))?;
    let policy = context.policy;
    let (judge_name, judged_name) = (judge.name.text, judged.name.text);
    let (model, other) = (policy[mine.0].text, policy[theirs.0].text);
    let message = format!("step `{judge_name}` judges `{judged_name}`, but both may be served by `{model}`");
    let finding = Diagnostic::new(&CHECK.rule, judges.span, message)
        .label(format!("what `{judged_name}` puts out is judged here"))
        .at(mine.1.span, format!("`{judge_name}` may call `{model}`"))
        .at(theirs.1.span, format!("`{judged_name}` may call `{other}`"))
        .about(SubjectKind::Step, format!("{}/{judge_name}", workflow.name.text));
    let finding =
        if model == other { finding } else { finding.note(format!("`{model}` and `{other}` are one model, or are not known to be two")) };
    Some(finding.help(format!(
        "let `{judge_name}` call a model that `{judged_name}` never calls, in its fallbacks too: a model likes its own answers"
    )))
}

/// Everyone that some run of a route calls, each with a place that names it.
fn called(context: &Context<'_, '_>, route: RouteId) -> Vec<(TargetId, Place)> {
    let Some(automaton) = context.automaton(route) else { return Vec::new() };
    let mut called: Vec<(TargetId, Place)> = automaton.attempts.iter().map(|attempt| (attempt.target, *automaton.place(attempt))).collect();
    called.sort_by_key(|(target, _)| *target);
    called.dedup_by_key(|(target, _)| *target);
    called
}

/// Whether two targets are one model. Where that cannot be known for either, they are taken to be one.
fn same_model(context: &Context<'_, '_>, one: TargetId, other: TargetId) -> bool {
    let base = |target: TargetId| context.facts.get(target.0 as usize).and_then(|facts| facts.base.as_deref());
    one == other || base(one).zip(base(other)).is_none_or(|(one, other)| one == other)
}
