//! BYOK707: a gate of a role that no approver holds, although approvers are declared.

use super::{Check, Context, Run};
use crate::diagnostic::{Code, Diagnostic, Edit, Grade, Rule, Severities, SubjectKind};
use crate::policy::model::{Approver, Gate};
use crate::text::nearest;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(707),
        name: "unheld-role",
        severities: Severities::Warning,
        judged_on: "route, tool",
        summary: "gate of a role that no approver holds, when approvers are declared",
        fix: Some(Grade::Review),
        page: include_str!("unheld_role.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    let policy = context.policy;
    if policy.approvers.is_empty() || policy.approvers.iter().any(|approver| approver.roles.is_empty()) {
        return;
    }
    let mut held: Vec<(&str, &Approver<'_>)> =
        policy.approvers.iter().flat_map(|approver| approver.roles.iter().map(move |role| (role.text, approver))).collect();
    held.sort_by_key(|(role, _)| *role);
    let routes = policy.routes.iter().filter_map(|route| Some((SubjectKind::Route, route.name.text, route.approve.as_ref()?)));
    let tools = policy.tools.iter().filter_map(|tool| Some((SubjectKind::Tool, tool.name.text, tool.approve.as_ref()?)));
    let open = routes.chain(tools).filter(|(.., gate)| held.binary_search_by_key(&gate.role.text, |(role, _)| role).is_err());
    found.extend(open.map(|(kind, name, gate)| judge(kind, name, gate, &held)));
}

/// The most approvers that one finding points at.
const SHOWN: usize = 3;

fn judge(kind: SubjectKind, name: &str, gate: &Gate<'_>, held: &[(&str, &Approver<'_>)]) -> Diagnostic {
    let role = gate.role.text;
    let message = format!("{} `{name}` waits for the approval of a `{role}`, but no approver holds that role", kind.as_str());
    let mut finding = Diagnostic::new(&CHECK.rule, gate.role.span, message).label("held by nobody").about(kind, name);
    let meant = nearest(role, held.iter().map(|(known, _)| *known));
    let by = |meant: &str| held.iter().find(|(known, _)| *known == meant).map(|(_, approver)| approver.name.span);
    if let Some((meant, approver)) = meant.and_then(|meant| Some((meant, by(meant)?))) {
        let edit = Edit { span: gate.role.span, text: meant.to_owned() };
        return finding
            .at(approver, format!("a `{meant}`"))
            .help(format!(
                "did you mean `{meant}`? otherwise add `{role}` to the `roles` of an approver; until then every request is refused"
            ))
            .fix(format!("wait for a `{meant}`"), Grade::Review, vec![edit]);
    }
    for (known, approver) in held.iter().take(SHOWN) {
        finding = finding.at(approver.name.span, format!("a `{known}`"));
    }
    let one = held.first().map_or("", |(_, approver)| approver.name.text);
    finding.help(format!("add `{role}` to the `roles` of an approver such as `{one}`, or wait for a role that somebody holds; until then every request is refused"))
}
