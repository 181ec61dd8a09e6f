//! BYOK707: a gate of a role that no approver holds, although approvers are declared.

use super::{Check, Context, Run};
use crate::diagnostic::{Code, Diagnostic, Edit, Grade, Rule, Severities, SubjectKind};
use crate::policy::model::Gate;

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
    if policy.approvers.is_empty() {
        return;
    }
    let mut held: Vec<&str> = policy.approvers.iter().flat_map(|approver| &approver.roles).map(|role| role.text).collect();
    held.sort_unstable();
    held.dedup();
    let routes = policy.routes.iter().filter_map(|route| Some((SubjectKind::Route, route.name.text, route.approve.as_ref()?)));
    let tools = policy.tools.iter().filter_map(|tool| Some((SubjectKind::Tool, tool.name.text, tool.approve.as_ref()?)));
    let open = routes.chain(tools).filter(|(.., gate)| held.binary_search(&gate.role.text).is_err());
    found.extend(
        open.map(|(kind, name, gate)| judge(kind, name, gate, &held, policy.approvers.first().map_or("", |approver| approver.name.text))),
    );
}

fn judge(kind: SubjectKind, name: &str, gate: &Gate<'_>, held: &[&str], approver: &str) -> Diagnostic {
    let role = gate.role.text;
    let finding = Diagnostic::new(
        &CHECK.rule,
        gate.role.span,
        format!("{} `{name}` waits for a `{role}`, but no approver holds that role: each request runs into its refusal", kind.as_str()),
    )
    .label("held by nobody")
    .about(kind, name);
    let nearest = held
        .iter()
        .map(|known| (strsim::osa_distance(known, role), *known))
        .filter(|(distance, _)| *distance <= role.len().div_ceil(3))
        .min();
    match nearest {
        Some((_, meant)) => finding.help(format!("did you mean `{meant}`? Otherwise add `{role}` to the `roles` of an approver")).fix(
            format!("wait for a `{meant}`"),
            Grade::Review,
            vec![Edit { span: gate.role.span, text: meant.to_owned() }],
        ),
        None => finding.help(format!("add `{role}` to the `roles` of an approver such as `{approver}`, or wait for one of {}", list(held))),
    }
}

fn list(held: &[&str]) -> String {
    let names: Vec<String> = held.iter().take(5).map(|role| format!("`{role}`")).collect();
    names.join(", ")
}
