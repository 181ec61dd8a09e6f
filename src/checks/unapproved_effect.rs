//! BYOK702: a tool that changes something, offered where nobody has to agree.

use super::{Check, Context, Run};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::model::{At, Effect, Policy, Route, Tool};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(702),
        name: "unapproved-effect",
        severities: Severities::Warning,
        judged_on: "tool",
        summary: "write or external effect with no approval on some path",
        fix: None,
        page: include_str!("unapproved_effect.md"),
    },
    run: Run::Policy(check),
};

/// The most routes that one finding points at.
const SHOWN: usize = 4;

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    let policy = context.policy;
    // For each tool the routes without a gate that offer it: the called route speaks for the task, its fallbacks offer nothing of their own.
    let mut offered: Vec<Vec<(&Route<'_>, At<_>)>> = policy.tools.iter().map(|_| Vec::new()).collect();
    for route in policy.routes.iter().filter(|route| route.approve.is_none()) {
        for tool in &route.tools {
            if let Some(routes) = offered.get_mut(tool.value.0 as usize) {
                routes.push((route, *tool));
            }
        }
    }
    for (tool, routes) in policy.tools.iter().zip(offered) {
        let Some((first, place)) = routes.first() else { continue };
        let Some(does) = does(tool).filter(|_| tool.approve.is_none()) else { continue };
        let (name, route) = (tool.name.text, first.name.text);
        let others = match routes.len() - 1 {
            0 => String::new(),
            1 => ", or 1 other,".to_owned(),
            more => format!(", or one of {more} others,"),
        };
        let mut finding = Diagnostic::new(
            &CHECK.rule,
            tool.effect.span,
            format!("tool `{name}` {does}, and nobody has to agree when route `{route}`{others} offers it"),
        )
        .label(does)
        .at(place.span, format!("route `{route}` offers it, without `approve`"))
        .about(SubjectKind::Tool, name);
        for (route, place) in routes.iter().skip(1).take(SHOWN - 1) {
            finding = finding.at(place.span, format!("so does route `{}`", route.name.text));
        }
        let role = role(policy);
        found.push(finding.help(format!(
            "add `approve {role}` to tool `{name}`, to be asked before each call, or to the route, to be asked before each run"
        )));
    }
}

fn does(tool: &Tool<'_>) -> Option<&'static str> {
    match tool.effect.value {
        Effect::None | Effect::Read => None,
        Effect::Write => Some("changes data"),
        Effect::External => Some("acts outside"),
    }
}

/// A role that somebody holds, or that a gate names already, or any.
fn role<'a>(policy: &Policy<'a>) -> &'a str {
    let held = policy.approvers.iter().flat_map(|approver| &approver.roles).map(|role| role.text);
    let gates =
        policy.tools.iter().filter_map(|tool| tool.approve.as_ref()).chain(policy.routes.iter().filter_map(|route| route.approve.as_ref()));
    held.chain(gates.map(|gate| gate.role.text)).next().unwrap_or("team_lead")
}
