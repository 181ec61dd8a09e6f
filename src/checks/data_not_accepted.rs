//! BYOK404: data that a tool does not accept from a route, or a route from a tool.

use super::{Check, Context, Run};
use crate::analysis::data::carried;
use crate::automaton::Automaton;
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::class::ClassSet;
use crate::policy::model::{At, Route, RouteId, Tool, ToolId};

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
    run: Run::Attempts(check),
};

fn check(context: &Context<'_, '_>, _: RouteId, automaton: &Automaton, found: &mut Vec<Diagnostic>) {
    let Some(route) = automaton.places.first().map(|place| &context.policy[place.route]) else { return };
    if route.tools.is_empty() {
        return;
    }
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
