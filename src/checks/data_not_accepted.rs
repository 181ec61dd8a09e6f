//! BYOK404: data that a tool does not accept from a route, a route from a tool, or a route from the steps before it.

use super::{Check, Context, Run};
use crate::analysis::data::{StepData, carried, steps, way};
use crate::automaton::Automaton;
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::class::ClassSet;
use crate::policy::model::{At, Route, Tool, ToolId, Workflow};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(404),
        name: "data-not-accepted",
        severities: Severities::Error,
        judged_on: "step, route",
        summary: "data that a step's route, or a tool, does not accept",
        fix: None,
        page: include_str!("data_not_accepted.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (id, route) in context.routes().filter(|(_, route)| !route.tools.is_empty()) {
        if let Some(automaton) = context.automaton(id) {
            tools(context, route, automaton, found);
        }
    }
    for workflow in &context.policy.workflows {
        if workflow.steps.iter().any(|step| step.broken) {
            continue;
        }
        // Steps in a circle have a finding of their own, BYOK703.
        let data = steps(context.policy, workflow).unwrap_or_default();
        found.extend((0..data.len()).filter_map(|step| into_route(context, workflow, &data, step)));
    }
}

fn tools(context: &Context<'_, '_>, route: &Route<'_>, automaton: &Automaton, found: &mut Vec<Diagnostic>) {
    let reaching = reaching(context, route, automaton);
    for offered in &route.tools {
        let tool = &context.policy[offered.value];
        let refused = reaching.without(tool.accepts.value);
        if !refused.is_empty() {
            found.push(into_tool(context, route, offered, tool, refused));
        }
        let returned = tool.returns.value.without(route.accepts.value);
        if !returned.is_empty() {
            found.push(out_of_tool(context, route, offered, tool, returned));
        }
    }
}

/// The data that enters a step, where its route does not accept all of it.
fn into_route(context: &Context<'_, '_>, workflow: &Workflow<'_>, data: &[StepData], index: usize) -> Option<Diagnostic> {
    let (policy, classes) = (context.policy, &context.policy.classes);
    let step = workflow.steps.get(index)?;
    let called = step.route?;
    let route = &policy[called.value];
    let refused = classes.top(data.get(index)?.input.without(route.accepts.value));
    let class = refused.iter().next().filter(|_| !route.broken)?;
    let (step_name, name) = (step.name.text, route.name.text);
    let (entering, accepted) = (classes.describe(refused), classes.describe(route.accepts.value));
    let message = format!(
        "step `{step_name}` of workflow `{}` sends {entering} data to route `{name}`, which accepts {accepted} only",
        workflow.name.text
    );
    let finding = Diagnostic::new(&CHECK.rule, called.span, message)
        .label(format!("`{name}` gets {entering} data here"))
        .about(SubjectKind::Step, format!("{}/{step_name}", workflow.name.text));
    let way = way(policy, workflow, data, index, class);
    let lower = way.iter().any(|hop| hop.what.contains("hands")).then(|| {
        format!(
            "if the step before puts out less than it takes in, say so there: `lowers {} to {} because \"…\"`; or ",
            classes.name(class),
            accepted
        )
    });
    let finding = way.into_iter().fold(finding, |finding, hop| finding.at(hop.span, hop.what));
    Some(finding.at(route.accepts.span, format!("`{name}` accepts {accepted}")).help(format!(
        "{}let `{name}` accept {entering} (its providers must then be cleared for that), or keep that data out of step `{step_name}`",
        lower.unwrap_or_default()
    )))
}

/// Every class that some attempt of the route may show to a tool.
fn reaching(context: &Context<'_, '_>, route: &Route<'_>, automaton: &Automaton) -> ClassSet {
    let classes = &context.policy.classes;
    let mut seen: Vec<u16> = Vec::new();
    automaton.attempts.iter().fold(ClassSet::NONE, |all, attempt| {
        if seen.contains(&attempt.place) {
            return all;
        }
        seen.push(attempt.place);
        let path = automaton.routes(automaton.place(attempt)).map(|id| &context.policy[id]);
        all.union(carried(classes, route.accepts.value, path))
    })
}

fn into_tool(context: &Context<'_, '_>, route: &Route<'_>, offered: &At<ToolId>, tool: &Tool<'_>, refused: ClassSet) -> Diagnostic {
    let classes = &context.policy.classes;
    let (name, tool_name) = (route.name.text, tool.name.text);
    let (data, accepted) = (classes.describe(refused), classes.describe(tool.accepts.value));
    let only = if tool.accepts.value.is_empty() { "" } else { " only" };
    let message = format!("route `{name}` may pass {data} data to tool `{tool_name}`, which accepts {accepted}{only}");
    Diagnostic::new(&CHECK.rule, offered.span, message)
        .label("offered here")
        .at(route.accepts.span, format!("`{name}` accepts {}", classes.describe(route.accepts.value)))
        .at(tool.accepts.span, format!("`{tool_name}` accepts {accepted}{only}"))
        .about(SubjectKind::Route, name)
        .help(format!(
            "take `{tool_name}` from the tools of `{name}`, take {data} out of what `{name}` accepts, or let `{tool_name}` accept {data} if it may \
             see such data"
        ))
}

fn out_of_tool(context: &Context<'_, '_>, route: &Route<'_>, offered: &At<ToolId>, tool: &Tool<'_>, returned: ClassSet) -> Diagnostic {
    let classes = &context.policy.classes;
    let (name, tool_name) = (route.name.text, tool.name.text);
    let (data, accepted) = (classes.describe(returned), classes.describe(route.accepts.value));
    let message = format!("tool `{tool_name}` returns {data} data into the prompt of route `{name}`, which accepts {accepted} only");
    Diagnostic::new(&CHECK.rule, offered.span, message)
        .label("offered here")
        .at(tool.returns.span, format!("`{tool_name}` returns {data}"))
        .at(route.accepts.span, format!("`{name}` accepts {accepted}"))
        .about(SubjectKind::Route, name)
        .help(format!(
            "let `{name}` accept {data} (its providers must then be cleared for that), or take `{tool_name}` from the tools of `{name}`"
        ))
}
