//! BYOK501: a model that lacks what a route on its way needs, or may lack it.

use super::{Call, Check, Run};
use crate::analysis::asks::{Ask, Asks, needed, serves};
use crate::catalogue::{Capability, Known};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities};
use crate::policy::model::RouteKind;
use crate::text::{and, or, tick};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(501),
        name: "lacks-capability",
        severities: Severities::Error,
        judged_on: "attempt",
        summary: "model lacks a needed capability, or may lack it",
        fix: None,
        page: include_str!("lacks_capability.md"),
    },
    run: Run::Attempt(check),
};

fn check(call: &Call<'_, '_>) -> Option<Diagnostic> {
    if let Some(finding) = wrong_kind(call) {
        return Some(finding);
    }
    let policy = call.context.policy;
    // Of a model that nobody knows, BYOK503 says all there is to say.
    if !call.facts.known() || needed(policy, call.route, call.path).iter().all(|what| call.facts.can(what) == Known::Yes) {
        return None;
    }
    let asks = Asks::of(policy, call.route_id, call.path);
    let lacking = asks.lacking(call.facts);
    let sure: Vec<_> = lacking.iter().filter(|(_, can)| *can == Known::No).map(|(ask, _)| *ask).collect();
    let unsure: Vec<_> = lacking.iter().filter(|(_, can)| *can == Known::Unknown).map(|(ask, _)| *ask).collect();
    let (route, target) = (call.route.name.text, call.target.text);
    let (said, label) = if sure.is_empty() {
        let what = or(unsure.iter().copied().map(name));
        (format!("is not known to have {what}"), format!("not known to have {what}"))
    } else {
        let what = and(sure.iter().copied().map(name));
        (format!("lacks {what}"), format!("lacks {what}"))
    };
    let first = *sure.first().or(unsure.first())?;
    let mut finding = call.finding(&CHECK.rule, format!("route `{route}` may call `{target}`, which {said}")).label(label);
    for ask in sure.iter().chain(&unsure) {
        finding = finding.at(ask.span, ask.describe());
    }
    if !sure.is_empty() && !unsure.is_empty() {
        finding = finding.note(format!("nor is it known to have {}", or(unsure.iter().copied().map(name))));
    }
    let it = if lacking.len() == 1 { "it" } else { "all that is needed" };
    let candidates = call.candidates(&asks);
    let instead = candidates.advise(&format!(", which has {it}"), &format!(", which have {it}"));
    let give_up = if first.offered {
        format!("offer no tools in route `{}`", first.by)
    } else {
        format!("take {} out of the `needs` of route `{}`", name(first), first.by)
    };
    finding = finding
        .help(instead.map_or_else(|| format!("call a model that has {it}, or {give_up}"), |instead| format!("{instead}; or {give_up}")));
    if sure.is_empty() {
        let words: Vec<&str> = unsure.iter().map(|ask| ask.what.in_policy()).collect();
        finding = finding.help(declare(call, &words.join(", ")));
    }
    Some(finding)
}

/// How to say that a model has what nobody knew of it.
fn declare(call: &Call<'_, '_>, what: &str) -> String {
    let target = call.target.text;
    match call.target.model.and_then(|index| call.context.policy.models.get(index as usize)) {
        Some(model) if model.supports.is_some() => {
            format!("where you know that it has it, add `{what}` to the `supports` of model `{target}`")
        }
        Some(_) => format!("where you know that it has it, add `supports {what}` to model `{target}`"),
        None => format!("where you know that it has it, declare `model {target} {{ supports {what} }}`"),
    }
}

fn name(ask: &Ask<'_, Capability>) -> String {
    tick(ask.what.in_policy())
}

/// A model that is asked for something else than the route's kind.
fn wrong_kind(call: &Call<'_, '_>) -> Option<Diagnostic> {
    let entry = call.facts.entry?;
    let kind = call.route.kind;
    let can = serves(kind, entry);
    if can == Known::Yes {
        return None;
    }
    let (route, target) = (call.route.name.text, call.target.text);
    let wanted = match kind {
        RouteKind::Chat => "answer conversations",
        RouteKind::Embedding => "make embeddings",
        RouteKind::Transcription => "transcribe",
        RouteKind::Speech => "speak",
        RouteKind::Image => "make images",
    };
    let said = if can == Known::No { format!("does not {wanted}") } else { format!("is not known to {wanted}") };
    let asks = Asks::of(call.context.policy, call.route_id, call.path);
    let candidates = call.candidates(&asks);
    let instead = candidates.advise("", "").unwrap_or_else(|| format!("call a model that can {wanted}"));
    let finding = call
        .finding(&CHECK.rule, format!("route `{route}` may call `{target}`, which {said}"))
        .label(said)
        .at(call.route.name.span, format!("`{route}` is of kind `{}`", kind.as_str()));
    Some(finding.help(format!("{instead}, or give the route the `kind` of what this model serves")))
}
