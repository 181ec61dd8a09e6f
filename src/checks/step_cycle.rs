//! BYOK703: steps of a workflow that wait for each other in a circle.

use std::collections::VecDeque;

use super::{Check, Context, Run};
use crate::analysis::data::steps;
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::model::{At, Workflow};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(703),
        name: "step-cycle",
        severities: Severities::Error,
        judged_on: "workflow",
        summary: "steps form a cycle",
        fix: None,
        page: include_str!("step_cycle.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    // Looking for a shortest circle takes a walk from each step, so only where there is one.
    let circular = context.policy.workflows.iter().filter(|workflow| steps(context.policy, workflow).is_none());
    found.extend(circular.filter_map(of_workflow));
}

/// One finding for each workflow: its shortest circle, from the first step that has one of that length.
fn of_workflow(workflow: &Workflow<'_>) -> Option<Diagnostic> {
    let circles = (0..workflow.steps.len()).filter_map(|step| circle(workflow, step));
    let circle = circles.min_by_key(Vec::len)?;
    let name = |step: usize| workflow.steps.get(step).map_or("", |step| step.name.text);
    let first = circle.first().map_or(0, |(step, _)| *step);
    let drawn: Vec<&str> = circle.iter().map(|(step, _)| name(*step)).chain([name(first)]).collect();
    let message = format!("the steps of workflow `{}` wait for each other in a circle: {}", workflow.name.text, drawn.join(" -> "));
    let place = workflow.steps.get(first)?.name.span;
    let mut finding = Diagnostic::new(&CHECK.rule, place, message)
        .label("waits for itself, so that it never begins")
        .about(SubjectKind::Workflow, workflow.name.text);
    for (step, waits) in &circle {
        finding = finding.at(waits.span, format!("`{}` waits for `{}`", name(*step), name(waits.value)));
    }
    Some(finding.help("take one of these `after` or `judges` out; where a step is to run several times, `at_most 3 times` says so"))
}

/// The shortest way from a step through those that it waits for back to itself: each step, and where it names the next.
fn circle(workflow: &Workflow<'_>, start: usize) -> Option<Vec<(usize, At<usize>)>> {
    let mut came: Vec<Option<(usize, At<usize>)>> = vec![None; workflow.steps.len()];
    let mut queue = VecDeque::from([start]);
    while let Some(step) = queue.pop_front() {
        let at = workflow.steps.get(step)?;
        for waits in at.after.iter().chain(&at.judges) {
            if waits.value == start {
                let mut circle = vec![(step, *waits)];
                while let Some(before) = circle.last().filter(|(step, _)| *step != start).and_then(|(step, _)| *came.get(*step)?) {
                    circle.push(before);
                }
                circle.reverse();
                return Some(circle);
            }
            let slot = came.get_mut(waits.value)?;
            if slot.is_none() {
                *slot = Some((step, *waits));
                queue.push_back(waits.value);
            }
        }
    }
    None
}
