//! Workflows, tools, and people.

use super::account::lower_key;
use super::route::{lower_gate, lower_lowers};
use super::shared::{Shared, borrow, texts};
use crate::plan::{Approver, Auth, Caller, Step, Tool, Workflow};
use crate::policy::model::{self, Policy};

pub(super) fn lower_workflow<'a>(policy: &'a Policy<'_>, workflow: &'a model::Workflow<'_>) -> Workflow<'a> {
    let step_name = |index: usize| workflow.steps.get(index).map_or("", |step| step.name.text);
    let steps = workflow.steps.iter().filter_map(|step| {
        let after = texts(step.after.iter().chain(&step.judges).map(|at| step_name(at.value)));
        let lowered = Step {
            after,
            at_most: step.at_most.value,
            judges: step.judges.as_ref().map(|at| step_name(at.value).into()),
            lowers: step.lowers.iter().map(|lowers| lower_lowers(policy, lowers)).collect(),
            reads: texts(step.reads.iter().map(|source| policy[source.value].name.text)),
            route: policy[step.route.as_ref()?.value].name.text.into(),
        };
        Some((step.name.text.into(), lowered))
    });
    Workflow { steps: steps.collect() }
}

pub(super) fn lower_tool<'a>(policy: &'a Policy<'_>, tool: &'a model::Tool<'_>, shared: &mut Shared<'a>) -> Tool<'a> {
    Tool {
        accepts: shared.classes(policy, tool.accepts.value),
        approve: tool.approve.as_ref().map(lower_gate),
        auth: match &tool.auth.value {
            model::Auth::None => Auth::None,
            model::Auth::Token(source) => Auth::Token(lower_key(source, tool.name.text)),
            model::Auth::Oauth(scope) => Auth::Oauth(borrow(scope)),
        },
        effect: tool.effect.value.as_str().into(),
        returns: shared.classes(policy, tool.returns.value),
    }
}

pub(super) fn lower_caller<'a>(policy: &'a Policy<'_>, caller: &'a model::Caller<'_>) -> Option<Caller<'a>> {
    Some(Caller {
        routes: texts(caller.routes.iter().map(|route| policy[route.value].name.text)),
        title: borrow(&caller.title),
        token: lower_key(&caller.token.as_ref()?.value, caller.name.text),
        workflows: texts(caller.workflows.iter().map(|workflow| policy[workflow.value].name.text)),
    })
}

pub(super) fn lower_approver<'a>(approver: &'a model::Approver<'_>) -> Approver<'a> {
    Approver {
        public_key: approver.public_key.as_ref().map(|key| borrow(&key.value)).unwrap_or_default(),
        roles: texts(approver.roles.iter().map(|role| role.text)),
        title: borrow(&approver.title),
    }
}
