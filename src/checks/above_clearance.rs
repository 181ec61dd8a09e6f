//! BYOK401: data that the provider of an attempt is not cleared for.

use super::{Call, Check, Run};
use crate::analysis::data::{carried, lowering};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities};
use crate::policy::class::ClassSet;
use crate::text::tick;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(401),
        name: "above-clearance",
        severities: Severities::Error,
        judged_on: "attempt",
        summary: "data class above a reachable provider's clearance",
        fix: None,
        page: include_str!("above_clearance.md"),
    },
    run: Run::Attempt(check),
};

fn check(call: &Call<'_, '_>) -> Option<Diagnostic> {
    let classes = &call.context.policy.classes;
    let carried = carried(classes, call.route.accepts.value, call.routes().map(|(_, route)| route));
    let above = carried.without(call.provider.clearance);
    if above.is_empty() {
        return None;
    }
    let (route, account) = (call.route.name.text, call.provider.name.text);
    let (above_names, cleared) = (classes.describe(above), classes.describe(call.provider.clearance));
    let only = if call.provider.clearance.is_empty() { "" } else { " only" };
    let message = format!(
        "route `{route}` may send {above_names} data to `{}`, but provider `{account}` is cleared for {cleared}{only}",
        call.target.text
    );
    let mut finding = call
        .finding(&CHECK.rule, message)
        .label(format!("receives {above_names} data"))
        .at(call.route.accepts.span, format!("`{route}` accepts {}", classes.describe(call.route.accepts.value)));
    for (_, hop) in call.routes() {
        let counts = !lowering(hop).is_empty();
        for lowers in &hop.lowers {
            let (from, to) = (classes.name(lowers.from), classes.name(lowers.to));
            let what = if counts {
                format!("`{}` lowers {from} to {to}", hop.name.text)
            } else {
                format!("lowers nothing: `{}` redacts nothing", hop.name.text)
            };
            finding = finding.at(lowers.span, what);
        }
    }
    finding = match call.provider.clearance_span {
        Some(span) => finding.at(span, format!("`{account}` is cleared for {cleared}{only}")),
        None => finding.at(call.provider.name.span, format!("`{account}` says no `clearance`, so it is cleared for {cleared}{only}")),
    };
    Some(finding.help(help(call, above)))
}

/// Who could serve instead, and the two declarations that decide.
fn help(call: &Call<'_, '_>, above: ClassSet) -> String {
    let policy = call.context.policy;
    let (route, account, above_names) = (call.route.name.text, call.provider.name.text, policy.classes.describe(above));
    let fit = policy.providers.iter().filter(|provider| provider.key.is_some() && above.within(provider.clearance)).take(3);
    let names: Vec<String> = fit.map(|provider| tick(provider.name.text)).collect();
    let instead = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    format!(
        "put a provider that is cleared for {above_names} data here{instead}, take {above_names} out of what `{route}` accepts, or raise the \
         `clearance` of `{account}` if it may see such data"
    )
}
