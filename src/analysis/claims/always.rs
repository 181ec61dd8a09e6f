//! What every way to a tool passes: the steps, approvals and redactions that no way there can leave out.

use super::{Judge, Verdict, World, ways};
use crate::policy::model::{At, Detector, Goal, Passage, Policy, ToolId, WorkflowId};

/// What no way to a tool leaves out, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Always<'p> {
    /// Steps, as `workflow/step`.
    pub steps: Vec<String>,
    /// Roles that must agree to the call of the tool or of the route that offers it.
    pub roles: Vec<&'p str>,
    /// Detectors that mask what the model sees that calls it.
    pub detectors: Vec<&'static str>,
}

/// What every way to each tool passes, in the order of the tools; `None` for one that no way leads to.
pub fn always<'p>(world: World<'p, '_>) -> Vec<Option<Always<'p>>> {
    let judge = Judge::new(world);
    (0..).map(ToolId).take(world.policy.tools.len()).map(|tool| of_tool(&judge, world.policy, tool)).collect()
}

fn of_tool<'p>(judge: &Judge<'p, '_>, policy: &'p Policy<'_>, tool: ToolId) -> Option<Always<'p>> {
    let span = policy[tool].name.span;
    let goal = Goal::Tool(At { value: tool, span });
    let holds = |passage: &Passage<'_>| match ways::passes(judge, &goal, passage).0 {
        Verdict::Proved => Some(true),
        Verdict::Empty(_) => None,
        _ => Some(false),
    };
    // Nothing to mask is a passage of every way: it tells whether there is one.
    holds(&Passage::Redaction(Vec::new()))?;
    let mut always = Always::default();
    for (id, workflow) in (0..).map(WorkflowId).zip(&policy.workflows) {
        for (index, step) in workflow.steps.iter().enumerate() {
            if holds(&Passage::Step(step.name, vec![(id, index)]))? {
                always.steps.push(format!("{}/{}", workflow.name.text, step.name.text));
            }
        }
    }
    let gates = policy.routes.iter().map(|route| &route.approve).chain(policy.tools.iter().map(|tool| &tool.approve)).flatten();
    let mut roles: Vec<_> = gates.map(|gate| gate.role).collect();
    roles.sort_by_key(|role| role.text);
    roles.dedup_by_key(|role| role.text);
    for role in roles {
        if holds(&Passage::Approval(role.span, Some(role)))? {
            always.roles.push(role.text);
        }
    }
    for value in Detector::ALL {
        if holds(&Passage::Redaction(vec![At { value, span }]))? {
            always.detectors.push(value.as_str());
        }
    }
    Some(always)
}
