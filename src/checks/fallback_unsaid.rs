//! BYOK204: a route that does not say whether it may fall back.

use super::layout::add_after;
use super::{Check, Context, Run};
use crate::diagnostic::{Code, Diagnostic, Grade, Rule, Severities, SubjectKind};
use crate::policy::failure::Failures;
use crate::policy::model::{Callee, Fallback, Route, RouteId};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(204),
        name: "fallback-unsaid",
        severities: Severities::Warning,
        judged_on: "route",
        summary: "route does not say whether it may fall back",
        fix: Some(Grade::Safe),
        page: include_str!("fallback_unsaid.md"),
    },
    run: Run::Route(check),
};

fn check(context: &Context<'_, '_>, _: RouteId, route: &Route<'_>, found: &mut Vec<Diagnostic>) {
    let Some(primary) = route.chain.first().filter(|_| route.fallback == Fallback::Unsaid && !route.broken) else { return };
    let name = route.name.text;
    let (message, label) = match primary.callee {
        Callee::Pool(pool) => (
            format!("route `{name}` does not say what follows when pool `{}` fails", context.policy[pool].name.text),
            "nobody is called after these".to_owned(),
        ),
        _ => {
            let target = context.sources.text(primary.callee_span);
            (format!("route `{name}` does not say what follows when `{target}` fails"), "nobody is called after this one".to_owned())
        }
    };
    found.push(
        Diagnostic::new(&CHECK.rule, route.name.span, message)
            .about(SubjectKind::Route, name)
            .label("says nothing of fallbacks")
            .at(primary.callee_span, label)
            .help(format!(
                "write `fallback none` to say that this is meant, or `fallback TARGET`, which is called on {}",
                Failures::DEFAULT.describe()
            ))
            .fix("say `fallback none`", Grade::Safe, vec![add_after(context.sources, primary.span, "fallback", "none")]),
    );
}
