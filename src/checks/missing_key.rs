//! BYOK301: an attempt whose provider has no key.

use super::{Call, Check, Run};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(301),
        name: "missing-key",
        severities: Severities::Error,
        judged_on: "attempt",
        summary: "unkeyed route: an attempt's provider has no key",
        fix: None,
        page: include_str!("missing_key.md"),
    },
    run: Run::Attempt(check),
};

fn check(call: &Call<'_, '_>) -> Option<Diagnostic> {
    let provider = call.provider;
    if provider.key.is_some() {
        return None;
    }
    let (title, name) = (&provider.title, provider.name.text);
    let message = format!(
        "The {} route is using {title}, but no {title} BYOK key is configured. Name its key in provider `{name}`, or switch this route to another provider.",
        call.route.title
    );
    Some(call.finding(&CHECK.rule, message).label(format!("served by `{name}`")).at(provider.name.span, "has no `key`"))
}
