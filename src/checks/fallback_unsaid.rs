//! BYOK204: a route that does not say whether it may fall back.

use super::{Check, Context, Run};
use crate::diagnostic::{Code, Diagnostic, Grade, Rule, Severities, SubjectKind};
use crate::edit::add_after;
use crate::failure::Failures;
use crate::policy::model::{Callee, Fallback, Route};
use crate::text::tick;

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
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    // A route that is not whole may say it all the same.
    let silent = context.policy.routes.iter().filter(|route| route.fallback == Fallback::Unsaid && route.whole);
    found.extend(silent.filter_map(|route| finding(context, route)));
}

fn finding(context: &Context<'_, '_>, route: &Route<'_>) -> Option<Diagnostic> {
    let primary = route.chain.first()?;
    let name = route.name.text;
    let (whom, label) = if let Callee::Pool(pool) = primary.callee {
        (format!("pool `{}`", context.policy[pool].name.text), "nobody is called after these")
    } else {
        (tick(context.sources.text(primary.callee_span)), "nobody is called after this one")
    };
    let message = format!("route `{name}` does not say what follows when {whom} fails");
    Some(
        Diagnostic::new(&CHECK.rule, route.name.span, message)
            .about(SubjectKind::Route, name)
            .label("says nothing about fallbacks")
            .at(primary.callee_span, label)
            .help(format!(
                "write `fallback none` to say that this is meant, or `fallback TARGET`, which is called on {}",
                Failures::DEFAULT.describe()
            ))
            .fix("say `fallback none`", Grade::Safe, vec![add_after(context.sources, primary.span, "fallback", "none")]),
    )
}
