//! BYOK708: a caller who may call a route directly that a workflow puts other steps before.

use rustc_hash::FxHashMap;

use super::{Check, Context, Run};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::model::{RouteId, Step, Workflow};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(708),
        name: "workflow-bypass",
        severities: Severities::Warning,
        judged_on: "caller",
        summary: "a caller may call directly a route that a workflow puts other steps before",
        fix: None,
        page: include_str!("workflow_bypass.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    let policy = context.policy;
    // For each route the first step that calls it after others.
    let mut later: FxHashMap<RouteId, (&Workflow<'_>, &Step<'_>)> = FxHashMap::default();
    for workflow in &policy.workflows {
        for step in workflow.steps.iter().filter(|step| !step.after.is_empty() || step.judges.is_some()) {
            if let Some(route) = step.route {
                later.entry(route.value).or_insert((workflow, step));
            }
        }
    }
    for caller in &policy.callers {
        for called in &caller.routes {
            let Some((workflow, step)) = later.get(&called.value) else { continue };
            let (name, route) = (caller.name.text, policy[called.value].name.text);
            let message = format!(
                "caller `{name}` may call route `{route}` directly, past the steps that workflow `{}` puts before it",
                workflow.name.text
            );
            let mut finding = Diagnostic::new(&CHECK.rule, called.span, message)
                .label(if caller.all_routes { format!("`{route}` is among these") } else { "called directly".to_owned() })
                .at(step.name.span, format!("step `{}` calls `{route}`", step.name.text))
                .about(SubjectKind::Caller, name);
            for before in step.after.iter().chain(&step.judges) {
                let before_name = workflow.steps.get(before.value).map_or("", |step| step.name.text);
                finding = finding.at(before.span, format!("only after `{before_name}`"));
            }
            found.push(finding.help(format!(
                "take `{route}` out of the routes of `{name}` and give it `workflows {}`, or give direct calls a route of their own",
                workflow.name.text
            )));
        }
    }
}
