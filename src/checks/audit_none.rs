//! BYOK706: a route of whose runs nothing is recorded.

use super::{Check, Context, Run};
use crate::diagnostic::{Code, Diagnostic, Edit, Grade, Rule, Severities, SubjectKind};
use crate::policy::model::{Audit, Route, RouteId};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(706),
        name: "audit-none",
        severities: Severities::Warning,
        judged_on: "route",
        summary: "audit none",
        fix: Some(Grade::Review),
        page: include_str!("audit_none.md"),
    },
    run: Run::Route(check),
};

fn check(context: &Context<'_, '_>, _: RouteId, route: &Route<'_>, found: &mut Vec<Diagnostic>) {
    if route.audit.value != Audit::None {
        return;
    }
    let (name, span) = (route.name.text, route.audit.span);
    let own = span.file == route.span.file && (route.span.start..route.span.end).contains(&span.start);
    let whose = if own { "this turns the record off" } else { "the default turns the record off" };
    let mut finding = Diagnostic::new(
        &CHECK.rule,
        route.name.span,
        format!("route `{name}` leaves no record: nobody can say later which model was called, with whose key, and why"),
    )
    .label("calls of this route leave no record")
    .at(span, whose)
    .about(SubjectKind::Route, name)
    .help("write `audit metadata`, which records routes, models, times and outcomes, and no text");
    let text = context.sources.text(span);
    if let (true, Some(before)) = (own, text.strip_suffix("none")) {
        finding = finding.fix("record metadata", Grade::Review, vec![Edit { span, text: format!("{before}metadata") }]);
    }
    found.push(finding);
}
