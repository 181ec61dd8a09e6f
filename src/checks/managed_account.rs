//! BYOK304: a managed account where a route wants the user's own keys.

use super::{Call, Check, Run};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities};
use crate::policy::model::{Route, RouteId};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(304),
        name: "managed-account",
        severities: Severities::Error,
        judged_on: "attempt",
        summary: "managed account on a route that requires BYOK, or as the primary of one that prefers it",
        fix: None,
        page: include_str!("managed_account.md"),
    },
    run: Run::Attempt(check),
};

fn check(call: &Call<'_, '_>) -> Option<Diagnostic> {
    let managed = call.provider.managed?;
    let (called, account) = (call.route.name.text, call.provider.name.text);
    if let Some((_, demanding)) = call.routes().find(|(_, route)| !route.prefers_byok.value) {
        let (target, name) = (call.target.text, demanding.name.text);
        let who = if name == called { String::new() } else { format!(" `{name}`, on the way,") };
        let message = format!("route `{called}` may call `{target}` with the managed key of `{account}`, but{who} requires own keys");
        return Some(
            call.finding(&CHECK.rule, message)
                .label("called with a managed key")
                .at(managed, "this key is not your own")
                .at(byok_place(call, demanding), format!("`{name}` requires own keys"))
                .help(format!(
                    "give `{account}` a key of your own and drop `managed`, put another provider here, or allow managed accounts as a fallback \
                     with `byok prefer` in `{name}`"
                )),
        );
    }
    let (id, preferring) = call.routes().last()?;
    if !is_primary_of(call, id) {
        return None;
    }
    let (name, target) = (preferring.name.text, call.target.text);
    Some(
        call.finding(
            &CHECK.rule,
            format!("route `{name}` prefers own keys, but its primary `{target}` is called with the managed key of `{account}`"),
        )
        .label("the primary, called with a managed key")
        .at(managed, "this key is not your own")
        .at(byok_place(call, preferring), "a managed account may serve as a fallback only")
        .help(format!("make a target with a key of your own the primary of `{name}`, and name `{target}` after it as a fallback")),
    )
}

/// Whether a run of the route can start at this place: primaries are targets and pools, so only the route that names the target may start there.
fn is_primary_of(call: &Call<'_, '_>, route: RouteId) -> bool {
    let Some(automaton) = call.context.automaton(route) else { return false };
    let here = call.automaton.place(call.attempt).span;
    let entries = automaton.entries.iter().filter_map(|entry| automaton.attempts.get(usize::from(*entry)));
    entries.into_iter().any(|entry| automaton.place(entry).span == here)
}

/// Where a route says `byok`, or its name, where the default holds.
fn byok_place(call: &Call<'_, '_>, route: &Route<'_>) -> crate::source::Span {
    let said = route.prefers_byok.span;
    if call.context.sources.text(said).is_empty() { route.name.span } else { said }
}
